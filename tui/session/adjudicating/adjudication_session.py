"""An adjudicator's session: pairs with what their voters differ in, settled cell by cell and saved at once.

What nobody disputes is in place, with what is settled. Whatever is changed, or taken from a version, settles
the cells that it is in, at once, with the votes that are cast now. The adjudicator's own labels as an
annotator are a vote like any other, and stay as they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import ClassVar

from hashiya.corpus.dataset.standing_votes import StandingVotes
from hashiya.corpus.inspection.waiting_pairs import SettledPair, settled_pairs
from hashiya.corpus.journal.event import ADJUDICATION
from hashiya.corpus.journal.standing import Standing
from hashiya.corpus.journal.summaries import Summary, redoable, undoable
from hashiya.corpus.store.document_view import anchors
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.index import PairRows
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.team.cells import contains_cell
from hashiya.corpus.team.differences import (
    LabelVersion,
    PairDifferences,
    all_cells,
    cells_overlap,
    changed_cells,
    compare_versions,
    in_place,
    settled_with,
)
from hashiya.corpus.team.votes import Vote, finished_votes
from hashiya.schema.adjudication import Adjudication, CellKey, SettledCell
from hashiya.schema.covers import all_covers, covers_of_layers, normalised
from hashiya.schema.errors import LabelError
from hashiya.schema.records import LANGS, Annotation, Cover, Pair, Status
from hashiya.tui.session.adjudicating.may_adjudicate import adjudicating_team
from hashiya.tui.session.edits.answers import take_answer, with_ids_of
from hashiya.tui.session.edits.spans import printable_text
from hashiya.tui.session.edits.statements import blank
from hashiya.tui.session.own_work import OwnWork
from hashiya.tui.session.queue import Standings, State
from hashiya.tui.session.session import Session
from hashiya.tui.settings.language import N_, _, ngettext

_PREFIX = "annotator-"


@dataclass(frozen=True, slots=True)
class SettlingWork(OwnWork):
    """The pairs to settle, in their order, as what is assigned to an adjudicator."""

    pair_ids: tuple[str, ...] = ()

    def rows(self, reader: GenerationReader) -> PairRows:
        """Return the pairs that are in a generation."""
        found = reader.index.rows(self.pair_ids)
        return found[found >= 0]


class AdjudicationSession(Session):
    """An adjudicator who settles the pairs of a corpus; use it as a context manager.

    The pairs are those with anything to settle, the least sure first, then those that are settled; with
    `everything` also those in which nobody differs. `pairs` are all of these, where they were read already.
    Voters have pseudonyms unless `with_names`.
    """

    state_names: ClassVar[Mapping[State, str] | None] = {
        "assigned": N_("to settle, the least sure first"),
        "all": N_("in the order of the corpus"),
        "unlabelled": N_("not begun"),
        "draft": N_("begun"),
        "done": N_("settled"),
    }

    def __init__(
        self,
        corpus: Corpus,
        annotator: str,
        *,
        everything: bool = False,
        with_names: bool = False,
        pairs: Sequence[SettledPair] | None = None,
        idle: float = 60.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._everything = everything
        self._with_names = with_names
        self._corpus_now = corpus
        self._read_already = pairs
        self.team = adjudicating_team(corpus, annotator, date.today())  # noqa: DTZ011 - where people work
        self.differences = PairDifferences()
        self.pairs: list[SettledPair] = []
        self._pseudonyms: dict[str, str] = {}
        self._votes: list[Vote] = []
        self._decisions: list[Adjudication] = []
        self._draft: Annotation | None = None
        super().__init__(corpus, self.team.name_now(annotator), idle=idle, now=now)

    @property
    def draft(self) -> Annotation:
        """What nobody disputes, and what is settled."""
        return super().draft if self._draft is None else self._draft

    @property
    def answers(self) -> PairDifferences:
        """What the voters say, and what was decided."""
        return self.differences

    @property
    def ending(self) -> str:
        """What is said where nothing waits any more."""
        progress = self.progress
        left = progress.total - progress.finished
        if not progress.total:
            return _("The annotators differ in nothing: there is nothing to settle.")
        if not left:
            return _("All that annotators differ in is settled. Thank you.")
        return ngettext(
            "{count:,} pair with differences is left for later.",
            "{count:,} pairs with differences are left for later.",
            left,
        ).format(count=left)

    def name_of(self, version: LabelVersion) -> str:
        """Return what a voter or adjudicator is called here: by name, or by a pseudonym."""
        if version.kind == "earlier":
            return _("before")
        if version.kind == "decided" and not self._with_names:
            return _("adjudicator")
        return self._shown_name(version.name)

    def save(self, annotation: Annotation) -> None:
        """Settle the cells in which an annotation is not as the draft; on the disk on return."""
        self.settle(annotation)

    def take(self, version: LabelVersion, cells: Sequence[CellKey]) -> None:
        """Settle cells as a version has them."""
        made = self.draft
        for cell in cells:
            made = take_answer(made, version.annotation, cell)
        self.settle(made, cells)

    def take_nothing(self, cells: Sequence[CellKey]) -> None:
        """Settle that there is nothing in some cells."""
        made = self.draft
        for cell in cells:
            made = take_answer(made, blank(self.pair, self.annotator, self.scheme), cell)
        self.settle(made, cells)

    def give_reason(self, cells: Sequence[CellKey], why: str | None) -> None:
        """Say in a line why cells are settled as they are; an empty line takes it away."""
        own = self._own_settled()
        if not any(cells_overlap(item.cell, cell) for item in own for cell in cells):
            raise LabelError(_("settle this first, then say why"))
        reason = printable_text(why)
        settles = tuple(
            replace(item, why=reason) if any(cells_overlap(item.cell, cell) for cell in cells) else item
            for item in own
        )
        self._append(self.draft, settles)

    def reason(self, cells: Sequence[CellKey]) -> str:
        """Return why cells are settled as they are; "" where nobody has said."""
        found = [
            item.why
            for decision in self._decisions
            for item in decision.settles
            if item.why and any(cells_overlap(item.cell, cell) for cell in cells)
        ]
        return found[0] if found else ""

    def renew(self) -> None:
        """Take all that the adjudicator has decided of the pair back."""
        self._append(blank(self.pair, self.annotator, self.scheme), ())

    def finish(self, status: Status) -> bool:
        """Go on to the next pair that waits: all of this one must be settled, unless it is left for later.

        False when none waits. Each decision is saved already.
        """
        left = len(self.differences.open)
        if status == "done" and left:
            raise LabelError(
                ngettext(
                    "{count} difference is still open: take an answer, or skip the pair",
                    "{count} differences are still open: take answers, or skip the pair",
                    left,
                ).format(count=left)
            )
        for entity in self.draft.entities:
            self.concepts.remember(entity)
        row, waiting = self.row, self._waiting()
        return waiting not in {None, row} and self.go(waiting)

    def undo(self) -> bool:
        """Take the adjudicator's last decision back and open its pair; false when there is none."""
        return self._back_and_forth(
            partial(undoable, stream=ADJUDICATION), partial(self.journal.undo, stream=ADJUDICATION)
        )

    def redo(self) -> bool:
        """Decide again what was undone last and open its pair; false when there is nothing."""
        return self._back_and_forth(
            partial(redoable, stream=ADJUDICATION), partial(self.journal.redo, stream=ADJUDICATION)
        )

    def reread(self) -> bool:
        """See whether a vote or a decision on the open pair has changed, and take that up."""
        if self._pair is None:
            return False
        before = (self._standing, self._votes, self._decisions)
        self._look_at_votes(self._pair)
        found = self._found(self._pair)
        if (found, self._votes, self._decisions) == before:
            return False
        self._show(found)
        return True

    def settle(self, after: Annotation, also: Sequence[CellKey] = ()) -> None:
        """Save a changed draft: what changed is settled, and some cells `also`, changed or not."""
        self.see_the_journal()
        self._follow_first()
        if self.reread():
            raise LabelError(_("somebody has just changed this pair: look at it as it is now"))
        before = self.draft
        others = [item for vote in finished_votes(self._votes) for item in vote.annotations]
        touched = [*changed_cells(before, after, others, self.scheme), *also]
        own = self._own_settled()
        cells = [
            cell
            for cell in all_cells([before, after, *others], self.scheme)
            if any(cells_overlap(cell, item) for item in (*touched, *(one.cell for one in own)))
        ]
        reasons = {
            cell: item.why for cell in cells for item in own if item.why and cells_overlap(cell, item.cell)
        }
        settles = settled_with(cells, self._votes)
        self._append(after, tuple(replace(item, why=reasons.get(item.cell)) for item in settles))

    def _own_settled(self) -> list[SettledCell]:
        """What the adjudicator has settled of the open pair, and is not open again."""
        opened = [item.cell for item in self.differences.open]
        return [
            item
            for decision in self._decisions
            if decision.annotation.annotator in self.work.names
            for item in decision.settles
            if not any(contains_cell(item.cell, cell) for cell in opened)
        ]

    def _append(self, after: Annotation, settles: tuple[SettledCell, ...]) -> None:
        """Append a decision to the journal, and show the pair as it is then."""
        document = self.document
        left = [
            item.cell
            for item in self.differences.open
            if not any(cells_overlap(item.cell, settled.cell) for settled in settles)
        ]
        made = replace(
            after,
            annotator=self._author(self.pair),
            status="draft" if left or not settles else "done",
            covers=(),
            seconds=round(self.clock.seconds, 1),
            scheme=self.scheme.ref,
            origin="adjudicated",
            place=anchors(document, self.pair),
            created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )
        if made.status == "done":
            made = replace(made, covers=self._covers(made))
        wrong = self._faults(made)
        if wrong:
            raise LabelError(_("this cannot be saved: {faults}").format(faults="; ".join(wrong)))
        texts = [text for lang in LANGS if (text := document.text(lang)) is not None]
        self.journal.adjudicate(Adjudication(annotation=made, settles=settles), texts)
        self._note_saved()
        self._draft = with_ids_of(self.draft, after)

    def _covers(self, made: Annotation) -> tuple[Cover, ...] | None:
        """What a settled pair covers: what one of its voters looked at, and what is marked."""
        voters = [item.covers for vote in finished_votes(self._votes) for item in vote.annotations]
        looked = all_covers(voters)
        marked = covers_of_layers(made, self.scheme, self.pair, ())
        return None if looked is None else normalised([*looked, *marked])

    def _author(self, pair: Pair) -> str:
        """The name to decide under: an earlier one where what was decided under it stands for the pair."""
        for name in self.work.names:
            if next(self.journal.standing(pair.pair_id, name, ADJUDICATION), None) is not None:
                return name
        return self.annotator

    def _found(self, pair: Pair) -> Standing | None:
        return next(self.journal.standing(pair.pair_id, self._author(pair), ADJUDICATION), None)

    def _look_at_votes(self, pair: Pair) -> None:
        """Read what is said of a pair, and what was decided."""
        names = {name: self.team.name_now(name) for name in self.journal.annotators()}
        cast = StandingVotes(self.journal, self.scheme, names)
        votes = cast.votes_of(pair.pair_id)
        self._votes = sorted(votes, key=lambda vote: self._shown_name(vote.voter))
        self._decisions = cast.adjudications([pair.pair_id]).get(pair.pair_id, [])

    def _shown_name(self, voter: str) -> str:
        """A voter's name, or a pseudonym, which stays the same in a corpus."""
        if self._with_names:
            return voter
        first = self.team.first_name(voter)
        if first not in self._pseudonyms:
            self._pseudonyms = self.journal.pseudonyms(self.team.first_name)
            self._pseudonyms |= {self.team.name_now(name): shown for name, shown in self._pseudonyms.items()}
        return self._pseudonyms.get(voter, voter).removeprefix(_PREFIX)

    def _show(self, standing: Standing | None) -> None:
        """Take what stands for the open pair, and what its voters differ in."""
        pair = self.pair
        self._look_at_votes(pair)
        self._standing, self._shown_head, self._blank = standing, 0, None
        earlier = self.journal.decided_before(pair.pair_id, self._author(pair))
        self.differences = compare_versions(
            pair, self._votes, self.scheme, self._decisions, earlier, own=self.work.names
        )
        self._draft = in_place(pair, self.differences, blank(pair, self.annotator, self.scheme))
        begun = bool(self.differences.settled)
        status: Status | None = "done" if not self.differences.open else "draft" if begun else None
        self.standings.put(
            self._open_row(), self.annotator, status, flagged=bool(self._draft.flags), conflict=False
        )

    def _summaries(self) -> list[Summary]:
        found = settled_pairs(self._corpus_now) if self._read_already is None else self._read_already
        self._read_already = None
        self.pairs = [pair for pair in found if self._everything or pair.open or pair.settled]
        return [
            Summary(pair.pair_id, self.annotator, "draft" if pair.open else "done", False, self.scheme.ref)
            for pair in self.pairs
            if pair.settled or not pair.open
        ]

    def _own_work(self) -> OwnWork:
        names = self.team.names_of(self.annotator)
        return SettlingWork(names, False, pair_ids=tuple(pair.pair_id for pair in self.pairs))

    def _standings_of(self, reader: GenerationReader, standing: Iterable[Summary]) -> Standings:
        rows = self.work.rows(reader)
        return Standings(reader.index, self.annotator, standing, rows, only=rows)

    def _standings_in(self, now: GenerationReader, rows_before: PairRows) -> Standings:
        """What is to be settled in a newer generation is found anew."""
        del rows_before
        self._corpus_now = Corpus.open(self.corpus.folder)
        standing = self._summaries()
        self.work = self._own_work()
        return self._standings_of(now, standing)

    def _left_off(self) -> int | None:
        """Begin with the least sure of the pairs that wait."""
        return None
