"""The driver in a real terminal (a pty): what it is told and when; and the ways to choose from."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from textual import constants
from textual.drivers.headless_driver import HeadlessDriver

from hashiya.schema.errors import SettingsError
from hashiya.tui.terminal.bidi_modes import (
    BIDI_MODES,
    driver_for,
    switch_mode,
    terminal_advice,
    terminal_in_mode,
    terminal_signature,
)
from hashiya.tui.terminal.detection import EXPLICIT_MODE, IMPLICIT_MODE, KONSOLE_BIDI_OFF, OVERRIDE

START, STOP = EXPLICIT_MODE.encode(), IMPLICIT_MODE.encode()
LEFT = b"\x1b[?1049l"  # the last that Textual itself sends
SECONDS = 60.0
"""After so long something hangs, and the test fails."""

APP = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that a closed window is a SIGHUP, as in life
from textual.app import App
from hashiya.tui.terminal.bidi_modes import driver_for, switch_mode, terminal_in_mode

class Tried(App[None]):
    BINDINGS = [("ctrl+z", "suspend_process", ""), ("x", "crash", ""), ("q", "quit", ""), ("c", "change", "")]
    def action_crash(self): raise RuntimeError("oh")
    def action_change(self): switch_mode(self._driver, terminal_in_mode(os.environ, "konsole"))
    def on_unmount(self):
        for _ in range(100): self._driver.write(" ")  # more than Textual's queue holds
        open(os.environ["UNMOUNTED"], "w").close()

app = Tried(driver_class=driver_for(terminal_in_mode(os.environ)))
app.run()
sys.exit(app.return_code)
"""


class Window:
    """A terminal window with the app in it."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self._master = master
        self._unread = b""

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def read_to(self, expected: bytes) -> bytes:
        """What came before `expected`, which is waited for."""
        while expected not in self._unread:
            self._unread += self._read()
        before, _, self._unread = self._unread.partition(expected)
        return before

    @property
    def rest(self) -> bytes:
        """What nobody has waited for."""
        return self._unread

    def wait(self) -> int:
        """The exit code; what the app still has to say is read."""
        with suppress(EOFError):
            while True:
                self._unread += self._read()
        return self.process.wait()

    def close(self) -> None:
        os.close(self._master)
        self._master = -1

    def _read(self) -> bytes:
        try:
            came = os.read(self._master, 65536)
        except OSError:  # the app has gone
            came = b""
        if not came:
            raise EOFError(f"the app ended; unread: {self._unread!r}")
        return came


@pytest.fixture
def unmounted(tmp_path: Path) -> Path:
    """Made by the app once all its widgets are gone."""
    return tmp_path / "unmounted"


@contextmanager
def opened(unmounted: Path, **environ: str) -> Iterator[Window]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", APP],
        stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        env={"TERM": "xterm-256color", "UNMOUNTED": str(unmounted)} | kept | environ,
    )  # fmt: skip
    os.close(slave)
    window = Window(process, master)
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        yield window
    finally:
        process.kill()
        process.wait()
        watchdog.cancel()
        watchdog.join()
        if window._master >= 0:
            window.close()


def test_the_terminal_is_told_at_the_start_and_told_again_at_the_end(unmounted: Path) -> None:
    with opened(unmounted) as window:
        assert STOP not in window.read_to(START)
        window.press(b"q")
        assert START not in window.read_to(STOP)
        window.read_to(LEFT)
        assert window.wait() == 0
        assert START not in window.rest


def test_suspended_and_resumed(unmounted: Path) -> None:
    with opened(unmounted) as window:
        window.read_to(START)
        window.press(b"\x1a")
        window.read_to(STOP)
        window.read_to(LEFT)
        os.waitid(os.P_PID, window.process.pid, os.WSTOPPED)
        os.kill(window.process.pid, signal.SIGCONT)
        window.read_to(START)
        window.press(b"q")
        window.read_to(STOP)
        assert window.wait() == 0


def test_a_crash_gives_the_terminal_its_own_order_back(unmounted: Path) -> None:
    with opened(unmounted) as window:
        window.read_to(START)
        window.press(b"x")
        window.read_to(STOP)
        window.read_to(LEFT)
        assert window.wait() == 1
        assert b"oh" in window.rest


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_are_an_orderly_exit(unmounted: Path, number: signal.Signals) -> None:
    with opened(unmounted) as window:
        window.read_to(START)
        os.kill(window.process.pid, number)
        window.read_to(STOP)
        window.read_to(LEFT)
        assert window.wait() == 128 + number
        assert unmounted.exists()


def test_a_closed_window_ends_the_program_in_good_order(unmounted: Path) -> None:
    with opened(unmounted) as window:
        window.read_to(START)
        window.close()
        assert window.process.wait() != -signal.SIGKILL
        assert unmounted.exists()


def test_another_way_can_be_chosen_while_the_program_runs(unmounted: Path) -> None:
    with opened(unmounted) as window:
        window.read_to(START)
        window.press(b"c")
        window.read_to(STOP + KONSOLE_BIDI_OFF.encode())
        window.press(b"q")
        window.read_to(b"\x1b]50;BidiRenderingEnabled=true\x07")
        assert window.wait() == 0


def test_textual_chooses_where_it_knows_better(monkeypatch: pytest.MonkeyPatch) -> None:
    how = terminal_in_mode({})
    assert driver_for(how) is not None
    monkeypatch.setattr(constants, "DRIVER", "textual.drivers.web_driver:WebDriver")
    assert driver_for(how) is None


def test_other_drivers_have_nothing_to_change() -> None:
    headless = HeadlessDriver.__new__(HeadlessDriver)
    for driver in (None, headless):
        switch_mode(driver, terminal_in_mode({}))
    assert vars(headless) == {}


VTE = {"TERM": "xterm-256color", "VTE_VERSION": "7001"}
TMUX = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"}


@pytest.mark.parametrize(
    ("way", "start", "lrm"),
    [
        ("auto", EXPLICIT_MODE, True),
        ("explicit", EXPLICIT_MODE, True),
        ("explicit-only", EXPLICIT_MODE, False),
        ("lrm", "", True),
        ("konsole", KONSOLE_BIDI_OFF, True),
        ("plain", "", False),
    ],
)
def test_each_way_sends_what_its_name_says(way: str, start: str, lrm: bool) -> None:
    chosen = terminal_in_mode(VTE, way)
    assert (chosen.kind, chosen.start, chosen.lrm) == ("vte", start, lrm)
    assert bool(chosen.stop) == bool(start)
    within = terminal_in_mode(VTE | TMUX, way)
    assert within.start.startswith("\x1bPtmux;") == bool(start)


def test_every_way_is_tried_above() -> None:
    [mark] = test_each_way_sends_what_its_name_says.pytestmark  # type: ignore[attr-defined]  # pytest puts it there
    assert [way.id for way in BIDI_MODES] == [case[0] for case in mark.args[1]]


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"TERM": "xterm-kitty"}, "force_ltr yes"),
        ({"TERM": "mlterm"}, "--ctl=false"),
        ({"TERM": "putty-256color"}, "Disable bidirectional"),
        ({}, "name your terminal"),
    ],
)
def test_who_has_to_do_something_is_told(environ: dict[str, str], words: str) -> None:
    assert words in terminal_advice(terminal_in_mode(environ))
    assert terminal_advice(terminal_in_mode(VTE)) == ""


def test_a_way_that_is_none_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(SettingsError, match=r"terminals\.vte: no way is called 'left'; there are: auto, "):
        terminal_in_mode(VTE, "left")


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, "unknown"),
        (VTE, "vte"),
        (VTE | TMUX, "vte+tmux"),
        ({"TERM": "foot"}, "foot"),
        (TMUX, "unknown+tmux"),
        ({"TERM": "screen", "STY": "1.x", "XTERM_VERSION": "XTerm(379)"}, "xterm+screen"),
        ({"TERM": "xterm-256color", OVERRIDE: "konsole"}, "konsole"),
    ],
)
def test_each_kind_of_terminal_has_a_name_that_stays(environ: dict[str, str], name: str) -> None:
    assert terminal_signature(environ) == name
