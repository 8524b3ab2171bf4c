"""What can be saved of a damaged corpus, in a new folder, and a list of what cannot; the old one stays."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from hashiya.corpus.backup.contents import BESIDE_DATABASE, file_mode, is_database
from hashiya.corpus.backup.repair_generation import repair_generation
from hashiya.corpus.backup.repair_journal import repair_journal
from hashiya.corpus.backup.repair_splits import repair_splits
from hashiya.corpus.backup.repair_texts import repair_texts
from hashiya.corpus.dataset.splits import SPLITS_FILE
from hashiya.corpus.files.atomic import replacing_folder, write_whole
from hashiya.corpus.journal.place import JOURNAL, stated_place
from hashiya.corpus.journal.postgres.address import PostgresAddress
from hashiya.corpus.journal.sqlite.anchor import anchor_path
from hashiya.corpus.journal.sqlite.locked_files import copy_locked
from hashiya.corpus.journal.sqlite.tables import DATABASE_ERRORS
from hashiya.corpus.store.folder import SYNC_STATE
from hashiya.corpus.store.generation import CORPUS_FORMAT, GENERATIONS, MANIFEST
from hashiya.corpus.store.scheme_history import CLASSES, MIGRATIONS, read_classes, read_migrations
from hashiya.corpus.store.shard import SHARDS
from hashiya.schema.errors import CorpusError, HashiyaError, Problem, ReportProblem
from hashiya.schema.scheme import read_scheme_text, shipped_scheme_text

_CORPUS, _SCHEME = "corpus.toml", "scheme.toml"
_BY_THEMSELVES = {_CORPUS, _SCHEME, JOURNAL, anchor_path(Path(JOURNAL)).name, MANIFEST, SPLITS_FILE}


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was saved: events of the journal, documents of the generation."""

    events: int
    documents: int


def repair(
    folder: Path,
    out: Path,
    report: ReportProblem,
    *,
    scheme: Path | None = None,
    shipped_scheme: bool = False,
) -> Repaired:
    """Save what can be saved of a corpus folder to a new one, and return what that is.

    What cannot be saved is reported, each by its name. A scheme that cannot be read is replaced by the file
    `scheme`, or with `shipped_scheme` by the one that ships. `CorpusError` where that is needed and not
    given, where there is no corpus, or `out` is there already.
    """
    if not folder.is_dir() or not ((folder / JOURNAL).exists() or (folder / _CORPUS).exists()):
        raise CorpusError(f"{folder}: there is neither {JOURNAL} nor {_CORPUS} in it, so it is no corpus")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CorpusError(f"{out}: is there already; name a folder that is new or empty")
    target = out.resolve()
    if target.is_relative_to(folder.resolve()):
        raise CorpusError(f"{out}: lies in the corpus folder; choose a place outside it")
    scheme_text = _scheme_text(folder / _SCHEME, scheme, report, shipped=shipped_scheme)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing_folder(target) as draft:
            draft.chmod(stat.S_IMODE((target if target.exists() else folder).stat().st_mode) | 0o700)
            write_whole(draft / _SCHEME, scheme_text)
            write_whole(draft / _CORPUS, _corpus_text(folder, report))
            in_file = _is_in_file(folder, report)
            events = repair_journal(folder, draft, report) if in_file else 0
            doc_ids = repair_generation(folder, draft, report)
            if in_file:
                repair_texts(draft, report)
            repair_splits(folder, draft, doc_ids, report)
            _copy_others(folder, draft, report)
            _tell_of_ledgers(draft, report)
            _give_rights(draft)
    except OSError as error:
        raise CorpusError(f"{error.filename or out}: {error.strerror or error}") from None
    return Repaired(events, len(doc_ids))


def _scheme_text(path: Path, given: Path | None, report: ReportProblem, *, shipped: bool) -> str:
    try:
        return read_scheme_text(path)
    except HashiyaError as error:
        if given is not None:
            text, which = read_scheme_text(given), str(given)
        elif shipped:
            text, which = shipped_scheme_text(), "the scheme that ships"
        else:
            raise CorpusError(
                f"{error}; mend it, or give the scheme's file with --scheme FILE; --shipped-scheme takes the "
                "one that ships with hashiya"
            ) from None
        report(Problem(_SCHEME, f"{error}; {which} is in its place"))
        return text


def _is_in_file(folder: Path, report: ReportProblem) -> bool:
    """Return whether the journal is a file here; where it is in PostgreSQL, tell that it stays there."""
    place = stated_place(folder)
    if isinstance(place, PostgresAddress):
        what = f"is in PostgreSQL ({place}) and stays there as it is: its server looks after its files"
        report(Problem("journal", what, left_out=False))
    return isinstance(place, Path)


def _corpus_text(folder: Path, report: ReportProblem) -> str:
    name: object = None
    with suppress(OSError, ValueError, TOMLKitError):
        name = tomlkit.parse((folder / _CORPUS).read_text(encoding="utf-8")).get("name")
    if not isinstance(name, str):
        name = folder.resolve().name
        what = f"cannot be read: the corpus is called {name}, as its folder"
        report(Problem(_CORPUS, what, left_out=False))
    table: dict[str, object] = {"format": CORPUS_FORMAT, "name": str(name)}
    place = stated_place(folder)
    if isinstance(place, PostgresAddress):
        table["journal"] = str(place)
    return tomlkit.dumps(table)


def _copy_others(folder: Path, out: Path, report: ReportProblem) -> None:
    """Copy what else is in a corpus: ledgers, what was set aside, Label Studio's state if it is whole."""
    for path in _others(folder):
        name = path.relative_to(folder)
        if name.name.endswith(BESIDE_DATABASE) and path.with_name(name.name.rpartition("-")[0]).is_file():
            continue
        try:
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            copy_locked(path, out / name)
            if not is_database(path) and name.name != SYNC_STATE:
                continue
            for beside in BESIDE_DATABASE[::2]:
                log = path.with_name(path.name + beside)
                if log.is_file():
                    copy_locked(log, out / f"{name}{beside}")
            if (fault := _settled(out / name)) is None:
                continue
            for beside in ("", *BESIDE_DATABASE):
                (out / f"{name}{beside}").unlink(missing_ok=True)
            lost = (
                "what was agreed with Label Studio is asked for anew"
                if name.name == SYNC_STATE
                else "left out"
            )
            report(Problem(str(name), f"is damaged ({fault}); {lost}"))
        except OSError as error:
            report(Problem(str(name), f"cannot be read ({error.strerror or error}); left out"))


def _tell_of_ledgers(out: Path, report: ReportProblem) -> None:
    """Tell of ledgers that cannot be read; they are copied as they are, for somebody may know better."""
    for name, read in ((CLASSES, read_classes), (MIGRATIONS, read_migrations)):
        try:
            read(out)
        except CorpusError as error:
            report(Problem(name, f"{str(error).removeprefix(f'{out / name}: ')}; it was copied as it is"))


def _others(folder: Path) -> Iterator[Path]:
    for at, folders, names in os.walk(folder):
        here = Path(at)
        own = [name for name in folders if not name.startswith(".") and not (here / name).is_symlink()]
        folders[:] = sorted(name for name in own if here != folder or name not in {GENERATIONS, SHARDS})
        for name in sorted(names):
            taken = here == folder and (name in _BY_THEMSELVES or name.startswith(f"{JOURNAL}-"))
            is_aside = ".stale" in name
            if not name.startswith(".") and (is_aside or not taken) and (here / name).is_file():
                yield here / name


def _settled(path: Path) -> str | None:
    """Write a database's log back into it; return what is wrong with it, if anything is."""
    try:
        with closing(sqlite3.connect(path)) as db:
            found = db.execute("PRAGMA integrity_check").fetchone()
            db.execute("PRAGMA journal_mode = DELETE")
    except DATABASE_ERRORS as error:
        return str(error)
    return None if found == ("ok",) else str(found[0])


def _give_rights(folder: Path) -> None:
    mode = stat.S_IMODE(folder.stat().st_mode)
    for path in folder.rglob("*"):
        path.chmod(mode if path.is_dir() else file_mode(mode))
