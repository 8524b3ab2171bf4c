"""Rows of a released dataset -> sides: its resolved labels, for tools that know no other people's.

What such tools read as "nothing is here" must not be what nobody knows: a side on which ranges are masked
has no place in them. Tokens are made from the text alone, so that a training program is not told where names
begin.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import FLAG, Side, SideLayer, SideMark
from hashiya.corpus.text.model_tokens import model_tokens
from hashiya.schema.dataset import ClassKind
from hashiya.schema.records import LANGS
from hashiya.schema.scheme import LabelScheme

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedSides:
    """What a released folder holds, or some splits of it; `others` counts the labels that are in no side.

    `classes` has the names of classes by their numbers.
    """

    folder: Path
    scheme: LabelScheme
    classes: Mapping[ClassKind, Sequence[str]]
    entities: Iterable[_Row]
    flags: Iterable[_Row]
    others: Mapping[str, int]


def released_sides(
    release: ReleasedSides,
    title: str,
    holds: Collection[SideLayer],
    outcome: Outcome,
    *,
    tokens: bool = False,
) -> Iterator[Side]:
    """Yield the sides of a release.

    A side that is masked in part is counted and left out; so are its flags where they are masked, and what a
    format that `holds` these layers cannot say. For one that writes `tokens`, so is a side of which an entity
    begins or ends inside a token.
    """
    flagged = {(row["pair_id"], row["lang"]): row for row in release.flags if row["spans"] or row["masked"]}
    for row in release.entities:
        beside = flagged.get((row["pair_id"], row["lang"]))
        if row["masked"]:
            outcome.leave("sides", "in part it is not known what is there, and the format cannot say so")
            continue
        marks = [_entity(span, release.classes["entity"], holds) for span in row["spans"]]
        if "concepts" not in holds:
            _leave(outcome, "concepts", title, sum(span["concept"] is not None for span in row["spans"]))
        if beside is not None and "flags" not in holds:
            _leave(outcome, "flags", title, len(beside["spans"]))
        elif beside is not None and beside["masked"]:
            outcome.leave("flags", "in part it is not known what is there", max(1, len(beside["spans"])))
        elif beside is not None:
            marks += [_flag(span, release.classes["flag"], holds) for span in beside["spans"]]
        side = Side(
            where=f"pair {row['pair_id']}, {row['lang']}",
            pair_id=row["pair_id"],
            lang=next(lang for lang in LANGS if lang == row["lang"]),
            text=row["text"],
            marks=tuple(marks),
            status="done",
            doc_id=row["doc_id"],
            tokens=model_tokens(row["text"]),
        )
        if tokens and _cut_inside(side):
            outcome.leave("sides", "an entity begins or ends inside a token")
        else:
            yield side


def _cut_inside(side: Side) -> bool:
    """Whether an entity begins or ends inside a token."""
    inside = {edge for token in side.tokens for edge in range(token.start + 1, token.end)}
    edges = {edge for mark in side.marks if mark.layer == "entities" for edge in (mark.start, mark.end)}
    return bool(edges & inside)


def _entity(span: _Row, names: Sequence[str], holds: Collection[SideLayer]) -> SideMark:
    return SideMark(
        start=span["start"],
        end=span["end"],
        label=names[int(span["type"])],
        quote=span["text"],
        id=span["id"] if "ids" in holds else None,
        concept=span["concept"] if "concepts" in holds else None,
    )


def _flag(span: _Row, names: Sequence[str], holds: Collection[SideLayer]) -> SideMark:
    return SideMark(
        start=span["start"],
        end=span["end"],
        label=FLAG + names[int(span["kind"])],
        quote=span["text"],
        intended=span["intended"] if "intended" in holds else None,
    )


def _leave(outcome: Outcome, what: str, title: str, count: int) -> None:
    if count:
        outcome.leave(what, f"{title} has no place for them", count)
