"""What the people of a team did, pair by pair: what counts, what two say the same, what is disputed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.team.activity import NO_AGREEMENT, AgreementShare, SavedPair, TeamActivity
from hashiya.corpus.team.cells import labels_hash
from hashiya.schema.adjudication import Adjudication, CellKey, SeenVote, SettledCell
from hashiya.schema.records import Annotation, Flag, Link, Place, Stance
from hashiya.schema.scheme import shipped_scheme
from hashiya.schema.team import Person, Team

SCHEME = shipped_scheme()


def said(stance: str | None = "bullish", **fields: object) -> Annotation:
    """An annotation that says one stance on chips, or none."""
    stances = () if stance is None else (Stance(target="chips", stance=stance, holder="source"),)
    values: dict[str, object] = {"status": "done", "origin": "human", "annotator": "x", **fields}
    return Annotation(
        pair_id="p",
        stances=stances,
        scheme=SCHEME.ref,
        place=Place(doc_id="d"),
        **values,  # type: ignore[arg-type]
    )


def took(
    standing: Mapping[str, tuple[Annotation, ...]],
    *,
    team: Team | None = None,
    adjudications: tuple[Adjudication, ...] = (),
) -> TeamActivity:
    activity = TeamActivity(SCHEME, team or Team())
    activity.take("p", standing, adjudications)
    return activity


def by_name(activity: TeamActivity) -> dict[str, SavedPair]:
    return {pair.annotator: pair for pair in activity.saved()}


def test_two_who_say_the_same_and_two_who_do_not() -> None:
    same = took({"layla": (said(),), "omar": (said(),)})
    assert by_name(same)["layla"].others == AgreementShare(1, 1, 1)
    assert not same.disputed
    differ = took({"layla": (said(),), "omar": (said("bearish"),), "sara": (said(),)})
    people = by_name(differ)
    assert people["layla"].others == AgreementShare(1, 2, 2)
    assert people["omar"].others == AgreementShare(0, 2, 2)
    assert differ.disputed == {"p"}


def test_what_nobody_marked_is_no_agreement() -> None:
    people = by_name(took({"layla": (said(None),), "omar": (said(None),)}))
    assert people["layla"].others == AgreementShare(0, 0, 1)
    assert people["layla"].others.share is None
    alone = by_name(took({"layla": (said(),)}))["layla"]
    assert (alone.others, alone.gold) == (NO_AGREEMENT, NO_AGREEMENT)


def test_what_only_one_looked_for_is_not_compared() -> None:
    activity = took({"layla": (said(),), "omar": (said(None, covers=()),)})
    assert by_name(activity)["layla"].others == AgreementShare(0, 0, 1)
    assert not activity.disputed


def test_only_what_is_done_is_compared() -> None:
    for status in ("draft", "skipped", "unsure", "review"):
        activity = took({"layla": (said(),), "omar": (said("bearish", status=status),)})
        assert by_name(activity)["layla"].others == NO_AGREEMENT
        assert not activity.disputed
        omar = by_name(activity)["omar"]
        assert omar.is_finished == (status in {"skipped", "unsure"})
        assert (omar.is_done, omar.is_in_review) == (False, status == "review")


def test_gold_is_compared_and_is_nobody_else() -> None:
    activity = took({"layla": (said(),), "omar": (said("bearish"),), "boss": (said(origin="gold"),)})
    people = by_name(activity)
    assert people["layla"].gold == AgreementShare(1, 1, 1)
    assert people["omar"].gold == AgreementShare(0, 1, 1)
    assert people["layla"].others == AgreementShare(0, 1, 1)
    assert (people["boss"].others, people["boss"].gold) == (NO_AGREEMENT, NO_AGREEMENT)
    assert people["boss"].is_known
    assert not activity.disputed, "gold decides the cell"


def test_a_suggestion_is_nobodys_work() -> None:
    activity = took({"layla": (said(),), "model": (said("bearish", origin="suggested"),)})
    assert list(by_name(activity)) == ["layla"]
    assert not activity.disputed


def test_what_an_adjudicator_decided_is_not_disputed() -> None:
    standing = {"layla": (said(),), "omar": (said("bearish"),)}
    votes = tuple(
        SeenVote(voter=name, event_id="e", labels_hash=labels_hash(frozenset({(stance,)})))
        for name, stance in (("layla", "bullish"), ("omar", "bearish"))
    )

    def decided(target: str) -> Adjudication:
        cell = CellKey(layer="stances", target=target)
        annotation = said(annotator="boss", origin="adjudicated")
        return Adjudication(annotation=annotation, settles=(SettledCell(cell=cell, votes=votes),))

    assert not took(standing, adjudications=(decided("chips"),)).disputed
    assert took(standing, adjudications=(decided("energy"),)).disputed == {"p"}
    newcomer = standing | {"sara": (said(),)}
    assert took(newcomer, adjudications=(decided("chips"),)).disputed == {"p"}, "a vote is new"


def test_a_person_of_two_names_is_one() -> None:
    team = Team(person=(Person(name="سارة", formerly=("sara",)), Person(name="omar")))
    standing = {"sara": (said(),), "سارة": (said(None, status="draft"),), "omar": (said("bearish"),)}
    people = by_name(took(standing, team=team))
    assert set(people) == {"سارة", "omar"}
    assert people["سارة"].is_done, "what is done counts, not what was begun under the other name"
    assert people["omar"].others == AgreementShare(0, 1, 1)


def test_two_versions_side_by_side_are_not_the_same_as_anything() -> None:
    people = by_name(took({"layla": (said(), said("bearish")), "omar": (said(),)}))
    assert people["omar"].others == AgreementShare(0, 1, 1)


def test_labels_time_and_day() -> None:
    flag = Flag(lang="ar", start=0, end=1, kind=SCHEME.ids("flag")[0], text="x", intended=None)
    full = replace(said(), flags=(flag,), links=(Link(ar="a", en="b"),), seconds=12.5)
    pair = by_name(took({"layla": (replace(full, created_at="2026-03-02T12:00:00+00:00"),)}))["layla"]
    assert (pair.labels, pair.seconds) == (2, 12.5)
    assert pair.day is not None
    assert abs(pair.day.toordinal() - 739677) <= 1  # in whichever time zone
    for wrong in (None, "", "yesterday", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        assert by_name(took({"layla": (replace(full, created_at=wrong),)}))["layla"].labels == 2


_ANSWERS = st.dictionaries(
    st.sampled_from(["layla", "omar", "sara", "boss"]),
    st.sampled_from(["bullish", "bearish", "gone", "draft", "gold"]),
)


def _standing(answers: Mapping[str, str]) -> dict[str, tuple[Annotation, ...]]:
    made = {
        "gone": (),
        "draft": (said(status="draft"),),
        "gold": (said(origin="gold"),),
    }
    return {name: made.get(answer, (said(answer),)) for name, answer in answers.items()}


@given(st.lists(_ANSWERS, max_size=5))
def test_only_what_stands_last_counts(steps: list[dict[str, str]]) -> None:
    """A pair that is taken again is as if it had never been otherwise."""
    activity = TeamActivity(SCHEME, Team())
    for answers in steps:
        activity.take("p", _standing(answers))
    fresh = took(_standing(steps[-1]) if steps else {})
    assert list(activity.saved()) == list(fresh.saved())
    assert activity.disputed == fresh.disputed
