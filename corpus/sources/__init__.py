"""Source files of every format, read into documents.

What is wrong with the input is reported as a `Problem`, never raised: the rest of the batch goes on. What is
missing on the machine (an extra that is not installed) is raised, since every file of that format would fail.
"""
