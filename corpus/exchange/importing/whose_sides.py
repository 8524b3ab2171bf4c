"""Whose labels the sides of a file are: the people that the tool names, and who is named for the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side
from hashiya.schema.errors import LabelError, Problem


def sides_by_annotator(
    sides: Sequence[Side], annotator: str | None, outcome: Outcome
) -> Mapping[str, Sequence[Side]]:
    """Return the sides of each annotator, by name.

    With `annotator`, those that are theirs by the file, and those of which it does not say whose they are;
    the others are passed over and told. Without, everybody's, each as that person's; a text that nobody has
    labelled, beside those of people, is left. `LabelError` where labels are nobody's and nobody is named for
    them, and where the one who is named has none.
    """
    said = Counter(side.annotator for side in sides if side.annotator is not None)
    nameless = [side for side in sides if side.annotator is None]
    if annotator is None:
        nameless = [side for side in nameless if _is_labelled(side) or not said]
        if nameless:
            others = f"; it names {', '.join(said)} for others" if said else ""
            raise LabelError(
                f"{nameless[0].where}: does not say who labelled it{others}; name them with --annotator"
            )
        found: dict[str, list[Side]] = {name: [] for name in said}
        for side in sides:
            if side.annotator is not None:
                found[side.annotator].append(side)
        return found
    nobodys = _sent_for(annotator, nameless)
    own = [
        side
        for side in sides
        if side.annotator == annotator
        or (side.annotator is None and (nobodys is None or side.sent_as in nobodys))
    ]
    if said and not own:
        raise LabelError(
            f"there are labels of {', '.join(said)}, none of {annotator!r}; --annotator must name one of "
            "them, and without it everybody's are taken"
        )
    if len(own) < len(sides):
        what = f"{len(sides) - len(own)} sides of other annotators were passed over"
        outcome.problems.append(Problem(sides[0].where, what, left_out=False))
    return {annotator: own}


def _is_labelled(side: Side) -> bool:
    return bool(side.marks or side.unread or side.status)


def _sent_for(annotator: str, sides: Sequence[Side]) -> Collection[str | None] | None:
    """Return as whose labels the sides were sent that are an annotator's; `None` where that says nothing.

    `LabelError` where they were sent as several others': they would become one person's.
    """
    sent = Counter(side.sent_as for side in sides if side.sent_as is not None)
    if annotator in sent:
        return {None, annotator}
    if len(sent) > 1:
        raise LabelError(
            f"the file has labels of {', '.join(sent)}, none of {annotator!r}; --annotator must name one"
        )
    return None
