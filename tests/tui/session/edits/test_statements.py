"""Stances, implications and the comment of a draft."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hashiya.schema.errors import LabelError
from hashiya.schema.records import Implication, Stance
from hashiya.schema.scheme import Rules, shipped_scheme
from hashiya.tui.session.edits import statements
from tests.tui.session.drafts import draft_of, pair_of

SCHEME = shipped_scheme()
OVERLAPPING = replace(SCHEME, rules=Rules(overlap=True))
PAIR = pair_of(
    "قال سام ألتمان رئيس OpenAI إن للذكاء الاصطناعي مستقبلًا 🚀.\r\nوNvidia تربح.",
    "Sam Altman of OpenAI said that AI has a future.\r\nNvidia gains.",
)
EMPTY = draft_of(PAIR)


def stance(holder: str, entity: str | None = None, label: str = "bullish") -> Stance:
    return Stance(target="ai_boom", stance=label, holder=holder, holder_entity=entity)


def test_stances_replace_in_place_and_drop() -> None:
    first, second = stance("author"), stance("source")
    draft = statements.take_stance(statements.take_stance(EMPTY, first), second)
    changed = statements.take_stance(draft, stance("author", label="mixed"))
    assert changed.stances == (stance("author", label="mixed"), second)
    assert statements.drop_stance(changed, second).stances == changed.stances[:1]
    with pytest.raises(LabelError):
        statements.drop_stance(changed, first)
    with pytest.raises(LabelError, match="no entity 'ar1'"):
        statements.take_stance(draft, stance("source", "ar1"))


def test_implications_replace_in_place_and_drop() -> None:
    first = Implication(target="chips", channel="demand", direction="positive", certainty="hedged")
    second = replace(first, channel="cost")
    draft = statements.imply(statements.imply(EMPTY, first), second)
    stronger = replace(first, certainty="asserted")
    assert statements.imply(draft, stronger).implications == (stronger, second)
    assert statements.drop_implication(draft, first).implications == (second,)
    with pytest.raises(LabelError):
        statements.drop_implication(draft, stronger)
    imported = replace(draft, implications=(first, stronger))
    assert statements.imply(imported, stronger).implications == (stronger,)


def test_a_comment_is_one_line_or_none() -> None:
    assert statements.set_comment(EMPTY, "نعم\nلا").comment == "نعم لا"
    assert statements.set_comment(statements.set_comment(EMPTY, "x"), " \t").comment is None
    assert statements.set_comment(EMPTY, None).comment is None
