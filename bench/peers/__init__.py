"""What hashiya is measured beside: other programs for the same work, each called as its users call it."""
