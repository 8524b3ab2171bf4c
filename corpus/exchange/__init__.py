"""Labels to and from other tools' files; each format says what it cannot hold."""
