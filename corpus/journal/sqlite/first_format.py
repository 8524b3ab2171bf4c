"""A journal of format 1 copied, event for event, into a file of the present format that takes its place.

The events keep their bytes, and so their checksums; the old file is kept in the folder `backup`.
"""

from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from hashiya.corpus.files.atomic import replacing_file
from hashiya.corpus.journal.sqlite.locked_files import copy_locked
from hashiya.corpus.journal.sqlite.tables import make_tables

BACKUPS = "backup"
"""The folder, beside the journal, that keeps what a newer version has brought to another format."""

# A damaged value may read as null; the checksum tells of it, and the copy goes on.
_COPIED = """
INSERT INTO fresh.event (position, event_id, v, stream, subject, author, parents, replica, seq, prev, kind,
    created_at, checksum, body)
SELECT position, coalesce(event_id, ''), v, stream, coalesce(subject, ''), coalesce(author, ''),
    coalesce(parents, ''), coalesce(replica, ''), coalesce(seq, 0), prev, coalesce(kind, ''),
    coalesce(created_at, ''), coalesce(checksum, ''), coalesce(body, '')
FROM temp.event ORDER BY position;
INSERT INTO fresh.text SELECT * FROM main.text;
INSERT INTO fresh.replica (replica, follows, follows_seq, device, inode)
SELECT replica, follows, follows_seq, device, inode FROM temp.replica;
"""


def copy_first_format(path: Path, connection: sqlite3.Connection) -> None:
    """Put a file of the present format in the place of an open one of format 1, which is kept.

    `sqlite3.Error` where another program has it open or it is damaged, `OSError` where nothing can be
    written; then everything is as it was.
    """
    # Without its write-ahead log the old file is whole by itself, and nobody else has it open.
    connection.execute("PRAGMA journal_mode = DELETE")
    kept = path.parent / BACKUPS / f"{path.stem}-format-1{path.suffix}"
    with replacing_file(path) as draft:
        with closing(sqlite3.connect(draft, isolation_level=None)) as fresh:
            make_tables(fresh)
        connection.execute("ATTACH ? AS fresh", (str(draft),))
        connection.execute("BEGIN EXCLUSIVE")
        try:
            kept.parent.mkdir(exist_ok=True)
            kept.parent.chmod(stat.S_IMODE(path.parent.stat().st_mode))
            with replacing_file(kept) as copy:
                copy_locked(path, copy)
                shutil.copystat(path, copy)
            for statement in _COPIED.strip().split(";\n"):
                connection.execute(statement)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        finally:
            connection.execute("DETACH fresh")
        draft.chmod(stat.S_IMODE(path.stat().st_mode))
