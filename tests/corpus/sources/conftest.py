"""A folder of real files, read as a build reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hashiya.corpus.sources.find import find_sources
from hashiya.corpus.sources.read import FirstProblems, read_stretch
from hashiya.corpus.sources.source import SourceDocument, SourceFile
from hashiya.schema.errors import Problem
from hashiya.schema.records import Document, Lang

Read = Callable[..., "Reading"]
"""Reads the test's folder, or the paths given in it."""
Write = Callable[[str, str | bytes], Path]
"""Writes a file of the test's folder, text in UTF-8 with its newlines as they are."""


@dataclass(frozen=True)
class Reading:
    """What came out of a folder."""

    sources: list[SourceFile]
    items: list[SourceDocument]
    problems: list[Problem]
    root: Path

    @property
    def item(self) -> SourceDocument:
        assert len(self.items) == 1, self.messages
        return self.items[0]

    @property
    def document(self) -> Document:
        return self.item.document

    @property
    def ids(self) -> list[str]:
        return [item.document.doc_id for item in self.items]

    @property
    def messages(self) -> list[str]:
        return [str(problem).replace(f"{self.root}/", "") for problem in self.problems]

    @property
    def left_out(self) -> list[str]:
        """The messages of what was left out, and not a document that came in spite of it."""
        return [text for text, problem in zip(self.messages, self.problems, strict=True) if problem.left_out]

    @property
    def warnings(self) -> list[str]:
        return [
            text for text, problem in zip(self.messages, self.problems, strict=True) if not problem.left_out
        ]

    def refused(self) -> str:
        """The one message of a folder whose one document is left out."""
        assert self.items == []
        assert len(self.left_out) == 1, self.messages
        return self.left_out[0]


def slices(item: SourceDocument, lang: Lang) -> list[list[str]]:
    """What the beads of a document hold on one side, each a list of texts."""
    text = item.document.text(lang) or ""
    return [[text[span.start : span.end] for span in bead.side(lang)] for bead in item.beads]


def side(reading: Reading, lang: Lang) -> str:
    """One side of the only document, which must have it."""
    text = reading.document.text(lang)
    assert text is not None
    return text


def nothing_wrong(problem: Problem) -> None:
    """Fail a test whose sources should have no problems."""
    pytest.fail(str(problem))


def read_folder(root: Path, *paths: Path) -> Reading:
    problems: list[Problem] = []
    sources = find_sources(paths or (root,), problems.append)
    items: list[SourceDocument] = []
    for source in sources:
        first = FirstProblems(source.where, problems.append)
        items += read_stretch(source, None, first)
        first.close()
    return Reading(sources, items, problems, root)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read the test's folder, or the paths given in it."""
    return lambda *paths: read_folder(tmp_path, *paths)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of the test's folder, text in UTF-8 with its newlines as they are."""

    def run(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return run
