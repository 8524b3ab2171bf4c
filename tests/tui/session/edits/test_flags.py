"""Flags of a draft, and what stands at a place of its text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Flag, Span
from hashiya.schema.scheme import Rules, shipped_scheme
from hashiya.schema.validate import faults
from hashiya.tui.session.edits import entities, flags
from tests.tui.session.drafts import draft_of, pair_of, span_of

SCHEME = shipped_scheme()
OVERLAPPING = replace(SCHEME, rules=Rules(overlap=True))
PAIR = pair_of(
    "قال سام ألتمان رئيس OpenAI إن للذكاء الاصطناعي مستقبلًا 🚀.\r\nوNvidia تربح.",
    "Sam Altman of OpenAI said that AI has a future.\r\nNvidia gains.",
)
EMPTY = draft_of(PAIR)


def test_flags_trim_replace_and_drop() -> None:
    span = span_of(PAIR, "ar", " تربح")
    draft = flags.flag(EMPTY, PAIR, "ar", span, "mistranslation", "تكسب\r\nالمال\x00 ")
    assert draft.flags == (
        Flag(
            lang="ar",
            start=span.start + 1,
            end=span.end,
            text="تربح",
            kind="mistranslation",
            intended="تكسب  المال",
        ),
    )
    draft = flags.flag(draft, PAIR, "ar", span, "garbled", " ")
    draft = flags.flag(draft, PAIR, "ar", span_of(PAIR, "ar", "قال"), "garbled")
    assert [(item.text, item.kind, item.intended) for item in draft.flags] == [
        ("قال", "garbled", None),
        ("تربح", "garbled", None),
    ]
    assert faults(draft, PAIR, SCHEME) == []
    assert flags.drop_flag(draft, draft.flags[0]).flags == draft.flags[1:]
    with pytest.raises(LabelError):
        flags.drop_flag(EMPTY, draft.flags[0])
    with pytest.raises(LabelError):
        flags.flag(EMPTY, PAIR, "ar", Span(0, 0), "garbled")


def test_what_is_at_a_place_the_exact_one_else_the_shortest() -> None:
    draft: Annotation = EMPTY
    for words in ("Sam Altman", "Sam Altman of OpenAI", "OpenAI"):
        draft, _ = entities.mark(draft, PAIR, OVERLAPPING, "en", span_of(PAIR, "en", words), "company")
        draft = flags.flag(draft, PAIR, "en", span_of(PAIR, "en", words), "garbled")

    def at(words: str) -> tuple[str | None, str | None]:
        span = span_of(PAIR, "en", words)
        entity, flag = entities.entity_at(draft, "en", span), flags.flag_at(draft, "en", span)
        return entity.text if entity else None, flag.text if flag else None

    assert at("Sam Altman of OpenAI") == ("Sam Altman of OpenAI",) * 2
    assert at("Altman") == ("Sam Altman",) * 2
    assert at("of") == ("Sam Altman of OpenAI",) * 2
    assert at("said") == (None, None)
    assert entities.entity_at(draft, "ar", Span(0, 5)) is None
    assert entities.entity_at(draft, "en", Span(0, 0)) is not None  # a cursor is on the letter after it
