"""Baselines and fine-tuned models for a released dataset, and honest reports of how good they are."""
