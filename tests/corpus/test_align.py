"""Alignment: every sentence once and in order, the best of all alignments, and merges, splits, omissions."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashiya.corpus.align import Bead, align, align_vectors
from hashiya.corpus.band import around, coarse_path, whole
from hashiya.corpus.encode import Vectors
from hashiya.corpus.evidence import Evidence, Settings, Shape, calibrate, omission_value
from hashiya.corpus.lattice import Lattice
from hashiya.corpus.scoring import strict

Path = tuple[tuple[Shape, int, int], ...]


class Trigrams:
    """An encoder that hashes the three-letter strings of the joined text."""

    name = "trigrams"

    def windows(self, sentences: Sequence[str], size: int) -> list[Vectors]:
        return [
            np.vstack(
                [self.vector(" ".join(sentences[max(0, i - k) : i + 1])) for i in range(len(sentences))]
            )
            if sentences
            else np.empty((0, 256), np.float32)
            for k in range(size)
        ]

    @staticmethod
    def vector(text: str) -> Vectors:
        counts = np.zeros(256, np.float32)
        for i in range(max(len(text) - 2, 1)):
            counts[zlib.crc32(text[i : i + 3].encode("utf-8", "replace")) % 256] += 1
        return counts / np.linalg.norm(counts)


def pairs(beads: Sequence[Bead]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(bead.ar, bead.en) for bead in beads]


def assert_whole(beads: Sequence[Bead], n: int, m: int) -> None:
    """Every sentence is in one bead, in order, and the beads are of the shapes that there are."""
    assert [i for bead in beads for i in bead.ar] == list(range(n))
    assert [j for bead in beads for j in bead.en] == list(range(m))
    allowed = {*Settings().bias, (1, 0), (0, 1)}
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


texts = st.lists(st.text("abc دس.", max_size=12), max_size=7)


@settings(deadline=None)
@given(texts, texts)
def test_every_sentence_is_in_one_bead_and_in_order(ar: list[str], en: list[str]) -> None:
    beads = align(ar, en, Trigrams())
    assert_whole(beads, len(ar), len(en))
    assert align(ar, en, Trigrams()) == beads


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.integers(0, 20), st.integers(0, 20))
def test_any_vectors_do(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    sides: list[list[Vectors]] = []
    for count in (n, m):
        raw = [rng.standard_normal((count, 8)) for _ in range(4)]
        sides.append([(x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32) for x in raw])
    lengths = [rng.integers(0, 300, count).tolist() for count in (n, m)]
    assert_whole(align_vectors(*sides, *lengths), n, m)


def test_a_side_without_sentences_leaves_the_other_alone() -> None:
    assert align([], []) == []
    assert align(["و"], []) == [Bead((0,), (), 1.0)]
    assert align([], ["a", "b"]) == [Bead((), (0,), 1.0), Bead((), (1,), 1.0)]


def test_the_shape_counts_arabic_first() -> None:
    assert Bead((3, 4), (7,), 0.5).shape == "2-1"
    assert Bead((), (7,), 0.5).shape == "0-1"


def test_one_sentence_against_many() -> None:
    ar, en, _ = made_document(1, 5000)
    beads = align([en[2500]], en, Trigrams())
    assert_whole(beads, 1, len(en))
    assert ((0,), (2500,)) in pairs(beads)
    assert_whole(align(ar, ar[:1], Trigrams()), len(ar), 1)


def test_repeated_sentences_keep_their_order() -> None:
    beads = align(["one and the same"] * 40, ["one and the same"] * 40, Trigrams())
    assert pairs(beads) == [((i,), (i,)) for i in range(40)]


def test_all_alike_but_not_as_many() -> None:
    assert_whole(align(["same words here"] * 30, ["other words there"] * 41, Trigrams()), 30, 41)


def test_a_made_document_is_found_again() -> None:
    ar, en, gold = made_document(2, 300)
    beads = align(ar, en, Trigrams())
    assert_whole(beads, len(ar), len(en))
    assert strict(pairs(beads), gold).f1 > 0.97


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
    ar, en, _ = made_document(4, 500)
    del en[200:320]  # a long omission, wider than the narrow band
    full = align(ar, en, Trigrams(), Settings(whole=10**9))
    band = align(ar, en, Trigrams(), Settings(whole=0, radius=radius))
    assert pairs(band) == pairs(full)
    np.testing.assert_allclose([b.score for b in band], [b.score for b in full], atol=0.01)


def test_a_band_whose_values_are_not_kept_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    ar, en, _ = made_document(5, 200)
    kept = align(ar, en, Trigrams())
    monkeypatch.setattr("hashiya.corpus.lattice._KEPT_CELLS", 0)
    assert align(ar, en, Trigrams()) == kept


def test_a_long_document() -> None:
    """As many sentences as a book: 5,000 by 5,000."""
    rng = np.random.default_rng(6)
    base = rng.standard_normal((5000, 64)).astype(np.float32)
    sides: list[list[Vectors]] = []
    for _ in range(2):
        noisy = base + 0.5 * rng.standard_normal(base.shape).astype(np.float32)
        sums = [sum(np.pad(noisy, ((q, 0), (0, 0)))[:5000] for q in range(k)) for k in (1, 2, 3, 4)]
        sides.append([np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True), np.float32) for x in sums])
    lengths = rng.integers(40, 200, 5000).tolist()
    beads = align_vectors(*sides, lengths, lengths)
    assert_whole(beads, 5000, 5000)
    assert strict(pairs(beads), [([i], [i]) for i in range(5000)]).f1 > 0.99


# --- the programme against all alignments, one by one ---


def all_paths(n: int, m: int, shapes: Sequence[Shape]) -> Iterator[Path]:
    if not n and not m:
        yield ()
    for x, y in [*shapes, (1, 0), (0, 1)]:
        if x <= n and y <= m:
            for path in all_paths(n - x, m - y, shapes):
                yield (*path, ((x, y), n, m))


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 4), (3, 3), (4, 2), (4, 4)])
@pytest.mark.parametrize("omission", [-1.0, 0.0, 1.5])
def test_it_is_the_best_of_all_alignments_and_knows_how_probable_its_beads_are(
    n: int, m: int, omission: float
) -> None:
    rng = np.random.default_rng(n * 10 + m)
    chosen = Settings(
        similarity=1, similarity_by_size=1, gain=1, length=1, bias=dict.fromkeys(Settings().bias, 0.0)
    )
    sides: list[list[Vectors]] = []
    for count in (n, m):
        raw = [rng.standard_normal((count, 4)) for _ in range(4)]
        sides.append([(x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32) for x in raw])
    lengths = [rng.integers(20, 90, count).astype(np.float64) for count in (n, m)]
    ends = [np.array([0.0, *accumulate(side)]) for side in lengths]
    calibration = calibrate(sides[0][0], sides[1][0], (lengths[0], lengths[1]), chosen)
    evidence = Evidence(*sides, ends[0], ends[1], calibration, chosen)
    values = evidence.values(range(n), range(m))

    def value(path: Path) -> float:
        return sum(omission if 0 in s else float(values[s][r - 1, c - 1]) for s, r, c in path)

    paths = {path: value(path) for path in all_paths(n, m, list(chosen.bias))}
    total = np.logaddexp.reduce(list(paths.values()))
    lattice = Lattice(evidence, whole(n, m))
    forward = lattice.forward(omission)
    found = tuple((step.shape, step.row, step.column) for step in forward.steps)
    assert paths[found] == max(paths.values())
    assert forward.sums[-1][-1] == pytest.approx(total)
    probabilities = lattice.backward(forward)
    for step, probability in zip(found, probabilities.steps, strict=True):
        (x, y), row, column = step
        same = [
            v
            for path, v in paths.items()
            for shape, r, c in path
            if shape == (x, y) and (not x or r == row) and (not y or c == column)
        ]
        assert probability == pytest.approx(np.exp(np.logaddexp.reduce(same) - total))


def test_an_omission_at_the_usual_rate_is_worth_nothing() -> None:
    chosen = Settings()
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
