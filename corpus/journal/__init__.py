"""The journal: annotations as events in an append-only SQLite file, and what stands in it."""
