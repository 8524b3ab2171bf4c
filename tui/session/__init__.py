"""A labelling session without a screen: marks, words to stop at, what is proposed, the time spent."""
