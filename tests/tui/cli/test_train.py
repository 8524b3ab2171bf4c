"""`hashiya train` and `hashiya predict`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashiya.tui.cli.main import app
from tests.training_data import released


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("train")
    released(folder, train=4, validation=2, test=2, pairs=4)
    return folder


def hashiya(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def test_a_model_is_trained_and_asked(root: Path) -> None:
    code, said = hashiya(
        "train", root / "release", "--task", "entities", "--out", root / "model", "--apart", "test1"
    )
    assert code == 0
    for expected in ("macro F1", "document test1", "majority", "one annotator against another", "report.md"):
        assert expected in said
    texts = root / "texts.jsonl"
    texts.write_text('{"en": "In report 5 Altman opened an office in another city."}\nnothing\n')
    code, said = hashiya("predict", root / "model", texts)
    assert code == 1
    assert json.loads(said.splitlines()[0])["predictions"]["entities"][0]["text"] == "Altman"
    code, said = hashiya("predict", root / "model", texts, "--out", root / "said.jsonl")
    assert (root / "said.jsonl").read_text().count("\n") == 1
    code, said = hashiya("predict", root / "model", root / "corpus", "--json")
    assert code == 0
    assert json.loads(said)["report"]["recorded"] == 32


def test_what_a_report_holds_is_printed_as_json(root: Path) -> None:
    code, said = hashiya(
        "train", root / "release", "--task", "stance", "--out", root / "majority", "--model", "majority",
        "--lang", "ar", "--labels", "majority", "--json",
    )  # fmt: skip
    assert code == 0
    report = json.loads(said)["report"]
    assert report["langs"] == ["ar"]
    assert report["labels"] == "majority"
    assert report["baselines"][0]["what"] == "random"


@pytest.mark.parametrize(
    "wrong",
    [("--task", "sentiment"), ("--task", "stance", "--lang", "fr"), ("--task", "stance", "--labels", "best")],
)
def test_a_wrong_command_line_ends_with_2(root: Path, wrong: tuple[str, ...]) -> None:
    assert hashiya("train", root / "release", "--out", root / "x", *wrong)[0] == 2
    assert not (root / "x").exists()
