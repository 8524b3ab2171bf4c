"""Two accounts of one machine label one corpus, in a folder of their group (2775)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.presence import FOLDER

ROOT = Path(__file__).parents[1]
LAYLA, OMAR, TEAM = 61_001, 61_002, 61_100

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(os.getuid() != 0, reason="only root may act as two accounts"),
]

# Everything is imported while this is root still: the interpreter may be in a folder of its own.
AS_SOMEONE = """
import os, sys
from pathlib import Path
from hashiya.corpus.store.folder import Corpus
from tests.tui.session.corpora import new
from hashiya.tui.session.edits import statements
from hashiya.tui.session.session import Session
from hashiya.schema.scheme import shipped_scheme_text
import importlib.readers, json

shipped_scheme_text()
folder, uid, team, act = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
os.chdir("/")
os.setgroups([team])
os.setgid(uid)  # everybody's first group is their own
os.setuid(uid)
os.umask(0o022)
if act == "make":
    new(folder)
else:
    with Session.open(Corpus.open(folder), act) as session:
        others = [entry.annotator for entry in session.others()]
        session.save(statements.set_comment(session.draft, "by " + act))
        print("saved", *others, flush=True)
        if sys.argv[5:]:
            sys.stdin.read()
"""


def start(folder: Path, uid: int, act: str, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", AS_SOMEONE, str(folder), str(uid), str(TEAM), act, *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ".", "HOME": "/"},
    )


def act_as(folder: Path, uid: int, act: str) -> str:
    process = start(folder, uid, act)
    said, error = process.communicate()
    assert error == ""
    assert process.returncode == 0
    return said


def comments(folder: Path) -> list[tuple[str, str | None]]:
    with Corpus.open(folder).journal(write=False) as journal:
        return [(item.annotator, item.annotations[0].comment) for item in journal.standing()]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as place:  # pytest's own folders are closed to other accounts
        Path(place).chmod(0o755)
        shared = Path(place) / "corpus"
        shared.mkdir()
        os.chown(shared, LAYLA, TEAM)
        shared.chmod(0o2775)
        act_as(shared, LAYLA, "make")
        yield shared


def test_two_accounts_label_in_turn(folder: Path) -> None:
    assert act_as(folder, OMAR, "omar") == "saved\n"
    assert act_as(folder, LAYLA, "layla") == "saved\n"
    assert act_as(folder, OMAR, "omar") == "saved\n"
    assert comments(folder) == [("layla", "by layla"), ("omar", "by omar")]


@pytest.mark.parametrize(("first", "second"), [(OMAR, LAYLA), (LAYLA, OMAR)])
def test_two_accounts_label_at_once(folder: Path, first: int, second: int) -> None:
    waiting = start(folder, first, "first", "stay")
    assert waiting.stdout
    assert waiting.stdout.readline() == "saved\n"
    for end in ("", "-wal", "-shm"):
        found = (folder / f"{JOURNAL}{end}").stat()
        assert (found.st_gid, found.st_mode & 0o777) == (TEAM, 0o664), end
    entered = (folder / FOLDER).stat()
    assert (entered.st_gid, entered.st_mode & 0o7777) == (TEAM, 0o2775)
    assert act_as(folder, second, "second") == "saved first\n"
    _, error = waiting.communicate()
    assert error == ""
    assert comments(folder) == [("first", "by first"), ("second", "by second")]
    assert list((folder / FOLDER).iterdir()) == []


def test_what_one_account_left_behind_when_it_was_killed_is_cleared_by_another(folder: Path) -> None:
    killed = start(folder, OMAR, "omar", "stay")
    assert killed.stdout
    killed.stdout.readline()
    killed.kill()
    killed.communicate()
    assert len(list((folder / FOLDER).iterdir())) == 1
    assert (folder / f"{JOURNAL}-wal").exists()
    assert act_as(folder, LAYLA, "layla") == "saved\n"
    assert list((folder / FOLDER).iterdir()) == []
    assert [who for who, _ in comments(folder)] == ["layla", "omar"]
