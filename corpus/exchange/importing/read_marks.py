"""Marks from elsewhere -> entities and flags of a side: labels by a map, an id or a name, borders judged."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from hashiya.corpus.exchange.importing.label_map import LabelNames
from hashiya.corpus.exchange.matching.matched_side import MatchedSide
from hashiya.corpus.exchange.outcome import LeftOut, Outcome
from hashiya.corpus.exchange.sides import FLAG, SideMark
from hashiya.schema.errors import Problem
from hashiya.schema.records import Entity, Flag, Lang, overlaps
from hashiya.schema.scheme import LabelScheme, is_concept

StandingMark = tuple[Lang, int, int, str]
"""The side, range and label of a mark that stands; a flag's label has `FLAG` before."""

_LETTER = r"(?:[^\W_]|[\u0300-\u036f\u064b-\u065f\u0670])"
_LETTERS_BEFORE = re.compile(rf"{_LETTER}+\Z")
_LETTERS_AFTER = re.compile(rf"{_LETTER}+")
_LONGEST_WORD = 60
_ATTACHED_BEFORE = re.compile(r"[أوف]?[بكلس]?(?:ال|ل)?")
"""What Arabic writes on to the beginning of a name: and, in, to, the."""
_ATTACHED_AFTER = re.compile(r"(?:ه|ها|هم|هما|هن|ك|كم|نا|ي)")
"""What Arabic writes on to the end of a name: its, their, our."""
_MARKS = re.compile(r"[\u0300-\u036f\u064b-\u065f\u0670]")
_NO_LETTER = re.compile(r"[\u064b-\u065f\u0670\u0640]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f0-9]")


@dataclass(frozen=True, slots=True)
class SideLabels:
    """What a side's marks say; an entity whose file gives no id has the empty one.

    `unread` counts the marks that are not among them, though they should be, and those that are doubtful.
    """

    entities: tuple[Entity, ...]
    flags: tuple[Flag, ...]
    unread: int = 0


class MarkReader:
    """Reads marks by the labels of a scheme."""

    def __init__(self, scheme: LabelScheme, names: LabelNames, outcome: Outcome) -> None:
        self._overlap_allowed = scheme.rules.overlap
        self._names = names
        self._outcome = outcome

    def read(self, matched: MatchedSide, standing: Collection[StandingMark] = ()) -> SideLabels:
        """Return what is right in a side's marks; the others are told with their place and left out.

        The borders of marks that are `standing` are as they are meant.
        """
        entities: list[Entity] = []
        flags: list[Flag] = []
        unread = matched.unplaced
        for given in matched.marks:
            label = self._label(given, matched)
            if label is None:
                unread += not self._names.is_left_out(given.label)
                continue
            if label.startswith(FLAG):
                flag = self._flag(given, label, matched)
                if any(replace(other, intended=flag.intended) == flag for other in flags):
                    self._leave("flags", LeftOut("are there twice"), given, matched)
                else:
                    flags.append(flag)
                continue
            mark, is_doubtful = given, False
            if (matched.lang, given.start, given.end, label) not in standing:
                mark, is_doubtful = self._judged(given, matched)
            entity = self._entity(mark, label, matched)
            fault = self._fault(entity, entities)
            if fault is not None:
                self._leave("entities", fault, mark, matched)
            else:
                entities.append(entity)
            unread += is_doubtful or fault is not None
        return SideLabels(tuple(entities), tuple(flags), unread)

    def _label(self, mark: SideMark, matched: MatchedSide) -> str | None:
        given = mark.label.strip()
        if self._names.is_left_out(given):
            self._outcome.convert(mark.layer, f"left out by the label map: {given}")
            return None
        label = self._names.label(given)
        if label is None:
            unknown = LeftOut(
                "have an unknown label", f"unknown label; one of {', '.join(self._names.known)}"
            )
            self._leave("entities", unknown, mark, matched)
        elif label != mark.label:
            self._outcome.convert("labels", f"{given} is {label}")
        return label

    def _judged(self, mark: SideMark, matched: MatchedSide) -> tuple[SideMark, bool]:
        """Return a mark without white space at its edges, and whether its borders are doubtful."""
        quoted = matched.text[mark.start : mark.end]
        bare = quoted.strip()
        if bare and bare != quoted:
            self._outcome.convert(mark.layer, "without the white space at their edges")
            start = mark.start + len(quoted) - len(quoted.lstrip())
            mark = replace(mark, start=start, end=start + len(bare), quote=bare)
        cut = cut_word(matched.text, mark.start, mark.end)
        if cut is not None:
            self._outcome.problems.append(Problem(self._where(mark, matched), cut, left_out=False))
        return mark, cut is not None

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

    def _fault(self, entity: Entity, others: Collection[Entity]) -> LeftOut | None:
        if not entity.text.strip():
            return LeftOut("hold white space alone")
        for other in others:
            if overlaps(entity, other):
                same = (entity.start, entity.end, entity.type) == (other.start, other.end, other.type)
                if same or not self._overlap_allowed:
                    return LeftOut("overlap another", f"overlaps {other.text!r}")
        return None

    def _leave(self, what: str, left: LeftOut, mark: SideMark, matched: MatchedSide) -> None:
        self._outcome.leave_one(what, left, self._where(mark, matched))

    def _where(self, mark: SideMark, matched: MatchedSide) -> str:
        return f"{matched.side.where}, {mark.label!r} at [{mark.start}:{mark.end}]"


def cut_word(text: str, start: int, end: int) -> str | None:
    """Return what is told of a range that begins or ends inside a word; `None` where it does not.

    What Arabic attaches to a name (and, in, to, the; its, their) is no part of it.
    """
    inside = [
        word
        for word, is_attached in (
            (_before(text, start), _ATTACHED_BEFORE),
            (_after(text, end), _ATTACHED_AFTER),
        )
        if word and (_LATIN.search(word) or not is_attached.fullmatch(_NO_LETTER.sub("", word)))
    ]
    if not inside:
        return None
    return f"begins or ends inside a word ({text[start:end]!r} beside {', '.join(map(repr, inside))})"


def _before(text: str, at: int) -> str:
    """Return the letters before a range that begins inside a word; "" where it does not."""
    letters = _LETTERS_BEFORE.search(text, max(0, at - _LONGEST_WORD), at)
    return letters[0] if letters and _go_on(text, at) else ""


def _after(text: str, at: int) -> str:
    """Return the letters after a range that ends inside a word; "" where it does not."""
    letters = _LETTERS_AFTER.match(text, at, at + _LONGEST_WORD)
    return letters[0] if letters and _go_on(text, at) else ""


def _go_on(text: str, at: int) -> bool:
    """Whether a word of one script goes on at a place."""
    left, right = _LETTERS_BEFORE.search(text, max(0, at - _LONGEST_WORD), at), text[at : at + 1]
    if left is None or not _LETTERS_AFTER.match(right):
        return False
    base = _MARKS.sub("", left[0])[-1:]
    return bool(_MARKS.match(right)) or (_LATIN.match(base) is None) == (_LATIN.match(right) is None)
