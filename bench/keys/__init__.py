"""The keys that label given pairs as a gold says, worked out as a practised annotator would press them."""
