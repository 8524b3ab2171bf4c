"""Source files of every format, read into documents."""
