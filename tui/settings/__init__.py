"""A user's settings: the file, its place, the language of menus and messages."""
