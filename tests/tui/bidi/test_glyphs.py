"""Glyphs: joined letters, marks, wide characters, and what never reaches the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from hashiya.tui.bidi.glyphs import Glyph, shape
from hashiya.tui.bidi.joining import Shaping
from tests.tui.bidi.texts import PARAGRAPHS

SHAPINGS = st.sampled_from(Shaping)


def names(text: str, shaping: Shaping = Shaping.LIGATURES) -> str:
    """The drawn characters by name: `BEH.i` is BEH INITIAL FORM, `BEH` the letter as it is stored."""
    drawn = "".join(glyph.text for glyph in shape(text, shaping))
    found = []
    for char in drawn:
        words = unicodedata.name(char).removeprefix("ARABIC ").removeprefix("LETTER ")
        letter, _, form = words.removesuffix(" FORM").rpartition(" ")
        forms = ("ISOLATED", "INITIAL", "MEDIAL", "FINAL")
        name = f"{letter}.{form[:3].lower()}" if words.endswith(" FORM") and form in forms else words
        found.append(name.replace("LIGATURE ", "").replace(" WITH ", "+"))
    return " ".join(found)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("بيت", "BEH.ini YEH.med TEH.fin"),
        ("دار", "DAL.iso ALEF.iso REH.iso"),
        ("باب", "BEH.ini ALEF.fin BEH.iso"),
        ("ب ب", "BEH.iso SPACE BEH.iso"),
        ("شيء", "SHEEN.ini YEH.fin HAMZA.iso"),
        ("پچژگکی", "PEH.ini TCHEH.med JEH.fin GAF.ini KEHEH.med FARSI YEH.fin"),
        ("ىب", "UIGHUR KAZAKH KIRGHIZ ALEF MAKSURA.ini BEH.fin"),
        ("لا", "LAM+ALEF.iso"),
        ("بلا", "BEH.ini LAM+ALEF.fin"),
        (
            "لأ لإ لآ",
            "LAM+ALEF+HAMZA ABOVE.iso SPACE LAM+ALEF+HAMZA BELOW.iso SPACE LAM+ALEF+MADDA ABOVE.iso",
        ),
        ("بلأ", "BEH.ini LAM+ALEF+HAMZA ABOVE.fin"),
        ("بلإ", "BEH.ini LAM+ALEF+HAMZA BELOW.fin"),
        ("بلآ", "BEH.ini LAM+ALEF+MADDA ABOVE.fin"),
        ("للا", "LAM.ini LAM+ALEF.fin"),
        ("لاب", "LAM+ALEF.iso BEH.iso"),
        ("لَاً", "LAM+ALEF.iso FATHA FATHATAN"),
        ("لٱ", "LAM.ini ALEF WASLA.fin"),
        ("بـ", "BEH.ini TATWEEL"),
        ("بـب", "BEH.ini TATWEEL BEH.fin"),
        ("لـا", "LAM.ini TATWEEL ALEF.fin"),
        ("ب\u200d", "BEH.ini"),
        ("\u200dب", "BEH.fin"),
        ("بب\u200cبب", "BEH.ini BEH.fin BEH.ini BEH.fin"),
        ("ل\u200cا", "LAM.iso ALEF.iso"),
        ("ل\u200dا", "LAM.ini ALEF.fin"),
        ("ل\u200eا", "LAM.ini ALEF.fin"),
        ("ب\u2067ب\u2069", "BEH.iso BEH.iso"),
        ("مُحَمَّد", "MEEM.ini DAMMA HAH.med FATHA MEEM.med FATHA SHADDA DAL.fin"),
        ("بaب", "BEH.iso LATIN SMALL LETTER A BEH.iso"),
        ("ب5", "BEH.iso DIGIT FIVE"),
        # No presentation form: the letter stays, its neighbours join it.
        ("بݐب", "BEH.ini BEH+THREE DOTS HORIZONTALLY BELOW BEH.fin"),
        ("ܒܒ", "SYRIAC LETTER BETH SYRIAC LETTER BETH"),
    ],
)
def test_each_arabic_letter_takes_the_form_that_its_neighbours_ask_for(text: str, drawn: str) -> None:
    assert names(text) == drawn


def test_letters_without_ligatures_and_without_forms() -> None:
    assert names("بلا", Shaping.LETTERS) == "BEH.ini LAM.med ALEF.fin"
    assert names("بلَا", Shaping.NONE) == "BEH LAM FATHA ALEF"
    assert [glyph.end - glyph.start for glyph in shape("بلَا", Shaping.NONE)] == [1, 2, 1]


@pytest.mark.parametrize(
    ("text", "glyphs"),
    [
        ("", []),
        ("e\u0301b", [Glyph(0, 2, 0, "e\u0301", 1), Glyph(2, 3, 2, "b", 1)]),
        ("بلَا", [Glyph(0, 1, 0, "\ufe91", 1), Glyph(1, 4, 1, "\ufefc\u064e", 1)]),
        ("中a", [Glyph(0, 1, 0, "中", 2), Glyph(1, 2, 1, "a", 1)]),
        ("👩\u200d💻", [Glyph(0, 3, 0, "👩\u200d💻", 2)]),
        ("👍🏽", [Glyph(0, 2, 0, "👍🏽", 2)]),
        ("❤\ufe0f❤", [Glyph(0, 2, 0, "❤\ufe0f", 2), Glyph(2, 3, 2, "❤", 1)]),
        ("1\ufe0f\u20e3", [Glyph(0, 3, 0, "1\ufe0f\u20e3", 2)]),
        ("🇺🇸🇺", [Glyph(0, 2, 0, "🇺🇸", 2), Glyph(2, 3, 2, "🇺", 1)]),
        ("\u1112\u1161\u11ab", [Glyph(0, 3, 0, "\u1112\u1161\u11ab", 2)]),
        ("\U0001fae8", [Glyph(0, 1, 0, "\U0001fae8", 2)]),
        # Format characters are counted with their neighbour and not drawn.
        ("a\u200e\u2069b", [Glyph(0, 3, 0, "a", 1), Glyph(3, 4, 3, "b", 1)]),
        ("\u2067a", [Glyph(0, 2, 1, "a", 1)]),
        ("\u2067", [Glyph(0, 1, 0, "", 0)]),
        ("\u0600٢", [Glyph(0, 1, 0, "\u0600", 1), Glyph(1, 2, 1, "٢", 1)]),
        # Marks with nothing to stand on.
        ("\u064eب", [Glyph(0, 1, 0, "◌\u064e", 1), Glyph(1, 2, 1, "\ufe8f", 1)]),
        ("🏽", [Glyph(0, 1, 0, "◌", 1)]),
        ("a🏽", [Glyph(0, 1, 0, "a", 1), Glyph(1, 2, 1, "◌", 1)]),
        # Controls, surrogates.
        ("a\tb", [Glyph(0, 1, 0, "a", 1), Glyph(1, 2, 1, " ", 1), Glyph(2, 3, 2, "b", 1)]),
        ("\x1b[", [Glyph(0, 1, 0, "\ufffd", 1), Glyph(1, 2, 1, "[", 1)]),
        ("\ud800\x9b", [Glyph(0, 1, 0, "\ufffd", 1), Glyph(1, 2, 1, "\ufffd", 1)]),
    ],
)
def test_a_glyph_takes_in_its_marks_and_its_cells(text: str, glyphs: list[Glyph]) -> None:
    assert shape(text) == glyphs


@given(PARAGRAPHS, SHAPINGS)
def test_every_code_point_is_in_one_glyph(text: str, shaping: Shaping) -> None:
    covered = [at for glyph in shape(text, shaping) for at in range(glyph.start, glyph.end)]
    assert covered == list(range(len(text)))
    assert all(glyph.start <= glyph.anchor < glyph.end for glyph in shape(text, shaping))


@given(PARAGRAPHS, SHAPINGS)
def test_nothing_that_steers_a_terminal_is_drawn(text: str, shaping: Shaping) -> None:
    for glyph in shape(text, shaping):
        assert bool(glyph.text) == bool(glyph.width)
        for char in glyph.text:
            assert unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp")
            assert unicodedata.bidirectional(char) not in (
                "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"
            )  # fmt: skip
            assert char not in "\u200e\u200f\u061c"
        glyph.text.encode()


@given(
    PARAGRAPHS.filter(lambda text: not any("\U0001f1e6" <= char <= "\U0001f1ff" for char in text)), SHAPINGS
)
@example("لَا ٷ بٷ \u0677\u0678", Shaping.LIGATURES)
@example("\ufe0f1", Shaping.NONE)
def test_what_is_shaped_is_left_alone(text: str, shaping: Shaping) -> None:
    """Not for halves of flags: two that a format character kept apart are a flag without it."""
    drawn = [glyph for glyph in shape(text, shaping) if glyph.width]
    again = shape("".join(glyph.text for glyph in drawn), shaping)
    assert [(glyph.text, glyph.width) for glyph in again] == [(glyph.text, glyph.width) for glyph in drawn]


@given(PARAGRAPHS, SHAPINGS)
def test_widths_are_those_that_rich_pads_with(text: str, shaping: Shaping) -> None:
    for glyph in shape(text, shaping):
        if not any(unicodedata.category(char) == "Cn" for char in glyph.text):  # a newer emoji
            assert glyph.width == cell_len(glyph.text, unicodedata.unidata_version), ascii(glyph.text)
