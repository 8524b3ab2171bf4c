"""Large JSON files read an element at a time: an array, or values one after the other as in JSONL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, NoReturn, TextIO

from hashiya.schema.errors import SourceError

_BLANK = " \t\r\n"
_CHUNK = 1 << 20
_LONGEST = 1 << 26
"""Characters that one element may have."""


def elements(path: Path) -> Iterator[Any]:
    """Yield the elements of an array, or the values of a file; `SourceError` names file and character."""
    try:
        with path.open("rb") as stream:
            yield from elements_of(stream, str(path))
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None


def elements_of(stream: IO[bytes], where: str) -> Iterator[Any]:
    """Yield the elements of an array, or the values, of a stream, then close it; `where` names it."""
    try:
        with TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
            yield from _elements(_Window(text, where))
    except UnicodeDecodeError as error:
        raise SourceError(f"{where}: not UTF-8: {error.reason}") from None


def _elements(window: _Window) -> Iterator[Any]:
    first = window.skip(_BLANK)
    if not first:
        window.fail("the file is empty")
    if first != "[":
        while window.skip(_BLANK):
            yield window.value()
        return
    window.at += 1
    while (char := window.skip(_BLANK + ",")) != "]":
        if not char:
            window.fail("the file breaks off: its array is not closed")
        yield window.value()
    window.at += 1
    if window.skip(_BLANK):
        window.fail("something follows the end of the array")


class _Window:
    """The part of a file that is in memory, and the position in it."""

    def __init__(self, stream: TextIO, where: str) -> None:
        self.at = 0
        self._stream = stream
        self._where = where
        self._text = ""
        self._passed = 0
        self._decoder = json.JSONDecoder()

    def skip(self, blank: str) -> str:
        """Go to the next character that is not blank, and return it; "" at the end."""
        while True:
            while self.at < len(self._text):
                if self._text[self.at] not in blank:
                    return self._text[self.at]
                self.at += 1
            if not self._more():
                return ""

    def value(self) -> Any:
        """Read the value that begins here."""
        while True:
            try:
                value, self.at = self._decoder.raw_decode(self._text, self.at)
            except (json.JSONDecodeError, RecursionError) as error:
                wrong = getattr(error, "pos", self.at) - self.at
                # It may only be cut off where the window ends.
                if len(self._text) - self.at > _LONGEST or not self._more():
                    self.at += wrong
                    self.fail(f"not valid JSON: {getattr(error, 'msg', error)}")
            else:
                return value

    def fail(self, what: str) -> NoReturn:
        """Say what is wrong here."""
        raise SourceError(f"{self._where}, character {self._passed + self.at + 1}: {what}")

    def _more(self) -> bool:
        part = self._stream.read(_CHUNK)
        self._passed += self.at
        self._text, self.at = self._text[self.at :] + part, 0
        return bool(part)
