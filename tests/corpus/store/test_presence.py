"""Who labels right now, as other processes see it."""

from __future__ import annotations

import fcntl
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import pytest

from hashiya.corpus.store.presence import FOLDER, Presence, labelling, labelling_anywhere

ENTER = """
import sys
from pathlib import Path
from hashiya.corpus.store.presence import Presence
presence = Presence.enter(Path(sys.argv[1]), sys.argv[2])
print("here", flush=True)
sys.stdin.read()
presence.leave()
"""


@contextmanager
def elsewhere(corpus: Path, annotator: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that labels until it is told to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", ENTER, str(corpus), annotator],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "here\n"
    try:
        yield process
    finally:
        process.communicate()


def files(corpus: Path) -> list[Path]:
    return sorted((corpus / FOLDER).iterdir())


def test_two_processes_see_each_other(tmp_path: Path) -> None:
    own = Presence.enter(tmp_path, "ليلى")
    with elsewhere(tmp_path, "omar") as process:
        found = {entry.annotator: entry for entry in labelling(tmp_path)}
        assert found["ليلى"] == own.entry
        assert (found["omar"].pid, found["omar"].host) == (process.pid, platform.node())
        assert datetime.fromisoformat(found["omar"].since).tzinfo is not None
    assert list(labelling(tmp_path)) == [own.entry]
    own.leave()
    own.leave()
    assert files(tmp_path) == []


def test_the_entry_of_a_killed_process_is_cleared(tmp_path: Path) -> None:
    with elsewhere(tmp_path, "omar") as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert len(files(tmp_path)) == 1
        assert list(labelling(tmp_path)) == []
        assert files(tmp_path) == []


def test_two_windows_of_one_process(tmp_path: Path) -> None:
    one, other = Presence.enter(tmp_path, "layla"), Presence.enter(tmp_path, "layla")
    assert len(list(labelling(tmp_path))) == 2
    one.leave()
    assert list(labelling(tmp_path)) == [other.entry]
    other.leave()


def test_nobody_was_ever_here(tmp_path: Path) -> None:
    assert list(labelling(tmp_path)) == []
    assert list(labelling(tmp_path / "nowhere")) == []


@pytest.mark.parametrize(
    ("mode", "folder", "file"),
    [(0o2775, 0o2775, 0o664), (0o775, 0o775, 0o664), (0o700, 0o700, 0o600), (0o755, 0o755, 0o644)],
)
def test_whoever_may_label_may_enter(tmp_path: Path, mode: int, folder: int, file: int) -> None:
    corpus = tmp_path / "c"
    corpus.mkdir()
    corpus.chmod(mode)
    before = os.umask(0o077)
    try:
        presence = Presence.enter(corpus, "layla")
    finally:
        os.umask(before)
    assert (corpus / FOLDER).stat().st_mode & 0o7777 == folder
    assert [path.stat().st_mode & 0o777 for path in files(corpus)] == [file]
    presence.leave()


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"annotator": "x"}', "\udcff"])
def test_a_file_that_says_nothing_is_passed_over(tmp_path: Path, text: str) -> None:
    presence = Presence.enter(tmp_path, "layla")
    (path,) = files(tmp_path)
    path.write_bytes(text.encode(errors="surrogateescape"))  # it stays locked
    assert list(labelling(tmp_path)) == []
    presence.leave()


def test_an_entry_that_was_cleared_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, cleared = fcntl.flock, list[str]()

    def slow(file: IO[str], how: int) -> None:
        if not cleared:  # another process looks just now
            cleared.append(file.name)
            assert list(labelling(tmp_path)) == []
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", slow)
    presence = Presence.enter(tmp_path, "layla")
    assert not Path(cleared[0]).exists()
    assert list(labelling(tmp_path)) == [presence.entry]
    presence.leave()
    assert files(tmp_path) == []


def test_who_labels_elsewhere_is_known_from_the_server_by_name_alone(tmp_path: Path) -> None:
    presence = Presence.enter(tmp_path, "layla")
    found = labelling_anywhere(labelling(tmp_path), ["layla", "omar"])
    assert [(entry.annotator, entry.pid > 0) for entry in found] == [("layla", True), ("omar", False)]
    presence.leave()
