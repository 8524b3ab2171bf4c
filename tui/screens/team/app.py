"""The application `hashiya team`: the screen of a team, in the language and colours of the settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from textual import work

from hashiya.corpus.team.team_watch import TeamWatch
from hashiya.tui.screens.app import HashiyaApp
from hashiya.tui.screens.team.screen import TeamScreen
from hashiya.tui.settings.settings import Settings, UiLanguage


class TeamApp(HashiyaApp):
    """Watches a team until it is left; nothing is written."""

    def __init__(
        self,
        watch: TeamWatch,
        settings: Settings,
        *,
        ui: UiLanguage | None = None,
        environ: Mapping[str, str] = os.environ,
        settings_path: Path | None = None,
    ) -> None:
        super().__init__(settings, ui=ui, environ=environ, settings_path=settings_path)
        self._watch = watch

    def on_mount(self) -> None:
        """Ask how this terminal shows Arabic, if nobody has told yet, and show the team."""
        self._begin()

    @work
    async def _begin(self) -> None:
        if self._signature not in self.settings.terminals and not self.in_browser:
            await self.ask_mode()
        await self.push_screen(TeamScreen(self._watch))
