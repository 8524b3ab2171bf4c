"""A change of the scheme, and what it makes of labels that were made before: renamed, merged, split, removed.

What is said of a label that has one successor is said of that one. Where it has several, or none, nobody but
a person can decide: the mark goes, and the annotation comes up for review.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from hashiya.schema.covers import COVERED_SECTION
from hashiya.schema.errors import SchemeError
from hashiya.schema.records import (
    Annotation,
    Cover,
    Implication,
    SchemeRef,
    Stance,
    record,
)
from hashiya.schema.scheme import SECTIONS, LabelScheme, Section

_Statement = TypeVar("_Statement", Stance, Implication)

LabelMap = Mapping[str, tuple[str, ...]]
"""The successors of labels: one of a renamed or merged label, several of a split one, none of a removed."""


@record
class SchemeMigration:
    """A recorded change from one version of a scheme to another; `labels` has what changed, by section."""

    before: SchemeRef
    after: SchemeRef
    labels: dict[str, dict[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class LabelChange:
    """What becomes of one label, and whether that was asked for or follows from the two schemes."""

    section: Section
    before: str
    after: tuple[str, ...]
    asked: bool

    @property
    def verb(self) -> str:
        """The word for it."""
        return "remove" if not self.after else "split" if len(self.after) > 1 else "rename"


def plan_migration(
    old: LabelScheme, new: LabelScheme, asked: Mapping[Section, LabelMap]
) -> tuple[SchemeMigration, list[LabelChange]]:
    """Return the migration between two schemes, and its changes.

    A label that is in both stays, unless something else was `asked`. One that is gone became the label that
    is new and has its key or one of its names; if there is none, it is removed. `SchemeError` names what
    cannot be.
    """
    if old.name != new.name:
        raise SchemeError(
            f"the corpus has the scheme {old.name!r}, not {new.name!r}; a migration keeps the name"
        )
    if _version(new.version) <= _version(old.version):
        raise SchemeError(
            f"the new scheme has version {new.version}, the corpus {old.version}: give it a later version"
        )
    changes = [
        change for section in SECTIONS for change in _changes(old, new, section, asked.get(section, {}))
    ]
    labels: dict[str, dict[str, tuple[str, ...]]] = {}
    for change in changes:
        labels.setdefault(change.section, {})[change.before] = change.after
    return SchemeMigration(before=old.ref, after=new.ref, labels=labels), changes


def _changes(old: LabelScheme, new: LabelScheme, section: Section, asked: LabelMap) -> Iterator[LabelChange]:
    before, after = old.ids(section), new.ids(section)
    for name, successors in asked.items():
        if name not in before:
            raise SchemeError(
                f"{section}: the corpus's scheme has no label {name!r}; it has {', '.join(before)}"
            )
        for successor in successors:
            if successor not in after:
                raise SchemeError(
                    f"{section}: the new scheme has no label {successor!r}; it has {', '.join(after)}"
                )
        yield LabelChange(section, name, successors, asked=True)
    added = [label for label in new.labels(section) if label.id not in before]
    for label in old.labels(section):
        if label.id in after or label.id in asked:
            continue
        like = [
            one
            for one in added
            if one.key == label.key or {one.name.en, one.name.ar} & {label.name.en, label.name.ar}
        ]
        yield LabelChange(section, label.id, (like[0].id,) if len(like) == 1 else (), asked=False)


def migrated(annotation: Annotation, migrations: Sequence[SchemeMigration]) -> Annotation:
    """Return an annotation in the terms of the last of some migrations, which are in order."""
    for migration in migrations:
        made = annotation.scheme
        if made.name == migration.before.name and _version(made.version) < _version(migration.after.version):
            annotation = _apply(annotation, migration)
    return annotation


def _apply(annotation: Annotation, migration: SchemeMigration) -> Annotation:
    change = _Change(migration)
    entities = tuple(
        replace(item, type=name) for item in annotation.entities if (name := change.of("entity", item.type))
    )
    kept = {item.id for item in entities}
    made = replace(
        annotation,
        entities=entities,
        flags=tuple(
            replace(item, kind=name) for item in annotation.flags if (name := change.of("flag", item.kind))
        ),
        stances=_unique(_stance(item, change, kept) for item in annotation.stances),
        implications=_unique(_implication(item, change) for item in annotation.implications),
        links=tuple(link for link in annotation.links if {link.ar, link.en} <= kept),
        covers=None
        if annotation.covers is None
        else tuple(_cover(cover, change) for cover in annotation.covers),
        scheme=migration.after,
    )
    undecided = change.undecided or _contradicts(made)
    return replace(made, status="review") if undecided and made.status == "done" else made


class _Change:
    """The successors of labels; remembers whether one was asked for that nobody can decide."""

    def __init__(self, migration: SchemeMigration) -> None:
        self._labels = migration.labels
        self.undecided = False

    def of(self, section: Section, label: str) -> str | None:
        """Return the successor of a label; `None` where there is none, or more than one."""
        successors = self._labels.get(section, {}).get(label, (label,))
        if len(successors) == 1:
            return successors[0]
        self.undecided = True
        return None

    def covered(self, section: Section, label: str) -> tuple[str, ...]:
        """Return what was looked for, where a label was."""
        return self._labels.get(section, {}).get(label, (label,))


def _stance(item: Stance, change: _Change, kept: set[str]) -> Stance | None:
    target = change.of("target", item.target)
    stance = change.of("stance", item.stance)
    holder = change.of("holder", item.holder)
    if target is None or stance is None or holder is None:
        return None
    named = item.holder_entity if item.holder_entity in kept else None
    return Stance(target=target, stance=stance, holder=holder, holder_entity=named)


def _implication(item: Implication, change: _Change) -> Implication | None:
    fields: dict[str, str] = {}
    sections: tuple[Section, ...] = ("target", "channel", "direction", "certainty")
    for section in sections:
        name = change.of(section, getattr(item, section))
        if name is None:
            return None
        fields[section] = name
    return Implication(**fields)


def _cover(cover: Cover, change: _Change) -> Cover:
    if cover.labels is None:
        return cover
    section = COVERED_SECTION[cover.layer]
    return replace(
        cover, labels=tuple(sorted({new for label in cover.labels for new in change.covered(section, label)}))
    )


def _unique(items: Iterator[_Statement | None]) -> tuple[_Statement, ...]:
    """Return what is left, each once: merged labels may say the same."""
    return tuple(dict.fromkeys(item for item in items if item is not None))


def _contradicts(annotation: Annotation) -> bool:
    """Whether merged labels left two stances of one holder on one target."""
    held = [(item.target, item.holder, item.holder_entity) for item in annotation.stances]
    return len(set(held)) < len(held)


def _version(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def used_labels(annotation: Annotation) -> Iterator[tuple[Section, str]]:
    """Yield every label that an annotation uses, with its section."""
    for entity in annotation.entities:
        yield "entity", entity.type
    for flag in annotation.flags:
        yield "flag", flag.kind
    for stance in annotation.stances:
        yield "target", stance.target
        yield "stance", stance.stance
        yield "holder", stance.holder
    for one in annotation.implications:
        yield "target", one.target
        yield "channel", one.channel
        yield "direction", one.direction
        yield "certainty", one.certainty
