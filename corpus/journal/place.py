"""Where a journal is: a SQLite file, or a schema in a PostgreSQL database; and where a corpus says so.

`HASHIYA_JOURNAL` in the environment comes before `journal` in `corpus.toml`; without both it is the file
`journal.sqlite` in the corpus folder.
"""

from __future__ import annotations

import os
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from hashiya.corpus.journal.postgres.address import PostgresAddress, is_postgres
from hashiya.schema.errors import CorpusError

JOURNAL = "journal.sqlite"
"""The name of a journal's file in a corpus folder."""
JOURNAL_VARIABLE = "HASHIYA_JOURNAL"
"""The variable of the environment that says where the journal of the corpus at hand is."""
CORPUS_FILE = "corpus.toml"

JournalPlace: TypeAlias = Path | PostgresAddress
"""A SQLite file, or a schema in a PostgreSQL database."""


def named_place(text: str) -> JournalPlace:
    """Return the place that a text names: a URL, or the path of a file."""
    return PostgresAddress.parse(text) if is_postgres(text) else Path(text)


def chosen_place(folder: Path) -> JournalPlace:
    """Return where the journal of the corpus in a folder is; `CorpusError` where a URL cannot be used."""
    given = os.environ.get(JOURNAL_VARIABLE, "").strip()
    if not given:
        return stated_place(folder)
    try:
        return PostgresAddress.parse(given)
    except CorpusError as error:
        raise CorpusError(f"{JOURNAL_VARIABLE}: {error}") from None


def stated_place(folder: Path) -> JournalPlace:
    """Return where a corpus itself says that its journal is, whatever the environment says."""
    table: dict[str, object] = {}
    with suppress(OSError, ValueError, RecursionError):  # who opens the corpus says what is wrong with it
        table = tomllib.loads((folder / CORPUS_FILE).read_text(encoding="utf-8"))
    given = table.get("journal")
    if given is None:
        return folder / JOURNAL
    try:
        return PostgresAddress.parse(str(given))
    except CorpusError as error:
        raise CorpusError(f"{folder / CORPUS_FILE}: journal: {error}") from None
