"""One side of a document from a text file of its own, stored as it came."""

from __future__ import annotations

from hashiya.corpus.sources.encoding import decode, read_source_bytes
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.text_faults import fault, wrong_script
from hashiya.schema.errors import ReportProblem
from hashiya.schema.records import Lang


def read_text(path: Location, lang: Lang, report: ReportProblem) -> str:
    """Return the text of a file in a language; ValueError says why it cannot be a side of a document."""
    text = decode(read_source_bytes(path), path, report)
    check_side(text, lang)
    return text


def check_side(text: str, lang: Lang) -> None:
    """Raise ValueError, which says why, where a text cannot be this side of a document."""
    if not text.strip():
        raise ValueError("is empty: if the document has no such side, delete the file")
    what = fault(text) or wrong_script(text, lang)
    if what is not None:
        raise ValueError(what)
