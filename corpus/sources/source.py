"""What a source is: the files that are read together, and the documents that come out of them.

A file's name is all that decides its format, its side and the key of its document; nothing is opened here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.corpus.sources.remote import Location
from hashiya.schema.errors import ReportProblem
from hashiya.schema.records import LANGS, Document, Lang

SourceFormat = Literal["text", "html", "jsonl", "parquet", "tmx", "lines"]

SUFFIXES: tuple[tuple[str, SourceFormat], ...] = (
    *((f".{lang}.txt", "text") for lang in LANGS),
    *((f".{lang}.html", "html") for lang in LANGS),
    *((f".{lang}.htm", "html") for lang in LANGS),
    (".html", "html"),
    (".htm", "html"),
    (".jsonl", "jsonl"),
    (".parquet", "parquet"),
    (".tmx", "tmx"),
    *((f".{lang}", "lines") for lang in LANGS),
)
"""How the name of a source ends; of two that fit, the first (and longer) one counts."""

_FORMATS: dict[str, SourceFormat] = dict(SUFFIXES)

METADATA = ".toml"
BEADS = ".beads.json"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One unit of reading: the files of one name that are read together.

    `key` is the path relative to the source root, without its suffix: the `doc_id` where none is given.
    `paths` are all files that take part, `NAME.toml` and `NAME.beads.json` included, sorted.
    """

    format: SourceFormat
    key: str
    paths: tuple[Location, ...]

    @property
    def texts(self) -> tuple[Location, ...]:
        """The files that hold text: all but the metadata and the beads."""
        return tuple(path for path in self.paths if not path.name.endswith((METADATA, BEADS)))

    @property
    def where(self) -> str:
        """The file that stands for the source in messages."""
        return str(self.texts[0] if self.texts else self.paths[0])

    def companion(self, suffix: str) -> Location | None:
        """Return the file of metadata (`METADATA`) or beads (`BEADS`) that belongs to this source."""
        return next((path for path in self.paths if path.name.endswith(suffix)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """A document as it was read, where it stands (file and row), and the beads that are given for it."""

    document: Document
    where: str
    beads: tuple[GivenBead, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceHead:
    """What is known of a source before its texts are read.

    `doc_id` names the document of the source itself, which rows that name none belong to; `fields` are
    the metadata of `NAME.toml`, checked, which hold for each of its documents.
    """

    doc_id: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring rows of a file of rows, from the first row of their documents to the last.

    `begin` and `end` (None: the file's end) count bytes in JSON Lines and rows in Parquet; so many lines
    or rows stand `before` it. `unread` names the columns of the whole file that nothing reads; the last
    stretch has them. `first` is the id of its first row, "" at the file's start.
    """

    begin: int
    end: int | None
    before: int
    unread: tuple[str, ...] = ()
    first: str = ""


SourceReader: TypeAlias = Callable[[SourceFile, SourceHead, ReportProblem], Iterator[SourceDocument]]
StretchReader: TypeAlias = Callable[
    [SourceFile, SourceHead, ReportProblem, Stretch | None], Iterator[SourceDocument]
]


def split_name(name: str) -> tuple[str, str, SourceFormat] | None:
    """Return the stem, suffix and format of a source's file name; None for any other name."""
    lower = name.lower()
    last = lower.rfind(".")
    for at in (lower.rfind(".", 0, max(last, 0)), last):  # no suffix has more than two points
        kind = _FORMATS.get(lower[at:]) if at > 0 else None
        if kind is not None:
            size = len(lower) - at
            return name[:-size], lower[at:], kind
    return None


def side_of(path: Location) -> Lang | None:
    """Return the language that a source's file name gives, if any."""
    parts = split_name(path.name)
    if parts is None:
        return None
    return next((lang for lang in LANGS if parts[1].startswith(f".{lang}")), None)
