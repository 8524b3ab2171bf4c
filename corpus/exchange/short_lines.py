"""Lines with a pair's id, an annotator and labels alone: the rest is filled in from what stands."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from itertools import count
from typing import Any, cast

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.codec import from_object, to_object
from hashiya.schema.covers import full_covers, united_covers
from hashiya.schema.errors import LabelError
from hashiya.schema.records import LANGS, Annotation, AnnotationLine, Lang, Pair
from hashiya.schema.scheme import LabelScheme

_FILLED = {"status", "scheme", "origin", "place"}
"""Fields that an annotation must have and such a line need not."""
_QUOTING = ("entities", "flags")
"""Layers whose marks quote a side."""


class ShortLines:
    """Completes lines for a corpus: its pairs are read, its journal is asked for what stands."""

    def __init__(self, scheme: LabelScheme, reader: GenerationReader, journal: Journal) -> None:
        self._scheme = scheme
        self._reader = reader
        self._journal = journal

    def completed(self, line: bytes) -> AnnotationLine | None:
        """Return what a line and what it leaves to others say; `None` where it is no such line.

        A mark is given its quote, and an entity an id, where they have none. Layers that the line does not
        name stay as they stand. `LabelError` where the corpus has no such pair, or the line does not fit.
        """
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(said, dict) or said.keys() >= _FILLED or not isinstance(said.get("pair_id"), str):
            return None
        said = cast("dict[str, Any]", said)
        if "annotator" not in said:
            raise LabelError(": annotator: is missing; say whose labels they are")
        row = self._reader.index.row(said["pair_id"])
        if row is None:
            what = f"the corpus has no pair {said['pair_id']}, and without a place it is not looked for"
            raise LabelError(f": {what}")
        pair = self._reader.pair(row)
        given = {**said, **{layer: _quoted(said[layer], pair) for layer in _QUOTING if layer in said}}
        if isinstance(given.get("entities"), list):
            given["entities"] = _named(given["entities"])
        standing = self._standing(pair.pair_id, said.get("annotator"))
        whole = {**to_object(standing or self._blank(row, pair)), **given}
        if standing is not None and from_object(AnnotationLine, whole, "").annotation() == standing:
            return from_object(AnnotationLine, whole, "")
        news = {"origin": "imported", "covers": self._covers(standing, pair, said)}
        return from_object(
            AnnotationLine, {**whole, "seconds": None, "created_at": None, **news, **given}, ""
        )

    def _standing(self, pair_id: str, annotator: Any) -> Annotation | None:
        found = self._journal.standing(pair_id, annotator) if isinstance(annotator, str) else ()
        annotations = [annotation for item in found for annotation in item.annotations]
        return annotations[0] if len(annotations) == 1 else None

    def _blank(self, row: int, pair: Pair) -> Annotation:
        return Annotation(
            pair_id=pair.pair_id,
            annotator="",
            status="done",
            covers=(),
            scheme=self._scheme.ref,
            origin="imported",
            place=self._reader.place(row, pair),
        )

    def _covers(
        self, standing: Annotation | None, pair: Pair, said: Mapping[str, Any]
    ) -> list[dict[str, Any]] | None:
        """Return what is covered: the layers that the line names, beside what stands."""
        named = [cover for cover in full_covers(self._scheme, pair) if cover.layer in said]
        covers = united_covers(() if standing is None else standing.covers, tuple(named))
        return None if covers is None else [to_object(cover) for cover in covers]


def _quoted(marks: Any, pair: Pair) -> Any:
    """Return marks, each with the text that it stands on; what is no mark is left as it is."""
    return [_with_quote(mark, pair) for mark in marks] if isinstance(marks, list) else marks


def _with_quote(mark: Any, pair: Pair) -> Any:
    if not isinstance(mark, dict) or "text" in mark:
        return mark
    text = next((pair.text(lang) for lang in LANGS if lang == mark.get("lang")), None)
    start, end = mark.get("start"), mark.get("end")
    if text is None or not isinstance(start, int) or not isinstance(end, int) or start < 0:
        return mark
    return {**mark, "text": text[start:end]}


def _named(entities: list[Any]) -> list[Any]:
    """Return entities of which each has an id: those without one are numbered by their language."""
    used = {entity.get("id") for entity in entities if isinstance(entity, dict)}
    free = {lang: _free_ids(lang, used) for lang in LANGS}
    return [
        {**entity, "id": next(free[entity["lang"]])}
        if isinstance(entity, dict) and "id" not in entity and entity.get("lang") in free
        else entity
        for entity in entities
    ]


def _free_ids(lang: Lang, used: Collection[Any]) -> Iterator[str]:
    return (name for number in count(1) if (name := f"{lang}{number}") not in used)
