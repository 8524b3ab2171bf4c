"""What an annotator does to a draft: each operation takes an annotation and returns another.

An annotation that fits its pair and scheme stays one that fits; what cannot be done is a `LabelError` for
the annotator, and the draft is as it was. The status stays what it is: who changes a pair that is `done`
changes something done. Labels of stances, implications and flags are taken as given: the screen offers those
of the scheme. Entities and flags stand in the order of the text, Arabic first; the others in the order in
which they were made.
"""
