"""Alignment beside peers: how much is right, how much a bead type at a time, and what it costs.

Every system aligns every set in a process of its own, on one thread, with its encoder loaded and one short
text aligned before the clock starts. Seconds are of the process's CPU.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import sheets
from bench.calibration import Judged, calibration_sheets
from bench.peers.aligners import OURS, SYSTEMS, Found, LengthsOnly
from bench.process import Absent, Json, run
from bench.sets import Case, alignment_sets, read_set
from bench.sheets import Column, Sheet
from hashiya.corpus.alignment.precision_recall import Score, score_sets, strict, unaligned
from hashiya.corpus.encoders.protocol import Encoded, Encoder
from hashiya.corpus.encoders.use.encoder import default_encoder

SHORT = 30
"""Characters on both sides of a bead below which its sentences count as very short."""

Bead = Sequence[Sequence[int]]
_NONE = Score(0, 0, 0)


@dataclass(slots=True)
class Timed:
    """An encoder that counts the CPU seconds spent in it and the vectors that it made."""

    encoder: Encoder
    seconds: float = field(default=0.0)
    vectors: int = field(default=0)

    @property
    def name(self) -> str:
        """The encoder's own."""
        return self.encoder.name

    def encode(self, sentences: Sequence[str], window: int, pieces: Sequence[int] = ()) -> Encoded:
        """The encoder's own."""
        began = time.process_time()
        found = self.encoder.encode(sentences, window, pieces)
        self.seconds += time.process_time() - began
        self.vectors += sum(map(len, found.windows)) + sum(len(piece.vectors) for piece in found.pieces)
        return found


def work(name: str, path: str, repeat: int = 1) -> Json:
    """Align a set with a system, `repeat` times; the beads of each document and the CPU seconds."""
    system, cases = SYSTEMS[name], read_set(Path(path))
    encoder = Timed(default_encoder() if system.embeds else LengthsOnly())
    align = system.make(encoder)
    align(cases[0]["ar"][:5], cases[0]["en"][:5])
    encoder.seconds = 0.0
    began = time.process_time()
    for _ in range(repeat):
        found = [align(case["ar"], case["en"]) for case in cases]
    return {"beads": found, "seconds": time.process_time() - began, "encoding": encoder.seconds}


def tables(data: Path) -> Iterator[Sheet]:
    """Yield the systems set by set, then hashiya by bead type, then how its scores keep their promise."""
    table = Sheet(
        "Alignment",
        (
            Column("set"),
            Column("system"),
            Column("precision", sheets.share),
            Column("recall", sheets.share),
            Column("F1", sheets.share),
            Column("F1 alone", sheets.share),
            Column("CPU s", sheets.hundredths),
            Column("of them not encoding", sheets.hundredths),
            Column("beads/s", sheets.count),
            Column("MB", sheets.megabytes),
        ),
    )
    types = Sheet("hashiya, F1 by bead type (gold beads)", [Column("set"), *map(Column, _TYPES)])
    judged: dict[str, list[Judged]] = {}
    for path in alignment_sets(data):
        cases = read_set(path)
        gold = sum(len(case["gold"]) for case in cases)
        for name in SYSTEMS:
            done = run(work, name, str(path))
            if isinstance(done, Absent):
                table.add(path.stem, f"{name} ({done.reason})")
                continue
            found: list[list[Found]] = done.value["beads"]
            beads, alone = _scores(found, cases)
            seconds, encoding = done.value["seconds"], done.value["encoding"]
            table.add(
                path.stem,
                name,
                *(beads.precision, beads.recall, beads.f1, alone.f1),
                *(seconds, seconds - encoding, gold / max(seconds, 1e-9), done.memory),
            )
            if name == OURS:
                types.add(path.stem, *by_type(found, cases).values())
                judged[path.stem] = list(judge(found, cases))
    if table.rows:
        yield table
    if types.rows:
        yield types
        yield from calibration_sheets(judged)


def _scores(found: Sequence[Sequence[Found]], cases: Sequence[Case]) -> tuple[Score, Score]:
    """Score beads and sentences left alone over all documents."""
    beads = alone = _NONE
    for document, case in zip(found, cases, strict=True):
        plain = [bead[:2] for bead in document]
        beads += strict(plain, case["gold"])
        alone += unaligned(plain, case["gold"])
    return beads, alone


def _shape(bead: Bead) -> str:
    """Return the column of the table in which a bead with two sides counts."""
    few, many = sorted(map(len, bead))
    return "1-1" if many == 1 else "1-2, 2-1" if (few, many) == (1, 2) else "larger"


_TYPES = ("1-1", "1-2, 2-1", "larger", "alone", f"under {SHORT} characters")


def by_type(found: Sequence[Sequence[Found]], cases: Sequence[Case]) -> Mapping[str, str]:
    """F1 among the beads of each type, found and gold, and how many of it the gold has.

    A found bead of a type is right when it is in the gold. Sentences left alone are counted one by one;
    short beads are those with two sides and less than `SHORT` characters on both.
    """
    scores = dict.fromkeys(_TYPES, _NONE)
    for document, case in zip(found, cases, strict=True):
        ours = _sorted_by_type([bead[:2] for bead in document], case)
        right = _sorted_by_type(case["gold"], case)
        for name in _TYPES:
            scores[name] += score_sets(ours[name], right[name])
    return {
        name: f"{score.f1:.3f} ({score.wanted:,})" if score.wanted else "" for name, score in scores.items()
    }


def _sorted_by_type(beads: Iterable[Bead], case: Case) -> dict[str, set[object]]:
    """Return the beads with two sides by shape and, again, if short; of the others the sentences."""
    found: dict[str, set[object]] = {name: set() for name in _TYPES}
    for ar, en in beads:
        if not ar or not en:
            found["alone"] |= {("ar", i) for i in ar} | {("en", i) for i in en}
            continue
        bead = (tuple(ar), tuple(en))
        found[_shape(bead)].add(bead)
        if max(sum(len(case["ar"][i]) for i in ar), sum(len(case["en"][i]) for i in en)) < SHORT:
            found[_TYPES[-1]].add(bead)
    return found


def judge(found: Sequence[Sequence[Found]], cases: Sequence[Case]) -> Iterator[Judged]:
    """Yield each bead's score, and whether the gold has exactly this bead or omission."""
    for document, case in zip(found, cases, strict=True):
        right = {(tuple(ar), tuple(en)) for ar, en in case["gold"] if ar and en}
        alone = {("ar", i) for ar, en in case["gold"] if not en for i in ar}
        alone |= {("en", j) for ar, en in case["gold"] if not ar for j in en}
        for ar, en, score in document:
            if score is None:
                continue
            if ar and en:
                yield Judged(score, (tuple(ar), tuple(en)) in right, both_sides=True)
            else:
                omitted = {("ar", i) for i in ar} | {("en", j) for j in en}
                yield Judged(score, omitted <= alone, both_sides=False)
