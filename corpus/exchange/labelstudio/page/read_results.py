"""The results of Label Studio's page as an annotation: what a person changed, and all else as it was sent.

Every result is looked at by itself. One that cannot be right (a range beyond the text, an unknown label, a
relation to nowhere) is told of with its region and left out, and what was sent in its place stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.read_choices import (
    read_implications,
    read_stances,
    read_status,
)
from hashiya.corpus.exchange.labelstudio.page.read_regions import read_entities, read_flags, read_links
from hashiya.corpus.exchange.labelstudio.page.result_values import (
    PageResult,
    editable,
    is_time,
    note_of,
    texts_of,
)
from hashiya.corpus.exchange.labelstudio.page.sorted_results import SideTexts, SortedResults, TellRegion
from hashiya.corpus.exchange.labelstudio.page.write_results import visible_results
from hashiya.schema.codec import from_json
from hashiya.schema.records import Annotation, Lang
from hashiya.schema.scheme import LabelScheme


def sent_annotation(results: Sequence[PageResult]) -> Annotation | None:
    """Return the annotation that was sent with results; `LabelError` where a person has changed its text."""
    for result in results:
        if result.get("from_name") == controls.SENT:
            return from_json(Annotation, "\n".join(texts_of(result)), "the annotation as it was sent")
    return None


@dataclass(frozen=True, slots=True)
class PageReading:
    """What the page says: an annotation, and what of its `results` is not taken over into it.

    `left` are results that cannot be read, `noted` those that were read, with notes that have no place here.
    `as_sent` says that both stood there already when the annotation was sent. `doubts` say what is doubtful
    of regions, `mended` counts those that lost white space.
    """

    annotation: Annotation
    results: tuple[PageResult, ...]
    left: tuple[PageResult, ...] = ()
    noted: tuple[PageResult, ...] = ()
    as_sent: bool = False
    doubts: tuple[tuple[str, str], ...] = ()
    mended: int = 0


def rest_digest(left: Iterable[PageResult], noted: Iterable[PageResult]) -> str:
    """Return a short name of what stands in results beside an annotation; "" where nothing does."""
    parts = {json.dumps([*_said_by(result), note_of(result)], sort_keys=True) for result in left}
    parts |= {json.dumps([result.get("id"), note_of(result)]) for result in noted}
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:12] if parts else ""


def _said_by(result: PageResult) -> Iterator[object]:
    """Yield what of a result says something; the page adds and drops other keys."""
    if result.get("from_name") != controls.IMPLICATIONS:  # their paths are written as one result
        yield result.get("id")
    for name in ("from_name", "type", "value", "from_id", "to_id"):
        yield result.get(name)


def read_annotation(
    given: Mapping[str, Any],
    blank: Annotation,
    sent: Annotation | None,
    *,
    texts: SideTexts,
    scheme: LabelScheme,
    tell: TellRegion,
) -> PageReading:
    """Return what an annotation object of Label Studio says.

    `sent` is what was sent, if anything was, else `blank` says whose and where it is. `texts` are the sides
    that offsets count in. One that nobody changed comes back as it was sent, to the letter.
    """
    everything: Sequence[PageResult] = given.get("result") or ()
    page = tuple(result for result in everything if result.get("from_name") != controls.SENT)
    skipped = bool(given.get("was_cancelled"))
    same_status = sent is not None and (sent.status == "skipped") == skipped
    same = same_status and sent is not None and editable(page) == editable(visible_results(sent))
    if same and sent is not None and not any(map(note_of, page)):
        return PageReading(sent, page)
    results = SortedResults(texts, scheme, sent, tell)
    results.add(page)
    annotation = _read(given, results, blank, sent, skipped=skipped)
    noted = tuple(_tell_notes(results, page))
    left = tuple(results.left)
    mark = rest_digest(left, noted)
    return PageReading(
        annotation,
        page,
        left,
        noted,
        as_sent=mark != "" and mark == _mark_sent(everything),
        doubts=tuple(results.doubts),
        mended=results.mended,
    )


def _tell_notes(results: SortedResults, page: Iterable[PageResult]) -> Iterator[PageResult]:
    """Tell of the notes of regions that were read, and yield their results."""
    told: set[object] = set()
    for result in page:
        if note_of(result) and result not in results.left:
            yield result
            if result.get("id") not in told:
                results.tell("notes", str(result.get("id")), f"{note_of(result)!r} has no place here")
            told.add(result.get("id"))


def _mark_sent(results: Iterable[PageResult]) -> str:
    """Return the name of what stood beside an annotation when it was sent."""
    names = (str(result.get("id")) for result in results if result.get("from_name") == controls.SENT)
    return next(names, "").removeprefix(controls.SENT).removeprefix("-")


def _read(
    given: Mapping[str, Any],
    results: SortedResults,
    blank: Annotation,
    sent: Annotation | None,
    *,
    skipped: bool,
) -> Annotation:
    entities = tuple(read_entities(results))
    sides: dict[str, Lang] = {entity.id: entity.lang for entity in entities}
    status = "skipped" if skipped else read_status(results)
    read = replace(
        sent or blank,
        status=status,
        covers=blank.covers if status == "done" else (sent.covers if sent else ()),
        entities=entities,
        flags=tuple(read_flags(results)),
        links=tuple(read_links(results, sides)),
        stances=tuple(read_stances(results, sides)),
        implications=tuple(read_implications(results)),
        comment=_comment(results),
        seconds=_seconds(given, results),
        scheme=blank.scheme,
    )
    # Who changed nothing looked at no more than before.
    if sent is not None and replace(read, covers=sent.covers, seconds=sent.seconds) == sent:
        return replace(read, covers=sent.covers)
    return read


def _comment(results: SortedResults) -> str | None:
    texts = [text for result in results.of(controls.COMMENT).values() for text in texts_of(result)]
    return "\n".join(texts) or None


def _seconds(given: Mapping[str, Any], results: SortedResults) -> float | None:
    value = given.get("lead_time")
    if value is not None and is_time(value):
        return float(value)
    if value is not None:
        results.tell("seconds", "lead_time", f"{value!r} is no time")
    return results.sent.seconds if results.sent else None
