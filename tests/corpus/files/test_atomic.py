"""A file or a folder is replaced whole; an error in the middle leaves the old one, and nothing beside it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from hashiya.corpus.files.atomic import replacing_file, replacing_folder, write_whole

TEXT = "نص\r\nline\u2028end\n"


class _StoppedError(Exception):
    pass


def parts_that_stop() -> Iterator[str]:
    yield "half"
    raise _StoppedError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("content", [TEXT, TEXT.encode(), [TEXT[:3], TEXT[3:]]])
def test_text_bytes_and_parts_are_written_as_they_are(
    tmp_path: Path, content: str | bytes | list[str]
) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old", encoding="utf-8")
    write_whole(path, content)
    assert path.read_bytes() == TEXT.encode()
    assert names(tmp_path) == ["file.txt"]


@pytest.mark.parametrize("old", [None, "old"])
def test_an_error_in_the_middle_leaves_the_old_file_alone(tmp_path: Path, old: str | None) -> None:
    path = tmp_path / "file.txt"
    if old is not None:
        path.write_text(old, encoding="utf-8")
    with pytest.raises(_StoppedError):
        write_whole(path, parts_that_stop())
    assert names(tmp_path) == ([] if old is None else ["file.txt"])
    assert old is None or path.read_text(encoding="utf-8") == old


def test_a_file_does_not_take_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "folder", TEXT)
    assert names(tmp_path) == ["folder"]


def test_what_a_process_of_the_same_number_left_is_not_in_the_way(tmp_path: Path) -> None:
    with replacing_file(tmp_path / "file.txt") as draft:
        draft.touch()
        left = draft
    left.write_text("left by a process that was killed", encoding="utf-8")
    with replacing_file(tmp_path / "file.txt") as draft:
        assert not draft.exists()
        draft.write_text(TEXT, encoding="utf-8", newline="")
    with replacing_folder(tmp_path / "folder") as draft:
        left = draft
    left.mkdir()
    (left / "rest").write_text("left", encoding="utf-8")
    with replacing_folder(tmp_path / "folder") as draft:
        assert not names(draft)
    assert names(tmp_path) == ["file.txt", "folder"]


@pytest.mark.parametrize("count", [3, 150])
def test_a_folder_takes_the_place_of_the_one_before_with_all_in_it(tmp_path: Path, count: int) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    (path / "old").write_text("old", encoding="utf-8")
    with replacing_folder(path) as draft:
        (draft / "inner").mkdir()
        for number in range(count):
            (draft / "inner" / f"{number}").write_text(TEXT, encoding="utf-8")
        assert names(path) == ["old"]
    assert names(path) == ["inner"]
    assert len(names(path / "inner")) == count
    assert names(tmp_path) == ["folder"]


def test_an_error_in_the_middle_leaves_the_old_folder_alone(tmp_path: Path) -> None:
    def make(path: Path, error: Exception) -> None:
        with replacing_folder(path) as draft:
            (draft / "half").write_text("half", encoding="utf-8")
            raise error

    with pytest.raises(_StoppedError):
        make(tmp_path / "folder", _StoppedError())
    assert names(tmp_path) == []
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old").write_text("old", encoding="utf-8")
    with pytest.raises(_StoppedError):
        make(tmp_path / "folder", _StoppedError())
    assert (names(tmp_path), names(tmp_path / "folder")) == (["folder"], ["old"])


def replaced_by_nothing(manager: AbstractContextManager[Path]) -> None:
    with manager as draft:
        if draft.is_dir():
            draft.rmdir()


def test_where_the_new_one_is_gone_the_old_one_stands(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old").write_text("old", encoding="utf-8")
    (tmp_path / "file.txt").write_text("old", encoding="utf-8")
    with pytest.raises(FileNotFoundError):
        replaced_by_nothing(replacing_folder(tmp_path / "folder"))
    with pytest.raises(FileNotFoundError):
        replaced_by_nothing(replacing_file(tmp_path / "file.txt"))
    assert names(tmp_path) == ["file.txt", "folder"]
    assert names(tmp_path / "folder") == ["old"]


def test_importing_it_loads_neither_pyarrow_nor_sqlite() -> None:
    code = (
        "import sys, hashiya.corpus.files.atomic\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} & {'pyarrow', 'numpy', 'sqlite3'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
