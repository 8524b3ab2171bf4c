"""The screen on which an adjudicator settles what annotators differ in."""
