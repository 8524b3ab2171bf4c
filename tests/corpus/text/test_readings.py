"""Ranges found again in a text that was saved by another program and reads the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.text.readings import ReadingMap, reading
from tests.strategies import spans, texts

ARABIC = "قالت إنّ «إنفيديا» 👩‍💻 ولـNvidia لا تكلّف."


@pytest.mark.parametrize(
    "other",
    [
        ARABIC,
        ARABIC + "\n",
        "\ufeff" + ARABIC,
        f"  {ARABIC}\r\n",
        ARABIC.replace(" ", "\r\n"),
        unicodedata.normalize("NFD", ARABIC),
        "\ufeff" + unicodedata.normalize("NFD", ARABIC).replace(" ", " \u00a0"),
    ],
)
@pytest.mark.parametrize("name", ["إنفيديا", "Nvidia", "👩‍💻", "إنّ"])
def test_a_name_is_found_again(other: str, name: str) -> None:
    start = ARABIC.index(name)
    found = ReadingMap(ARABIC, other).span(start, start + len(name))
    assert found is not None
    assert unicodedata.normalize("NFC", other[found.start : found.end]) == unicodedata.normalize("NFC", name)
    back = ReadingMap(other, ARABIC).span(found.start, found.end)
    assert back is not None
    assert ARABIC[back.start : back.end] == name


def test_letters_of_which_several_are_one_code_point() -> None:
    text = "각 é \u0301x"
    apart = unicodedata.normalize("NFD", text)
    found = ReadingMap(apart, text).span(0, 3)
    assert found is not None
    assert text[found.start : found.end] == "각"


def test_white_space_alone_is_nowhere() -> None:
    assert ReadingMap("a  b", "a b").span(1, 3) is None


def test_marks_that_were_typed_in_another_order() -> None:
    typed, sorted_marks = "مدّة شُّ", unicodedata.normalize("NFC", "مدّة شُّ")
    shuffled = "مدّة ش\u0651\u064f"
    assert reading(typed) == reading(sorted_marks) == reading(shuffled)
    found = ReadingMap(shuffled, sorted_marks).span(5, 8)
    assert found is not None
    assert found.end == len(sorted_marks)


def test_other_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="do not read the same"):
        ReadingMap("Meta", "meta")


@given(text=texts(min_size=1), data=st.data(), form=st.sampled_from(["NFC", "NFD", None]))
def test_whatever_a_program_does_to_a_text(text: str, data: st.DataObject, form: str | None) -> None:
    start, end = data.draw(spans(text))
    spaced = " ".join(text) if data.draw(st.booleans()) and form is None else f"\ufeff {text}\n"
    new = spaced if form is None else unicodedata.normalize(form, spaced)  # type: ignore[arg-type]
    if reading(text) != reading(new):  # a mark that a blank or a form has joined to another letter
        return
    found = ReadingMap(text, new).span(start, end)
    if form is None:
        assert reading(text[start:end]) == ("" if found is None else reading(new[found.start : found.end]))
    elif found is None:
        assert not reading(text[start:end]) or unicodedata.combining(text[start])
    else:
        assert 0 <= found.start < found.end <= len(new)
        assert not new[found.start].isspace()
        assert not new[found.end - 1].isspace()
