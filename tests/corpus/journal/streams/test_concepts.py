"""Renamed and merged concepts are a map that is the same wherever, and in whatever order, its events came."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.journal.event import CONCEPT, Event
from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.concepts import (
    ConceptMap,
    concept_map,
    merge_concept,
    read_concepts,
    redo_concept,
    rename_concept,
    undo_concept,
    with_concepts,
)
from hashiya.schema.codec import dump
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import Annotation, Entity
from tests.corpus.journal.streams import shared_documents
from tests.corpus.journal.test_journal import said

SLUGS = ["a", "b", "c", "d", "e"]


def replica(*others: Journal) -> Journal:
    journal = shared_documents.open_fresh()
    bring(journal, *others)
    return journal


def events_of(journal: Journal) -> list[Event]:
    return [event for _, events in journal.shared_subjects(CONCEPT) for event in events.events.values()]


def bring(journal: Journal, *others: Journal) -> None:
    for other in others:
        here = {event.event_id for event in events_of(journal)}
        with journal.database.transaction():
            journal.database.append([event for event in events_of(other) if event.event_id not in here])


def kinds(concepts: ConceptMap) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.kind, item.slugs) for item in concepts.conflicts]


def test_chains_lead_to_what_holds_now() -> None:
    journal = replica()
    rename_concept(journal, "nvda", "nvidia", "layla")
    rename_concept(journal, "nvidia", "nvidia-corporation", "omar")
    merge_concept(journal, "geforce-maker", "nvda", "layla", why="the same company")
    concepts = read_concepts(journal)
    assert concepts == ConceptMap(
        {
            "geforce-maker": "nvidia-corporation",
            "nvda": "nvidia-corporation",
            "nvidia": "nvidia-corporation",
        }
    )
    assert undo_concept(journal, "nvidia", "layla") is not None
    assert read_concepts(journal).of("geforce-maker") == "nvidia"
    assert redo_concept(journal, "nvidia", "layla") is not None
    assert read_concepts(journal) == concepts
    assert redo_concept(journal, "nvidia", "layla") is None
    assert undo_concept(journal, "never", "layla") is None


def test_annotations_are_read_through_the_map() -> None:
    def entity(concept: str | None) -> Entity:
        return Entity(id="ar1", lang="ar", start=0, end=2, text="لا", type="company", concept=concept)

    def annotation(*concepts: str | None) -> Annotation:
        return replace(said("x"), entities=tuple(map(entity, concepts)))

    concepts = ConceptMap({"nvda": "nvidia"})
    assert with_concepts(annotation("nvda", None, "amd"), concepts) == annotation("nvidia", None, "amd")
    untouched = annotation("nvidia")
    assert with_concepts(untouched, concepts) is untouched


def test_two_names_given_apart_are_a_conflict_until_somebody_says_one() -> None:
    base = replica()
    rename_concept(base, "a", "b", "layla")
    one, other = replica(base), replica(base)
    rename_concept(one, "a", "c", "layla")
    rename_concept(other, "a", "d", "omar")
    bring(one, other)
    found = read_concepts(one)
    assert (found.holds, kinds(found)) == ({"a": "b"}, [("successors", ("a",))])
    with pytest.raises(CorpusError, match="concept a has 2 versions side by side"):
        undo_concept(one, "a", "layla")
    rename_concept(one, "a", "d", "omar")
    assert (read_concepts(one).holds, read_concepts(one).conflicts) == ({"a": "d"}, ())


def test_the_same_said_twice_is_no_conflict() -> None:
    one, other = replica(), replica()
    rename_concept(one, "a", "b", "layla", why="typo")
    rename_concept(other, "a", "b", "omar")
    bring(one, other)
    assert read_concepts(one) == ConceptMap({"a": "b"})
    merged = replica(one)
    merge_concept(other, "a", "b", "omar")
    bring(merged, other)
    assert read_concepts(merged) == ConceptMap({"a": "b"})
    assert undo_concept(one, "a", "omar") is not None
    assert read_concepts(one) == ConceptMap()


def test_two_concepts_renamed_alike_are_not_one_until_somebody_says_so() -> None:
    one, other = replica(), replica()
    rename_concept(one, "a", "x", "layla")
    rename_concept(other, "b", "x", "omar")
    bring(one, other)
    found = read_concepts(one)
    assert (found.holds, kinds(found)) == ({}, [("name", ("a", "b"))])
    merge_concept(one, "a", "x", "layla")
    assert read_concepts(one) == ConceptMap({"a": "x", "b": "x"})


def test_a_cycle_has_the_first_of_its_slugs() -> None:
    one, other = replica(), replica()
    merge_concept(one, "b", "a", "layla")
    merge_concept(other, "a", "c", "omar")
    merge_concept(other, "c", "b", "omar")
    merge_concept(other, "z", "c", "omar")
    bring(one, other)
    found = read_concepts(one)
    assert (found.holds, kinds(found)) == ({"b": "a", "c": "a", "z": "a"}, [("cycle", ("a", "b", "c"))])
    undo_concept(one, "a", "layla")
    assert read_concepts(one) == ConceptMap({"b": "a", "c": "a", "z": "a"})


@pytest.mark.parametrize(
    ("slug", "to", "message"),
    [
        ("No Slug", "x", "'No Slug' is no slug"),
        ("x", "كلمة", "is no slug"),
        ("b", "a", "a is called b already"),
        ("b", "b", "b is called b already"),
        ("q", "b", "b is, or was, another concept"),
        ("q", "a", "a is, or was, another concept"),
    ],
)
def test_what_cannot_be_is_refused(slug: str, to: str, message: str) -> None:
    journal = replica()
    rename_concept(journal, "a", "b", "layla")
    with pytest.raises(LabelError, match=message):
        rename_concept(journal, slug, to, "layla")
    assert len(events_of(journal)) == 1


def event(name: str, slug: str, kind: str, *parents: str, **payload: object) -> Event:
    return Event(
        event_id=name,
        v=2,
        stream=CONCEPT,
        subject=slug,
        author="layla",
        parents=tuple(sorted(parents)),
        replica="r",
        seq=1,
        prev="",
        kind=kind,
        created_at="",
        body=dump(payload),
    ).sealed()


@st.composite
def changes(draw: st.DrawFn) -> list[Event]:
    made: list[Event] = []
    for number in range(draw(st.integers(0, 14))):
        slug = draw(st.sampled_from(SLUGS))
        mine = [item.event_id for item in made if item.subject == slug]
        parents = draw(st.lists(st.sampled_from(mine), max_size=2, unique=True)) if mine else []
        kind = draw(st.sampled_from(["rename", "merge", "merge", "undo"]))
        to = draw(st.sampled_from(SLUGS))
        payload: dict[str, object] = {"to": to} if kind == "rename" else {"into": to}
        if kind == "undo":
            payload = {"to": draw(st.lists(st.sampled_from(mine), max_size=1)) if mine else []}
        made.append(event(f"e{number}", slug, kind, *parents, **payload))
    return made


def mapped(events: list[Event]) -> ConceptMap:
    subjects: dict[str, list[Event]] = defaultdict(list)
    for item in events:
        subjects[item.subject].append(item)
    return concept_map((slug, SubjectEvents(found)) for slug, found in subjects.items())


@given(changes(), st.randoms())
def test_the_map_is_idempotent_and_the_order_of_arrival_plays_no_role(
    events: list[Event], random: object
) -> None:
    found = mapped(events)
    for slug in SLUGS:
        assert found.of(found.of(slug)) == found.of(slug)
    assert not found.holds.keys() & set(found.holds.values())
    shuffled = [*events, *events[:1]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert mapped(shuffled) == found


def test_what_a_newer_version_said_is_not_guessed() -> None:
    newer = event("n", "a", "split", "e", into=["b", "c"])
    found = mapped([event("e", "a", "rename", to="b"), newer])
    assert (found.holds, "newer version" in found.unreadable["a"]) == ({}, True)
    journal = replica()
    with journal.database.transaction():
        journal.database.append([newer])
    with pytest.raises(CorpusError, match="concept a can be read only: event n was written by"):
        merge_concept(journal, "a", "d", "layla")


def test_a_payload_that_is_no_such_record_is_not_read() -> None:
    found = mapped([event("e", "a", "rename", to=7)])
    assert "to: input should be a valid string" in found.unreadable["a"]
    found = mapped([event("e", "a", "merge", into="نص")])
    assert (found.of("a"), "'نص' is no slug" in found.unreadable["a"]) == ("a", True)
