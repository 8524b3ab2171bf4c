"""Documents that are copies or near-duplicates, and lines that a publisher repeats."""
