"""The adjudicator's application on one corpus."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hashiya.corpus.inspection.waiting_pairs import SettledPair
from hashiya.corpus.store.folder import Corpus
from hashiya.tui.screens.adjudicate.screen import AdjudicateScreen
from hashiya.tui.screens.app import LabellingApp
from hashiya.tui.screens.label.screen import LabelScreen
from hashiya.tui.session.adjudicating.adjudication_session import AdjudicationSession
from hashiya.tui.session.session import Session
from hashiya.tui.settings.language import _
from hashiya.tui.settings.settings import Settings, UiLanguage


class AdjudicatingApp(LabellingApp):
    """Asks who adjudicates, where that is not known, and opens the screen on what waits."""

    def __init__(
        self,
        corpus: Corpus,
        settings: Settings,
        *,
        adjudicator: str | None = None,
        with_names: bool = False,
        pairs: Sequence[SettledPair] | None = None,
        everything: bool = False,
        ui: UiLanguage | None = None,
        environ: Mapping[str, str] = os.environ,
        settings_path: Path | None = None,
    ) -> None:
        super().__init__(
            corpus,
            settings,
            annotator=adjudicator,
            everything=everything,
            ui=ui,
            environ=environ,
            settings_path=settings_path,
        )
        self._with_names = with_names
        self._pairs = pairs
        self._settling: AdjudicationSession | None = None

    def question(self) -> str:
        """Return what is asked where it is not known who adjudicates."""
        return _("Who is adjudicating? Your name, or what stands for it, goes with every decision.")

    def open_session(self, annotator: str) -> AdjudicationSession:
        """Open the session of an adjudicator; `LabelError` for who may not adjudicate."""
        self._settling = AdjudicationSession(
            self.corpus,
            annotator,
            everything=self.everything,
            with_names=self._with_names,
            pairs=self._pairs,
            idle=self.settings.idle_seconds,
        )
        self._settling.begin()
        return self._settling

    def title_of_nothing(self) -> str:
        """Return the title of the notice that there is nothing to do."""
        return _("Nothing to settle")

    def nothing_there(self) -> list[str]:
        """Return what is said where there is nothing to settle."""
        if self.everything:
            return [_("Nobody has finished a pair of this corpus yet: there is nothing to settle.")]
        return [
            _("The annotators differ in nothing: there is nothing to settle."),
            _("With --all the pairs are shown in which nobody differs."),
        ]

    def screen_of(self, session: Session) -> LabelScreen:
        """Return the screen to begin with."""
        if self._settling is None:
            return super().screen_of(session)
        return AdjudicateScreen(self._settling, self.keymap)
