"""How often doubts name a true pair, and how often a wrong one: `python -m bench.doubts FOLDER [-v]`.

FOLDER holds flores200_devtest.ar-en.tsv (number, Arabic, English) and ntrex_dev.clean.json (documents with
sentences and gold beads). Wrong pairs are made from the true ones: by the next sentence's translation, by a
next English sentence too many, by taking the negation out of the English or adding one.
"""

from __future__ import annotations

import json
import re
import sys
import timeit
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import get_args

from hashiya.corpus.doubts import DoubtKind, doubts_between

Texts = tuple[str, str]

KINDS: tuple[DoubtKind, ...] = get_args(DoubtKind)[1:]
_PLAIN = re.compile(r"\b(do|does|did|is|are|was|were|has|have|had|will|would|could|should|can)(?: not|n't)\b")
_POSITIVE = re.compile(r"\b(is|are|was|were|has been|have been|will|would|can|could|should)\b(?! not)")
_NEGATIVE = re.compile(r"\b(?:not|no|never|none|neither|nor|without|cannot)\b|n't|un\w{4,}")


def flores(folder: Path) -> list[Texts]:
    """The pairs of FLORES-200, in order; neighbours are mostly of one article."""
    rows = (folder / "flores200_devtest.ar-en.tsv").read_text(encoding="utf-8").splitlines()
    return [(ar, en) for _, ar, en in (row.split("\t") for row in rows)]


def ntrex(folder: Path) -> list[Texts]:
    """The gold pairs of NTREX, document by document."""
    documents = json.loads((folder / "ntrex_dev.clean.json").read_text(encoding="utf-8"))
    return [
        (" ".join(one["ar"][i] for i in ar), " ".join(one["en"][i] for i in en))
        for one in documents
        for ar, en in one["gold"]
        if ar and en
    ]


def neighbours(pairs: list[Texts]) -> Iterator[Texts]:
    """Each Arabic sentence with the translation of the next."""
    return ((ar, en) for (ar, _), (_, en) in pairwise(pairs))


def merged(pairs: list[Texts]) -> Iterator[Texts]:
    """Each pair with the next English sentence too."""
    return ((ar, f"{en} {more}") for (ar, en), (_, more) in pairwise(pairs))


def denied(pairs: list[Texts]) -> Iterator[Texts]:
    """The pairs whose English has one plain negation, without it."""
    for ar, en in pairs:
        if len(_NEGATIVE.findall(en)) == 1 and _PLAIN.search(en):
            yield ar, _PLAIN.sub(r"\1", en)


def negated(pairs: list[Texts]) -> Iterator[Texts]:
    """The pairs whose English has no negation, with one."""
    for ar, en in pairs:
        if not _NEGATIVE.search(en) and _POSITIVE.search(en):
            yield ar, _POSITIVE.sub(r"\1 not", en, count=1)


def shares(pairs: Iterable[Texts]) -> dict[str, float]:
    """Of so many pairs ("pairs"), the share that each kind of doubt names, and that "any" does."""
    found = [{doubt.kind for doubt in doubts_between(ar, en)} for ar, en in pairs]
    of = max(len(found), 1)
    return {
        "pairs": len(found),
        **{kind: sum(kind in kinds for kinds in found) / of for kind in KINDS},
        "any": sum(bool(kinds) for kinds in found) / of,
    }


WRONG: dict[str, Callable[[list[Texts]], Iterable[Texts]]] = {
    "true": lambda pairs: pairs,
    "next sentence": neighbours,
    "one sentence too many": merged,
    "negation taken out": denied,
    "negation put in": negated,
}


def main(folder: Path, *, verbose: bool) -> None:
    """Print the shares of all sets, and the time for a pair."""
    print(f"{'set':8} {'pairs':22} {'number':>6} ", *(f"{name:>9}" for name in (*KINDS, "any")))
    for name, pairs in (("flores", flores(folder)), ("ntrex", ntrex(folder))):
        for what, made in WRONG.items():
            row = shares(made(pairs))
            figures = (f"{row[kind]:>9.1%}" for kind in (*KINDS, "any"))
            print(f"{name:8} {what:22} {row['pairs']:6.0f} ", *figures)
        seconds = timeit.timeit(lambda: shares(pairs), number=1)  # noqa: B023 - called at once
        print(f"{name:8} {seconds / len(pairs) * 1e6:.0f} microseconds a pair")
        if verbose:
            for ar, en in pairs:
                for doubt in doubts_between(ar, en):
                    print("", doubt.kind, doubt.ar, doubt.en, doubt.lengths or "", ar, en, sep="\n  ")


if __name__ == "__main__":
    main(Path(sys.argv[1]), verbose="-v" in sys.argv[2:])
