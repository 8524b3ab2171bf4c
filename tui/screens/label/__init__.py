"""The labelling screen: what it shows, its commands, its dialogs."""
