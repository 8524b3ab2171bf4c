"""A part: what came of a portion, as Arrow tables, with the columns that only the assembly needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hashiya.corpus.building.build_report import GivenDocument
from hashiya.corpus.store.index import PairRows, numbers
from hashiya.schema.errors import Problem
from hashiya.schema.records import LANGS, Lang, record

WHERE = "where"
"""The column of a part's documents that says where each stands: file, and row or line."""
DOCUMENT = "document"
"""The column of a part's pairs that has the row of each pair's document in the part."""
SIGNATURES: dict[Lang, str] = {lang: f"{lang}_signature" for lang in LANGS}
"""The columns of a part's documents that hold what `signatures` made of their sides; null where nothing."""
COUNTED_WITH = "counted_with"
"""The column of a part's documents that says whose lines theirs are counted with (`publisher_of`)."""
LINES = "lines"
"""The column of a part's pairs that has a number for each of their sentences (`line_hashes`)."""


@record
class SourceProblems:
    """What was wrong with a source, or with a stretch of one that is at `where`.

    The first problems of each kind; of the others, how many there were that left something out, and that
    did not.
    """

    where: str
    problems: tuple[Problem, ...]
    more_left_out: int = 0
    more_warnings: int = 0


@record
class Notes:
    """The problems and the given documents of a part, in the order of its sources."""

    problems: tuple[SourceProblems, ...] = ()
    by_hand: tuple[GivenDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What came of a portion.

    `documents` has the columns of `Document`, and `WHERE`, `SIGNATURES` and `COUNTED_WITH`; `pairs` has
    those of `Pair`, and `DOCUMENT` and `LINES`. Pairs stand in the order of their documents. The columns
    that no record has are for the assembly, and do not go into the corpus.
    """

    documents: pa.Table
    pairs: pa.Table
    notes: Notes

    def rows(self) -> PairRows:
        """Return the row of each pair's document."""
        return numbers(self.pairs[DOCUMENT].combine_chunks(), np.int32).astype(np.int64)

    def only(self, kept: NDArray[np.bool_]) -> Part:
        """Return the part without the documents that are not `kept`, by row, and without their pairs."""
        rows = self.rows()
        new = np.cumsum(kept) - 1
        pairs = self.pairs.filter(pa.array(kept[rows])).drop_columns([DOCUMENT])
        by_hand = tuple(
            replace(one, document=int(new[one.document])) for one in self.notes.by_hand if kept[one.document]
        )
        return Part(
            self.documents.filter(pa.array(kept)),
            pairs.append_column(DOCUMENT, pa.array(new[rows[kept[rows]]].astype(np.int32))),
            replace(self.notes, by_hand=by_hand),
        )
