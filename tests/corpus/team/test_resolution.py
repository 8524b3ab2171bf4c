"""Votes to labels: cells that agree are kept, those that do not are open, and nothing else changes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.store.document_view import anchors
from hashiya.corpus.team.cells import (
    AnnotationCells,
    SpanLayer,
    clusters,
    implication_cells,
    labels_hash,
    said_in,
    stance_cells,
)
from hashiya.corpus.team.policies import MajorityPolicy, StrictPolicy, VotingPolicy
from hashiya.corpus.team.resolution import DecidedBy, ResolvedCell, ResolvedLabels, resolve
from hashiya.corpus.team.votes import Vote
from hashiya.schema.adjudication import Adjudication, CellKey, SeenVote, SettledCell
from hashiya.schema.covers import full_covers
from hashiya.schema.records import (
    Annotation,
    Cover,
    Entity,
    Flag,
    Implication,
    Lang,
    Link,
    Origin,
    Pair,
    Stance,
)
from hashiya.schema.scheme import shipped_scheme
from hashiya.schema.validate import faults
from tests.corpora import new

SCHEME = shipped_scheme()
AR, EN = "قالت إنفيديا ولاما في وول ستريت", "Nvidia and Llama said on Wall Street"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return next(new(tmp_path_factory.mktemp("c") / "corpus", {"d": [(AR, EN)]}).generation().pairs())


PAIR: dict[str, Annotation] = {}


def blank(pair: Pair, who: str = "a") -> Annotation:
    if pair.pair_id not in PAIR:
        from hashiya.schema.records import Document

        document = Document(doc_id="d", ar=AR, en=EN)
        PAIR[pair.pair_id] = Annotation(
            pair_id=pair.pair_id, annotator="a", status="done", covers=full_covers(SCHEME, pair),
            scheme=SCHEME.ref, origin="human", place=anchors(document, pair),
        )  # fmt: skip
    return replace(PAIR[pair.pair_id], annotator=who)


def entity(lang: Lang, start: int, end: int, label: str, number: int, concept: str | None = None) -> Entity:
    text = (AR if lang == "ar" else EN)[start:end]
    return Entity(
        id=f"x{lang}{number}", lang=lang, start=start, end=end, text=text, type=label, concept=concept
    )


TYPES, CONCEPTS = ("company", "model", "market"), (None, "nvidia", "llama")


@st.composite
def labellings(draw: st.DrawFn, pair: Pair, who: str = "a") -> Annotation:
    entities: list[Entity] = []
    flags: list[Flag] = []
    texts: tuple[tuple[Lang, str], ...] = (("ar", AR), ("en", EN))
    for lang, text in texts:
        at = 0
        for number in range(draw(st.integers(0, 3))):
            start = draw(st.integers(at, len(text) - 1))
            end = draw(st.integers(start + 1, min(start + 9, len(text))))
            kind, concept = draw(st.sampled_from(TYPES)), draw(st.sampled_from(CONCEPTS))
            entities.append(entity(lang, start, end, kind, number, concept))
            at = end
            if at >= len(text):
                break
        if draw(st.booleans()):
            meant = draw(st.sampled_from([None, "x"]))
            flags.append(Flag(lang=lang, start=0, end=3, text=text[:3], kind="garbled", intended=meant))
    ids = [[item.id for item in entities if item.lang == lang] for lang in ("ar", "en")]
    links = [Link(ar=ar, en=en) for ar, en in zip(*ids, strict=False)] if draw(st.booleans()) else []
    stances: list[Stance] = []
    for target in draw(st.lists(st.sampled_from(SCHEME.ids("target")), max_size=2, unique=True)):
        for holder in draw(st.sampled_from([["author"], ["source"], ["author", "source"]])):
            named = None if holder == "author" else draw(st.sampled_from([None, *(e.id for e in entities)]))
            stance = draw(st.sampled_from(["bullish", "bearish"]))
            stances.append(Stance(target=target, stance=stance, holder=holder, holder_entity=named))
    implication = st.builds(
        Implication,
        target=st.sampled_from(["chips", "ai_boom"]),
        channel=st.sampled_from(["demand", "cost"]),
        direction=st.sampled_from(["positive", "negative"]),
        certainty=st.sampled_from(["asserted", "hedged"]),
    )
    implications = draw(st.lists(implication, max_size=3, unique=True))
    made = replace(
        blank(pair, who), entities=tuple(entities), flags=tuple(flags), links=tuple(links),
        stances=tuple(stances), implications=tuple(implications),
    )  # fmt: skip
    assert faults(made, pair, SCHEME) == []
    return made


def content(found: ResolvedLabels | Annotation | None) -> object:
    """What is said, whatever the ids."""
    assert found is not None
    spans = {item.id: (item.lang, item.start, item.end, item.type) for item in found.entities}
    return (
        sorted((*spans[item.id], item.text, item.concept) for item in found.entities),
        sorted((i.target, i.stance, i.holder, spans.get(i.holder_entity or "")) for i in found.stances),
        sorted((i.target, i.channel, i.direction, i.certainty) for i in found.implications),
        sorted((i.lang, i.start, i.end, i.kind, i.intended) for i in found.flags),
        sorted((spans[i.ar], spans[i.en]) for i in found.links),
    )


def vote(pair: Pair, *items: Annotation, majority: bool = False) -> ResolvedLabels:
    votes = [Vote(item.annotator, (item,), (f"e{item.annotator}",)) for item in items]
    found = resolve(pair, votes, SCHEME, MajorityPolicy() if majority else StrictPolicy())
    assert found is not None
    return found


@given(data=st.data(), majority=st.booleans())
def test_one_voter_gives_exactly_that_voters_labels(pair: Pair, data: st.DataObject, majority: bool) -> None:
    made = data.draw(labellings(pair))
    found = vote(pair, made, majority=majority)
    assert sorted(map(str, content(found))) == sorted(map(str, content(made)))  # type: ignore[call-overload]
    assert (found.unresolved, found.undecided_links) == ((), ())
    assert {item.decided_by for item in found.cells} == {"single"}


@given(data=st.data(), more=st.integers(1, 3), majority=st.booleans())
def test_equal_voters_change_nothing(pair: Pair, data: st.DataObject, more: int, majority: bool) -> None:
    made = data.draw(labellings(pair))
    several = vote(pair, *(replace(made, annotator=name) for name in "abcd"[: more + 1]), majority=majority)
    assert content(several) == content(vote(pair, made, majority=majority))
    assert several.unresolved == ()


@given(data=st.data(), majority=st.booleans())
def test_the_order_of_votes_plays_no_role(pair: Pair, data: st.DataObject, majority: bool) -> None:
    made = [data.draw(labellings(pair, who)) for who in "abc"]
    assert vote(pair, *made, majority=majority) == vote(pair, *made[::-1], majority=majority)


def value_of(found: ResolvedLabels, cell: CellKey) -> object:
    return next((item.value for item in found.cells if item.cell == cell), "no such cell")


@given(data=st.data())
def test_a_disagreement_in_one_cell_changes_no_other(pair: Pair, data: st.DataObject) -> None:
    made = data.draw(labellings(pair))
    target = data.draw(st.sampled_from(SCHEME.ids("target")))
    kept = tuple(item for item in made.stances if item.target != target)
    other = replace(made, annotator="b", stances=kept if len(kept) < len(made.stances) else (
        *made.stances, Stance(target=target, stance="mixed", holder="author")))  # fmt: skip
    before, after = vote(pair, made), vote(pair, made, other)
    cell = CellKey(layer="stances", target=target)
    assert after.unresolved == (cell,)
    for item in before.cells:
        assert item.cell == cell or value_of(after, item.cell) == item.value
    assert (after.entities, after.flags, after.links) == (before.entities, before.flags, before.links)
    assert target not in {item.target for item in after.stances}


@given(data=st.data(), majority=st.booleans())
def test_nothing_that_is_open_reads_as_none(pair: Pair, data: st.DataObject, majority: bool) -> None:
    """What any voter marked is in the result, in a cell that is open, or was voted out by more than half."""
    made = [data.draw(labellings(pair, who)) for who in "abc"]
    found = vote(pair, *made, majority=majority)
    for item in found.cells:
        said = [said_in(one, item.cell) for one in made]
        if item.value is None:
            assert len(set(said)) > 1
        elif not majority:
            assert set(said) == {item.value}
        else:
            assert said.count(item.value) == 2 or said.count(item.value) == 3
    for one in made:
        for mark in one.entities:
            assert any(
                cell.cell.lang == mark.lang and cell.cell.layer == "entities"
                and (cell.cell.start or 0) <= mark.start and mark.end <= (cell.cell.end or 0)
                for cell in found.cells
            )  # fmt: skip


@st.composite
def teams(draw: st.DrawFn, pair: Pair) -> list[Vote]:
    """Votes of some who say the same but for a mark, looked at some of it, or said two things."""
    cover = st.builds(Cover, layer=st.just("entities"), lang=st.sampled_from(["ar", "en"]))
    covers = st.one_of(st.none(), st.just(full_covers(SCHEME, pair)), st.lists(cover).map(tuple))
    made = [draw(labellings(pair)) for _ in range(draw(st.integers(1, 2)))]

    def version(who: str) -> Annotation:
        said = draw(st.sampled_from(made))
        kept = tuple(item for item in said.stances if draw(st.integers(0, 3)))
        origins: list[Origin] = ["human", "human", "gold", "adjudicated"]
        origin = draw(st.sampled_from(origins))
        return replace(said, annotator=who, stances=kept, covers=draw(covers), origin=origin)

    several = st.integers(0, 3).map(lambda number: 1 if number else 2)
    return [Vote(who, tuple(version(who) for _ in range(draw(several)))) for who in draw(some_names)]


some_names = st.lists(st.sampled_from("abc"), min_size=1, unique=True)


def counted(cell: CellKey, votes: Sequence[Vote], policy: VotingPolicy) -> ResolvedCell:
    """A cell as the rules say it is decided, with nothing known of the others."""
    everything = [AnnotationCells(item) for vote in votes for item in vote.annotations]
    labels = {str(mark[-1]) for item in everything for mark in item.said_in(cell) if cell.lang}
    voters = [
        (vote, {said_in(item, cell) for item in vote.annotations})
        for vote in sorted(votes, key=lambda vote: vote.voter)
        if all(AnnotationCells(item).is_covered(cell, SCHEME, labels) for item in vote.annotations)
    ]
    by: DecidedBy = "single" if len(voters) == 1 else "agreed"
    for origin in ("adjudicated", "gold"):
        if first := [item for item in voters if item[0].annotations[0].origin == origin]:
            voters, by = first, origin
            break
    clear = {vote.voter: next(iter(said)) for vote, said in voters if len(said) == 1}
    decided = policy.decide(clear) if clear and len(clear) == len(voters) else None
    soft = policy.soft(clear, cell) if len(set(clear.values())) > 1 else None
    return ResolvedCell(
        cell,
        decided[0] if decided else None,
        by if decided else None,
        Counter(clear.values()),
        len(voters),
        soft,
    )


@given(data=st.data(), policy=st.sampled_from([StrictPolicy(), MajorityPolicy()]))
def test_each_cell_is_decided_as_if_it_were_alone(
    pair: Pair, data: st.DataObject, policy: VotingPolicy
) -> None:
    votes = data.draw(teams(pair))
    found = resolve(pair, votes, SCHEME, policy)
    assert found is not None
    assert list(found.cells) == [counted(item.cell, votes, policy) for item in found.cells]
    everything = [AnnotationCells(item) for vote in votes for item in vote.annotations]
    layers: tuple[SpanLayer, ...] = ("entities", "flags")
    said = {key for item in everything for key in item.implications}
    assert [item.cell for item in found.cells] == [
        *stance_cells(SCHEME),
        *(cell for cell in implication_cells(SCHEME) if (cell.target, cell.channel) in said),
        *(cell for layer in layers for cell in clusters(everything, layer)),
    ]


def entities(pair: Pair, who: str, *items: Entity, **fields: object) -> Annotation:
    return replace(blank(pair, who), entities=items, **fields)  # type: ignore[arg-type]


def test_a_cluster_is_open_as_a_range_and_others_stand(pair: Pair) -> None:
    one = entities(pair, "a", entity("en", 0, 6, "company", 1), entity("en", 11, 16, "model", 2))
    other = entities(pair, "b", entity("en", 0, 6, "company", 1), entity("en", 7, 16, "model", 2))
    found = vote(pair, one, other)
    assert [item.text for item in found.entities] == ["Nvidia"]
    assert found.unresolved == (CellKey(layer="entities", lang="en", start=7, end=16),)
    (open_cell,) = (item for item in found.cells if item.value is None)
    assert sorted(open_cell.said.values()) == [1, 1]


def test_a_majority_decides_and_a_tie_does_not(pair: Pair) -> None:
    made = [
        entities(pair, "a", entity("en", 0, 6, "company", 1, "nvidia")),
        entities(pair, "b", entity("en", 0, 6, "company", 1)),
        entities(pair, "c"),
    ]
    found = vote(pair, *made, majority=True)
    assert [(item.text, item.concept) for item in found.entities] == [("Nvidia", "nvidia")]
    assert vote(pair, *made[1:], majority=True).unresolved != ()


def test_who_did_not_look_does_not_vote(pair: Pair) -> None:
    one = entities(pair, "a", entity("en", 0, 6, "company", 1))
    blind = replace(blank(pair, "b"), covers=(Cover(layer="entities", lang="ar"),))
    found = vote(pair, one, blind)
    assert [item.text for item in found.entities] == ["Nvidia"]
    assert found.unresolved == ()
    alone = vote(pair, blind)
    assert {cell.target for cell in alone.unresolved} == set(SCHEME.ids("target")), "nobody looked: not none"
    assert alone.covers == blind.covers


def test_a_type_that_was_not_looked_for_is_no_disagreement(pair: Pair) -> None:
    one = entities(pair, "a", entity("en", 11, 16, "model", 1))
    some = replace(blank(pair, "b"), covers=(Cover(layer="entities", lang="en", labels=("company",)),))
    assert [item.text for item in vote(pair, one, some).entities] == ["Llama"]


def test_what_one_says_twice_differently_waits(pair: Pair) -> None:
    one = entities(pair, "a", entity("en", 0, 6, "company", 1), entity("ar", 5, 12, "company", 2))
    other = entities(pair, "a", entity("en", 0, 6, "model", 1), entity("ar", 5, 12, "company", 2))
    found = resolve(pair, [Vote("a", (one, other))], SCHEME, StrictPolicy())
    assert found is not None
    assert [item.text for item in found.entities] == [AR[5:12]]
    assert [(cell.lang, cell.start) for cell in found.unresolved] == [("en", 0)]


def test_holders_and_concepts_that_differ_are_null(pair: Pair) -> None:
    def made(who: str, holder: str, concept: str) -> Annotation:
        stance = Stance(target="chips", stance="bullish", holder=holder)
        return entities(pair, who, entity("en", 0, 6, "company", 1, concept), stances=(stance,))

    found = vote(pair, made("a", "author", "x"), made("b", "source", "y"))
    assert [(item.stance, item.holder) for item in found.stances] == [("bullish", None)]
    assert [item.concept for item in found.entities] == [None]
    assert found.unresolved == ()


def test_a_holder_whose_name_is_voted_out_stays_without_it(pair: Pair) -> None:
    stance = Stance(target="chips", stance="bullish", holder="source", holder_entity="xen1")
    made = [
        entities(pair, "a", entity("en", 0, 6, "company", 1), stances=(stance,)),
        entities(pair, "b", entity("en", 0, 6, "model", 1), stances=(stance,)),
        entities(pair, "c", entity("en", 0, 6, "model", 1), stances=(stance,)),
    ]
    (found,) = vote(pair, made[0], made[1]).stances
    assert (found.holder, found.holder_entity) == (None, None)
    (found,) = vote(pair, *made, majority=True).stances
    assert (found.holder, found.holder_entity) == ("source", "en1")


def test_gold_decides_what_it_covers(pair: Pair) -> None:
    gold = replace(
        entities(pair, "g", entity("en", 0, 6, "company", 1), origin="gold"),
        covers=(Cover(layer="entities", lang="en"),),
    )
    other = entities(
        pair,
        "b",
        entity("en", 0, 6, "model", 1),
        stances=(Stance(target="chips", stance="bullish", holder="author"),),
    )
    found = vote(pair, gold, other)
    assert [item.type for item in found.entities] == ["company"]
    assert [item.target for item in found.stances] == ["chips"]


def test_labels_beside_gold_are_no_vote(pair: Pair) -> None:
    gold = entities(pair, "g", entity("en", 0, 6, "company", 1), origin="gold")
    others = [
        entities(
            pair,
            who,
            entity("en", 0, 16, "model", 1),
            entity("ar", 5, 12, "company", 2),
            stances=(Stance(target="chips", stance="bullish", holder="author"),),
        )
        for who in ("b", "c", "d")
    ]
    for majority in (False, True):
        found, alone = vote(pair, gold, *others, majority=majority), vote(pair, gold, majority=majority)
        assert (found.entities, found.stances, found.unresolved) == (alone.entities, (), ())
        assert {cell.decided_by for cell in found.cells} == {"gold"}
        assert all(sum(cell.said.values()) == 1 for cell in found.cells), "nor in the counts of votes"


def test_labels_beside_gold_open_nothing_that_was_settled(pair: Pair) -> None:
    cell = CellKey(layer="entities", lang="en", start=0, end=6)
    gold = entities(pair, "g", entity("en", 0, 6, "company", 1), origin="gold")
    decided = entities(pair, "judge", entity("en", 0, 6, "market", 1), origin="adjudicated")
    judged = adjudication(pair, [gold], decided, cell)
    new = entities(pair, "b", entity("en", 0, 6, "model", 1))
    for votes in ([gold], [gold, new]):
        found = resolve(
            pair, [Vote(item.annotator, (item,)) for item in votes], SCHEME, StrictPolicy(), [judged]
        )
        assert found is not None
        assert [item.type for item in found.entities] == ["market"]
    changed = replace(gold, entities=(entity("en", 0, 6, "person", 1),))
    found = resolve(pair, [Vote("g", (changed,)), Vote("b", (new,))], SCHEME, StrictPolicy(), [judged])
    assert found is not None
    assert [item.type for item in found.entities] == ["person"], "gold that changed opens it, and decides"


def test_drafts_and_suggestions_do_not_vote(pair: Pair) -> None:
    made = entities(pair, "a", entity("en", 0, 6, "company", 1))
    for fields in ({"status": "draft"}, {"status": "review"}, {"origin": "suggested"}):
        vote = Vote("a", (replace(made, **fields),))  # type: ignore[arg-type]
        assert resolve(pair, [vote], SCHEME, StrictPolicy()) is None


def adjudication(pair: Pair, votes: Sequence[Annotation], decided: Annotation, cell: CellKey) -> Adjudication:
    seen = tuple(
        SeenVote(voter=item.annotator, event_id="e", labels_hash=labels_hash(said_in(item, cell)))
        for item in votes
    )
    return Adjudication(annotation=decided, settles=(SettledCell(cell=cell, votes=seen),))


def test_an_adjudication_settles_its_cells_until_a_vote_changes(pair: Pair) -> None:
    cell = CellKey(layer="entities", lang="en", start=0, end=6)
    one = entities(pair, "a", entity("en", 0, 6, "company", 1))
    other = entities(pair, "b", entity("en", 0, 6, "model", 1))
    decided = entities(pair, "judge", entity("en", 0, 6, "market", 1, "nvidia"), origin="adjudicated")
    judged = adjudication(pair, [one, other], decided, cell)

    def open_cells(*items: Annotation, by: Sequence[Adjudication] = (judged,)) -> tuple[CellKey, ...]:
        found = resolve(pair, [Vote(item.annotator, (item,)) for item in items], SCHEME, StrictPolicy(), by)
        assert found is not None
        if not found.unresolved:
            assert [(item.type, item.concept) for item in found.entities] == [("market", "nvidia")]
        return found.unresolved

    assert open_cells(one, other) == ()
    assert open_cells(one) == (), "a voter who withdrew opens nothing"
    assert open_cells(replace(one, comment="x", seconds=5.0), other) == ()
    elsewhere = replace(one, entities=(*one.entities, entity("en", 11, 16, "model", 2)))
    assert open_cells(elsewhere, other) == (CellKey(layer="entities", lang="en", start=11, end=16),)
    assert cell in open_cells(one, other, replace(one, annotator="new"))
    changed = entities(pair, "a", entity("en", 0, 6, "person", 1))
    assert cell in open_cells(changed, other)
    second = adjudication(pair, [one, other], entities(pair, "j2", entity("en", 0, 6, "model", 1)), cell)
    assert open_cells(one, other, by=[judged, second]) == (cell,), "two that differ settle nothing"
    assert open_cells(one, other, by=[judged, judged]) == ()


def test_a_team_with_a_known_truth_keeps_every_agreed_cell(pair: Pair, tmp_path: Path) -> None:
    """Two who err in one cell of ten lose that cell, where whole annotations would lose most pairs."""
    rows = [(AR, f"{EN} {number}") for number in range(300)]
    pairs = list(new(tmp_path / "corpus", {"d": rows}).generation().pairs())
    chance = random.Random(7)
    spans: list[tuple[Lang, int, int, str]] = [
        ("en", 0, 6, "company"), ("en", 11, 16, "model"), ("ar", 5, 12, "company"),
    ]  # fmt: skip
    marks_of_all = tuple(entity(*span, number) for number, span in enumerate(spans))
    whole = cells = right = 0
    for number, one in enumerate(pairs):
        truth = replace(
            blank(pair), pair_id=one.pair_id, covers=full_covers(SCHEME, one),
            entities=marks_of_all,
            stances=(Stance(target="chips", stance="bullish", holder="author"),) if number % 2 else (),
        )  # fmt: skip
        team = []
        for who in "ab":
            marks = tuple(
                replace(mark, type="market") if chance.random() < 0.1 else mark for mark in truth.entities
            )
            team.append(replace(truth, annotator=who, entities=marks))
        whole += team[0].entities != team[1].entities
        found = resolve(one, [Vote(item.annotator, (item,)) for item in team], SCHEME, StrictPolicy())
        assert found is not None
        cells += len(found.unresolved)
        right += sum(
            item.value == said_in(truth, item.cell) for item in found.cells if item.value is not None
        )
        assert len(found.entities) + len(found.unresolved) == 3
        assert [item.target for item in found.stances] == [item.target for item in truth.stances]
    assert whole > 100
    assert cells < 300 * 3 * 0.25
    assert right > 0.98 * (300 * (3 + len(SCHEME.ids("target"))) - cells)


def test_an_adjudication_links_only_what_it_settles(pair: Pair) -> None:
    ar, en = entity("ar", 5, 12, "company", 1), entity("en", 0, 6, "company", 1)
    cells = [CellKey(layer="entities", lang="ar", start=5, end=12), CellKey(layer="stances", target="chips")]
    linked = entities(pair, "a", ar, en, links=(Link(ar=ar.id, en=en.id),))
    unlinked = entities(pair, "b", ar, en)
    votes = [Vote(item.annotator, (item,)) for item in (linked, unlinked)]
    for decided, stand in ((linked, 1), (unlinked, 0)):
        judged = [adjudication(pair, [linked, unlinked], decided, cell) for cell in cells]
        found = resolve(pair, votes, SCHEME, StrictPolicy(), judged[:1])
        assert found is not None
        assert (len(found.links), found.undecided_links) == (stand, ())
        found = resolve(pair, votes, SCHEME, StrictPolicy(), judged[1:])
        assert found is not None
        assert (found.links, len(found.undecided_links)) == ((), 1), "a stance was settled, no name"


def test_what_an_adjudication_does_not_settle_joins_no_cells(pair: Pair) -> None:
    decided = entities(pair, "judge", entity("en", 0, 16, "market", 1), origin="adjudicated")
    judged = adjudication(pair, [], decided, CellKey(layer="stances", target="chips"))
    one = entities(pair, "a", entity("en", 0, 6, "company", 1), entity("en", 11, 16, "model", 2))
    found = resolve(pair, [Vote("a", (one,))], SCHEME, StrictPolicy(), [judged])
    assert found is not None
    assert [(item.start, item.end, item.type) for item in found.entities] == [
        (0, 6, "company"),
        (11, 16, "model"),
    ]
