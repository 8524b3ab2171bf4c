"""Size: one document of 20,000 by some 20,000 sentences, and a set of documents over and over.

The long document's vectors are made, so that its figures are the aligner's alone. Memory *beyond* is what
aligning took at its peak over what the process held before.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import bench.align
from bench import sheets
from bench.peers.aligners import OURS
from bench.process import Absent, Json, memory_now, memory_peak, run
from bench.sets import largest_set
from bench.sheets import Column, Sheet
from hashiya.corpus.alignment.align import align_vectors
from hashiya.corpus.alignment.features import PIECE
from hashiya.corpus.alignment.precision_recall import strict
from hashiya.corpus.alignment.settings import DEFAULTS
from hashiya.corpus.encoders.protocol import Encoded, Pieces, Vectors
from hashiya.corpus.text.lengths import CHARACTERS_RATIO, CHARACTERS_VARIANCE

SENTENCES = 20_000
_TIMES = (1, 20)
_SEED = 5
_DIMENSIONS = 512
_SHAPES = {(1, 1): 0.72, (1, 2): 0.07, (2, 1): 0.07, (1, 0): 0.06, (0, 1): 0.06, (1, 3): 0.01, (3, 1): 0.01}
"""How often a made document has beads of each shape, Arabic first."""
_NOISE = 0.65
"""Length of the noise beside a unit vector of meaning: translations have a cosine of about .7."""


def tables(data: Path | None) -> Iterator[Sheet]:
    """Yield the made document, then the set with the most documents, once and many times."""
    table = Sheet(
        "Long documents, and many",
        (
            Column("what"),
            Column("Arabic", sheets.count),
            Column("English", sheets.count),
            Column("beads", sheets.count),
            Column("CPU s", sheets.tenths),
            Column("MB at most", sheets.megabytes),
            Column("MB beyond", sheets.megabytes),
            Column("F1", sheets.share),
        ),
    )
    done = run(work, SENTENCES)
    if isinstance(done, Absent):
        table.add(f"one made document ({done.reason})")
    else:
        made = done.value
        table.add(
            "one made document, vectors given",
            *(made["ar"], made["en"], made["beads"], made["seconds"]),
            *(done.memory, made["beyond"], made["f1"]),
        )
    if data and (found := largest_set(data)):
        path, cases = found
        ar, en = sum(len(case["ar"]) for case in cases), sum(len(case["en"]) for case in cases)
        for times in _TIMES:
            again = run(bench.align.work, OURS, str(path), times)
            name = f"{path.stem}, {len(cases) * times:,} documents, encoded and aligned"
            if isinstance(again, Absent):
                table.add(f"{name} ({again.reason})")
                continue
            beads = sum(map(len, again.value["beads"])) * times
            table.add(name, ar * times, en * times, beads, again.value["seconds"], again.memory)
    yield table


def work(sentences: int) -> Json:
    """Align a made document; its counts, CPU seconds, memory beyond what was held before, and F1."""
    ar, en, gold, lengths = make(sentences)
    sides = [encoded(side, of) for side, of in zip((ar, en), lengths, strict=True)]
    texts = ["x" * length for length in lengths[0]], ["x" * length for length in lengths[1]]
    held, began = memory_now(), time.process_time()
    beads = align_vectors(*texts, sides[0], sides[1])
    return {
        "seconds": time.process_time() - began,
        "beyond": max(0, memory_peak() - held),
        "ar": len(ar),
        "en": len(en),
        "beads": len(beads),
        "f1": strict([(bead.ar, bead.en) for bead in beads], gold).f1,
    }


def make(
    sentences: int, dimensions: int = _DIMENSIONS
) -> tuple[Vectors, Vectors, list[tuple[list[int], list[int]]], tuple[list[int], list[int]]]:
    """Vectors of a document with so many Arabic sentences, its gold beads and lengths; always the same.

    A bead has as many meanings as its longer side sentences; a sentence is the sum of those it tells, and
    noise of its own.
    """
    rng = np.random.default_rng(_SEED)
    shapes, shares = list(_SHAPES), np.array(list(_SHAPES.values()))
    gold: list[tuple[list[int], list[int]]] = []
    sides: list[list[Vectors]] = [[], []]
    lengths: tuple[list[int], list[int]] = ([], [])
    while len(sides[0]) < sentences:
        shape = shapes[rng.choice(len(shapes), p=shares)]
        counts = (min(shape[0], sentences - len(sides[0])), shape[1])
        meanings = _units(rng, max(counts), dimensions)
        sizes = rng.lognormal(4.4, 0.5, max(counts)) + 5
        bead: list[list[int]] = []
        for side, kept, count, factor in zip(
            sides, lengths, counts, (1 / CHARACTERS_RATIO, 1.0), strict=True
        ):
            bead.append(list(range(len(side), len(side) + count)))
            for told in np.array_split(np.arange(max(counts)), count) if count else []:
                vector = meanings[told].sum(axis=0) / np.sqrt(len(told))
                side.append(_unit(vector + _NOISE * _units(rng, 1, dimensions)[0]))
                size = sizes[told].sum() * factor
                kept.append(max(1, round(size + rng.normal(0, np.sqrt(CHARACTERS_VARIANCE * size / 2)))))
        gold.append((bead[0], bead[1]))
    return np.array(sides[0]), np.array(sides[1]), gold, lengths


def encoded(vectors: Vectors, lengths: Sequence[int]) -> Encoded:
    """Made vectors as an encoder returns them; the pieces of a sentence all mean what it means."""
    counts = np.maximum(1, np.round(np.array(lengths) / PIECE)).astype(np.int64)
    starts = np.concatenate(([0], np.cumsum(counts)))
    sizes = np.repeat(np.array(lengths) // counts, counts)
    pieces = Pieces(np.repeat(vectors, counts, axis=0), starts, sizes)
    return Encoded(windows(vectors, DEFAULTS.window), [pieces])


def windows(vectors: Vectors, size: int) -> list[Vectors]:
    """Return the windows of 1 to `size` sentences that end at each, as an encoder makes them: unit sums."""
    found, total = [vectors], vectors.copy()
    for back in range(1, size):
        total[back:] += vectors[:-back]
        found.append(_unit(total))
    return found


def _units(rng: np.random.Generator, count: int, dimensions: int) -> Vectors:
    return _unit(rng.standard_normal((count, dimensions), np.float32))


def _unit(vectors: NDArray[Any]) -> Vectors:
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return unit
