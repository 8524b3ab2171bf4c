"""Label Studio's labelling page: its configuration, and its results written and read."""
