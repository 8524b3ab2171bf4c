"""Tokens: their offsets on any text, and what is mended."""

import re
import subprocess
import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hashiya.corpus.text.tokens import tokenize

WORDS = """
    والـ USB R1 - التقنيات 1,299.99 ٣٫٥ 12:30 % don't Deepseek's 's x@y.org https://a.b/c. www.x.org كَلِمَةٌ
    ، ؟ . " “ ” ( ) ـ 👩 🚀 👍 🏽 🇺 🇸 é ' ’ \u064b \u0301 \u0670 \u200d \u200f \ufe0f \u20e3 \x00
"""
PIECES = st.sampled_from([*WORDS.split(), " ", "\r\n", "\u2028", "\x1c"])
TEXTS = st.lists(PIECES, max_size=20).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=40
)


def tokens(text: str) -> list[str]:
    return [text[span.start : span.end] for span in tokenize(text)]


@given(TEXTS)
@example(" \u064b، \u064b")
@example("،ـ،ـ ـ\u064b")
@example("x\u200d.🚀\u200d🚀\u200d\u200d🚀")
def test_tokens_are_in_order_and_leave_out_white_space_only(text: str) -> None:
    spans = tokenize(text)
    covered: set[int] = set()
    for span in spans:
        assert span.start < span.end
        covered.update(range(span.start, span.end))
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert covered == {place for place, char in enumerate(text) if not char.isspace()}


@given(TEXTS)
def test_a_mark_stays_with_its_letter(text: str) -> None:
    for span in tokenize(text):
        alone = span.start == 0 or text[span.start - 1].isspace()
        assert alone or not unicodedata.category(text[span.start]).startswith("M")
        marks_only = all(unicodedata.category(char).startswith("M") for char in text[span.start : span.end])
        ends = span.end == len(text) or text[span.end].isspace()
        assert not marks_only or (alone and ends)


@given(TEXTS)
def test_a_lone_tatweel_is_a_token_only_between_spaces(text: str) -> None:
    for span in tokenize(f"a{text}"):
        if set(f"a{text}"[span.start : span.end]) == {"ـ"}:
            assert f" a{text} "[span.start].isspace()
            assert f" a{text} "[span.end + 1].isspace()


@given(st.text(st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc", "Cf"]), max_size=20), TEXTS)
def test_tokens_of_a_word_depend_on_that_word_alone(word: str, rest: str) -> None:
    joined = f"{word} {rest}"
    assert tokens(joined) == tokens(word) + tokens(rest)


@pytest.mark.parametrize(
    "script",
    [
        "A-Za-z0-9",
        "À-ÖØ-öø-ɏ",
        "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06fa-\u06fc\u06ff",
    ],
)
def test_camel_tools_divides_no_word_of_letters_alone(script: str) -> None:
    """So it need not be asked about them, which are most of a text."""
    from camel_tools.tokenizers.word import simple_word_tokenize

    letters = "".join(char for char in map(chr, range(0x0750)) if re.match(f"[{script}]", char))
    assert simple_word_tokenize(letters) == [letters]
    assert tokens(letters) == [letters]


@pytest.mark.parametrize(
    "marked",
    [
        # numbers
        "1,299.99|، 12:30 ٣٫٥ ١٬٢٠٠ 04/26/2001|, GPT|-|4.5 R1.5|.",
        "$|100 and 50|% ١٢|٪ -|5|. 3|, 4",
        # addresses
        "https://x.org/a.b?c=1&d=2|. (|www.ft.com/x|) amazon.com|, (|jo.b@sam-x.org|)|.",
        "“|https://x.org/|” example.co.uk|؟ end|.|Next زر https://x.org/a|، ثم",
        # apostrophes
        "Don't don’t Deepseek|'s Llama|’s it|'s O'Neal|'s|.",
        "'|so|' James|' l’été '|don't|'",
        # two scripts
        "والـ|USB R1|-|التقنيات ب|100 99|دولار و|Nvidia USB|ـيا «|والـ|USB|»|،",
        # marks, tatweel, invisible characters
        "كلمةً|، جميـل هـ|. «|قالَ|»|؟\u200f \u200fثم|،\u200f|بعد cafe\u0301",
        "تم|!\u064b \u064b، ،ـ كـ|، ـ",
        # symbols and emoji
        "👩\u200d🚀 👍🏽|!|1\ufe0f\u20e3 ❤\ufe0f|😀\u200d😀 #|AI|&|@|x",
        "a|👩\u200d👩\u200d👧|b|🇺🇸|🇸🇦",
    ],
)
def test_tokens_are_words_names_numbers_and_signs(marked: str) -> None:
    """A stroke stands where one token ends and the next begins without a space."""
    assert tokens(marked.replace("|", "")) == re.split(r"[| ]", marked)


def test_a_text_without_words_has_no_tokens() -> None:
    assert tokenize("") == tokenize(" \n ") == ()


def test_without_the_extra_the_error_says_how_to_install_it() -> None:
    """In a process of its own, where camel-tools cannot be imported."""
    script = (
        "import sys; sys.modules['camel_tools'] = None\n"
        "from hashiya.schema.errors import MissingExtraError\n"
        "from hashiya.corpus.text.tokens import tokenize\n"
        "try: tokenize('x')\n"
        "except MissingExtraError as error: print(error)\n"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown == "building a corpus needs the extra 'build': see 'Install' in the README\n"


def test_importing_the_module_does_not_import_camel_tools() -> None:
    script = "import sys, hashiya.corpus.text.tokens; sys.exit('camel_tools' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
