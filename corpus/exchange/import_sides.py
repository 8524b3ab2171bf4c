"""Sides -> annotations of one annotator, each put into what stands for its pair; nothing is recorded here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hashiya.corpus.exchange.match_sides import match_sides
from hashiya.corpus.exchange.merge_layers import MergedSides, merge_sides
from hashiya.corpus.exchange.outcome import LeftOut, Outcome
from hashiya.corpus.exchange.read_marks import MarkReader, SideLabels
from hashiya.corpus.exchange.sides import Side, SideLayer
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.document_view import anchors
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.covers import united_covers
from hashiya.schema.errors import LabelError, Problem
from hashiya.schema.records import LANGS, Annotation, Cover, LabelLayer, Lang, Pair, Place, Status
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import faults

_LEAST_FINISHED: tuple[Status, ...] = ("review", "draft", "unsure", "skipped", "done")
_LabelledSides = Mapping[Lang, tuple[Side, SideLabels]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Whose labels they are, of which status, and whether they win over what stands.

    Without `status` it is what the file says; where that says nothing, it is *done* for what is new.
    """

    annotator: str
    status: Status | None = None
    replace: bool = False


def annotations_of(
    corpus: Corpus, sides: Sequence[Side], terms: Terms, holds: Collection[SideLayer], outcome: Outcome
) -> Iterator[tuple[str, Annotation]]:
    """Yield what is to be recorded, each with where it comes from."""
    own = _own(sides, terms.annotator, outcome)
    with corpus.journal(write=False) as journal, GenerationReader(corpus.generation()) as reader:
        pairs = _labels_by_row(own, reader, MarkReader(corpus.scheme, holds, outcome), outcome)
        with_flags = "flags" in holds and _any_flags(pairs.values())
        importer = _Importer(corpus.scheme, terms, journal, reader, outcome, with_flags)
        for row, labelled in sorted(pairs.items()):
            yield from importer.annotations(row, labelled)
        importer.tell_passed_over()
        if "flags" in holds:
            importer.tell_flags_kept()


def _own(sides: Sequence[Side], annotator: str, outcome: Outcome) -> Sequence[Side]:
    """Return the sides of one annotator in a file that has some of theirs, and those of nobody; else all.

    `LabelError` where it has those of several others: they would become one person's.
    """
    said = {name: None for side in sides if (name := side.annotator or side.sent_as) is not None}
    names = {name for name in said if _is(name, annotator)}
    if not names and len(said) > 1:
        raise LabelError(
            f"the file has labels of {', '.join(said)}, none of {annotator!r}; --annotator must name one"
        )
    own = [side for side in sides if not names or (side.annotator or side.sent_as) in {None, *names}]
    if len(own) < len(sides):
        what = f"{len(sides) - len(own)} sides of other annotators were passed over"
        outcome.problems.append(Problem(sides[0].where, what, left_out=False))
    return own


def _is(said: str, annotator: str) -> bool:
    """Return whether a name is an annotator's; Prodigy says DATASET-SESSION, the session is the person."""
    return said == annotator or said.endswith(f"-{annotator}")


def _labels_by_row(
    sides: Sequence[Side], reader: GenerationReader, marks: MarkReader, outcome: Outcome
) -> dict[int, dict[Lang, tuple[Side, SideLabels]]]:
    """Return what the sides say, by the row of their pair; of two of one side, the first."""
    pairs: dict[int, dict[Lang, tuple[Side, SideLabels]]] = {}
    for matched in match_sides(sides, reader, outcome):
        labelled = pairs.setdefault(matched.row, {})
        if matched.lang in labelled:
            first = labelled[matched.lang][0].where
            twice = LeftOut("are there twice", f"the same side as {first}, which was taken")
            outcome.leave_one("sides", twice, matched.side.where)
        else:
            labelled[matched.lang] = (matched.side, marks.read(matched))
    return pairs


def _any_flags(pairs: Collection[_LabelledSides]) -> bool:
    return any(labels.flags for labelled in pairs for _, labels in labelled.values())


@dataclass(slots=True)
class _Importer:
    """Puts what a file says of a pair into what stands; `with_flags` where the file has any."""

    scheme: LabelScheme
    terms: Terms
    journal: Journal
    reader: GenerationReader
    outcome: Outcome
    with_flags: bool
    passed_over: int = 0
    flags_kept: int = 0

    def annotations(self, row: int, labelled: _LabelledSides) -> Iterator[tuple[str, Annotation]]:
        """Yield the annotation of a pair, unless there is none, or one that must stay."""
        where = next(iter(labelled.values()))[0].where
        pair = self.reader.pair(row)
        standing = self._standing(pair)
        if isinstance(standing, LeftOut):
            self.outcome.leave_one("annotations", standing, where)
            return
        labels: dict[Lang, SideLabels] = {lang: said for lang, (_, said) in labelled.items()}
        status = self._status(labelled)
        marked = any(said.entities or said.flags for said in labels.values())
        if standing is None and status is None and not marked:
            self.passed_over += 1
            return
        place = anchors(self.reader.document_of(row), pair)
        merge = merge_sides(standing or self._blank(pair, place), labels, with_flags=self.with_flags)
        if standing is not None and not self.with_flags:
            self.flags_kept += sum(flag.lang in labels for flag in standing.flags)
        annotation = self._dated(standing, merge, status, place)
        if annotation is not standing:
            covers = united_covers(merge.annotation.covers, self._covers(labels))
            annotation = replace(annotation, covers=covers)
        refused = self._refusal(standing, merge, annotation, pair)
        if refused is not None:
            self.outcome.leave_one("annotations", refused, where)
            return
        self._count(where, labels, merge)
        yield where, annotation

    def tell_passed_over(self) -> None:
        """Say how many pairs were neither taken nor left out."""
        if self.passed_over:
            what = (
                f"{self.passed_over} pairs without a mark, of which the file does not say that they were "
                "labelled, were passed over; --status done takes them as labelled"
            )
            self.outcome.problems.append(Problem("unlabelled", what, left_out=False))

    def tell_flags_kept(self) -> None:
        """Say how many flags stayed although the format could have held them."""
        if self.flags_kept:
            what = f"{self.flags_kept} flags were kept as they stood: the file has none at all"
            self.outcome.problems.append(Problem("flags", what, left_out=False))

    def _standing(self, pair: Pair) -> Annotation | LeftOut | None:
        annotator = self.terms.annotator
        standing = [
            annotation
            for item in self.journal.standing(pair.pair_id, annotator)
            for annotation in item.annotations
        ]
        if len(standing) > 1:
            return LeftOut(f"two of {annotator} stand side by side; save one of them first")
        return standing[0] if standing else None

    def _status(self, labelled: _LabelledSides) -> Status | None:
        sides = [side for side, _ in labelled.values()]
        # What was skipped or rejected in the tool was not finished there, whatever the rest is taken as.
        said = {side.status for side in sides if side.answered}
        if not said:
            said = {self.terms.status} if self.terms.status else {side.status for side in sides}
        return next((status for status in _LEAST_FINISHED if status in said), None)

    def _blank(self, pair: Pair, place: Place) -> Annotation:
        return Annotation(
            pair_id=pair.pair_id,
            annotator=self.terms.annotator,
            status="done",
            covers=(),
            scheme=self.scheme.ref,
            origin="imported",
            place=place,
        )

    def _covers(self, labels: Mapping[Lang, SideLabels]) -> tuple[Cover, ...]:
        """What a file speaks of: entities, and flags where it has any, of the sides that it holds."""
        layers: tuple[LabelLayer, ...] = ("entities", "flags") if self.with_flags else ("entities",)
        return tuple(Cover(layer=layer, lang=lang) for layer in layers for lang in LANGS if lang in labels)

    def _refusal(
        self, standing: Annotation | None, merge: MergedSides, annotation: Annotation, pair: Pair
    ) -> LeftOut | None:
        wrong = faults(annotation, pair, self.scheme)
        if wrong:
            return LeftOut("do not fit", "; ".join(wrong))
        if standing is not None and merge.changed and not self.terms.replace:
            annotator = self.terms.annotator
            return LeftOut(f"{annotator} has another annotation there; --replace takes the file's")
        return None

    def _dated(
        self, standing: Annotation | None, merge: MergedSides, status: Status | None, place: Place
    ) -> Annotation:
        """Return the annotation as one that was imported now, unless it is what stands, status and all."""
        if standing is not None and not merge.changed and status in {None, standing.status}:
            return standing
        return replace(
            merge.annotation,
            status=status or "done",
            origin="imported",
            scheme=self.scheme.ref,
            place=place,
            created_at=None,
        )

    def _count(self, where: str, labels: Mapping[Lang, SideLabels], merge: MergedSides) -> None:
        for (what, why), count in merge.lost.items():
            self.outcome.leave(what, why, count, where)
        self.outcome.keep("entities", sum(len(said.entities) for said in labels.values()))
        self.outcome.keep("flags", sum(len(said.flags) for said in labels.values()))
