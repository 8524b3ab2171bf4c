"""Each feature points where its name says, on tiny made cases; all are finite and always the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from hashiya.corpus.alignment.calibration import Calibration, Floats, calibrate
from hashiya.corpus.alignment.candidates import Candidates
from hashiya.corpus.alignment.features import ALONE, FEATURES, PAIRED, SideFeatures, features
from hashiya.corpus.alignment.settings import AlignmentSettings as Chosen
from hashiya.corpus.encoders.protocol import Encoded, Pieces
from hashiya.corpus.text.cognates import find_cognates

Step = tuple[int, int, int, int]
"""Row and column of the border that a candidate leads to, and its sentences."""
SURE, UNSURE = float(np.log(0.99)), float(np.log(0.3))


def encoded(vectors: Sequence[Sequence[float]], pieces: Sequence[Sequence[Sequence[float]]] = ()) -> Encoded:
    """Windows as unit sums; a sentence is one piece where pieces are not given."""
    rows = np.array(vectors, np.float64)
    windows = []
    for size in range(1, 5):
        total = np.array([rows[max(0, i - size + 1) : i + 1].sum(axis=0) for i in range(len(rows))])
        windows.append((total / np.linalg.norm(total, axis=1, keepdims=True)).astype(np.float32))
    parts = [list(of) for of in pieces] or [[row] for row in vectors]
    flat = np.array([piece for of in parts for piece in of], np.float64)
    starts = np.cumsum([0, *map(len, parts)])
    unit = (flat / np.linalg.norm(flat, axis=1, keepdims=True)).astype(np.float32)
    return Encoded(windows, [Pieces(unit, starts, np.full(len(flat), 25))])


def table_of(
    steps: Sequence[Step],
    ar: Sequence[str],
    en: Sequence[str],
    sides: tuple[Encoded, Encoded],
    *,
    log_odds: float = UNSURE,
    share: float = 0.1,
) -> dict[str, Floats]:
    rows, columns, x, y = np.array(steps, np.int64).T
    candidates = Candidates(rows, columns, x, y, np.full(len(steps), log_odds))
    lengths = [np.array([len(text) for text in side], np.float64) for side in (ar, en)]
    calibration: Calibration = calibrate(
        sides[0].windows[0], sides[1].windows[0], (lengths[0], lengths[1]), Chosen()
    )
    one, two = (
        SideFeatures.of(of, length, [find_cognates(text) for text in side])
        for of, length, side in zip(sides, lengths, (ar, en), strict=True)
    )
    table = features(candidates, one, two, calibration, share)
    assert table.shape == (len(steps), len(FEATURES))
    assert np.isfinite(table).all()
    return dict(zip(FEATURES, table.T, strict=True))


A, B, C, D = np.eye(4).tolist()
LINE = "x" * 60
PLAIN = [LINE] * 4
SAME = encoded([A, B, C, D]), encoded([A, B, C, D])
RIGHT, WRONG, TWO, OUT_AR, OUT_EN = (1, 1, 1, 1), (1, 2, 1, 1), (2, 2, 2, 2), (1, 0, 1, 0), (0, 1, 0, 1)


def test_beads_and_omissions_have_features_of_their_own() -> None:
    found = table_of([RIGHT, OUT_AR, OUT_EN], PLAIN, PLAIN, SAME, share=0.3)
    for name in PAIRED:
        assert not found[name][1:].any()
    for name in ALONE:
        assert found[name][0] == 0
    assert found["omission"].tolist() == [0, 1, 1]


def test_shapes_are_told_apart_whichever_side_has_more() -> None:
    steps = [(1, 1, 1, 1), (1, 2, 1, 2), (2, 1, 2, 1), (2, 2, 2, 2), (3, 1, 3, 1), (2, 3, 2, 3), (1, 4, 1, 4)]
    found = table_of(steps, PLAIN, PLAIN, SAME)
    names = ["1-1", "1-2", "1-2", "2-2", "1-3", "2-3", "1-4"]
    for at, name in enumerate(names):
        assert [shape for shape in PAIRED[:6] if found[shape][at]] == [name]


def test_what_is_alike_is_similar_and_found_in_its_pieces() -> None:
    found = table_of([RIGHT, WRONG], PLAIN, PLAIN, SAME)
    for name in ("similarity", "similarity_by_size", "cover", "cover_least", "piece_least", "sentence_least"):
        assert found[name][0] > found[name][1], name
    assert found["better_elsewhere"][0] == 0 < found["better_elsewhere"][1]


def test_size_multiplies() -> None:
    found = table_of([RIGHT, TWO], PLAIN, PLAIN, SAME)
    for by_size, plain in (("similarity_by_size", "similarity"), ("cover_by_size", "cover")):
        assert found[by_size] == pytest.approx(found[plain] * [1, 2])


def test_a_merge_gains_where_each_sentence_has_its_part() -> None:
    both = (np.array(A) + np.array(B)).tolist()
    sides = encoded([A, B, C, D]), encoded([both, C, D, D])
    found = table_of([(2, 1, 2, 1), (3, 2, 2, 1), (1, 1, 1, 1)], PLAIN, PLAIN, sides)
    assert found["gain"][0] > 0 > found["gain"][1]
    assert found["loss"][0] == 0 > found["loss"][1]
    assert found["weakest"][0] > found["weakest"][1]
    assert [found[name][2] for name in ("gain", "loss", "weakest")] == [0, 0, 0]


def test_a_piece_that_is_nowhere_shows() -> None:
    sides = encoded([A, B, C, D], [[A, D], [B], [C], [D]]), encoded([A, B, C, C])
    found = table_of([(1, 1, 1, 1), (2, 2, 1, 1)], PLAIN, PLAIN, sides)
    assert found["piece_least"][0] < found["piece_least"][1]
    assert found["cover"][0] < found["cover"][1]


@pytest.mark.parametrize("longer", [0, 1])
def test_lengths_that_do_not_fit(longer: int) -> None:
    texts = [["x" * 60, "x" * 60], ["x" * 69, "x" * 69]]
    texts[longer][1] = "x" * 300
    sides = encoded([A, B]), encoded([A, B])
    found = table_of([(1, 1, 1, 1), (2, 2, 1, 1)], texts[0], texts[1], sides)
    for name in ("misfit", "deviation"):
        assert 0 <= found[name][0] < found[name][1] <= 1


def test_only_a_short_sentence_beside_another_is_a_fragment() -> None:
    texts = ["x" * 60, "x" * 5, "x" * 60, "x" * 60]
    found = table_of([(2, 1, 2, 1), (4, 1, 2, 1), (2, 1, 1, 1)], texts, PLAIN, SAME)
    assert found["fragment"] == pytest.approx([np.log(5 / 20), 0, 0])


def test_numbers_names_and_sounds_on_both_sides_count() -> None:
    ar = ["باعت Nvidia ٣٠ رقاقة", "برنستون", "لا شيء", "٧"]
    en = ["Nvidia sold 30 chips", "Burnaston", "nothing", "8"]
    found = table_of([(i, i, 1, 1) for i in (1, 2, 3, 4)], ar, en, SAME)
    assert found["numbers_shared"].tolist() == [1, 0, 0, 0]
    assert found["numbers_alone"].tolist() == [0, 0, 0, 2]
    assert found["names_shared"].tolist() == [1, 0, 0, 0]
    assert found["sounds_shared"].tolist() == [1, 1, 0, 0]


def test_what_the_document_is_full_of_counts_less() -> None:
    en = ["Nvidia sold", "Nvidia grew", "Nvidia won", "Nvidia"]
    found = table_of([(1, 1, 1, 1)], ["باعت Nvidia", "أ", "ب", "ج"], en, SAME)
    assert found["names_shared"].tolist() == [0.5]


@pytest.mark.parametrize(("name", "step"), [("merging", (2, 1, 2, 1)), ("crossing", (2, 2, 2, 2))])
def test_a_document_that_merges_merges_more(name: str, step: Step) -> None:
    one, other = (
        table_of([step, (3, 3, 1, 1)], PLAIN, PLAIN, SAME, log_odds=log)[name] for log in (UNSURE, SURE)
    )
    assert one[0] < other[0]
    assert one[1] == other[1] == 0


def test_an_omission_by_its_length_likeness_and_the_documents_share() -> None:
    ar = ["x" * 10, "x" * 80, LINE, LINE]
    sides = encoded([A, B, C, D]), encoded([A, A, C, D])
    steps = [(1, 0, 1, 0), (2, 0, 1, 0)]
    found = table_of(steps, ar, PLAIN, sides, share=0.1)
    assert found["alone_fragment"].tolist() == [1, 0]
    assert found["alone_length"] == pytest.approx([np.log(1 / 8), 0])
    assert found["alone_similarity"][0] > found["alone_similarity"][1]
    assert found["omitting"] == pytest.approx([0, 0])
    assert (table_of(steps, ar, PLAIN, sides, share=0.3)["omitting"] > 0).all()


def test_an_english_omission_is_judged_by_the_english_sentence() -> None:
    en = ["x" * 10, "x" * 80, LINE, LINE]
    found = table_of([(0, 1, 0, 1), (0, 2, 0, 1)], PLAIN, en, SAME)
    assert found["alone_length"] == pytest.approx([np.log(1 / 8), 0])


def test_pieces_without_characters_and_one_sentence_a_side_do() -> None:
    one = encoded([A])
    none = Encoded(one.windows, [Pieces(one.pieces[0].vectors, one.pieces[0].starts, np.zeros(1, np.int64))])
    table_of([(1, 1, 1, 1)], ["x"], ["x"], (none, none))


def test_the_same_each_time() -> None:
    steps = [RIGHT, WRONG, (2, 1, 2, 1), OUT_AR]
    one, other = (table_of(steps, PLAIN, PLAIN, SAME) for _ in range(2))
    assert all(np.array_equal(one[name], other[name]) for name in FEATURES)
