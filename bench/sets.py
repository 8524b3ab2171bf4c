"""Development sets for alignment, by path: documents of numbered sentences and their right beads.

`align/NAME.json` is a list of {id, ar, en, gold}, gold as [Arabic numbers, English numbers]. In
`align/NAME.tsv` the last two columns are an Arabic sentence and its English translation; a hundred lines
make a document, aligned one to one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

from hashiya.schema.errors import HashiyaError

LINES = 100
"""Lines of a TSV file that make a document."""


class Case(TypedDict):
    """A document and its right alignment."""

    id: str
    ar: list[str]
    en: list[str]
    gold: list[tuple[list[int], list[int]]]


def alignment_sets(data: Path) -> list[Path]:
    """Return the files of sets under `data`, by name."""
    return sorted((*data.glob("align/*.json"), *data.glob("align/*.tsv")), key=lambda path: path.name)


def largest_set(data: Path) -> tuple[Path, list[Case]] | None:
    """Return the set with the most documents, of several the last by name; None where `data` has none."""
    sets = {path: read_set(path) for path in alignment_sets(data)}
    return max(sets.items(), key=lambda item: (len(item[1]), item[0].name), default=None)


def read_set(path: Path) -> list[Case]:
    """Return the documents of a set; HashiyaError with file and place where it is not one."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".tsv":
        return _of_lines(path, text.splitlines())
    try:
        cases: list[Case] = [
            {
                "id": str(case["id"]),
                "ar": list(case["ar"]),
                "en": list(case["en"]),
                "gold": [(list(ar), list(en)) for ar, en in case["gold"]],
            }
            for case in json.loads(text)
        ]
    except (ValueError, TypeError, KeyError) as error:
        raise HashiyaError(
            f"{path}: no set of documents ({error!r}): give a list of {{id, ar, en, gold}}, gold as pairs of "
            "lists of numbers"
        ) from error
    return cases


def _of_lines(path: Path, lines: list[str]) -> list[Case]:
    rows = [line.split("\t") for line in lines if line.strip()]
    for number, row in enumerate(rows, start=1):
        if len(row) < 2:
            raise HashiyaError(
                f"{path}, line {number}: one column: give Arabic and English with a tab between them"
            )
    return [
        {
            "id": f"{path.stem}/{first // LINES}",
            "ar": [row[-2] for row in rows[first : first + LINES]],
            "en": [row[-1] for row in rows[first : first + LINES]],
            "gold": [([i], [i]) for i in range(len(rows[first : first + LINES]))],
        }
        for first in range(0, len(rows), LINES)
    ]
