"""The annotator's screen in a real terminal: Arabic as it stands there, and what the terminal gets back.

The files in golden/ are the screens as `tmux capture-pane` gives them: cells from left to right, without
the U+200E that guard them and with the time of saving taken out. They were read, right to left, before
they were kept; HASHIYA_UPDATE_GOLDEN=1 writes them anew.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hashiya.corpus.store.folder import Corpus
from tests import corpora
from tests.tui.screens.playing import saved
from tests.tui.screens.tmux import AT_PROMPT, HASHIYA, LRM, PRESENT, Window, window

pytestmark = [pytest.mark.system, pytest.mark.skipif(not PRESENT, reason="no tmux: apt install tmux")]

UPDATE = "HASHIYA_UPDATE_GOLDEN"
TIME = (re.compile(r"saved \d\d:\d\d:\d\d"), "saved HH:MM:SS")
GOLDEN = Path(__file__).parent / "golden"
ROWS = (
    (
        "قالت الشركة الصينية إنّ النموذج الجديد أرخص من كل النماذج التي سبقته، وإنّ الباب مفتوح للجميع.",
        "The Chinese company said that the new model was cheaper than all the models before it.",
    ),
    (
        "أطلقت OpenAI نموذج GPT-4o في ١٣ مايو 2024 بسعر 5.50 دولار، أي ٥٠٪ أقلّ.",
        "OpenAI launched GPT-4o on 13 May 2024 at $5.50, that is 50% less.",
    ),
    (
        'قال: «هذا (كما ترى) "سباق" [لا نهاية له]» ثم صمت!',
        'He said: “This (as you see) is a "race" [without end]” and fell silent!',
    ),
    (
        "كَتَبَ الـمُدَرِّسُ أنَّ الذَّكاءَ مُسْتَقْبَلٌ، والأمـــر كلُّه للّٰه.",
        "The teacher wrote that intelligence is a future.",
    ),
    ("لا إله والآلات للأسواق", "No god, and machines are for the markets"),
    ("ارتفع 🚀 السهم 📈 بنسبة 12.5% 👩\u200d💻 اليوم", "The share 🚀 rose 📈 by 12.5% 👩\u200d💻 today"),
)
STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    "plain": ((), "#1 "),
    "mixed": (("PageDown",), "#2 "),
    "brackets": (("PageDown",), "#3 "),
    "marks": (("PageDown",), "#4 "),
    "lam-alef": (("PageDown", "Left", "Left", "w", "]", "]", "]", "]", "c"), "──c"),
    "emoji": (("PageDown", "w", "Left", "e"), "─e"),
    "hints": (("g",), "ﻊﻔﺗﺭs"),
    "flag": (("=", "f", "m", "قصد: «لا» (١)"), r"\(١\).*ﺪﺼﻗ"),
    "article": (("Enter", "v"), "Go to the pair.*The Chinese company"),
    "sample": (("q", "C-p", "how ara", "Enter"), "Way 1 of 6"),
}
"""Keys from one screen to the next, and what shows that it is there.

None is Escape, which a terminal would take for the beginning of the key that follows.
"""


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The screens of one session, by name."""
    with labelling(tmp_path_factory.mktemp("tmux")) as terminal:
        found: dict[str, str] = {}
        for name, (keys, shown) in STEPS.items():
            for key in keys:
                terminal.press(key)
            terminal.wait(shown)
            found[name] = terminal.become(golden(name), TIME)
        found["lrm"] = terminal.capture()
        return found


def golden(name: str) -> str:
    path = GOLDEN / f"{name}.txt"
    return "" if os.environ.get(UPDATE) or not path.exists() else path.read_text(encoding="utf-8")


@contextmanager
def labelling(folder: Path) -> Iterator[Window]:
    """The annotator's screen on the rows above, in a terminal of 100 columns and 30 rows."""
    settings = folder / "settings.toml"
    settings.write_text('annotator = "layla"\n[terminals]\n"unknown+tmux" = "auto"\n', encoding="utf-8")
    corpora.new(folder / "corpus", {"d": ROWS})
    with window(folder) as terminal:
        terminal.run(str(HASHIYA), "label", str(folder / "corpus"), "--ui=en", HASHIYA_SETTINGS=str(settings))
        terminal.wait("layla")
        yield terminal


@pytest.mark.parametrize("name", STEPS)
def test_golden(screens: dict[str, str], name: str) -> None:
    if os.environ.get(UPDATE):
        (GOLDEN / f"{name}.txt").write_text(screens[name], encoding="utf-8")
    assert screens[name] == golden(name) or os.environ.get(UPDATE)


def test_letters_are_guarded_against_terminals_that_reorder(screens: dict[str, str]) -> None:
    row = next(row for row in screens["lrm"].split("\n") if "ﻮﺳ" in row.replace(LRM, ""))
    assert f"ﻕ{LRM}ﺍ{LRM}" in row
    assert f"g{LRM}" not in row


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Window]:
    with labelling(tmp_path) as opened:
        yield opened


def is_normal(terminal: Window) -> bool:
    """Whether the terminal is as a shell wants it: it echoes, shows its own screen, reports no mouse."""
    names = ("alternate_on", "mouse_any_flag", "cursor_flag")
    if [terminal.show(name) for name in names] != ["0", "0", "1"]:
        return False
    terminal.run("clear; stty -a")
    return {"echo", "icanon", "isig"} <= set(terminal.wait(f"speed .*{AT_PROMPT}").split())


def test_the_terminal_after_quitting(terminal: Window, tmp_path: Path) -> None:
    terminal.press("Tab", "c", "C-q")
    terminal.wait(AT_PROMPT)
    assert is_normal(terminal)
    assert len(saved(Corpus.open(tmp_path / "corpus")).entities) == 1  # type: ignore[union-attr]


def test_the_terminal_while_suspended(terminal: Window) -> None:
    terminal.press("C-z")
    terminal.wait("Stopped")
    assert is_normal(terminal)
    terminal.run("fg")
    terminal.wait("Other")
    assert terminal.show("alternate_on") == "1"
    terminal.press("PageDown")
    terminal.wait("#2 ")
    terminal.press("C-q")
    terminal.wait(AT_PROMPT)
    assert is_normal(terminal)


def test_the_terminal_after_sigterm(terminal: Window) -> None:
    os.kill(terminal.child(), signal.SIGTERM)
    terminal.wait(AT_PROMPT)
    assert is_normal(terminal)


def test_keys_in_one_burst_reach_the_screens_that_they_open(terminal: Window, tmp_path: Path) -> None:
    """As over a slow line, where many keys arrive at once."""
    burst = "fm" + "ab\x7fc \u0642\u0635\u062f" + "\r" + "a" + "why" + "\r" + "su" + "2d" + "\r"
    terminal.type(burst)
    terminal.wait("#2 ")
    made = saved(Corpus.open(tmp_path / "corpus"))
    assert made is not None
    assert (made.flags[0].intended, made.comment, made.status) == ("ac قصد", "why", "done")
    assert (len(made.stances), len(made.implications)) == (1, 1)
