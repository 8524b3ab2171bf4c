"""A small corpus to hold sessions at, and the hand of its clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.building.make_pairs import make_pairs
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Generation
from hashiya.schema.records import Annotation, Lang, Sentence
from hashiya.tui.session.edits import entities, statements
from hashiya.tui.session.session import Session
from tests.corpora import Rows, document
from tests.tui.session.drafts import span_of, tokenize

BOILERPLATE = "©"
"""A row whose Arabic begins with this is boilerplate."""

SCORES = {"هزّت": 0.9, "وخسرت": 0.3, "قال": 0.1}
"""Alignment scores by the first word of the Arabic."""

DOCUMENTS: Mapping[str, Rows] = {
    "one": [
        ("هزّت Deepseek سوقَ الرقائق 🚀", "Deepseek shook the chip market 🚀"),
        (
            "وخسرت إنفيديا 630 مليار دولار.\r\nلأنّ الـمـسـتـثـمـريـن باعوا",
            "Nvidia lost $630 billion.\r\nThey sold",
        ),
        (f"{BOILERPLATE} جميع الحقوق", "All rights reserved"),
        ("قال سام ألتمان إن للذكاء الاصطناعي مستقبلًا", "Sam Altman said that AI has a future"),
    ],
    "two": [
        ("عنوان بلا مقابل", None),
        (None, "An English line about OpenAI"),
        ("… !", "— ?"),
    ],
}


class Hand:
    """The hand of a clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def publish(corpus: Corpus, documents: Mapping[str, Rows] = DOCUMENTS) -> Generation:
    with corpus.new_generation(corpus.manifest()) as writer:
        for doc_id, rows in documents.items():
            made, beads = document(doc_id, rows)
            writer.add(made, make_pairs(made, [_kind(bead, made.ar or "") for bead in beads], tokenize))
        writer.publish("inputs", {})
    return corpus.generation()


def _kind(bead: PlacedBead, ar: str) -> PlacedBead:
    text = ar[bead.ar[0].start : bead.ar[0].end] if bead.ar else ""
    if not text.startswith(BOILERPLATE):
        return replace(bead, score=SCORES.get(text.split(" ")[0]))
    sides = ([Sentence(item.start, item.end, "boilerplate") for item in side] for side in (bead.ar, bead.en))
    ar_side, en_side = map(tuple, sides)
    return PlacedBead(ar=ar_side, en=en_side)


def new(folder: Path, documents: Mapping[str, Rows] = DOCUMENTS, scheme: Path | None = None) -> Corpus:
    corpus = Corpus.create(folder, "test", scheme)
    publish(corpus, documents)
    return corpus


def stands(session: Session, pair_id: str | None = None) -> list[Annotation]:
    """What another connection finds in the journal for the annotator."""
    with Journal.open(session.journal.path, write=False) as journal:
        found = journal.standing(pair_id, session.annotator)
        return [annotation for item in found for annotation in item.annotations]


def comments(session: Session) -> list[str | None]:
    return [annotation.comment for annotation in stands(session)]


def say(session: Session, comment: str) -> None:
    session.save(statements.set_comment(session.draft, comment))


def mark(session: Session, words: str, kind: str = "company") -> None:
    lang: Lang = "en" if words.isascii() else "ar"
    draft, _ = entities.mark(
        session.draft,
        session.pair,
        session.scheme,
        lang,
        span_of(session.pair, lang, words),
        kind,
    )
    session.save(draft)
