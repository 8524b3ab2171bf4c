"""What is counted while a release is written: for its card, for `dataset.json`, and for who released it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hashiya.corpus.dataset.card import CardFacts, split_warnings
from hashiya.corpus.dataset.label_columns import (
    MadeColumns,
)
from hashiya.corpus.journal.verify import ReadEvents
from hashiya.corpus.team.agreement.compared import VotedPair, compare_votes
from hashiya.corpus.team.agreement.figures import overall_figures
from hashiya.schema.dataset import (
    Config,
    DatasetInfo,
    SplitCounts,
)
from hashiya.schema.errors import Problem
from hashiya.schema.records import SPLITS, Document, Split
from hashiya.schema.scheme import LabelScheme

_MARKS: Mapping[Config, tuple[str, str]] = {
    "implications": ("implications", "cell"),
    "entities": ("spans", "type"),
    "flags": ("spans", "kind"),
}
"""The list of the marks of a row, and which of its fields is a class."""
_SEED = 20260101
"""Of the intervals of agreement."""


@dataclass(slots=True)
class ReleaseCounts:
    """What is counted while rows are written."""

    faults: list[Problem] = field(default_factory=list[Problem])
    unfit: Counter[str] = field(default_factory=Counter[str])
    read: ReadEvents = field(default_factory=ReadEvents)
    compared: list[VotedPair] = field(default_factory=list[VotedPair])
    pairs_of: Counter[str] = field(default_factory=Counter[str])
    origins: Counter[str] = field(default_factory=Counter[str])
    classes: dict[tuple[Config, Split], Counter[int]] = field(
        default_factory=lambda: defaultdict(Counter[int])
    )
    no_labels: Counter[str] = field(default_factory=Counter[str])
    unresolved: Counter[str] = field(default_factory=Counter[str])
    uncovered: Counter[str] = field(default_factory=Counter[str])
    pairs: Counter[Split] = field(default_factory=Counter[Split])
    labelled: Counter[Split] = field(default_factory=Counter[Split])
    documents: dict[Split, set[str]] = field(default_factory=lambda: {split: set() for split in SPLITS})

    def facts(self, info: DatasetInfo, scheme: LabelScheme, documents: Mapping[str, Document]) -> CardFacts:
        """Return what the card tells."""
        return CardFacts(
            info=info,
            scheme=scheme,
            documents=documents,
            pairs_of=self.pairs_of,
            classes=self.classes,
            origins=self.origins,
            agreement=tuple(overall_figures(compare_votes(self.compared, scheme), scheme, _SEED)),
            compared=len(self.compared),
            warnings=split_warnings(info),
        )

    def add(self, made: MadeColumns) -> None:
        """Count what was seen while labels were made."""
        self.faults += made.faults
        self.unresolved.update(made.unresolved)
        self.uncovered.update(made.uncovered)
        self.unfit.update(made.unfit)
        self.compared += made.compared
        for position in made.read:
            self.read.add(position)

    def add_rows(self, config: Config, split: Split, rows: pa.Table) -> None:
        """Count the rows of a split of a config."""
        if config == "pairs":
            self._add_pairs(split, rows)
        elif config == "annotations":
            self.origins.update(_value_counts(rows["origin"]))
        elif config == "stance":
            self.classes[config, split].update(_value_counts(rows["label"]))
        else:
            marks, name = _MARKS[config]
            numbers = pc.struct_field(pc.list_flatten(rows[marks]), name)
            self.classes[config, split].update(_value_counts(numbers))

    def _add_pairs(self, split: Split, pairs: pa.Table) -> None:
        """Count the pairs of a split."""
        self.no_labels.update(str(why) for why in pairs["no_labels"].drop_null().to_pylist())
        self.pairs[split] += pairs.num_rows
        self.labelled[split] += pairs.num_rows - pairs["labels"].null_count
        counts = _value_counts(pairs["doc_id"])
        self.pairs_of.update(counts)
        self.documents[split].update(counts)

    def splits(self) -> dict[Split, SplitCounts]:
        """Return what the splits hold that hold anything."""
        return {
            split: SplitCounts(
                pairs=self.pairs[split],
                documents=len(self.documents[split]),
                labelled=self.labelled[split],
            )
            for split in SPLITS
            if self.pairs[split]
        }


def _value_counts(values: Any) -> dict[Any, int]:
    """How often each value is there, nulls aside."""
    found = pc.value_counts(pc.drop_null(values))
    return dict(zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True))
