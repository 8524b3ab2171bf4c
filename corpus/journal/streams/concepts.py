"""Concepts renamed and merged: a map from the slugs in annotations to those that hold now.

Nobody's annotation is rewritten: the map is applied where annotations are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from hashiya.corpus.journal.event import CONCEPT, Event
from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.registers import WhatIsSaid, say_all, step, what_is_said
from hashiya.schema.errors import LabelError
from hashiya.schema.payloads import ConceptMerge, ConceptRename
from hashiya.schema.records import Annotation
from hashiya.schema.scheme import is_concept


@dataclass(frozen=True, slots=True)
class ConceptConflict:
    """Concepts of which nobody knows what they are called now.

    `successors`: a concept was given several slugs by people who did not know of each other; it keeps what it
    had. `name`: several were renamed to one slug, but not merged; they keep theirs. `cycle`: they lead to
    each other; all have the first of their slugs, by code points.
    """

    kind: Literal["successors", "name", "cycle"]
    slugs: tuple[str, ...]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConceptMap:
    """The slugs that hold now, for those that do not hold any more, and what is in conflict.

    `unreadable` has the slugs of which only a newer version knows what became of them, and why; they are not
    mapped.
    """

    holds: Mapping[str, str] = field(default_factory=dict[str, str])
    conflicts: tuple[ConceptConflict, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict[str, str])

    def of(self, slug: str) -> str:
        """Return the slug that holds now."""
        return self.holds.get(slug, slug)


def concept_map(subjects: Iterable[tuple[str, SubjectEvents]]) -> ConceptMap:
    """Return the map that the events of concepts make, whatever the order in which they arrived."""
    said: dict[str, WhatIsSaid[ConceptRename | ConceptMerge]] = {}
    for slug, events in subjects:
        said[slug] = what_is_said(events)
    conflicts: list[ConceptConflict] = []
    successors: dict[str, str] = {}
    renamed: dict[str, list[str]] = defaultdict(list)
    for slug, found in sorted(said.items()):
        heads = found.said if len({_successor(item) for item in found.said}) == 1 else (found.before,)
        if heads != found.said and found.conflict:
            conflicts.append(_conflict("successors", [slug], said))
        to = _successor(heads[0])
        if to is not None and to != slug:
            successors[slug] = to
            if all(isinstance(item, ConceptRename) for item in heads):
                renamed[to].append(slug)
    for slugs in renamed.values():
        if len(slugs) > 1:
            conflicts.append(_conflict("name", slugs, said))
            for slug in slugs:
                del successors[slug]
    holds: dict[str, str] = {}
    for cycle in list(_cycles(successors)):
        conflicts.append(_conflict("cycle", cycle, said))
        for slug in cycle:
            del successors[slug]
        holds |= dict.fromkeys(cycle[1:], cycle[0])
    for slug in successors:
        end = _end(slug, successors)
        holds[slug] = holds.get(end, end)
    unreadable = {slug: found.unreadable for slug, found in said.items() if found.unreadable is not None}
    order = sorted(conflicts, key=lambda item: (item.kind, item.slugs))
    return ConceptMap(dict(sorted(holds.items())), tuple(order), unreadable)


def _successor(said: ConceptRename | ConceptMerge | None) -> str | None:
    return None if said is None else said.to if isinstance(said, ConceptRename) else said.into


def _conflict(
    kind: Literal["successors", "name", "cycle"],
    slugs: Iterable[str],
    said: Mapping[str, WhatIsSaid[ConceptRename | ConceptMerge]],
) -> ConceptConflict:
    names = tuple(sorted(slugs))
    return ConceptConflict(
        kind, names, tuple(sorted({event for name in names for event in said[name].events}))
    )


def _end(slug: str, successors: Mapping[str, str]) -> str:
    while slug in successors:
        slug = successors[slug]
    return slug


def _cycles(successors: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield the slugs that lead to each other, sorted."""
    seen: set[str] = set()
    for slug in sorted(successors):
        path: list[str] = []
        while slug in successors and slug not in seen:
            seen.add(slug)
            path.append(slug)
            slug = successors[slug]  # noqa: PLW2901 - the next on the way
        if slug in path:
            yield sorted(path[path.index(slug) :])


def with_concepts(annotation: Annotation, concepts: ConceptMap) -> Annotation:
    """Return an annotation with the slugs that hold now."""
    entities = tuple(
        item if item.concept is None else replace(item, concept=concepts.of(item.concept))
        for item in annotation.entities
    )
    return annotation if entities == annotation.entities else replace(annotation, entities=entities)


def read_concepts(journal: Journal) -> ConceptMap:
    """Return the map of a journal's concepts."""
    return concept_map(journal.shared_subjects(CONCEPT))


def rename_concept(journal: Journal, slug: str, to: str, author: str, why: str | None = None) -> Event:
    """Give a concept another slug, and return the event; `LabelError` where another concept has it.

    `CorpusError` where the concept can be read only.
    """
    with journal.writing():
        concepts = _checked(journal, slug, to)
        taken = [other for other, held in concepts.holds.items() if to in {other, held} and other != slug]
        if taken:
            raise LabelError(
                f"concept {slug}: {to} is, or was, another concept; merge them, or take a new slug"
            )
        return say_all(journal, CONCEPT, slug, author, ConceptRename(to=to, why=why))


def merge_concept(journal: Journal, slug: str, into: str, author: str, why: str | None = None) -> Event:
    """Say that a concept is another one, whose slug stays, and return the event.

    `LabelError` where that one leads to this one already; `CorpusError` where it can be read only.
    """
    with journal.writing():
        _checked(journal, slug, into)
        return say_all(journal, CONCEPT, slug, author, ConceptMerge(into=into, why=why))


def undo_concept(journal: Journal, slug: str, author: str) -> Event | None:
    """Undo the last rename or merge of a concept, and return the event; else as `step`."""
    return step(journal, CONCEPT, slug, author, "undo")


def redo_concept(journal: Journal, slug: str, author: str) -> Event | None:
    """Redo what was undone of a concept, and return the event; else as `step`."""
    return step(journal, CONCEPT, slug, author, "redo")


def _checked(journal: Journal, slug: str, to: str) -> ConceptMap:
    for name in (slug, to):
        if not is_concept(name):
            raise LabelError(f"concept: {name!r} is no slug such as 'large-language-model'")
    concepts = read_concepts(journal)
    if slug in {to, concepts.of(to)}:
        raise LabelError(f"concept {slug}: {to} is called {slug} already; undo that first")
    return concepts
