"""How far everybody is: what each person did, in all and over time, what waits, who is there. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from hashiya.corpus.store.presence import Labelling
from hashiya.corpus.team.activity import NO_AGREEMENT, AgreementShare, SavedPair
from hashiya.corpus.team.work_done import PersonWork
from hashiya.schema.team import Role, Team

PeriodLength = Literal["day", "week"]
_MOST_DAYS = 21
"""A team that has worked for longer is told of by week."""
_WEEK = 7


@dataclass(frozen=True, slots=True)
class PeriodActivity:
    """What a person finished in a day or a week, which `begins` on an ISO 8601 date."""

    begins: str
    done: int = 0
    labels: int = 0
    seconds: float = 0.0
    others: AgreementShare = NO_AGREEMENT
    gold: AgreementShare = NO_AGREEMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonActivity:
    """One person of a team, or somebody who labelled without being in it.

    `assigned` pairs are those of the plan, `waiting` those of them that are not finished, `assigned_done` and
    `outside` what was done in it and, where there is a plan, beside it; `done` is all. `gone` counts done
    pairs that the corpus does not have any more. `timed` pairs are the finished ones of which it is known how
    long they took: `seconds` is the sum, long pauses left out. `review` pairs are to be looked at again;
    `disputed` ones wait for an adjudicator, and so do `to_adjudicate` if the person is one.
    """

    annotator: str
    roles: tuple[Role, ...] = ()
    has_left: bool = False
    windows: int = 0
    documents: int = 0
    assigned: int = 0
    assigned_done: int = 0
    waiting: int = 0
    outside: int = 0
    done: int = 0
    gone: int = 0
    review: int = 0
    disputed: int = 0
    to_adjudicate: int = 0
    labels: int = 0
    timed: int = 0
    seconds: float = 0.0
    others: AgreementShare = NO_AGREEMENT
    gold: AgreementShare = NO_AGREEMENT
    last: str | None = None
    periods: tuple[PeriodActivity, ...] = ()

    @property
    def seconds_a_pair(self) -> float | None:
        """How long a pair takes on average; `None` where no times are known."""
        return self.seconds / self.timed if self.timed else None

    @property
    def labels_a_pair(self) -> float | None:
        """How many labels a finished pair has on average; `None` before the first."""
        return self.labels / (self.done + self.gone) if self.done + self.gone else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamReport:
    """All people of a corpus by name, those who left last.

    `is_team` says whether there is a team file, `is_planned` whether anything is assigned. Of `pairs` that
    can be labelled somebody has done `labelled`; `disputed` wait for an adjudicator.
    """

    name: str
    is_team: bool
    is_planned: bool
    pairs: int
    labelled: int
    disputed: int
    period: PeriodLength
    people: tuple[PersonActivity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFacts:
    """What a report is made from: the people, their pairs, their share of the plan, who is there.

    `present` are the ids of pairs that the corpus has and can be labelled.
    """

    name: str
    team: Team | None
    saved: Iterable[SavedPair]
    disputed: Collection[str]
    present: Collection[str]
    work: Mapping[str, PersonWork]
    there: Iterable[Labelling]
    today: date


def report_team(facts: TeamFacts) -> TeamReport:
    """Return how far everybody is who is in the team, has work, has labelled, or is there."""
    team = facts.team or Team()
    by_person: dict[str, list[SavedPair]] = {}
    for pair in facts.saved:
        by_person.setdefault(pair.annotator, []).append(pair)
    windows: dict[str, int] = {}
    for entry in facts.there:
        name = team.name_now(entry.annotator)
        windows[name] = windows.get(name, 0) + 1
    days = {pair.day for some in by_person.values() for pair in some if pair.day is not None}
    length: PeriodLength = "day" if not days or (max(days) - min(days)).days < _MOST_DAYS else "week"
    begins = _periods(days, length)
    disputed = {pair_id for pair_id in facts.disputed if pair_id in facts.present}
    members = {person.name: person for person in team.person}
    names = {*members, *facts.work, *by_person, *windows}
    is_planned = any(work.documents for work in facts.work.values())
    people: list[PersonActivity] = []
    for name in sorted(names):
        person = members.get(name)
        roles = () if person is None else person.roles
        people.append(
            _person(
                name,
                by_person.get(name, []),
                facts,
                disputed=disputed,
                begins=begins,
                length=length,
                is_planned=is_planned,
                roles=roles,
                has_left=person is not None and not person.is_there(facts.today),
                windows=windows.get(name, 0),
            )
        )
    done = {pair.pair_id for some in by_person.values() for pair in some if pair.is_done}
    return TeamReport(
        name=facts.name,
        is_team=facts.team is not None,
        is_planned=is_planned,
        pairs=len(facts.present),
        labelled=sum(pair_id in facts.present for pair_id in done),
        disputed=len(disputed),
        period=length,
        people=tuple(sorted(people, key=lambda person: person.has_left)),
    )


def _person(
    name: str,
    saved: Sequence[SavedPair],
    facts: TeamFacts,
    *,
    disputed: Collection[str],
    begins: Sequence[date],
    length: PeriodLength,
    is_planned: bool,
    roles: tuple[Role, ...],
    has_left: bool,
    windows: int,
) -> PersonActivity:
    work = facts.work.get(name)
    done = [pair for pair in saved if pair.is_done]
    here = [pair for pair in saved if pair.pair_id in facts.present]
    timed = [pair for pair in saved if pair.is_finished and pair.seconds > 0]
    present_done = sum(pair.is_done for pair in here)
    return PersonActivity(
        annotator=name,
        roles=roles,
        has_left=has_left,
        windows=windows,
        documents=work.documents if work else 0,
        assigned=work.assigned if work else 0,
        assigned_done=work.done if work else 0,
        waiting=work.waiting if work else 0,
        outside=work.outside if work and is_planned else 0,
        done=present_done,
        gone=len(done) - present_done,
        review=sum(pair.is_in_review for pair in here),
        disputed=sum(pair.is_done and pair.pair_id in disputed for pair in here),
        to_adjudicate=len(disputed) if "adjudicator" in roles and not has_left else 0,
        labels=sum(pair.labels for pair in done),
        timed=len(timed),
        seconds=sum(pair.seconds for pair in timed),
        others=sum((pair.others for pair in done), NO_AGREEMENT),
        gold=sum((pair.gold for pair in done), NO_AGREEMENT),
        last=max((pair.saved_at for pair in saved if pair.saved_at is not None), default=None),
        periods=_by_period(saved, begins, length),
    )


def _by_period(
    saved: Iterable[SavedPair], begins: Sequence[date], length: PeriodLength
) -> tuple[PeriodActivity, ...]:
    """What a person finished in each period, those in which nothing was finished too."""
    grouped: dict[date, list[SavedPair]] = {begin: [] for begin in begins}
    for pair in saved:
        if pair.is_finished and pair.day is not None:
            grouped[_begin(pair.day, length)].append(pair)
    return tuple(
        PeriodActivity(
            begins=begin.isoformat(),
            done=sum(pair.is_done for pair in some),
            labels=sum(pair.labels for pair in some if pair.is_done),
            seconds=sum(pair.seconds for pair in some),
            others=sum((pair.others for pair in some), NO_AGREEMENT),
            gold=sum((pair.gold for pair in some), NO_AGREEMENT),
        )
        for begin, some in grouped.items()
    )


def _periods(days: Collection[date], length: PeriodLength) -> list[date]:
    """The first days of all periods from the first to the last in which anything was saved."""
    if not days:
        return []
    first, last = _begin(min(days), length), _begin(max(days), length)
    step = timedelta(days=1 if length == "day" else _WEEK)
    return [first + number * step for number in range((last - first) // step + 1)]


def _begin(day: date, length: PeriodLength) -> date:
    """The first day of the period of a day: itself, or the Monday before."""
    return day if length == "day" else date.fromordinal(max(day.toordinal() - day.weekday(), 1))
