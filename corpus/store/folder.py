"""The corpus folder: what is in it, and how a new generation of its Parquet files is published.

::

    corpus.toml            name, format version, where the journal is if that is not here
    scheme.toml            the label scheme
    team.toml              the people and the rules of their plan of work, if somebody wrote it
    journal.sqlite         the annotations, unless corpus.toml says that they are in PostgreSQL
    classes.json           the numbers of the released classes, for ever
    migrations.json        changes of the scheme that labels are read through
    labelstudio.sqlite     what was agreed with a Label Studio server, if anything was; may be deleted
    .invitations.json      who has a link into the browser, as hashes; its owner's alone
    manifest.json          the generation that holds: its shards, the hash and the row count of each file
    shards/NAME/           documents.parquet, pairs.parquet (row groups of about 1,000 rows), pairs.arrow, and
                           build.arrow, from which the next build goes on
    generations/000001/    duplicates.parquet and its own manifest.json
    generations/.work/     what a build that was stopped had made, for the next one; may be deleted

A build writes the shards that changed and publishes a generation by renaming one manifest last, so a reader
sees the old one or the new one and never a half. A reader keeps the generation that it opened: the one before
the last, and all that are being read, stay on the disk. A folder of an unknown format version is refused.

In format 1 a generation is a folder with one file of each kind. It is read as it is; the next build brings
the corpus to the present format, and keeps `corpus.toml` and `manifest.json` as they were in `backup/`.
"""

from __future__ import annotations

import fcntl
import shutil
import tomllib
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Self

import tomlkit

from hashiya.corpus.files.atomic import make_folders, write_whole
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import CORPUS_FILE, JOURNAL, JournalPlace, chosen_place, stated_place
from hashiya.corpus.journal.postgres.address import PostgresAddress
from hashiya.corpus.journal.sqlite.anchor import anchor_path
from hashiya.corpus.journal.sqlite.first_format import BACKUPS
from hashiya.corpus.store.generation import (
    CORPUS_FORMAT,
    FORMATS_READ,
    GENERATIONS,
    MANIFEST,
    Generation,
    Manifest,
    read_manifest,
)
from hashiya.corpus.store.scheme_history import read_migrations, upgrade_with
from hashiya.corpus.store.shard import SHARDS
from hashiya.corpus.store.writer import GenerationWriter, writing_generation
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Annotation
from hashiya.schema.scheme import (
    SECTIONS,
    LabelScheme,
    parse_scheme,
    read_scheme,
    read_scheme_text,
    shipped_scheme_text,
)

SYNC_STATE = "labelstudio.sqlite"
_DATABASES = {f"{name}{part}" for name in (JOURNAL, SYNC_STATE) for part in ("", "-wal", "-shm")}
_OWN = {CORPUS_FILE, "scheme.toml", GENERATIONS, SHARDS, anchor_path(Path(JOURNAL)).name, *_DATABASES}


class Corpus:
    """An open corpus folder."""

    def __init__(
        self, folder: Path, name: str, scheme: LabelScheme, corpus_format: int = CORPUS_FORMAT
    ) -> None:
        self.folder = folder
        self.name = name
        self.scheme = scheme
        self.format = corpus_format

    @classmethod
    @contextmanager
    def building(cls, folder: Path, name: str | None = None, scheme: Path | None = None) -> Generator[Self]:
        """Hold a folder's build lock over the corpus in it, made where there is none.

        `name` and the scheme file replace what the corpus says of itself; by default it is called as the
        folder and has the scheme that ships. A second build is refused, not queued.
        """
        scheme_text = read_scheme_text(scheme) if scheme else None
        made = (folder / CORPUS_FILE).exists()
        if not made and folder.exists() and not (folder.is_dir() and _is_blank(folder)):
            raise CorpusError(f"{folder}: is not empty and no corpus; choose another folder with --out")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / ".lock").open("w")
        except OSError as error:
            raise CorpusError(f"{folder}: cannot be written: {error.strerror or error}") from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise CorpusError(f"{folder}: another build is running there; wait for it") from None
            yield cls._made(folder, name, scheme_text)

    @classmethod
    def create(cls, folder: Path, name: str | None = None, scheme: Path | None = None) -> Self:
        """Make a corpus folder, or amend the one that is there; as `building`, and done."""
        with cls.building(folder, name, scheme) as corpus:
            return corpus

    @classmethod
    def _made(cls, folder: Path, name: str | None, scheme_text: str | None) -> Self:
        there = (folder / CORPUS_FILE).exists()
        if there:
            name = name or cls.open(folder).name
        try:
            if not there:
                scheme_text = scheme_text or shipped_scheme_text()
                if isinstance(place := chosen_place(folder), Path):  # at a server, `journal init` makes it
                    Journal.create(place)
            elif scheme_text is not None:
                _refuse_changed_meaning(folder, cls.open(folder).scheme, scheme_text)
            if scheme_text is not None:
                write_whole(folder / "scheme.toml", scheme_text)
            corpus_format = cls.open(folder).format if there else CORPUS_FORMAT
            write_corpus_file(folder, corpus_format, name or folder.resolve().name, _stated_url(folder))
        except OSError as error:
            raise CorpusError(f"{folder}: cannot be written: {error.strerror or error}") from None
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a corpus folder; `CorpusError` says what is missing or of an unknown version."""
        path = folder / CORPUS_FILE
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise CorpusError(
                f"{folder}: is a file, no corpus folder"
                if folder.is_file()
                else f"{folder}: is no corpus; `hashiya build SOURCE --out {folder}` makes one"
            ) from None
        except (OSError, ValueError, RecursionError) as error:
            raise CorpusError(f"{path}: cannot be read: {error}") from None
        corpus_format = table.get("format")
        if corpus_format not in FORMATS_READ:
            raise CorpusError(
                f"{path}: the corpus has format {corpus_format!r}, this version reads "
                f"{' and '.join(map(str, FORMATS_READ))}: install the hashiya that built it"
            )
        scheme = read_scheme(folder / "scheme.toml")
        return cls(folder, str(table.get("name") or folder.name), scheme, corpus_format)

    def journal(self, *, write: bool = True, patience: float = 30, who: str = "") -> Journal:
        """Open the journal, wherever it is; with `write` false also what cannot be written to.

        Its annotations are read in the terms of the present scheme. `who` is as in `Journal.open`.
        """
        return Journal.open(
            self.place, upgrade=self.upgrade, write=write, patience=patience, who=who, corpus=self.name
        )

    @property
    def place(self) -> JournalPlace:
        """Where the journal is."""
        return chosen_place(self.folder)

    def keep_journal_at(self, place: JournalPlace) -> None:
        """Say in `corpus.toml` where the journal is from now on."""
        url = str(place) if isinstance(place, PostgresAddress) else None
        write_corpus_file(self.folder, self.format, self.name, url)

    @cached_property
    def upgrade(self) -> Callable[[Annotation], Annotation]:
        """Returns an annotation in the terms of the present scheme."""
        return upgrade_with(read_migrations(self.folder))

    def manifest(self) -> Manifest | None:
        """Return the manifest that holds; `None` before the first build has ended."""
        return read_manifest(self.folder / MANIFEST)

    def generation(self) -> Generation:
        """Open the generation that holds."""
        before: Manifest | None = None
        while True:
            manifest = self.manifest()
            if manifest is None:
                raise CorpusError(
                    f"{self.folder}: nothing was built yet; run `hashiya build SOURCE --out {self.folder}`"
                )
            folder = self.folder / GENERATIONS / manifest.generation
            held = Generation.held(folder, manifest)
            if held is not None or manifest == before:
                return held or Generation(folder, manifest)
            before = manifest  # two builds were published since it was read, or its folder is gone

    @property
    def work(self) -> Path:
        """Where a build keeps what it has made until it is published, whether or not the folder is there."""
        return self.folder / GENERATIONS / ".work"

    def discard(self) -> None:
        """Remove a folder in which nothing was ever built and nobody has labelled."""
        with self.journal() as journal:
            labelled = bool(journal.annotators())
        if not labelled and _is_blank(self.folder):
            shutil.rmtree(self.folder)

    def new_generation(self, before: Manifest | None) -> AbstractContextManager[GenerationWriter]:
        """Open the next generation for writing; see `writing_generation`.

        A folder of another format is brought to the present one, after a copy of what said the other. The
        generation that holds is read in its own format until another one is published.
        """
        if self.format != CORPUS_FORMAT:
            kept = self.folder / BACKUPS
            make_folders(kept, self.folder)
            for path in (self.folder / CORPUS_FILE, self.folder / MANIFEST):
                copy = kept / f"{path.stem}-format-{self.format}{path.suffix}"
                if path.exists() and not copy.exists():
                    write_whole(copy, path.read_bytes())
            write_corpus_file(self.folder, CORPUS_FORMAT, self.name, _stated_url(self.folder))
            self.format = CORPUS_FORMAT
        return writing_generation(self.folder, before)


def write_corpus_file(folder: Path, corpus_format: int, name: str, url: str | None) -> None:
    """Write what a corpus says of itself; `url` is that of its journal where that is in PostgreSQL."""
    table: dict[str, object] = {"format": corpus_format, "name": name}
    if url is not None:
        table["journal"] = url
    write_whole(folder / CORPUS_FILE, tomlkit.dumps(table))


def _stated_url(folder: Path) -> str | None:
    place = stated_place(folder)
    return str(place) if isinstance(place, PostgresAddress) else None


def _refuse_changed_meaning(folder: Path, old: LabelScheme, text: str) -> None:
    """Refuse a scheme that gives labels which were made another meaning, or none.

    It has other labels under the same version, or labels are gone from it.
    """
    new = parse_scheme(text, "the new scheme")
    with Journal.open(chosen_place(folder), write=False) as journal:
        labelled = bool(journal.annotators())
    for section in SECTIONS if labelled else ():
        before, after = set(old.ids(section)), set(new.ids(section))
        changed = before ^ after if new.ref == old.ref else before - after
        if changed:
            version = (
                f"the version is still {old.version}: give it a later one, then "
                if new.ref == old.ref
                else ""
            )
            raise CorpusError(
                f"{folder}: was labelled, and the scheme has other labels now ({section}: "
                f"{', '.join(sorted(changed))}); {version}see what that means for them: "
                f"hashiya scheme migrate {folder} NEW.toml"
            )


def _is_blank(folder: Path) -> bool:
    """Whether a folder holds nothing but what a corpus has before its first build."""
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")} <= _OWN
