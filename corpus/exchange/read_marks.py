"""Marks from elsewhere -> entities and flags of a side: labels by id or name, ranges and quotes checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from hashiya.corpus.exchange.match_sides import Found
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import FLAG, SideLayer, SideMark
from hashiya.schema.errors import Problem
from hashiya.schema.records import Entity, Flag, overlaps
from hashiya.schema.scheme import LabelScheme, Section, is_concept

_FLAG_PREFIXES = (FLAG, "flag-", "flag_")


@dataclass(frozen=True, slots=True)
class Read:
    """What a side's marks say; an entity whose file gives no id has the empty one."""

    entities: tuple[Entity, ...]
    flags: tuple[Flag, ...]


class MarkReader:
    """Reads marks by a scheme, for a format that holds certain layers."""

    def __init__(self, scheme: LabelScheme, holds: Collection[SideLayer], outcome: Outcome) -> None:
        self._scheme = scheme
        self._holds = holds
        self._outcome = outcome
        self._entities = _names(scheme, "entity")
        self._flags = _names(scheme, "flag") if "flags" in holds else {}

    def read(self, found: Found) -> Read:
        """Return what is right in a side's marks; the others are told with their place and left out."""
        entities: list[Entity] = []
        flags: list[Flag] = []
        for mark in found.side.marks:
            label = self._label(mark, found)
            if label is None or not self._fits(mark, found):
                continue
            quote = found.text[mark.start : mark.end]
            if label.startswith(FLAG):
                flag = Flag(
                    lang=found.lang,
                    start=mark.start,
                    end=mark.end,
                    text=quote,
                    kind=label.removeprefix(FLAG),
                    intended=self._intended(mark, found),
                )
                if any(replace(other, intended=flag.intended) == flag for other in flags):
                    self._leave(mark, found, "flags", "are there twice")
                else:
                    flags.append(flag)
            else:
                entity = Entity(
                    id=mark.id if mark.id and mark.id.isprintable() else "",
                    lang=found.lang,
                    start=mark.start,
                    end=mark.end,
                    text=quote,
                    type=label,
                    concept=self._concept(mark, found),
                )
                if not self._overlaps(entity, entities, mark, found):
                    entities.append(entity)
        return Read(tuple(entities), tuple(flags))

    def _label(self, mark: SideMark, found: Found) -> str | None:
        given = mark.label.strip()
        label = self._entities.get(given.casefold())
        if label is None and self._flags:
            prefix = next((prefix for prefix in _FLAG_PREFIXES if given.startswith(prefix)), None)
            kind = self._flags.get(given.removeprefix(prefix).casefold()) if prefix else None
            label = None if kind is None else FLAG + kind
        if label is None:
            known = [*self._scheme.ids("entity"), *(FLAG + kind for kind in self._scheme.ids("flag"))]
            listed = ", ".join(known if self._flags else self._scheme.ids("entity"))
            self._leave(mark, found, "entities", "have an unknown label", f"unknown label; one of {listed}")
        elif label != mark.label:
            self._outcome.convert("labels", f"{given} is {label}")
        return label

    def _fits(self, mark: SideMark, found: Found) -> bool:
        length = len(found.text)
        if mark.start >= mark.end or mark.start < 0:
            self._leave(mark, found, mark.layer, "end before they start, or where")
        elif mark.end > length:
            self._leave(mark, found, mark.layer, "end beyond the text", f"the text ends at {length}")
        elif mark.quote not in {None, found.text[mark.start : mark.end]}:
            there = found.text[mark.start : mark.end]
            self._leave(
                mark,
                found,
                mark.layer,
                "quote another text",
                f"quotes {mark.quote!r}, the text has {there!r}",
            )
        else:
            return True
        return False

    def _overlaps(self, entity: Entity, others: Collection[Entity], mark: SideMark, found: Found) -> bool:
        for other in others:
            if overlaps(entity, other):
                same = (entity.start, entity.end, entity.type) == (other.start, other.end, other.type)
                if same or not self._scheme.rules.overlap:
                    self._leave(mark, found, "entities", "overlap another", f"overlaps {other.text!r}")
                    return True
        return False

    def _concept(self, mark: SideMark, found: Found) -> str | None:
        if mark.concept is None or is_concept(mark.concept):
            return mark.concept
        why = f"{mark.concept!r} is no slug such as 'large-language-model'"
        self._leave(mark, found, "concepts", "are no slugs", why)
        return None

    def _intended(self, mark: SideMark, found: Found) -> str | None:
        if mark.intended is not None and any(
            "\ud800" <= character <= "\udfff" for character in mark.intended
        ):
            self._leave(mark, found, "intended", "are no Unicode text")
            return None
        return mark.intended

    def _leave(self, mark: SideMark, found: Found, what: str, why: str, detail: str | None = None) -> None:
        self._outcome.leave(what, why)
        where = f"{found.side.where}, {mark.label!r} at [{mark.start}:{mark.end}]"
        self._outcome.problems.append(Problem(where, detail or f"{what}: {why}"))


def _names(scheme: LabelScheme, section: Section) -> Mapping[str, str]:
    """Label ids by what people write for them, folded; an id wins over a name, and no name has two labels."""
    names: dict[str, str | None] = {}
    for label in scheme.labels(section):
        for name in {label.name.en.strip().casefold(), label.name.ar.strip().casefold()}:
            names[name] = None if name in names else label.id
    ids: Iterator[tuple[str, str]] = ((label.id, label.id) for label in scheme.labels(section))
    return {name: label for name, label in names.items() if label is not None} | dict(ids)
