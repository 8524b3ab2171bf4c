"""Two lists of sentences to beads: monotone, and every sentence in exactly one bead.

The best path of a full dynamic programme over beads of 1-1 to 4-1 and 1-4, 2-2, and omissions, in the
manner of Gale and Church (1993), over sentence vectors as Vecalign (Thompson and Koehn 2019) and Bertalign
(Liu and Zhu 2023) do. docs/alignment.md has the method and its figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hashiya.corpus.band import Block, around, coarse_path, whole
from hashiya.corpus.encode import Encoder, Vectors, default_encoder
from hashiya.corpus.evidence import SURE, Calibration, Evidence, Settings, calibrate, omission_value
from hashiya.corpus.lattice import Lattice

DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Bead:
    """Sentences of both sides, by number from 0, that say the same; one side may be empty.

    ``score``, 0 to 1, is the probability of exactly this bead, or of the omission, over all alignments of
    the document under the model: it orders beads by how likely they are right.
    """

    ar: tuple[int, ...]
    en: tuple[int, ...]
    score: float

    @property
    def shape(self) -> str:
        """The counts of sentences, Arabic first: "2-1"."""
        return f"{len(self.ar)}-{len(self.en)}"


def align(
    ar: Sequence[str], en: Sequence[str], encoder: Encoder | None = None, settings: Settings = DEFAULTS
) -> list[Bead]:
    """Align the sentences of one document, in order; the same sentences always give the same beads.

    Without an encoder the embedded one is loaded (MissingExtraError without the extra ``build``).
    """
    if not ar or not en:
        return _alone(len(ar), len(en))
    encoder = encoder or default_encoder()
    return align_vectors(
        encoder.windows(ar, settings.window),
        encoder.windows(en, settings.window),
        [len(sentence) for sentence in ar],
        [len(sentence) for sentence in en],
        settings,
    )


def align_vectors(
    ar: Sequence[Vectors],
    en: Sequence[Vectors],
    ar_lengths: Sequence[int],
    en_lengths: Sequence[int],
    settings: Settings = DEFAULTS,
) -> list[Bead]:
    """Align given windows (as ``Encoder.windows`` makes them) of sentences with lengths in characters."""
    n, m = len(ar_lengths), len(en_lengths)
    if not n or not m:
        return _alone(n, m)
    lengths = (np.maximum(ar_lengths, 1.0), np.maximum(en_lengths, 1.0))
    calibration = calibrate(ar[0], en[0], lengths, settings)
    ends = [np.concatenate(([0.0], np.cumsum(side))) for side in lengths]
    evidence = Evidence(ar, en, ends[0], ends[1], calibration, settings)
    lattice = Lattice(evidence, _band(calibration, n, m, settings))
    share = settings.omission
    for _ in range(settings.rounds):
        found = lattice.backward(lattice.forward(omission_value(share, settings)))
        omitted = float(found.ar_omitted.sum() + found.en_omitted.sum())
        prior = settings.omission * settings.omission_trust
        share = (omitted + prior) / (n + m + settings.omission_trust)
    forward = lattice.forward(omission_value(share, settings))
    return [
        Bead(tuple(range(step.row - x, step.row)), tuple(range(step.column - y, step.column)), score)
        for step, score in zip(forward.steps, lattice.backward(forward).steps, strict=True)
        for x, y in [step.shape]
    ]


def _band(calibration: Calibration, n: int, m: int, settings: Settings) -> list[Block]:
    if n * m <= settings.whole:
        return whole(n, m)
    sure = calibration.strengths > SURE
    path = coarse_path(calibration.pairs[sure], calibration.strengths[sure])
    return around(path, n, m, settings.radius)


def _alone(n: int, m: int) -> list[Bead]:
    """The beads of a document with one side: there is nothing to doubt."""
    return [Bead((i,), (), 1.0) for i in range(n)] + [Bead((), (j,), 1.0) for j in range(m)]
