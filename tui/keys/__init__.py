"""What keys mean: actions with stable ids, one name for a key on any keyboard layout, the key map."""
