"""An article whose sides are files of their own: text or a web page, in any mixture, or one side alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hashiya.corpus.sources.formats.text_file import read_text, text_fault
from hashiya.corpus.sources.metadata import make_document
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.source import (
    SourceDocument,
    SourceFile,
    SourceFormat,
    SourceHead,
    side_of,
    split_name,
)
from hashiya.schema.errors import MissingExtraError, Problem, ReportProblem
from hashiya.schema.records import LANGS, Lang


@dataclass(frozen=True, slots=True)
class _Side:
    lang: Lang
    path: Location
    text: str
    fields: Mapping[str, str]


def read_article(source: SourceFile, head: SourceHead, report: ReportProblem) -> Iterator[SourceDocument]:
    """The one document of a source; none if any of its sides is at fault."""
    sides: dict[Lang, _Side] = {}
    whole = True
    for path in source.texts:
        parts = split_name(path.name)
        side = None if parts is None else _READERS[parts[2]](path, report)
        if side is None:
            whole = False
        elif side.lang in sides:
            report(
                Problem(str(path), f"is the {side.lang} side, and so is {sides[side.lang].path}: keep one")
            )
            whole = False
        else:
            sides[side.lang] = side
    if not whole:
        return
    texts = {lang: sides[lang].text if lang in sides else None for lang in LANGS}
    fields = {**_stated(list(sides.values()), head, report), **head.fields}
    yield SourceDocument(
        document=make_document(head.doc_id, texts["ar"], texts["en"], fields), where=str(source.texts[0])
    )


def _read_text(path: Location, report: ReportProblem) -> _Side | None:
    lang = side_of(path)
    text = None if lang is None else read_text(path, lang, report)
    return None if lang is None or text is None else _Side(lang, path, text, {})


def _read_page(path: Location, report: ReportProblem) -> _Side | None:
    try:
        from hashiya.corpus.sources.formats.webpage import read_page
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading HTML", "build") from error
    page = read_page(path, report)
    if page is None:
        return None
    lang = side_of(path) or page.lang
    if lang is None:
        what = "its language is unknown: call it NAME.ar.html or NAME.en.html, or give it an <html lang>"
        report(Problem(str(path), what))
        return None
    fault = text_fault(page.text, lang)
    if fault is not None:
        report(Problem(str(path), fault))
        return None
    return _Side(lang, path, page.text, page.fields)


_READERS: dict[SourceFormat, Callable[[Location, ReportProblem], _Side | None]] = {
    "text": _read_text,
    "html": _read_page,
}


def _stated(sides: list[_Side], head: SourceHead, report: ReportProblem) -> dict[str, str]:
    """What the pages say of the document: first the page it was written in, then the Arabic one.

    A licence covers the side it stands on, so it counts only where every side states the same.
    """
    written_in = head.fields.get("source_lang")
    fields: dict[str, str] = {}
    for side in sorted(sides, key=lambda side: (side.lang != written_in, LANGS.index(side.lang))):
        fields = {**side.fields, **fields}
    licences = {side.fields.get("licence") for side in sides}
    if len(licences) > 1:
        del fields["licence"]
        if "licence" not in head.fields:
            what = "the sides do not state the same licence: set licence in NAME.toml"
            report(Problem(str(sides[0].path), what, left_out=False))
    return fields
