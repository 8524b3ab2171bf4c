"""Two line-aligned files (Moses): line n of `NAME.ar` says what line n of `NAME.en` says.

Lines end at a newline and at nothing else. The files are the texts, as they came; a bead is a pair of lines.
"""

from __future__ import annotations

from collections.abc import Iterator

from hashiya.corpus.sources.formats.text_file import read_text
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.corpus.sources.metadata import make_document
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.source import SourceDocument, SourceFile, SourceHead, side_of
from hashiya.corpus.sources.text_faults import trimmed
from hashiya.schema.errors import Problem, ReportProblem
from hashiya.schema.records import LANGS, Lang, Span


def read_lines(source: SourceFile, head: SourceHead, report: ReportProblem) -> Iterator[SourceDocument]:
    """Yield the one document of `NAME.ar` and `NAME.en`."""
    paths = {side_of(path): path for path in source.texts}
    first = source.texts[0]
    if len(source.texts) != len(LANGS) or len(paths) != len(LANGS):
        report(Problem(str(first), "line-aligned files come in twos: it needs NAME.ar and NAME.en"))
        return
    texts = {lang: _read_side(paths[lang], lang, report) for lang in LANGS}
    ar, en = texts["ar"], texts["en"]
    if ar is None or en is None:
        return
    spans: dict[Lang, list[tuple[Span, ...]]] = {"ar": list(_spans(ar)), "en": list(_spans(en))}
    if len(spans["ar"]) != len(spans["en"]):
        counts = " and ".join(f"{paths[lang].name} has {len(spans[lang]):,}" for lang in LANGS)
        report(Problem(str(first), f"is not line-aligned: {counts} lines"))
        return
    beads = (GivenBead(*sides, segmented=False) for sides in zip(spans["ar"], spans["en"], strict=True))
    yield SourceDocument(
        document=make_document(head.doc_id, ar, en, head.fields),
        where=str(first),
        beads=tuple(bead for bead in beads if bead.ar or bead.en),
    )


def _read_side(path: Location, lang: Lang, report: ReportProblem) -> str | None:
    """Return the text of a side; None, and a report, where it is at fault."""
    try:
        return read_text(path, lang, report)
    except ValueError as fault:
        report(Problem(str(path), str(fault)))
        return None


def _spans(text: str) -> Iterator[tuple[Span, ...]]:
    """Yield for each line its range without outer white space, or nothing if it is blank."""
    start = 0
    for line in text.removesuffix("\n").split("\n"):
        yield (trimmed(line, start),) if line.strip() else ()
        start += len(line) + 1
