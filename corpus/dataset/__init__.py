"""The released dataset: labels resolved, splits, the files; and how training code loads it."""
