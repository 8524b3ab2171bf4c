"""What this process reads of a journal's files never costs the open journal its locks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.merge import merge_journals
from hashiya.corpus.journal.sqlite.locked_files import copy_locked, read_start
from hashiya.corpus.journal.sqlite.write_ahead_log import log_path, log_state, mixes
from hashiya.schema.records import Annotation, Place
from hashiya.schema.scheme import shipped_scheme

SAID = Annotation(
    pair_id="p",
    annotator="layla",
    status="done",
    origin="human",
    scheme=shipped_scheme().ref,
    place=Place(doc_id="d"),
)

VISITOR = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    db.execute("BEGIN IMMEDIATE")
    db.execute("COMMIT")
    print("written")
except sqlite3.OperationalError as error:
    print(error)
db.close()
"""


def visit(path: Path) -> str:
    """What another process is told that writes to a journal and closes it."""
    return subprocess.run(
        [sys.executable, "-c", VISITOR, str(path)], capture_output=True, text=True, check=True
    ).stdout.strip()


def read_all(path: Path) -> None:
    log_state(path)
    mixes(path)
    read_start(path, 100)
    copy_locked(path, path.with_name("copy"))


def open_again(path: Path) -> None:
    with Journal.open(path, write=False) as journal:
        journal.database.count()


def merge_it(path: Path) -> None:
    Journal.create(path.with_name("other.sqlite"))
    with Journal.open(path.with_name("other.sqlite")) as other:
        merge_journals(other, [path])


@pytest.mark.parametrize("read", [read_all, open_again, merge_it])
def test_reading_takes_no_lock_away(tmp_path: Path, read: Callable[[Path], None]) -> None:
    path = tmp_path / "journal.sqlite"
    Journal.create(path)
    with Journal.open(path) as journal:
        journal.record([SAID])
        log = log_path(path).stat()
        read(path)
        assert visit(path) == "written"
        assert log_path(path).stat().st_ino == log.st_ino, "who leaves must see that the journal is open here"
        with journal.writing():
            journal.record([SAID])
            read(path)
            assert visit(path) == "database is locked"
        assert journal.database.count() == 2
    assert not log_path(path).exists()
