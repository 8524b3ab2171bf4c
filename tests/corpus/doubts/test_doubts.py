"""Why a pair is suspicious: what is named, what is let pass, in both scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.doubts.doubts import FARTHEST, Doubt, doubts, doubts_between
from hashiya.corpus.doubts.numbers import one_sided
from hashiya.corpus.text.fold import fold
from hashiya.corpus.text.lengths import length_deviation
from hashiya.schema.records import Pair

TEXTS = st.text(
    alphabet=st.sampled_from("0123456789٠١٢٣۴۵.,٫٬:-% بلاو لم not no'tsQTكَـéabmثلاثون"), max_size=60
)


def of_kind(kind: str, ar: str, en: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    found = [doubt for doubt in doubts_between(ar, en) if doubt.kind == kind]
    return (found[0].ar, found[0].en) if found else None


def pair(ar: str | None, en: str | None, score: float | None) -> Pair:
    return Pair(
        pair_id="p", doc_id="d", index=0, ar=ar, en=en, ar_start=0, ar_end=0, en_start=0, en_end=0,
        ar_sentences=(), en_sentences=(), ar_tokens=(), en_tokens=(), bead="1-1", score=score, kind="body",
        ar_folded=None, en_folded=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ar", "en"),
    [
        ("خسرت ٥٨٩ مليار دولار", "It lost $589 billion"),
        ("خسرت ۵۸۹ مليار دولار", "It lost $589bn"),
        ("ارتفع بنسبة ١٢٫٥٪", "It rose by 12.5%"),
        ("٢٬٥٠٠٬٠٠٠ نسخة", "2.5 million copies"),
        ("مليونان ونصف مليون أو 2,5 مليون", "2.5m copies"),
        ("بعد يومين", "after 2 days"),
        ("للمـــرة الثَّالثة والعشرين", "for the 23rd time"),
        ("خمسة وثلاثون رجلا", "35 men"),
        ("35 رجلا", "thirty-five men"),
        ("ألفي رجل", "2,000 men"),
        ("في الثمانينيات", "in the 1980s"),
        ("في القرن التاسع عشر", "in the 19th century"),
        ("عام 1995", "in '95"),
        ("في الساعة 9:30 مساء", "at 21:30"),
        ("اتصل على 442079460958", "Call +44 20 7946 0958"),
        ("طائرة إيرباص", "an A320"),
        ("نموذج جي بي تي", "GPT-40"),
        ("مئة كتاب", "100 books"),
    ],
)
def test_figures_that_agree(ar: str, en: str) -> None:
    assert of_kind("numbers", ar, en) is None
    assert one_sided(fold(en), fold(ar)) == ((), ())


@pytest.mark.parametrize(
    ("ar", "en", "only_ar", "only_en"),
    [
        ("خسرت 35 مليار", "It lost 53 billion", ("35",), ("53",)),
        ("خسرت ٣٥ مليارا في ٢٠٢٤", "It lost 35 billion in 2023", ("2024",), ("2023",)),
        ("خسرت المال", "It lost 1,750 dollars", (), ("1,750",)),
        ("ارتفع ١٧٫٥٪", "It rose", ("17.5",), ()),
        ("ثلاثون رجلا", "35 men", (), ("35",)),
        ("عام 1995", "in '96", ("1995",), ("96",)),
    ],
)
def test_figures_that_differ(ar: str, en: str, only_ar: tuple[str, ...], only_en: tuple[str, ...]) -> None:
    assert of_kind("numbers", ar, en) == (only_ar, only_en)


@pytest.mark.parametrize(
    ("ar", "en", "only_ar"),
    [
        ("أطلقت OpenAI نموذجا", "OPENAI launched a model", None),
        ("أطلقت Open AI نموذجا", "OpenAI launched a model", None),
        ("قال CEO الشركة", "said the chief executive officer", None),
        ("مقهى Café هنا", "a cafe here", None),
        ("أعضاء MWPs هنا", "a member (MWPs) here", None),
        ("أطلقت DeepSeek نموذجا", "Nvidia launched a model", ("DeepSeek",)),
        ("أطلقت الشركة نموذجا", "Nvidia launched a model", None),
    ],
)
def test_a_latin_name_that_one_side_alone_has_is_a_doubt(
    ar: str, en: str, only_ar: tuple[str, ...] | None
) -> None:
    assert of_kind("names", ar, en) == (None if only_ar is None else (only_ar, ()))


@pytest.mark.parametrize(
    ("ar", "en", "found"),
    [
        ("لا يعرف أحد", "Everybody knows", (("لا",), ())),
        ("وَلَمْ يعرف", "And he knew", (("ولم",), ())),
        ("فليـــس كذلك", "It is so", (("فليس",), ())),
        ("بعدم الرد", "by answering", (("بعدم",), ())),
        ("يعرف الجميع", "Nobody knows", ((), ("nobody",))),
        ("سيحدث ذلك", "It won’t happen", ((), ("n't",))),
        ("كما حدث ذلك", "as it did not happen", ((), ("not",))),
        ("لم يحدث", "It did not happen", None),
        ("فشل في الرد", "He did not answer", None),
        ("وما حدث ذلك", "It did not happen", None),
        ("غير ممكن", "It is not possible", None),
        ("لايوجد دليل", "There is no evidence", None),
        ("لم ينجح", "He failed", None),
        ("لا يمكن", "It is impossible", None),
        ("لا يزال هنا", "He is here as ever", None),
        ("ولا سيما هنا", "especially here", None),
        ("يعرف ذلك", "No doubt he knows", None),
        ("يعرف ذلك وأكثر", "Not only does he know that", None),
        ("الملاحظة هنا", "It was noted here", None),
    ],
)
def test_a_negation_that_one_side_alone_has_is_a_doubt(
    ar: str, en: str, found: tuple[tuple[str, ...], tuple[str, ...]] | None
) -> None:
    assert of_kind("negation", ar, en) == found


def test_lengths_without_marks_and_tatweel() -> None:
    plain, marked = "كتب المعلم" * 12, "كَتَبَ المُـــعَلِّمُ" * 12
    english = "x" * round(len(plain) * 1.15)
    assert doubts_between(marked, english) == ()
    assert doubts_between(plain, english * 3) == (
        Doubt(kind="length", lengths=(len(plain), len(english) * 3)),
    )
    assert length_deviation(len(plain), len(english)) < 0.1 < FARTHEST


def test_score_and_absent_sides() -> None:
    assert doubts(pair("نعم", "Yes", 0.49)) == (Doubt(kind="score", score=0.49),)
    assert doubts(pair("نعم", "Yes", 0.5)) == doubts(pair("نعم", "Yes", None)) == ()
    assert doubts(pair("35", None, 0.1)) == doubts(pair(None, "not 35", 0.1)) == ()


@given(TEXTS | st.text(max_size=40), TEXTS | st.text(max_size=40))
def test_doubts_of_any_texts_show_what_was_seen_whichever_side_comes_first(ar: str, en: str) -> None:
    for doubt in doubts_between(ar, en):
        assert doubt.ar or doubt.en or doubt.lengths
    here, there = one_sided(fold(ar), fold(en))
    assert one_sided(fold(en), fold(ar)) == (there, here)


@given(TEXTS)
def test_a_text_agrees_with_itself(text: str) -> None:
    assert one_sided(fold(text), fold(text)) == ((), ())


def test_endless_figures_are_read() -> None:
    assert of_kind("numbers", "9" * 5000 + ":30", "7" * 5000) == (("9" * 5000,), ("7" * 5000,))
