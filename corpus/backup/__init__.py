"""A whole corpus in one file and back, and what can be saved of a damaged one."""
