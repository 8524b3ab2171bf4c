"""The tables that are copied from Unicode's files, against these files."""

from __future__ import annotations

import re
import unicodedata

import pytest

from hashiya.tui.bidi.classes import LETTERS, bidi_classes
from hashiya.tui.bidi.glyphs import shape
from hashiya.tui.bidi.joining import joining_types
from hashiya.tui.bidi.mirror import CLOSING_BRACKETS, MIRROR, OPENING_BRACKETS
from tests.tui.bidi import unicode_data
from tests.tui.bidi.unicode_data import code_points

pytestmark = pytest.mark.system

ARABIC_BLOCKS = (range(0x600, 0x700), range(0x750, 0x780), range(0x870, 0x900))
LONG_NAMES = {"Left_To_Right": "L", "Right_To_Left": "R", "Arabic_Letter": "AL", "European_Terminator": "ET"}


def test_mirror_images_are_those_of_unicode() -> None:
    rows = {chr(int(char, 16)): chr(int(image, 16)) for char, image in unicode_data.rows("BidiMirroring.txt")}
    assert rows == MIRROR


def test_brackets_are_those_of_unicode() -> None:
    rows = list(unicode_data.rows("BidiBrackets.txt"))
    assert {chr(int(char, 16)) for char, _, kind in rows if kind == "o"} == OPENING_BRACKETS
    assert {chr(int(char, 16)) for char, _, kind in rows if kind == "c"} == CLOSING_BRACKETS
    assert all(MIRROR[chr(int(char, 16))] == chr(int(partner, 16)) for char, partner, _ in rows)


def file_classes() -> list[str]:
    """The class of each code point by DerivedBidiClass.txt, its defaults for unassigned ones included."""
    name = "extracted/DerivedBidiClass.txt"
    found = ["L"] * 0x110000
    text = unicode_data.path(name).read_text(encoding="utf-8")
    for field, long_name in re.findall(r"^# @missing: (\S+); (\w+)$", text, re.MULTILINE):
        for code_point in code_points(field):
            found[code_point] = LONG_NAMES[long_name]
    for field, short_name in unicode_data.rows(name):
        for code_point in code_points(field):
            found[code_point] = short_name
    return found


def assigned_in_file() -> set[int]:
    return {
        code_point
        for field, category in unicode_data.rows("extracted/DerivedGeneralCategory.txt")
        if category != "Cn"
        for code_point in code_points(field)
    }


def test_classes_differ_from_unicode_15_only_where_python_has_another_version() -> None:
    """`unicodedata` is 14.0 in Python 3.11, 15.0 in 3.12, 15.1 in 3.13; the file is 15.0."""
    found = bidi_classes("".join(map(chr, range(0x110000))))
    assigned = assigned_in_file()
    for code_point, name in enumerate(file_classes()):
        if found[code_point] != LETTERS[name]:
            assigned_in_python = unicodedata.category(chr(code_point)) != "Cn"
            assert assigned_in_python != (code_point in assigned), f"U+{code_point:04X} is {name}"


def test_joining_types_of_arabic() -> None:
    by_file = dict.fromkeys((code_point for block in ARABIC_BLOCKS for code_point in block), "U")
    by_file[0x200D] = "U"
    for field, joining in unicode_data.rows("extracted/DerivedJoiningType.txt"):
        by_file |= {code_point: joining for code_point in code_points(field) if code_point in by_file}
    text = "".join(map(chr, by_file))
    differ = {
        code_point
        for code_point, joining in zip(by_file, joining_types(text), strict=True)
        if joining != by_file[code_point] and unicodedata.category(chr(code_point)) != "Cn"
    }
    assert differ == set()


def test_narrow_characters_that_the_selector_of_emoji_widens() -> None:
    for sequence, *_ in unicode_data.rows("emoji/emoji-variation-sequences.txt"):
        char, selector = (chr(int(code, 16)) for code in sequence.split())
        [glyph] = shape(char + selector)
        wide = selector == "\ufe0f" or unicodedata.east_asian_width(char) == "W"
        assert (glyph.start, glyph.end, glyph.width) == (0, 2, 2 if wide else 1), sequence
