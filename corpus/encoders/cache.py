"""A cache of vectors by content: a text is encoded once by each encoder, in any process.

Each encoder has a folder with one SQLite file. A row is the first 16 bytes of the SHA-256 of a text, and the
text's vector in float32 with the CRC-32 of its bytes behind it; a row that does not agree with that is not
used. A file that cannot be used is reported, and vectors are computed as without it.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import numpy as np

from hashiya.corpus.encoders.protocol import Vectors

EncodeTexts = Callable[[Sequence[str]], Vectors]
"""Texts to unit vectors, (texts, dimensions)."""

LIMIT = 8 << 30
"""Bytes of an encoder's file from which on nothing is added to it."""

_FILE = "vectors.sqlite"
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
_PATIENCE = 30.0  # seconds that a process waits for its turn to write
_TOGETHER = 500  # keys asked for in one query
_CHECK_BYTES = 4
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_log = logging.getLogger(__name__)  # its warnings go to stderr where a program does not say otherwise
_Result = TypeVar("_Result")


def folder_of(cache: Path, name: str) -> Path:
    """Return the folder in a cache that belongs to the encoder of this name, whether or not it is there."""
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.")[:80]
    return cache / f"{readable}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


class Cached:
    """A function from texts to vectors that asks `encode_texts` only for what is not in its file.

    `name` is the encoder's, with its revision: other weights need another name. Several processes may use
    the same `cache`, a folder on a disk of this machine, and any of them may be killed at any time. A
    damaged file is set aside, and one that cannot be used is done without; both are told once, as warnings
    of the logger. From `limit` bytes on the file is read, and nothing is added.
    """

    def __init__(self, encode_texts: EncodeTexts, name: str, cache: Path, limit: int = LIMIT) -> None:
        self.folder = folder_of(cache, name)
        self._encode_texts = encode_texts
        self._limit = limit
        self._file: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._off = self._full = False

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts, (texts, dimensions); a text that is in the file has those bytes."""
        if not texts:
            return self._encode_texts(texts)
        keys = [_key(text) for text in texts]
        vectors = self._try(lambda file: _read(file, list(dict.fromkeys(keys)))) or {}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in vectors}
        if missing:
            made = np.ascontiguousarray(self._encode_texts(list(missing.values())), np.float32)
            new = dict(zip(missing, made, strict=True))
            self._try(lambda file: self._add(file, new))
            vectors |= new
        return np.stack([vectors[key] for key in keys])

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _add(self, file: sqlite3.Connection, new: dict[bytes, Vectors]) -> None:
        if self._full:
            return
        if _size(file) >= self._limit:
            self._full = True
            _log.warning(
                "%s: no more vectors are added, for it has %.3g GiB; remove it, or give another folder",
                self.folder,
                self._limit / (1 << 30),
            )
            return
        with file:
            rows = [(key, _blob(vector)) for key, vector in new.items()]
            file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def _try(self, use: Callable[[sqlite3.Connection], _Result]) -> _Result | None:
        """Return the result of `use` on the file, or on a new one; None where there is none to use."""
        for _ in range(2):
            if self._off:
                break
            try:
                return use(self._open())
            except (sqlite3.Error, UnicodeError, OSError) as error:
                self.close()
                if _is_damage(error):
                    self._set_aside()
                else:
                    self._do_without(error)
        return None

    def _open(self) -> sqlite3.Connection:
        if self._file is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._identity = _identity(self.folder)
            self._file = sqlite3.connect(
                self.folder / _FILE, timeout=_PATIENCE, check_same_thread=False, cached_statements=8
            )
            with suppress(sqlite3.OperationalError):  # busy: another process is setting it, and it stays set
                self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = NORMAL")
            with self._file as file:
                file.execute(_TABLE)
        return self._file

    def _set_aside(self) -> None:
        """Move the folder whole, so that no journal of the old file is taken for one of the new."""
        aside = self.folder.with_name(f"{self.folder.name}.damaged")
        if _identity(self.folder) != self._identity:
            return  # another process did it already
        try:
            shutil.rmtree(aside, ignore_errors=True)
            self.folder.rename(aside)
        except OSError as error:
            self._do_without(error)
        else:
            _log.warning("%s: the cached vectors were damaged and are set aside in %s", self.folder, aside)

    def _do_without(self, error: Exception) -> None:
        self._off = True
        _log.warning("%s: vectors are not cached: %s", self.folder, error)


def _read(file: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
    vectors: dict[bytes, Vectors] = {}
    for start in range(0, len(keys), _TOGETHER):
        some = keys[start : start + _TOGETHER]
        marks = ", ".join("?" * len(some))
        rows = file.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)  # noqa: S608
        vectors |= {key: vector for key, blob in rows if (vector := _vector(blob)) is not None}
    return vectors


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _blob(vector: Vectors) -> bytes:
    data = vector.astype("<f4").tobytes()
    return data + zlib.crc32(data).to_bytes(_CHECK_BYTES, "little")


def _vector(blob: bytes) -> Vectors | None:
    """Return the vector of a row; `None` if it is not what was written."""
    data, check = blob[:-_CHECK_BYTES], blob[-_CHECK_BYTES:]
    if zlib.crc32(data).to_bytes(_CHECK_BYTES, "little") != check:
        return None
    return np.frombuffer(data, "<f4").astype(np.float32)


def _size(file: sqlite3.Connection) -> int:
    (pages,) = file.execute("PRAGMA page_count").fetchone()
    (each,) = file.execute("PRAGMA page_size").fetchone()
    return int(pages) * int(each)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_damage(error: Exception) -> bool:
    # SQLite's message may quote damaged bytes, which `sqlite3` cannot decode.
    return isinstance(error, UnicodeError) or (
        isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE
    )
