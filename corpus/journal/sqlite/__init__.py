"""The SQLite file of a journal."""
