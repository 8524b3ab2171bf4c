"""Models behind two small protocols: one for classes of a text, one for spans in it."""
