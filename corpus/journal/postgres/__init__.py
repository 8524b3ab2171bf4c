"""A journal's tables in PostgreSQL."""
