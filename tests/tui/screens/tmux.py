"""A real terminal to try the program in: a tmux server of its own, its keys and what stands on its screen."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

PRESENT = shutil.which("tmux") is not None
SECONDS = 15.0
"""After so long something hangs, and the test fails."""
STILL = 2.0
"""Seconds after which a screen that moves no more is taken for the last one."""
LRM = "\u200e"
PROMPT = "ready> "
AT_PROMPT = "ready>$"
_SHELL = f"env 'PS1={PROMPT}' TERM=xterm-256color LC_ALL=C.UTF-8 HISTFILE=/dev/null bash --noprofile --norc"
HASHIYA = Path(sys.executable).with_name("hashiya")


class Window:
    """A shell in a terminal of a fixed size."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def tmux(self, *words: str) -> str:
        command = ["tmux", "-u", "-f", "/dev/null", "-S", str(self._socket), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS).stdout

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names: Enter, PageDown, C-q; anything else is typed."""
        self.tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self.tmux("send-keys", "-l", text)

    def show(self, variable: str) -> str:
        """What tmux knows of the terminal, such as `alternate_on`."""
        return self.tmux("display-message", "-p", f"#{{{variable}}}").strip()

    def capture(self) -> str:
        """The screen, row by row, as it stands there: in visual order, the marks against reordering too."""
        return "\n".join(row.rstrip() for row in self.tmux("capture-pane", "-p").split("\n")).rstrip()

    def screen(self) -> str:
        """The screen without those marks."""
        return self.capture().replace(LRM, "")

    def wait(self, pattern: str) -> str:
        """The screen once it shows what a regular expression says, line breaks too, and moves no more."""
        limit, last = monotonic() + SECONDS, ""
        while monotonic() < limit:
            now = self.screen()
            if re.search(pattern, now, re.DOTALL) and now == last:
                return now
            last = now
        raise TimeoutError(f"the terminal never showed {pattern!r}:\n{last}")

    def become(self, expected: str, changing: tuple[re.Pattern[str], str]) -> str:
        """The screen once it is as expected, or as it stays; `changing` is what to put for what."""

        def screen() -> str:
            return changing[0].sub(changing[1], self.screen()) + "\n"

        now, since = screen(), monotonic()
        while now != expected and monotonic() < since + STILL:
            last, now = now, screen()
            since = since if now == last else monotonic()
        return now

    def run(self, *words: str, **environ: str) -> None:
        """Type a command at the prompt."""
        self.type(" ".join([*(f"{name}='{value}'" for name, value in environ.items()), *words]))
        self.press("Enter")

    def child(self) -> int:
        """The process that the shell runs."""
        shell = self.show("pane_pid")
        return int(Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])


@contextmanager
def window(folder: Path, columns: int = 100, rows: int = 30) -> Iterator[Window]:
    """A shell of no settings in a server of its own, which ends with it."""
    made = Window(folder / "tmux")
    made.tmux(
        "new-session", "-d", "-x", str(columns), "-y", str(rows), _SHELL, ";",
        "set-option", "-g", "status", "off",
    )  # fmt: skip
    try:
        made.wait(PROMPT.strip())
        yield made
    finally:
        made.tmux("kill-server")
