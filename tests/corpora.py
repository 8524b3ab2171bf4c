"""Small corpora for tests, made through the store itself: a document is a list of (Arabic, English) rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.building.make_pairs import make_pairs
from hashiya.corpus.dataset.load import load
from hashiya.corpus.store.document_view import anchors
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Generation
from hashiya.schema.records import LANGS, Annotation, Document, Entity, Lang, Sentence, Span
from hashiya.schema.scheme import shipped_scheme

SHIPPED = shipped_scheme().version
"""The version of the scheme that ships."""

Rows = Sequence[tuple[str | None, str | None]]


def tokenize(text: str) -> tuple[Span, ...]:
    return tuple(Span(*match.span()) for match in re.finditer(r"\w+|[^\w\s]", text))


def document(doc_id: str, rows: Rows, **metadata: str) -> tuple[Document, list[PlacedBead]]:
    """A document whose sides are the rows, joined by newlines, and its beads, one a row."""
    texts: dict[Lang, str] = {"ar": "", "en": ""}
    beads: list[dict[Lang, tuple[Sentence, ...]]] = []
    for row in rows:
        bead: dict[Lang, tuple[Sentence, ...]] = {"ar": (), "en": ()}
        for lang, text in zip(LANGS, row, strict=True):
            if text is not None:
                texts[lang] += "\n" if texts[lang] else ""
                bead[lang] = (Sentence(len(texts[lang]), len(texts[lang]) + len(text)),)
                texts[lang] += text
        beads.append(bead)
    made = Document(
        doc_id=doc_id,
        ar=texts["ar"] or None,
        en=texts["en"] or None,
        licence=metadata.pop("licence", "CC0-1.0"),
        **metadata,  # type: ignore[arg-type]
    )
    return made, [PlacedBead(ar=bead["ar"], en=bead["en"]) for bead in beads]


def publish(corpus: Corpus, documents: Mapping[str, Rows], **metadata: Mapping[str, str]) -> Generation:
    """Publish a generation of a corpus; `metadata` holds Document fields by doc_id."""
    with corpus.new_generation(corpus.manifest()) as writer:
        for doc_id, rows in documents.items():
            made, beads = document(doc_id, rows, **metadata.get(doc_id, {}))
            writer.add(made, make_pairs(made, beads, tokenize))
        writer.publish("inputs", {})
    return corpus.generation()


def new(folder: Path, documents: Mapping[str, Rows], **metadata: Mapping[str, str]) -> Corpus:
    """A new corpus with its first generation."""
    corpus = Corpus.create(folder, "test", None)
    publish(corpus, documents, **metadata)
    return corpus


def label(
    generation: Generation,
    number: int,
    *names: tuple[Lang, str],
    doc_id: str = "d",
    annotator: str = "layla",
    **fields: object,
) -> Annotation:
    """An annotation of a pair that marks each name where it first stands, as a company."""
    view = generation.views([doc_id])[doc_id]
    pair = view.pairs[number]
    entities: list[Entity] = []
    for lang, name in names:
        start = (pair.text(lang) or "").index(name)
        entity_id = f"{lang}{len(entities)}"
        entities.append(
            Entity(id=entity_id, lang=lang, start=start, end=start + len(name), text=name, type="company")
        )
    values: dict[str, object] = {"status": "done", "origin": "human", **fields}
    return Annotation(
        pair_id=pair.pair_id,
        annotator=annotator,
        entities=tuple(entities),
        scheme=shipped_scheme().ref,
        place=anchors(view.document, pair),
        **values,  # type: ignore[arg-type]
    )


def released_pairs(folder: Path) -> list[dict[str, Any]]:
    """The pairs of a release, each with the `annotations` of it."""
    data = load(folder, verify="hash")
    said: dict[str, list[dict[str, Any]]] = {}
    for row in data.annotations(columns=["pair_id", "annotator", "origin", "labels", "covers"]):
        said.setdefault(row.pop("pair_id"), []).append(row)
    return [{**row, "annotations": said.get(row["pair_id"], [])} for row in data.pairs()]


def files_of(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by their paths there."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
