"""A task of Label Studio as the annotations that have arrived with it.

A task is known by `pair_id` in its data. What is wrong in one annotation leaves the others alone. An
annotation that somebody else has changed since is two: what its annotator said, and that person's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hashiya.corpus.exchange.labelstudio.edits import as_editor_s, for_review, foreign_edit, starred
from hashiya.corpus.exchange.labelstudio.page.read_results import (
    PageReading,
    read_annotation,
    sent_annotation,
)
from hashiya.corpus.exchange.labelstudio.page.result_values import Unreadable
from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.outcome import LAYERS, Outcome
from hashiya.corpus.journal.journal_reader import JournalReader
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.codec import from_object
from hashiya.schema.covers import full_covers
from hashiya.schema.errors import LabelError, Problem
from hashiya.schema.records import LANGS, Annotation, Lang, Pair, Place, SchemeRef
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import faults, fits


@dataclass(frozen=True, slots=True)
class Arrival:
    """An annotation that came from Label Studio.

    `base` is what had been sent, if anything was; `number` is the server's of the annotation, if it told.
    `where` names file or project, task and annotation. `page` is what stands there. An edit of somebody
    else's annotation has no number of its own: `edit_of` is that of the annotation. What is `beside` is not
    what both sides agree on of its annotator: it stands there in a second place.
    """

    where: str
    annotation: Annotation
    base: Annotation | None
    number: int | None
    page: PageReading | None = None
    edit_of: int | None = None
    beside: bool = False


@dataclass(frozen=True, slots=True)
class _TaskPair:
    """The data of a task; `pair` and `place` are `None` where the corpus has the pair no more."""

    pair_id: str
    data: Mapping[str, Any]
    pair: Pair | None
    place: Place | None


Agreed = Mapping[str, tuple[Annotation, int | None]]
"""What both sides last agreed on of a pair, and its number there, by annotator."""
_FOREIGN = (
    "no pair_id in their data: they were not made by hashiya; `hashiya convert from labelstudio` finds "
    "their texts in a corpus, `hashiya import` makes a corpus of them"
)
_UNREAD = {
    "drafts": ("drafts", "not submitted there"),
    "completions": (
        "annotations",
        "as Label Studio before 1.0 exported them: import the file into a present one",
    ),
}


@dataclass(slots=True)
class TaskReader:
    """Reads tasks against a corpus and its journal; what cannot be read is told to `outcome` and left out."""

    corpus: GenerationReader
    scheme: LabelScheme
    people: People
    outcome: Outcome
    journal: JournalReader
    numbers_only: int = 0
    """Predictions of which only the numbers came."""

    def arrivals(self, task: Any, where: str, agreed: Agreed | None = None) -> Iterator[Arrival]:
        """Yield the annotations of a task; `agreed` are those of its pair that both sides last held."""
        data, pair_id = _data(task), _pair_id(task)
        if pair_id is None:
            first = None if ("tasks", _FOREIGN) in self.outcome.left_out else where
            self.outcome.leave("tasks", _FOREIGN, where=first)
            return
        where = f"{where}, pair {pair_id[:12]}"
        given = [*_objects(task, "annotations"), *_predictions(task)]
        self._leave_unread(task)
        if not given:
            return
        of = self._task_pair(pair_id, data)
        fault = self._fault(of)
        if fault is not None:
            self.outcome.leave("annotations", fault, len(given), where=where)
            return
        taken: set[str] = set()
        for number, item in enumerate(given, start=1):
            item_where = f"{where}, annotation {item.get('id', number)}"
            found = self._arrivals(item, of, taken, agreed or {}, item_where)
            if isinstance(found, Unreadable):
                self.outcome.leave("annotations", found.why, where=item_where)
                continue
            taken.update(arrival.annotation.annotator for arrival in found)
            yield from found

    def row(self, task: Any) -> int | None:
        """Return the row of a task's pair; `None` where it names none, or one that the corpus lacks."""
        pair_id = _pair_id(task)
        return None if pair_id is None else self.corpus.index.row(pair_id)

    def _task_pair(self, pair_id: str, data: Mapping[str, Any]) -> _TaskPair:
        row = self.corpus.index.row(pair_id)
        if row is None:
            return _TaskPair(pair_id, data, None, None)
        pair = self.corpus.pair(row)
        return _TaskPair(pair_id, data, pair, self.corpus.place(row, pair))

    def _fault(self, of: _TaskPair) -> str | None:
        """Return why nothing of a task can be taken."""
        ref = _scheme_ref(of.data)
        if ref is not None and not fits(ref, self.scheme):
            now = self.scheme.ref
            return f"made with the scheme {ref.name} {ref.version}, the corpus has {now.name} {now.version}"
        for lang in LANGS:
            if of.pair is not None and of.data.get(lang, "") != (of.pair.text(lang) or ""):
                return f"the text {lang!r} was changed there, and offsets count in it"
        return None

    def _leave_unread(self, task: Mapping[str, Any]) -> None:
        """Count what a task holds beside annotations and predictions that are read."""
        for name, (what, why) in _UNREAD.items():
            items = task.get(name)
            if isinstance(items, list) and items:
                self.outcome.leave(what, why, len(items))
        for name in ("annotations", "predictions"):
            items = task.get(name)
            broken = sum(not isinstance(item, dict) for item in items) if isinstance(items, list) else 0
            if broken and name == "annotations":
                self.outcome.leave(name, "they are no objects", broken)
            self.numbers_only += broken if name == "predictions" else 0

    def _arrivals(
        self, given: Mapping[str, Any], of: _TaskPair, taken: set[str], agreed: Agreed, where: str
    ) -> list[Arrival] | Unreadable:
        """Return an annotation, and after it, where somebody else has changed it, that person's."""
        results = given.get("result")
        if not isinstance(results, list) or not all(isinstance(item, dict) for item in results):
            return Unreadable("their result is no list of objects")
        sent = self._sent(results, of.pair_id, where)
        blank = self._blank(given, of, sent, taken)
        if isinstance(blank, Unreadable):
            return blank
        first = sent
        if sent is not None and sent.annotator != blank.annotator:  # a copy of another one's annotation
            sent = replace(sent, annotator=blank.annotator, origin=blank.origin, created_at=blank.created_at)
            first = None
        told = len(self.outcome.problems)

        def tell(what: str, region: str, why: str) -> None:
            self.outcome.leave(what, why, where=f"{where}, region {region}")

        texts: dict[Lang, str | None] = {lang: _text(of.data.get(lang)) or None for lang in LANGS}
        page = read_annotation(given, blank, sent, texts=texts, scheme=self.scheme, tell=tell)
        annotation = page.annotation
        if of.pair is not None:
            annotation = replace(annotation, place=blank.place)
            # What nobody changed came as it was sent; but a hand may have edited a file, hidden text and all.
            if wrong := faults(annotation, of.pair, self.scheme):
                return Unreadable("; ".join(wrong))
        whole = len(self.outcome.problems) == told
        # What could not be read was perhaps a mark; what stood there already when it was sent is not new.
        if page.doubts or (not whole and not page.as_sent):
            annotation = for_review(annotation)
        self._tell_borders(page, where)
        given_number = given.get("id")
        number = given_number if isinstance(given_number, int) else None
        base, base_number = agreed.get(blank.annotator, (None, None))
        known = first if base is None or base_number not in {None, number} else base
        edit = foreign_edit(given, annotation, known, self.people, self.journal)
        if edit is not None and edit.before is not None:
            before = edit.before if of.place is None else replace(edit.before, place=of.place)
            changed = starred(as_editor_s(annotation, edit, given), given, before)
            what = f"{edit.editor} has changed it there: that is {edit.editor}'s, beside {blank.annotator}'s"
            self.outcome.problems.append(Problem(where, what, left_out=False))
            self._count(before, whole=True)
            self._count(changed, whole=whole)
            return [
                Arrival(where, before, before, number, page),
                Arrival(f"{where}, changed by {edit.editor}", changed, None, None, page, edit_of=number),
            ]
        if edit is not None:
            why = f"{edit.editor} changed it there, and what {blank.annotator} had said is not known"
            self.outcome.leave("annotations", f"{why}: {blank.annotator}'s, for review", where=where)
            annotation, whole = for_review(annotation), False
        annotation = starred(annotation, given, sent)
        self._count(annotation, whole=whole)
        return [Arrival(where, annotation, sent, number, page)]

    def _tell_borders(self, page: PageReading, where: str) -> None:
        for region, why in page.doubts:
            self.outcome.problems.append(Problem(f"{where}, region {region}", why, left_out=False))
        if page.mended:
            self.outcome.convert("entities", "without the white space at their edges", page.mended)

    def _sent(self, results: Sequence[Mapping[str, Any]], pair_id: str, where: str) -> Annotation | None:
        """Return what was sent of a pair with results; what is no longer that is told."""
        try:
            sent = sent_annotation(results)
        except LabelError as error:
            self.outcome.leave(
                "what the page does not show", f"its hidden text was changed: {error}", where=where
            )
            return None
        if sent is not None and sent.pair_id != pair_id:
            self.outcome.leave("what the page does not show", "it is that of another pair", where=where)
            return None
        return sent

    def _blank(
        self, given: Mapping[str, Any], of: _TaskPair, sent: Annotation | None, taken: set[str]
    ) -> Annotation | Unreadable:
        """Return an annotation without labels: whose it is, and where it belongs."""
        place = of.place or (sent.place if sent else None)
        if place is None:
            return Unreadable("the corpus has no such pair")
        if of.pair is None and sent and not _stands_on(sent.place, of.data):
            return Unreadable("the corpus has no such pair, nor is it the text that was sent")
        annotator = self._annotator(given, of.pair_id, sent, taken)
        if annotator is None:
            return Unreadable("nobody is named who made them")
        return Annotation(
            pair_id=of.pair_id,
            annotator=annotator,
            status="done",
            covers=None if of.pair is None else full_covers(self.scheme, of.pair),
            scheme=_scheme_ref(of.data) or self.scheme.ref,
            origin="suggested" if "model_version" in given else "imported",
            place=place,
            created_at=_text(given.get("created_at")),
        )

    def _annotator(
        self, given: Mapping[str, Any], pair_id: str, sent: Annotation | None, taken: set[str]
    ) -> str | None:
        """Return who made an annotation: who had made it when it was sent, else the user who completed it.

        A suggestion that came as an annotation is one that this user has accepted.
        """
        accepted = sent is not None and sent.origin == "suggested" and "model_version" not in given
        if sent is not None and sent.annotator not in taken and not accepted:
            return sent.annotator
        user = given.get("completed_by", given.get("model_version"))
        annotator = self.people.annotator(user)
        if annotator is None:
            return None
        # Who is known by a table may stand here by the e-mail that came before there was one.
        names = list(self.people.names(annotator))
        stands = (name for name in names if len(names) > 1 and self.journal.history(pair_id, name))
        return next(stands, annotator)

    def _count(self, annotation: Annotation, *, whole: bool) -> None:
        what = "predictions" if annotation.origin == "suggested" else "annotations"
        if whole:
            self.outcome.keep(what)
        else:
            self.outcome.convert(what, "without what is left out of them")
        for layer in LAYERS:
            self.outcome.keep(layer, len(getattr(annotation, layer)))


def _data(task: Any) -> Mapping[str, Any]:
    data = task.get("data") if isinstance(task, dict) else None
    return data if isinstance(data, dict) else {}


def _pair_id(task: Any) -> str | None:
    return _text(_data(task).get("pair_id"))


def _objects(task: Mapping[str, Any], name: str) -> list[Any]:
    items = task.get(name)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _predictions(task: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Yield the predictions that came whole; most exports of a server hold their numbers only."""
    for item in _objects(task, "predictions"):
        if isinstance(item.get("result"), list):
            yield {"model_version": "", **item}


def _scheme_ref(data: Mapping[str, Any]) -> SchemeRef | None:
    try:
        return from_object(SchemeRef, data["scheme"], "scheme") if "scheme" in data else None
    except (LabelError, TypeError):
        return SchemeRef(name=str(data["scheme"]), version="?")


def _stands_on(place: Place, data: Mapping[str, Any]) -> bool:
    """Return whether the texts of a task are those that its annotation was made on."""
    for lang in LANGS:
        anchor = place.anchor(lang)
        if text_hash(str(data.get(lang, ""))) != (anchor.text_hash if anchor else text_hash("")):
            return False
    return True


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
