"""The commands `hashiya labelstudio ...`: options, the access key, what is printed."""
