"""Notes for the guidelines: why adjudicators decided as they did, with what was decided and what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hashiya.corpus.journal.event import ADJUDICATION
from hashiya.corpus.journal.journal_reader import JournalReader
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.team.cells import AnnotationCells
from hashiya.corpus.team.differences import LAYER_ORDER, answer_in
from hashiya.schema.adjudication import Adjudication, CellKey, SettledCell
from hashiya.schema.records import LANGS, Annotation, Lang, Pair

_NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class GuidelineNote:
    """A reason that an adjudicator gave, what it is about, what was decided, and how many said what.

    `label` is a target, a target and channel, or the labels that the marks have. `ar` and `en` are the texts
    of the pair then. Nobody is named.
    """

    layer: str
    label: str
    why: str
    decided: str
    said: dict[str, int]
    ar: str | None
    en: str | None
    doc_id: str
    pair_id: str


def guideline_notes(corpus: Corpus) -> list[GuidelineNote]:
    """Return the notes of all decisions that stand, by layer and label, then in the order of the corpus.

    Those on pairs that are not in the corpus any more come first.
    """
    with corpus.journal(write=False) as journal:
        pair_ids = journal.pair_ids(ADJUDICATION)
        decisions = journal.adjudications_of(pair_ids)
        noted = {
            pair_id: items
            for pair_id, items in decisions.items()
            if any(cell.why for item in items for cell in item.settles)
        }
        with GenerationReader(corpus.generation()) as reader:
            found = [
                (-1 if row is None else row, note)
                for pair_id, items in noted.items()
                for row in (reader.index.row(pair_id),)
                for item in items
                for note in _notes(journal, item, None if row is None else reader.pair(row))
            ]
    found.sort(key=lambda one: (_layer(one[1].layer), one[1].label, one[0], one[1].pair_id, one[1].why))
    return [note for _, note in found]


def notes_as_markdown(name: str, notes: Sequence[GuidelineNote]) -> str:
    """Return the notes as Markdown, for who writes the guidelines."""
    lines = [f"# Notes for the guidelines: {_plain(name)}"]
    heading = ""
    for note in notes:
        if (here := f"## {note.layer}: {_plain(note.label)}") != heading:
            heading = here
            lines += ["", heading]
        said = ", ".join(f"{_plain(answer)} ({count})" for answer, count in note.said.items())
        lines += ["", f"- **{_plain(note.why)}**", f"  - decided: {_plain(note.decided)}"]
        lines += [f"  - said: {said}"] if said else []
        lines += [f"  - {lang}: {_plain(text)}" for lang, text in (("ar", note.ar), ("en", note.en)) if text]
        lines.append(f"  - in {_plain(note.doc_id)}, pair {note.pair_id}")
    return "\n".join(lines) + "\n"


def _notes(journal: JournalReader, item: Adjudication, pair: Pair | None) -> Iterator[GuidelineNote]:
    decided = item.annotation
    texts = {lang: _text(journal, decided, pair, lang) for lang in LANGS}
    for settled in item.settles:
        if settled.why:
            voters = list(_votes(journal, settled))
            said = Counter(_answer(vote, settled.cell) for vote in voters)
            yield GuidelineNote(
                layer=settled.cell.layer,
                label=_label(settled.cell, [decided, *voters]),
                why=settled.why,
                decided=_answer(decided, settled.cell),
                said=dict(sorted(said.items(), key=lambda one: (-one[1], one[0]))),
                ar=texts["ar"],
                en=texts["en"],
                doc_id=decided.place.doc_id,
                pair_id=decided.pair_id,
            )


def _votes(journal: JournalReader, settled: SettledCell) -> Iterator[Annotation]:
    """What was said when a cell was settled, as far as the journal has it."""
    for vote in settled.votes:
        state = journal.state_of(vote.event_id) if journal.has(vote.event_id) else None
        if state is not None:
            yield state


def _text(journal: JournalReader, decided: Annotation, pair: Pair | None, lang: Lang) -> str | None:
    """A side of the pair: that of the corpus, or as it was where the pair is gone."""
    if pair is not None:
        return pair.text(lang)
    anchor = decided.place.anchor(lang)
    whole = None if anchor is None else journal.text(anchor.document_hash)
    return None if anchor is None or whole is None else whole[anchor.start : anchor.end]


def _label(cell: CellKey, annotations: Sequence[Annotation]) -> str:
    if cell.lang is None:
        return " ".join(part for part in (cell.target, cell.channel) if part)
    marks = {mark for item in annotations for mark in AnnotationCells(item).said_in(cell)}
    return " / ".join(sorted({str(mark[-1]) for mark in marks})) or _NOTHING


def _answer(annotation: Annotation, cell: CellKey) -> str:
    """What an annotation says in a cell: labels with the words that they are on, or who holds what."""
    return " + ".join(_WORDS[cell.layer](annotation, cell)) or _NOTHING


def _names(annotation: Annotation, cell: CellKey) -> list[str]:
    said = answer_in(AnnotationCells(annotation), cell).said
    return [
        f"{item.type} “{item.text}”" + (f" {item.concept}" if item.concept else "")
        for item in annotation.entities
        if item.lang == cell.lang and (item.start, item.end, item.type) in said
    ]


def _flags(annotation: Annotation, cell: CellKey) -> list[str]:
    said = answer_in(AnnotationCells(annotation), cell).said
    return [
        f"{item.kind} “{item.text}”" + (f" → {item.intended}" if item.intended else "")
        for item in annotation.flags
        if item.lang == cell.lang and (item.start, item.end, item.kind) in said
    ]


def _stances(annotation: Annotation, cell: CellKey) -> list[str]:
    return [f"{item.stance}, {item.holder}" for item in annotation.stances if item.target == cell.target]


def _implications(annotation: Annotation, cell: CellKey) -> list[str]:
    return [
        f"{item.direction}, {item.certainty}"
        for item in annotation.implications
        if (item.target, item.channel) == (cell.target, cell.channel)
    ]


_WORDS: dict[str, Callable[[Annotation, CellKey], list[str]]] = {
    "entities": _names,
    "flags": _flags,
    "stances": _stances,
    "implications": _implications,
}


def _layer(layer: str) -> int:
    return next((number for number, name in enumerate(LAYER_ORDER) if name == layer), len(LAYER_ORDER))


def _plain(text: str) -> str:
    """A text in one line in which nothing is Markdown."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|" else char for char in " ".join(text.split()))
