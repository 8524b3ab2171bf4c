"""Edits of flags: words that mislead, with what was meant."""

from __future__ import annotations

from dataclasses import replace

from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Flag, Lang, Pair, Span
from hashiya.tui.session.edits.spans import in_text_order, printable_text, span_at, trimmed_span
from hashiya.tui.settings.language import _


def flag(  # noqa: PLR0917 - as above
    annotation: Annotation, pair: Pair, lang: Lang, span: Span, kind: str, intended: str | None = None
) -> Annotation:
    """Flag words that mislead, with what was meant; a flag on exactly these words gives way."""
    span, text = trimmed_span(pair, lang, span)
    made = Flag(
        lang=lang, start=span.start, end=span.end, text=text, kind=kind, intended=printable_text(intended)
    )
    others = (
        other
        for other in annotation.flags
        if (other.lang, other.start, other.end) != (lang, span.start, span.end)
    )
    return replace(annotation, flags=in_text_order([*others, made]))


def drop_flag(annotation: Annotation, item: Flag) -> Annotation:
    """Take a flag away."""
    if item not in annotation.flags:
        raise LabelError(_("there is no such flag on “{text}”").format(text=item.text))
    return replace(annotation, flags=tuple(other for other in annotation.flags if other != item))


def flag_at(annotation: Annotation, lang: Lang, span: Span) -> Flag | None:
    """Return the flag of exactly this span, else the shortest that shares a letter with it."""
    return span_at(annotation.flags, lang, span)
