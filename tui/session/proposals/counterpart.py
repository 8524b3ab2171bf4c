"""What an entity may correspond to on the other side of the pair: proposals, the most likely first.

Nothing is proposed that overlaps a marked entity without being it, or that is linked already. Spans count
code points of their side.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
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


def propose(
    annotation: Annotation, pair: Pair, entity: Entity, concepts: Concepts
) -> tuple[Counterpart, ...]:
    """Return the spans that may name on the other side what `entity` names, each once, best first.

    Of equals, a span that is no part of a longer known name comes first, then the one that stands at about
    the same place of its sentence.
    """
    lang: Lang = "en" if entity.lang == "ar" else "ar"
    text = pair.text(lang)
    if text is None:
        return ()
    linked = {end for link in annotation.links for end in (link.ar, link.en)}
    marked = [other for other in annotation.entities if other.lang == lang]
    free = {Span(other.start, other.end): other.id for other in marked if other.id not in linked}
    names = _names(pair, lang, text)
    longer = [(span, concepts.named(name, lang)) for span, name in names]
    longer = [(span, things) for span, things in longer if things]
    place = _place(entity, pair.text(entity.lang) or "")

    def key(guess: _Guess) -> tuple[int, bool, float, float, Span]:
        inner = any(
            span != guess.span and span.start <= guess.span.start and guess.span.end <= span.end
            and entity.concept not in things
            for span, things in longer
        )  # fmt: skip
        distance = abs(_place(guess.span, text) - place)
        return _RANK[guess.reason], inner, -guess.likeness, distance, guess.span

    guesses = [*_marked(entity, [other for other in marked if other.id not in linked])]
    guesses += _named(entity, names, concepts, lang)
    guesses += _meant(annotation, entity, concepts, lang)
    guesses += _same_amount(entity, text)
    found: list[Counterpart] = []
    for guess in sorted(guesses, key=key):
        span = guess.span
        taken = [better.span for better in found]
        if span not in free:
            taken += [Span(other.start, other.end) for other in marked]
        if not any(overlaps(other, span) for other in taken):
            found.append(Counterpart(lang, span, free.get(span), guess.reason))
    return tuple(found)


def _place(item: Entity | Span, text: str) -> float:
    return (item.start + item.end) / 2 / max(len(text), 1)


def _names(pair: Pair, lang: Lang, text: str) -> list[tuple[Span, str]]:
    """Return every run of words that may be a name, and what it says, with and without particles.

    An emoji neither begins nor ends a name.
    """
    stops = [word for word in words(pair, lang) if not _is_picture(text[word.start : word.end])]
    return [
        reading
        for first, start in enumerate(stops)
        for last in stops[first : first + _LONGEST]
        for reading in readings(text, Span(start.start, last.end), lang)
    ]


def _is_picture(word: str) -> bool:
    return unicodedata.category(word[0]) == "So"


def _marked(entity: Entity, others: list[Entity]) -> Iterator[_Guess]:
    alike = [other for other in others if other.type == entity.type]
    for other in others:
        span = Span(other.start, other.end)
        if entity.concept is not None and other.concept == entity.concept:
            yield _Guess(span, "concept")
        elif other.type == entity.type:
            yield _Guess(span, "only one" if len(alike) == 1 else "type")


def _named(entity: Entity, names: list[tuple[Span, str]], concepts: Concepts, lang: Lang) -> Iterator[_Guess]:
    forms = _forms(entity, concepts, lang)
    slugs = {entity.concept, (entity.concept or "").removeprefix("the-")}
    said = fold(entity.text)
    arabic = has_arabic(said)
    for span, name in names:
        if name in forms:
            yield _Guess(span, "known form")
        elif name == said:
            yield _Guess(span, "same text")
        elif not has_arabic(name) and not name.startswith("the ") and slug(name) in slugs - {None}:
            yield _Guess(span, "known form")
        elif arabic != has_arabic(name) and (alike := phonetic_similarity(said, name)) >= ALIKE:
            yield _Guess(span, "sound", alike)


def _meant(annotation: Annotation, entity: Entity, concepts: Concepts, lang: Lang) -> Iterator[_Guess]:
    """Words flagged as mistranslated, where what was meant is a name of the concept."""
    forms = _forms(entity, concepts, lang)
    for flag in annotation.flags:
        if flag.lang == lang and flag.intended is not None and fold(flag.intended) in forms:
            yield _Guess(Span(flag.start, flag.end), "known form")


def _forms(entity: Entity, concepts: Concepts, lang: Lang) -> frozenset[str]:
    return frozenset(concepts.forms(entity.concept, lang)) if entity.concept is not None else frozenset()


def _same_amount(entity: Entity, text: str) -> Iterator[_Guess]:
    whole = next(amounts(entity.text), None)
    if whole is None or whole.span != Span(0, len(entity.text)):
        return
    for amount in amounts(text):
        if amount.equals(whole):
            yield _Guess(amount.span, "number")
