"""Sides -> annotations of those who labelled them, put into what stands; nothing is recorded here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hashiya.corpus.exchange.importing.importer_copy import importer_of
from hashiya.corpus.exchange.importing.label_map import FileLabels, LabelNames
from hashiya.corpus.exchange.importing.merge_layers import MergedSides, merge_sides
from hashiya.corpus.exchange.importing.read_marks import MarkReader, SideLabels, StandingMark
from hashiya.corpus.exchange.importing.whose_sides import sides_by_annotator
from hashiya.corpus.exchange.matching.match_sides import match_sides
from hashiya.corpus.exchange.matching.matched_side import MatchedSide
from hashiya.corpus.exchange.matching.pair_texts import Repeated
from hashiya.corpus.exchange.outcome import LeftOut, Outcome
from hashiya.corpus.exchange.sides import FLAG, Side, SideLayer
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.covers import normalised, united_covers
from hashiya.schema.errors import Problem
from hashiya.schema.records import Annotation, Cover, LabelLayer, Lang, Pair, Place, Status
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import faults

_LEAST_FINISHED: tuple[Status, ...] = ("review", "draft", "unsure", "skipped", "done")
_AT_ONCE = 1000
"""Pairs for which the journal is asked at once."""
_MatchedSides = Mapping[Lang, MatchedSide]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How the labels of a file are taken.

    Labels of which the file does not say whose they are are `annotator`'s. Without `status` it is what the
    file says; where that says nothing, it is *done* for what is labelled. With `replace` the file wins over
    what stands. A text without labels of which the file does not say that it was looked at is passed over,
    unless `unlabelled_is_done`. `repeated` says what becomes of a text that several pairs have.
    """

    annotator: str | None = None
    status: Status | None = None
    replace: bool = False
    unlabelled_is_done: bool = False
    repeated: Repeated = "none"
    labels: FileLabels = field(default_factory=FileLabels)


def annotations_of(
    corpus: Corpus, sides: Sequence[Side], terms: Terms, holds: Collection[SideLayer], outcome: Outcome
) -> Iterator[tuple[str, Annotation]]:
    """Yield what is to be recorded, each with where it comes from."""
    names = LabelNames(corpus.scheme, terms.labels, with_flags="flags" in holds)
    with corpus.journal(write=False) as journal, GenerationReader(corpus.generation()) as reader:
        people = sides_by_annotator(sides, terms.annotator, outcome)
        copy = importer_of(people, journal) if terms.annotator is None else None
        for annotator, own in people.items():
            if annotator == copy:
                _tell_copy(annotator, own, outcome)
                continue
            importer = _Importer(
                scheme=corpus.scheme,
                terms=terms,
                annotator=annotator,
                names=names,
                journal=journal,
                reader=reader,
                outcome=outcome,
                with_flags="flags" in holds and _any_flags(own, names),
                looked_for=_looked_for(own, names),
            )
            pairs = _sides_by_row(match_sides(own, reader, outcome, terms.repeated), outcome)
            yield from importer.annotations(pairs)
            importer.tell_passed_over()
            if "flags" in holds:
                importer.tell_flags_kept()


def _tell_copy(annotator: str, sides: Sequence[Side], outcome: Outcome) -> None:
    senders = ", ".join(sorted({side.sent_as for side in sides if side.sent_as is not None}))
    what = (
        f"the labels of {annotator} are all those that the texts were sent with, of {senders}: as an import "
        f"into the tool leaves them. They were passed over; --annotator {annotator} takes them"
    )
    outcome.problems.append(Problem(sides[0].where, what, left_out=False))


def _sides_by_row(found: Iterator[MatchedSide], outcome: Outcome) -> Mapping[int, _MatchedSides]:
    """Return the sides by the row of their pair; of two of one side, the first."""
    pairs: dict[int, dict[Lang, MatchedSide]] = {}
    for matched in found:
        labelled = pairs.setdefault(matched.row, {})
        first = labelled.setdefault(matched.lang, matched)
        if first is not matched:
            twice = LeftOut("are there twice", f"the same side as {first.side.where}, which was taken")
            outcome.leave_one("sides", twice, matched.side.where)
    return dict(sorted(pairs.items()))


def _any_flags(sides: Sequence[Side], names: LabelNames) -> bool:
    labels = {mark.label for side in sides for mark in side.marks}
    return any((names.label(label) or "").startswith(FLAG) for label in labels)


def _looked_for(sides: Sequence[Side], names: LabelNames) -> frozenset[str]:
    """Return the labels that were looked for in some sides: those offered there, else those given."""
    offered: set[str] = set()
    for side in sides:
        offered.update((mark.label for mark in side.marks) if side.offered is None else side.offered)
    named = {label for name in offered if (label := names.label(name)) is not None}
    return frozenset(named | set(names.mapped()))


@dataclass(slots=True, kw_only=True)
class _Importer:
    """Puts what a file says of a pair into what stands for an annotator.

    `with_flags` where the file has any; `looked_for` are the labels of which a file speaks that was not made
    from this corpus.
    """

    scheme: LabelScheme
    terms: Terms
    annotator: str
    names: LabelNames
    journal: Journal
    reader: GenerationReader
    outcome: Outcome
    with_flags: bool
    looked_for: frozenset[str]
    passed_over: int = 0
    kept: int = 0
    sides_left: int = 0
    flags_kept: int = 0

    def annotations(self, pairs: Mapping[int, _MatchedSides]) -> Iterator[tuple[str, Annotation]]:
        """Yield the annotations of pairs, of which the sides are given by row."""
        marks = MarkReader(self.scheme, self.names, self.outcome)
        rows = list(pairs)
        for start in range(0, len(rows), _AT_ONCE):
            found = [(row, self.reader.pair(row)) for row in rows[start : start + _AT_ONCE]]
            standing = self._standing([pair.pair_id for _, pair in found])
            for row, pair in found:
                before = standing.get(pair.pair_id, ())
                where = next(iter(pairs[row].values())).side.where
                if len(before) > 1:
                    twice = LeftOut(f"two of {self.annotator} stand side by side; save one of them first")
                    self.outcome.leave_one("annotations", twice, where)
                    continue
                known = _standing_marks(before)
                sides = self._looked_at(pairs[row])
                labels: dict[Lang, SideLabels] = {
                    lang: marks.read(side, known) for lang, side in sides.items()
                }
                made = self._annotation((row, pair), sides, labels, before[0] if before else None)
                if isinstance(made, LeftOut):
                    self.outcome.leave_one("annotations", made, where)
                elif made is not None:
                    yield where, made

    def tell_passed_over(self) -> None:
        """Say how many pairs and sides were neither taken nor left out."""
        pairs = "pairs without a mark"
        sides = "sides without a mark beside one that has some"
        for count, of, what in (
            (self.passed_over, pairs, "were passed over; --unlabelled-is-done takes them as labelled"),
            (self.kept, pairs, "were kept as they stand; --unlabelled-is-done takes their labels away"),
            (self.sides_left, sides, "were left as they are; --unlabelled-is-done takes them as labelled"),
        ):
            if count:
                which = f"{count} {of}, not said in the file to be labelled by {self.annotator}"
                self.outcome.problems.append(Problem("unlabelled", f"{which}, {what}", left_out=False))

    def tell_flags_kept(self) -> None:
        """Say how many flags stayed although the format could have held them."""
        if self.flags_kept:
            what = f"{self.flags_kept} flags were kept as they stood: the file has none at all"
            self.outcome.problems.append(Problem("flags", what, left_out=False))

    def _looked_at(self, sides: _MatchedSides) -> _MatchedSides:
        """Return the sides of a pair that somebody looked at, by the file; all where it says so of none.

        Of two that are texts by themselves one may never have been opened: the other says nothing of it.
        """
        if self.terms.unlabelled_is_done:
            return sides
        found = {
            lang: matched
            for lang, matched in sides.items()
            if matched.side.marks or matched.side.unread or matched.side.status is not None
        }
        tasks = {matched.side.task for matched in found.values()} - {None}
        looked_at: _MatchedSides = {
            lang: matched for lang, matched in sides.items() if lang in found or matched.side.task in tasks
        }
        if not looked_at:
            return sides
        left = [matched.side for lang, matched in sides.items() if lang not in looked_at]
        self.sides_left += sum(side.offered != () for side in left)
        return looked_at

    def _standing(self, pair_ids: Sequence[str]) -> Mapping[str, Sequence[Annotation]]:
        """Return what stands of the annotator for some pairs, by pair."""
        found = self.journal.standing_of(pair_ids)
        return {item.pair_id: item.annotations for item in found if item.annotator == self.annotator}

    def _annotation(
        self,
        found: tuple[int, Pair],
        sides: _MatchedSides,
        labels: Mapping[Lang, SideLabels],
        standing: Annotation | None,
    ) -> Annotation | LeftOut | None:
        """Return the annotation of a pair, given with its row; `None` where the file says nothing of it."""
        row, pair = found
        is_marked = any(said.entities or said.flags for said in labels.values())
        is_unread = any(said.unread for said in labels.values()) or any(
            matched.side.unread for matched in sides.values()
        )
        if is_unread and not is_marked:
            return LeftOut("have no mark that can be read")
        # Who labelled a part of a text looked at all of it, and at what the map leaves out, too.
        is_labelled = any(matched.side.marks for matched in sides.values())
        status = self._status(sides, is_labelled=is_labelled)
        if status is None and not is_labelled and not self._is_bare(standing, labels):
            self.passed_over += standing is None
            self.kept += standing is not None
            return None
        place = self.reader.place(row, pair)
        types = self._types(sides)
        before = standing or self._blank(pair, place)
        merge = merge_sides(before, labels, with_flags=self.with_flags, labels=types)
        if standing is not None and not self.with_flags:
            self.flags_kept += sum(flag.lang in labels for flag in standing.flags)
        if is_unread:  # what could not be read is perhaps a mark
            status = None if standing is not None and not merge.changed else _unfinished(status)
        annotation = self._dated(standing, merge, status, place)
        covers = self._covers(sides, types)
        # Where a text has no mark and labels stand, nothing was taken away: that is told, too.
        is_silent = annotation is standing and (is_labelled or self._is_bare(standing, labels))
        if not covers and not is_silent:
            detail = "nothing says for what labels the text was looked at; name them with --map"
            return LeftOut("do not say what was looked for", detail)
        if annotation is not standing:
            annotation = replace(annotation, covers=united_covers(merge.annotation.covers, covers))
        refused = self._refusal(standing, merge, annotation, pair)
        if refused is None:
            self._count(next(iter(sides.values())).side.where, labels, merge)
        return refused or annotation

    def _status(self, sides: _MatchedSides, *, is_labelled: bool) -> Status | None:
        # What was skipped or rejected in the tool was not finished there, whatever the rest is taken as.
        answers = {matched.side.status for matched in sides.values() if matched.side.answered}
        said = answers or {matched.side.status for matched in sides.values()}
        is_said = is_labelled or said != {None}
        if not answers and is_said and self.terms.status:
            return self.terms.status
        if not is_said and self.terms.unlabelled_is_done:
            return self.terms.status or "done"
        return next((status for status in _LEAST_FINISHED if status in said), None)

    def _is_bare(self, standing: Annotation | None, labels: Mapping[Lang, SideLabels]) -> bool:
        """Whether what stands has no mark on some sides, as the file has none."""
        if standing is None:
            return False
        marked = {entity.lang for entity in standing.entities}
        marked.update(flag.lang for flag in standing.flags if self.with_flags)
        return marked.isdisjoint(labels)

    def _blank(self, pair: Pair, place: Place) -> Annotation:
        return Annotation(
            pair_id=pair.pair_id,
            annotator=self.annotator,
            status="done",
            covers=(),
            scheme=self.scheme.ref,
            origin="imported",
            place=place,
        )

    def _types(self, sides: _MatchedSides) -> Collection[str] | None:
        """Return the types of entities that a file speaks of; `None` for all that there are.

        Who labelled a text that was sent from here had all labels of the scheme, unless the file says others.
        """
        everything = set(self.scheme.ids("entity"))
        was_sent = all(
            matched.side.pair_id is not None and matched.side.offered is None for matched in sides.values()
        )
        types = (everything if was_sent else everything & self.looked_for) - set(self.names.left_out())
        return None if types == everything else types

    def _covers(self, sides: _MatchedSides, types: Collection[str] | None) -> tuple[Cover, ...]:
        """Return what a file speaks of: entities, and flags where it has any, of the sides that it holds."""
        kinds: Collection[str] | None = None
        if any(matched.side.pair_id is None for matched in sides.values()):
            kinds = {label.removeprefix(FLAG) for label in self.looked_for if label.startswith(FLAG)}
        layers: dict[LabelLayer, Collection[str] | None] = {"entities": types}
        if self.with_flags:
            layers["flags"] = kinds
        return normalised(
            Cover(layer=layer, lang=lang, labels=None if labels is None else tuple(labels))
            for layer, labels in layers.items()
            for lang, matched in sides.items()
            if matched.side.offered != ()  # of no label: nothing was looked for there
        )

    def _refusal(
        self, standing: Annotation | None, merge: MergedSides, annotation: Annotation, pair: Pair
    ) -> LeftOut | None:
        wrong = faults(annotation, pair, self.scheme)
        if wrong:
            return LeftOut("do not fit", "; ".join(wrong))
        if standing is not None and merge.changed and not self.terms.replace:
            return LeftOut(f"{self.annotator} has another annotation there; --replace takes the file's")
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


def _unfinished(status: Status | None) -> Status:
    return "review" if status is None or status == "done" else status


def _standing_marks(standing: Sequence[Annotation]) -> set[StandingMark]:
    return {
        *((item.lang, item.start, item.end, item.type) for one in standing for item in one.entities),
        *((item.lang, item.start, item.end, FLAG + item.kind) for one in standing for item in one.flags),
    }
