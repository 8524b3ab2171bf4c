"""The Universal Sentence Encoder, multilingual, on numpy: tokenizer, token rows, network."""
