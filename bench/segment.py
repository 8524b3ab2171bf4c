"""Segmentation beside peers: F1 over joined sentences, and what it costs.

A set is `segment/NAME.LANG.json`: documents as lists of sentences. Ten sentences are joined by a space,
a boundary is a count of characters that are not white space, and the end of the text doesn't count. Every
system cuts every set in a process of its own, made (and trained, where it trains itself) before the clock
starts. Seconds are of the process's CPU.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

from bench import sheets
from bench.peers.segmenters import SYSTEMS
from bench.process import Absent, Json, run
from bench.sheets import Column, Sheet
from hashiya.corpus.alignment.precision_recall import Score
from hashiya.schema.records import LANGS, Lang

_SPACED = re.compile(r"""(?<=\S)(?=[.،؟!:؛”»](?:[\W_]|$)|"(?:[\s.،؟!:؛)]|$))""")


def tables(data: Path) -> Iterator[Sheet]:
    """Yield the systems set by set, as written and with spaced punctuation."""
    table = Sheet(
        "Segmentation",
        (
            Column("set"),
            Column("system"),
            Column("F1", sheets.share),
            Column("precision", sheets.share),
            Column("recall", sheets.share),
            Column("F1 spaced", sheets.share),
            Column("sentences/s", sheets.count),
            Column("MB", sheets.megabytes),
        ),
    )
    for lang in LANGS:
        for path in sorted(data.glob(f"segment/*.{lang}.json")):
            for name in SYSTEMS:
                done = run(work, name, str(path), lang)
                if isinstance(done, Absent):
                    table.add(path.stem, f"{name} ({done.reason})")
                    continue
                plain, spaced = Score(*done.value["plain"]), Score(*done.value["spaced"])
                table.add(
                    path.stem,
                    name,
                    *(plain.f1, plain.precision, plain.recall, spaced.f1),
                    *(done.value["speed"], done.memory),
                )
    if table.rows:
        yield table


def work(name: str, path: str, lang: Lang) -> Json:
    """Cut a set with a system: counts of right, found and wanted ends, and sentences a CPU second."""
    chunks = list(_chunks(json.loads(Path(path).read_text(encoding="utf-8"))))
    spaced = [[_SPACED.sub(" ", part) for part in chunk] for chunk in chunks]
    plain, speed = _score(chunks, name, lang)
    return {"plain": plain, "spaced": _score(spaced, name, lang)[0], "speed": speed}


def _chunks(documents: list[list[str]]) -> Iterator[list[str]]:
    for document in documents:
        sentences = [sentence.strip() for sentence in document if sentence.strip()]
        for first in range(0, len(sentences), 10):
            yield sentences[first : first + 10]


def _score(chunks: list[list[str]], name: str, lang: Lang) -> tuple[list[int], float]:
    find = SYSTEMS[name](lang, "\n".join(" ".join(chunk) for chunk in chunks))
    list(find(" ".join(chunks[0])))
    right = found = wanted = 0
    seconds = 0.0
    for chunk in chunks:
        began = time.process_time()
        ends = list(find(" ".join(chunk)))
        seconds += time.process_time() - began
        counts = compare_ends(chunk, ends)
        right, found, wanted = right + counts.right, found + counts.found, wanted + counts.wanted
    return [right, found, wanted], sum(map(len, chunks)) / max(seconds, 1e-9)


def compare_ends(chunk: list[str], ends: list[int]) -> Score:
    """Score ends, as offsets in the sentences joined by a space; white space around an end is no matter."""
    text = " ".join(chunk)
    counts = [0]
    for char in text:
        counts.append(counts[-1] + (not char.isspace()))
    borders = {counts[end] for end in ends} - {0, counts[-1]}
    gold = {counts[len(" ".join(chunk[:size]))] for size in range(1, len(chunk))}
    return Score(len(borders & gold), len(borders), len(gold))
