"""Annotations carried to changed text: placed through a diff, recorded as events."""
