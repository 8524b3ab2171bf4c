"""Textual's driver for POSIX terminals, which switches the terminal's own reordering off, and on at the end.

Whatever ends or suspends the annotator (quit, crash, Ctrl+Z, SIGTERM, a closed window), the terminal gets
its own order back as long as it is there.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import Any, cast

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from hashiya.tui.terminal.detection import Terminal

_ENDINGS = (signal.SIGTERM, signal.SIGHUP)


class PosixDriver(LinuxDriver):
    """Textual's own driver, with `how` to be set by a subclass."""

    how: Terminal

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = cast("Any", _LossTolerantFile(self._file))
        # The loop takes them off again when it closes.
        for number in _ENDINGS:
            self._loop.add_signal_handler(number, self._leave, number)

    def start_application_mode(self) -> None:
        """Begin, or go on after a suspension."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._tell(self.how.start)

    def stop_application_mode(self) -> None:
        """End, or let the shell have the terminal for a while."""
        self._tell(self.how.stop)
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        """Read keys until the end; a terminal that is gone is one."""
        try:
            super().run_input_thread()
        except OSError:
            self._loop.call_soon_threadsafe(self._leave, signal.SIGHUP)

    def change(self, how: Terminal) -> None:
        """Take back what the terminal was told, and tell it something else."""
        self._tell(self.how.stop + how.start)
        self.how = how

    def _tell(self, sequence: str) -> None:
        # In the background Textual puts the start off, and there is nobody to write.
        if sequence and self._writer_thread is not None and self._writer_thread.is_alive():
            self.write(sequence)
            self.flush()

    def _leave(self, number: signal.Signals) -> None:
        self._app.exit(return_code=128 + number)


class _LossTolerantFile:
    """A terminal that may be closed: an error would end the thread that writes, while its queue grew."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.fileno = file.fileno

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()
