"""What labels were before a build carried them to a changed pair, and what became of each: for the review.

It is found from the carries that led to what stands, back to what the annotator saved last. Labels are put on
the present text as far as they can be: statements as they were, marks where the carry put them or, if it did
not, where their words stand now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from hashiya.corpus.carrying.place_annotation import place_annotation
from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.heads import sources
from hashiya.corpus.journal.journal_reader import JournalReader
from hashiya.corpus.journal.standing import Standing
from hashiya.corpus.store.document_view import DocumentView
from hashiya.schema.records import LANGS, Annotation, Entity, Flag, Lang, Pair, overlaps

Loss = Literal["", "words gone", "elsewhere"]
_Marked = Entity | Flag


@dataclass(frozen=True, slots=True)
class MarkBefore:
    """A name or a flag of the pair before, and why it is not here: its words are gone, or in another pair.

    `pair_id` is that pair; `loss` is empty where the mark can be put on the present text.
    """

    mark: Entity | Flag
    loss: Loss = ""
    pair_id: str = ""


@dataclass(frozen=True, slots=True)
class LabelsBefore:
    """What an annotator said of a pair before it changed: `said` of the texts `ar` and `en`, null if unknown.

    `placed` is the same on the present text, as far as it can be; `changed` are the sides with other text.
    """

    said: Annotation
    ar: str | None
    en: str | None
    changed: tuple[Lang, ...]
    placed: Annotation
    marks: tuple[MarkBefore, ...]

    def text(self, lang: Lang) -> str | None:
        """The text of one side, as it was."""
        return self.ar if lang == "ar" else self.en


def labels_before(
    journal: JournalReader, standing: Standing, pair: Pair, view: DocumentView
) -> list[LabelsBefore]:
    """Return what stood before the carries that led to what stands for a pair, in the order of the text.

    `view` is the pair's document.
    """
    origins = {name for carry in _last_carries(standing) for name in _origins(journal, carry)}
    found = [
        _Placing(journal, said, pair, view).result()
        for name in sorted(origins)
        if (said := journal.state_of(name)) is not None and said.pair_id != pair.pair_id
    ]
    return sorted(found, key=lambda item: _start(item.said))


def _last_carries(standing: Standing) -> list[Event]:
    """The carries that led to what stands, those alone that no other of them follows."""
    heads = [head.event_id for head in standing.heads]
    led = {*heads, *standing.events.ancestors(heads)}
    carries = {
        name: event
        for name, event in standing.events.events.items()
        if name in led and event.kind == "carry" and event.known
    }
    passed = standing.events.ancestors(carries)
    return [event for name, event in sorted(carries.items()) if name not in passed]


def _origins(journal: JournalReader, carry: Event) -> set[str]:
    """The events that a carry comes from, through carries that nobody has looked at, as far as is known."""
    found: set[str] = set()
    waiting, seen = [carry], {carry.event_id}
    while waiting:
        for name in sources(waiting.pop()):
            if name in seen or not journal.has(name):
                continue
            seen.add(name)
            event = journal.event(name)
            if event.kind == "carry" and event.known and any(map(journal.has, sources(event))):
                waiting.append(event)
            else:
                found.add(name)
    return found


class _Placing:
    """Puts what was said of a pair on the text of the pair that it was carried to."""

    def __init__(self, journal: JournalReader, said: Annotation, pair: Pair, view: DocumentView) -> None:
        self._said = said
        self._pair = pair
        parts = place_annotation(said, view, journal.text).parts
        own = [part for other, part in parts if other.pair_id == pair.pair_id]
        self._here: list[_Marked] = [mark for part in own for mark in _marks(part)]
        self._elsewhere: list[tuple[str, _Marked]] = [
            (other.pair_id, mark)
            for other, part in parts
            if other.pair_id != pair.pair_id
            for mark in _marks(part)
        ]
        self._old: dict[Lang, str | None] = {}
        for lang in LANGS:
            anchor = said.place.anchor(lang)
            whole = None if anchor is None else journal.text(anchor.document_hash)
            self._old[lang] = None if anchor is None or whole is None else whole[anchor.start : anchor.end]
        self._marks: list[MarkBefore] = []

    def result(self) -> LabelsBefore:
        """Return what was said, and what became of it."""
        said, old = self._said, self._old
        entities: list[Entity] = []
        flags: list[Flag] = []
        for entity in said.entities:
            start = self._start(entity, entities)
            if start is not None:
                entities.append(replace(entity, start=start, end=start + len(entity.text)))
        for flag in said.flags:
            start = self._start(flag, flags)
            if start is not None:
                flags.append(replace(flag, start=start, end=start + len(flag.text)))
        ids = {entity.id for entity in entities}
        placed = replace(
            said,
            pair_id=self._pair.pair_id,
            entities=tuple(sorted(entities, key=_in_text)),
            flags=tuple(sorted(flags, key=_in_text)),
            links=tuple(item for item in said.links if {item.ar, item.en} <= ids),
            stances=tuple(
                item if item.holder_entity in ids else replace(item, holder_entity=None)
                for item in said.stances
            ),
        )
        changed: list[Lang] = [
            lang for lang in LANGS if old[lang] is not None and old[lang] != self._pair.text(lang)
        ]
        return LabelsBefore(said, old["ar"], old["en"], tuple(changed), placed, tuple(self._marks))

    def _start(self, mark: _Marked, placed: Sequence[_Marked]) -> int | None:
        """Where a mark begins in the present text; what became of it is kept."""
        starts = [other.start for other in self._here if _alike(mark, other) and _is_free(other, placed)]
        if not starts:
            for pair_id, other in self._elsewhere:
                if _alike(mark, other):
                    self._marks.append(MarkBefore(mark, "elsewhere", pair_id))
                    return None
            text = self._pair.text(mark.lang) or ""
            starts = [
                start
                for start in _occurrences(mark, text, self._old[mark.lang])
                if _is_free(replace(mark, start=start, end=start + len(mark.text)), placed)
            ]
        self._marks.append(MarkBefore(mark, "" if starts else "words gone"))
        return min(starts, key=lambda at: (abs(at - mark.start), at), default=None)


def _marks(annotation: Annotation) -> list[_Marked]:
    return [*annotation.entities, *annotation.flags]


def _in_text(mark: _Marked) -> tuple[bool, int]:
    return mark.lang != "ar", mark.start


def _is_free(mark: _Marked, placed: Sequence[_Marked]) -> bool:
    """Whether no other mark was put on these words yet."""
    return not any(item.lang == mark.lang and overlaps(item, mark) for item in placed)


def _alike(one: _Marked, other: _Marked) -> bool:
    """Whether two marks are the same one, wherever they stand."""
    if isinstance(one, Entity) and isinstance(other, Entity):
        return (one.lang, one.text, one.type) == (other.lang, other.text, other.type)
    if isinstance(one, Flag) and isinstance(other, Flag):
        return (one.lang, one.text, one.kind) == (other.lang, other.text, other.kind)
    return False


def _occurrences(mark: _Marked, text: str, old: str | None) -> Iterator[int]:
    """Where the words of a mark stand in a text, cut out of other words only where they were before."""
    joined_before = old is not None and mark.start > 0 and old[mark.start - 1 : mark.start].isalnum()
    joined_after = old is not None and old[mark.end : mark.end + 1].isalnum()
    start = text.find(mark.text)
    while start >= 0:
        end = start + len(mark.text)
        cut_before = start > 0 and text[start - 1].isalnum()
        cut_after = text[end : end + 1].isalnum()
        if cut_before <= joined_before and cut_after <= joined_after:
            yield start
        start = text.find(mark.text, start + 1)


def _start(said: Annotation) -> tuple[int, int, str]:
    place = said.place
    return place.ar.start if place.ar else 0, place.en.start if place.en else 0, said.pair_id
