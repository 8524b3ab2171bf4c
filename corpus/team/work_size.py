"""How much there is to label: the pairs of a generation that can be labelled, in words, by document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.index import PAIR_KINDS, PairIndex
from hashiya.corpus.store.parquet import read_table
from hashiya.corpus.store.shard import DOCUMENTS, PAIRS
from hashiya.corpus.team.planning import WorkDocument
from hashiya.schema.records import LANGS, Lang

_compute: Any = pc  # the stubs know few of the types that go with its functions
_Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WorkSize:
    """`words` has for each row of the index the words of both sides of its pair, 0 for boilerplate.

    `langs` has for each language whether a document has text in it that can be labelled; `doc_ids` are those
    of the documents, by their rows.
    """

    index: PairIndex
    doc_ids: tuple[str, ...]
    words: _Counts
    langs: dict[Lang, npt.NDArray[np.bool_]]

    def documents(self) -> Iterator[WorkDocument]:
        """Yield the documents with something to label, in the order of the corpus."""
        for number, words in enumerate(self.of_documents(self.words)):
            if words:
                langs: frozenset[Lang] = frozenset(lang for lang in LANGS if self.langs[lang][number])
                yield WorkDocument(self.doc_ids[number], words, langs)

    def of_documents(self, words: _Counts) -> list[int]:
        """Return words of pairs, one number a row, summed by document."""
        sums = np.bincount(self.index.documents, weights=words, minlength=len(self.doc_ids))
        return [int(count) for count in sums]


def measure_work(generation: Generation) -> WorkSize:
    """Return how much there is to label in a generation."""
    index = generation.index()
    doc_ids = tuple(str(doc_id) for doc_id in generation.table(DOCUMENTS, ["doc_id"])["doc_id"].to_pylist())
    labelled = index.kinds != PAIR_KINDS.index("boilerplate")
    sides: dict[Lang, list[_Counts]] = {lang: [np.zeros(0, np.int64)] for lang in LANGS}
    for shard in generation.shards:
        table = read_table(shard.path(PAIRS), list(LANGS))
        for lang in LANGS:
            sides[lang].append(_words(table[lang]))
    words = {lang: np.where(labelled, np.concatenate(sides[lang]), 0) for lang in LANGS}
    langs: dict[Lang, npt.NDArray[np.bool_]] = {
        lang: np.bincount(index.documents, weights=words[lang], minlength=len(doc_ids)) > 0 for lang in LANGS
    }
    return WorkSize(index, doc_ids, words["ar"] + words["en"], langs)


def _words(texts: pa.ChunkedArray[Any]) -> _Counts:
    """How many words each text has, at least one; none where there is no text."""
    parts = _compute.utf8_split_whitespace(_compute.utf8_trim_whitespace(texts))
    counts = _compute.fill_null(_compute.list_value_length(parts), 0)
    return np.array(counts.to_pylist(), dtype=np.int64)
