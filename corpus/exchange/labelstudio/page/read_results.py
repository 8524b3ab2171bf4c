"""The results of Label Studio's page as an annotation: what a person changed, and all else as it was sent.

Every result is looked at by itself. One that cannot be right (a range beyond the text, an unknown label, a
relation to nowhere) is told of with its region and left out, and what was sent in its place stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.read_choices import (
    read_implications,
    read_stances,
    read_status,
)
from hashiya.corpus.exchange.labelstudio.page.read_regions import read_entities, read_flags, read_links
from hashiya.corpus.exchange.labelstudio.page.result_values import PageResult, editable, is_time, texts_of
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


def read_annotation(
    given: Mapping[str, Any],
    blank: Annotation,
    sent: Annotation | None,
    *,
    texts: SideTexts,
    scheme: LabelScheme,
    tell: TellRegion,
) -> Annotation:
    """Return an annotation object of Label Studio as ours.

    `sent` is what was sent, if anything was, else `blank` says whose and where it is. `texts` are the sides
    that offsets count in. One that nobody changed comes back as it was sent, to the letter.
    """
    page = [result for result in given.get("result") or [] if result.get("from_name") != controls.SENT]
    skipped = bool(given.get("was_cancelled"))
    if sent and (sent.status == "skipped") == skipped and editable(page) == editable(visible_results(sent)):
        return sent
    results = SortedResults(texts, scheme, sent, tell)
    results.add(page)
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
