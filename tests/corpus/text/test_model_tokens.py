"""Tokens for models: the text alone makes them, and the edges of names fall on theirs."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hashiya.corpus.text.model_tokens import model_tokens
from hashiya.corpus.text.tokens import tokenize

WORDS = """
    والـ وبالذكاء للذكاء بـ100 لـNvidia وَلِلشَّرِكَةِ بنك وزير به USB R1 - التقنيات 1,299.99 ٣٫٥ 12:30 % don't
    Deepseek's 's x@y.org https://a.b/c. www.x.org كَلِمَةٌ US-based ، ؟ . " “ ” ( ) ـ 👩 🚀 👍 🏽 🇺 🇸 é ' ’
    \u064b \u0301 \u0670 \u200d \u200f \ufe0f \u20e3 \x00
"""
PIECES = st.sampled_from([*WORDS.split(), " ", "\r\n", "\u2028", "\x1c"])
TEXTS = st.lists(PIECES, max_size=20).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=40
)


def tokens(text: str) -> list[str]:
    return [text[span.start : span.end] for span in model_tokens(text)]


@given(TEXTS)
@example(" \u064b، \u064b")
@example("x\u200d.🚀\u200d🚀\u200d\u200d🚀")
def test_tokens_are_in_order_and_leave_out_white_space_only(text: str) -> None:
    spans = model_tokens(text)
    covered: set[int] = set()
    for span in spans:
        assert span.start < span.end
        covered.update(range(span.start, span.end))
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert covered == {place for place, char in enumerate(text) if not char.isspace()}


@given(TEXTS, TEXTS, st.sampled_from([" ", "\n", "\u2028", "  "]))
def test_what_stands_around_a_text_changes_none_of_its_tokens(before: str, text: str, gap: str) -> None:
    assert tokens(before + gap + text) == tokens(before) + tokens(text)


@given(TEXTS)
def test_every_token_of_the_screen_is_made_of_whole_tokens(text: str) -> None:
    edges = {edge for span in model_tokens(text) for edge in (span.start, span.end)}
    assert {edge for span in tokenize(text) for edge in (span.start, span.end)} <= edges


@given(TEXTS)
def test_a_mark_stays_with_its_letter(text: str) -> None:
    for span in model_tokens(text):
        alone = span.start == 0 or text[span.start - 1].isspace()
        assert alone or not unicodedata.category(text[span.start]).startswith("M")


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("وبالذكاء", "و ب الذكاء"),
        ("فالذكاء", "ف الذكاء"),
        ("ولشركة", "و ل شركة"),
        ("كالذكاء", "ك الذكاء"),
        ("الذكاء", "الذكاء"),
        ("للذكاء", "ل لذكاء"),
        ("فللذكاء", "ف ل لذكاء"),
        ("وَلِلشَّرِكَةِ", "وَ لِ لشَّرِكَةِ"),
        ("لـNvidia", "لـ Nvidia"),
        ("وبـNvidia", "وبـ Nvidia"),
        ("بــالذكاء", "بــ الذكاء"),
        ("والـUSB", "و الـ USB"),
        ("بـ100", "بـ 100"),
        ("كـ«ديب»", "كـ « ديب »"),
        ("و«وول ستريت»", "و « و ول ستريت »"),
        ("بنك", "ب نك"),
        ("وزير", "و زير"),
        ("به", "به"),
        ("و", "و"),
        ("بِهِ", "بِهِ"),
        ("و\u200fالذكاء", "و\u200f الذكاء"),
    ],
)
def test_a_particle_is_cut_wherever_a_letter_could_be_one(text: str, cut: str) -> None:
    assert tokens(text) == cut.split()


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("DeepSeek's", "DeepSeek 's"),
        ("DeepSeek’s", "DeepSeek ’s"),
        ("analysts'", "analysts '"),
        ("don't", "don't"),
        ("US-based", "US - based"),
        ("GPT-4o", "GPT - 4o"),
        ("$1.3bn,", "$ 1.3bn ,"),
        ("30%", "30 %"),
        ("(Nvidia)", "( Nvidia )"),
        ("https://a.org/b-c.", "https://a.org/b-c ."),
    ],
)
def test_english_words_are_cut_at_hyphens_and_the_s_of_a_name(text: str, cut: str) -> None:
    assert tokens(text) == cut.split()


def test_they_need_no_nlp_library() -> None:
    code = (
        "import sys\n"
        "sys.modules['camel_tools'] = None\n"
        "from hashiya.corpus import model_tokens\n"
        "assert len(model_tokens('وبالذكاء')) == 3\n"
        "assert 'pandas' not in sys.modules and 'pyarrow' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
