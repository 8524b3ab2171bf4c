"""From an article to a dataset: sources, segmentation, alignment, the corpus folder, the release."""

from hashiya.corpus.dataset.load import Dataset, View, load

__all__ = ["Dataset", "View", "load"]
