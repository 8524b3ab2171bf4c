"""Figures of a team as they are read: shares, times, plots. The same in every language."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hashiya.corpus.team.activity import AgreementShare
from hashiya.corpus.team.team_report import PeriodActivity, PersonActivity
from hashiya.tui.widgets.sparkline import sparkline

NO_FIGURE = "–"
"""Stands where a figure is undefined, or nobody knows it."""


def done_of(person: PersonActivity) -> str:
    """Return how many pairs are done, of those assigned where any are: "212/450"."""
    return f"{person.assigned_done:,}/{person.assigned:,}" if person.assigned else f"{person.done:,}"


def percent(agreement: AgreementShare) -> str:
    """Return an agreement in percent; 100 only where all is the same."""
    share = agreement.share
    if share is None:
        return NO_FIGURE
    return f"{min(round(100 * share), 100 if agreement.same == agreement.cells else 99)}%"


def tenths(figure: float | None) -> str:
    """Return a figure with one decimal."""
    return NO_FIGURE if figure is None else f"{figure:.1f}"


def hours(seconds: float) -> str:
    """Return a time in hours and minutes: "1:50"."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02}" if seconds else NO_FIGURE


def most_done(people: Sequence[PersonActivity]) -> int:
    """Return the most that anybody has done in a period: the top of everybody's plot."""
    return max((period.done for person in people for period in person.periods), default=0)


def plot_done(person: PersonActivity, top: int, width: int) -> str:
    """Return a plot of the pairs done in each of the last periods."""
    return sparkline([period.done for period in person.periods], top, width)


def plot_agreement(person: PersonActivity, of: Callable[[PeriodActivity], AgreementShare], width: int) -> str:
    """Return a plot of an agreement in each of the last periods, from none to all."""
    return sparkline([of(period).share for period in person.periods], 1, width)
