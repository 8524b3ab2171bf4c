"""The guidelines on the screen: what a scheme says, as blocks of text, and where it explains a label."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hashiya.schema.guidelines import chapters
from hashiya.schema.records import Lang
from hashiya.schema.scheme import LabelScheme
from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.screens.read_text import TitledText
from hashiya.tui.widgets.markdown import TextBlock, markdown

_TITLES: dict[Lang, str] = {"en": "Guidelines", "ar": "دليل الترميز"}


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


def guidelines_at(scheme: LabelScheme, lang: Lang, about: str, label: str) -> TitledText:
    """Return the guidelines in one language as a text to be opened, at the chapter about a label."""
    guidelines = guide(scheme, lang)
    return TitledText(_TITLES[lang], guidelines.blocks, guidelines.places.get((about, label)))
