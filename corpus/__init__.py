"""From an article to a dataset: sources, segmentation, alignment, the corpus folder, the release."""
