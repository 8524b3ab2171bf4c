"""Texts and what is computed from them alone: folding, tokens, diff, cognates, BIO tags, ids. Pure."""
