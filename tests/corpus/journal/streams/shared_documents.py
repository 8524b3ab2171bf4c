"""A document that replicas edit: made-up texts, journals in memory, and what comes of both together."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from hashiya.corpus.journal.event import DOCUMENT_STREAM, Event
from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.sqlite.database import SqliteDatabase
from hashiya.corpus.journal.streams.document_state import BuiltDocument
from hashiya.corpus.journal.streams.documents import EditedDocument, edited_document
from hashiya.corpus.journal.streams.edit_document import bead_edit, record_edit, text_edit
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.schema.records import LANGS, Lang, Span
from tests import corpora
from tests.strategies import PIECES

ROWS = [
    ("قالَ: لا، الذكـــاءُ الاصطناعيّ!", "He said: no, AI 👩‍💻!"),
    ("ﻻ شيء لأن كِتَابٌ.", "Nothing,\r\nfor a book."),
    ("كلفت ٣٫٥ مليار", None),
    ("وكان 🇸🇦 «هنا»؟", "And it was here?\r\nYes."),
]


def built(rows: corpora.Rows = ROWS, beads_sha256: str | None = None) -> BuiltDocument:
    document, beads = corpora.document("news/1", rows)
    return BuiltDocument(document, tuple(beads), beads_sha256)


def open_fresh() -> Journal:
    """An empty journal; `conftest` says where."""
    return Journal(SqliteDatabase.in_memory())


def replica(events: Iterable[Event] = ()) -> Journal:
    journal = open_fresh()
    bring(journal, events)
    return journal


def bring(journal: Journal, events: Iterable[Event]) -> None:
    """What merging does with events, without files."""
    here = {event.event_id for event in events_of(journal)}
    with journal.database.transaction():
        journal.database.append([event for event in events if event.event_id not in here])


def events_of(journal: Journal) -> list[Event]:
    return list(journal.shared(DOCUMENT_STREAM, "news/1").events.values())


def standing(journal: Journal, base: BuiltDocument) -> EditedDocument:
    return edited_document(base, journal.shared(DOCUMENT_STREAM, "news/1"))


def together(base: BuiltDocument, *journals: Journal) -> EditedDocument:
    return edited_document(base, SubjectEvents(event for journal in journals for event in events_of(journal)))


def change(journal: Journal, base: BuiltDocument, old: str, new: str, author: str = "layla") -> Event:
    """Put a text in the place of another where it first stands, on whichever side."""
    edited = standing(journal, base)
    lang, start = next((lang, at) for lang, text in edited.texts.items() if (at := text.text.find(old)) >= 0)
    return record_edit(journal, base, author, text_edit(edited, lang, Span(start, start + len(old)), new))


def rebead(
    journal: Journal, base: BuiltDocument, removed: list[int], placed: list[GivenBead], author: str = "layla"
) -> Event:
    return record_edit(journal, base, author, bead_edit(standing(journal, base), removed, placed))


def given(edited: EditedDocument, number: int, **sides: tuple[Span, ...]) -> GivenBead:
    """A bead that stands, with one of its sides changed."""
    bead = edited.beads[number]
    made: dict[Lang, tuple[Span, ...]] = {
        lang: sides.get(lang, tuple(Span(item.start, item.end) for item in bead.side(lang))) for lang in LANGS
    }
    return GivenBead(made["ar"], made["en"])


def words() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(PIECES), max_size=4).map("".join)


def quotes(edited: EditedDocument) -> list[tuple[list[str], list[str]]]:
    return [
        tuple([edited.texts[lang].text[item.start : item.end] for item in bead.side(lang)] for lang in LANGS)  # type: ignore[misc]
        for bead in edited.beads
    ]


def unchanged(edited: EditedDocument, base: BuiltDocument) -> bool:
    return (edited.document, edited.beads) == (base.document, base.beads)
