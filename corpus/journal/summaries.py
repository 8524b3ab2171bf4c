"""Summaries of what stands in a journal, made by the database without reading every annotation.

They take some microseconds an annotation: a labelling session knows at its start what is left to do, and can
choose pairs by their labels.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hashiya.corpus.journal.event import LABEL, PersonalStream
from hashiya.corpus.journal.journal import Journal
from hashiya.schema.codec import dump
from hashiya.schema.records import Entity, LabelLayer, SchemeRef, Status

Present = Callable[[str], bool]
"""Whether a pair, by its id, is in the corpus as it is now."""

_HEADERS = """
SELECT position, event_id, parents, kind FROM event WHERE stream = 'label' AND subject = ? AND author = ?
"""
_SEVERAL = """
SELECT subject, author FROM event WHERE stream = 'label' GROUP BY subject, author HAVING count(*) > 1
"""
_ALONE = """
INSERT INTO state
SELECT min(position) FROM event WHERE stream = 'label' GROUP BY subject, author HAVING count(*) = 1
"""
_ALONE_NOT_SET = """
SELECT position, subject, author, event_id FROM event
WHERE stream || '' = 'label' AND kind <> 'set' AND position IN (SELECT position FROM state)
"""
_COUNT_OF_PAIR = """
SELECT count(DISTINCT author) FROM event
WHERE stream = 'label' AND subject = ? AND position IN (SELECT position FROM state)
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands for a pair and an annotator; `status` is null where it is damaged.

    `conflict` says that something else, or nothing, stands beside it.
    """

    pair_id: str
    annotator: str
    status: Status | None
    flagged: bool
    scheme: SchemeRef
    conflict: bool = False


def summaries(journal: Journal) -> Iterator[Summary]:
    """Yield what stands; of two annotations side by side, each."""
    schemes: dict[tuple[object, object], SchemeRef] = {}
    states = _find_states(journal)
    conflicts = {key for key in states.forked if any(one.conflict for one in journal.standing(*key))}
    for pair_id, annotator, status, flagged, *scheme in journal.database.ask_at_length(
        journal.database.sql.summaries
    ):
        name, version = scheme
        ref = schemes.get((name, version))
        if ref is None:
            ref = schemes[name, version] = SchemeRef(name=str(name), version=str(version))
        yield Summary(pair_id, annotator, status, bool(flagged), ref, (pair_id, annotator) in conflicts)


def last_position(journal: Journal) -> int:
    """Return where the last event stands in the file; 0 where there is none."""
    found: int = journal.database.one("SELECT coalesce(max(position), 0) FROM event")
    return found


def subjects_since(journal: Journal, position: int) -> list[str]:
    """Return the pairs of which something was said after a position in the file."""
    query = "SELECT DISTINCT subject FROM event WHERE position > ? AND stream || '' = 'label'"
    return [str(subject) for (subject,) in journal.database.ask(query, (position,))]


def count_standing(journal: Journal, without: Iterable[str] = ()) -> int:
    """Return how many annotators' annotations stand, `without` those of some pairs."""
    found = _find_states(journal).annotators
    left_out: list[int] = [journal.database.one(_COUNT_OF_PAIR, (pair_id,)) for pair_id in without]
    return found - sum(left_out)


def labelled(journal: Journal, layer: LabelLayer, field: str, label: str) -> Iterator[tuple[str, str]]:
    """Yield pair and annotator of what stands with an item of `layer` whose `field` is `label`."""
    _find_states(journal)
    values = {"layer": layer, "field": field, "label": label}
    yield from (
        (pair_id, who) for pair_id, who in journal.database.ask(journal.database.sql.labelled, values)
    )


def names(
    journal: Journal, hidden: Iterable[str] = (), *, but_of: Iterable[str] = ()
) -> Iterator[tuple[Entity, int]]:
    """Yield every entity that stands with a concept, and how often; ids and offsets are left blank.

    What stands in `hidden` documents is left out, but that of some annotators.
    """
    _find_states(journal)
    values = {"hidden": dump(list(hidden)), "own": dump(list(but_of))}
    for lang, text, kind, concept, count in journal.database.ask(journal.database.sql.names, values):
        yield Entity(id="", lang=lang, start=0, end=len(text), text=text, type=kind, concept=concept), count


def undoable(
    journal: Journal, annotator: str, present: Present, stream: PersonalStream = LABEL
) -> str | None:
    """Return the pair of the annotator's last change that is not undone; `None` where there is none.

    Changes of pairs that are not `present`, and what a rebuild carried, are passed over.
    """
    undone = 0
    for pair_id, kind in _changes(journal, annotator, present, stream):
        if kind == "undo":
            undone += 1
        elif undone:
            undone -= 1
        else:
            return pair_id
    return None


def redoable(
    journal: Journal, annotator: str, present: Present, stream: PersonalStream = LABEL
) -> str | None:
    """Return the pair of the annotator's last undo that nothing but undoing followed; as `undoable`."""
    redone = 0
    for pair_id, kind in _changes(journal, annotator, present, stream):
        if kind == "redo":
            redone += 1
        elif kind != "undo":
            return None
        elif redone:
            redone -= 1
        else:
            return pair_id
    return None


def _changes(
    journal: Journal, annotator: str, present: Present, stream: PersonalStream
) -> Iterator[tuple[str, str]]:
    """What an annotator did here, last first; of a pair, nothing before what a rebuild carried to it."""
    closed: set[str] = set()
    for pair_id, kind in journal.database.changes(annotator, stream):
        if kind == "carry":
            closed.add(pair_id)
        elif pair_id not in closed and present(pair_id):
            yield pair_id, kind


@dataclass(frozen=True, slots=True)
class _States:
    """What was found of the events that say what stands: of how many annotators, and where heads part."""

    annotators: int
    forked: frozenset[tuple[str, str]]


def _find_states(journal: Journal) -> _States:
    """Put the positions of the events that say what stands into the temporary table `state`.

    Those that were saved once are found without looking at them one by one.
    """
    database = journal.database
    list(database.ask("CREATE TEMP TABLE IF NOT EXISTS state (position INTEGER PRIMARY KEY)"))
    list(database.ask("DELETE FROM state"))
    list(database.ask(_ALONE))
    others = list(database.ask(_ALONE_NOT_SET))
    database.insert("DELETE FROM state WHERE position = ?", [row[:1] for row in others])
    positions = [(row[0],) for row in others if row[3] in journal.said_by(row[1], row[2])]
    standing: int = database.one("SELECT count(*) FROM state") + len(positions)
    forked: set[tuple[str, str]] = set()
    for pair_id, annotator in list(database.ask(_SEVERAL)):
        headers = list(database.ask(_HEADERS, (pair_id, annotator)))
        followed = {parent for row in headers if row[2] != "[]" for parent in _ids(row[2])}
        heads = [row for row in headers if row[1] not in followed]
        if len(heads) > 1:
            forked.add((pair_id, annotator))
        said = {heads[0][1]} if len(heads) == 1 and heads[0][3] == "set" else None
        if said is None:  # where anything was carried, undone, or stands side by side, the events are asked
            said = set(journal.said_by(pair_id, annotator))
        positions += [(row[0],) for row in headers if row[1] in said]
        standing += any(row[1] in said for row in headers)
    database.insert("INSERT INTO state VALUES (?) ON CONFLICT DO NOTHING", positions)
    return _States(standing, frozenset(forked))


def _ids(parents: str) -> list[str]:
    try:
        return list(json.loads(parents))
    except (ValueError, TypeError):
        return []  # damaged: the checksum tells
