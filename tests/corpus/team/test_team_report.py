"""How far everybody is: who is listed, what counts as done or gone, how it is told of days and weeks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.store.presence import Labelling
from hashiya.corpus.team.activity import NO_AGREEMENT, AgreementShare, SavedPair
from hashiya.corpus.team.gold_score import GoldScore
from hashiya.corpus.team.team_report import PersonActivity, TeamFacts, TeamReport, report_team
from hashiya.corpus.team.work_done import PersonWork
from hashiya.schema.team import Person, Team

TODAY = date(2026, 3, 20)


def pair(name: str, pair_id: str = "p", **fields: object) -> SavedPair:
    values: dict[str, object] = {
        "is_finished": True,
        "is_done": True,
        "is_in_review": False,
        "is_known": False,
        "seconds": 20.0,
        "labels": 3,
        "saved_at": "2026-03-20T10:00:00+00:00",
        "day": TODAY,
        "others": NO_AGREEMENT,
        "gold": NO_AGREEMENT,
        **fields,
    }
    return SavedPair(pair_id, name, **values)  # type: ignore[arg-type]


def told(
    saved: Iterable[SavedPair] = (),
    *,
    team: Team | None = None,
    work: Mapping[str, PersonWork] | None = None,
    there: Iterable[str] = (),
    present: Iterable[str] = ("p", "q", "r"),
    disputed: Iterable[str] = (),
) -> TeamReport:
    return report_team(
        TeamFacts(
            name="test",
            team=team,
            saved=saved,
            disputed=set(disputed),
            present=set(present),
            work=work or {},
            there=[Labelling(annotator=name, host="h", pid=1, since="s") for name in there],
            today=TODAY,
        )
    )


def person(report: TeamReport, name: str) -> PersonActivity:
    return next(one for one in report.people if one.annotator == name)


def test_nobody_has_done_anything_and_nobody_will() -> None:
    report = told()
    assert (report.people, report.is_team, report.is_planned, report.labelled) == ((), False, False, 0)


def test_all_are_listed_who_are_in_the_team_labelled_have_work_or_are_there() -> None:
    team = Team(person=(Person(name="زينب"), Person(name="omar", left="2026-03-20")))
    work = {"ali": PersonWork("ali", 1, 10, 0, 10, 0, GoldScore())}
    report = told([pair("layla")], team=team, work=work, there=["sara", "sara"])
    assert [one.annotator for one in report.people] == ["ali", "layla", "sara", "زينب", "omar"]
    assert [one.has_left for one in report.people] == [False] * 4 + [True]
    assert person(report, "sara").windows == 2
    assert person(report, "ali").waiting == 10
    assert report.is_planned


def test_who_is_there_under_an_earlier_name_is_there_under_the_new_one() -> None:
    report = told(team=Team(person=(Person(name="سارة", formerly=("sara",)),)), there=["sara"])
    assert [(one.annotator, one.windows) for one in report.people] == [("سارة", 1)]


def test_somebody_who_left_keeps_what_they_did_and_adjudicates_no_more() -> None:
    boss = Person(name="omar", left=True, roles=("annotator", "adjudicator"))
    report = told([pair("omar")], team=Team(person=(boss,)), disputed=["p"])
    assert (person(report, "omar").done, person(report, "omar").to_adjudicate) == (1, 0)


def test_pairs_that_a_build_took_away_count_in_time_and_not_as_done() -> None:
    report = told([pair("layla", "p"), pair("layla", "away"), pair("omar", "away")], disputed=["away", "p"])
    layla = person(report, "layla")
    assert (layla.done, layla.gone, layla.seconds, layla.labels_a_pair) == (1, 1, 40, 3)
    assert (report.labelled, report.disputed, layla.disputed) == (1, 1, 1)
    assert person(report, "omar").labels_a_pair == 3


def test_pace_is_of_what_is_finished_and_timed() -> None:
    saved = [
        pair("layla", "p", seconds=0.0),
        pair("layla", "q", seconds=30.0),
        pair("layla", "r", seconds=10.0, is_done=False),
        pair("layla", "s", seconds=500.0, is_done=False, is_finished=False),
    ]
    layla = person(told(saved), "layla")
    assert (layla.timed, layla.seconds, layla.seconds_a_pair) == (2, 40, 20)
    assert (layla.done, layla.labels_a_pair) == (2, 3)
    assert person(told([pair("omar", seconds=0.0)]), "omar").seconds_a_pair is None
    assert person(told([pair("omar", is_done=False, is_finished=False)]), "omar").labels_a_pair is None


def test_what_waits_for_whom() -> None:
    team = Team(person=(Person(name="layla"), Person(name="boss", roles=("adjudicator",))))
    saved = [pair("layla", "p"), pair("layla", "q", is_done=False, is_finished=False, is_in_review=True)]
    report = told(saved, team=team, disputed=["p", "r"])
    layla, boss = person(report, "layla"), person(report, "boss")
    assert (layla.review, layla.disputed, layla.to_adjudicate) == (1, 1, 0)
    assert (boss.review, boss.disputed, boss.to_adjudicate) == (0, 0, 2)


def test_days_until_three_weeks_then_weeks_without_gaps() -> None:
    first = TODAY - timedelta(days=20)
    days = told([pair("layla", day=first), pair("layla", "q")])
    assert days.period == "day"
    assert [period.done for period in person(days, "layla").periods] == [1, *[0] * 19, 1]
    weeks = told([pair("layla", day=first - timedelta(days=1)), pair("layla", "q")])
    assert weeks.period == "week"
    begins = [period.begins for period in person(weeks, "layla").periods]
    assert begins == ["2026-02-23", "2026-03-02", "2026-03-09", "2026-03-16"]
    assert sum(period.done for period in person(weeks, "layla").periods) == 2


def test_everybodys_periods_are_the_same() -> None:
    report = told([pair("layla", day=TODAY - timedelta(days=3)), pair("omar", "q")], there=["new"])
    assert {tuple(one.begins for one in each.periods) for each in report.people} == {
        ("2026-03-17", "2026-03-18", "2026-03-19", "2026-03-20")
    }
    assert person(told([pair("layla", day=None, saved_at=None)]), "layla").periods == ()


def test_agreement_in_all_and_by_period() -> None:
    yesterday = TODAY - timedelta(days=1)
    saved = [
        pair("layla", "p", others=AgreementShare(1, 2, 1), day=yesterday),
        pair("layla", "q", others=AgreementShare(3, 3, 1), gold=AgreementShare(0, 0, 1)),
    ]
    layla = person(told(saved), "layla")
    assert (layla.others, layla.gold) == (AgreementShare(4, 5, 2), AgreementShare(0, 0, 1))
    assert [period.others.share for period in layla.periods] == [0.5, 1.0]


_PAIRS = st.lists(
    st.builds(
        pair,
        st.sampled_from(["layla", "omar", "سارة"]),
        st.sampled_from(["p", "q", "away"]),
        is_done=st.booleans(),
        day=st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2026, 3, 20))),
    ),
    max_size=20,
)


@given(_PAIRS)
def test_periods_add_up_to_all_that_has_a_day(saved: list[SavedPair]) -> None:
    report = told(saved)
    for one in report.people:
        dated = [item for item in saved if item.annotator == one.annotator and item.day is not None]
        assert sum(period.done for period in one.periods) == sum(item.is_done for item in dated)
        begins = [date.fromisoformat(period.begins) for period in one.periods]
        step = 1 if report.period == "day" else 7
        assert all((later - before).days == step for before, later in pairwise(begins))
        assert one.done + one.gone == sum(item.annotator == one.annotator and item.is_done for item in saved)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_at_the_ends_of_the_calendar(day: date) -> None:
    report = told([pair("layla", day=day)])
    assert len(person(report, "layla").periods) == 1
