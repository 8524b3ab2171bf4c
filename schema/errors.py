"""The errors a user may meet, and the problem that one bad file or row makes in a batch.

::

    HashiyaError            anything with a message meant for the user
    ├── SchemeError         a label scheme that cannot be read or contradicts itself
    ├── SourceError         a source file, or a part of it, that cannot be read
    ├── LabelError          an annotation that does not fit its record, pair or scheme
    ├── SettingsError       a settings file that cannot be read, written or understood
    ├── CorpusError         a corpus folder, journal or released dataset that is damaged, busy or unknown
    │   ├── BusyError       a journal that another program is writing to: nothing was saved, try again
    │   ├── JournalMovedError   an open journal that is not the file at its path any more: nothing was saved
    │   └── ConnectionLostError a journal whose server is not to be had: try again, with the same event ids
    ├── ServerError         a server that is not there, refuses, or does not answer as it should
    └── MissingExtraError   a feature whose optional libraries are not installed

A message says what is wrong, where (file, row, field) and what to do. It is shown once, at the edge.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


class HashiyaError(Exception):
    """Anything with a message meant for the user; the process ends with exit code 1."""


class SchemeError(HashiyaError):
    """A label scheme that cannot be read or contradicts itself."""


class SourceError(HashiyaError):
    """A source file, or a part of it, that cannot be read."""


class LabelError(HashiyaError):
    """An annotation that does not fit its record, its pair or the scheme."""


class SettingsError(HashiyaError):
    """A user's settings that cannot be read, written or understood."""


class CorpusError(HashiyaError):
    """A corpus folder, journal or released dataset that is damaged, busy or of an unknown version."""


class BusyError(CorpusError):
    """A journal that another program is writing to; nothing was saved, and it can be tried again."""


class JournalMovedError(CorpusError):
    """An open journal that is not the file at its path any more; nothing was saved there."""


class ConnectionLostError(CorpusError):
    """A journal whose server is not to be had; what was being saved may be saved or not."""


class ServerError(HashiyaError):
    """A server that is not there, refuses, or does not answer as it should."""


class MissingExtraError(HashiyaError):
    """A feature whose optional libraries are not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs the extra {extra!r}: see 'Install' in the README")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a batch: the rest of the batch goes on, and the exit code tells.

    `where` names file and line, row or byte ("news.jsonl, line 3"); `what` says what is wrong and
    what to do. `left_out` is false for a mere warning.
    """

    where: str
    what: str
    left_out: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


_OWN_WORDS = re.compile(r"(?<!\w)'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\[[^\[\]]*\]|\b[0-9a-f]{12,}\b|\d+")


def kind_of_fault(what: str) -> str:
    """Return what a message says of all faults of its kind: without quotations, numbers and ids."""
    return _OWN_WORDS.sub("…", what)


ReportProblem: TypeAlias = Callable[[Problem], None]
"""Where the problems of a batch go: whoever runs the batch collects them, and goes on."""
