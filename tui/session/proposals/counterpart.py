"""Counterparts of an entity: the spans that it may correspond to on the other side, the most likely first.

Nothing is proposed that overlaps a marked entity without being it, or that is linked already. Spans count
code points of their side.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from hashiya.corpus.text.fold import fold
from hashiya.corpus.text.phonetic import ALIKE, phonetic_similarity
from hashiya.schema.records import Annotation, Entity, Lang, Pair, Span, overlaps
from hashiya.tui.session.proposals.amounts import amounts
from hashiya.tui.session.proposals.concepts import Concepts, has_arabic, readings, slug
from hashiya.tui.session.words import words

Reason = Literal["concept", "known form", "same text", "number", "sound", "only one", "type"]
"""Why a span is proposed, the most telling first."""

_RANK = {reason: rank for rank, reason in enumerate(get_args(Reason))}
_LONGEST = 6
"""Words of a name."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A span on the other side; `entity_id` where it is marked already."""

    lang: Lang
    span: Span
    entity_id: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Guess:
    span: Span
    reason: Reason
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class _OtherSide:
    """The side of the pair that an entity has its counterpart on."""

    lang: Lang
    text: str
    marked: tuple[Entity, ...]
    unlinked: tuple[Entity, ...]
    names: tuple[tuple[Span, str], ...]
    """Every run of words that may be a name, and what it says, folded."""


def propose(
    annotation: Annotation, pair: Pair, entity: Entity, concepts: Concepts
) -> tuple[Counterpart, ...]:
    """Return the spans that may name on the other side what `entity` names, each once, best first.

    Of equals, a span that is no part of a longer known name comes first, then the one that stands at about
    the same place of its sentence.
    """
    side = _other_side(annotation, pair, entity)
    if side is None:
        return ()
    guesses = [
        *_entities_alike(entity, side),
        *_names_alike(entity, side, concepts),
        *_intended_names(annotation, entity, side, concepts),
        *_equal_amounts(entity, side),
    ]
    rank = _ranking(entity, pair, side, concepts)
    return tuple(_without_overlaps(sorted(guesses, key=rank), side))


def _other_side(annotation: Annotation, pair: Pair, entity: Entity) -> _OtherSide | None:
    lang: Lang = "en" if entity.lang == "ar" else "ar"
    text = pair.text(lang)
    if text is None:
        return None
    linked = {end for link in annotation.links for end in (link.ar, link.en)}
    marked = tuple(other for other in annotation.entities if other.lang == lang)
    unlinked = tuple(other for other in marked if other.id not in linked)
    return _OtherSide(lang, text, marked, unlinked, tuple(_names(pair, lang, text)))


def _ranking(
    entity: Entity, pair: Pair, side: _OtherSide, concepts: Concepts
) -> Callable[[_Guess], tuple[int, bool, float, float, Span]]:
    """Return the key to sort guesses by, the best first."""
    known = [(span, concepts.named(name, side.lang)) for span, name in side.names]
    others = [span for span, things in known if things and entity.concept not in things]
    place = _place(entity, pair.text(entity.lang) or "")

    def key(guess: _Guess) -> tuple[int, bool, float, float, Span]:
        part_of_other = any(span != guess.span and _covers(span, guess.span) for span in others)
        distance = abs(_place(guess.span, side.text) - place)
        return _RANK[guess.reason], part_of_other, -guess.likeness, distance, guess.span

    return key


def _without_overlaps(guesses: Iterable[_Guess], side: _OtherSide) -> Iterator[Counterpart]:
    """Yield each guess that overlaps no better one, and no entity but the one that it is."""
    ids = {Span(other.start, other.end): other.id for other in side.unlinked}
    marked = [Span(other.start, other.end) for other in side.marked]
    proposed: list[Span] = []
    for guess in guesses:
        taken = proposed if guess.span in ids else [*proposed, *marked]
        if not any(overlaps(other, guess.span) for other in taken):
            proposed.append(guess.span)
            yield Counterpart(side.lang, guess.span, ids.get(guess.span), guess.reason)


def _covers(span: Span, other: Span) -> bool:
    return span.start <= other.start and other.end <= span.end


def _place(item: Entity | Span, text: str) -> float:
    """Return how far into a text the middle of a span is, 0 to 1."""
    return (item.start + item.end) / 2 / max(len(text), 1)


def _names(pair: Pair, lang: Lang, text: str) -> Iterator[tuple[Span, str]]:
    """Yield every run of words that may be a name, and what it says, with and without particles.

    An emoji neither begins nor ends a name.
    """
    stops = [word for word in words(pair, lang) if not _is_emoji(text[word.start : word.end])]
    for first, start in enumerate(stops):
        for last in stops[first : first + _LONGEST]:
            yield from readings(text, Span(start.start, last.end), lang)


def _is_emoji(word: str) -> bool:
    return unicodedata.category(word[0]) == "So"


def _entities_alike(entity: Entity, side: _OtherSide) -> Iterator[_Guess]:
    """Yield the entities of the same concept, and of the same type."""
    same_type = [other for other in side.unlinked if other.type == entity.type]
    for other in side.unlinked:
        span = Span(other.start, other.end)
        if entity.concept is not None and other.concept == entity.concept:
            yield _Guess(span, "concept")
        elif other.type == entity.type:
            yield _Guess(span, "only one" if len(same_type) == 1 else "type")


def _names_alike(entity: Entity, side: _OtherSide, concepts: Concepts) -> Iterator[_Guess]:
    """Yield the names that are known for the entity's concept, say the same, or sound alike."""
    forms = _forms(entity, concepts, side.lang)
    slugs = {entity.concept, (entity.concept or "").removeprefix("the-")} - {None}
    said = fold(entity.text)
    for span, name in side.names:
        if name in forms:
            yield _Guess(span, "known form")
        elif name == said:
            yield _Guess(span, "same text")
        elif not has_arabic(name) and not name.startswith("the ") and slug(name) in slugs:
            yield _Guess(span, "known form")
        elif has_arabic(said) != has_arabic(name) and (alike := phonetic_similarity(said, name)) >= ALIKE:
            yield _Guess(span, "sound", alike)


def _intended_names(
    annotation: Annotation, entity: Entity, side: _OtherSide, concepts: Concepts
) -> Iterator[_Guess]:
    """Yield flagged words where what was meant is a name of the entity's concept."""
    forms = _forms(entity, concepts, side.lang)
    for flag in annotation.flags:
        if flag.lang == side.lang and flag.intended is not None and fold(flag.intended) in forms:
            yield _Guess(Span(flag.start, flag.end), "known form")


def _equal_amounts(entity: Entity, side: _OtherSide) -> Iterator[_Guess]:
    """Yield the amounts that equal the entity, where it is an amount as a whole."""
    whole = next(amounts(entity.text), None)
    if whole is None or whole.span != Span(0, len(entity.text)):
        return
    for amount in amounts(side.text):
        if amount.equals(whole):
            yield _Guess(amount.span, "number")


def _forms(entity: Entity, concepts: Concepts, lang: Lang) -> frozenset[str]:
    return frozenset(concepts.forms(entity.concept, lang)) if entity.concept is not None else frozenset()
