"""The features of each candidate of a document's alignment, one column each.

The first pass leaves few candidates, so that costlier features can be used: pieces of sentences, cognates,
and the document's own figures, by its confident candidates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.alignment.calibration import Calibration, Floats, IndexArray
from hashiya.corpus.alignment.candidates import Candidates
from hashiya.corpus.encoders.protocol import Encoded, Pieces, Vectors
from hashiya.corpus.text.cognates import Cognates
from hashiya.corpus.text.lengths import CHARACTERS_RATIO, CHARACTERS_VARIANCE

PIECE = 25
"""Characters of the pieces that sentences are compared by."""

PAIRED = (
    # of a bead with two sides: its shape, if it is one of these
    "1-1", "1-2", "1-3", "1-4", "2-2", "2-3",
    "similarity", "similarity_by_size", "gain", "loss", "weakest",
    "misfit", "deviation", "fragment",
    "numbers_shared", "numbers_alone", "names_shared", "sounds_shared",
    "cover", "cover_least", "cover_by_size", "better_elsewhere", "piece_least", "sentence_least",
    "merging", "crossing",
)  # fmt: skip
ALONE = ("omission", "alone_similarity", "alone_length", "alone_fragment", "omitting")
FEATURES = (*PAIRED, *ALONE)
"""The columns, in order; docs/alignment.md defines each."""

Mask = NDArray[np.bool_]

_SURE = float(np.log(0.9))
_REACH = 3
"""Sentences before and after a bead in which a piece may find something that fits better."""
_SAMPLE = 200
"""Sentences of the other side, at most, that say how well a piece fits anything."""
_RATIO_TRUST = 200.0
"""Arabic characters that the usual ratio of lengths counts for beside the document's own."""
_VARIANCE_TRUST = 20.0
"""Beads that the usual variance of lengths counts for beside the document's own."""
_TYPICAL_TRUST = 5.0
_BLOCK = 64
"""Candidates' Arabic sentences whose pieces are compared at a time."""


@dataclass(frozen=True, slots=True)
class SideFeatures:
    """One side of a document: vectors with the pieces of `PIECE` characters, lengths, cognates."""

    windows: Sequence[Vectors]
    pieces: Pieces
    lengths: Floats
    cognates: Sequence[Cognates]

    @classmethod
    def of(cls, encoded: Encoded, lengths: Floats, cognates: Sequence[Cognates]) -> SideFeatures:
        """Return the side of these vectors, lengths and cognates."""
        return cls(encoded.windows, encoded.pieces[0], lengths, cognates)


def features(
    candidates: Candidates, ar: SideFeatures, en: SideFeatures, calibration: Calibration, share: float
) -> Floats:
    """Return the features, (candidates, FEATURES).

    `share` is the document's expected share of sentences without a translation.
    """
    nothing: Floats = np.zeros(len(candidates))
    table: dict[str, Floats] = dict.fromkeys(FEATURES, nothing)
    paired = candidates.paired
    table.update(_of_paired(candidates, paired, ar, en, calibration))
    table.update(_of_alone(candidates, ar, en, calibration))
    table["omitting"] = np.where(paired, 0.0, np.log(share / 0.1))
    return np.column_stack([table[name] for name in FEATURES])


def _of_paired(
    c: Candidates, paired: Mask, ar: SideFeatures, en: SideFeatures, calibration: Calibration
) -> Iterator[tuple[str, Floats]]:
    b = c.chosen(paired)
    x, y = b.ar, b.en
    sure = b.log_odds > _SURE
    single = sure & (x == 1) & (y == 1)
    cosines = _cosines(ar.windows, en.windows, (b.rows, b.columns), (x, y))
    random = calibration.random
    typical = (cosines[single].sum() + _TYPICAL_TRUST * calibration.typical) / (single.sum() + _TYPICAL_TRUST)

    def scaled(values: Floats) -> Floats:
        shares: Floats = (values - random) / (typical - random)
        return shares

    def spread(values: Floats) -> Floats:
        column: Floats = np.zeros(len(c))
        column[paired] = values
        return column

    total, more, less = x + y, np.maximum(x, y), np.minimum(x, y)
    for name in PAIRED[:6]:
        low, high = (int(count) for count in name.split("-"))
        yield name, spread(((less == low) & (more == high)).astype(float))
    similar = scaled(cosines)
    half = total / 2
    yield "similarity", spread(similar)
    yield "similarity_by_size", spread(similar * half)
    gain, weakest = _inner(ar.windows, en.windows, b)
    several = total > 2
    gained = np.where(several, similar - scaled(gain), 0.0)
    yield "gain", spread(gained)
    yield "loss", spread(np.minimum(gained, 0.0))
    yield "weakest", spread(np.where(several, scaled(weakest), 0.0))

    ends = [np.concatenate(([0.0], np.cumsum(side.lengths))) for side in (ar, en)]
    long_ar, long_en = ends[0][b.rows] - ends[0][b.rows - x], ends[1][b.columns] - ends[1][b.columns - y]
    ratio = (long_en[sure].sum() + _RATIO_TRUST * CHARACTERS_RATIO) / (long_ar[sure].sum() + _RATIO_TRUST)
    deviate = (long_ar * ratio - long_en) / np.sqrt((long_ar * ratio + long_en) / 2 + 1)
    square = np.square(deviate)
    variance = np.minimum(square[sure], 25.0).sum() + _VARIANCE_TRUST * CHARACTERS_VARIANCE
    variance /= sure.sum() + _VARIANCE_TRUST
    yield "misfit", spread(np.minimum(square / variance, 9.0) / 9.0)
    yield "deviation", spread(np.minimum(np.sqrt(square / variance), 2.0) / 2.0)
    shortest = _shortest(ar.lengths, en.lengths, b)
    yield "fragment", spread(np.where(several, np.minimum(np.log(shortest / 20.0), 0.0), 0.0))

    for name, values in _shared(ar.cognates, en.cognates, b).items():
        yield name, spread(values)
    for name, values in _covered(ar.pieces, en.pieces, b).items():
        yield name, spread(values)

    probable = np.exp(b.log_odds)
    known = probable.sum() + 20.0
    merged, crossed = probable[several].sum(), probable[less > 1].sum()
    yield "merging", spread(several * np.log((merged + 2.0) / known / 0.1))
    yield "crossing", spread((less > 1) * np.log((crossed + 0.2) / known / 0.01))


def _of_alone(
    c: Candidates, ar: SideFeatures, en: SideFeatures, calibration: Calibration
) -> Iterator[tuple[str, Floats]]:
    alone, arabic = ~c.paired, c.ar > 0
    sentences = np.where(arabic, c.rows, c.columns) - 1
    best = [calibration.scaled(side) for side in (calibration.ar_nearest, calibration.en_nearest)]
    nearest, lengths = np.zeros(len(c)), np.ones(len(c))
    for chosen, near, side in ((alone & arabic, best[0], ar), (alone & ~arabic, best[1], en)):
        nearest[chosen] = near[sentences[chosen]]
        lengths[chosen] = side.lengths[sentences[chosen]]
    yield "omission", alone.astype(float)
    yield "alone_similarity", alone * nearest
    yield "alone_length", np.where(alone, np.log(lengths / 80.0), 0.0)
    yield "alone_fragment", np.where(alone & (lengths < 15), 1.0, 0.0)


def _cosines(
    ar: Sequence[Vectors],
    en: Sequence[Vectors],
    ends: tuple[IndexArray, IndexArray],
    counts: tuple[IndexArray, IndexArray],
) -> Floats:
    """Return the cosines of windows, by the borders where they end and their counts of sentences."""
    found: Floats = np.zeros(len(ends[0]))
    for shape in sorted({*zip(counts[0].tolist(), counts[1].tolist(), strict=True)}):
        at = (counts[0] == shape[0]) & (counts[1] == shape[1])
        left, right = ar[shape[0] - 1][ends[0][at] - 1], en[shape[1] - 1][ends[1][at] - 1]
        found[at] = np.einsum("ij,ij->i", left, right, dtype=np.float64)
    return found


def _inner(ar: Sequence[Vectors], en: Sequence[Vectors], b: Candidates) -> tuple[Floats, Floats]:
    """Return two cosines of beads with several sentences on a side, 0 for others.

    They are the best of the bead without an outer sentence of that side, and the worst of one of its
    sentences with the whole other side.
    """
    best, worst = np.full(len(b), -np.inf), np.full(len(b), np.inf)
    for side, counts in enumerate((b.ar, b.en)):
        for back in range(int(counts.max(initial=0))):
            inside = np.flatnonzero((counts > 1) & (back < counts))
            ends, sizes = [b.rows[inside], b.columns[inside]], [b.ar[inside], b.en[inside]]
            ends[side] = ends[side] - back
            if back < 2:
                fewer = list(sizes)
                fewer[side] = sizes[side] - 1
                part = _cosines(ar, en, (ends[0], ends[1]), (fewer[0], fewer[1]))
                best[inside] = np.maximum(best[inside], part)
            sizes[side] = np.ones_like(sizes[side])
            part = _cosines(ar, en, (ends[0], ends[1]), (sizes[0], sizes[1]))
            worst[inside] = np.minimum(worst[inside], part)
    return np.where(np.isfinite(best), best, 0.0), np.where(np.isfinite(worst), worst, 0.0)


def _shortest(ar: Floats, en: Floats, b: Candidates) -> Floats:
    """Return the length of the shortest sentence on the sides that have several."""
    found = np.full(len(b), np.inf)
    for lengths, ends, counts in ((ar, b.rows, b.ar), (en, b.columns, b.en)):
        for back in range(int(counts.max(initial=0))):
            inside = (counts > 1) & (back < counts)
            found[inside] = np.minimum(found[inside], lengths[ends[inside] - 1 - back])
    return found


def _shared(ar: Sequence[Cognates], en: Sequence[Cognates], b: Candidates) -> dict[str, Floats]:
    """Return the scores of cognates on both sides of beads; one that is frequent counts less."""
    names, keys = _rarity([of.names for of in en]), _rarity([of.keys for of in en])
    found = np.zeros((4, len(b)))
    for at, (r, c, x, y) in enumerate(b.borders()):
        left, right = Cognates.joined(ar[r - x : r]), Cognates.joined(en[c - y : c])
        found[:, at] = (
            min(3, len(left.numbers & right.numbers)),
            min(3, len(left.numbers ^ right.numbers)),
            min(3.0, sum(sorted(names[name] for name in left.names & right.names))),
            min(2.0, sum(sorted(keys[key] for key in left.keys & right.keys))),
        )
    columns = ("numbers_shared", "numbers_alone", "names_shared", "sounds_shared")
    return dict(zip(columns, found, strict=True))


def _rarity(sets: Sequence[frozenset[str]]) -> dict[str, float]:
    counts: dict[str, int] = {}
    for each in sets:
        for word in each:
            counts[word] = counts.get(word, 0) + 1
    return {word: count**-0.5 for word, count in counts.items()}


def _covered(ar: Pieces, en: Pieces, b: Candidates) -> dict[str, Floats]:
    """Return how well the pieces of each side of a bead are found on its other side."""
    usual = _usual(ar, en), _usual(en, ar)
    found = np.zeros((6, len(b)))
    borders = list(b.borders())
    for start, stop in _blocks(b.rows):
        ar_range = _reach(b.rows, b.ar, start, stop, ar)
        en_range = _reach(b.columns, b.en, start, stop, en)
        left = _PieceMatches.of(ar, ar_range, en, en_range, usual[0])
        right = _PieceMatches.of(en, en_range, ar, ar_range, usual[1])
        for at, (r, c, x, y) in enumerate(borders[start:stop], start):
            one, two = (
                left.summary(range(r - x, r), range(c - y, c)),
                right.summary(range(c - y, c), range(r - x, r)),
            )
            cover = one[0] + two[0]
            found[:, at] = (
                cover,
                min(one[0], two[0]),
                cover * (x + y) / 2,
                one[1] + two[1],
                min(one[2], two[2]),
                min(one[3], two[3]),
            )
    names = (
        "cover", "cover_least", "cover_by_size", "better_elsewhere", "piece_least", "sentence_least",
    )  # fmt: skip
    return dict(zip(names, found, strict=True))


def _reach(ends: IndexArray, counts: IndexArray, start: int, stop: int, pieces: Pieces) -> range:
    """Return the range of sentences of some candidates, and `_REACH` more at both ends."""
    first, last = int((ends - counts)[start:stop].min()), int(ends[start:stop].max())
    return range(max(first - _REACH, 0), min(last + _REACH, len(pieces.starts) - 1))


@dataclass(frozen=True, slots=True)
class _PieceMatches:
    """The best cosine of each piece of a range of sentences in each sentence of a range of the other side."""

    pieces: Pieces
    offset: int
    others: range
    best: Floats
    usual: Floats

    @classmethod
    def of(
        cls, pieces: Pieces, sentences: range, others: Pieces, other_sentences: range, usual: Floats
    ) -> _PieceMatches:
        """Return the matches of the pieces of sentences with those of other sentences."""
        mine = slice(int(pieces.starts[sentences.start]), int(pieces.starts[sentences.stop]))
        theirs = slice(int(others.starts[other_sentences.start]), int(others.starts[other_sentences.stop]))
        cosines = pieces.vectors[mine] @ others.vectors[theirs].T
        starts = others.starts[other_sentences.start : other_sentences.stop] - theirs.start
        best = np.maximum.reduceat(cosines, starts, axis=1).astype(np.float64)
        return cls(pieces, mine.start, other_sentences, best, usual)

    def summary(self, sentences: range, partners: range) -> tuple[float, float, float, float]:
        """Return four figures of the pieces of a bead's side, all relative to a piece's usual best cosine.

        They are the mean, by length, of the best cosine among the partners; the mean of how much better the
        sentences around these are; and the least of the former over pieces and over sentences.
        """
        starts = self.pieces.starts[sentences.start : sentences.stop + 1]
        span = slice(int(starts[0]), int(starts[-1]))
        local = self.best[span.start - self.offset : span.stop - self.offset]
        first, last = partners.start - self.others.start, partners.stop - self.others.start
        inside = local[:, first:last].max(axis=1)
        before = local[:, max(first - _REACH, 0) : first].max(axis=1, initial=-1.0)
        after = local[:, last : last + _REACH].max(axis=1, initial=-1.0)
        gain = inside - self.usual[span]
        elsewhere = np.maximum(np.maximum(before, after) - inside, 0.0)
        weights = np.maximum(self.pieces.lengths[span], 1).astype(np.float64)  # an empty sentence is a piece
        total = weights.sum()
        starts = starts[:-1] - span.start
        means = np.add.reduceat(gain * weights, starts) / np.add.reduceat(weights, starts)
        return (
            float(gain @ weights / total),
            float(elsewhere @ weights / total),
            float(gain.min()),
            float(means.min()),
        )


def _usual(pieces: Pieces, others: Pieces) -> Floats:
    """Return each piece's best cosine in a sentence of the other side, on average over `_SAMPLE` of them."""
    count = len(others.starts) - 1
    chosen = np.unique(np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.int64))
    rows = np.concatenate([np.arange(others.starts[i], others.starts[i + 1]) for i in chosen])
    sizes = others.starts[chosen + 1] - others.starts[chosen]
    starts = np.cumsum(sizes) - sizes
    sample = others.vectors[rows].T
    found = [
        np.maximum.reduceat(pieces.vectors[at : at + 1024] @ sample, starts, axis=1).mean(axis=1)
        for at in range(0, len(pieces.vectors), 1024)
    ]
    usual: Floats = np.concatenate(found).astype(np.float64)
    return usual


def _blocks(rows: IndexArray) -> Iterator[tuple[int, int]]:
    """Yield ranges of candidates, in order, that lead to at most `_BLOCK` rows."""
    start = 0
    while start < len(rows):
        stop = int(np.searchsorted(rows, rows[start] + _BLOCK))
        yield start, stop
        start = stop
