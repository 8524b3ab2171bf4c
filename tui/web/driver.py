"""Textual's driver for browsers, which ends the program when nobody is left to show it to."""

from __future__ import annotations

from contextlib import suppress

from textual.drivers.web_driver import WebDriver


class BrowserDriver(WebDriver):
    """Textual's own driver; the end of its input is the end of the server, even of one that was killed."""

    def run_input_thread(self) -> None:
        """Read keys until the end."""
        super().run_input_thread()
        with suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(self._app.exit)

    def write(self, data: str) -> None:
        """Send what is painted to the server; to one that was killed, nothing: the end of input is near."""
        with suppress(BrokenPipeError):
            super().write(data)

    def stop_application_mode(self) -> None:
        """Tell the server that this is the end, if it is still there."""
        with suppress(OSError):
            super().stop_application_mode()
