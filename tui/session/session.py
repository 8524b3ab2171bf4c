"""A labelling session with no screen: what an annotator says of the open pair is saved, undone, done again.

Every change is in the journal, on the disk, when the method that made it returns; so there is nothing to
save at the end, and undo goes back as far as the journal does. What cannot be done is a `HashiyaError` with
a message for the annotator, and changes nothing.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from hashiya.corpus.carrying.labels_before import LabelsBefore, labels_before
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.rescue import rescue
from hashiya.corpus.journal.standing import Standing
from hashiya.corpus.journal.summaries import Present, redoable, undoable
from hashiya.corpus.store.document_view import anchors
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.presence import Labelling, Presence, labelling, labelling_anywhere
from hashiya.corpus.team.cells import AnnotationCells
from hashiya.corpus.team.differences import LabelVersion, PairDifferences, before_and_now, changed_cells
from hashiya.schema.adjudication import CellKey
from hashiya.schema.covers import covers_of_layers
from hashiya.schema.errors import ConnectionLostError, CorpusError, JournalMovedError, LabelError
from hashiya.schema.records import KNOWN_ORIGINS, LANGS, Annotation, Cover, Status
from hashiya.schema.validate import has_labels
from hashiya.tui.session.browser import PairBrowser
from hashiya.tui.session.edits.answers import take_answer
from hashiya.tui.session.edits.statements import blank
from hashiya.tui.session.proposals.concepts import Concepts
from hashiya.tui.session.unsaved import UnsavedLabel, UnsavedLabels
from hashiya.tui.session.write_access import read_only
from hashiya.tui.settings.language import _
from hashiya.tui.settings.paths import rescue_folder

_WHOLE = frozenset({"all", "assigned", "unlabelled", "untouched"})
"""The states of queues that are at their end when no pair in them waits."""


class Session(PairBrowser):
    """One annotator who labels the pairs of a corpus; use it as a context manager.

    `concepts` are what names stand for, as far as is known. `saved_at` is when the last change got to the
    disk, `None` before the first. `rescued` is the journal, beside the settings, that it goes to since the
    corpus's own was taken away under the session; `None` while all is well. `unsaved` is what waits until the
    journal's server can be reached.
    """

    def __init__(
        self,
        corpus: Corpus,
        annotator: str,
        *,
        everything: bool = False,
        idle: float = 60.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(corpus, annotator, everything=everything, idle=idle, now=now)
        self.concepts = Concepts(corpus.scheme)
        self.saved_at: datetime | None = None
        self.rescued: Path | None = None
        self.unsaved = UnsavedLabels(self.journal.where, annotator)
        self._finished = False
        self.before: list[LabelsBefore] = []
        """What stood before a build changed the open pair, while it is to be reviewed."""
        self._answers = PairDifferences()
        self._presence: Presence | None = None

    @classmethod
    def open(
        cls,
        corpus: Corpus,
        annotator: str,
        *,
        everything: bool = False,
        idle: float = 60.0,
        now: Callable[[], float] = time.monotonic,
    ) -> Self:
        """Open a session, say to others that it is there, and go to the first pair that waits."""
        session = cls(corpus, annotator, everything=everything, idle=idle, now=now)
        session.begin()
        return session

    def begin(self) -> None:
        """Say to others that the session is there, and go to the first pair that waits; else close it."""
        try:
            self._presence = Presence.enter(self.corpus.folder, self.annotator)
            self.unsaved.adopt()
            self.save_unsaved()
            left_off = self._left_off()
            self.go(self._waiting() if left_off is None else left_off)
        except OSError as error:
            self.close()
            raise read_only(self.corpus.folder, error.strerror or str(error)) from None
        except BaseException:
            self.close()
            raise

    def _left_off(self) -> int | None:
        """Return the row of the draft that the annotator worked on last; `None` if that was finished."""
        pair_id = undoable(self.journal, self.annotator, self._present)
        row = None if pair_id is None else self.reader.index.row(pair_id)
        return row if row is not None and self.standings.own(row) == "draft" else None

    def close(self) -> None:
        """End the session; everything is saved already."""
        if self._presence:
            self._presence.leave()
        super().close()

    @property
    def answers(self) -> PairDifferences:
        """What other versions of the open pair's labels say, from which an answer can be taken.

        Here it is what was there before a build changed the pair, where the draft does not say so now.
        """
        return self._answers

    @property
    def ending(self) -> str:
        """What is said where nothing waits any more."""
        progress = self.progress
        if progress.finished == progress.total:
            return _("All {total:,} pairs have a label of yours. Thank you.").format(total=progress.total)
        return _("Nothing waits in this choice of pairs; {left:,} of all still do.").format(
            left=progress.total - progress.finished
        )

    def name_of(self, version: LabelVersion) -> str:
        """Return what a version of the open pair's labels is called."""
        return _("before") if version.kind == "earlier" else version.name

    def take(self, version: LabelVersion, cells: Sequence[CellKey]) -> None:
        """Let cells say what a version says there; on the disk on return."""
        made = self.draft
        for cell in cells:
            made = take_answer(made, version.annotation, cell)
        if made != self.draft:
            self.save(made)

    def others(self) -> list[Labelling]:
        """Return who else has the corpus open, or its journal at a server, and own other windows."""
        own = self._presence.entry if self._presence else None
        names: list[str] = []
        if not self.lost:
            with suppress(ConnectionLostError):
                names = self.journal.database.present()
        found = labelling_anywhere(labelling(self.corpus.folder), names)
        return [entry for entry in found if entry != own]

    def save(self, annotation: Annotation) -> None:
        """Let an annotation of the open pair stand; on the disk on return, or among `unsaved`."""
        self._refuse_outdated()
        self._refuse_other_layers(annotation)
        self._finished = False
        self._record(annotation)

    def renew(self) -> None:
        """Start an outdated pair anew: its comment stays, its labels remain in the journal behind an undo."""
        untouched = blank(self.pair, self.annotator, self.scheme)
        self._record(replace(untouched, comment=self.draft.comment))

    def finish(self, status: Status) -> bool:
        """Give the pair its status and open the next that waits; false when none does.

        While the connection is lost the pair stays open until it is saved.
        """
        self._refuse_outdated()
        covers: tuple[Cover, ...] = ()
        if status == "done":
            covers = covers_of_layers(self.draft, self.scheme, self.pair, self.work.layers)
        saved = self._record(replace(self.draft, status=status, covers=covers))
        for entity in self.draft.entities:  # those that were only tried out have gone by now
            self.concepts.remember(entity)
        if not saved:
            self._finished = True
            return True
        return self._go_on()

    def _go_on(self) -> bool:
        """Open the next pair that waits; false when none does."""
        waiting = self._waiting()
        if waiting is not None:
            return self.go(waiting)
        return self.queue.chosen.state not in _WHOLE and self.step(1)

    def undo(self) -> bool:
        """Take the annotator's last change back and open its pair; false when there is none."""
        return self._back_and_forth(undoable, self.journal.undo)

    def redo(self) -> bool:
        """Do again what was undone last and open its pair; false when there is nothing."""
        return self._back_and_forth(redoable, self.journal.redo)

    def _back_and_forth(
        self, find: Callable[[Journal, str, Present], str | None], act: Callable[[str, str], object]
    ) -> bool:
        self.see_the_journal()
        self._follow_first()
        nothing_left: set[str] = set()
        while True:
            pair_id = find(
                self.journal, self.annotator, lambda one: one not in nothing_left and self._present(one)
            )
            if pair_id is None:
                return False
            self.go(self.reader.index.row(pair_id))
            if self.forked:
                raise LabelError(
                    _("two versions of this pair stand side by side: choose one and save it first")
                )
            if act(pair_id, self.annotator) is not None:
                self._note_saved()
                return True
            # The journal counts by what follows what, which after a conflict is less than what was done.
            nothing_left.add(pair_id)

    def _refuse_outdated(self) -> None:
        wrong = [] if self.annotation is None else self._faults(self.annotation)
        if self.annotation is None or not wrong:
            return
        old, new = self.annotation.scheme, self.scheme.ref
        raise LabelError(
            _(
                "this was labelled with {old}, which does not fit {new}: start the pair anew to change it"
            ).format(old=f"{old.name} {old.version}", new=f"{new.name} {new.version}")
            if old != new
            else _("what stands here does not fit ({fault}): start the pair anew to change it").format(
                fault=wrong[0]
            )
        )

    def _refuse_other_layers(self, annotation: Annotation) -> None:
        """Raise `LabelError` where something new is marked in a layer that is not the annotator's."""
        allowed = self.work.allowed
        if allowed is None:
            return
        before = AnnotationCells(self.draft)
        for cell in changed_cells(self.draft, annotation, [], self.scheme):
            if cell.layer not in allowed and not before.said_in(cell):
                raise LabelError(
                    _("{layer} are not yours to mark: team.toml gives you {layers}").format(
                        layer=cell.layer, layers=", ".join(allowed)
                    )
                )

    def see_the_journal(self) -> bool:
        """See that the open journal is the corpus's; return whether it is not any more, since just now.

        Then everything that it held, with all that is saved from now on, goes to a rescue journal.
        """
        if self.rescued is not None:
            return False
        try:
            self.journal.database.see_that_it_is_the_same()
        except JournalMovedError as error:
            moment = datetime.now().astimezone()
            path = rescue_folder() / f"{self.corpus.folder.name}-{moment:%Y%m%d-%H%M%S}.sqlite"
            self.journal = rescue(self.journal, path, str(error))
            self.rescued = path
            return True
        return False

    def _follow_first(self) -> None:
        """Go on in a newer generation before a change, which is refused where another pair is open then."""
        with suppress(CorpusError):  # the label stays in the journal, and the next build finds its place
            if self.follow() not in {None, "same"}:
                raise LabelError(_("the corpus was built again, and this pair is another: look at it first"))

    @property
    def lost(self) -> bool:
        """Whether the journal's server is out of reach."""
        return not self.journal.database.connected

    def reread(self) -> bool:
        """See whether another window changed the open pair; not while something of it waits to be saved."""
        return not self.unsaved and super().reread()

    def save_unsaved(self) -> bool:
        """Save what waited for the connection, and go on where the pair was finished; false if nothing did.

        `ConnectionLostError` while it is still lost. What another window did meanwhile stands beside it.
        """
        if not self.unsaved:
            return False
        self._save_kept()
        if self._finished:
            self._go_on()
        self._finished = False
        return True

    def _save_kept(self) -> None:
        self.see_the_journal()
        for item in self.unsaved.items:
            self.journal.record_beside(item.annotation, item.follows, item.texts, item.event_id)
        if self.unsaved:
            self.unsaved.forget()
            self.saved_at = datetime.now().astimezone()
            if self.row is not None:
                self._show(self._found(self.pair))

    def _record(self, annotation: Annotation) -> bool:
        """Save an annotation of the open pair; return false where it is kept until the connection is back."""
        seen = False
        with suppress(ConnectionLostError):
            self._save_kept()
            self._follow_first()
            if self.reread():
                raise LabelError(_("another window has just changed this pair: look at it as it is now"))
            seen = True
        document = self.document
        made = replace(
            annotation,
            seconds=round(self.clock.seconds, 1),
            scheme=self.scheme.ref,
            origin="human",
            place=anchors(document, self.pair),
            created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )
        stood = self.annotation
        if stood is not None and stood.origin in KNOWN_ORIGINS and _is_unchanged(stood, made):
            # Who looks at known labels and lets them be has not made them anew.
            made = replace(made, origin=stood.origin, covers=stood.covers)
        if self.pair.kind == "boilerplate" and made.status == "done" and has_labels(made):
            raise LabelError(_("boilerplate is not labelled: delete its marks, or skip it"))
        wrong = self._faults(made)
        if wrong:
            raise LabelError(_("this cannot be saved: {faults}").format(faults="; ".join(wrong)))
        texts = tuple(text for lang in LANGS if (text := document.text(lang)) is not None)
        event_id = secrets.token_hex(16)
        with suppress(ConnectionLostError):
            if seen:
                self.journal.record([made], texts, [event_id])
                self._note_saved()
                return True
        follows = self._seen(made.pair_id)
        self._keep(UnsavedLabel(annotation=made, follows=follows, texts=texts, event_id=event_id))
        return False

    def _seen(self, pair_id: str) -> tuple[str, ...]:
        """The events that a label which is not saved yet follows."""
        before = self.unsaved.last_of(pair_id)
        if before is not None:
            return (before.event_id,)
        return () if self._standing is None else tuple(head.event_id for head in self._standing.heads)

    def _keep(self, item: UnsavedLabel) -> None:
        self.unsaved.keep(item)
        made = item.annotation
        self._show(Standing(made.pair_id, made.annotator, (), (made,), (made,)))

    def _show(self, standing: Standing | None) -> None:
        super()._show(standing)
        if standing is None or self.draft.status != "review":
            self.before = []
        elif standing.heads:  # else the connection is lost, and it is as it was
            view = self.reader.view(self._open_row())
            self.before = labels_before(self.journal, standing, self.pair, view)
        placed = [item.placed for item in self.before]
        self._answers = before_and_now(self.draft, placed, self.scheme)

    def _note_saved(self) -> None:
        self.saved_at = datetime.now().astimezone()
        with suppress(ConnectionLostError):  # it is saved all the same
            self._show(self._found(self.pair))


def _is_unchanged(one: Annotation, other: Annotation) -> bool:
    """Whether two annotations have the same status and labels, whatever else is said of them."""
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("status", "stances", "entities", "implications", "flags", "links")
    )
