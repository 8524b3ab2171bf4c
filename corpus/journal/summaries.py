"""Summaries of what stands in a journal, made by SQLite without reading every annotation.

They take some microseconds an annotation: a labelling session knows at its start what is left to do, and can
choose pairs by their labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hashiya.corpus.journal.event import EventKind
from hashiya.corpus.journal.journal import Journal
from hashiya.schema.records import Entity, LabelLayer, SchemeRef, Status

Present = Callable[[str], bool]
"""Whether a pair, by its id, is in the corpus as it is now."""

# What stands, with the payload that holds its annotation: of an undo or a redo, that of the event it went to.
_STATE = """
WITH head AS (
    SELECT * FROM event WHERE NOT EXISTS (SELECT 1 FROM parent WHERE parent.parent = event.event_id)
), state AS (
    SELECT head.position, head.pair_id, head.annotator,
        CASE WHEN head.kind IN ('set', 'carry') THEN head.payload ELSE target.payload END AS payload
    FROM head LEFT JOIN event AS target
        ON head.kind IN ('undo', 'redo') AND target.event_id = json_extract(head.payload, '$.to')
)
"""
_SUMMARIES = f"""{_STATE}
SELECT pair_id, annotator, json_extract(payload, '$.annotation.status'),
    coalesce(json_array_length(payload, '$.annotation.flags'), 0) > 0,
    json_extract(payload, '$.annotation.scheme.name'), json_extract(payload, '$.annotation.scheme.version')
FROM state WHERE payload IS NOT NULL ORDER BY position
"""  # noqa: S608 - constants only, here and below
_LABELLED = f"""{_STATE}
SELECT DISTINCT pair_id, annotator FROM state, json_each(payload, '$.annotation.' || ?)
WHERE json_extract(value, '$.' || ?) = ?
"""  # noqa: S608
_NAMES = f"""{_STATE}
SELECT json_extract(value, '$.lang'), json_extract(value, '$.text'), json_extract(value, '$.type'),
    json_extract(value, '$.concept'), count(*)
FROM state, json_each(payload, '$.annotation.entities')
WHERE json_extract(value, '$.concept') IS NOT NULL GROUP BY 1, 2, 3, 4
"""  # noqa: S608
_CHANGES = "SELECT pair_id, kind FROM event WHERE annotator = ? ORDER BY position DESC"


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands for a pair and an annotator; `status` is null where it is damaged."""

    pair_id: str
    annotator: str
    status: Status | None
    flagged: bool
    scheme: SchemeRef


def summaries(journal: Journal) -> Iterator[Summary]:
    """Yield what stands, by order of arrival; of two annotations side by side, each."""
    schemes: dict[tuple[object, object], SchemeRef] = {}
    for pair_id, annotator, status, flagged, *scheme in journal.database.ask(_SUMMARIES):
        name, version = scheme
        ref = schemes.get((name, version))
        if ref is None:
            ref = schemes[name, version] = SchemeRef(name=str(name), version=str(version))
        yield Summary(pair_id, annotator, status, bool(flagged), ref)


def labelled(journal: Journal, layer: LabelLayer, field: str, label: str) -> Iterator[tuple[str, str]]:
    """Yield pair and annotator of what stands with an item of `layer` whose `field` is `label`."""
    yield from ((pair_id, who) for pair_id, who in journal.database.ask(_LABELLED, (layer, field, label)))


def names(journal: Journal) -> Iterator[tuple[Entity, int]]:
    """Yield every entity that stands with a concept, and how often; ids and offsets are left blank."""
    for lang, text, kind, concept, count in journal.database.ask(_NAMES):
        yield Entity(id="", lang=lang, start=0, end=len(text), text=text, type=kind, concept=concept), count


def undoable(journal: Journal, annotator: str, present: Present) -> str | None:
    """Return the pair of the annotator's last change that is not undone; `None` where there is none.

    Changes of pairs that are not `present`, and what a rebuild carried, are passed over.
    """
    undone = 0
    for pair_id, kind in _changes(journal, annotator, present):
        if kind == "undo":
            undone += 1
        elif undone:
            undone -= 1
        else:
            return pair_id
    return None


def redoable(journal: Journal, annotator: str, present: Present) -> str | None:
    """Return the pair of the annotator's last undo that nothing but undoing followed; as `undoable`."""
    redone = 0
    for pair_id, kind in _changes(journal, annotator, present):
        if kind == "redo":
            redone += 1
        elif kind != "undo":
            return None
        elif redone:
            redone -= 1
        else:
            return pair_id
    return None


def _changes(journal: Journal, annotator: str, present: Present) -> Iterator[tuple[str, EventKind]]:
    """What an annotator did, last first; of a pair, nothing before what a rebuild carried to it."""
    closed: set[str] = set()
    for pair_id, kind in journal.database.ask(_CHANGES, (annotator,)):
        if kind == "carry":
            closed.add(pair_id)
        elif pair_id not in closed and present(pair_id):
            yield pair_id, kind
