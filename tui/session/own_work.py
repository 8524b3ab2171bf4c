"""What is assigned to the annotator of a session, by the plans of work that stood when it began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.index import PairRows
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.team.assigned_work import all_workloads, assigned_to
from hashiya.corpus.team.people import read_team
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import LabelLayer

_compute: Any = pc  # the stubs know few of the types that go with its functions


_Layers = tuple[LabelLayer, ...]


@dataclass(frozen=True, slots=True)
class OwnWork:
    """The names of an annotator, what is assigned under them, and the layers; null is all of them.

    `is_planned` says whether anything is assigned to anybody. `allowed` are the layers that the team gives
    the annotator, null for all: nothing new is marked in others.
    """

    names: tuple[str, ...]
    is_planned: bool
    documents: tuple[str, ...] = ()
    layers: tuple[LabelLayer, ...] | None = None
    allowed: tuple[LabelLayer, ...] | None = None

    def rows(self, reader: GenerationReader) -> PairRows:
        """Return the pairs of the documents that are in a generation, in the order of the plan."""
        if not self.documents:
            return np.zeros(0, dtype=np.int64)
        known = reader.titles["doc_id"]
        numbers = _compute.index_in(pa.array(self.documents, known.type), value_set=known).to_pylist()
        found = [
            np.arange(rows.start, rows.stop, dtype=np.int64)
            for number in numbers
            if number is not None and (rows := reader.index.document_rows(number))
        ]
        return np.concatenate([np.zeros(0, dtype=np.int64), *found])


def own_work(corpus: Corpus, journal: Journal, annotator: str) -> OwnWork:
    """Return what is assigned to an annotator.

    A `team.toml` that cannot be read keeps nobody from labelling: then nobody had another name.
    """
    try:
        team = read_team(corpus.folder)
    except CorpusError:
        team = None
    names = (annotator,) if team is None else team.names_of(annotator)
    person = None if team is None else team.member(annotator)
    allowed = None if person is None else person.layers
    workloads = all_workloads(journal)
    work = assigned_to(workloads, names)
    if work is None:
        return OwnWork(names, bool(workloads), layers=allowed, allowed=allowed)
    if allowed is None or work.layers is None:
        layers = work.layers if allowed is None else allowed
    else:
        layers = _common(allowed, work.layers)
    return OwnWork(names, True, work.documents, layers, allowed)


def _common(one: _Layers, other: _Layers) -> _Layers:
    return tuple(layer for layer in one if layer in other)
