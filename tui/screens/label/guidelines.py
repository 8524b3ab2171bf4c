"""The guidelines on the screen: what a scheme says, as blocks of text, and where it speaks of a label."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hashiya.schema.guidelines import chapters
from hashiya.schema.records import Lang
from hashiya.schema.scheme import LabelScheme
from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.widgets.markdown import TextBlock, markdown


@dataclass(frozen=True, slots=True)
class GuidelineText:
    """The guidelines in one language; `places` has the first block of each chapter, by (about, label)."""

    blocks: tuple[TextBlock, ...]
    places: dict[tuple[str, str], int]


def guide(scheme: LabelScheme, lang: Lang) -> GuidelineText:
    """Return the guidelines of a scheme in one language."""
    blocks = [TextBlock(scheme.title.text(lang), DIRECTIONS[lang], "heading")]
    places: dict[tuple[str, str], int] = {}
    for chapter in chapters(scheme, lang):
        places[chapter.about, chapter.label] = len(blocks)
        found = markdown(chapter.text, DIRECTIONS[lang])
        blocks += [
            replace(block, style="example") if chapter.label and block.style == "item" else block
            for block in found
        ]
    return GuidelineText(tuple(blocks), places)
