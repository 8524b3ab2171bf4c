"""Sentences into vectors: the protocol, the registry of names, a cache by content; `use` is the default."""
