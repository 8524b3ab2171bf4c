"""How far a bead's score is the probability that the bead is right.

Scores are put into bins; in a calibrated model the mean score of each bin is the share of it that is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import sheets
from bench.sheets import Column, Sheet

DIAGRAM = Path("build/bench/reliability.svg")
"""Where the reliability diagram of all sets together is drawn."""

_MASS_BINS = 15
_WIDTH_BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A bead's score, 0 to 1, whether it is right, and whether it has sentences on both sides."""

    score: float
    right: bool
    both_sides: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Some scores: how many, their least, greatest and mean, and the share of them that is right."""

    size: int
    least: float
    greatest: float
    mean: float
    accuracy: float


def equal_mass(judged: Sequence[Judged], bins: int = _MASS_BINS) -> list[Bin]:
    """Bins of nearly as many scores each, in order; equal scores share a bin, empty bins are left out."""
    scores = np.array([bead.score for bead in judged])
    ordered = np.sort(scores)
    first, behind = np.searchsorted(ordered, scores, "left"), np.searchsorted(ordered, scores, "right")
    middle = (first + behind - 1) / 2
    return _binned(judged, (middle * bins / max(len(scores), 1)).astype(np.int64))


def equal_width(judged: Sequence[Judged], bins: int = _WIDTH_BINS) -> list[Bin]:
    """Bins of the same width from 0 to 1, in order; 1 belongs to the last one, empty bins are left out."""
    scores = np.array([bead.score for bead in judged])
    return _binned(judged, np.minimum((scores * bins).astype(np.int64), bins - 1))


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance of bins' shares of right beads from their mean scores, by size; 0 for none.

    Naeini, Cooper and Hauskrecht, *Obtaining well calibrated probabilities using Bayesian binning*, AAAI
    2015; Guo, Pleiss, Sun and Weinberger, *On calibration of modern neural networks*, ICML 2017, section 2.
    Both use bins of equal width; bins of equal mass do not let the many scores near 1 hide in one bin.
    """
    total = sum(part.size for part in bins)
    return sum(part.size * abs(part.accuracy - part.mean) for part in bins) / max(total, 1)


def brier(judged: Sequence[Judged]) -> float:
    """Return the mean squared distance of the score from 1 where right and 0 where wrong (Brier 1950)."""
    return sum((bead.score - bead.right) ** 2 for bead in judged) / max(len(judged), 1)


def calibration_sheets(judged: Mapping[str, Sequence[Judged]], diagram: Path = DIAGRAM) -> Iterator[Sheet]:
    """Errors by set and of all sets together, the pooled reliability diagram, also drawn to a file."""
    pooled = [bead for beads in judged.values() for bead in beads]
    errors = Sheet(
        "Calibration of the score (ECE: expected calibration error)",
        (
            Column("set"),
            Column("beads"),
            Column("count", sheets.count),
            Column("right", sheets.share),
            Column("mean score", sheets.share),
            Column(f"ECE, {_MASS_BINS} equal masses", sheets.share),
            Column(f"ECE, {_WIDTH_BINS} equal widths", sheets.share),
            Column("Brier score", sheets.share),
            Column("mean score of wrong beads", sheets.share),
        ),
    )
    for name, beads in {**judged, "all sets": pooled}.items():
        for kind, part in {"two sides": [b for b in beads if b.both_sides], "all": list(beads)}.items():
            errors.add(name, kind, *_row(part))
    yield errors
    reliability = Sheet(
        f"Reliability, all sets and beads ({diagram})",
        (
            Column("score"),
            Column("beads", sheets.count),
            Column("mean score", sheets.share),
            Column("right", sheets.share),
            Column("right: bar; mean score: |"),
        ),
    )
    for bar in equal_width(pooled):
        low = _low(bar)
        reliability.add(
            f"{low:.1f} to {low + 1 / _WIDTH_BINS:.1f}", bar.size, bar.mean, bar.accuracy, _bar(bar)
        )
    yield reliability
    diagram.parent.mkdir(parents=True, exist_ok=True)
    diagram.write_text(draw(equal_width(pooled), equal_mass(pooled)), encoding="utf-8")


def _row(beads: Sequence[Judged]) -> list[sheets.Cell]:
    wrong = [bead.score for bead in beads if not bead.right]
    return [
        len(beads),
        sum(bead.right for bead in beads) / max(len(beads), 1),
        sum(bead.score for bead in beads) / max(len(beads), 1),
        expected_calibration_error(equal_mass(beads)),
        expected_calibration_error(equal_width(beads)),
        brier(beads),
        sum(wrong) / len(wrong) if wrong else None,
    ]


def _low(part: Bin) -> float:
    """Return the lower end of a bin of equal width."""
    return min(int(part.least * _WIDTH_BINS), _WIDTH_BINS - 1) / _WIDTH_BINS


def _bar(part: Bin, width: int = 40) -> str:
    """Return the share that is right as a bar, with a mark where it would end at the mean score."""
    filled, mark = round(part.accuracy * width), min(round(part.mean * width), width - 1)
    return "".join("|" if i == mark else "█" if i < filled else "·" for i in range(width))


def draw(bars: Sequence[Bin], points: Sequence[Bin], side: int = 400) -> str:
    """Return a reliability diagram as SVG: bars of equal width, points of equal mass, the ideal diagonal."""
    edge, space = 50, side + 80

    def place(x: float, y: float) -> tuple[float, float]:
        return edge + x * side, 20 + (1 - y) * side

    shapes = [f'<rect width="{space}" height="{space}" fill="white"/>']
    for part in bars:
        x, y = place(_low(part), part.accuracy)
        shapes.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{side / _WIDTH_BINS - 2:.1f}" '
            f'height="{part.accuracy * side:.1f}" fill="#9ecae1">'
            f"<title>{part.size} beads, mean score {part.mean:.3f}, right {part.accuracy:.3f}</title></rect>"
        )
    (x0, y0), (x1, y1) = place(0, 0), place(1, 1)
    shapes.append(f'<rect x="{x0}" y="{y1}" width="{side}" height="{side}" fill="none" stroke="black"/>')
    shapes.append(f'<line x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}" stroke="gray" stroke-dasharray="4"/>')
    for part in points:
        x, y = place(part.mean, part.accuracy)
        shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#08519c"/>')
    for tick in (0, 0.2, 0.4, 0.6, 0.8, 1):
        x, y = place(tick, tick)
        shapes.append(f'<text x="{x:.1f}" y="{y0 + 16:.1f}" text-anchor="middle">{tick:g}</text>')
        shapes.append(f'<text x="{x0 - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    shapes.append(f'<text x="{edge + side / 2}" y="{y0 + 38}" text-anchor="middle">score</text>')
    shapes.append(
        f'<text x="14" y="{20 + side / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {20 + side / 2})">share of beads that are right</text>'
    )
    body = "\n".join(shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{space}" height="{space}" '
        f'font-family="sans-serif" font-size="12">\n{body}\n</svg>\n'
    )


def _binned(judged: Sequence[Judged], places: NDArray[np.int64]) -> list[Bin]:
    scores = np.array([bead.score for bead in judged])
    right = np.array([bead.right for bead in judged], np.float64)
    bins: list[Bin] = []
    for place in np.unique(places):
        here = places == place
        part = scores[here]
        bins.append(
            Bin(
                int(here.sum()),
                float(part.min()),
                float(part.max()),
                float(part.mean()),
                float(right[here].mean()),
            )
        )
    return bins
