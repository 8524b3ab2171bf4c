"""The screen of a team, played by keys and mouse, in English and in Arabic, wide and narrow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest

from hashiya.corpus.journal.streams.assignments import record_assignment
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.presence import Presence
from hashiya.corpus.team.team_watch import TeamWatch
from hashiya.schema.payloads import Assignment, Workload
from hashiya.schema.records import Stance
from hashiya.tui.screens.team.app import TeamApp
from hashiya.tui.screens.team.person import PersonScreen
from hashiya.tui.screens.team.screen import TeamScreen
from hashiya.tui.settings.settings import UiLanguage
from hashiya.tui.widgets.table import Table
from tests import corpora
from tests.tui.screens.playing import ENVIRON, SECONDS, SETTLED, read

pytestmark = pytest.mark.asyncio

ROWS = [("قالت إنفيديا", "Nvidia said"), ("خسرت إنفيديا", "Nvidia lost")]
TEAM = """
[[person]]
name = "layla"
[[person]]
name = "سارة"
formerly = ["sara"]
roles = ["annotator", "adjudicator"]
[[person]]
name = "omar"
left = true
"""


class Watching:
    """The application that runs, and the hand of who watches."""

    def __init__(self, app: TeamApp, pilot: object) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> TeamScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, TeamScreen))

    def rows(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    def row(self, words: str) -> str:
        """The only row with these words, as painted."""
        (found,) = (row for row in self.rows() if words in row)
        return found

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)  # type: ignore[attr-defined]
        await self.pilot.pause()  # type: ignore[attr-defined]

    async def look(self) -> None:
        """Look again, and wait for the answer."""
        await self.seen()
        self.screen.look()
        await self.seen()

    async def seen(self) -> None:
        """Wait until a look that was begun has its answer."""
        async with asyncio.timeout(SECONDS):
            while self.screen._is_looking:
                await self.pilot.pause()  # type: ignore[attr-defined]
        await self.pilot.pause()  # type: ignore[attr-defined]


@asynccontextmanager
async def watching(
    corpus: Corpus, ui: UiLanguage = "en", size: tuple[int, int] = (120, 30)
) -> AsyncIterator[Watching]:
    app = TeamApp(
        TeamWatch(corpus, today=lambda: date(2026, 3, 3)),
        SETTLED,
        ui=ui,
        environ=ENVIRON,
        settings_path=corpus.folder.parent / "settings.toml",
    )
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        watch = Watching(app, pilot)
        async with asyncio.timeout(SECONDS):
            while not any(isinstance(screen, TeamScreen) for screen in app.screen_stack):
                await pilot.pause()
        await watch.seen()
        yield watch


def new(folder: Path) -> Corpus:
    return corpora.new(
        folder / "corpus",
        {"a": ROWS, "b": ROWS},
        a={"title": "صدمة الأسواق"},
        b={"title": "The shock"},
    )


def labelled(folder: Path) -> Corpus:
    corpus = new(folder)
    (corpus.folder / "team.toml").write_text(TEAM, encoding="utf-8")
    generation = corpus.generation()
    workloads = (
        Workload(annotator="layla", documents=("a", "b")),
        Workload(annotator="سارة", documents=("a",)),
    )
    with corpus.journal() as journal:
        record_assignment(journal, "work", "boss", Assignment(workloads=workloads))
        for number, (name, doc_id, place, stance) in enumerate(
            [("layla", "a", 0, "bullish"), ("layla", "a", 1, "bullish"), ("layla", "b", 0, "bearish"),
             ("sara", "a", 0, "bullish"), ("سارة", "a", 1, "bearish"), ("omar", "b", 1, "bullish")]
        ):  # fmt: skip
            made = corpora.label(
                generation,
                place,
                doc_id=doc_id,
                annotator=name,
                stances=(Stance(target="chips", stance=stance, holder="source"),),
                seconds=30.0,
                created_at=f"2026-03-0{1 + number % 3}T12:00:00+00:00",
            )
            journal.record([made])
    return corpus


async def test_everybody_has_a_row(tmp_path: Path) -> None:
    corpus = labelled(tmp_path)
    presence = Presence.enter(corpus.folder, "sara")
    async with watching(corpus) as watch:
        assert "4 of 4 pairs labelled" in watch.rows()[0]
        assert "1 pair waits for an adjudicator" in watch.rows()[0]
        assert "1 person is there" in watch.rows()[0]
        layla = watch.row("layla").split()
        assert layla[:3] == ["layla", "3/4", "1"]
        assert "50%" in layla
        assert "2/2" in watch.row("●")
        assert "omar (left)" in watch.row("omar")
        assert "Nothing is assigned" not in "\n".join(watch.rows())
    presence.leave()


async def test_what_is_labelled_meanwhile_is_seen_at_the_next_look(tmp_path: Path) -> None:
    corpus = labelled(tmp_path)
    async with watching(corpus) as watch:
        await watch.press("down")
        chosen = watch.screen.query_one(Table).chosen
        with corpus.journal() as journal:
            journal.record([corpora.label(corpus.generation(), 1, doc_id="b", annotator="layla")])
        await watch.press("r")
        await watch.look()
        assert "4/4" in watch.row("layla")
        after = watch.screen.query_one(Table).chosen
        assert chosen is not None
        assert after is not None
        assert after.key == chosen.key, "the choice stays where it was"


async def test_a_person_closely(tmp_path: Path) -> None:
    async with watching(labelled(tmp_path)) as watch:
        await watch.press("enter")
        assert isinstance(watch.app.screen, PersonScreen)
        text = "\n".join(watch.rows())
        for words in (
            "3 of 4 assigned pairs are done, 1 wait; 0 done outside of the plan.",
            "0:02 hours, long pauses left out; 30.0 seconds and 1.0 labels a pair.",
            "With others: 50% of 2 cells, on 2 pairs",
            "With gold: undefined: no pair with known labels is done",
            "done, and disputed with others: 1",
            "By day, ",
            "The shock",
        ):
            assert words in text
        await watch.press("down", "tab", "down", "escape")
        assert isinstance(watch.app.screen, TeamScreen)


async def test_arabic_runs_to_the_left_with_its_plots(tmp_path: Path) -> None:
    corpus = labelled(tmp_path)
    async with watching(corpus) as watch:
        english = watch.row("layla").split()[-1]
    async with watching(corpus, "ar") as watch:
        row = watch.row("layla")
        assert row.endswith("layla")
        assert row.split()[0] == english[::-1], "the first day is at the right"
        assert any("سارة" in read(painted) for painted in watch.rows())
        await watch.press("down", "enter")
        assert any("مع الآخرين" in read(painted) for painted in watch.rows()), watch.rows()
        assert not any("undefined" in painted for painted in watch.rows())


@pytest.mark.parametrize("ui", ["en", "ar"])
async def test_forty_columns_have_room_for_what_counts(tmp_path: Path, ui: UiLanguage) -> None:
    async with watching(labelled(tmp_path), ui, (40, 16)) as watch:
        row = watch.row("layla")
        assert "3/4" in row
        assert "50%" in row
        await watch.press("enter")
        assert any("3/4" not in painted and "2/2" in painted for painted in watch.rows())


async def test_fifty_people_are_scrolled_under_their_titles(tmp_path: Path) -> None:
    corpus = new(tmp_path)
    people = "".join(f'[[person]]\nname = "شخص {number:02}"\n' for number in range(50))
    (corpus.folder / "team.toml").write_text(people, encoding="utf-8")
    async with watching(corpus, size=(80, 24)) as watch:
        titles = watch.rows()[1]
        assert "Done" in titles
        await watch.press("end")
        assert watch.rows()[1] == titles
        assert any("49" in row for row in watch.rows())
        assert not any("00" in row and "as of" not in row for row in watch.rows())
        await watch.press("pageup", "home")
        assert any("00" in row for row in watch.rows()[:4])


async def test_nothing_is_there_yet(tmp_path: Path) -> None:
    corpus = new(tmp_path)
    async with watching(corpus) as watch:
        assert "Nobody has labelled anything yet, and no team.toml" in "\n".join(watch.rows())
        await watch.press("enter", "down", "end")
        (corpus.folder / "team.toml").write_text(TEAM, encoding="utf-8")
        await watch.look()
        text = "\n".join(watch.rows())
        assert "Nobody has labelled anything yet." in text
        assert "hashiya assign shares the documents out" in text
        assert "–" in watch.row("layla")


async def test_what_cannot_be_read_is_said_and_what_was_seen_stays(tmp_path: Path) -> None:
    corpus = labelled(tmp_path)
    async with watching(corpus) as watch:
        (corpus.folder / "team.toml").write_text("person = 3", encoding="utf-8")
        await watch.look()
        assert "team.toml" in watch.rows()[-1]
        assert "3/4" in watch.row("layla")
        (corpus.folder / "team.toml").write_text(TEAM, encoding="utf-8")
        await watch.look()
        assert "as of" in watch.rows()[-1]


async def test_a_click_chooses_and_opens(tmp_path: Path) -> None:
    async with watching(labelled(tmp_path)) as watch:
        table = watch.screen.query_one(Table)
        for opened in (False, True):
            await watch.pilot.click(table, offset=(5, 2))  # type: ignore[attr-defined]
            await watch.press()
            assert table.chosen is not None
            assert table.chosen.key == "سارة"
            assert isinstance(watch.app.screen, PersonScreen) == opened


async def test_the_arabic_keyboard_and_the_end(tmp_path: Path) -> None:
    async with watching(labelled(tmp_path)) as watch:
        await watch.press("ت")  # the key of j
        chosen = watch.screen.query_one(Table).chosen
        assert chosen is not None
        assert chosen.key == "سارة"
        await watch.press("ض")  # the key of q
        assert not watch.app.is_running or watch.app._exit
