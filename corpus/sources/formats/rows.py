"""Rows of a source, gathered into documents: whole articles, or aligned segments joined by newlines.

The segments of a document need not stand together. Rows are read twice, first to learn which is the last of
each document, so that a document is in memory only from its first row to its last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.corpus.sources.metadata import METADATA_FIELDS, checked_fields, doc_id_fault, make_document
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.source import SourceDocument, SourceHead
from hashiya.corpus.sources.text_faults import escaped_name, fault, trimmed, wrong_script
from hashiya.schema.errors import Problem, ReportProblem
from hashiya.schema.records import LANGS, Lang, Span

TEXTS: tuple[str, ...] = LANGS
IDS: tuple[str, ...] = ("id", "document", "doc_id")
ROW_COLUMNS: tuple[str, ...] = (*IDS, *TEXTS, *(name for name in METADATA_FIELDS if name not in IDS))
"""What is read of a row; anything else in it is named in one warning a file."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row: an article of its own (`whole`), or a segment of a document (None: the source's own).

    `where` is its file and number. A side is null or has more than white space; one of them has.
    """

    where: str
    document: str | None
    ar: str | None
    en: str | None
    whole: bool = False
    fields: Mapping[str, str] = field(default_factory=dict[str, str])

    def text(self, lang: Lang) -> str | None:
        """Return the text of one side."""
        return self.ar if lang == "ar" else self.en


ReadRows: TypeAlias = Callable[[ReportProblem], Iterator[SourceRow]]
"""Reads the rows of a file from its first, each time it is called."""


def make_row(where: str, values: Mapping[str, object], report: ReportProblem) -> SourceRow | None:
    """Return the row of `values` by column; None, and a report for each fault, if it cannot be used.

    A row with `document` or `doc_id` is a segment of that document, one with `id` alone a whole
    article, one with none of them a segment of the source's own document.
    """
    faults: list[str] = []
    texts = {lang: _text(lang, values.get(lang), faults) for lang in LANGS}
    ids = {name: _id(name, values.get(name), faults) for name in IDS}
    fields, others = checked_fields({name: values.get(name) for name in METADATA_FIELDS if name != "doc_id"})
    faults += others
    document = ids["document"] or ids["doc_id"]
    if ids["doc_id"] not in {None, document}:
        faults.append(f"document is {document!r} and doc_id is {ids['doc_id']!r}: leave one of them out")
    if not faults and not any(texts.values()):
        faults.append("has neither an Arabic text (ar) nor an English one (en)")
    for what in faults:
        report(Problem(where, what))
    if faults:
        return None
    whole = document is None and ids["id"] is not None
    return SourceRow(where, ids["id"] if whole else document, texts["ar"], texts["en"], whole, fields)


def document_of(values: Mapping[str, object], own: str) -> str | None:
    """Return the document that a row is a segment of, `own` if its values name none; None: it is whole."""
    ids = {name: _id(name, values.get(name), []) for name in IDS}
    return ids["document"] or ids["doc_id"] or (own if ids["id"] is None else None)


def name_of(values: Mapping[str, object], own: str) -> str:
    """Return the id of a row: of its document, or of itself."""
    return document_of(values, own) or _id("id", values.get("id"), []) or ""


def _text(name: str, value: object, faults: list[str]) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        faults.append(f"{name} is {value!r:.60}, which is no text")
        return None
    what = fault(value)
    if what is not None:
        faults.append(f"{name}, {what}")
    return None if what is not None or not value.strip() else value


def _id(name: str, value: object, faults: list[str]) -> str | None:
    # bool is an int to Python, and no id
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        faults.append(f"{name} is {value!r:.60}, which is neither text nor a whole number")
        return None
    what = doc_id_fault(value)
    if what is not None:
        faults.append(f"{name} = {value!a:.60}: {what}")
    return value


def gather(rows: ReadRows, head: SourceHead, report: ReportProblem) -> Iterator[SourceDocument]:
    """Yield the documents of `rows`, each when its last row was read; of a segment's beads, one a row."""
    last: dict[str, int] = {}
    for number, row in enumerate(rows(silent)):
        if not row.whole:
            last[row.document or head.doc_id] = number
    drafts: dict[str, _Draft] = {}
    for number, row in enumerate(rows(report)):
        doc_id = row.document or head.doc_id
        if row.whole:
            yield from _finished(_Draft(doc_id, row.where, head.fields).take_whole(row), report)
            continue
        draft = drafts.setdefault(doc_id, _Draft(doc_id, row.where, head.fields))
        draft.add(row, report)
        if last.get(doc_id) == number:
            yield from _finished(drafts.pop(doc_id), report)
    for draft in drafts.values():  # only if the file changed between the two readings
        yield from _finished(draft, report)


def silent(_problem: Problem) -> None:
    """Where the problems of a first reading go: the second one reports them."""


class _Draft:
    """A document while its rows come in."""

    def __init__(self, doc_id: str, where: str, fields: Mapping[str, str]) -> None:
        self.doc_id = doc_id
        self.where = where
        self.fields: dict[str, str] = {}
        self.shared = fields
        self.parts: dict[Lang, list[str]] = {lang: [] for lang in LANGS}
        self.lengths: dict[Lang, int] = dict.fromkeys(LANGS, 0)
        self.beads: list[GivenBead] = []

    def take_whole(self, row: SourceRow) -> _Draft:
        """Take the one row of an article that is still to be aligned."""
        self.fields.update(row.fields)
        for lang in LANGS:
            self._append(lang, row.text(lang))
        return self

    def add(self, row: SourceRow, report: ReportProblem) -> None:
        """Take one segment; of metadata that differ between rows the first stay."""
        for name, value in row.fields.items():
            kept = self.fields.setdefault(name, value)
            if kept != value:
                what = f"{name} is {value!r:.60}; document {self.doc_id} keeps {kept!r:.60} from before"
                report(Problem(row.where, what, left_out=False))
        ar, en = (self._append(lang, row.text(lang)) for lang in LANGS)
        self.beads.append(GivenBead(ar, en, segmented=False))

    def _append(self, lang: Lang, text: str | None) -> tuple[Span, ...]:
        if text is None:
            return ()
        start = self.lengths[lang]
        self.parts[lang].append(text)
        self.lengths[lang] += len(text) + len("\n")
        return (trimmed(text, start),)

    def take_text(self, lang: Lang) -> str | None:
        """Return the whole text of one side, and keep its parts no longer: they may fill the memory."""
        parts = self.parts.pop(lang)
        return "\n".join(parts) if parts else None


def _finished(draft: _Draft, report: ReportProblem) -> Iterator[SourceDocument]:
    texts: dict[Lang, str | None] = {lang: draft.take_text(lang) for lang in LANGS}
    faults = {lang: wrong_script(text, lang) for lang, text in texts.items() if text is not None}
    for lang, what in faults.items():
        if what is not None:
            report(Problem(draft.where, f"document {draft.doc_id}, side {lang}: {what}"))
    if any(faults.values()):
        return
    document = make_document(draft.doc_id, texts["ar"], texts["en"], {**draft.shared, **draft.fields})
    yield SourceDocument(document=document, where=draft.where, beads=tuple(draft.beads))


def unread(path: Location, names: Mapping[str, object], report: ReportProblem) -> None:
    """Warn once of the columns of `path` that nothing reads, in case one of them is misspelt."""
    if names:
        columns = ", ".join(map(escaped_name, sorted(names)))
        what = f"not read: {columns:.200}; the columns that are read: {', '.join(ROW_COLUMNS)}"
        report(Problem(str(path), what, left_out=False))
