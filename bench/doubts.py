"""How often doubts name true pairs (`python -m bench.doubts DIR` lists these), and how often wrong ones.

True are the pairs of the alignment sets; a set in two other languages tests aligning alone, and is left out.
Wrong pairs are made from the true ones: by the next sentence's translation, by a next English sentence too
many, by taking the negation out of the English or adding one. Seconds are of the process's CPU.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import get_args

from bench import sheets
from bench.sets import Case, alignment_sets, read_set
from bench.sheets import Column, Sheet
from hashiya.corpus.doubts.doubts import DoubtKind, doubts_between
from hashiya.schema.errors import HashiyaError

Texts = tuple[str, str]

KINDS: tuple[DoubtKind, ...] = get_args(DoubtKind)[1:]
"""All but the first, the score: pairs that were given have none."""
_ARABIC = re.compile("[\u0621-\u064a]")
_PLAIN = re.compile(r"\b(do|does|did|is|are|was|were|has|have|had|will|would|could|should|can)(?: not|n't)\b")
_POSITIVE = re.compile(r"\b(is|are|was|were|has been|have been|will|would|can|could|should)\b(?! not)")
_NEGATIVE = re.compile(r"\b(?:not|no|never|none|neither|nor|without|cannot)\b|n't|un\w{4,}")


def true_pairs(cases: Sequence[Case]) -> list[Texts]:
    """Return the right beads with two sides as pairs of texts, document by document."""
    return [
        (" ".join(case["ar"][i] for i in ar), " ".join(case["en"][j] for j in en))
        for case in cases
        for ar, en in case["gold"]
        if ar and en
    ]


def arabic_sets(data: Path) -> dict[str, list[Texts]]:
    """Return the true pairs of the alignment sets whose Arabic is Arabic, by the sets' names."""
    sets = {path.stem: true_pairs(read_set(path)) for path in alignment_sets(data)}
    return {name: pairs for name, pairs in sets.items() if any(_ARABIC.search(ar) for ar, _ in pairs)}


def neighbours(pairs: Sequence[Texts]) -> Iterator[Texts]:
    """Yield each Arabic sentence with the translation of the next."""
    return ((ar, en) for (ar, _), (_, en) in pairwise(pairs))


def merged(pairs: Sequence[Texts]) -> Iterator[Texts]:
    """Yield each pair with the next English sentence too."""
    return ((ar, f"{en} {more}") for (ar, en), (_, more) in pairwise(pairs))


def denied(pairs: Sequence[Texts]) -> Iterator[Texts]:
    """Yield the pairs whose English has one plain negation, without it."""
    for ar, en in pairs:
        if len(_NEGATIVE.findall(en)) == 1 and _PLAIN.search(en):
            yield ar, _PLAIN.sub(r"\1", en)


def negated(pairs: Sequence[Texts]) -> Iterator[Texts]:
    """Yield the pairs whose English has no negation, with one."""
    for ar, en in pairs:
        if not _NEGATIVE.search(en) and _POSITIVE.search(en):
            yield ar, _POSITIVE.sub(r"\1 not", en, count=1)


MADE: dict[str, Callable[[Sequence[Texts]], Iterable[Texts]]] = {
    "true": lambda pairs: pairs,
    "next": neighbours,
    "merged": merged,
    "taken out": denied,
    "put in": negated,
}


def tables(data: Path) -> Iterator[Sheet]:
    """Yield the share of pairs that each kind of doubt names, set by set: false alarms, then finds."""
    table = Sheet(
        "Doubts",
        (
            Column("set"),
            Column("pairs"),
            Column("number", sheets.count),
            *(Column(kind, sheets.percent) for kind in (*KINDS, "any")),
            Column("CPU µs a pair", sheets.count),
        ),
    )
    for name, pairs in arabic_sets(data).items():
        for kind, make in MADE.items():
            made = list(make(pairs))
            if made:
                began = time.process_time()
                named = shares(made)
                each = (time.process_time() - began) / len(made) * 1e6
                table.add(name, kind, len(made), *named, each)
    if table.rows:
        yield table


def shares(pairs: Sequence[Texts]) -> list[float]:
    """Return the share of pairs that each of `KINDS` names, and the share that any does."""
    found = [{doubt.kind for doubt in doubts_between(ar, en)} for ar, en in pairs]
    counts = [*(sum(kind in kinds for kinds in found) for kind in KINDS), sum(map(bool, found))]
    return [count / len(found) for count in counts]


def false_alarms(pairs: Iterable[Texts]) -> Iterator[str]:
    """Yield each doubt of a pair: its kind, what was seen on the sides or their lengths, and the texts."""
    for ar, en in pairs:
        for doubt in doubts_between(ar, en):
            seen = doubt.lengths or (", ".join(doubt.ar), ", ".join(doubt.en))
            yield "\n  ".join((doubt.kind, *map(str, seen), ar, en))


def main(data: Path) -> int:
    """Print every false alarm, set by set; 1 where there is no set."""
    try:
        found = arabic_sets(data)
    except HashiyaError as error:
        print(error, file=sys.stderr)
        return 1
    for name, pairs in found.items():
        print(name, *false_alarms(pairs), sep="\n")
    if not found:
        print(f"{data}: no align/*.json and no align/*.tsv with Arabic", file=sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])) if len(sys.argv) == 2 else __doc__)
