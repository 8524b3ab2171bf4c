"""Beads that are given, by hand or by the source: the aligner obeys them.

A given bead holds ranges in the document's texts. Where `segmented` is true they are its sentences;
otherwise each range is a whole segment (a TMX unit, a line of a line-aligned file) whose inner sentences
are still to be found.

By hand they are written in `NAME.beads.json`::

    {"format": 1, "ar_sha256": "...", "en_sha256": "...",
     "beads": [{"ar": [[0, 5], [6, 9]], "en": [[0, 12]], "kind": "title"}, ...]}

Every range is a sentence, in code points of the document's text; on each side they go forward and never
overlap. The hashes, SHA-256 of the texts in UTF-8, are optional. What no bead covers is left to the aligner.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from hashiya.corpus.files.atomic import write_whole
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.errors import SourceError
from hashiya.schema.records import LANGS, Document, Kind, Lang, Span, record

BEADS_FORMAT = 1


@dataclass(frozen=True, slots=True)
class GivenBead:
    """Ranges of both sides that belong together; one side may be empty."""

    ar: tuple[Span, ...]
    en: tuple[Span, ...]
    kind: Kind | None = None
    segmented: bool = True

    def side(self, lang: Lang) -> tuple[Span, ...]:
        """Return the ranges of one side."""
        return self.ar if lang == "ar" else self.en


@record
class _Bead:
    ar: tuple[tuple[int, int], ...] = ()
    en: tuple[tuple[int, int], ...] = ()
    kind: Kind | None = None


@record
class _BeadsFile:
    format: int
    ar_sha256: str | None = None
    en_sha256: str | None = None
    beads: tuple[_Bead, ...]

    def sha256(self, lang: Lang) -> str | None:
        return self.ar_sha256 if lang == "ar" else self.en_sha256


@record(kw_only=False, unknown="ignore")
class _AnyFormat:
    format: int


_FILE = TypeAdapter(_BeadsFile)
_ANY_FORMAT = TypeAdapter(_AnyFormat)


def read_beads(path: Location, document: Document) -> tuple[GivenBead, ...]:
    """Return the beads that `path` gives for `document`; `SourceError` names file and bead at fault."""
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        # the format first: what a later one holds besides is no fault of the file
        version = _ANY_FORMAT.validate_json(data).format
        if version != BEADS_FORMAT:
            raise SourceError(f"{path}: is of format {version} and {BEADS_FORMAT} is known: update hashiya")
        content = _FILE.validate_json(data)
    except ValidationError as error:
        raise SourceError(f"{path}{_first_fault(error)}") from error
    for lang in LANGS:
        _check_text(path, document, lang, content.sha256(lang))
    beads = tuple(GivenBead(_spans(bead.ar), _spans(bead.en), bead.kind) for bead in content.beads)
    try:
        check_beads(beads, document)
    except SourceError as error:
        raise SourceError(f"{path}, {error}") from error
    return beads


def write_beads(path: Path, document: Document, beads: Sequence[GivenBead]) -> None:
    """Write `beads` so that `read_beads` gives them back, one a line, for `diff` and for eyes.

    `SourceError` if they do not fit the document, or hold segments instead of sentences. The file is
    replaced whole: whoever reads it meanwhile gets the old one or the new one.
    """
    check_beads(beads, document)
    for number, bead in enumerate(beads, 1):
        if not bead.segmented:
            raise SourceError(
                f"bead {number}: holds whole segments: find their sentences before writing them"
            )
    header: dict[str, object] = {"format": BEADS_FORMAT}
    for lang in LANGS:
        text = document.text(lang)
        if text is not None:
            header[f"{lang}_sha256"] = text_hash(text)
    lines = ",\n".join(f"    {json.dumps(_as_json(bead))}" for bead in beads)
    start = json.dumps(header, indent=2).removesuffix("\n}")
    body = f"[\n{lines}\n  ]" if beads else "[]"
    try:
        write_whole(path, f'{start},\n  "beads": {body}\n}}\n')
    except OSError as error:
        raise SourceError(f"{path}: cannot be written: {error.strerror}") from error


def check_beads(beads: Sequence[GivenBead], document: Document) -> None:
    """Hold `beads` against the texts of `document`: `SourceError` names one that does not fit.

    Ranges lie in the text, are not empty, have no outer white space, go forward on each side from bead to
    bead, and do not overlap; a bead has at least one.
    """
    for number, bead in enumerate(beads, 1):
        if not bead.ar and not bead.en:
            raise SourceError(f"bead {number}: has no range on either side: delete it")
    for lang in LANGS:
        text, reached = document.text(lang), 0
        for number, bead in enumerate(beads, 1):
            for span in bead.side(lang):
                fault = _span_fault(span, text, reached)
                if fault is not None:
                    raise SourceError(f"bead {number}: {lang} [{span.start}, {span.end}] {fault}")
                reached = span.end


def _span_fault(span: Span, text: str | None, reached: int) -> str | None:
    if text is None:
        return "is a range in a text that the document does not have"
    if not 0 <= span.start < span.end <= len(text):
        return f"is no range in a text of {len(text)} characters"
    if span.start < reached:
        return f"begins before {reached}, where the range before it ends"
    if text[span.start].isspace() or text[span.end - 1].isspace():
        return f"begins or ends with white space: {text[span.start : span.end][:40]!r}"
    return None


def _check_text(path: Location, document: Document, lang: Lang, expected: str | None) -> None:
    text = document.text(lang)
    if expected is not None and (text is None or text_hash(text) != expected.lower()):
        raise SourceError(
            f"{path}: was made for another text on the {lang} side ({lang}_sha256 differs): "
            "bring that text back, or align it anew and write the beads again"
        )


def _first_fault(error: ValidationError) -> str:
    detail = error.errors(include_url=False)[0]
    match detail["loc"]:
        case ("beads", int(index), *rest):
            place = f", bead {index + 1}: "
        case rest:
            place = ": "
    inner = ".".join(map(str, rest))
    return f"{place}{inner}{' ' if inner else ''}{detail['msg'][0].lower()}{detail['msg'][1:]}"


def _spans(ranges: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in ranges)


def _as_json(bead: GivenBead) -> dict[str, object]:
    sides: dict[str, object] = {
        lang: [[span.start, span.end] for span in bead.side(lang)] for lang in LANGS if bead.side(lang)
    }
    return sides if bead.kind is None else {**sides, "kind": bead.kind}
