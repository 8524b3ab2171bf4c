"""What can be said about a sentence pair: records, the label scheme, and what is derived from them."""
