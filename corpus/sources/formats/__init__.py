"""One module a source format: each reads the files of a source into documents."""
