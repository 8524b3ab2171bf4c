"""The Markdown of guidelines becomes blocks with spans; the scheme that ships is read without leftovers."""

from __future__ import annotations

import pytest

from hashiya.schema.records import LANGS, Lang
from hashiya.schema.scheme import shipped_scheme
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.markdown import Inline, TextBlock, markdown


def test_paragraphs_items_and_headings() -> None:
    text = "# Title\n\nOne\nparagraph.\n\n- first\n  goes on\n- second\n1. third\n\nLast 2. and - x."
    assert markdown(text, Direction.LTR) == [
        TextBlock("Title", Direction.LTR, "heading"),
        TextBlock("One paragraph.", Direction.LTR),
        TextBlock("first goes on", Direction.LTR, "item", 3, (), "•"),
        TextBlock("second", Direction.LTR, "item", 3, (), "•", tight=True),
        TextBlock("third", Direction.LTR, "item", 3, (), "1.", tight=True),
        TextBlock("Last 2. and - x.", Direction.LTR),
    ]


def test_spans_count_in_the_text_without_markers() -> None:
    (block,) = markdown("هي **الزوج** و*مقطع* `model` (⟦Lisa Su⟧).")
    assert block.text == "هي الزوج ومقطع model (⟦Lisa Su⟧)."
    quoted = [(block.text[start:end], style) for start, end, style in block.spans]
    assert quoted == [("الزوج", "bold"), ("مقطع", "italic"), ("model", "code")]


def test_a_particle_may_stand_before_a_bold_quotation() -> None:
    (block,) = markdown("و**«الزوج»** بـ*(مقطع)*وحده")
    assert block.text == "و«الزوج» بـ(مقطع)وحده"
    assert [block.text[start:end] for start, end, _ in block.spans] == ["«الزوج»", "(مقطع)"]


def test_bold_may_hold_others_and_code_holds_none() -> None:
    (block,) = markdown("**a *b* `c`** `*d*`")
    assert block.text == "a b c *d*"
    assert block.spans == (
        Inline(0, 5, "bold"), Inline(2, 3, "italic"), Inline(4, 5, "code"), Inline(6, 9, "code"),
    )  # fmt: skip


def test_lone_markers_are_text() -> None:
    assert [block.text for block in markdown("2 * 3 ` and **\n\n-5 and #1")] == [
        "2 * 3 ` and **",
        "-5 and #1",
    ]
    assert markdown("") == []


@pytest.mark.parametrize("lang", LANGS)
def test_the_guide_that_ships_leaves_no_markers(lang: Lang) -> None:
    guide = shipped_scheme().guide
    for part in (guide.general, guide.entity, guide.stance, guide.implication, guide.flag):
        assert part
        blocks = markdown(part.ar if lang == "ar" else part.en)
        assert {"item", "body"} <= {block.style for block in blocks}
        for block in blocks:
            assert not set("*`") & set(block.text), block.text
