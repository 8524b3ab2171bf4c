"""The sources in folders and among files: which files are read together, and which are not read.

Nothing is opened. What is plainly no source (a README, code, pictures, hidden files) is passed over
silently; what looks like data that nobody reads is named.
"""

from __future__ import annotations

import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from hashiya.corpus.sources.remote import Location, real, relative_name, walk
from hashiya.corpus.sources.source import BEADS, METADATA, SourceFile, SourceFormat, split_name
from hashiya.schema.errors import Problem, ReportProblem

# Labels are read by another command; the rest comes with folders of any kind.
_NOT_OURS = re.compile(
    r"\..*|.*~|.*\.(?:labels|journal)\.jsonl|makefile|thumbs\.db"
    r"|.*\.(md|rst|bib|tex|cff|py|pyc|ipynb|sh|js|css|ya?ml|ini|cfg|bak|orig|swp|tmp|log|lock)"
    r"|.*\.(png|jpe?g|gif|webp|svg|ico|bmp|woff2?|ttf|mp3|mp4)"
)
_ABOUT = re.compile(
    r"(authors|changelog|citation|contribut(ors|ing)|copy(ing|right)|licen[cs]e|notice|readme)(\..*)?"
)

_TEXT = "save it as plain text: NAME.ar.txt or NAME.en.txt"
_TABLE = "convert it to JSONL or Parquet with the columns id, ar and en"
_PACKED = "compressed files are not read: unpack it first"
_WAYS_OUT: tuple[tuple[tuple[str, ...], str], ...] = (
    ((METADATA, BEADS), "no source of this name stands beside it"),
    ((".gz", ".bz2", ".xz", ".zst", ".lz4", ".br", ".zip", ".7z", ".rar", ".tar", ".tgz"), _PACKED),
    ((".txt",), "its name says no language: call it NAME.ar.txt or NAME.en.txt"),
    ((".pdf", ".doc", ".docx", ".odt", ".rtf", ".epub", ".srt", ".vtt"), _TEXT),
    ((".csv", ".tsv", ".xls", ".xlsx", ".ods", ".arrow", ".feather"), _TABLE),
    ((".json", ".ndjson"), "write one object a line and call it NAME.jsonl"),
    ((".xlf", ".xliff", ".sdlxliff", ".mqxliff", ".sdltm", ".xml"), "export it as TMX"),
)
CORPUS = "corpus.toml"
"""What makes a folder a corpus, which is made from sources and is none."""

_UNKNOWN = "is of no format that is read"


def find_sources(paths: Sequence[Location], report: ReportProblem) -> list[SourceFile]:
    """Return the sources in `paths`, files and folders with all that is in them, by their keys.

    A key is relative to the folder that was given, or to the folder of the file. A file that is reached
    twice counts once. A path that does not exist, or a folder without sources, is reported.
    """
    finds = _Finds(report)
    for path in dict.fromkeys(paths):
        if _is_file(path / CORPUS):
            report(Problem(str(path), "is a corpus: give the folder of texts that it is built from"))
        elif _is_folder(path):
            before = finds.count
            for listing, name in _walk(path, report):
                finds.add(path, listing, name, named=False)
            if finds.count == before:
                report(Problem(str(path), "holds no source; what is read: " + ", ".join(_examples())))
        elif _is_file(path):
            finds.add(path.parent, _Listing(path.parent, ""), path.name, named=True)
        else:
            report(Problem(str(path), "cannot be read: no such file or folder, or no permission"))
    return finds.sources()


def _examples() -> tuple[str, ...]:
    return ("NAME.ar.txt", "NAME.en.html", "NAME.jsonl", "NAME.parquet", "NAME.tmx", "NAME.ar with NAME.en")


@dataclass(frozen=True, slots=True, eq=False)
class _Listing:
    """A folder and how keys of what is in it begin; if all of it is gone through, its real path and names."""

    folder: Location
    prefix: str
    real_folder: str | None = None
    names: frozenset[str] | None = None

    def is_plain(self, name: str) -> bool:
        """Whether a file is known to be one, and no link; asks the system once, for there may be many."""
        if self.real_folder is None:
            return False
        try:
            return stat.S_ISREG(os.lstat(f"{self.real_folder}/{name}").st_mode)
        except OSError:
            return False

    def companions(self, stem: str) -> Iterator[Location]:
        """Yield the metadata and the beads that belong to a source of this stem."""
        for end in (METADATA, BEADS):
            if self.names is None or stem + end in self.names:
                path = self.folder / (stem + end)
                if _is_file(path):
                    yield path


def _walk(root: Location, report: ReportProblem) -> Iterator[tuple[_Listing, str]]:
    """Yield the files under `root`, in order; not hidden folders, corpora and the folders of saved pages."""

    def unreadable(error: OSError) -> None:
        report(Problem(str(error.filename), f"cannot be read: {error.strerror}"))

    seen: set[str] = set()
    for folder, folders, files in walk(root, unreadable):
        known = real(folder)
        if known in seen or CORPUS in files:
            folders.clear()
            continue
        seen.add(known)
        pages = {name[: name.rindex(".")] for name in files if name.lower().endswith((".html", ".htm"))}
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith((".", "__")) and name.removesuffix("_files") not in pages
        )
        below = relative_name(folder, root)
        prefix = "" if below == "." else f"{below}/"
        listing = _Listing(folder, prefix, known if isinstance(folder, Path) else None, frozenset(files))
        for name in sorted(files):
            yield listing, name


_Unit = tuple[Location, str, str]
"""The root, key and kind of files that are read together."""
_File = tuple[_Listing, str, str, SourceFormat]
"""Where a file is, its name, the stem of that, and its format."""


@dataclass(slots=True)
class _Finds:
    """What was found so far."""

    report: ReportProblem
    count: int = 0
    units: dict[_Unit, list[_File]] = field(default_factory=lambda: defaultdict[_Unit, list[_File]](list))
    companions: dict[str, tuple[Location, bool]] = field(default_factory=dict[str, tuple[Location, bool]])
    unread: dict[tuple[Location, str], list[Location]] = field(
        default_factory=lambda: defaultdict[tuple[Location, str], list[Location]](list)
    )
    seen: set[str] = field(default_factory=set[str])

    def add(self, root: Location, listing: _Listing, name: str, *, named: bool) -> None:
        """Take one file that was found in a folder, or `named` by the user."""
        plain = listing.is_plain(name)
        known = f"{listing.real_folder}/{name}" if plain else real(listing.folder / name)
        lower = name.lower()
        if known in self.seen:
            return
        self.seen.add(known)
        parts = split_name(name)
        if _NOT_OURS.fullmatch(lower) or (parts is None and _ABOUT.fullmatch(lower)):
            return
        where = f"{listing.folder}/{name}"
        try:
            where.encode("utf-8")
        except UnicodeEncodeError:
            self.count += 1
            self.report(Problem(ascii(str(listing.folder / name)), "its name is not UTF-8: rename it"))
            return
        if parts is None:
            file = listing.folder / name
            if lower.endswith((METADATA, BEADS)):
                self.companions[known] = (file, named)
            else:
                self._pass_over(root, file, named=named)
        elif not plain and not _is_file(listing.folder / name):
            self.count += 1
            what = "cannot be read: no file, no permission, or a link that leads nowhere"
            self.report(Problem(str(listing.folder / name), what))
        else:
            self.count += 1
            stem, _, kind = parts
            unit = (root, listing.prefix + stem, "article" if kind in {"text", "html"} else kind)
            self.units[unit].append((listing, name, stem, kind))

    def _pass_over(self, root: Location, file: Location, *, named: bool) -> None:
        packed = _way_out(file.name) == _PACKED and split_name(file.stem) is not None
        if named or packed or file.suffix.lower() == ".txt":
            self.count += 1
            self.report(Problem(str(file), _way_out(file.name)))
        else:
            self.unread[root, file.suffix.lower()].append(file)

    def sources(self) -> list[SourceFile]:
        """Return all sources, with their metadata and beads; reports what belongs to none."""
        found: list[SourceFile] = []
        for (_root, key, _), files in self.units.items():
            beside: list[Location] = []
            for listing, stem in {(listing, stem): None for listing, _, stem, _ in files}:
                beside += listing.companions(stem)
            for path in beside:
                self.companions.pop(real(path), None)
            paths = [listing.folder / name for listing, name, _, _ in files]
            if beside or len({listing for listing, *_ in files}) > 1:  # else they are in order
                paths = sorted({*paths, *beside}, key=_order)
            kinds: set[SourceFormat] = {kind for *_, kind in files}
            kind: SourceFormat = "html" if "html" in kinds else files[0][3]
            found.append(SourceFile(kind, key, tuple(paths)))
        for file, named in self.companions.values():
            self.report(Problem(str(file), _way_out(file.name), left_out=named))
        for alike in self.unread.values():
            more = f" (and {len(alike) - 1:,} more such files)" if len(alike) > 1 else ""
            self.report(Problem(f"{alike[0]}{more}", _way_out(alike[0].name), left_out=False))
        found.sort(key=lambda source: (source.key, source.format))
        alike_names = (list(some) for _, some in groupby(found, lambda source: (source.key, source.format)))
        return [
            source
            for some in alike_names
            for source in (some if len(some) == 1 else sorted(some, key=_paths_in_order))
        ]


def _way_out(name: str) -> str:
    lower = name.lower()
    return next((way for suffixes, way in _WAYS_OUT if lower.endswith(suffixes)), _UNKNOWN)


def _paths_in_order(source: SourceFile) -> list[tuple[str, ...]]:
    return list(map(_order, source.paths))


def _order(path: Location) -> tuple[str, ...]:
    return path.parts


def _is_folder(path: Location) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_file(path: Location) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that may be listed but not entered
        return False
