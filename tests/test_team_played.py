"""A team from beginning to end, as docs/team.md tells it: the seed article, three people, real terminals.

Two label at the same time, with differences; they are compared, a third settles, it is released. Once each on
a copy of the corpus, whose journals are merged, and once with one journal in PostgreSQL.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hashiya.corpus import load
from hashiya.corpus.journal.place import JOURNAL_VARIABLE
from tests.postgres import PostgresServer
from tests.tui.screens.tmux import AT_PROMPT, HASHIYA, PRESENT, Window, window

pytestmark = [pytest.mark.system, pytest.mark.skipif(not PRESENT, reason="no tmux: apt install tmux")]

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs" / "team.md"
PAIRS = 29
NVIDIA, OPENAI = "#5 ", "#14 "
"""Pairs whose English begins with a name."""


@dataclass
class Play:
    """The commands of the page, run in a folder; `journals` says where each person's journal is."""

    folder: Path
    journals: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, who: str = "sara", code: int = 0) -> str:
        done = subprocess.run(
            [HASHIYA, *words],
            cwd=self.folder,
            env={**os.environ, JOURNAL_VARIABLE: self.journals.get(who, "")},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def screen(self, who: str, *words: str) -> Iterator[Window]:
        """A command of the screen, in a terminal of its own, from its first pair to its end."""
        place = self.folder / f"terminal-{who}"
        place.mkdir()
        settings = place / "settings.toml"
        settings.write_text('[terminals]\n"unknown+tmux" = "auto"\n', encoding="utf-8")
        environ = {"HASHIYA_SETTINGS": str(settings), JOURNAL_VARIABLE: self.journals.get(who, "")}
        with window(place, columns=120, rows=36) as terminal:
            terminal.run("cd", str(self.folder))
            terminal.run(str(HASHIYA), *words, "--ui=en", **environ)
            yield terminal
            terminal.press("C-q")
            terminal.wait(AT_PROMPT)


@dataclass(frozen=True)
class Page:
    """What the section of the page says: the team, and the commands of its blocks, without `hashiya`."""

    team: str
    commands: list[list[str]]
    init: list[str]


@pytest.fixture
def page() -> Page:
    text = DOCS.read_text(encoding="utf-8")
    section = text[text.index("## From beginning to end") :]
    (team,) = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)[:1]
    play, server = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[:2]
    lines = [shlex.split(line, comments=True) for line in (*play.splitlines(), *server.splitlines())]
    commands = [line[1:] for line in lines if line[0] == "hashiya"]
    init = next(line for line in commands if line[:2] == ["journal", "init"])
    return Page(team, [line for line in commands if line != init], init)


@pytest.fixture
def play(tmp_path: Path) -> Play:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    return Play(tmp_path)


def test_journals_that_are_merged(play: Play, page: Page) -> None:
    through_the_page(play, page)
    # The other copy, which takes in the decisions, gives the same dataset.
    play.run("journal", "merge", "omar", "layla")
    play.run("release", "omar", "--out", "again")
    assert files(play.folder / "again") == files(play.folder / "dataset")


def test_one_journal_in_postgresql(play: Play, page: Page, labels_server: PostgresServer) -> None:
    def there(url: str) -> str:
        return url.replace("@db.example.org", f"@127.0.0.1:{labels_server.port}")

    init = [there(word) for word in page.init]
    place = init[init.index("--journal") + 1]
    play.journals = {who: place.replace("lead@", f"{who}@") for who in ("layla", "omar", "sara")}
    through_the_page(play, page, init)


def through_the_page(play: Play, page: Page, init: list[str] | None = None) -> None:
    """Do what the page says, with one journal if `init` makes one."""
    build, label_one, label_two, merge, compare, settle, notes, release = page.commands
    sources = sorted(str(path) for path in (play.folder / "seeds").glob("deepseek-shock.*"))
    assert build[1] == "seeds/deepseek-shock.*"  # which a shell spells out
    play.run("build", *sources, *build[2:], who="nobody")
    (play.folder / "layla" / "team.toml").write_text(page.team, encoding="utf-8")
    shutil.copytree(play.folder / "layla", play.folder / "omar")
    if init is not None:
        play.run(*init, who="nobody")
    with play.screen("layla", *label_one) as first, play.screen("omar", *label_two) as second:
        label((first, second), stances="ud", names="ci")
    if init is None:
        play.run(*merge)
    compared = json.loads(play.run(*compare, "--json"))["report"]
    assert compared["annotators"] == ["layla", "omar"]
    assert "omar may not adjudicate" in refusal(play, [*settle[:-1], "omar"])
    with play.screen("sara", *settle, "--names") as third:
        adjudicate(third)
    told = {(note["why"], note["decided"]) for note in json.loads(play.run(*notes, "--json"))["notes"]}
    assert told == {("a loss is no view", "nothing"), ("it has customers", "company “OpenAI” openai")}
    people = json.loads(play.run("team", "layla", "--json"))["report"]["people"]
    assert {person["annotator"]: person["done"] for person in people} == {"layla": 29, "omar": 29, "sara": 0}
    play.run(*release)
    released(play.folder / "dataset")


def refusal(play: Play, words: list[str]) -> str:
    done = subprocess.run(
        [HASHIYA, *words], cwd=play.folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    return done.stderr


def label(terminals: Sequence[Window], stances: str, names: str) -> None:
    """Go through all pairs in several terminals at once; each says something else of two of them."""
    for terminal in terminals:
        terminal.wait("0 of 29 finished")
    for number in range(1, PAIRS + 1):
        for terminal, stance, name in zip(terminals, stances, names, strict=True):
            shown = terminal.screen()
            if shown.startswith(NVIDIA):
                terminal.press("Tab", "c", "s", "t", "c", stance)
                terminal.wait({"u": "Bullish", "d": "Bearish"}[stance] + ".*saved")
            elif shown.startswith(OPENAI):
                terminal.press(name)  # on the English side still
                terminal.wait(f"{name}───.*saved")
            terminal.press("Enter")
        for terminal in terminals:
            terminal.wait(f" {number} of 29 finished" if number < PAIRS else "All 29 pairs")
    for terminal in terminals:
        terminal.press("Enter")


def adjudicate(terminal: Window) -> None:
    """Settle two pairs: nobody is right about the stance, and OpenAI is a company."""
    terminal.wait("0 of 2 finished")
    for number in (1, 2):
        shown = terminal.wait(r"^#\d+ +1 open.*1 layla.*2 omar")
        if shown.startswith(NVIDIA):
            terminal.press("d")
            why = "a loss is no view"
        else:
            terminal.press("1")
            why = "it has customers"
        terminal.wait("nothing open.*saved")
        terminal.press("a")
        terminal.wait("Why is it so")
        terminal.type(why)
        terminal.press("Enter")
        terminal.wait("saved")
        terminal.press("Enter")
        terminal.wait("1 of 2 finished" if number == 1 else "All that annotators differ in is settled")
    terminal.press("Enter")


def released(folder: Path) -> None:
    """The dataset says what Sara settled and what both said, and leaves nothing open."""
    rows = {row["en"]: row["labels"] for row in load(folder).pairs() if row["labels"] is not None}
    nvidia = next(labels for text, labels in rows.items() if text.startswith("Nvidia took"))
    openai = next(labels for text, labels in rows.items() if text.startswith("OpenAI’s"))
    assert (nvidia["stances"], [item["text"] for item in nvidia["entities"]]) == ([], ["Nvidia"])
    assert [(item["text"], item["type"]) for item in openai["entities"]] == [("OpenAI", "company")]
    assert all(labels["unresolved"] == [] for labels in rows.values())


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix == ".parquet"}
