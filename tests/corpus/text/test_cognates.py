"""Numbers, names and sounds are the same clue in both languages."""

from __future__ import annotations

import pytest

from hashiya.corpus.text.cognates import Clues, clues


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("في ٢٠٢٤ بلغ ۱۲", {"2024", "12"}),
        ("نحو ٣٬٥٠٠ شخص", {"3500"}),
        ("about 3,500 people, 2.5 each", {"3500", "2.5"}),
        ("٢٫٥ مليون", {"2.5"}),
        ("1,234,567.", {"1234567"}),
        ("GPT4 and A100", {"4", "100"}),
        ("none", set()),
    ],
)
def test_numbers_have_western_digits_and_no_grouping(sentence: str, numbers: set[str]) -> None:
    assert clues(sentence).numbers == numbers


def test_names_are_folded_words_with_a_capital() -> None:
    assert clues("Renée met Zoë of OpenAI at a café").names == {"renee", "zoe", "openai"}
    assert clues("قالت شركة Nvidia إن x").names == {"nvidia"}
    assert clues("Rene\u0301e").names == {"renee"}
    assert clues("I A b").names == set()


@pytest.mark.parametrize(
    ("ar", "en"),
    [
        ("تويوتا موتور", "Motor"),
        ("برنستون", "Burnaston"),
        ("وبرنستون", "Burnaston"),
        ("لِبُرْنَسْتُون", "Burnaston"),
        ("برنستـــون", "Burnaston"),
        ("ڤولفو", "Volvo"),
        ("موسكو", "Moscow"),
        ("الفيلسوف فيليب", "Philip"),
    ],
)
def test_a_name_sounds_the_same_in_both(ar: str, en: str) -> None:
    assert clues(ar).sounds & clues(en).sounds


def test_two_consonants_are_too_few() -> None:
    assert clues("تويوتا").sounds == clues("Toyota").sounds == set()


def test_other_names_sound_otherwise() -> None:
    assert not clues("برنستون").sounds & clues("Manchester").sounds


@pytest.mark.parametrize("sentence", ["", " ", "\ud800", "\u0301", "…", "🙂", "ـ"])
def test_odd_sentences_have_none(sentence: str) -> None:
    assert clues(sentence) == Clues(frozenset(), frozenset(), frozenset())


def test_several_sentences_have_the_clues_of_each() -> None:
    parts = [clues("Nvidia sold 5"), clues("Intel sold 7"), clues("برنستون")]
    joined = Clues.joined(parts)
    assert joined.numbers == {"5", "7"}
    assert joined.names == {"nvidia", "intel"}
    assert joined.sounds == parts[0].sounds | parts[1].sounds | parts[2].sounds
    assert Clues.joined(parts[:1]) == parts[0]
