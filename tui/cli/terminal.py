"""The command `hashiya terminal`: whether Arabic reads right here, and other ways to show it."""

from __future__ import annotations

from hashiya.tui.cli.problems import need_terminal


def terminal_command() -> None:
    """See whether Arabic reads right in this terminal, and choose another way to show it."""
    from hashiya.tui.screens.app import TerminalCheckApp
    from hashiya.tui.settings.settings import read_settings

    need_terminal()
    TerminalCheckApp(read_settings()).run()
