"""What stands of one subject, whatever the order in which its events arrived."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.schema.codec import dump


def event(name: str, *parents: str, kind: str = "set", **payload: object) -> Event:
    return Event(
        event_id=name,
        v=2,
        stream="label",
        subject="p",
        author="layla",
        parents=tuple(sorted(parents)),
        replica="r",
        seq=1,
        prev="",
        kind=kind,
        created_at="",
        body=dump(payload),
    ).sealed()


def heads(*events: Event) -> list[str]:
    return [head.event_id for head in SubjectEvents(events).heads]


def test_a_head_is_what_nothing_follows() -> None:
    assert heads(event("a"), event("b", "a"), event("c", "a")) == ["b", "c"]
    assert heads(event("a"), event("b", "a"), event("c", "a"), event("d", "b", "c")) == ["d"]
    assert heads(event("b", "gone")) == ["b"]


@st.composite
def graphs(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = []
    for number in range(draw(st.integers(1, 8))):
        names = [item.event_id for item in events]
        parents = draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else []
        kind = draw(st.sampled_from(["set", "undo", "fold"]))
        to = draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else []
        events.append(event(f"e{number}", *parents, kind=kind, to=to))
    return events


@given(graphs(), st.randoms())
def test_the_order_of_arrival_plays_no_role(events: list[Event], random: st.DataObject) -> None:
    shuffled = [*events, events[0]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = SubjectEvents(events), SubjectEvents(shuffled)
    assert one.heads == other.heads
    for head in one.heads:
        assert one.states(head) == other.states(head)
        assert one.undone(head) == other.undone(head)
        assert one.redone(head) == other.redone(head)
    order = list(one.ordered())
    assert order == list(other.ordered())
    seen: set[str] = set()
    for item in order:
        assert {parent for parent in item.parents if parent in one.events} <= seen
        seen.add(item.event_id)


@given(graphs(), st.data())
def test_a_damaged_event_is_set_aside_and_hides_nothing_that_was_not_followed(
    events: list[Event], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(events) - 1))
    hurt = replace(events[number], body=events[number].body + " ")
    found = SubjectEvents([*events[:number], hurt, *events[number + 1 :]])
    assert [item.event_id for item in found.damaged] == [hurt.event_id]
    whole = SubjectEvents(events)
    expected = {head.event_id for head in whole.heads} - {hurt.event_id}
    assert expected <= {head.event_id for head in found.heads}
    if any(hurt.event_id in item.parents for item in events):  # it was followed: it changes nothing
        assert {head.event_id for head in found.heads} == expected


def test_a_damaged_name_does_not_bring_back_what_was_replaced() -> None:
    hurt = replace(event("b", "a"), event_id="x")
    assert heads(event("a"), hurt, event("c", "b")) == ["c"]


def test_what_stood_before_a_damaged_event_stands_again() -> None:
    hurt = replace(event("b", "a"), created_at="x")
    assert heads(event("a"), hurt) == ["a"]


def test_undo_goes_to_what_a_save_had_settled() -> None:
    found = SubjectEvents([event("r"), event("a", "r"), event("b", "r"), event("m", "a", "b")])
    (head,) = found.heads
    assert found.undone(head) == ("a", "b")


def carry(name: str, moved_from: list[str], before: list[str] | None = None) -> Event:
    return event(name, kind="carry", moved_from=moved_from, before=before or [], annotation={})


def test_a_carry_made_again_from_more_or_later_labels_replaces_the_earlier() -> None:
    assert heads(carry("c1", ["x"]), carry("c2", ["x", "y"])) == ["c2"]
    assert heads(carry("c1", ["x"]), carry("c2", ["z"], ["x"])) == ["c2"]
    assert heads(carry("c1", ["x"]), carry("c2", ["y"])) == ["c1", "c2"]
    assert heads(carry("c1", ["x"]), event("h", "c1"), carry("c2", ["x", "y"])) == ["c2", "h"]


def test_a_carry_that_is_withdrawn_does_not_count() -> None:
    events = [event("h"), replace(carry("c", ["x"]), parents=("h",)).sealed()]
    assert [head.event_id for head in SubjectEvents(events).heads] == ["c"]
    assert [head.event_id for head in SubjectEvents(events, lambda _: True).heads] == ["h"]


def test_an_event_of_a_newer_version_is_a_head_that_says_nothing_readable() -> None:
    newer = event("n", "a", kind="fold")
    found = SubjectEvents([event("a"), newer])
    assert found.heads == (newer,)
    assert not newer.known
    assert found.states(newer) == ()


def parting(*events: Event) -> list[str]:
    return [item.event_id for item in SubjectEvents(events).parting]


def test_heads_set_out_from_the_last_events_that_all_of_them_follow() -> None:
    fork = [event("r"), event("a", "r"), event("b", "r")]
    assert parting(*fork) == ["r"]
    assert parting(*fork, event("c", "a", "b")) == ["c"]
    assert parting(*fork, event("c", "a", "b"), event("d", "a", "b")) == ["a", "b"]
    assert parting(event("a"), event("b")) == parting() == []
