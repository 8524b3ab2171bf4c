"""What can be saved of a damaged corpus, in a new folder, and a list of what cannot; the old one stays."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import tomlkit
from tomlkit.exceptions import TOMLKitError

from hashiya.corpus.files.atomic import replacing_folder, write_whole
from hashiya.corpus.journal.anchor import read_anchor
from hashiya.corpus.journal.database import JournalDatabase
from hashiya.corpus.journal.event import EVENT_COLUMNS, SAYS, Event
from hashiya.corpus.journal.interchange import JournalItem, ReplicaLink
from hashiya.corpus.journal.journal import JOURNAL, Journal
from hashiya.corpus.journal.rescue import journal_of
from hashiya.corpus.journal.tables import show_as_second_format
from hashiya.corpus.journal.write_ahead_log import is_stale, log_path
from hashiya.corpus.store.generation import CORPUS_FORMAT, GENERATIONS, MANIFEST, Generation, read_manifest
from hashiya.schema.errors import CorpusError, HashiyaError, LabelError, Problem, ReportProblem
from hashiya.schema.records import SPLITS
from hashiya.schema.scheme import read_scheme_text, shipped_scheme_text

_SPLITS_FILE = "splits.json"


def repair(folder: Path, out: Path, report: ReportProblem) -> int:
    """Save what can be saved of a corpus folder to a new one, and return how many events its journal has.

    What cannot be saved is reported, each by its name. `CorpusError` where there is no corpus, or `out` is
    there already.
    """
    if not folder.is_dir() or not ((folder / JOURNAL).exists() or (folder / "corpus.toml").exists()):
        raise CorpusError(f"{folder}: there is neither {JOURNAL} nor corpus.toml in it, so it is no corpus")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CorpusError(f"{out}: is there already; name a folder that is new or empty")
    if out.resolve().is_relative_to(folder.resolve()):
        raise CorpusError(f"{out}: lies in the corpus folder; choose a place outside it")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with replacing_folder(out.resolve()) as draft:
            _frame(folder, draft, report)
            events = _journal(folder, draft, report)
            _generation(folder, draft, report)
            _splits(folder, draft, report)
    except OSError as error:
        raise CorpusError(f"{error.filename or out}: {error.strerror or error}") from None
    return events


def _frame(folder: Path, out: Path, report: ReportProblem) -> None:
    """Save the scheme and the name."""
    try:
        write_whole(out / "scheme.toml", read_scheme_text(folder / "scheme.toml"))
    except HashiyaError as error:
        report(Problem("scheme.toml", f"{error}; the scheme that ships is in its place: put yours there"))
        write_whole(out / "scheme.toml", shipped_scheme_text())
    name: object = None
    with suppress(OSError, ValueError, TOMLKitError):
        name = tomlkit.parse((folder / "corpus.toml").read_text(encoding="utf-8")).get("name")
    if not isinstance(name, str):
        name = folder.resolve().name
        report(
            Problem(
                "corpus.toml", f"cannot be read: the corpus is called {name}, as its folder", left_out=False
            )
        )
    write_whole(out / "corpus.toml", tomlkit.dumps({"format": CORPUS_FORMAT, "name": str(name)}))


def _journal(folder: Path, out: Path, report: ReportProblem) -> int:
    """Save the intact events, texts and replicas of the journal."""
    path = folder / JOURNAL
    try:
        rows = _read(path, report)
    except (sqlite3.Error, OSError) as error:
        report(Problem(JOURNAL, f"nothing of it can be read: {error}; restore it from a backup"))
        rows = []
    with journal_of(out / JOURNAL, _whole(rows, report)) as journal:
        count = journal.database.count()
    for suffix in ("-wal", "-shm"):
        (out / f"{JOURNAL}{suffix}").unlink(missing_ok=True)
    return count


def _read(path: Path, report: ReportProblem) -> list[JournalItem]:
    """Everything that can be read of a journal, page by damaged page."""
    uri = f"file:{quote(str(path.absolute()))}?"
    uri += "immutable=1" if is_stale(path) or not log_path(path).exists() else "mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as db:
        db.text_factory = lambda raw: raw.decode(errors="replace")
        with suppress(sqlite3.Error):
            if db.execute("SELECT value FROM main.meta WHERE key = 'format'").fetchone() == ("1",):
                show_as_second_format(db)
        items: list[JournalItem] = []
        for query, make in (
            ("SELECT DISTINCT replica, follows, follows_seq FROM replica", lambda row: ReplicaLink(*row)),
            ("SELECT text FROM text", lambda row: str(row[0])),
        ):
            try:
                items.extend(make(row) for row in db.execute(query))
            except sqlite3.Error as error:
                report(Problem(JOURNAL, f"a part cannot be read: {query.split()[-1]}: {error}"))
        items.extend(_events(db, path, report))
    return items


def _events(db: sqlite3.Connection, path: Path, report: ReportProblem) -> Iterator[Event]:
    columns = f"SELECT position, {EVENT_COLUMNS} FROM event"  # noqa: S608 - column names only
    seen = 0
    try:
        for position, *row in db.execute(f"{columns} ORDER BY position"):
            seen = position
            yield Event.from_row(row)
    except sqlite3.Error as error:
        report(Problem(JOURNAL, f"SQLite says after event {seen}: {error}; the rest is read one by one"))
    else:
        return
    anchor = read_anchor(path)
    last = anchor.events if anchor else 0
    with suppress(sqlite3.Error, TypeError):
        last = max(last, db.execute("SELECT max(position) FROM event").fetchone()[0])
    lost = 0
    for position in range(seen + 1, last + 1):
        try:
            rows = db.execute(f"{columns} WHERE position = ?", (position,)).fetchall()
        except sqlite3.Error:
            rows = []
        lost += not rows
        yield from (Event.from_row(row[1:]) for row in rows)
    if lost:
        report(Problem(JOURNAL, f"{lost} events are in pages that cannot be read"))


def _whole(items: list[JournalItem], report: ReportProblem) -> Iterator[JournalItem]:
    """Yield what is intact; the rest is reported."""
    with Journal(JournalDatabase.in_memory()) as reader:
        for item in items:
            if isinstance(item, Event):
                name = f"event {item.event_id} ({item.kind} of {item.author} on {item.subject})"
                if not item.intact:
                    report(Problem(JOURNAL, f"{name}: its checksum does not match; left out"))
                    continue
                if item.stream == "label" and item.known and item.kind in SAYS:
                    try:
                        reader.state(item)
                    except LabelError as error:
                        report(Problem(JOURNAL, f"{name}: {error}; left out"))
                        continue
            yield item


def _generation(folder: Path, out: Path, report: ReportProblem) -> None:
    """Save the generation that holds, if every file of it is whole."""
    try:
        manifest = read_manifest(folder / MANIFEST)
    except CorpusError as error:
        report(
            Problem(
                MANIFEST, f"{error}; build the corpus again from its sources: its labels find their pairs"
            )
        )
        return
    if manifest is None:
        return
    source = folder / GENERATIONS / manifest.generation
    if not Generation(source, manifest).complete():
        where = f"{GENERATIONS}/{manifest.generation}"
        report(
            Problem(where, "is damaged; build the corpus again from its sources: its labels find their pairs")
        )
        return
    target = out / GENERATIONS / manifest.generation
    target.mkdir(parents=True)
    for name in manifest.files:
        shutil.copyfile(source / name, target / name)
    shutil.copyfile(folder / MANIFEST, out / MANIFEST)


def _splits(folder: Path, out: Path, report: ReportProblem) -> None:
    """Save the splits of what was released, line by line where the file is damaged."""
    path = folder / _SPLITS_FILE
    if not path.exists():
        return
    text = path.read_bytes().decode(errors="replace")
    saved: dict[str, str] = {}
    for line in map(str.strip, text.splitlines()):
        found: object = None
        with suppress(ValueError):
            found = json.loads("{" + line.strip("{},") + "}")
        if isinstance(found, dict) and all(split in SPLITS for split in found.values()):
            saved.update(found)
        else:
            what = f"{line[:80]!r} cannot be read: a document that was released keeps its split, so look for"
            report(Problem(_SPLITS_FILE, f"{what} it in the last release and write it in"))
    content = json.dumps(dict(sorted(saved.items())), ensure_ascii=False, indent=0)
    write_whole(out / _SPLITS_FILE, content + "\n")
