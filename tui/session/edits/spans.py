"""What edits share: spans of a side with the text that they quote, lookups by span and by id, clean text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeVar

from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Entity, Flag, Lang, Pair, Span, overlaps
from hashiya.tui.settings.language import N_, _

_Marked = TypeVar("_Marked", Entity, Flag)
_NO_SIDE: dict[Lang, str] = {
    "ar": N_("the pair has no Arabic side; mark the other one"),
    "en": N_("the pair has no English side; mark the other one"),
}
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def no_such_side(lang: Lang) -> str:
    """Return what is said where a pair has no text in a language."""
    return _(_NO_SIDE[lang])


def trimmed_span(pair: Pair, lang: Lang, span: Span) -> tuple[Span, str]:
    """Return a span without white space at its ends, and the text that it quotes.

    `LabelError` where the side is absent, the span lies beyond its text, or nothing is left.
    """
    text = pair.text(lang)
    if text is None:
        raise LabelError(no_such_side(lang))
    if not 0 <= span.start <= span.end <= len(text):
        raise LabelError(
            _("[{start}:{end}] is beyond the text; select again").format(start=span.start, end=span.end)
        )
    quoted = text[span.start : span.end]
    start = span.start + len(quoted) - len(quoted.lstrip())
    quoted = quoted.strip()
    if not quoted:
        raise LabelError(_("no words are selected; select some first"))
    return Span(start, start + len(quoted)), quoted


def span_at(items: Sequence[_Marked], lang: Lang, span: Span) -> _Marked | None:
    """Return the item of exactly this span, else the shortest that shares a code point with it."""
    span = Span(span.start, max(span.end, span.start + 1))  # a cursor without a selection is on a letter
    touched = [item for item in items if item.lang == lang and overlaps(item, span)]
    exact = (item for item in touched if (item.start, item.end) == (span.start, span.end))
    return next(exact, min(touched, key=lambda item: item.end - item.start, default=None))


def in_text_order(items: Iterable[_Marked]) -> tuple[_Marked, ...]:
    """Return items in the order of the text, Arabic first."""
    return tuple(sorted(items, key=lambda item: (item.lang != "ar", item.start, item.end)))


def printable_text(text: str | None) -> str | None:
    """Return a text with a blank for each control character; `None` where nothing else is in it."""
    shown = "".join(" " if unicodedata.category(char) in _UNPRINTABLE else char for char in text or "")
    return shown.strip() or None


def entity_with_id(annotation: Annotation, entity_id: str) -> Entity:
    """Return the entity of an id; `LabelError` where there is none."""
    for entity in annotation.entities:
        if entity.id == entity_id:
            return entity
    raise LabelError(_("there is no entity {id!r} any more; choose another").format(id=entity_id))
