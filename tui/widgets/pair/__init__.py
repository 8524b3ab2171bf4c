"""The widgets that show a pair: a passage with its marks, the panel of statements, a whole article."""
