"""One person of a team closely: what they did, over time, and how far they are in each document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from hashiya.corpus.team.activity import AgreementShare
from hashiya.corpus.team.team_report import PersonActivity, TeamReport
from hashiya.corpus.team.team_watch import DocumentProgress
from hashiya.schema.team import Role
from hashiya.tui.keys.keyboard import canonical
from hashiya.tui.screens.team.figures import hours, most_done, percent, plot_agreement, plot_done, tenths
from hashiya.tui.settings.language import N_, _, current_language, ngettext
from hashiya.tui.widgets.bar import Bar, Piece, keys
from hashiya.tui.widgets.markdown import TextBlock
from hashiya.tui.widgets.prose import Prose
from hashiya.tui.widgets.table import Table, TableColumn, TableRow, isolated

_PLOT = 26
_CLOSING = frozenset({"escape", "enter", "q"})
_ROLES: dict[Role, str] = {
    "annotator": N_("annotator"),
    "adjudicator": N_("adjudicator"),
    "builder": N_("builder"),
}


class PersonScreen(ModalScreen[None]):
    """Shows a person as of the last look."""

    CSS_PATH: ClassVar[CSSPathType | None] = "../dialog.tcss"

    def __init__(
        self,
        person: PersonActivity,
        report: TeamReport,
        documents: Callable[[], Sequence[DocumentProgress]],
    ) -> None:
        super().__init__()
        self._person = person
        self._report = report
        self._documents = documents

    def compose(self) -> ComposeResult:
        """Yield the title, what is to be said, the documents."""
        with Vertical(classes="dialog whole"):
            yield Bar(id="title")
            yield Prose(id="facts")
            yield Table()

    def on_mount(self) -> None:
        """Show the person."""
        person, base = self._person, current_language().direction
        title = [Piece(person.annotator, "strong"), *(Piece(_(_ROLES[role]), "dim") for role in person.roles)]
        if person.has_left:
            title.append(Piece(_("has left"), "bad"))
        elif person.windows:
            title.append(Piece(_("is there"), "good"))
        self.query_one("#title", Bar).show(title, keys(("Tab", _("Other part")), ("Esc", _("Close"))), base)
        facts = self.query_one("#facts", Prose)
        facts.styles.height = "auto"
        facts.styles.max_height = "60%"
        facts.show([TextBlock(text, base, tight=True) for text in person_facts(person, self._report)])
        self.query_one(Table).show(
            [
                TableColumn(_("Document"), 10, 0, "text", grows=True),
                TableColumn(_("Done"), 4, 1),
                TableColumn(_("Waits"), 4, 2),
                TableColumn("", 4, 3, "text"),
            ],
            [_document_row(item) for item in self._documents()],
            base,
        )
        self.set_focus(self.query_one(Table))

    def on_key(self, event: events.Key) -> None:
        """Move through the documents or what is said, or close."""
        key = canonical(event.key, event.character)
        event.stop()
        event.prevent_default()
        table, facts = self.query_one(Table), self.query_one("#facts", Prose)
        part = facts if facts.has_focus else table
        page = max(part.visible_rows - 2, 1)
        steps = {"down": 1, "j": 1, "up": -1, "k": -1, "pagedown": page, "pageup": -page}
        if key in _CLOSING:
            self.dismiss(None)
        elif key == "tab":
            self.set_focus(table if facts.has_focus else facts)
        elif key in steps and facts.has_focus:
            facts.jump(round(facts.scroll_target_y) + steps[key])
        elif key in steps:
            table.move(steps[key])


def person_facts(person: PersonActivity, report: TeamReport) -> list[str]:
    """Return what is to be said of a person, a line each."""
    found = [_plan(person), _pace(person), *_waits(person)]
    found.append(_("With others: {agreement}").format(agreement=_agreement(person.others)))
    found.append(_("With gold: {agreement}").format(agreement=_agreement(person.gold, gold=True)))
    if person.gone:
        found.append(
            ngettext(
                "{count} finished pair is not in the corpus any more; its time and labels count above.",
                "{count} finished pairs are not in the corpus any more; their time and labels count above.",
                person.gone,
            ).format(count=f"{person.gone:,}")
        )
    if person.last is not None:
        found.append(_("Last saved: {time}").format(time=_date(person.last[:16].replace("T", " "))))
    if person.periods:
        found.append(_days(person, report))
        plots = (
            (_("Pairs done"), plot_done(person, most_done(report.people), _PLOT)),
            (_("Like others"), plot_agreement(person, lambda period: period.others, _PLOT)),
            (_("Like gold"), plot_agreement(person, lambda period: period.gold, _PLOT)),
        )
        found += [f"{plot} {title}" for title, plot in plots]
    return found


def why_undefined(agreement: AgreementShare, *, gold: bool = False) -> str:
    """Return why there is no figure."""
    if agreement.pairs:
        return _("undefined: nothing was marked where both looked")
    if gold:
        return _("undefined: no pair with known labels is done")
    return _("undefined: nobody else has done the same pairs")


def _agreement(agreement: AgreementShare, *, gold: bool = False) -> str:
    if agreement.share is None:
        return why_undefined(agreement, gold=gold)
    return _("{share} of {cells} cells, on {pairs} pairs").format(
        share=percent(agreement), cells=f"{agreement.cells:,}", pairs=f"{agreement.pairs:,}"
    )


def _plan(person: PersonActivity) -> str:
    if not person.assigned:
        return ngettext(
            "Nothing is assigned; {count} pair is done.",
            "Nothing is assigned; {count} pairs are done.",
            person.done,
        ).format(count=f"{person.done:,}")
    return _(
        "{done} of {assigned} assigned pairs are done, {waiting} wait; {outside} done outside of the plan."
    ).format(
        done=f"{person.assigned_done:,}",
        assigned=f"{person.assigned:,}",
        waiting=f"{person.waiting:,}",
        outside=f"{person.outside:,}",
    )


def _pace(person: PersonActivity) -> str:
    if not person.timed:
        return _("How long a pair takes is not known.")
    return _("{hours} hours, long pauses left out; {seconds} seconds and {labels} labels a pair.").format(
        hours=hours(person.seconds),
        seconds=tenths(person.seconds_a_pair),
        labels=tenths(person.labels_a_pair),
    )


def _waits(person: PersonActivity) -> list[str]:
    counts = (
        (person.review, _("to be looked at again: {count}")),
        (person.disputed, _("done, and disputed with others: {count}")),
        (person.to_adjudicate, _("to be settled as adjudicator: {count}")),
    )
    found = [text.format(count=f"{count:,}") for count, text in counts if count]
    return [" · ".join(found)] if found else []


def _days(person: PersonActivity, report: TeamReport) -> str:
    shown = person.periods[-_PLOT:]
    text = _("By day, {first} to {last}:") if report.period == "day" else _("By week, {first} to {last}:")
    return text.format(first=_date(shown[0].begins), last=_date(shown[-1].begins))


def _date(text: str) -> str:
    """Isolate a date: in an Arabic sentence its parts would change places."""
    return f"\u2066{text}\u2069"


def _document_row(item: DocumentProgress) -> TableRow:
    return TableRow(
        item.doc_id,
        (
            isolated(item.title or item.doc_id),
            f"{item.done:,}/{item.pairs:,}",
            f"{item.waiting:,}" if item.is_assigned else "",
            "" if item.is_assigned else _("outside"),
        ),
        "good" if item.is_assigned and not item.waiting else "plain",
    )
