"""One side of a document from a text file of its own, stored as it came."""

from __future__ import annotations

from hashiya.corpus.sources.encoding import decode, read_source_bytes
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.text_faults import fault, wrong_script
from hashiya.schema.errors import Problem, ReportProblem
from hashiya.schema.records import Lang


def read_text(path: Location, lang: Lang, report: ReportProblem) -> str | None:
    """The text of ``path``, in ``lang``; None, and a report, if it cannot be a side of a document."""
    data = read_source_bytes(path, report)
    text = None if data is None else decode(data, path, report)
    if text is None:
        return None
    what = text_fault(text, lang)
    if what is not None:
        report(Problem(str(path), what))
    return None if what is not None else text


def text_fault(text: str, lang: Lang) -> str | None:
    """Why ``text`` cannot be the ``lang`` side of a document; None if it can."""
    if not text.strip():
        return "is empty: if the document has no such side, delete the file"
    return fault(text) or wrong_script(text, lang)
