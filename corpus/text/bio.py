"""Entities <-> BIO tags on tokens that are cut at the entities' edges. Pure and without loss.

A token is (start, end), an entity (start, end, type), a tagged token (start, end, tag): ranges in a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

OUTSIDE = "O"

TokenRange = tuple[int, int]
TypedRange = tuple[int, int, str]
TaggedToken = tuple[int, int, str]


def tags(types: Iterable[str]) -> tuple[str, ...]:
    """Return the tag names for entity types, "O" first, then B- and I- of each type in order."""
    return (OUTSIDE, *(f"{mark}-{name}" for name in types for mark in "BI"))


def tag_tokens(tokens: Iterable[TokenRange], entities: Iterable[TypedRange]) -> list[TaggedToken]:
    """Return the tokens, cut wherever an entity begins or ends, each with its tag.

    Of entities that overlap, the longest is tagged and those that share letters with it are not: BIO
    holds one tag a letter.
    """
    flat = _flat(entities)
    edges = sorted({edge for start, end, _ in flat for edge in (start, end)})
    tagged: list[TaggedToken] = []
    for start, end in tokens:
        bounds = [start, *(edge for edge in edges if start < edge < end), end]
        for left, right in pairwise(bounds):
            inside = next((item for item in flat if item[0] <= left and right <= item[1]), None)
            if inside is None:
                tagged.append((left, right, OUTSIDE))
            else:
                first = not tagged or tagged[-1][0] < inside[0]
                tagged.append((left, right, f"{'B' if first else 'I'}-{inside[2]}"))
    return tagged


def spans(tagged: Iterable[TaggedToken]) -> list[TypedRange]:
    """Return the entities of tagged tokens, as `tag_tokens` tagged them."""
    entities: list[TypedRange] = []
    inside = False
    for start, end, tag in tagged:
        mark, _, name = tag.partition("-")
        if mark == "I" and inside and entities[-1][2] == name:
            entities[-1] = (entities[-1][0], end, name)
        elif mark in {"B", "I"}:
            entities.append((start, end, name))
        inside = mark in {"B", "I"}
    return entities


def _flat(entities: Iterable[TypedRange]) -> Sequence[TypedRange]:
    disjoint: list[TypedRange] = []
    for item in sorted(entities, key=lambda item: (item[0] - item[1], item)):
        if all(item[1] <= other[0] or other[1] <= item[0] for other in disjoint):
            disjoint.append(item)
    return sorted(disjoint)
