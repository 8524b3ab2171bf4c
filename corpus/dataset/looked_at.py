"""Which labels were looked for on a pair, and by how many, in places where nobody marked anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, TypeAlias

from hashiya.corpus.team.votes import Vote, finished_votes
from hashiya.schema.adjudication import Adjudication
from hashiya.schema.configs import ClassNames
from hashiya.schema.covers import COVERED_SECTION, covers_label, knew_label
from hashiya.schema.dataset import LabelSource
from hashiya.schema.records import KNOWN_ORIGINS, LANGS, Annotation, Cover, LabelLayer, Lang
from hashiya.schema.scheme import LabelScheme

SpanSide: TypeAlias = tuple[LabelLayer, Lang]
"""A layer of spans and a side of a pair."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at: labels by layer and side, how many voted in each cell of implications.

    `source` says whose word it is that nothing is there. Equal ones are one object.
    """

    spans: Mapping[SpanSide, frozenset[str]]
    cells: tuple[int, ...]
    source: LabelSource
    span_source: Mapping[SpanSide, LabelSource]


_Seen: TypeAlias = tuple[str, tuple[tuple[str, str | None, tuple[str, ...] | None], ...] | None, str]
"""Of an annotation: its origin, its covers, the version of the scheme."""
_VALUES = attrgetter(*(column.name for column in fields(Cover)))


class LookedAt:
    """Tells what was looked at; the answer is worked out once for all annotations that cover the same."""

    def __init__(self, scheme: LabelScheme, classes: ClassNames) -> None:
        self.scheme = scheme
        self.classes = classes
        self._cells = tuple(name.split("/") for name in classes["implication"])
        self._known: dict[tuple[tuple[_Seen, ...], ...], Looked] = {}

    def by(self, votes: Sequence[Vote], adjudications: Sequence[Adjudication]) -> Looked:
        """Return what the voters of a pair, and its adjudicators, looked at."""
        voters = [vote.annotations for vote in finished_votes(votes)]
        said = [*voters, *((item.annotation,) for item in adjudications)]
        key = tuple(
            tuple((item.origin, _plain(item.covers), item.scheme.version) for item in versions)
            for versions in said
        )
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._looked(said)
        return found

    def _looked(self, said: Sequence[Sequence[Annotation]]) -> Looked:
        spans = {
            (layer, lang): frozenset(
                label
                for label in self.scheme.ids(COVERED_SECTION[layer])
                if any(
                    all(covers_label(item, self.scheme, layer, lang, label) for item in versions)
                    for versions in said
                )
            )
            for layer in ("entities", "flags")
            for lang in LANGS
        }
        cells = tuple(
            len(_deciding([item for item in said if self._covers(item, *cell)])) for cell in self._cells
        )
        return Looked(
            spans,  # type: ignore[arg-type]
            cells,
            _source([item for item in said if any(self._covers(item, *cell) for cell in self._cells)]),
            {
                (layer, lang): _source(  # type: ignore[misc]
                    [
                        versions
                        for versions in said
                        if any(covers_label(versions[0], self.scheme, layer, lang, one) for one in labels)  # type: ignore[arg-type]
                    ]
                )
                for (layer, lang), labels in spans.items()
            },
        )

    def _covers(self, versions: Sequence[Annotation], target: str, channel: str) -> bool:
        if target not in self.scheme.ids("target") or channel not in self.scheme.ids("channel"):
            return False
        return all(
            knew_label(item, self.scheme, "target", target)
            and covers_label(item, self.scheme, "implications", None, channel)
            for item in versions
        )


def _plain(covers: tuple[Cover, ...] | None) -> Any:
    """Covers as tuples, whose hash is found several times as fast."""
    return None if covers is None else tuple(map(_VALUES, covers))


def _deciding(said: Sequence[Sequence[Annotation]]) -> Sequence[Sequence[Annotation]]:
    """Those who decide: known labels before all others."""
    for origin in KNOWN_ORIGINS:
        if known := [versions for versions in said if versions[0].origin == origin]:
            return known
    return said


def _source(said: Sequence[Sequence[Annotation]]) -> LabelSource:
    """Whose word it is that nothing is there, of all who looked."""
    deciding = _deciding(said)
    origin = deciding[0][0].origin if deciding else ""
    if origin in KNOWN_ORIGINS:
        return origin
    return "single" if len(deciding) < 2 else "unanimous"
