"""Several annotators of one pair: their votes, and the labels that follow from them."""
