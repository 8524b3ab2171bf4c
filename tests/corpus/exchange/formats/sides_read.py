"""What a reader makes of a file, for tests that look at sides and not at a corpus."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from hashiya.corpus.exchange.formats.files import ReadOptions
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side


class Reader(Protocol):
    def __call__(
        self, source: Path, outcome: Outcome, options: ReadOptions | None = None
    ) -> Iterator[Side]: ...


def sides_of(read: Reader, path: Path, options: ReadOptions | None = None) -> tuple[list[Side], Outcome]:
    outcome = Outcome()
    return list(read(path, outcome, options)), outcome


def named(side: Side) -> list[tuple[str, str]]:
    """What is marked, as text and label; of a text without white space, without it."""
    return [((side.text or "")[mark.start : mark.end], mark.label) for mark in side.marks]


def json_lines(path: Path, *lines: object, end: str = "\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(line, ensure_ascii=False) + end for line in lines)
    path.write_bytes(text.encode())
    return path


def packed(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def told(outcome: Outcome) -> list[str]:
    return [str(problem) for problem in outcome.problems]


def as_lines(*lines: Any) -> bytes:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
