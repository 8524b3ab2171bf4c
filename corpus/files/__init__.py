"""Files and folders that are on the disk whole or not at all, whatever is in them."""
