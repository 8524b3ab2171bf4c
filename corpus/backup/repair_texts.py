"""The document texts that saved labels were made on: a damaged page of the journal may have held some.

Without them labels cannot be moved when a document changes. Those of documents that were saved are put back.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.store.generation import GENERATIONS, MANIFEST, Generation, read_manifest
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.errors import Problem, ReportProblem
from hashiya.schema.records import LANGS


def repair_texts(out: Path, report: ReportProblem) -> None:
    """Put texts that the journal of a repaired folder lacks back from its documents; tell of the others."""
    with Journal.open(out / JOURNAL) as journal:
        lacking = {digest for digest in _wanted(journal) if journal.text(digest) is None}
        if not lacking:
            return
        found = {digest: text for text in _texts(out) if (digest := text_hash(text)) in lacking}
        with journal.database.transaction():
            journal.database.keep_texts(found.values())
    for digest in sorted(lacking - found.keys()):
        what = "is lost: labels that were made on it cannot be moved when their document changes"
        report(Problem(JOURNAL, f"kept text {digest}: {what}"))


def _wanted(journal: Journal) -> Iterator[str]:
    """The hashes of the texts that what stands was made on."""
    for standing in journal.standing():
        for annotation in standing.annotations:
            for lang in LANGS:
                anchor = annotation.place.anchor(lang)
                if anchor is not None:
                    yield anchor.document_hash


def _texts(out: Path) -> Iterator[str]:
    """The texts of the documents that were saved."""
    manifest = read_manifest(out / MANIFEST)
    if manifest is not None:
        for document in Generation(out / GENERATIONS / manifest.generation, manifest).documents():
            yield from (text for lang in LANGS if (text := document.text(lang)) is not None)
