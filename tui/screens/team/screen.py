"""The screen of a team: a row for each person, read anew every few seconds and on a key."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import events
from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.screen import Screen
from textual.worker import get_current_worker

from hashiya.corpus.team.team_report import PersonActivity, TeamReport
from hashiya.corpus.team.team_watch import TeamWatch
from hashiya.schema.errors import HashiyaError
from hashiya.tui.keys.keyboard import canonical
from hashiya.tui.screens.team.figures import done_of, hours, most_done, percent, plot_done, tenths
from hashiya.tui.screens.team.person import PersonScreen
from hashiya.tui.settings.language import _, current_language, ngettext
from hashiya.tui.widgets.bar import Bar, Piece, keys
from hashiya.tui.widgets.markdown import TextBlock
from hashiya.tui.widgets.prose import Prose
from hashiya.tui.widgets.table import CellStyle, Table, TableColumn, TableRow, isolated

_LOOK_EVERY = 5.0
"""Seconds between two looks at the journal."""
_PLOT = 12
_STEPS = {"down": 1, "j": 1, "up": -1, "k": -1, "home": -(10**6), "end": 10**6}
HERE = "●"
"""Stands before the name of somebody who has a window open."""


class TeamScreen(Screen[None]):
    """Shows how far everybody is."""

    CSS_PATH: ClassVar[CSSPathType | None] = "team.tcss"

    def __init__(self, watch: TeamWatch) -> None:
        super().__init__()
        self._watch = watch
        self._is_looking = False
        self.report: TeamReport | None = None
        self.error = ""

    def compose(self) -> ComposeResult:
        """Yield the heading, the table, what is wrong or missing, the keys."""
        yield Bar(id="head")
        yield Table()
        yield Prose(id="empty")
        yield Bar(id="keys")
        yield Bar(id="state")

    def on_mount(self) -> None:
        """Look at once, and again and again."""
        self.set_focus(self.query_one(Table))
        base = current_language().direction
        self.query_one("#head", Bar).show([Piece(_("Reading the journal …"), "dim")], (), base)
        self.query_one("#keys", Bar).show(
            keys(("Enter", _("Details")), ("r", _("Look again")), ("q", _("Quit"))), (), base
        )
        self.set_interval(_LOOK_EVERY, self.look)
        self.look()

    def look(self) -> None:
        """Read what has changed, unless that is being done."""
        if not self._is_looking:
            self._is_looking = True
            self.run_worker(self._read, thread=True)

    def on_key(self, event: events.Key) -> None:
        """Move, open a person, look again, leave."""
        key = canonical(event.key, event.character)
        event.stop()
        event.prevent_default()
        table = self.query_one(Table)
        if key in {"pagedown", "pageup"}:
            page = max(table.visible_rows - 2, 1)
            table.move(page if key == "pagedown" else -page)
        elif key in _STEPS:
            table.move(_STEPS[key])
        elif key == "enter" and table.chosen is not None:
            self._open(table.chosen.key)
        elif key == "r":
            self.look()
        elif key in {"q", "escape"}:
            self.app.exit()

    def on_table_opened(self, event: Table.Opened) -> None:
        """Open the person who was clicked."""
        self._open(event.key)

    def _open(self, name: str) -> None:
        person = (
            next((one for one in self.report.people if one.annotator == name), None) if self.report else None
        )
        if person is not None and self.report is not None:
            self.app.push_screen(
                PersonScreen(person, self.report, lambda: self._watch.documents(person.annotator))
            )

    def _read(self) -> None:
        """Look, in a thread of its own: a large journal takes some seconds at first."""
        worker = get_current_worker()
        error, report = "", None
        try:
            report = self._watch.look(lambda: not worker.is_cancelled)
        except (HashiyaError, OSError) as problem:
            error = str(problem)
        if not worker.is_cancelled and self.app.is_running:
            self.app.call_from_thread(self._show, report, error)

    def _show(self, report: TeamReport | None, error: str) -> None:
        self._is_looking = False
        if not self.is_attached:
            return
        self.error = error
        self.report = report or self.report
        base = current_language().direction
        if self.report is not None:
            self._show_report(self.report)
        message = Piece(error, "bad") if error else Piece("")
        seen = _("as of {time}").format(time=datetime.now().astimezone().strftime("%H:%M:%S"))
        self.query_one("#state", Bar).show([message], () if error else [Piece(seen, "dim")], base)

    def _show_report(self, report: TeamReport) -> None:
        base = current_language().direction
        done = _("{done} of {count} pairs labelled").format(
            done=f"{report.labelled:,}", count=f"{report.pairs:,}"
        )
        waiting = ngettext(
            "{count} pair waits for an adjudicator",
            "{count} pairs wait for an adjudicator",
            report.disputed,
        ).format(count=f"{report.disputed:,}")
        here = sum(person.windows > 0 for person in report.people)
        there = ngettext("{count} person is there", "{count} people are there", here).format(count=here)
        self.query_one("#head", Bar).show(
            [Piece(report.name, "strong"), Piece(done)],
            [Piece(waiting, "bad" if report.disputed else "dim"), Piece(there, "good" if here else "dim")],
            base,
        )
        top = most_done(report.people)
        self.query_one(Table).show(_columns(report), [_row(person, top) for person in report.people], base)
        empty = _nothing(report)
        self.set_class(bool(empty), "wanting")
        self.query_one("#empty", Prose).show([TextBlock(text, base, "dim") for text in empty])


def _columns(report: TeamReport) -> list[TableColumn]:
    periods = _("By day") if report.period == "day" else _("By week")
    return [
        TableColumn(_("Who"), 10, 0, "text", grows=True),
        TableColumn(_("Done"), 4, 1),
        TableColumn(_("Waits"), 4, 4),
        TableColumn(_("Outside"), 4, 11),
        TableColumn(_("Review"), 4, 10),
        TableColumn(_("Disputed"), 4, 9),
        TableColumn(_("Labels"), 4, 8),
        TableColumn(_("Seconds"), 4, 5),
        TableColumn(_("Hours"), 4, 6),
        TableColumn(_("Agree"), 4, 2),
        TableColumn(_("Gold"), 4, 7),
        TableColumn(
            periods, min(_PLOT, max((len(one.periods) for one in report.people), default=0)), 3, "plot"
        ),
    ]


def _row(person: PersonActivity, top: int) -> TableRow:
    style: CellStyle = "dim" if person.has_left else "plain"
    name = f"{HERE} {isolated(person.annotator)}" if person.windows else isolated(person.annotator)
    if person.has_left:
        name = _("{who} (left)").format(who=name)
    return TableRow(
        person.annotator,
        (
            name,
            done_of(person),
            f"{person.waiting:,}" if person.assigned else "",
            f"{person.outside:,}" if person.outside else "",
            f"{person.review:,}" if person.review else "",
            f"{person.disputed:,}" if person.disputed else "",
            tenths(person.labels_a_pair),
            tenths(person.seconds_a_pair),
            hours(person.seconds),
            percent(person.others),
            percent(person.gold),
            plot_done(person, top, _PLOT),
        ),
        style,
    )


def _nothing(report: TeamReport) -> list[str]:
    """What is not there yet, and what makes it be there."""
    found: list[str] = []
    if not report.people:
        found.append(_("Nobody has labelled anything yet, and no team.toml says who will."))
    elif not any(person.last or person.done for person in report.people):
        found.append(_("Nobody has labelled anything yet."))
    if report.people and not report.is_planned:
        found.append(
            _("Nothing is assigned: hashiya assign shares the documents out among the people of team.toml.")
        )
    return found
