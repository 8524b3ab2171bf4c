"""How far several annotators of the same cells agree, and where they do not."""
