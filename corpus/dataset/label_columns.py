"""The columns and rows of a release that labels fill, made for some pairs at a time."""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from hashiya.corpus.dataset.looked_at import LookedAt
from hashiya.corpus.dataset.pair_labels import PairLabels, labels_of_pair, public_annotations
from hashiya.corpus.dataset.standing_votes import StandingVotes
from hashiya.corpus.dataset.task_rows import ResolvedPair, TaskRows, table_of
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.agreement.compared import VotedPair
from hashiya.corpus.team.policies import VotingPolicy
from hashiya.corpus.team.resolution import resolve
from hashiya.corpus.team.votes import Vote
from hashiya.schema.arrow import record_array
from hashiya.schema.configs import ClassNames
from hashiya.schema.dataset import Config, LabelsOfPair, PublicAnnotation
from hashiya.schema.errors import Problem
from hashiya.schema.records import Kind, Lang, PairSides
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import faults

LABELLED_COLUMNS = ("pair_id", "doc_id", "kind", "ar", "en")
"""The columns of pairs that their labels are made from."""
UNLABELLED = PairLabels(None, None, "unlabelled")


@dataclass(frozen=True, slots=True)
class LabelledPairs:
    """Some pairs that anybody labelled: their columns `LABELLED_COLUMNS`."""

    table: pa.Table


@dataclass(frozen=True, slots=True)
class MadeColumns:
    """What labels fill for some pairs, and what was seen on the way.

    `table` has a row a pair; `rows` has rows of the other configs, whose column `ROW` says of which pair.
    `compared` are those of the pairs by which agreement is measured.
    """

    table: pa.Table
    rows: Mapping[Config, pa.Table]
    faults: list[Problem]
    unresolved: Counter[str]
    uncovered: Counter[str]
    compared: list[VotedPair]
    unfit: Counter[str]
    read: list[int]


class LabelColumns:
    """Makes the columns for pairs of a corpus; what it asks is asked of one journal, opened when needed."""

    def __init__(
        self,
        corpus: Corpus,
        classes: ClassNames,
        pseudonyms: Mapping[str, str],
        policy: VotingPolicy,
        compared: float = 1.0,
    ) -> None:
        self._corpus = Corpus(
            corpus.folder, corpus.name, corpus.scheme, corpus.format
        )  # without what cannot be sent
        self._scheme = corpus.scheme
        self._pseudonyms = pseudonyms
        self._names = {pseudonym: name for name, pseudonym in pseudonyms.items()}
        self._policy = policy
        self._compared = compared
        self._looked_at = LookedAt(corpus.scheme, classes)
        self._journal: Journal | None = None

    def __call__(self, pairs: LabelledPairs) -> MadeColumns:
        """Return the columns for some pairs."""
        # Records hold no cycles: the collector would only go through all of them, again and again.
        was_on = gc.isenabled()
        gc.disable()
        try:
            return self._made(pairs)
        finally:
            if was_on:
                gc.enable()

    def _made(self, pairs: LabelledPairs) -> MadeColumns:
        if self._journal is None:
            self._journal = self._corpus.journal(write=False)
        cast = StandingVotes(self._journal, self._scheme, self._pseudonyms)
        sides = [
            _Sides(*row) for row in zip(*(column.to_pylist() for column in pairs.table.columns), strict=True)
        ]
        ids = [pair.pair_id for pair in sides]
        votes, adjudications = cast.votes(ids), cast.adjudications(ids)
        found: list[PairLabels] = []
        public: list[PublicAnnotation] = []
        rows_of_public: list[int] = []
        wrong: list[Problem] = []
        compared: list[VotedPair] = []
        tasks = TaskRows(self._looked_at, self._policy)
        for number, pair in enumerate(sides):
            said = votes.get(pair.pair_id, [])
            decided = adjudications.get(pair.pair_id, [])
            if not said and not decided:
                found.append(UNLABELLED)
                continue
            faulty = _faults(pair, said, self._scheme, self._names)
            labels = resolve(pair, said, self._scheme, self._policy, decided)
            found.append(labels_of_pair(labels, said, self._policy))
            if faulty:  # labels that have no number may be among them; nothing will be released
                wrong += faulty
            elif labels is not None:
                if len(said) > 1 and _is_drawn(pair.doc_id, self._compared):
                    compared.append(
                        VotedPair(pair.pair_id, pair.doc_id, pair.ar, pair.en, said, (), pair.kind)
                    )
                tasks.add(number, ResolvedPair(pair, said, decided, labels))
            mine = public_annotations(said)
            public += mine
            rows_of_public += [number] * len(mine)
        annotations = table_of(PublicAnnotation, public, rows_of_public)
        return MadeColumns(
            label_table(found),
            {**tasks.tables(), "annotations": annotations},
            wrong,
            tasks.unresolved,
            tasks.uncovered,
            compared,
            cast.unfit,
            cast.read,
        )

    def close(self) -> None:
        """Close the journal."""
        if self._journal is not None:
            self._journal.close()


@dataclass(frozen=True, slots=True)
class _Sides:
    """What of a pair its labels are checked against."""

    pair_id: str
    doc_id: str
    kind: Kind
    ar: str | None
    en: str | None

    def text(self, lang: Lang) -> str | None:
        """The text of one side."""
        return self.ar if lang == "ar" else self.en


def label_table(labels: Sequence[PairLabels]) -> pa.Table:
    """Return the labels of pairs as columns of `pairs`."""
    return pa.table(
        {
            "labels": record_array(LabelsOfPair, [item.labels for item in labels]),
            "labels_from": pa.array([item.source for item in labels], pa.string()),
            "no_labels": pa.array([item.missing for item in labels], pa.string()),
        }
    )


def _is_drawn(doc_id: str, share: float) -> bool:
    """Whether a document is among a share of all: drawn by a hash of its id, the same everywhere."""
    if share >= 1:
        return True
    return int.from_bytes(hashlib.sha256(f"compared {doc_id}".encode()).digest()[:8], "big") < share * 2**64


def _faults(
    pair: PairSides, votes: Sequence[Vote], scheme: LabelScheme, names: Mapping[str, str]
) -> list[Problem]:
    """What of the finished annotations of a pair does not fit it, or the scheme."""
    return [
        Problem(f"pair {pair.pair_id} of {pair.doc_id}, {names[vote.voter]}", fault)
        for vote in votes
        for annotation in vote.annotations
        if annotation.status == "done" and annotation.origin != "suggested"
        for fault in faults(annotation, pair, scheme)
    ]
