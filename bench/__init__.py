"""Benchmarks of segmentation and alignment, on data that is given by path."""
