"""Alignment: every sentence once and in order, whatever the texts; merges, splits and omissions found."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashiya.corpus.alignment.align import align, align_vectors, consider
from hashiya.corpus.alignment.band import around, coarse_path
from hashiya.corpus.alignment.bead_values import omission_value
from hashiya.corpus.alignment.beads import Bead
from hashiya.corpus.alignment.precision_recall import strict
from hashiya.corpus.alignment.settings import AlignmentSettings
from hashiya.corpus.encoders.pieces import cut_pieces
from hashiya.corpus.encoders.protocol import Encoded, Pieces, Vectors

ROOT = Path(__file__).parents[3]


class Trigrams:
    """An encoder that hashes the three-letter strings of the joined text."""

    name = "trigrams"

    def encode(self, sentences: Sequence[str], window: int, pieces: Sequence[int] = ()) -> Encoded:
        joined = [
            [" ".join(sentences[max(0, i - k) : i + 1]) for i in range(len(sentences))] for k in range(window)
        ]
        return Encoded(
            [self.vectors(texts) for texts in joined], [self.pieces(sentences, size) for size in pieces]
        )

    def pieces(self, sentences: Sequence[str], size: int) -> Pieces:
        found = [cut_pieces(sentence, size) for sentence in sentences]
        flat = [piece for of in found for piece in of]
        starts = np.cumsum([0, *map(len, found)])
        return Pieces(self.vectors(flat), starts, np.array([len(piece) for piece in flat], np.int64))

    @staticmethod
    def vectors(texts: Sequence[str]) -> Vectors:
        counts = np.zeros((len(texts), 256), np.float32)
        for row, text in zip(counts, texts, strict=True):
            for i in range(max(len(text) - 2, 1)):
                row[zlib.crc32(text[i : i + 3].encode("utf-8", "replace")) % 256] += 1
        unit: Vectors = counts / np.linalg.norm(counts, axis=1, keepdims=True)
        return unit


def made(vectors: Vectors) -> Encoded:
    """Vectors of sentences as an encoder returns them; a sentence is one piece."""
    sums = [vectors.copy()]
    for back in range(1, 4):
        sums.append(sums[-1].copy())
        sums[-1][back:] += vectors[: max(len(vectors) - back, 0)]
    units = [np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True), np.float32) for x in sums]
    count = len(vectors)
    return Encoded(units, [Pieces(units[0], np.arange(count + 1), np.full(count, 40))])


def random_vectors(seed: int, count: int, dimensions: int = 8) -> Vectors:
    return np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)


def pairs(beads: Sequence[Bead]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(bead.ar, bead.en) for bead in beads]


def assert_whole(beads: Sequence[Bead], n: int, m: int) -> None:
    """Every sentence is in one bead, in order, and the beads are of the shapes that there are."""
    assert [i for bead in beads for i in bead.ar] == list(range(n))
    assert [j for bead in beads for j in bead.en] == list(range(m))
    allowed = {*AlignmentSettings().bias, (1, 0), (0, 1)}
    assert all((len(bead.ar), len(bead.en)) in allowed and 0 <= bead.score <= 1 for bead in beads)


def made_document(seed: int, count: int) -> tuple[list[str], list[str], list[tuple[list[int], list[int]]]]:
    """Build two sides in one made language, with merges, splits and omissions, and their right alignment."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(2000)]
    ar: list[str] = []
    en: list[str] = []
    gold: list[tuple[list[int], list[int]]] = []
    for _ in range(count):
        shape = rng.choices([(1, 1), (2, 1), (1, 2), (1, 0), (0, 1)], [12, 2, 2, 1, 1])[0]
        parts = [" ".join(rng.choices(words, k=rng.randint(6, 20))) for _ in range(max(shape))]
        sides: list[list[int]] = []
        for side, number in ((ar, shape[0]), (en, shape[1])):
            here = [" ".join(parts)] if number == 1 else parts[:number]
            sides.append(list(range(len(side), len(side) + len(here))))
            side.extend(here)
        gold.append((sides[0], sides[1]))
    return ar, en, gold


texts = st.lists(st.text("abc دس.\n\u0301\u200f\ufffd", max_size=12), max_size=7)


@settings(deadline=None)
@given(texts, texts)
def test_every_sentence_is_in_one_bead_and_in_order(ar: list[str], en: list[str]) -> None:
    beads = align(ar, en, Trigrams())
    assert_whole(beads, len(ar), len(en))
    assert align(ar, en, Trigrams()) == beads


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(0, 20), st.integers(0, 20), st.integers(0, 80))
def test_any_vectors_do(seed: int, n: int, m: int, length: int) -> None:
    sides = made(random_vectors(seed, n)), made(random_vectors(seed + 1, m))
    assert_whole(align_vectors(["x" * length] * n, ["y" * length] * m, *sides), n, m)


@pytest.mark.parametrize("factor", [1.0, -1.0])
@pytest.mark.parametrize("count", [1, 2, 40])
def test_features_of_vectors_that_are_the_same_or_opposite_are_finite(count: int, factor: float) -> None:
    vectors = random_vectors(9, count)
    lines = ["x" * (20 + i) for i in range(count)]
    _, table = consider(lines, lines, made(vectors), made(vectors * np.float32(factor)))
    assert np.isfinite(table).all()


def test_a_side_without_sentences_leaves_the_other_alone() -> None:
    assert align([], []) == []
    assert align(["و"], []) == [Bead((0,), (), 1.0)]
    assert align([], ["a", "b"]) == [Bead((), (0,), 1.0), Bead((), (1,), 1.0)]


def test_the_shape_counts_arabic_first() -> None:
    assert Bead((3, 4), (7,), 0.5).shape == "2-1"
    assert Bead((), (7,), 0.5).shape == "0-1"


def test_blank_sentences_and_odd_ones() -> None:
    odd = ["", " ", "\u200f", "\ud800", "🙂" * 3, "a\u0301" * 40, "\x00", "ﷺ"]
    assert_whole(align(odd, odd[::-1], Trigrams()), len(odd), len(odd))
    assert_whole(align(odd, odd[::-1]), len(odd), len(odd))
    assert_whole(align([""], [""]), 1, 1)
    assert_whole(align(["", ""], ["some words here"]), 2, 1)


def test_a_very_long_sentence() -> None:
    ar, en, _ = made_document(8, 12)
    ar[5] = " ".join([ar[5]] * 300)
    beads = align(ar, en, Trigrams())
    assert_whole(beads, len(ar), len(en))


def test_one_sentence_against_many() -> None:
    vectors = random_vectors(7, 5000, 64)
    lines = ["x" * (40 + i % 50) for i in range(5000)]
    one, many = made(vectors[2500:2501]), made(vectors)
    beads = align_vectors([lines[2500]], lines, one, many)
    assert_whole(beads, 1, 5000)
    assert ((0,), (2500,)) in pairs(beads)
    beads = align_vectors(lines, [lines[2500]], many, one)
    assert_whole(beads, 5000, 1)
    assert ((2500,), (0,)) in pairs(beads)


@pytest.mark.long
@pytest.mark.parametrize(("n", "m"), [(1, 12_000), (12_000, 1), (3, 12_000)])
def test_where_no_bead_is_as_probable_as_a_candidate_must_be(n: int, m: int) -> None:
    alike = made(np.ones((max(n, m), 4), np.float32))
    sides = [
        Encoded(
            [w[:k] for w in alike.windows],
            [Pieces(alike.windows[0][:k], np.arange(k + 1), np.full(k, 40))],
        )
        for k in (n, m)
    ]
    assert_whole(align_vectors(["x" * 60] * n, ["x" * 60] * m, sides[0], sides[1]), n, m)


@pytest.mark.parametrize("count", [40, 300])
def test_repeated_sentences_keep_their_order(count: int) -> None:
    beads = align(["one and the same"] * count, ["one and the same"] * count, Trigrams())
    assert pairs(beads) == [((i,), (i,)) for i in range(count)]


def test_all_alike_but_not_as_many() -> None:
    assert_whole(align(["same words here"] * 30, ["other words there"] * 41, Trigrams()), 30, 41)


def test_a_made_document_is_found_again() -> None:
    ar, en, gold = made_document(2, 300)
    beads = align(ar, en, Trigrams())
    assert_whole(beads, len(ar), len(en))
    assert strict(pairs(beads), gold).f1 > 0.95


def test_right_beads_score_higher() -> None:
    ar, en, gold = made_document(3, 150)
    rng = random.Random(3)
    en = [" ".join(rng.sample(text.split(), max(len(text.split()) // 4, 1))) for text in en]
    right = {(tuple(a), tuple(b)) for a, b in gold}
    scores: dict[bool, list[float]] = {True: [], False: []}
    for bead in align(ar, en, Trigrams()):
        scores[(bead.ar, bead.en) in right].append(bead.score)
    assert np.mean(scores[True]) > np.mean(scores[False]) + 0.1


@pytest.mark.parametrize("radius", [30, 200])
def test_the_band_finds_what_the_whole_finds(radius: int) -> None:
    ar, en, _ = made_document(4, 400)
    del en[150:270]  # a long omission, wider than the narrow band
    sides = Trigrams().encode(ar, 4, (25,)), Trigrams().encode(en, 4, (25,))
    full = align_vectors(ar, en, *sides, AlignmentSettings(whole=10**9))
    band = align_vectors(ar, en, *sides, AlignmentSettings(whole=0, radius=radius))
    assert pairs(band) == pairs(full)
    np.testing.assert_allclose([b.score for b in band], [b.score for b in full], atol=0.01)


def test_a_band_whose_values_are_not_kept_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    ar, en, _ = made_document(5, 200)
    kept = align(ar, en, Trigrams())
    monkeypatch.setattr("hashiya.corpus.alignment.candidates._KEPT_CELLS", 0)
    assert align(ar, en, Trigrams()) == kept


def test_a_long_document() -> None:
    """More than are visited whole."""
    rng = np.random.default_rng(6)
    count = 1500
    base = rng.standard_normal((count, 64)).astype(np.float32)
    one, two = (made(base + 0.5 * rng.standard_normal(base.shape).astype(np.float32)) for _ in range(2))
    lines = ["x" * int(length) for length in rng.integers(40, 200, count)]
    beads = align_vectors(lines, lines, one, two)
    assert_whole(beads, count, count)
    assert strict(pairs(beads), [([i], [i]) for i in range(count)]).f1 > 0.99


HASHED = """
from tests.corpus.alignment.test_align import AR, EN
from hashiya.corpus.alignment.align import align
print([(bead.ar, bead.en, bead.score.hex()) for bead in align(AR, EN)])
"""


def test_the_order_of_sets_does_not_matter() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", HASHED],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": ".", "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert said == {str([(bead.ar, bead.en, bead.score.hex()) for bead in align(AR, EN)]) + "\n"}


def test_an_omission_at_the_usual_rate_is_worth_nothing() -> None:
    chosen = AlignmentSettings()
    assert omission_value(chosen.omission, chosen) == 0
    assert omission_value(0.02, chosen) < 0 < omission_value(0.3, chosen)


# --- the band ---


@given(st.lists(st.tuples(st.integers(0, 40), st.floats(0.5, 1.5)), max_size=9))
def test_the_coarse_path_is_the_heaviest_chain(columns: list[tuple[int, float]]) -> None:
    points = np.array([(i, j) for i, (j, _) in enumerate(columns)], np.int64).reshape(-1, 2)
    weights = np.array([weight for _, weight in columns], np.float64)
    chain = coarse_path(points, weights)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(chain))
    best = [0.0]
    for i, (j, weight) in enumerate(columns):
        best.append(weight + max([0.0, *(best[k + 1] for k in range(i) if columns[k][0] < j)]))
    assert sum(weights[i] for i, _ in chain) == pytest.approx(max(best))


@given(
    st.integers(1, 600),
    st.integers(1, 9000),
    st.lists(st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)), max_size=8),
    st.integers(0, 50),
)
def test_the_band_has_a_way_through_and_holds_the_path(
    n: int, m: int, shares: list[tuple[float, float]], radius: int
) -> None:
    rows, columns = sorted({int(a * n) for a, _ in shares}), sorted({int(b * m) for _, b in shares})
    path = list(zip(rows, columns, strict=False))
    blocks = around(path, n, m, radius)
    assert [row for block in blocks for row in block.rows] == list(range(n))
    assert (blocks[0].first, blocks[-1].last) == (0, m)
    for block, following in pairwise(blocks):
        assert block.first <= following.first <= block.last <= following.last
    for row, column in path:
        block = next(block for block in blocks if row in block.rows)
        assert block.first <= column
        assert column + 1 <= block.last or block.last >= min(column + radius, m)


# --- the embedded encoder on real sentences ---

AR = [
    "افتُتحت المكتبة العامة الجديدة في وسط المدينة يوم الخميس.",
    "واستغرق بناؤها أربع سنوات.",
    "وبلغت كلفته تسعة ملايين دينار.",
    "وتضم المكتبة قاعة للأطفال، وأخرى للموسيقى تحتوي على مئات الأسطوانات القديمة.",
    "وقد اشتكى بعض الجيران من ضجيج الأشغال.",
    "وستفتح أبوابها كل يوم ما عدا الجمعة.",
]
EN = [
    "The new public library opened in the centre of town on Thursday.",
    "It took four years to build and cost nine million dinars.",
    "The library has a room for children.",
    "Another, for music, holds hundreds of old records.",
    "It will be open every day except Friday.",
]


def test_a_merge_a_split_and_an_omission() -> None:
    beads = align(AR, EN)
    assert pairs(beads) == [((0,), (0,)), ((1, 2), (1,)), ((3,), (2, 3)), ((4,), ()), ((5,), (4,))]
    assert [bead.shape for bead in beads] == ["1-1", "2-1", "1-2", "1-0", "1-1"]


def test_an_english_sentence_without_an_arabic_one() -> None:
    assert ((), (4,)) in pairs(
        align([*AR[:4], AR[5]], [*EN[:4], "The mayor arrived late by bicycle.", EN[4]])
    )


def test_one_pair_and_one_that_is_none() -> None:
    assert pairs(align(AR[:1], EN[:1])) == [((0,), (0,))]
    assert pairs(align(AR[:1], ["Boil the rice for ten minutes with a little salt."])) == [
        ((0,), ()),
        ((), (0,)),
    ]


def test_a_document_does_not_depend_on_another() -> None:
    alone = align(AR, EN)
    align(EN, AR)
    assert align(AR, EN) == alone
