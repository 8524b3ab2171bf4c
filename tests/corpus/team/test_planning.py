"""Plans of work: what holds for every one of them, and for one that is extended."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.team.planning import SharedWork, WorkDocument, WorkState, share_work
from hashiya.schema.payloads import Workload
from hashiya.schema.records import Lang
from hashiya.schema.team import Person, WorkRules

BOTH: frozenset[Lang] = frozenset({"ar", "en"})
SIDES: tuple[frozenset[Lang], ...] = (BOTH, frozenset({"ar"}), frozenset({"en"}))
READS: tuple[tuple[Lang, ...], ...] = (("ar", "en"), ("ar",), ("en",))


def documents(*words: int, langs: frozenset[Lang] = BOTH) -> list[WorkDocument]:
    return [WorkDocument(f"d{number}", count, langs) for number, count in enumerate(words)]


def people(*names: str) -> list[Person]:
    return [Person(name=name) for name in names]


@st.composite
def corpora(draw: st.DrawFn, first: int = 0) -> list[WorkDocument]:
    count = draw(st.integers(0, 25))
    return [
        WorkDocument(f"d{number}", draw(st.integers(1, 900)), draw(st.sampled_from(SIDES)))
        for number in range(first, first + count)
    ]


@st.composite
def teams(draw: st.DrawFn) -> list[Person]:
    names = draw(st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1))
    return [Person(name=name, reads=draw(st.sampled_from(READS))) for name in names]


@st.composite
def rules(draw: st.DrawFn) -> WorkRules:
    gold = draw(st.lists(st.integers(0, 30).map(lambda number: f"d{number}"), unique=True, max_size=3))
    overlap = draw(st.sampled_from([None, 0.0, 0.1, 0.5, 1.0]))
    return WorkRules(overlap=overlap, gold=tuple(gold), seed=draw(st.integers(0, 3)))


def holders(shared: SharedWork) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for workload in shared.workloads:
        for doc_id in workload.documents:
            found.setdefault(doc_id, []).append(workload.annotator)
    return found


def able(document: WorkDocument, team: list[Person]) -> list[str]:
    return [person.name for person in team if document.langs <= set(person.reads)]


def check(corpus: list[WorkDocument], team: list[Person], given_rules: WorkRules, shared: SharedWork) -> None:
    """What holds for every plan of a team whose people are there."""
    found = holders(shared)
    assert {workload.annotator for workload in shared.workloads} == {person.name for person in team}
    for workload in shared.workloads:
        assert len(set(workload.documents)) == len(workload.documents)
    sharable = 0
    for document in corpus:
        readers, has = able(document, team), found.pop(document.doc_id, [])
        assert set(has) <= set(readers)
        if document.doc_id in given_rules.gold:
            assert sorted(has) == sorted(readers)
        elif not readers:
            assert document.doc_id in shared.unread
        else:
            assert len(has) == (2 if document.doc_id in shared.overlap else 1)
            sharable += 1
    assert not found
    share = given_rules.overlap or 0.0
    shareable_twice = sum(
        len(able(document, team)) > 1 for document in corpus if document.doc_id not in given_rules.gold
    )
    wanted = max(1, int(share * sharable + 0.5)) if share else 0
    assert len(shared.overlap) == min(wanted, shareable_twice)


def check_balance(corpus: list[WorkDocument], team: list[Person], shared: SharedWork, gold: set[str]) -> None:
    """Nobody has so much more than another that a document would make it more even."""
    by_id = {document.doc_id: document for document in corpus}
    plan = {workload.annotator: workload.documents for workload in shared.workloads}
    loads = {name: sum(by_id[doc_id].words for doc_id in ids) for name, ids in plan.items()}
    assert loads == shared.words
    for giver, ids in plan.items():
        for taker in team:
            for doc_id in ids:
                document = by_id[doc_id]
                free = doc_id not in plan[taker.name] and doc_id not in gold
                if free and document.langs <= set(taker.reads):
                    assert loads[giver] - loads[taker.name] <= document.words


@given(corpora(), teams(), rules())
def test_everything_is_shared_out_evenly_among_those_who_read_it(
    corpus: list[WorkDocument], team: list[Person], given_rules: WorkRules
) -> None:
    shared = share_work(corpus, team, given_rules, WorkState())
    check(corpus, team, given_rules, shared)
    check_balance(corpus, team, shared, set(given_rules.gold))
    for workload in shared.workloads:
        order = [doc.doc_id for doc in corpus if doc.doc_id in workload.documents]
        plain = [doc_id for doc_id in workload.documents if doc_id not in given_rules.gold]
        assert plain == [doc_id for doc_id in order if doc_id not in given_rules.gold]


@given(corpora(), teams(), rules(), st.randoms(use_true_random=False))
def test_the_order_of_people_plays_no_role_and_the_seed_gives_the_same_plan(
    corpus: list[WorkDocument], team: list[Person], given_rules: WorkRules, chance: object
) -> None:
    shared = share_work(corpus, team, given_rules, WorkState())
    assert share_work(corpus, team[::-1], given_rules, WorkState()) == shared
    again = share_work(corpus, team, given_rules, WorkState(assigned=shared.workloads))
    assert again == shared


def test_another_seed_gives_another_plan() -> None:
    corpus = documents(*[100] * 30)
    plans = [
        share_work(corpus, people("a", "b", "c"), WorkRules(overlap=0.2, seed=seed), WorkState())
        for seed in (1, 2)
    ]
    assert plans[0].overlap != plans[1].overlap
    assert plans[0].workloads != plans[1].workloads


@st.composite
def work(draw: st.DrawFn, corpus: list[WorkDocument], shared: SharedWork) -> WorkState:
    """Some of what was assigned was begun, and some of that is finished."""
    words = {document.doc_id: document.words for document in corpus}
    begun: set[tuple[str, str]] = set()
    to_do: dict[tuple[str, str], int] = {}
    for workload in shared.workloads:
        for doc_id in workload.documents:
            state = draw(st.sampled_from(["nothing", "begun", "part", "all"]))
            if state != "nothing":
                begun.add((workload.annotator, doc_id))
            if state in {"part", "all"}:
                to_do[workload.annotator, doc_id] = words[doc_id] // 2 if state == "part" else 0
    return WorkState(assigned=shared.workloads, begun=begun, to_do=to_do)


@given(corpora(), corpora(first=100), teams(), teams(), rules(), st.data())
def test_what_was_begun_stays_when_documents_and_people_come_and_go(
    corpus: list[WorkDocument],
    more: list[WorkDocument],
    team: list[Person],
    team_now: list[Person],
    given_rules: WorkRules,
    data: st.DataObject,
) -> None:
    shared = share_work(corpus, team, given_rules, WorkState())
    state = data.draw(work(corpus, shared))
    now = share_work([*corpus, *more], team_now, given_rules, state)
    plan = {workload.annotator: workload.documents for workload in now.workloads}
    for workload in shared.workloads:
        begun = [doc_id for doc_id in workload.documents if (workload.annotator, doc_id) in state.begun]
        # Also in the order that it had.
        assert [doc_id for doc_id in plan.get(workload.annotator, ()) if doc_id in begun] == begun
    there = {person.name for person in team_now}
    for name, ids in plan.items():
        if name not in there:
            assert all((name, doc_id) in state.begun for doc_id in ids)
    found = holders(now)
    for document in (*corpus, *more):
        if document.doc_id not in given_rules.gold and able(document, team_now):
            finished = [
                name
                for name in found.get(document.doc_id, [])
                if name not in there and state.to_do.get((name, document.doc_id)) == 0
            ]
            assert finished or set(found[document.doc_id]) & there
    again = replace(state, assigned=now.workloads)
    assert share_work([*corpus, *more], team_now, given_rules, again) == now


@given(corpora(), teams(), rules(), st.data())
def test_progress_alone_changes_no_plan(
    corpus: list[WorkDocument], team: list[Person], given_rules: WorkRules, data: st.DataObject
) -> None:
    shared = share_work(corpus, team, given_rules, WorkState())
    state = data.draw(work(corpus, shared))
    now = share_work(corpus, team, given_rules, state)
    assert now.workloads == shared.workloads


def test_one_person_gets_everything_and_nobody_nothing() -> None:
    corpus = documents(10, 20, 30)
    alone = share_work(corpus, people("a"), WorkRules(overlap=0.5), WorkState())
    assert alone.workloads == (Workload(annotator="a", documents=("d0", "d1", "d2")),)
    assert alone.overlap == ()
    nobody = share_work(corpus, [], WorkRules(), WorkState())
    assert nobody.workloads == ()
    assert nobody.unread == ("d0", "d1", "d2")


def test_of_more_people_than_documents_some_have_nothing() -> None:
    shared = share_work(documents(10, 20), people("a", "b", "c", "d"), WorkRules(), WorkState())
    assert sorted(len(workload.documents) for workload in shared.workloads) == [0, 0, 1, 1]


def test_who_comes_takes_of_what_is_left_to_do() -> None:
    corpus = documents(*[100] * 12)
    shared = share_work(corpus, people("a", "b"), WorkRules(), WorkState())
    begun = {(one.annotator, doc_id) for one in shared.workloads for doc_id in one.documents[:4]}
    state = WorkState(assigned=shared.workloads, begun=begun, to_do=dict.fromkeys(begun, 0))
    now = share_work(corpus, people("a", "b", "c"), WorkRules(), state)
    assert sorted(now.words.values()) == [100, 100, 200]
    assert len(now.workloads[2].documents) in {1, 2}


def test_gold_is_spread_and_not_shown_to_who_made_it() -> None:
    corpus = documents(*[100] * 11)
    shared = share_work(
        corpus, people("a", "b"), WorkRules(gold=("d0", "d1")), WorkState(gold_by={"d1": {"b"}})
    )
    first, second = (workload.documents for workload in shared.workloads)
    assert {"d0", "d1"} <= set(first)
    assert "d1" not in second
    places = [at for at, doc_id in enumerate(first) if doc_id in {"d0", "d1"}]
    assert places[0] > 0
    assert places[1] - places[0] > 1
    assert places[1] < len(first) - 1


def test_a_document_that_who_left_did_not_finish_is_given_to_another_as_well() -> None:
    corpus = documents(100, 100)
    before = Workload(annotator="gone", documents=("d0", "d1"))
    state = WorkState(
        assigned=(before,),
        begun={("gone", "d0"), ("gone", "d1")},
        to_do={("gone", "d0"): 0, ("gone", "d1"): 50},
    )
    now = share_work(corpus, people("a"), WorkRules(), state)
    assert now.workloads == (Workload(annotator="a", documents=("d1",)), before)


def test_what_two_plans_say_side_by_side_becomes_one() -> None:
    corpus = documents(*[100] * 6)
    everything = tuple(document.doc_id for document in corpus)
    both = (Workload(annotator="a", documents=everything), Workload(annotator="b", documents=everything))
    now = share_work(corpus, people("a", "b"), WorkRules(), WorkState(assigned=both, begun={("b", "d5")}))
    plan = {workload.annotator: workload.documents for workload in now.workloads}
    assert sorted(map(len, plan.values())) == [3, 3]
    assert "d5" in plan["b"]
    assert set(plan["a"]) | set(plan["b"]) == set(everything)


def test_who_did_half_of_a_document_on_their_own_gets_it() -> None:
    corpus = documents(100, 100, 100, 100)
    state = WorkState(begun={("b", "d3")}, to_do={("b", "d3"): 40})
    now = share_work(corpus, people("a", "b"), WorkRules(), state)
    assert "d3" in now.workloads[1].documents


def test_those_who_label_other_layers_share_the_documents_once_more() -> None:
    team = [
        Person(name="a"),
        Person(name="b", layers=("entities", "flags", "implications", "stances")),
        Person(name="c", layers=("entities",)),
    ]
    shared = share_work(documents(100, 100), team, WorkRules(), WorkState())
    assert [len(workload.documents) for workload in shared.workloads] == [1, 1, 2]
    assert [workload.layers for workload in shared.workloads] == [person.layers for person in team]
