"""A pair and its annotations as a task of Label Studio, and a task as annotations that have arrived.

A task is known by ``pair_id`` in its data: the numbers that a server gives mean nothing here. An absent
side is an empty text there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hashiya.corpus.exchange.labelstudio.page.read_results import kept_in, read_annotation
from hashiya.corpus.exchange.labelstudio.page.write_results import results
from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.store.document_view import anchors
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.codec import from_object, to_object
from hashiya.schema.errors import LabelError
from hashiya.schema.records import LANGS, Annotation, Lang, Pair, Place, SchemeRef
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import faults, fits

LAYERS = ("entities", "links", "stances", "implications", "flags")


@dataclass(frozen=True, slots=True)
class Arrival:
    """An annotation that came from Label Studio.

    ``base`` is what had been sent, if anything was; ``number`` is the server's of the annotation, if it
    told. ``where`` names file or project, task and annotation.
    """

    where: str
    annotation: Annotation
    base: Annotation | None
    number: int | None


def data_of(pair: Pair, scheme: LabelScheme) -> dict[str, Any]:
    """Return the data of a pair's task."""
    return {
        "pair_id": pair.pair_id,
        "doc_id": pair.doc_id,
        "index": pair.index,
        "kind": pair.kind,
        "ar": pair.ar or "",
        "en": pair.en or "",
        "scheme": to_object(scheme.ref),
    }


def annotation_object(annotation: Annotation, email: str | None = None) -> dict[str, Any]:
    """Return an annotation as Label Studio's, of the user with an e-mail, if one is given."""
    made: dict[str, Any] = {
        "result": results(annotation),
        "was_cancelled": annotation.status == "skipped",
        "ground_truth": annotation.origin in {"gold", "adjudicated"},
    }
    if annotation.seconds is not None:
        made["lead_time"] = annotation.seconds
    if email is not None:
        made["completed_by"] = {"email": email}
    return made


def prediction_object(annotation: Annotation) -> dict[str, Any]:
    """Return a suggestion as Label Studio's prediction; who made it is its model version."""
    return {"model_version": annotation.annotator, "result": results(annotation)}


def task_of(
    pair: Pair, scheme: LabelScheme, annotations: Sequence[Annotation], people: People | None = None
) -> dict[str, Any]:
    """Return a pair with all its annotations as a task; suggestions are predictions.

    With ``people`` annotations name their users, whom the server must know.
    """
    made = [
        annotation_object(item, people.email(item.annotator) if people else None)
        for item in annotations
        if item.origin != "suggested"
    ]
    suggested = [prediction_object(item) for item in annotations if item.origin == "suggested"]
    return {"data": data_of(pair, scheme), "annotations": made, "predictions": suggested}


def count_layers(outcome: Outcome, annotation: Annotation) -> None:
    """Count what an annotation holds as kept."""
    outcome.keep("annotations")
    for layer in LAYERS:
        if found := len(getattr(annotation, layer)):
            outcome.keep(layer, found)


@dataclass(slots=True)
class TaskReader:
    """Reads tasks against a corpus; what cannot be read is told to ``outcome`` and left out."""

    corpus: GenerationReader
    scheme: LabelScheme
    people: People
    outcome: Outcome

    def arrivals(self, task: Any, where: str) -> Iterator[Arrival]:
        """Yield the annotations of a task."""
        data = task.get("data") if isinstance(task, dict) else None
        if not isinstance(data, dict) or not isinstance(data.get("pair_id"), str):
            self.outcome.leave(
                "tasks", "no pair_id in their data: they were not made by hashiya", where=where
            )
            return
        pair_id = str(data["pair_id"])
        where = f"{where}, pair {pair_id[:12]}"
        given = [*_objects(task, "annotations"), *_predictions(task)]
        drafts = len(_objects(task, "drafts"))
        if drafts:
            self.outcome.leave("drafts", "not submitted there", drafts)
        if not given:
            return
        fault = self._fault(pair_id, data)
        if fault:
            self.outcome.leave("annotations", fault, len(given), where=where)
            return
        taken: set[str] = set()
        for number, item in enumerate(given, start=1):
            arrival = self._arrival(
                item, pair_id, data, taken, f"{where}, annotation {item.get('id', number)}"
            )
            if arrival is not None:
                taken.add(arrival.annotation.annotator)
                yield arrival

    def row(self, task: Any) -> int | None:
        """The row of a task's pair; None where it names none, or one that the corpus does not have."""
        data = task.get("data") if isinstance(task, dict) else None
        pair_id = data.get("pair_id") if isinstance(data, dict) else None
        return self.corpus.index.row(pair_id) if isinstance(pair_id, str) else None

    def pair(self, pair_id: str) -> Pair | None:
        """The pair of a task; None where the corpus has it no more."""
        row = self.corpus.index.row(pair_id)
        return None if row is None else self.corpus.pair(row)

    def place(self, pair_id: str) -> Place | None:
        """Where the pair of a task stands now."""
        row = self.corpus.index.row(pair_id)
        return None if row is None else anchors(self.corpus.document_of(row), self.corpus.pair(row))

    def _fault(self, pair_id: str, data: Mapping[str, Any]) -> str:
        """Why nothing of a task can be taken."""
        ref = _scheme_ref(data)
        if ref is not None and not fits(ref, self.scheme):
            now = self.scheme.ref
            return f"made with the scheme {ref.name} {ref.version}, the corpus has {now.name} {now.version}"
        pair = self.pair(pair_id)
        for lang in LANGS:
            if pair is not None and data.get(lang, "") != (pair.text(lang) or ""):
                return f"the text {lang!r} was changed there, and offsets count in it"
        return ""

    def _arrival(
        self, given: Mapping[str, Any], pair_id: str, data: Mapping[str, Any], taken: set[str], where: str
    ) -> Arrival | None:
        said = len(self.outcome.problems)

        def say(what: str, region: str, why: str) -> None:
            self.outcome.leave(what, why, where=f"{where}, region {region}")

        found = given.get("result")
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            self.outcome.leave("annotations", "their result is no list of objects", where=where)
            return None
        kept = self._kept(found, pair_id, where)
        place = self.place(pair_id) or (kept.place if kept else None)
        if place is None:
            self.outcome.leave("annotations", "the corpus has no such pair", where=where)
            return None
        if self.pair(pair_id) is None and kept and not _stands_on(kept.place, data):
            self.outcome.leave(
                "annotations", "the corpus has no such pair, nor is it the text that was sent", where=where
            )
            return None
        annotator = self._annotator(given, kept, taken)
        if annotator is None:
            self.outcome.leave("annotations", "nobody is named who made them", where=where)
            return None
        blank = Annotation(
            pair_id=pair_id,
            annotator=annotator,
            status="done",
            scheme=_scheme_ref(data) or self.scheme.ref,
            origin="suggested" if "model_version" in given else "imported",
            place=place,
            created_at=_text(given.get("created_at")),
        )
        if kept is not None and kept.annotator != annotator:  # somebody's copy of another one's annotation
            kept = replace(kept, annotator=annotator, origin=blank.origin, created_at=blank.created_at)
        texts: dict[Lang, str | None] = {lang: _text(data.get(lang)) or None for lang in LANGS}
        annotation = read_annotation(given, blank, kept, texts, self.scheme, say)
        pair = self.pair(pair_id)
        if pair is not None:
            annotation = replace(annotation, place=place)
            # What nobody changed came as it was sent; but a hand may have edited a file, hidden text and all.
            if wrong := faults(annotation, pair, self.scheme):
                self.outcome.leave("annotations", "; ".join(wrong), where=where)
                return None
        if len(self.outcome.problems) == said:
            self.outcome.keep("annotations")
        else:
            self.outcome.convert("annotations", "without what is wrong in them")
        for layer in LAYERS:
            self.outcome.keep(layer, len(getattr(annotation, layer)))
        number = given.get("id")
        return Arrival(where, annotation, kept, number if isinstance(number, int) else None)

    def _kept(self, found: Sequence[Mapping[str, Any]], pair_id: str, where: str) -> Annotation | None:
        try:
            kept = kept_in(found)
        except LabelError as error:
            self.outcome.leave(
                "what the page does not show", f"its hidden text was changed: {error}", where=where
            )
            return None
        if kept is not None and kept.pair_id != pair_id:
            self.outcome.leave("what the page does not show", "it is that of another pair", where=where)
            return None
        return kept

    def _annotator(self, given: Mapping[str, Any], kept: Annotation | None, taken: set[str]) -> str | None:
        """Who made an annotation: who had made it when it was sent, else the user who completed it.

        A suggestion that came as an annotation is one that this user has accepted.
        """
        accepted = kept is not None and kept.origin == "suggested" and "model_version" not in given
        if kept is not None and kept.annotator not in taken and not accepted:
            return kept.annotator
        user = given.get("completed_by", given.get("model_version"))
        return self.people.annotator(user)


def _objects(task: Mapping[str, Any], name: str) -> list[Any]:
    found = task.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _predictions(task: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """The predictions that came whole; most exports of a server hold their numbers only."""
    for item in _objects(task, "predictions"):
        if isinstance(item.get("result"), list):
            yield {"model_version": "", **item}


def _scheme_ref(data: Mapping[str, Any]) -> SchemeRef | None:
    try:
        return from_object(SchemeRef, data["scheme"], "scheme") if "scheme" in data else None
    except (LabelError, TypeError):
        return SchemeRef(name=str(data["scheme"]), version="?")


def _stands_on(place: Place, data: Mapping[str, Any]) -> bool:
    """Whether the texts of a task are those that its annotation was made on."""
    for lang in LANGS:
        anchor = place.anchor(lang)
        if text_hash(str(data.get(lang, ""))) != (anchor.text_hash if anchor else text_hash("")):
            return False
    return True


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
