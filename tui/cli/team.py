"""The command `hashiya team`: how far everybody is, on a screen, as a table, or as data. Imports late."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, cast

import typer

from hashiya.tui.cli import output
from hashiya.tui.cli.options import AsJson, CorpusFolder

if TYPE_CHECKING:
    from hashiya.corpus.team.activity import AgreementShare
    from hashiya.corpus.team.team_report import PeriodActivity, PersonActivity, TeamReport
    from hashiya.tui.settings.settings import UiLanguage

_PLOT = 12
_COUNTS = (
    "annotator", "windows", "documents", "assigned", "assigned_done", "waiting", "outside", "done", "gone",
    "review", "disputed", "to_adjudicate", "labels", "timed",
)  # fmt: skip
_SHARE = ("share", "same", "cells", "pairs")
_CSV = (
    "annotator", "period", "begins", "has_left", *_COUNTS[1:], "seconds",
    *(f"{name}_{column}" for name in ("others", "gold") for column in _SHARE), "last",
)  # fmt: skip
_TITLES = (
    "done", "waits", "outside", "review", "disputed", "labels", "seconds", "hours", "agree", "gold",
)  # fmt: skip


def team_command(
    corpus: CorpusFolder,
    *,
    as_json: AsJson = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print a line for each person and period as CSV.")
    ] = False,
    ui: Annotated[
        str | None, typer.Option(metavar="en|ar", help="The language of the screen; else that of the locale.")
    ] = None,
) -> None:
    """Watch how far everybody is: done, pace, time, agreement, what waits for whom, who is there now.

    On a terminal it is a screen that looks again by itself; otherwise a table is printed once. Times leave
    long pauses out. Agreement is the share of cells in which two people say the same.
    """
    from hashiya.corpus.store.folder import Corpus
    from hashiya.corpus.team.team_watch import TeamWatch

    if ui not in {None, "en", "ar"}:
        raise typer.BadParameter("en or ar", param_hint="--ui")
    if as_json and as_csv:
        raise typer.BadParameter("takes the place of --json; give one of them", param_hint="--csv")
    watch = TeamWatch(Corpus.open(corpus))
    shown = sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()
    if shown and not (as_json or as_csv):
        from hashiya.tui.screens.team.app import TeamApp
        from hashiya.tui.settings.settings import read_settings

        app = TeamApp(watch, read_settings(), ui=cast("UiLanguage | None", ui))
        app.run()
        raise typer.Exit(app.return_code or 0)
    with output.working("reading the journal"):
        report = watch.look()
    if as_json:
        output.print_json(report=_object(report))
    elif as_csv:
        _print_csv(report)
    else:
        _print_table(report)


def _object(report: TeamReport) -> dict[str, object]:
    """The report as plain values, with what is computed from them."""
    from dataclasses import asdict

    people = []
    for person in report.people:
        item = asdict(person)
        item["seconds_a_pair"], item["labels_a_pair"] = person.seconds_a_pair, person.labels_a_pair
        item |= {"others": _share(person.others), "gold": _share(person.gold, gold=True)}
        item["periods"] = [
            {**asdict(period), "others": _share(period.others), "gold": _share(period.gold, gold=True)}
            for period in person.periods
        ]
        people.append(item)
    return {**asdict(report), "people": people}


def _share(agreement: AgreementShare, *, gold: bool = False) -> dict[str, object]:
    why = None if agreement.share is not None else _why(agreement, gold=gold)
    return {
        "share": agreement.share,
        "same": agreement.same,
        "cells": agreement.cells,
        "pairs": agreement.pairs,
        "undefined": why,
    }


def _why(agreement: AgreementShare, *, gold: bool) -> str:
    if agreement.pairs:
        return "nothing was marked where both looked"
    return "no pair with known labels is done" if gold else "nobody else has done the same pairs"


def _print_csv(report: TeamReport) -> None:
    """Print a line for each person, and one for each of their periods; what a period has not is empty."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.DictWriter(text, _CSV, lineterminator="\n")
    writer.writeheader()
    for person in report.people:
        writer.writerow({name: getattr(person, name) for name in _COUNTS} | _whole(person) | _shares(person))
        for period in person.periods:
            row = {"annotator": person.annotator, "period": report.period, "begins": period.begins}
            counts = {"done": period.done, "labels": period.labels, "seconds": round(period.seconds, 1)}
            writer.writerow(row | counts | _shares(period))
    output.print_data(text.getvalue())


def _whole(person: PersonActivity) -> dict[str, object]:
    return {
        "period": "all",
        "has_left": int(person.has_left),
        "seconds": round(person.seconds, 1),
        "last": person.last,
    }


def _shares(of: PersonActivity | PeriodActivity) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, share in (("others", of.others), ("gold", of.gold)):
        value = None if share.share is None else round(share.share, 4)
        figures = (value, share.same, share.cells, share.pairs)
        found |= {f"{name}_{column}": figure for column, figure in zip(_SHARE, figures, strict=True)}
    return found


def _print_table(report: TeamReport) -> None:
    """Print a row for each person; the names last, since Arabic ones would turn the row round."""
    done = f"{report.labelled:,} of {report.pairs:,} pairs labelled by somebody"
    output.print_row("Corpus", f"{report.name}: {done}; {report.disputed:,} wait for an adjudicator")
    if not report.people:
        output.print_row("", "nobody has labelled anything yet, and no team.toml says who will")
        return
    rows = list(_rows(report))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    output.say()
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        output.say("  ".join([*cells, row[-1]]))
    output.say()
    if not report.is_planned:
        output.say("Nothing is assigned; `hashiya assign` shares the documents out.")
    for title, gold in (("agree", False), ("gold", True)):
        reasons: dict[str, list[str]] = {}
        for person in report.people:
            share = person.gold if gold else person.others
            if share.share is None and person.done + person.gone:
                reasons.setdefault(_why(share, gold=gold), []).append(person.annotator)
        for why, names in reasons.items():
            output.say(f"{title} is undefined: {why} ({', '.join(names)})")


def _rows(report: TeamReport) -> Iterator[list[str]]:
    """The titles, then a row for each person."""
    from hashiya.tui.screens.team.figures import done_of, hours, most_done, percent, plot_done, tenths

    periods = "by day" if report.period == "day" else "by week"
    yield [*_TITLES, periods, "who"]
    top = most_done(report.people)
    for person in report.people:
        notes = [
            *(["has left"] if person.has_left else []),
            *([f"there, {person.windows} open" if person.windows > 1 else "there"] if person.windows else []),
            *([f"{person.to_adjudicate:,} to adjudicate"] if person.to_adjudicate else []),
        ]
        yield [
            done_of(person),
            f"{person.waiting:,}",
            f"{person.outside:,}",
            f"{person.review:,}",
            f"{person.disputed:,}",
            tenths(person.labels_a_pair),
            tenths(person.seconds_a_pair),
            hours(person.seconds),
            percent(person.others),
            percent(person.gold),
            plot_done(person, top, _PLOT),
            f"{person.annotator} ({', '.join(notes)})" if notes else person.annotator,
        ]
