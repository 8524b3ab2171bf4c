"""Numbers, names and phonetic keys are the same in both languages."""

from __future__ import annotations

import pytest

from hashiya.corpus.text.cognates import Cognates, find_cognates


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
    assert find_cognates(sentence).numbers == numbers


def test_names_are_folded_words_with_a_capital() -> None:
    assert find_cognates("Renée met Zoë of OpenAI at a café").names == {"renee", "zoe", "openai"}
    assert find_cognates("قالت شركة Nvidia إن x").names == {"nvidia"}
    assert find_cognates("Rene\u0301e").names == {"renee"}
    assert find_cognates("I A b").names == set()


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
    assert find_cognates(ar).keys & find_cognates(en).keys


def test_two_consonants_are_too_few() -> None:
    assert find_cognates("تويوتا").keys == find_cognates("Toyota").keys == set()


def test_other_names_sound_otherwise() -> None:
    assert not find_cognates("برنستون").keys & find_cognates("Manchester").keys


@pytest.mark.parametrize("sentence", ["", " ", "\ud800", "\u0301", "…", "🙂", "ـ"])
def test_odd_sentences_have_none(sentence: str) -> None:
    assert find_cognates(sentence) == Cognates(frozenset(), frozenset(), frozenset())


def test_several_sentences_have_the_cognates_of_each() -> None:
    parts = [find_cognates("Nvidia sold 5"), find_cognates("Intel sold 7"), find_cognates("برنستون")]
    joined = Cognates.joined(parts)
    assert joined.numbers == {"5", "7"}
    assert joined.names == {"nvidia", "intel"}
    assert joined.keys == parts[0].keys | parts[1].keys | parts[2].keys
    assert Cognates.joined(parts[:1]) == parts[0]
