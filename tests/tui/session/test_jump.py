"""Jumps: a code of one letter or two leads to a word, and any other key ends the jump."""

from __future__ import annotations

from hashiya.schema.records import Span
from hashiya.tui.session.jump import Jump

CODES = {"a": Span(0, 4), "sa": Span(5, 9), "ss": Span(10, 12)}


def test_a_code_of_one_letter_leads_to_its_word_at_once() -> None:
    jump = Jump(CODES)
    assert jump.hints() == {0: "a", 5: "sa", 10: "ss"}
    assert (jump.press("a"), jump.open) == (Span(0, 4), False)


def test_of_a_longer_code_the_rest_is_shown_until_it_is_typed() -> None:
    jump = Jump(CODES)
    assert (jump.press("s"), jump.open) == (None, True)
    assert jump.hints() == {5: "a", 10: "s"}
    assert (jump.press("s"), jump.open) == (Span(10, 12), False)


def test_a_key_that_begins_no_code_ends_the_jump() -> None:
    for keys in ("x", "sx", "escape"):
        jump = Jump(CODES)
        words = [jump.press(key) for key in ([keys] if keys == "escape" else keys)]
        assert (words[-1], jump.open, jump.hints()) == (None, False, {})
