"""What is computed from texts alone: folding, tokens, diff, lengths, cognates, phonetic keys, BIO, ids."""
