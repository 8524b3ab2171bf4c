"""Which pairs a number, the beginning of an id, a label or a query means."""

from __future__ import annotations

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.summaries import labelled
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.store.search import search
from hashiya.tui.session.queue import Filter

_SHORTEST_ID = 4
_LONGEST_NUMBER = 18


def row_meant(reader: GenerationReader, text: str) -> int | None:
    """Return the row that a number (as the screen counts, from 1) or the beginning of an id means."""
    text = text.strip().lower().removeprefix("#")
    if text.isdecimal() and len(text) <= _LONGEST_NUMBER and 1 <= int(text) <= len(reader):
        return int(text) - 1
    starting = reader.index.starting(text, limit=2) if len(text) >= _SHORTEST_ID else []
    return starting[0] if len(starting) == 1 else None


def rows_among(reader: GenerationReader, journal: Journal, annotator: str, chosen: Filter) -> set[int] | None:
    """Return the rows that a filter's label and query leave; `None` where it has neither."""
    among: set[int] | None = None
    if chosen.label is not None:
        own = (pair_id for pair_id, who in labelled(journal, *chosen.label) if who == annotator)
        among = {int(row) for row in reader.index.rows(own) if row >= 0}
    if chosen.query is not None:
        found = search(reader.generation, chosen.query)
        hits = {int(row) for part in found for row in part.rows}
        among = hits if among is None else among & hits
    return among
