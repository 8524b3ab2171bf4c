"""Two lists of sentences to beads: monotone, and every sentence in exactly one bead.

The first pass is a dynamic programme over all alignments, as Gale and Church's (1993), over sentence vectors
as in Vecalign (Thompson and Koehn 2019) and Bertalign (Liu and Zhu 2023); it leaves the candidates. The
second scores these with more features and decodes by minimum Bayes risk: the alignment in which most beads
are expected to be right. docs/alignment.md has the method and its figures.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hashiya.corpus.alignment.band import BandBlock, around, coarse_path, whole_band
from hashiya.corpus.alignment.bead_values import BeadValues, omission_value
from hashiya.corpus.alignment.beads import Bead
from hashiya.corpus.alignment.calibration import SURE, Calibration, Floats, calibrate
from hashiya.corpus.alignment.candidates import Candidates, Lattice
from hashiya.corpus.alignment.features import PIECE, SideFeatures, features
from hashiya.corpus.alignment.forward_backward import Chain
from hashiya.corpus.alignment.settings import DEFAULTS, AlignmentSettings
from hashiya.corpus.alignment.weights import Weights, shipped_weights
from hashiya.corpus.encoders.protocol import Encoded, Encoder
from hashiya.corpus.text.cognates import find_cognates


def align(
    ar: Sequence[str],
    en: Sequence[str],
    encoder: Encoder | None = None,
    settings: AlignmentSettings = DEFAULTS,
) -> list[Bead]:
    """Return the beads of the sentences of one document, in order; the same sentences give the same beads.

    Without an encoder the embedded one is loaded (MissingExtraError without the extra `build`).
    """
    if not ar or not en:
        return _alone(len(ar), len(en))
    if encoder is None:
        # Late: who brings an encoder needs nothing of the embedded one.
        from hashiya.corpus.encoders.use.encoder import default_encoder

        encoder = default_encoder()
    encoded = [encoder.encode(side, settings.window, (PIECE,)) for side in (ar, en)]
    return align_vectors(ar, en, encoded[0], encoded[1], settings)


def align_vectors(
    ar: Sequence[str],
    en: Sequence[str],
    ar_encoded: Encoded,
    en_encoded: Encoded,
    settings: AlignmentSettings = DEFAULTS,
    *,
    weights: Weights | None = None,
) -> list[Bead]:
    """Return the beads of sentences whose vectors are given, with pieces of `PIECE` characters."""
    n, m = len(ar), len(en)
    if not n or not m:
        return _alone(n, m)
    weights = weights or shipped_weights()
    candidates, table = consider(ar, en, ar_encoded, en_encoded, settings)
    chain = Chain(candidates, n, m)
    marginals = chain.marginals(table @ weights.features, weights.transitions).candidates
    # An omitted sentence counts half: what is asked for first is beads with two sides that are right.
    path = chain.best(np.where(candidates.paired, marginals, marginals / 2))
    scores = weights.calibrated(marginals, candidates)
    beads: list[Bead] = []
    borders = list(candidates.borders())
    for at in path:
        row, column, x, y = borders[at]
        beads.append(Bead(tuple(range(row - x, row)), tuple(range(column - y, column)), float(scores[at])))
    return beads


def consider(
    ar: Sequence[str],
    en: Sequence[str],
    ar_encoded: Encoded,
    en_encoded: Encoded,
    settings: AlignmentSettings = DEFAULTS,
) -> tuple[Candidates, Floats]:
    """Return the candidates that the first pass leaves, and their features; neither side may be empty."""
    n, m = len(ar), len(en)
    lengths = [np.array([max(len(sentence), 1) for sentence in side], np.float64) for side in (ar, en)]
    calibration = calibrate(ar_encoded.windows[0], en_encoded.windows[0], (lengths[0], lengths[1]), settings)
    ends = [np.concatenate(([0.0], np.cumsum(side))) for side in lengths]
    values = BeadValues(ar_encoded.windows, en_encoded.windows, ends[0], ends[1], calibration, settings)
    lattice = Lattice(values, _band(calibration, n, m, settings))
    share = settings.omission
    for _ in range(settings.rounds):
        omitted = lattice.omitted(lattice.forward(omission_value(share, settings)))
        prior = settings.omission * settings.omission_trust
        share = (omitted + prior) / (n + m + settings.omission_trust)
    forward, least = lattice.forward(omission_value(share, settings)), settings.least
    # Where very many alignments are alike, no bead of any may be as probable as that.
    while not (candidates := lattice.candidates(forward, least)).lead(n, m):
        least /= 100
    sides = [
        SideFeatures.of(encoded, length, [find_cognates(sentence) for sentence in side])
        for encoded, length, side in zip((ar_encoded, en_encoded), lengths, (ar, en), strict=True)
    ]
    return candidates, features(candidates, sides[0], sides[1], calibration, share)


def _band(calibration: Calibration, n: int, m: int, settings: AlignmentSettings) -> list[BandBlock]:
    if n * m <= settings.whole:
        return whole_band(n, m)
    sure = calibration.strengths > SURE
    path = coarse_path(calibration.pairs[sure], calibration.strengths[sure])
    return around(path, n, m, settings.radius)


def _alone(n: int, m: int) -> list[Bead]:
    """Return the beads of a document with one side, which are certain."""
    return [Bead((i,), (), 1.0) for i in range(n)] + [Bead((), (j,), 1.0) for j in range(m)]
