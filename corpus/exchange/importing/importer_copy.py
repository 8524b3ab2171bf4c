"""Who imported into a tool what was sent from here: the export has the labels of others as that person's.

doccano gives imported labels to whoever imports them. In an export of one file a person, theirs is then a
copy of what was sent, which nobody has labelled there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from hashiya.corpus.exchange.sides import FLAG, Side
from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.journal import Journal

_AT_ONCE = 1000
"""Pairs for which the journal is asked at once."""
_Marks = frozenset[tuple[object, object, object]]
"""Start, end and label of each mark of a side."""


def importer_of(sides: Mapping[str, Sequence[Side]], journal: Journal) -> str | None:
    """Return the one of several annotators who has all sides of a file, each labelled as it was sent.

    The sides are given by annotator. `None` where nobody has, and where several have: who labelled everything
    just as others did before cannot be told from who imported it. Who said of a side that it is done has
    labelled it, and who has a side that was sent as theirs has it back.
    """
    if len(sides) < 2:
        return None
    held = {annotator: {_key(side) for side in own} for annotator, own in sides.items()}
    everything = set[object]().union(*held.values())
    found = [name for name, own in sides.items() if held[name] == everything and _is_copy(name, own, journal)]
    return found[0] if len(found) == 1 else None


def _key(side: Side) -> tuple[str | None, ...]:
    return side.pair_id, side.lang, side.sent_as


def _is_copy(annotator: str, sides: Sequence[Side], journal: Journal) -> bool:
    if not any(side.marks for side in sides):
        return False
    return all(
        _are_as_sent(annotator, sides[start : start + _AT_ONCE], journal)
        for start in range(0, len(sides), _AT_ONCE)
    )


def _are_as_sent(annotator: str, sides: Sequence[Side], journal: Journal) -> bool:
    if any(side.pair_id is None or side.answered or side.unread for side in sides):
        return False
    if any(side.sent_as == annotator or (side.sent_as is None and side.marks) for side in sides):
        return False
    # Of all that was ever said: they may have gone on here since it was sent.
    said: dict[tuple[str | None, ...], set[_Marks]] = {}
    for item in journal.standing_of({side.pair_id for side in sides if side.pair_id is not None}):
        for event in item.events.events.values():
            for lang, marks in _said(event).items():
                said.setdefault((item.pair_id, lang, item.annotator), set()).add(marks)
    return all(
        frozenset((mark.start, mark.end, mark.label) for mark in side.marks) in said.get(_key(side), ())
        for side in sides
        if side.sent_as is not None
    )


def _said(event: Event) -> Mapping[str, _Marks]:
    """Return the marks that an event says, by language; nothing where it says none."""
    annotation = event.payload.get("annotation") if event.known else None
    if not isinstance(annotation, dict):
        return {}
    found: dict[str, set[tuple[object, object, object]]] = {"ar": set(), "en": set()}
    given = cast("Mapping[str, Sequence[Mapping[str, Any]]]", annotation)
    for entity in given.get("entities", ()):
        found[entity["lang"]].add((entity["start"], entity["end"], entity["type"]))
    for flag in given.get("flags", ()):
        found[flag["lang"]].add((flag["start"], flag["end"], FLAG + flag["kind"]))
    return {lang: frozenset(marks) for lang, marks in found.items()}
