"""One module a format of another tool: each reads and writes sides of pairs."""
