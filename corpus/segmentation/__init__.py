"""Text into sentences: stops and abbreviations, missing stops, the kind of each line."""
