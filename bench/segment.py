"""Segmentation on development sets: F1 over joined sentences, and sentences a CPU second.

A set is ``segment/NAME.LANG.json``: documents as lists of sentences. Ten sentences are joined by a space,
a boundary is a count of characters that are not white space, and the end of the text doesn't count.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rich.table import Table

from hashiya.corpus.segment import segment
from hashiya.schema.records import LANGS, Lang

Ends = Callable[[str], Iterable[int]]

_STOP = re.compile(r"[.!?؟…]+[\"'”’»)]*(?=\s)")
_SPACED = re.compile(r"""(?<=\S)(?=[.،؟!:؛”»](?:[\W_]|$)|"(?:[\s.،؟!:؛)]|$))""")


def table(data: Path) -> Table | None:
    """F1 of ``segment`` and of stop-then-space, as written and with spaced punctuation, set by set."""
    files = sorted(path for lang in LANGS for path in data.glob(f"segment/*.{lang}.json"))
    if not files:
        return None
    shown = Table("set", "sentences", "stop + space", "F1", "precision", "recall", "F1 spaced", "sentences/s")
    for path in files:
        chunks = list(_chunks(json.loads(path.read_text(encoding="utf-8"))))
        ends = _segment_ends("ar" if path.stem.endswith(".ar") else "en")
        plain, _, _, _ = _score(chunks, _stop_ends)
        f1, precision, recall, speed = _score(chunks, ends)
        spaced, _, _, _ = _score([[_SPACED.sub(" ", part) for part in chunk] for chunk in chunks], ends)
        shown.add_row(
            path.stem,
            str(sum(map(len, chunks))),
            *(f"{share:.3f}" for share in (plain, f1, precision, recall, spaced)),
            f"{speed:,.0f}",
        )
    return shown


def _chunks(documents: list[list[str]]) -> Iterator[list[str]]:
    for document in documents:
        sentences = [sentence.strip() for sentence in document if sentence.strip()]
        for first in range(0, len(sentences), 10):
            yield sentences[first : first + 10]


def _segment_ends(lang: Lang) -> Ends:
    return lambda text: [sentence.end for sentence in segment(text, lang)]


def _stop_ends(text: str) -> list[int]:
    return [match.end() for match in _STOP.finditer(text)]


def _score(chunks: list[list[str]], find: Ends) -> tuple[float, float, float, float]:
    """Micro F1, precision, recall, and sentences a CPU second."""
    right = found = wanted = 0
    seconds = 0.0
    for chunk in chunks:
        text = " ".join(chunk)
        counts = [0]
        for char in text:
            counts.append(counts[-1] + (not char.isspace()))
        began = time.process_time()
        ends = find(text)
        seconds += time.process_time() - began
        borders = {counts[end] for end in ends} - {counts[-1]}
        gold = {counts[len(" ".join(chunk[:count]))] for count in range(1, len(chunk))}
        right, found, wanted = right + len(borders & gold), found + len(borders), wanted + len(gold)
    precision, recall = right / max(found, 1), right / max(wanted, 1)
    f1 = 2 * right / max(found + wanted, 1)
    return f1, precision, recall, sum(map(len, chunks)) / max(seconds, 1e-9)
