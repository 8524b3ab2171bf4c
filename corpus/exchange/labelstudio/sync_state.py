"""What the last synchronisation left: an SQLite file in the corpus folder that is written batch by batch.

For each project of each server: the task of every pair that was sent, and what both sides last agreed on for
a pair and an annotator; for each server, which annotators its users are. It holds neither keys nor e-mails.
Without it nothing is lost: tasks are found again by their pair, and what was sent travels in the results. One
synchronisation at a time has it open.
"""

from __future__ import annotations

import fcntl
import sqlite3
import stat
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from hashiya.corpus.store.folder import SYNC_STATE
from hashiya.schema.codec import from_json, to_json
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Annotation

_FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS project (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL, number INTEGER NOT NULL, UNIQUE (url, number)
);
CREATE TABLE IF NOT EXISTS task (
    project INTEGER NOT NULL, pair_id TEXT NOT NULL, number INTEGER NOT NULL, token TEXT,
    PRIMARY KEY (project, pair_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS agreed (
    project INTEGER NOT NULL, pair_id TEXT NOT NULL, annotator TEXT NOT NULL, number INTEGER,
    annotation TEXT NOT NULL, PRIMARY KEY (project, pair_id, annotator)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS user (
    url TEXT NOT NULL, number INTEGER NOT NULL, annotator TEXT NOT NULL, PRIMARY KEY (url, number)
) WITHOUT ROWID;
"""


class SyncState:
    """What is known of one project. Changes are on the disk after `save`."""

    def __init__(self, path: Path | str, db: sqlite3.Connection, project: int, url: str) -> None:
        self._path = path
        self._db = db
        self._project = project
        self._url = url

    @classmethod
    @contextmanager
    def open(cls, folder: Path, url: str, number: int, *, write: bool = True) -> Generator[Self]:
        """Open a corpus folder's state; `CorpusError` where another synchronisation has it open.

        What was not saved is forgotten at the end. With `write` false no file is made or changed.
        """
        path = folder / SYNC_STATE
        if not write and not path.exists():
            with _reading(path, sqlite3.connect(":memory:", isolation_level=None)) as db:
                yield cls._of(path, db, url, number)
            return
        with (folder / f".{SYNC_STATE}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise CorpusError(f"{folder}: is being synchronised already; wait for that") from None
            if not path.exists():
                path.touch()
                # As with the journal: whoever may write to the folder may go on with it.
                path.chmod(stat.S_IMODE(folder.stat().st_mode) & 0o666 | 0o600)
            with _reading(path, sqlite3.connect(path, isolation_level=None)) as db:
                yield cls._of(path, db, url, number)

    @classmethod
    def _of(cls, path: Path, db: sqlite3.Connection, url: str, number: int) -> Self:
        db.execute("PRAGMA journal_mode = WAL")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version not in {0, _FORMAT}:
            raise CorpusError(f"{path}: has format {version}, this version reads {_FORMAT}; delete the file")
        db.execute("BEGIN IMMEDIATE")
        for statement in _SCHEMA.strip().split(";\n"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {_FORMAT}")
        db.execute("INSERT OR IGNORE INTO project (url, number) VALUES (?, ?)", (url, number))
        (project,) = db.execute(
            "SELECT id FROM project WHERE url = ? AND number = ?", (url, number)
        ).fetchone()
        return cls(path, db, project, url)

    def save(self) -> None:
        """Put on the disk what was changed."""
        self._db.execute("COMMIT")
        self._db.execute("BEGIN IMMEDIATE")

    def task(self, pair_id: str) -> int | None:
        """Return the number of a pair's task; `None` where it has none."""
        row = self._row("SELECT number FROM task WHERE project = ? AND pair_id = ?", pair_id)
        return None if row is None else int(row[0])

    def token(self, pair_id: str) -> str | None:
        """Return the token that a pair's task had when nothing was left to do about it."""
        row = self._row("SELECT token FROM task WHERE project = ? AND pair_id = ?", pair_id)
        return None if row is None or row[0] is None else str(row[0])

    def agreed(self, pair_id: str) -> dict[str, tuple[Annotation, int | None]]:
        """Return what both sides last agreed on, and its number there, by annotator."""
        rows = self._db.execute(
            "SELECT annotator, annotation, number FROM agreed WHERE project = ? AND pair_id = ?",
            (self._project, pair_id),
        )
        return {
            who: (from_json(Annotation, line, f"{self._path}, pair {pair_id}"), number)
            for who, line, number in rows
        }

    def place(self, pair_id: str, number: int, token: str | None = None) -> None:
        """Note the task of a pair; with `token` also that nothing is left to do about it."""
        self._db.execute(
            "INSERT OR REPLACE INTO task VALUES (?, ?, ?, ?)", (self._project, pair_id, number, token)
        )

    def agree(self, annotations: Iterable[tuple[Annotation, int | None]]) -> None:
        """Note what both sides hold now, with the numbers there where they are known."""
        self._db.executemany(
            "INSERT OR REPLACE INTO agreed VALUES (?, ?, ?, ?, ?)",
            (
                (self._project, item.pair_id, item.annotator, number, to_json(item))
                for item, number in annotations
            ),
        )

    def meet(self, users: Mapping[int, str]) -> None:
        """Note which annotators users of the server are, by their numbers."""
        self._db.executemany(
            "INSERT OR REPLACE INTO user VALUES (?, ?, ?)",
            ((self._url, number, annotator) for number, annotator in users.items()),
        )

    def drop(self, pair_id: str, annotator: str | None = None) -> None:
        """Forget what was agreed on of a pair, or of an annotator's only."""
        self._db.execute(
            "DELETE FROM agreed WHERE project = ? AND pair_id = ? AND annotator = coalesce(?, annotator)",
            (self._project, pair_id, annotator),
        )

    def _row(self, query: str, pair_id: str) -> Any:
        return self._db.execute(query, (self._project, pair_id)).fetchone()


def users_of_tasks(folder: Path, tasks: Iterable[tuple[int | None, str, int]]) -> dict[int, str]:
    """Return the annotators that users are, by number, of the server that all of some tasks are on.

    A task is given by the number of its project, if that is known, its pair and its number. Nobody is known
    where no project of a corpus folder's state has these tasks.
    """
    path = folder / SYNC_STATE
    if not path.exists():
        return {}
    urls: set[str] | None = None
    with _reading(path, sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        if db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'user'").fetchone() == (0,):
            return {}
        for project, pair_id, number in tasks:
            found = db.execute(
                "SELECT url FROM project JOIN task ON task.project = project.id WHERE pair_id = ? "
                "AND task.number = ? AND project.number = coalesce(?, project.number)",
                (pair_id, number, project),
            )
            of_task = {str(url) for (url,) in found}
            urls = of_task if urls is None else urls & of_task
        if urls is None or len(urls) != 1:
            return {}
        return dict(db.execute("SELECT number, annotator FROM user WHERE url = ?", tuple(urls)))


@contextmanager
def _reading(path: Path, db: sqlite3.Connection) -> Generator[sqlite3.Connection]:
    try:
        yield db
    except (sqlite3.Error, UnicodeError) as error:
        raise CorpusError(
            f"{path}: cannot be used: {error}; it may be deleted: the next synchronisation makes it anew"
        ) from None
    finally:
        db.close()
