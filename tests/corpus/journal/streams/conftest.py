"""All of this is tried with journals in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hashiya.corpus.journal.journal import Journal
from tests.corpus.journal.streams import shared_documents


@pytest.fixture(autouse=True)
def everywhere(fresh_journal: Callable[[], Journal], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `replica` open journals of one kind, then of the other."""
    monkeypatch.setattr(shared_documents, "open_fresh", fresh_journal)
