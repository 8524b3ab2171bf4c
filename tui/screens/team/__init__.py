"""The screen of a team: how far everybody is, and one person closely."""
