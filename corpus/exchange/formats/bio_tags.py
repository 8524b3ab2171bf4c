"""Tags of other tools as BIO: BIOES and BILOU say the same in more letters, some have no letter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from hashiya.corpus.text.bio import OUTSIDE

_MARKS = {"B": "B", "I": "I", "S": "B", "U": "B", "E": "I", "L": "I"}


def bio_tag(tag: str) -> str | None:
    """Return a tag in BIO; `None` for what is no tag."""
    if tag == OUTSIDE:
        return tag
    mark, _, label = tag.partition("-")
    return f"{_MARKS[mark]}-{label}" if mark in _MARKS and label else None


def labels_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the labels that some tags are of, each once."""
    plain = are_plain(names := tuple(names))
    labels = (name if plain else (bio_tag(name) or OUTSIDE).partition("-")[2] for name in names)
    return tuple(dict.fromkeys(label for label in labels if label and label != OUTSIDE))


def are_plain(names: Collection[str]) -> bool:
    """Return whether tags are labels without a letter: neighbours of one label are one name then."""
    return OUTSIDE in names and all(bio_tag(name) is None for name in names if name != OUTSIDE)


def plain_as_bio(tags: Iterable[str]) -> Iterator[str]:
    """Yield tags without letters in BIO."""
    for before, tag in pairwise((OUTSIDE, *tags)):
        yield tag if tag == OUTSIDE else f"{'I' if tag == before else 'B'}-{tag}"
