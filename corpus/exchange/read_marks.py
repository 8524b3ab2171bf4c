"""Marks from elsewhere -> entities and flags of a side: labels by id or name, ranges and quotes checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from hashiya.corpus.exchange.match_sides import MatchedSide
from hashiya.corpus.exchange.outcome import LeftOut, Outcome
from hashiya.corpus.exchange.sides import FLAG, SideLayer, SideMark
from hashiya.schema.records import Entity, Flag, overlaps
from hashiya.schema.scheme import LabelScheme, Section, is_concept

_FLAG_PREFIXES = (FLAG, "flag-", "flag_")


@dataclass(frozen=True, slots=True)
class SideLabels:
    """What a side's marks say; an entity whose file gives no id has the empty one."""

    entities: tuple[Entity, ...]
    flags: tuple[Flag, ...]


class MarkReader:
    """Reads marks by a scheme, for a format that holds certain layers."""

    def __init__(self, scheme: LabelScheme, holds: Collection[SideLayer], outcome: Outcome) -> None:
        self._scheme = scheme
        self._outcome = outcome
        self._entities = _names(scheme, "entity")
        self._flags = _names(scheme, "flag") if "flags" in holds else {}

    def read(self, matched: MatchedSide) -> SideLabels:
        """Return what is right in a side's marks; the others are told with their place and left out."""
        entities: list[Entity] = []
        flags: list[Flag] = []
        for mark in matched.side.marks:
            label = self._label(mark, matched)
            fault = None if label is None else _range_fault(mark, matched.text)
            if fault is not None:
                self._leave(mark.layer, fault, mark, matched)
            elif label is not None and label.startswith(FLAG):
                flag = self._flag(mark, label, matched)
                if any(replace(other, intended=flag.intended) == flag for other in flags):
                    self._leave("flags", LeftOut("are there twice"), mark, matched)
                else:
                    flags.append(flag)
            elif label is not None:
                entity = self._entity(mark, label, matched)
                overlap = self._overlap(entity, entities)
                if overlap is not None:
                    self._leave("entities", overlap, mark, matched)
                else:
                    entities.append(entity)
        return SideLabels(tuple(entities), tuple(flags))

    def _label(self, mark: SideMark, matched: MatchedSide) -> str | None:
        given = mark.label.strip()
        label = self._entities.get(given.casefold())
        if label is None and self._flags:
            prefix = next((prefix for prefix in _FLAG_PREFIXES if given.startswith(prefix)), None)
            kind = self._flags.get(given.removeprefix(prefix).casefold()) if prefix else None
            label = None if kind is None else FLAG + kind
        if label is None:
            known = [*self._scheme.ids("entity"), *(FLAG + kind for kind in self._scheme.ids("flag"))]
            listed = ", ".join(known if self._flags else self._scheme.ids("entity"))
            unknown = LeftOut("have an unknown label", f"unknown label; one of {listed}")
            self._leave("entities", unknown, mark, matched)
        elif label != mark.label:
            self._outcome.convert("labels", f"{given} is {label}")
        return label

    def _flag(self, mark: SideMark, label: str, matched: MatchedSide) -> Flag:
        intended = mark.intended
        if intended is not None and any("\ud800" <= character <= "\udfff" for character in intended):
            self._leave("intended", LeftOut("are no Unicode text"), mark, matched)
            intended = None
        return Flag(
            lang=matched.lang,
            start=mark.start,
            end=mark.end,
            text=matched.text[mark.start : mark.end],
            kind=label.removeprefix(FLAG),
            intended=intended,
        )

    def _entity(self, mark: SideMark, label: str, matched: MatchedSide) -> Entity:
        concept = mark.concept
        if concept is not None and not is_concept(concept):
            why = f"{concept!r} is no slug such as 'large-language-model'"
            self._leave("concepts", LeftOut("are no slugs", why), mark, matched)
            concept = None
        return Entity(
            id=mark.id if mark.id and mark.id.isprintable() else "",
            lang=matched.lang,
            start=mark.start,
            end=mark.end,
            text=matched.text[mark.start : mark.end],
            type=label,
            concept=concept,
        )

    def _overlap(self, entity: Entity, others: Collection[Entity]) -> LeftOut | None:
        for other in others:
            if overlaps(entity, other):
                same = (entity.start, entity.end, entity.type) == (other.start, other.end, other.type)
                if same or not self._scheme.rules.overlap:
                    return LeftOut("overlap another", f"overlaps {other.text!r}")
        return None

    def _leave(self, what: str, left: LeftOut, mark: SideMark, matched: MatchedSide) -> None:
        where = f"{matched.side.where}, {mark.label!r} at [{mark.start}:{mark.end}]"
        self._outcome.leave_one(what, left, where)


def _range_fault(mark: SideMark, text: str) -> LeftOut | None:
    """Return why a mark is of no range of a text."""
    if mark.start >= mark.end or mark.start < 0:
        return LeftOut("end before they start, or where")
    if mark.end > len(text):
        return LeftOut("end beyond the text", f"the text ends at {len(text)}")
    quoted = text[mark.start : mark.end]
    if mark.quote not in {None, quoted}:
        return LeftOut("quote another text", f"quotes {mark.quote!r}, the text has {quoted!r}")
    return None


def _names(scheme: LabelScheme, section: Section) -> Mapping[str, str]:
    """Return label ids by id and by name, folded; a name that several labels have is no one's."""
    names: dict[str, str | None] = {}
    for label in scheme.labels(section):
        for name in {label.name.en.strip().casefold(), label.name.ar.strip().casefold()}:
            names[name] = None if name in names else label.id
    ids: Iterator[tuple[str, str]] = ((label.id, label.id) for label in scheme.labels(section))
    return {name: label for name, label in names.items() if label is not None} | dict(ids)
