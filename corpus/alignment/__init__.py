"""Two lists of sentences into beads: band, candidates, features, forward-backward, given beads obeyed."""
