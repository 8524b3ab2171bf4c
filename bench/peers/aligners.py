"""The systems of the alignment table: hashiya, parts of it, and peers, all as one function of two texts.

A peer is imported where it is made, so that a process with another system needs neither its package nor
its memory. Sentences are numbered from 0 and beads are (Arabic, English, score); a peer's score is None,
for it is no probability.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from hashiya.corpus.alignment.align import align_vectors
from hashiya.corpus.alignment.features import FEATURES, PIECE
from hashiya.corpus.alignment.settings import AlignmentSettings
from hashiya.corpus.alignment.weights import Weights, shipped_weights
from hashiya.corpus.encoders.protocol import Encoded, Encoder, Pieces

Found = tuple[list[int], list[int], float | None]
Align = Callable[[Sequence[str], Sequence[str]], list[Found]]

_OVERLAPS = 8
"""The default of sentweave's `alignment_max_size`; it asks for windows of as many sentences."""


class LengthsOnly:
    """An encoder to which all sentences are alike: what is left of the aligner is lengths and priors."""

    name = "lengths-only"

    def encode(self, sentences: Sequence[str], window: int, pieces: Sequence[int] = ()) -> Encoded:
        """Ones, of one dimension; a sentence is one piece."""
        ones = np.ones((len(sentences), 1), np.float32)
        whole = Pieces(ones, np.arange(len(sentences) + 1), np.array([len(text) for text in sentences]))
        return Encoded([ones] * window, [whole] * len(pieces))


@dataclass(frozen=True, slots=True)
class System:
    """How a system is made with an encoder, and whether it needs the embedded one or only lengths."""

    make: Callable[[Encoder], Align]
    embeds: bool


def hashiya(settings: AlignmentSettings, without: Sequence[str] = ()) -> Callable[[Encoder], Align]:
    """Return the project's aligner with these settings, and without some features of its second pass."""

    def make(encoder: Encoder) -> Align:
        weights = _without(without)

        def run(ar: Sequence[str], en: Sequence[str]) -> list[Found]:
            sides = [encoder.encode(side, settings.window, (PIECE,)) for side in (ar, en)]
            beads = align_vectors(ar, en, sides[0], sides[1], settings, weights=weights)
            return [(list(bead.ar), list(bead.en), bead.score) for bead in beads]

        return run

    return make


def _without(names: Sequence[str]) -> Weights:
    shipped = shipped_weights()
    return replace(shipped, features=np.where(np.isin(FEATURES, names), 0.0, shipped.features))


def galechurch(_encoder: Encoder) -> Align:
    """Gale and Church's programme in Rust, by lengths alone, with its default costs."""
    import galechurch as peer

    def run(ar: Sequence[str], en: Sequence[str]) -> list[Found]:
        return [
            (
                list(range(bead.source_start, bead.source_end)),
                list(range(bead.target_start, bead.target_end)),
                None,
            )
            for bead in peer.align(list(ar), list(en)).beads
        ]

    return run


def sentweave(deletions: float) -> Callable[[Encoder], Align]:
    """Vecalign's programme over our encoder's windows.

    `deletions` is its `del_percentile_frac`; all else is its default. It asks its encoder for the
    windows of 1, 2, ... sentences of the first text, then of the second, in the order in which
    `Encoder.encode` makes them: so each text is encoded once, as for hashiya.
    """

    def make(encoder: Encoder) -> Align:
        from sentweave import align as peer

        def run(ar: Sequence[str], en: Sequence[str]) -> list[Found]:
            windows = chain(encoder.encode(ar, _OVERLAPS).windows, encoder.encode(en, _OVERLAPS).windows)
            found = peer(
                list(ar),
                list(en),
                lambda _texts: next(windows),
                alignment_max_size=_OVERLAPS,
                del_percentile_frac=deletions,
            )
            return [(list(bead.src_indices), list(bead.tgt_indices), None) for bead in found.alignments]

        return run

    return make


OURS = "hashiya"
LENGTHS = ("misfit", "deviation", "fragment")
"""The features that know lengths."""

SYSTEMS: Mapping[str, System] = {
    OURS: System(hashiya(AlignmentSettings()), embeds=True),
    "hashiya, no lengths": System(hashiya(AlignmentSettings(length=0.0), LENGTHS), embeds=True),
    "hashiya, lengths only": System(hashiya(AlignmentSettings()), embeds=False),
    "galechurch": System(galechurch, embeds=False),
    "sentweave": System(sentweave(0.2), embeds=True),
    "sentweave, deletions .05": System(sentweave(0.05), embeds=True),
}
"""The rows of the table. Of sentweave's two, one has its default and one what fits texts with omissions."""
