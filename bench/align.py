"""Alignment on development sets: strict F1, F1 on sentences left alone, and beads a CPU second.

A set is ``align/NAME.json``: a list of {id, ar, en, gold}, gold as [Arabic numbers, English numbers].
Seconds are of encoding and alignment together, the encoder loaded before.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

import numpy as np
from rich.table import Table

from hashiya.corpus.align import align
from hashiya.corpus.encode import Encoder, Vectors, default_encoder
from hashiya.corpus.scoring import Score, strict, unaligned


class Case(TypedDict):
    """A document and its right alignment."""

    id: str
    ar: list[str]
    en: list[str]
    gold: list[tuple[list[int], list[int]]]


class LengthsOnly:
    """An encoder to which all sentences are alike: what is left of the aligner is lengths and priors."""

    name = "lengths-only"

    def windows(self, sentences: Sequence[str], size: int) -> list[Vectors]:
        """Return ones, of one dimension."""
        return [np.ones((len(sentences), 1), np.float32)] * size


def table(data: Path) -> Table | None:
    """The aligner with its embedded encoder, and by lengths only, set by set."""
    files = sorted(data.glob("align/*.json"))
    if not files:
        return None
    encoder = default_encoder()
    shown = Table("set", "documents", "gold beads", "precision", "recall", "F1", "F1 alone")
    for heading in ("CPU s", "beads/s", "F1 lengths only"):
        shown.add_column(heading)
    for path in files:
        cases: list[Case] = json.loads(path.read_text(encoding="utf-8"))
        beads, alone, seconds = _score(cases, encoder)
        lengths, _, _ = _score(cases, LengthsOnly())
        gold = sum(len(case["gold"]) for case in cases)
        shown.add_row(
            path.stem,
            str(len(cases)),
            str(gold),
            *(f"{share:.3f}" for share in (beads.precision, beads.recall, beads.f1, alone.f1)),
            f"{seconds:.1f}",
            f"{gold / max(seconds, 1e-9):,.0f}",
            f"{lengths.f1:.3f}",
        )
    return shown


def _score(cases: Sequence[Case], encoder: Encoder) -> tuple[Score, Score, float]:
    """Score beads and omissions over all documents, and count CPU seconds."""
    beads = alone = Score(0, 0, 0)
    seconds = 0.0
    for case in cases:
        began = time.process_time()
        found = [(bead.ar, bead.en) for bead in align(case["ar"], case["en"], encoder)]
        seconds += time.process_time() - began
        beads += strict(found, case["gold"])
        alone += unaligned(found, case["gold"])
    return beads, alone, seconds
