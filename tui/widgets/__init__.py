"""The widgets that show Arabic and English: each takes text in reading order and lays it out by itself.

None of them knows the corpus: their owners give them texts and listen to their messages.
"""
