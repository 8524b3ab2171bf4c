"""Sides that were read -> annotations: whose they are, what their labels are called, what stands already."""
