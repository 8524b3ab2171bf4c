"""Sides -> annotations of one annotator, each put into what stands for its pair; nothing is recorded here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hashiya.corpus.exchange.match_sides import find
from hashiya.corpus.exchange.merge_layers import merged
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.read_marks import MarkReader, Read
from hashiya.corpus.exchange.sides import Side, SideLayer
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.document_view import anchors
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.errors import LabelError, Problem
from hashiya.schema.records import Annotation, Lang, Status
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import faults

_LEAST_FINISHED: tuple[Status, ...] = ("review", "draft", "unsure", "skipped", "done")
Given = Mapping[Lang, tuple[Side, Read]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Whose labels they are, of which status, and whether they win over what stands.

    Without ``status`` it is what the file says; where that says nothing, it is *done* for what is new.
    """

    annotator: str
    status: Status | None = None
    replace: bool = False


def annotations_of(
    corpus: Corpus, sides: Sequence[Side], terms: Terms, holds: Collection[SideLayer], outcome: Outcome
) -> Iterator[tuple[str, Annotation]]:
    """Yield what is to be recorded, each with where it comes from."""
    sides = _own(sides, terms.annotator, outcome)
    marks = MarkReader(corpus.scheme, holds, outcome)
    with corpus.journal(write=False) as journal, GenerationReader(corpus.generation()) as reader:
        pairs: dict[int, dict[Lang, tuple[Side, Read]]] = {}
        for found in find(sides, reader, outcome):
            there = pairs.setdefault(found.row, {})
            if found.lang in there:
                first = there[found.lang][0].where
                outcome.leave("sides", "are there twice")
                outcome.problems.append(
                    Problem(found.side.where, f"the same side as {first}, which was taken")
                )
            else:
                there[found.lang] = (found.side, marks.read(found))
        with_flags = "flags" in holds and _any_flags(pairs.values())
        merge = _Merge(corpus.scheme, terms, journal, reader, outcome, with_flags=with_flags)
        for row, given in sorted(pairs.items()):
            yield from merge.annotation(row, given)
        merge.tell()
        if "flags" in holds and merge.flags_kept:
            what = f"{merge.flags_kept} flags were kept as they stood: the file has none at all"
            outcome.problems.append(Problem("flags", what, left_out=False))


def _own(sides: Sequence[Side], annotator: str, outcome: Outcome) -> list[Side]:
    """The sides of one annotator in a file that has some of theirs, and those of nobody; otherwise all.

    `LabelError` where it has those of several others: they would become one person's.
    """
    said = {side.annotator: None for side in sides if side.annotator is not None}
    own = {name for name in said if _is(name, annotator)}
    if not own and len(said) > 1:
        raise LabelError(
            f"the file has labels of {', '.join(said)}, none of {annotator!r}; --annotator must name one"
        )
    taken = [side for side in sides if not own or side.annotator is None or side.annotator in own]
    if len(taken) < len(sides):
        what = f"{len(sides) - len(taken)} sides of other annotators were passed over"
        outcome.problems.append(Problem(sides[0].where, what, left_out=False))
    return taken


def _is(said: str, annotator: str) -> bool:
    """Prodigy says DATASET-SESSION, where the session is who labelled."""
    return said == annotator or said.endswith(f"-{annotator}")


def _any_flags(pairs: Collection[Given]) -> bool:
    return any(read.flags for given in pairs for _, read in given.values())


class _Merge:
    """Puts what a file says into what stands."""

    def __init__(
        self,
        scheme: LabelScheme,
        terms: Terms,
        journal: Journal,
        reader: GenerationReader,
        outcome: Outcome,
        *,
        with_flags: bool,
    ) -> None:
        self._scheme = scheme
        self._terms = terms
        self._journal = journal
        self._reader = reader
        self._outcome = outcome
        self._with_flags = with_flags
        self._unlabelled = 0
        self.flags_kept = 0

    def annotation(self, row: int, given: Given) -> Iterator[tuple[str, Annotation]]:
        """Yield the annotation of a pair, unless there is none, or one that must stay."""
        pair = self._reader.pair(row)
        where = next(iter(given.values()))[0].where
        standing = [
            annotation
            for item in self._journal.standing(pair.pair_id, self._terms.annotator)
            for annotation in item.annotations
        ]
        if len(standing) > 1:
            self._leave(where, f"two of {self._terms.annotator} stand side by side; save one of them first")
            return
        before = standing[0] if standing else None
        reads: dict[Lang, Read] = {lang: read for lang, (_, read) in given.items()}
        status = self._status(given)
        if (
            before is None
            and status is None
            and not any(read.entities or read.flags for read in reads.values())
        ):
            self._unlabelled += 1
            return
        base = before or Annotation(
            pair_id=pair.pair_id,
            annotator=self._terms.annotator,
            status=status or "done",
            scheme=self._scheme.ref,
            origin="imported",
            place=anchors(self._reader.document_of(row), pair),
        )
        self.flags_kept += 0 if self._with_flags else sum(flag.lang in reads for flag in base.flags)
        lost = Outcome()
        after = merged(base, reads, lost, with_flags=self._with_flags)
        if before is None or after is not before or status not in {None, before.status}:
            after = replace(
                after,
                status=status or "done",
                origin="imported",
                scheme=self._scheme.ref,
                place=anchors(self._reader.document_of(row), pair),
                created_at=None,
            )
        wrong = faults(after, pair, self._scheme)
        if wrong:
            self._leave(where, "do not fit", "; ".join(wrong))
        elif before is not None and after is not before and not self._terms.replace:
            why = f"{self._terms.annotator} has another annotation there; --replace takes the file's"
            self._leave(where, why)
        else:
            for (what, why), count in lost.left_out.items():
                self._outcome.leave(what, why, count, where)
            self._outcome.keep("entities", sum(len(read.entities) for read in reads.values()))
            self._outcome.keep("flags", sum(len(read.flags) for read in reads.values()))
            yield where, after

    def tell(self) -> None:
        """Say which pairs were neither taken nor left out."""
        if self._unlabelled:
            what = (
                f"{self._unlabelled} pairs without a mark, of which the file does not say that they were "
                "labelled, were passed over; --status done takes them as labelled"
            )
            self._outcome.problems.append(Problem("unlabelled", what, left_out=False))

    def _status(self, given: Given) -> Status | None:
        sides = [side for side, _ in given.values()]
        # What was skipped or rejected in the tool was not finished there, whatever the rest is taken as.
        said = {side.status for side in sides if side.answered}
        if not said:
            said = {self._terms.status} if self._terms.status else {side.status for side in sides}
        return next((status for status in _LEAST_FINISHED if status in said), None)

    def _leave(self, where: str, why: str, detail: str | None = None) -> None:
        self._outcome.leave("annotations", why)
        self._outcome.problems.append(Problem(where, detail or f"annotations: {why}"))
