"""The rows of `entities` and `flags`: the spans of a side, what of it is unknown, and the votes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hashiya.corpus.dataset.cell_votes import KNOWN, cell_source, certainty, common_source, votes_in
from hashiya.corpus.dataset.looked_at import Looked
from hashiya.corpus.team.cells import Mark, Said, SpanLayer
from hashiya.corpus.team.resolution import ResolvedCell, ResolvedLabels
from hashiya.corpus.team.votes import Vote
from hashiya.schema.configs import ClassNames
from hashiya.schema.covers import COVERED_SECTION
from hashiya.schema.dataset import (
    EntityRow,
    EntitySpan,
    EntityVotes,
    FlagRow,
    FlagSpan,
    FlagVotes,
    LabelSource,
)
from hashiya.schema.records import Lang, Span
from hashiya.schema.scheme import LabelScheme


@dataclass(frozen=True, slots=True)
class SideOfPair:
    """A side of a pair, for one layer."""

    layer: SpanLayer
    lang: Lang
    text: str


@dataclass(frozen=True, slots=True)
class SideRow:
    """How to make the row of a side, a key that equal rows have, whether all labels were looked for."""

    key: Hashable | None
    make: Callable[[], EntityRow | FlagRow]
    is_whole: bool


class SpanRows:
    """Makes the row of a side; its `text` is left empty, for whoever has the pair."""

    def __init__(self, scheme: LabelScheme, classes: ClassNames, policy: str) -> None:
        self._all: dict[SpanLayer, frozenset[str]] = {
            layer: frozenset(scheme.ids(COVERED_SECTION[layer])) for layer in ("entities", "flags")
        }
        self._numbers: dict[SpanLayer, dict[str, int]] = {
            "entities": {name: number for number, name in enumerate(classes["entity"])},
            "flags": {name: number for number, name in enumerate(classes["flag"])},
        }
        self._policy = policy

    def has(self, layer: SpanLayer) -> bool:
        """Return whether the scheme has labels of a layer."""
        return bool(self._all[layer])

    def row(
        self,
        side: SideOfPair,
        labels: ResolvedLabels,
        votes: Sequence[Vote],
        looked: Looked,
    ) -> SideRow | None:
        """Return the row of a side; `None` where nobody looked and nothing is marked."""
        layer, lang = side.layer, side.lang
        cells = [item for item in labels.cells if item.cell.layer == layer and item.cell.lang == lang]
        covered = looked.spans[layer, lang]
        is_whole = bool(covered) and covered == self._all[layer]
        if not cells and not covered:
            return None
        key = (id(looked), lang) if is_whole and not cells else None
        return SideRow(key, lambda: self._made(side, labels, votes, looked, cells), is_whole)

    def _made(
        self,
        side: SideOfPair,
        labels: ResolvedLabels,
        votes: Sequence[Vote],
        looked: Looked,
        cells: Sequence[ResolvedCell],
    ) -> EntityRow | FlagRow:
        layer, lang = side.layer, side.lang
        numbers = self._numbers[layer]
        covered = looked.spans[layer, lang]
        spans = [
            item for item in (labels.entities if layer == "entities" else labels.flags) if item.lang == lang
        ]
        masked = [Span(item.cell.start or 0, item.cell.end or 0) for item in cells if item.value is None]
        if covered != self._all[layer]:
            masked += _gaps(side.text, [*masked, *(Span(item.start, item.end) for item in spans)])
        resolved = [item for item in cells if item.value is not None]
        sources: set[LabelSource] = {cell_source(item, self._policy) for item in resolved}
        shared = {
            "lang": lang,
            "text": "",
            "masked": tuple(sorted(masked)),
            "covered": tuple(sorted(numbers[label] for label in covered)),
            "labels_from": common_source(sources or [looked.span_source[layer, lang]]),
            "weight": min(map(certainty, resolved), default=1.0),
        }
        marks = [
            (int(start), int(end), numbers[str(label)], count, voters, soft)
            for item in cells
            for (start, end, label), count, voters, soft in _mark_votes(item, votes)
        ]
        marks.sort()
        if layer == "entities":
            return EntityRow(
                **shared,  # type: ignore[arg-type]
                spans=tuple(
                    EntitySpan(
                        start=item.start, end=item.end, type=numbers[item.type], concept=item.concept,
                        text=item.text, id=item.id,
                    )
                    for item in labels.entities
                    if item.lang == lang
                ),
                votes=tuple(
                    EntityVotes(start=start, end=end, type=label, votes=count, voters=voters, soft=soft)
                    for start, end, label, count, voters, soft in marks
                ),
            )  # fmt: skip
        return FlagRow(
            **shared,  # type: ignore[arg-type]
            spans=tuple(
                FlagSpan(
                    start=item.start, end=item.end, kind=numbers[item.kind], intended=item.intended,
                    text=item.text,
                )
                for item in labels.flags
                if item.lang == lang
            ),
            votes=tuple(
                FlagVotes(start=start, end=end, kind=label, votes=count, voters=voters, soft=soft)
                for start, end, label, count, voters, soft in marks
            ),
        )  # fmt: skip


def _mark_votes(cell: ResolvedCell, votes: Sequence[Vote]) -> Iterator[tuple[Mark, int, int, float]]:
    """The marks that somebody made in a cell: by how many voters of how many, how probable each is."""
    counts = votes_in(cell, votes)
    voters = sum(counts.values())
    if len(counts) == 1 and cell.value in counts:
        for mark in cell.value or ():
            yield mark, voters, voters, 1.0
        return
    shares: Mapping[Said, float]
    if cell.value is not None and (cell.soft is None or cell.decided_by in KNOWN):
        shares = {cell.value: 1.0}
    else:
        shares = cell.soft or dict.fromkeys(cell.said, 1.0)
    for mark in {mark for said in (*counts, *shares) for mark in said}:
        yield (
            mark,
            sum(count for said, count in counts.items() if mark in said),
            voters,
            sum(share for said, share in shares.items() if mark in said),
        )


def _gaps(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """What of a text is in no span."""
    at = 0
    for span in sorted(spans):
        if span.start > at:
            yield Span(at, span.start)
        at = max(at, span.end)
    if at < len(text):
        yield Span(at, len(text))
