"""Folding for search: what becomes the same, that it is stable, and that it agrees with camel-tools."""

import pytest
from camel_tools.utils.dediac import dediac_ar
from camel_tools.utils.normalize import (
    normalize_alef_ar,
    normalize_alef_maksura_ar,
    normalize_teh_marbuta_ar,
    normalize_unicode,
)
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.text.fold import fold, folded_parts

ANY = st.text(st.characters(exclude_categories=["Cs"]))
ARABIC = st.text(
    st.characters(min_codepoint=0x600, max_codepoint=0x6FF) | st.sampled_from("ﻻﷲﺎ \u200f\u200d")
)
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآٱىةؤئ"
MARKS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("DeepSeek", "deepseek"),
        ("STRASSE Straße", "strasse strasse"),
        ("Café e\u0301tude naïve İstanbul", "cafe etude naive istanbul"),
        ("الذَّكَاءُ الاِصْطِنَاعِيّ", "الذكا الاصطناعي"),
        ("الذكـــاء", "الذكا"),
        ("أإآٱا", "ااااا"),
        ("مستشفى مستشفي", "مستشفي مستشفي"),
        ("شركة شركه", "شركه شركه"),
        ("مسؤول رئيس", "مسوول رييس"),
        ("شيء شئ بطيء بطئ", "شي شي بطي بطي"),
        ("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹", "0123456789 0123456789"),
        ("٣٫٥٪ ١٬٢٠٠", "3.5% 1,200"),
        ("ﻻ ﷲ ﺍﻟﺬﻛﺎﺀ", "لا الله الذكا"),
        ("\u200fكلمة\u200e\u202b \u2067word\u2069\u200b\ufeff", "كلمه word"),
        ("می\u200cخواهم کتاب", "ميخواهم كتاب"),
        (" a\t\n b\u00a0\u3000c ", "a b c"),
        ("don’t ‘so’", "don't 'so'"),
        ("R1™ ﬁne Ⅳ ½", "r1tm fine iv 1⁄2"),
        ("👩\u200d🚀", "👩🚀"),
    ],
)
def test_what_a_reader_takes_for_one_word_folds_to_one_string(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY | ARABIC)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("plane", range(17))
def test_no_character_escapes(plane: int) -> None:
    for block in range(plane << 16, (plane + 1) << 16, 256):
        once = fold("|".join(chr(code) for code in range(block, block + 256) if not 0xD800 <= code < 0xE000))
        assert fold(once) == once == once.casefold()


@given(ANY, ANY)
def test_parts_fold_by_themselves(first: str, second: str) -> None:
    """What a search looks for is found wherever white space surrounds it."""
    assert fold(f"{first} {second}") == " ".join(filter(None, [fold(first), fold(second)]))


@given(st.text(st.sampled_from(LETTERS + MARKS + " ")))
def test_agrees_with_camel_tools_on_arabic(text: str) -> None:
    camel = normalize_teh_marbuta_ar(
        normalize_alef_maksura_ar(normalize_alef_ar(dediac_ar(normalize_unicode(text))))
    )
    carried = camel.replace("ؤ", "و").replace("ئ", "ي")  # which camel-tools leaves alone
    assert fold(text) == " ".join(carried.split())


@given(
    st.lists(ANY | ARABIC | st.sampled_from([" ", "\r\n", "\n\n", "\u2028"])).map("\n".join),
    st.integers(0, 9),
)
def test_the_parts_of_a_text_are_the_whole(text: str, about: int) -> None:
    parts = list(folded_parts(text, about))
    assert " ".join(parts) == fold(text)
    assert all(parts)
