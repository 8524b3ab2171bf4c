"""What was there before a build changed a pair: rows above and below the list of differences, and in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hashiya.corpus.carrying.labels_before import LabelsBefore, MarkBefore
from hashiya.schema.errors import LabelError
from hashiya.schema.records import LANGS, Entity, Flag, Lang
from hashiya.schema.scheme import LabelScheme
from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.screens.label.annotation_view import label_name, statements
from hashiya.tui.screens.read_text import TitledText
from hashiya.tui.session.session import Session
from hashiya.tui.settings.language import N_, _, current_language
from hashiya.tui.widgets.markdown import TextBlock
from hashiya.tui.widgets.pair.panel import Statement

_WAS: dict[Lang, str] = {"ar": N_("Arabic was"), "en": N_("English was")}
_NOW: dict[Lang, str] = {"ar": N_("Arabic is now"), "en": N_("English is now")}
_GONE = "✗"


def old_texts(session: Session) -> list[Statement]:
    """Return a row for each side of the pairs before that has other text now."""
    return [
        Statement(_(_WAS[lang]), (text,), dim=(text,))
        for item in session.before
        for lang in item.changed
        if (text := item.text(lang)) is not None
    ]


def lost_marks(session: Session, ui: Lang) -> list[Statement]:
    """Return a row for each mark that cannot be taken back here, with the reason."""
    return [_lost(session, mark, ui) for item in session.before for mark in item.marks if mark.loss]


def _lost(session: Session, mark: MarkBefore, ui: Lang) -> Statement:
    why = _why(session, mark)
    label = _label_of_mark(session.scheme, mark.mark, ui)
    return Statement(_GONE, (label, f"“{mark.mark.text}”", why), dim=(why,))


def before_text(session: Session) -> TitledText:
    """Return the texts before and now, and every label with what became of it; `LabelError` for none."""
    if not session.before:
        raise LabelError(_("no build has changed this pair since you labelled it"))
    return TitledText(_("What was there before"), list(_blocks(session)))


def _blocks(session: Session) -> Iterator[TextBlock]:
    ui = current_language().ui
    base = DIRECTIONS[ui]
    for item in session.before:
        for lang in LANGS:
            text = item.text(lang)
            if lang in item.changed and text is not None:
                yield TextBlock(_(_WAS[lang]), base, "heading")
                yield TextBlock(text, DIRECTIONS[lang])
                yield TextBlock(_(_NOW[lang]), base, "heading")
                yield TextBlock(session.pair.text(lang) or "—", DIRECTIONS[lang])
        yield TextBlock(_("Labels"), base, "heading")
        for text in _labels(session, item, ui):
            yield TextBlock(text, base, "item")


def _labels(session: Session, item: LabelsBefore, ui: Lang) -> Sequence[str]:
    """Each label of a pair before, and what became of it."""
    lost = [(mark.mark, _why(session, mark)) for mark in item.marks if mark.loss]
    now = {tuple(row.parts) for row in statements(session.draft, session.scheme, ui, None)}
    found: list[str] = []
    for row in statements(item.placed, session.scheme, ui, None):
        here = (
            _("is here") if tuple(row.parts) in now else _("dropped when the text changed; can be taken back")
        )
        found.append(f"{' '.join(row.parts)}: {here}")
    found += [f"{_label_of_mark(session.scheme, mark, ui)} “{mark.text}”: {why}" for mark, why in lost]
    return found


def _why(session: Session, mark: MarkBefore) -> str:
    if mark.loss == "elsewhere":
        row = session.reader.index.row(mark.pair_id)
        if row is not None:
            return _("went to pair #{number}").format(number=row + 1)
    return _("its words are not here any more")


def _label_of_mark(scheme: LabelScheme, mark: Entity | Flag, ui: Lang) -> str:
    if isinstance(mark, Entity):
        return label_name(scheme, "entity", mark.type, ui)
    return label_name(scheme, "flag", mark.kind, ui)
