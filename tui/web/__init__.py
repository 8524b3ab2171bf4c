"""The annotator's screen in a browser on this machine: `hashiya label --web`."""
