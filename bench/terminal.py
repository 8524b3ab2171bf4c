"""A program in a terminal of its own: bytes typed into it, and when what it paints has come.

Times are in seconds, from the moment before a key is written. The last byte is the last one before the
program was quiet for `QUIET`.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

QUIET = 0.03
_ROWS, _COLUMNS = 36, 120
KEYS: Mapping[str, bytes] = {
    "left": b"\x1b[D",
    "right": b"\x1b[C",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "ctrl+home": b"\x1b[1;5H",
    "ctrl+end": b"\x1b[1;5F",
    "tab": b"\t",
    "enter": b"\r",
    "escape": b"\x1b",
    "space": b" ",
    "ctrl+u": b"\x15",
    "ctrl+q": b"\x11",
    "backspace": b"\x7f",
}
"""What an xterm sends; other keys are the sign they type, in UTF-8."""


@dataclass(frozen=True, slots=True)
class Painted:
    """What came after a key; `first` and `last` are `None` if nothing did."""

    first: float | None
    last: float | None
    output: bytes


class Terminal:
    """A running program; use it as a context manager, at whose end it is told to hang up."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self.began = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
            os.execvpe(command[0], list(command), dict(environ))
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGHUP)
        self.until_quiet(began=time.perf_counter(), quiet=1.0)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)

    def press(self, key: str, *, quiet: float = QUIET, patience: float = 0.5) -> Painted:
        """Press a key and wait for all that it paints."""
        began = time.perf_counter()
        self.write(key)
        return self.until_quiet(began=began, quiet=quiet, patience=patience)

    def write(self, key: str) -> None:
        """Press a key, and don't wait."""
        os.write(self._fd, KEYS.get(key) or key.encode())

    def until(self, sign: bytes, began: float, patience: float = 60.0) -> tuple[float, bytes]:
        """When a sign has come, and all output until then; `TimeoutError` if it doesn't come."""
        output = b""
        while sign not in output:
            left = began + patience - time.perf_counter()
            part = self.read(left) if left > 0 else b""
            if not part:
                raise TimeoutError(f"{sign!r} did not come; the end of what did: {output[-500:]!r}")
            output += part
        return time.perf_counter() - began, output

    def until_quiet(self, *, began: float, quiet: float = QUIET, patience: float = 0.5) -> Painted:
        """Read until nothing comes for `quiet`; for the first byte `patience` is had."""
        first = last = None
        output = b""
        while part := self.read(patience if last is None else quiet):
            last = time.perf_counter() - began
            first = last if first is None else first
            output += part
        return Painted(first, last, output)

    def memory(self, field: str = "VmRSS") -> int:
        """Bytes of memory that the program holds; with `VmHWM` the most that it ever held."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))

    def read(self, patience: float) -> bytes:
        """Return what comes next; nothing if nothing comes, or the program has ended."""
        ready, _, _ = select.select([self._fd], [], [], patience)
        if not ready:
            return b""
        try:
            return os.read(self._fd, 1 << 16)
        except OSError:
            return b""
