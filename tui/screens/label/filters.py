"""The choices of pairs to go through: by state, by label, by document."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from hashiya.corpus.text.fold import fold
from hashiya.schema.records import LabelLayer, Lang
from hashiya.schema.scheme import Section
from hashiya.tui.screens.choose import FindEntries, among
from hashiya.tui.screens.label.header_footer import state_name
from hashiya.tui.session.queue import STATES, Filter, State
from hashiya.tui.session.session import Session
from hashiya.tui.settings.language import _
from hashiya.tui.widgets.entry_list import Entry

_MOST_DOCUMENTS = 200
_FIELDS: dict[Section, tuple[LabelLayer, str]] = {
    "entity": ("entities", "type"),
    "stance": ("stances", "stance"),
    "target": ("stances", "target"),
    "channel": ("implications", "channel"),
    "flag": ("flags", "kind"),
}


def filter_entries(session: Session, ui: Lang) -> FindEntries:
    """Return a search of the filters there are by what is typed; of documents, the first that fit."""
    states = [
        Entry(
            f"state:{state}",
            state_name(session, state),
            f"{len(session.standings.rows(Filter(state))):,}",
            _("State"),
        )
        for state in session.state_names or STATES
        if state != "assigned" or session.standings.total(assigned=True)
    ]
    labels = [
        Entry(f"label:{section}:{label.id}", label.name.text(ui), label.id, _("With a label of yours"))
        for section in _FIELDS
        for label in (session.scheme.labels(section) if session.state_names is None else ())
    ]
    find_fixed = among([*states, *labels])

    def find(query: str) -> Sequence[Entry]:
        words = fold(query).split()
        found = (
            Entry(f"document:{number}", title or doc_id, doc_id, _("Document"))
            for number, (doc_id, title) in enumerate(session.reader.each_title())
            if all(word in fold(f"{title or ''} {doc_id}") for word in words)
        )
        return [*find_fixed(query), *islice(found, _MOST_DOCUMENTS)]

    return find


def chosen_filter(key: str) -> Filter:
    """Return the filter that an entry stands for."""
    kind, _sep, value = key.partition(":")
    if kind == "document":
        return Filter(document=int(value))
    if kind == "label":
        section, _sep, label = value.partition(":")
        layer, field = next(place for name, place in _FIELDS.items() if name == section)
        return Filter(label=(layer, field, label))
    state: State = next(state for state in STATES if state == value)
    return Filter(state)
