"""An article whose sides are files of their own: text or a web page, in any mixture, or one side alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hashiya.corpus.sources.formats.text_file import check_side, read_text
from hashiya.corpus.sources.metadata import make_document
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.source import (
    SourceDocument,
    SourceFile,
    SourceHead,
    side_of,
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
    """Yield the one document of a source; none if any of its sides is at fault."""
    sides: dict[Lang, _Side] = {}
    whole = True
    for path in source.texts:
        try:
            side = _read_side(path, report)
            _check_new(side, sides)
        except ValueError as fault:
            report(Problem(str(path), str(fault)))
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


def _read_side(path: Location, report: ReportProblem) -> _Side:
    """Return the side that a file holds; ValueError says why it holds none."""
    lang = side_of(path)
    if path.name.lower().endswith(".txt") and lang is not None:
        return _Side(lang, path, read_text(path, lang, report), {})
    try:
        from hashiya.corpus.sources.formats.webpage import read_page
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading HTML", "build") from error
    page = read_page(path, report)
    lang = lang or page.lang
    if lang is None:
        raise ValueError(
            "its language is unknown: call it NAME.ar.html or NAME.en.html, or give it an <html lang>"
        )
    check_side(page.text, lang)
    return _Side(lang, path, page.text, page.fields)


def _check_new(side: _Side, sides: Mapping[Lang, _Side]) -> None:
    if side.lang in sides:
        raise ValueError(f"is the {side.lang} side, and so is {sides[side.lang].path}: keep one")


def _stated(sides: list[_Side], head: SourceHead, report: ReportProblem) -> dict[str, str]:
    """Return what the pages say of the document: first the page it was written in, then the Arabic one.

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
