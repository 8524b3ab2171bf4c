"""What versions of labels differ in, cell by cell; what is in place; what a decision settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.team.differences import (
    PairDifferences,
    cells_overlap,
    changed_cells,
    compare_versions,
    in_place,
    settled_with,
)
from hashiya.corpus.team.votes import Vote
from hashiya.schema.adjudication import Adjudication, CellKey
from hashiya.schema.covers import full_covers
from hashiya.schema.records import (
    Annotation,
    Cover,
    Entity,
    Flag,
    Implication,
    Lang,
    Link,
    Pair,
    Stance,
)
from hashiya.schema.scheme import shipped_scheme
from hashiya.schema.validate import faults
from tests.corpora import label, new

SCHEME = shipped_scheme()
AR, EN = "قالت إنفيديا ولاما في وول ستريت", "Nvidia and Llama said on Wall Street"
NVIDIA, STREET = (
    CellKey(layer="entities", lang="en", start=0, end=6),
    CellKey(layer="entities", lang="en", start=25, end=36),
)
CHIPS = CellKey(layer="stances", target="chips")


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Annotation:
    return label(new(tmp_path_factory.mktemp("c") / "corpus", {"d": [(AR, EN)]}).generation(), 0)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return next(new(tmp_path_factory.mktemp("c") / "corpus", {"d": [(AR, EN)]}).generation().pairs())


def name(lang: Lang, text: str, kind: str = "company", concept: str | None = None, number: int = 1) -> Entity:
    start = (AR if lang == "ar" else EN).index(text)
    return Entity(
        id=f"{lang}{number}",
        lang=lang,
        start=start,
        end=start + len(text),
        text=text,
        type=kind,
        concept=concept,
    )


def stance(value: str, holder: str = "author", entity: str | None = None) -> tuple[Stance, ...]:
    return (Stance(target="chips", stance=value, holder=holder, holder_entity=entity),)


def vote(made: Annotation, who: str, *entities: Entity, **fields: object) -> Vote:
    made = replace(made, annotator=who, entities=entities, **fields)  # type: ignore[arg-type]
    return Vote(who, (made,), (f"event-{who}",))


def compared(
    pair: Pair, *votes: Vote, by: Sequence[Adjudication] = (), earlier: Sequence[Adjudication] = ()
) -> PairDifferences:
    return compare_versions(pair, votes, SCHEME, by, earlier)


def states(found: PairDifferences) -> dict[CellKey, str]:
    return {item.cell: item.state for item in found.cells}


def decision(
    made: Annotation, cells: Sequence[CellKey], votes: Sequence[Vote], *entities: Entity
) -> Adjudication:
    decided = replace(made, annotator="judge", origin="adjudicated", entities=entities)
    return Adjudication(annotation=decided, settles=settled_with(cells, votes))


def test_cells_are_agreed_single_or_open(pair: Pair, blank: Annotation) -> None:
    one = vote(blank, "a", name("en", "Nvidia"), name("en", "Wall Street", "market", None, 2))
    only_names = (Cover(layer="entities", lang="en"),)
    other = vote(blank, "b", name("en", "Nvidia"), covers=only_names)
    alone = vote(blank, "c", stances=stance("bullish"), covers=(Cover(layer="stances"),))
    found = compared(pair, one, other, alone)
    assert states(found) == {NVIDIA: "agreed", STREET: "open", CHIPS: "open"}
    assert [version.name for version in found.versions] == ["a", "b", "c"]
    (street,) = (item for item in found.cells if item.cell == STREET)
    assert [answer and sorted(answer.said) for answer in street.answers] == [[(25, 36, "market")], [], None]
    found = compared(pair, other, alone)
    assert states(found) == {NVIDIA: "single", CHIPS: "single"}
    assert found.open == ()


def test_nobody_who_is_done_makes_nothing(pair: Pair, blank: Annotation) -> None:
    assert compared(pair) == PairDifferences()
    assert compared(pair, vote(blank, "a", name("en", "Nvidia"), status="draft")) == PairDifferences()


NAMED = name("en", "Nvidia", concept="nvidia")
COST = Implication(target="chips", channel="cost", direction="positive", certainty="hedged")


@pytest.mark.parametrize(
    ("one", "other", "is_open"),
    [
        ({"stances": stance("bullish")}, {"stances": stance("bullish", "source")}, True),
        ({"stances": stance("bullish")}, {"stances": stance("bullish")}, False),
        ({"entities": (NAMED,)}, {"entities": (name("en", "Nvidia"),)}, False),
        (
            {"entities": (NAMED,)},
            {"entities": (name("en", "Nvidia", concept="chips"),)},
            True,
        ),
        (
            {"flags": (Flag(lang="en", start=0, end=6, text="Nvidia", kind="garbled", intended="x"),)},
            {"flags": (Flag(lang="en", start=0, end=6, text="Nvidia", kind="garbled", intended="y"),)},
            True,
        ),
        (
            {"implications": (COST,)},
            {"implications": (replace(COST, certainty="asserted"),)},
            True,
        ),
        (
            {"entities": (name("ar", "إنفيديا"), name("en", "Nvidia")), "links": (Link(ar="ar1", en="en1"),)},
            {"entities": (name("ar", "إنفيديا"), name("en", "Nvidia"))},
            True,
        ),
    ],
)  # fmt: skip
def test_what_goes_with_marks_may_differ(
    pair: Pair, blank: Annotation, one: dict[str, object], other: dict[str, object], is_open: bool
) -> None:
    votes = [
        Vote(who, (replace(blank, annotator=who, **fields),))  # type: ignore[arg-type]
        for who, fields in (("a", one), ("b", other))
    ]
    found = compared(pair, *votes)
    assert bool(found.open) is is_open
    placed = in_place(pair, found, replace(blank, annotator="judge", status="draft"))
    assert len(placed.entities) == len(votes[0].annotations[0].entities), "names that all have stay in place"
    assert len(placed.stances) == (not is_open and "stances" in one)
    assert faults(placed, pair, SCHEME) == []


def test_known_labels_leave_nothing_open(pair: Pair, blank: Annotation) -> None:
    gold = vote(blank, "g", name("en", "Nvidia"), origin="gold")
    other = vote(blank, "b", name("en", "Nvidia", "model"))
    found = compared(pair, gold, other)
    assert states(found) == {NVIDIA: "known"}
    assert [version.kind for version in found.versions] == ["known", "voter"]


def test_a_decision_settles_until_a_vote_changes(pair: Pair, blank: Annotation) -> None:
    votes = [vote(blank, "a", name("en", "Nvidia")), vote(blank, "b", name("en", "Nvidia", "model"))]
    judged = decision(blank, [NVIDIA], votes, name("en", "Nvidia", "person", "nvidia"))
    found = compared(pair, *votes, by=[judged])
    assert states(found) == {NVIDIA: "settled"}
    placed = in_place(pair, found, replace(blank, annotator="judge"))
    assert [(item.type, item.concept) for item in placed.entities] == [("person", "nvidia")]
    changed = [votes[0], vote(blank, "b", name("en", "Nvidia", "event"))]
    found = compared(pair, *changed, by=[judged])
    (cell,) = found.cells
    assert (cell.state, cell.reopened) == ("open", True)
    assert [version.kind for version in found.versions] == ["voter", "voter", "decided"]
    assert cell.answers[2] is not None
    assert [mark[-1] for mark in cell.answers[2].said] == ["person"]
    assert in_place(pair, found, blank).entities == ()
    again = decision(blank, [NVIDIA], changed)
    found = compared(pair, *changed, by=[again])
    assert states(found) == {NVIDIA: "settled"}, "that nothing is there is a decision, too"
    assert in_place(pair, found, blank).entities == ()


def test_two_decisions_that_differ_leave_it_open(pair: Pair, blank: Annotation) -> None:
    votes = [vote(blank, "a", name("en", "Nvidia")), vote(blank, "b")]
    judged = [decision(blank, [NVIDIA], votes, name("en", "Nvidia")), decision(blank, [NVIDIA], votes)]
    assert states(compared(pair, *votes, by=judged)) == {NVIDIA: "open"}
    assert states(compared(pair, *votes, by=judged[:1] * 2)) == {NVIDIA: "settled"}


def test_a_person_who_says_two_things_leaves_it_open(pair: Pair, blank: Annotation) -> None:
    said = [vote(blank, "a", name("en", "Nvidia")), vote(blank, "a")]
    both = Vote("a", tuple(item.annotations[0] for item in said), ("e1", "e2"))
    found = compared(pair, both)
    assert states(found) == {NVIDIA: "open"}
    assert [version.name for version in found.versions] == ["a", "a"]


def test_a_holder_whose_name_is_disputed_is_named_no_more(pair: Pair, blank: Annotation) -> None:
    said = stance("bullish", "source", "en1")
    votes = [
        vote(blank, "a", name("en", "Nvidia"), stances=said),
        vote(blank, "b", name("en", "Nvidia", "model"), stances=said),
    ]
    found = compared(pair, *votes)
    assert states(found) == {NVIDIA: "open", CHIPS: "open"}


@given(
    one=st.lists(st.sampled_from(["Nvidia", "Llama", "Wall Street", "Wall"]), unique=True),
    other=st.lists(st.sampled_from(["Nvidia", "Llama", "Wall Street", "Street"]), unique=True),
)
def test_changed_cells_are_where_two_annotations_differ(
    pair: Pair, blank: Annotation, one: list[str], other: list[str]
) -> None:
    before, after = (
        replace(blank, entities=tuple(name("en", text, number=at) for at, text in enumerate(texts)))
        for texts in (one, other)
    )
    changed = changed_cells(before, after, [], SCHEME)
    touched = {*one} ^ {*other}
    for text in {*one, *other}:
        item = name("en", text)
        here = CellKey(layer="entities", lang="en", start=item.start, end=item.end)
        inside = [cell for cell in changed if cells_overlap(cell, here)]
        assert len(inside) <= 1
        assert bool(inside) or text not in touched
    assert changed_cells(before, before, [after], SCHEME) == []


def test_full_covers_say_that_nothing_is_there(pair: Pair, blank: Annotation) -> None:
    one = vote(blank, "a", name("en", "Nvidia"), covers=full_covers(SCHEME, pair))
    assert states(compared(pair, one, vote(blank, "b", covers=full_covers(SCHEME, pair)))) == {NVIDIA: "open"}
    assert states(compared(pair, one, vote(blank, "b", covers=()))) == {NVIDIA: "single"}
