"""Settling what annotators differ in, with no screen: what is to be settled, by whom, and each decision."""
