"""The annotator's application played by keys and mouse: what is painted, and what the journal holds."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Annotation, Lang
from hashiya.tui.screens.app import LabellingApp
from hashiya.tui.screens.label.screen import LabelScreen
from hashiya.tui.settings.settings import Settings, UiLanguage

ENVIRON: Mapping[str, str] = {"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(379)"}
"""A terminal that reorders nothing: lines are painted without marks between the letters."""
SETTLED = Settings(annotator="layla", terminals={"xterm": "auto"})
"""Settings with which nothing is asked."""
SECONDS = 20.0
"""After so long something hangs, and the test fails."""
_ROUNDS = 3
"""A key opens a screen, which shows itself, which tells the one below."""
_CHARACTERS = {"space": " "}
ROWS = (
    ("قالت شركة إنفيديا إن وديبسيك منافس", "Nvidia said that DeepSeek is a rival"),
    ("هزّت Deepseek سوقَ الرقائق", "Deepseek shook the chip market"),
    ("خسرت إنفيديا 630 مليار دولار", "Nvidia lost $630 billion"),
    ("قال سام ألتمان إن للذكاء مستقبلًا", "Sam Altman said that AI has a future"),
)
"""The document "d" of most tests here."""


class Play:
    """An annotator's application that runs, and the hand of who plays."""

    def __init__(self, app: LabellingApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> LabelScreen:
        """The labelling screen, under whatever is open on it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, LabelScreen))

    @property
    def top(self) -> str:
        """What is open on top, by its class."""
        return type(self.app.screen).__name__

    @property
    def number(self) -> int:
        """The open pair's number, as the screen counts."""
        return (self.screen.session.row if self.screen.session.row is not None else -1) + 1

    async def press(self, *keys: str) -> None:
        """Press keys, each when what the one before it does is done."""
        for key in keys:
            char = key if len(key) == 1 else _CHARACTERS.get(key)
            event = events.Key(_character_to_key(key) if len(key) == 1 else key, char)
            event.set_sender(self.app)
            assert self.app._driver is not None
            self.app._driver.send_message(event)
            await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is left to be done."""
        async with asyncio.timeout(SECONDS):
            while self.app.is_running and self.app._pressed._unfinished_tasks:  # type: ignore[attr-defined]
                await asyncio.sleep(0)
        for _ in range(_ROUNDS):
            await asyncio.sleep(0)
            await self.pilot._wait_for_screen()
            if self.app.is_running:
                self.app.screen._on_timer_update()  # or else the layout waits for the next frame

    async def click(self, selector: str, words: str) -> None:
        """Click on words in the first row of a widget."""
        await self.pilot.click(selector, offset=(self.row_of(selector).index(words) + 1, 0))
        await self.settle()

    async def write(self, text: str) -> None:
        """Type a text into the field that has the focus."""
        await self.press(*("space" if char == " " else char for char in text))

    async def jump(self, word: str) -> None:
        """Jump to the first word of the open side that begins so, by its hint."""
        screen = self.screen
        text = screen.session.pair.text(screen.editor.lang) or ""
        await self.press("g")
        assert screen.jump is not None
        code = next(code for code, span in screen.jump.codes.items() if text[span.start :].startswith(word))
        await self.press(*code)

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait for something that happens by itself."""
        async with asyncio.timeout(SECONDS):
            while not condition():
                await self.settle()

    def rows(self) -> list[str]:
        """The screen on top as it is painted, row by row."""
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.rows())

    def prose(self) -> str:
        """The screen as running text: no lines, no frames."""
        return " ".join(" ".join(row.strip("│╭╮╰╯─ ") for row in self.rows()).split())

    def row_of(self, selector: str) -> str:
        """The first row of a widget of the screen on top."""
        return self.app.screen.query_one(selector).render_line(0).text

    def shows(self, arabic: str) -> bool:
        """Whether Arabic words stand in a row of the screen, to be read from the right."""
        return any(arabic in read(row) for row in self.rows())

    def saved(self, number: int = 1, annotator: str = "layla") -> Annotation | None:
        """What another connection finds in the journal for a pair."""
        return saved(self.app.corpus, number, annotator)


def read(row: str) -> str:
    """A painted row as who reads it from the right spells it."""
    return unicodedata.normalize("NFKC", row[::-1])


def saved(corpus: Corpus, number: int = 1, annotator: str = "layla") -> Annotation | None:
    """What stands in the journal for a pair."""
    pair_id = corpus.generation().pair_ids()[number - 1]
    with Journal.open(corpus.folder / JOURNAL, write=False) as journal:
        found = [one for standing in journal.standing(pair_id, annotator) for one in standing.annotations]
    assert len(found) < 2
    return found[0] if found else None


def names(annotation: Annotation | None) -> list[tuple[Lang, str, str]]:
    """The entities of an annotation: side, words, type."""
    return [] if annotation is None else [(item.lang, item.text, item.type) for item in annotation.entities]


@asynccontextmanager
async def playing(
    corpus: Corpus,
    *,
    settings: Settings = SETTLED,
    annotator: str | None = None,
    ui: UiLanguage | None = "en",
    size: tuple[int, int] = (100, 30),
    environ: Mapping[str, str] = ENVIRON,
    settings_path: Path | None = None,
) -> AsyncIterator[Play]:
    """The application on a corpus, in a terminal of a size."""
    app = LabellingApp(
        corpus,
        settings,
        annotator=annotator,
        ui=ui,
        environ=environ,
        settings_path=settings_path or corpus.folder.parent / "settings.toml",
    )
    async with playing_app(app, size) as play:
        yield play


@asynccontextmanager
async def playing_app(app: LabellingApp, size: tuple[int, int] = (100, 30)) -> AsyncIterator[Play]:
    """An application, in a terminal of a size, once it shows something."""
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        play = Play(app, pilot)
        await play.until(lambda: len(app.screen_stack) > 1)
        await play.settle()
        yield play
