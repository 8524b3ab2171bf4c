"""What every reader of a format is told and tells: options, names that stand in files, faults of a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Protocol, get_args

from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side
from hashiya.schema.records import LANGS, Lang, Status

_STATUSES: tuple[Status, ...] = get_args(Status)
_SUFFIXES = "txt text md html htm xhtml xml xmi pdf docx tei tsv csv json jsonl conll conllu"
DOCUMENT_SUFFIXES = frozenset(f".{suffix}" for suffix in _SUFFIXES.split(" "))
"""What the name of a document ends with where a tool keeps the name of the file that it came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What an import is told of a file that the file does not say.

    `layers` names further layers of spans in UIMA's formats, each with the feature that holds its label;
    `label_key` and `text_key` the keys or columns of labels and text; `users` and `label_config` are files of
    Label Studio's: who its users are, and the labelling configuration of a project. With `named_after`, a
    file that is given by itself is by the person whose name it has, as where a folder has one file a person.
    """

    layers: Mapping[str, str] = field(default_factory=dict[str, str])
    label_key: str | None = None
    text_key: str | None = None
    named_after: bool = False
    users: Path | None = None
    label_config: Path | None = None


class SideReader(Protocol):
    """How a format is read."""

    def __call__(self, source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
        """Yield the sides of a file, a folder or a ZIP, and count in `outcome` what is left out."""
        ...


@dataclass(slots=True)
class FileFaults:
    """What is wrong in one file: each kind is told once, at its first place, with how many more there are."""

    _found: dict[tuple[str, str], tuple[str, int]] = field(
        default_factory=dict[tuple[str, str], tuple[str, int]]
    )

    def add(self, what: str, why: str, where: str, count: int = 1) -> None:
        """Count faults; `what` in the plural, as `Outcome` counts it."""
        first, before = self._found.get((what, why), (where, 0))
        self._found[what, why] = first, before + count

    def tell(self, outcome: Outcome) -> None:
        """Count all that was found as left out, and tell of every kind."""
        for (what, why), (first, count) in self._found.items():
            more = f" and {count - 1} more" if count > 1 else ""
            outcome.leave(what, why, count, f"{first}{more}")
        self._found.clear()


def with_labels_of_all(sides: Collection[Side]) -> Iterator[Side]:
    """Yield the sides of one project: what anybody gave in it could be given by everybody.

    Of a text that was sent from a corpus, the corpus knows more.
    """
    given = tuple(dict.fromkeys(mark.label for side in sides for mark in side.marks))
    for side in sides:
        known = side.offered is not None or side.pair_id is not None or not given
        yield side if known else replace(side, offered=given)


def lang_of(name: object) -> Lang | None:
    """Return the language of a name; `None` where there is no such language."""
    return next((lang for lang in LANGS if lang == name), None)


def status_of(name: object) -> Status | None:
    """Return the status of a name; `None` where there is no such status."""
    return next((status for status in _STATUSES if status == name), None)


def document_named(name: PurePath) -> tuple[str, Lang | None]:
    """Return the id of the document that a file's path names, and the language where the name gives one.

    As in a corpus, the id is the path without suffix: "news/n1.en.txt" is the English side of "news/n1".
    """
    stem = name.with_suffix("") if name.suffix.lower() in DOCUMENT_SUFFIXES else name
    lang = lang_of(stem.suffix.removeprefix(".").lower())
    return (stem.with_suffix("") if lang else stem).as_posix(), lang
