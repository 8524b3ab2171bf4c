"""The commands `hashiya labelstudio ...` that need no server, and how the others ask for their key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from select import select
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from hashiya.corpus.exchange.labelstudio.page.config import config
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Annotation
from hashiya.tui.cli.main import app
from tests import corpora

COMMANDS = ("", "config", "export", "import", "push", "pull", "sync")
SECRET = "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432"
TARGET = ("--url", "http://127.0.0.1:9", "--project", "1")


def hashiya(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if name != "LABEL_STUDIO_API_KEY"}
    done = subprocess.run(
        [Path(sys.executable).with_name("hashiya"), "labelstudio", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
        env={
            **given,
            "COLUMNS": "100",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            **environment,
        },
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    made = corpora.new(tmp_path / "corpus", {"d": [("قالت إنفيديا", "Nvidia said"), ("نعم", "Yes")]})
    with made.journal() as journal:
        generation = made.generation()
        label = corpora.label(generation, 0, ("ar", "إنفيديا"), ("en", "Nvidia"))
        journal.record([label], generation.views(["d"])["d"].texts())
    return made


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(app, ["labelstudio", *command.split(), "--help"])
    assert done.exit_code == 0
    assert len(done.stdout) > 200
    assert "--key" not in done.stdout


def test_config_is_printed_or_written(corpus: Corpus, tmp_path: Path) -> None:
    printed = hashiya("config", corpus.folder)
    assert (printed.returncode, printed.stdout) == (0, config(corpus.scheme))
    ET.fromstring(printed.stdout)
    assert hashiya("config", corpus.folder, "--out", tmp_path / "x.xml").returncode == 0
    assert (tmp_path / "x.xml").read_text(encoding="utf-8") == printed.stdout
    inside = hashiya("config", corpus.folder, "--out", corpus.folder / "x.xml")
    assert (inside.returncode, "lies in the corpus folder" in inside.stderr) == (1, True)


def test_out_changed_and_in_again(corpus: Corpus, tmp_path: Path) -> None:
    users = tmp_path / "users.toml"
    users.write_text('layla = "layla@example.org"\n')
    file = tmp_path / "tasks.json"
    done = hashiya("export", corpus.folder, file, "--users", users)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, f"2 tasks written to {file}")
    assert "Kept        1 annotations, 2 entities" in done.stdout
    tasks = json.loads(file.read_text(encoding="utf-8"))
    assert tasks[0]["annotations"][0]["completed_by"] == {"email": "layla@example.org"}

    same = json.loads(hashiya("import", corpus.folder, file, "--users", users, "--json").stdout)
    assert (same["merged"]["unchanged"], same["merged"]["recorded"]) == (1, 0)
    entities = [item for item in tasks[0]["annotations"][0]["result"] if item["from_name"] == "entities_en"]
    entities[0]["value"]["labels"] = ["model"]
    file.write_text(json.dumps(tasks), encoding="utf-8")
    done = hashiya("import", corpus.folder, file, "--users", users)
    assert (done.returncode, "1 annotations recorded" in done.stdout) == (0, True)

    entities[0]["value"]["labels"] = ["nothing"]
    file.write_text(json.dumps(tasks), encoding="utf-8")
    strict = hashiya("import", corpus.folder, file, "--users", users, "--strict")
    assert (strict.returncode, "nothing was recorded" in strict.stderr) == (1, True)
    lax = hashiya("import", corpus.folder, file, "--users", users)
    assert (lax.returncode, "Left out    1 entities: unknown entity 'nothing'" in lax.stdout) == (1, True)
    assert "pair" in lax.stderr


def test_a_conflict_in_a_file_is_told_and_settled(corpus: Corpus, tmp_path: Path) -> None:
    file = tmp_path / "tasks.json"
    hashiya("export", corpus.folder, file)
    (standing,) = [item for item in _standing(corpus) if item.annotator == "layla"]
    with corpus.journal() as journal:
        journal.record([replace(standing, comment="هنا")])
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"choices":["done"]', '"choices":["unsure"]'), encoding="utf-8")
    done = hashiya("import", corpus.folder, file)
    assert (done.returncode, "both stand; save one in `hashiya label`" in done.stderr) == (1, True)
    assert len(_standing(corpus)) == 2
    wrong = hashiya("import", corpus.folder, file, "--prefer", "newest")
    assert (wrong.returncode, "here or there" in wrong.stderr) == (2, True)


def _standing(corpus: Corpus) -> list[Annotation]:
    with corpus.journal(write=False) as journal:
        return [annotation for standing in journal.standing() for annotation in standing.annotations]


def test_the_key_is_asked_for_only_in_a_terminal_and_never_shown(corpus: Corpus) -> None:
    none = hashiya("push", corpus.folder, *TARGET)
    assert (none.returncode, "LABEL_STUDIO_API_KEY" in none.stderr) == (1, True)
    broken = hashiya("push", corpus.folder, *TARGET, LABEL_STUDIO_API_KEY=f"{SECRET} مفتاح")
    assert (broken.returncode, "this is no key" in broken.stderr) == (1, True)
    unheard = hashiya("push", corpus.folder, *TARGET, LABEL_STUDIO_API_KEY=SECRET)
    assert (unheard.returncode, "no server answers there" in unheard.stderr) == (1, True)
    code = "from hashiya.tui.cli.main import main; main()"
    raised = subprocess.run(
        [sys.executable, "-c", code, "labelstudio", "sync", corpus.folder, *TARGET],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LABEL_STUDIO_API_KEY": SECRET, "HASHIYA_DEBUG": "1"},
    )
    for done in (none, broken, unheard, raised):
        assert SECRET not in done.stdout + done.stderr
    for path in corpus.folder.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()


def test_the_keyring_keeps_what_was_typed_unseen(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "ring.py").write_text(
        "import json, pathlib\n"
        "from keyring.backend import KeyringBackend\n"
        f"FILE = pathlib.Path({str(tmp_path / 'ring.json')!r})\n"
        "class Keyring(KeyringBackend):\n"
        "    priority = 1\n"
        "    def get_password(self, service, username):\n"
        "        return json.loads(FILE.read_text())[username] if FILE.exists() else None\n"
        "    def set_password(self, service, username, password):\n"
        "        FILE.write_text(json.dumps({username: password}))\n"
    )
    environment = {"PYTHONPATH": str(tmp_path), "PYTHON_KEYRING_BACKEND": "ring.Keyring"}
    shown = typed(["push", str(corpus.folder), *TARGET], [f"{SECRET}\n", "y\n"], environment)
    assert "Keep it in this system's keyring?" in shown
    assert SECRET not in shown
    assert json.loads((tmp_path / "ring.json").read_text()) == {"http://127.0.0.1:9": SECRET}
    again = hashiya("push", corpus.folder, *TARGET, **environment)
    assert "no server answers there" in again.stderr


def typed(arguments: list[str], answers: list[str], environment: dict[str, str]) -> str:
    """Run a command in a terminal of its own, answer each question, and return what it showed."""
    ours, theirs = os.openpty()
    code = (
        "import fcntl, os, sys, termios\n"
        "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    given = {name: value for name, value in os.environ.items() if name != "LABEL_STUDIO_API_KEY"}
    program = str(Path(sys.executable).with_name("hashiya"))
    with subprocess.Popen(
        [sys.executable, "-c", code, program, "labelstudio", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**given, **environment},
    ) as running:
        os.close(theirs)
        shown, answered = b"", 0
        try:
            while part := os.read(ours, 4096) if select([ours], [], [], 30)[0] else b"":
                shown += part
                if answers and shown[answered:].endswith(b": "):
                    answered = len(shown)
                    os.write(ours, answers.pop(0).encode())
        except OSError:
            pass  # the terminal is gone with its last program
        running.kill()
    os.close(ours)
    return shown.decode()


def test_without_the_extra_it_is_said(corpus: Corpus) -> None:
    code = (
        "import sys\n"
        "sys.modules['label_studio_sdk'] = None\n"
        f"sys.argv = ['hashiya', 'labelstudio', 'push', {str(corpus.folder)!r}, *{TARGET!r}]\n"
        "from hashiya.tui.cli.main import main\n"
        "main()"
    )
    environment = {**os.environ, "LABEL_STUDIO_API_KEY": SECRET}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert (done.returncode, "needs the extra 'labelstudio'" in done.stderr) == (1, True)


@pytest.mark.parametrize("line", ["push x", "sync x --url u", "pull", "import a"])
def test_a_wrong_command_line_is_exit_2(line: str) -> None:
    done = CliRunner().invoke(app, ["labelstudio", *line.split()])
    assert done.exit_code == 2


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("-", "is no regular file"),
        ("/dev/null", "is no regular file"),
        (".", "is no regular file"),
        ("nowhere/tasks.json", "cannot be written"),
    ],
)
def test_places_where_no_tasks_can_be_written(corpus: Corpus, tmp_path: Path, file: str, said: str) -> None:
    target = file if file in {"-", "/dev/null"} else tmp_path / file
    done = hashiya("export", corpus.folder, target)
    assert (done.returncode, f"{target}: {said}" in done.stderr) == (1, True)
    assert Path("/dev/null").is_char_device()
