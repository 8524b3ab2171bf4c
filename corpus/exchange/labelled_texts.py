"""The texts of labelled files as sources of a corpus: which are one document, which belong to one pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hashiya.corpus.exchange.outcome import LeftOut, Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.corpus.sources.text_faults import fault, script_lang
from hashiya.corpus.text.readings import reading
from hashiya.schema.records import Lang


@dataclass(slots=True)
class _Text:
    """What was labelled together: a text in one language, or the two of a task."""

    sides: dict[Lang, str] = field(default_factory=dict)
    doc_id: str | None = None
    is_whole: bool = True
    """Whether it is a pair as it is; else it is cut into sentences."""


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """Rows that a build reads, and the sides with the document that each is of, `None` for those left out."""

    rows: Sequence[Mapping[str, Any]]
    sides: Sequence[Side | None]


def labelled_texts(sides: Sequence[Side], name: str, outcome: Outcome) -> LabelledTexts:
    """Return the texts of sides as rows, each once however many people labelled it.

    A text that says its document is of that one; of several of one document each is a segment of it, and so
    is a text that was put together from words, and the two texts of a task. Any other is a document by
    itself, cut into sentences by the build. Documents without a name are numbered, after `name`. A side
    without a text, or in no language of the corpus, is told and left out.
    """
    texts: dict[tuple[str, ...], _Text] = {}
    seen = Counter[tuple[str, ...]]()
    placed: list[tuple[tuple[str, ...], Side] | None] = []
    for given in sides:
        side = _in_a_language(given)
        if isinstance(side, LeftOut):
            outcome.leave_one("sides", side, given.where)
            placed.append(None)
            continue
        if not side.spaced:
            outcome.convert("texts", "put together from words, with blanks between")
            side = _with_blanks(side)
        key = _key(side, texts, seen)
        text = texts.setdefault(key, _Text(doc_id=side.doc_id, is_whole=not given.spaced))
        text.sides.setdefault(_lang(side), side.text or "")
        placed.append((key, side))
    rows, names = _rows(texts, name)
    found = [item and replace(item[1], doc_id=names[item[0]], pair_id=None) for item in placed]
    return LabelledTexts(rows, found)


def _lang(side: Side) -> Lang:
    return side.lang or "en"


def _in_a_language(side: Side) -> Side | LeftOut:
    """Return a side with its language; by its letters, where the file does not say it."""
    if side.text is None or not reading(side.text):
        return LeftOut("have no text")
    for text in (side.text, side.doc_id or ""):
        if (found := fault(text)) is not None:
            return LeftOut("hold what no corpus can", found)
    if side.lang is not None:
        return side
    lang = script_lang(side.text)
    if lang is None:
        return LeftOut("are in no language of the corpus", "its letters are neither Arabic nor Latin")
    return replace(side, lang=lang)


def _key(
    side: Side, texts: Mapping[tuple[str, ...], _Text], seen: Counter[tuple[str, ...]]
) -> tuple[str, ...]:
    """Return what tells a text from others: its task, else its document and what it says.

    One that somebody labelled again is another text: `seen` counts them.
    """
    if side.task is not None:
        task = ("task", side.task)
        other = texts[task].sides.get(_lang(side), side.text) if task in texts else side.text
        if other == side.text:
            return task
    key = ("text", side.doc_id or "", _lang(side), reading(side.text or ""))
    own = (side.annotator or "", side.sent_as or "", *key)
    seen[own] += 1
    return (*key, str(seen[own]))


def _with_blanks(side: Side) -> Side:
    """Return a side that was put together from words as a text with a blank between any two of them."""
    text = side.text or ""
    at = list(range(len(text)))
    for number, token in enumerate(side.tokens):
        at[token.start : token.end] = range(token.start + number, token.end + number)
    spaced = " ".join(text[token.start : token.end] for token in side.tokens)
    marks = tuple(_moved(mark, at) for mark in side.marks)
    return replace(side, text=spaced, marks=marks, tokens=(), spaced=True)


def _moved(mark: SideMark, at: Sequence[int]) -> SideMark:
    if not 0 <= mark.start < mark.end <= len(at):
        return mark  # what is wrong with it is told where it is placed
    return replace(mark, start=at[mark.start], end=at[mark.end - 1] + 1)


def _rows(
    texts: Mapping[tuple[str, ...], _Text], name: str
) -> tuple[list[Mapping[str, Any]], Mapping[tuple[str, ...], str]]:
    """Return the rows, and the document of each text."""
    together: dict[str, int] = {}
    for text in texts.values():
        if text.doc_id is not None:
            together[text.doc_id] = together.get(text.doc_id, 0) + 1
    rows: list[Mapping[str, Any]] = []
    names: dict[tuple[str, ...], str] = {}
    for number, (key, text) in enumerate(texts.items(), start=1):
        names[key] = text.doc_id or f"{name}/{number:06}"
        is_segment = text.is_whole or len(text.sides) > 1 or together.get(text.doc_id or "", 1) > 1
        rows.append({"document" if is_segment else "id": names[key], **dict(text.sides.items())})
    return rows, names
