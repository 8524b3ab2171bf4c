"""A team in real terminals: two label copies of a corpus, journals merge, a third settles, it is released."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hashiya.corpus import load
from tests import corpora
from tests.tui.screens.tmux import AT_PROMPT, HASHIYA, PRESENT, Window, window

pytestmark = [pytest.mark.system, pytest.mark.skipif(not PRESENT, reason="no tmux: apt install tmux")]

ROWS = (
    ("قالت إنفيديا إن الطلب قوي", "Nvidia said that demand is strong"),
    ("ارتفعت أسهم إنفيديا", "Shares of Nvidia rose"),
)
TEAM = """
[[person]]
name = "layla"

[[person]]
name = "omar"

[[person]]
name = "سارة"
roles = ["adjudicator"]
"""


def run(*words: str | Path) -> str:
    return subprocess.run(
        [HASHIYA, *map(str, words)], check=True, capture_output=True, text=True, timeout=60
    ).stdout


@contextmanager
def screen(folder: Path, corpus: Path, command: str, *options: str) -> Iterator[Window]:
    """A command of the screen, in a terminal of its own."""
    folder.mkdir()
    settings = folder / "settings.toml"
    settings.write_text('[terminals]\n"unknown+tmux" = "auto"\n', encoding="utf-8")
    with window(folder, rows=36) as terminal:
        terminal.run(str(HASHIYA), command, str(corpus), "--ui=en", *options, HASHIYA_SETTINGS=str(settings))
        yield terminal
        terminal.press("C-q")
        terminal.wait(AT_PROMPT)


def test_two_label_a_third_settles_and_it_is_released(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    corpus = corpora.new(first, {"d": ROWS})
    (corpus.folder / "team.toml").write_text(TEAM, encoding="utf-8")
    shutil.copytree(first, second)

    with screen(tmp_path / "one", first, "label", "--annotator=layla") as terminal:
        terminal.wait("#1 ")
        terminal.press("Tab", "c", "s", "t", "c", "u")  # Nvidia a company; the author bullish on chips
        terminal.wait("Bullish.*saved")
        terminal.press("Enter")
        terminal.wait("#2 ")
        terminal.press("Enter")
        terminal.wait("All 2 pairs")
        terminal.press("Enter")

    with screen(tmp_path / "two", second, "label", "--annotator=omar") as terminal:
        terminal.wait("#1 ")
        terminal.press("Tab", "c", "s", "t", "c", "d")
        terminal.wait("Bearish.*saved")
        terminal.press("Enter")
        terminal.wait("#2 ")
        terminal.press("g", "a")
        terminal.press("Enter")
        terminal.wait("All 2 pairs")
        terminal.press("Enter")

    run("journal", "merge", first, second)
    compared = json.loads(run("agreement", first, "--json"))["report"]
    assert compared["annotators"] == ["layla", "omar"]
    refused = subprocess.run(
        [HASHIYA, "adjudicate", first, "--adjudicator", "omar"], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert 'omar may not adjudicate; write roles = ["annotator", "adjudicator"]' in refused.stderr

    with screen(tmp_path / "three", first, "adjudicate", "--adjudicator=سارة", "--names") as terminal:
        shown = terminal.wait("c───.*1 layla")
        assert "2 omar" in shown
        terminal.press("2")
        terminal.wait("nothing open.*saved")
        terminal.press("a")
        terminal.wait("Why is it so")
        terminal.type("a view of the company")
        terminal.press("Enter")
        terminal.wait("saved")
        terminal.press("Enter")
        terminal.wait("All that annotators differ in is settled")
        terminal.press("Enter")

    notes = json.loads(run("agreement", first, "--notes", "--json"))["notes"]
    assert [(note["why"], note["decided"]) for note in notes] == [
        ("a view of the company", "bearish, author")
    ]
    run("release", first, "--out", tmp_path / "release")
    labels = next(iter(load(tmp_path / "release")))["labels"]
    assert [stance["stance"] for stance in labels["stances"]] == ["bearish"]
    assert labels["unresolved"] == []
