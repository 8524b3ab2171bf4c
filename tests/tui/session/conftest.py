"""A small corpus, and a session at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.tui.session.session import Session
from tests.tui.session.corpora import new


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return new(tmp_path / "c")


@pytest.fixture
def session(corpus: Corpus) -> Iterator[Session]:
    with Session.open(corpus, "layla") as session:
        yield session
