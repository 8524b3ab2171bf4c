"""The cache of vectors: what went in comes out, whoever asks, and whatever happened to the file."""

from __future__ import annotations

import hashlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.encoders.cache import Cached, folder_of
from hashiya.corpus.encoders.protocol import Vectors

TEXTS = [f"sentence {i}" for i in range(1200)]
DIMENSIONS = 8


def made(texts: Sequence[str]) -> Vectors:
    """Unit vectors that depend on the texts alone."""
    rows = [
        np.frombuffer(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(), "<u4") for text in texts
    ]
    vectors = np.array(rows, np.float32).reshape(len(texts), DIMENSIONS)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def nothing(texts: Sequence[str]) -> Vectors:
    raise AssertionError(f"{len(texts)} texts are not in the cache")


class Counting:
    """`made`, and the texts that it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return made(texts)


def database(cache: Path, name: str = "one") -> Path:
    return folder_of(cache, name) / "vectors.sqlite"


@given(st.lists(st.text(st.characters()), max_size=20), st.lists(st.text(st.characters()), max_size=20))
def test_what_goes_in_comes_out_and_only_new_texts_are_encoded(first: list[str], then: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        encode = Counting()
        cached = Cached(encode, "one", Path(folder))
        assert cached(first).tobytes() == made(first).tobytes()
        assert cached(then).tobytes() == made(then).tobytes()
        assert sorted(encode.asked) == sorted({*first, *then})
        cached.close()
        both = first + then
        again = Cached(nothing if both else made, "one", Path(folder))
        assert again(both).tobytes() == made(both).tobytes()
        again.close()


def test_a_text_keeps_the_bytes_that_it_got_first(tmp_path: Path) -> None:
    Cached(made, "one", tmp_path)(TEXTS)
    other = Cached(lambda texts: -made(texts), "one", tmp_path)
    assert np.array_equal(other([*TEXTS[:3], "new"]), [*made(TEXTS[:3]), *-made(["new"])])


def test_each_encoder_has_its_own(tmp_path: Path) -> None:
    Cached(made, "labse@1", tmp_path)(TEXTS)
    for name in ("labse@2", "labse/1", "LaBSE@1"):
        encode = Counting()
        Cached(encode, name, tmp_path)(TEXTS[:2])
        assert len(encode.asked) == 2
    assert len(list(tmp_path.iterdir())) == 4


def test_another_process_has_them_too(tmp_path: Path) -> None:
    Cached(made, "one", tmp_path)(TEXTS)
    code = (
        "import sys; from pathlib import Path; from hashiya.corpus.encoders.cache import Cached\n"
        "from tests.corpus.encoders.test_cache import TEXTS, made, nothing\n"
        "assert Cached(nothing, 'one', Path(sys.argv[1]))(TEXTS).tobytes() == made(TEXTS).tobytes()"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True)


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from hashiya.corpus.encoders.cache import Cached\n"
        "from tests.corpus.encoders.test_cache import TEXTS, made\n"
        "cached = Cached(made, 'one', Path(sys.argv[1])); sys.stdin.readline()\n"
        "for start in range(0, len(TEXTS), 40): cached(TEXTS[start:start + 60])\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = [process.communicate("go\n")[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert said == ["", "", ""]
    assert Cached(nothing, "one", tmp_path)(TEXTS).tobytes() == made(TEXTS).tobytes()


def test_a_kill_while_it_writes_leaves_what_was_written(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from hashiya.corpus.encoders.cache import Cached\n"
        "from tests.corpus.encoders.test_cache import TEXTS, made\n"
        "cached = Cached(made, 'one', Path(sys.argv[1])); cached(TEXTS[:100])\n"
        "file = cached._open(); file.execute('BEGIN IMMEDIATE'); file.execute('DELETE FROM vectors')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert Cached(nothing, "one", tmp_path)(TEXTS[:100]).tobytes() == made(TEXTS[:100]).tobytes()
    assert Cached(made, "one", tmp_path)(TEXTS).tobytes() == made(TEXTS).tobytes()


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all " * 1000)


def spoil_pages(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for start in range(4096, len(data), 4096):
        data[start : start + 12] = b"\xff" * 12
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [cut_short, overwrite, spoil_pages])
def test_a_damaged_file_is_set_aside_and_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    for _ in range(2):  # a second time, what was set aside before is in the way
        first = Cached(made, "one", tmp_path)
        first(TEXTS)
        first.close()
        damage(database(tmp_path))
        caplog.clear()
        encode = Counting()
        cached = Cached(encode, "one", tmp_path)
        assert cached(TEXTS).tobytes() == made(TEXTS).tobytes()
        assert len(encode.asked) == len(TEXTS)
        assert ["set aside" in record.getMessage() for record in caplog.records] == [True]
        cached.close()
        assert Cached(nothing, "one", tmp_path)(TEXTS).tobytes() == made(TEXTS).tobytes()
    assert sorted(path.suffix for path in tmp_path.iterdir()) == ["", ".damaged"]


def test_a_process_that_has_the_damaged_file_open_leaves_the_new_one_alone(tmp_path: Path) -> None:
    late = Cached(made, "one", tmp_path)
    late(TEXTS)
    overwrite(database(tmp_path))
    Cached(made, "one", tmp_path)(TEXTS)
    assert late(["yet another"]).tobytes() == made(["yet another"]).tobytes()
    assert late(TEXTS).tobytes() == made(TEXTS).tobytes()
    assert Cached(nothing, "one", tmp_path)(TEXTS).tobytes() == made(TEXTS).tobytes()


def test_a_row_that_does_not_agree_with_itself_is_made_again(tmp_path: Path) -> None:
    first = Cached(made, "one", tmp_path)
    first(TEXTS[:3])
    first.close()
    with sqlite3.connect(database(tmp_path)) as file:
        file.execute("UPDATE vectors SET vector = zeroblob(36) WHERE rowid = 2")
    file.close()
    encode = Counting()
    assert Cached(encode, "one", tmp_path)(TEXTS[:3]).tobytes() == made(TEXTS[:3]).tobytes()
    assert encode.asked == TEXTS[1:2]
    assert Cached(nothing, "one", tmp_path)(TEXTS[:3]).tobytes() == made(TEXTS[:3]).tobytes()


def test_a_full_file_is_read_and_grows_no_more(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Cached(made, "one", tmp_path)(TEXTS)
    cached = Cached(made, "one", tmp_path, limit=1 << 14)
    more = [f"more {text}" for text in TEXTS]
    before = database(tmp_path).stat().st_size
    for _ in range(2):
        assert cached(more).tobytes() == made(more).tobytes()
    assert database(tmp_path).stat().st_size == before
    assert ["no more vectors" in record.getMessage() for record in caplog.records] == [True]
    assert Cached(nothing, "one", tmp_path, limit=1 << 14)(TEXTS).tobytes() == made(TEXTS).tobytes()


def test_without_a_place_to_write_it_does_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    cached = Cached(made, "one", tmp_path / "file")
    for _ in range(2):
        assert cached(TEXTS[:5]).tobytes() == made(TEXTS[:5]).tobytes()
    assert ["not cached" in record.getMessage() for record in caplog.records] == [True]
