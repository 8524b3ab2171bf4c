"""What is opened over the labelling screen: the article, the guidelines, the keys, the commands, notices."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.store.folder import Corpus
from hashiya.tui.keys.actions import KeyLayer
from hashiya.tui.keys.keymap import Keymap
from hashiya.tui.screens.label.article import ArticleScreen
from hashiya.tui.screens.label.key_help import key_list
from hashiya.tui.session import browser as browser_module
from hashiya.tui.widgets.pair.parallel import Parallel
from tests import corpora
from tests.tui.screens.playing import ROWS, names, playing, read

pytestmark = pytest.mark.asyncio


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpora.new(tmp_path / "corpus", {"d": ROWS, "e": ROWS[:2]}, d={"title": "The shock"})


async def test_article_shows_both_sides_and_goes_to_a_pair(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("pagedown", "v")
        assert isinstance(play.app.screen, ArticleScreen)
        assert "The shock" in play.row_of("#title")
        assert "Nvidia lost $630 billion" in play.text()
        assert play.shows("خسرت إنفيديا")
        assert play.app.screen.query_one(Parallel).current == 1
        await play.press("down", "down", "down", "up", "enter")
        assert (play.top, play.number) == ("LabelScreen", 3)


async def test_article_of_a_later_document(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("ctrl+end", "ر")  # v
        assert play.app.screen.query_one(Parallel).current == 1
        await play.press("home", "enter")
        assert play.number == 5
        await play.press("v", "end", "escape")
        assert play.number == 5


async def test_article_by_mouse(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("v")
        await play.pilot.click(Parallel, offset=(5, 4))
        await play.settle()
        assert (play.top, play.number) == ("LabelScreen", 3)


async def test_guidelines_open_at_the_label_and_change_language(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("tab", "e", "h")
        assert play.top == "TextScreen"
        assert "Guidelines" in play.row_of("#title")
        assert "Event" in "\n".join(play.rows()[3:8])
        await play.press("tab")
        assert play.shows("دليل الترميز")
        assert any("حدث" in read(row) for row in play.rows()[3:8])
        await play.press("tab", "escape")
        assert play.top == "LabelScreen"


async def test_help_lists_every_action(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("؟")
        assert play.top == "TextScreen"
        assert "Company" in play.text()
        listed = [block.text for block in key_list(play.screen.keymap, (KeyLayer.ANSWER,)).blocks]
        for action in play.screen.keymap.actions():
            assert any(text.startswith(action.title) for text in listed), action.id
        await play.press("end")
        await play.until(lambda: "On an Arabic keyboard" in play.text())
        await play.press("q")
        assert play.top == "LabelScreen"


async def test_palette_finds_and_runs_an_action(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("ctrl+p")
        await play.write("last")
        await play.press("enter")
        assert play.number == 6
        await play.press("ctrl+p", "escape")
        assert play.top == "LabelScreen"


async def test_palette_shows_what_needs_a_dialog(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("ctrl+p")
        await play.write("comment")
        await play.press("enter")
        assert play.screen.asking
        await play.write("x")
        await play.press("enter")
        assert play.saved().comment == "x"  # type: ignore[union-attr]


async def test_every_action_has_something_to_do(corpus: Corpus) -> None:
    from hashiya.tui.screens.label.commands import COMMANDS

    offered = {action.id for action in Keymap(corpus.scheme).actions(KeyLayer.NORMAL)}
    assert offered - {"palette"} <= COMMANDS.keys()


@contextmanager
def writing(corpus: Corpus) -> Iterator[None]:
    """Another program that writes to the journal."""
    with closing(sqlite3.connect(corpus.folder / JOURNAL, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_a_busy_journal_is_a_notice_and_can_be_tried_again(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_module, "PATIENCE", 0.01)
    async with playing(corpus) as play:
        with writing(corpus):
            await play.press("tab", "c")
            assert play.top == "NoticeScreen"
            assert "Not saved" in play.row_of("#title")
            assert "Another program is writing" in play.text()
            await play.press("enter")
            assert play.top == "NoticeScreen"
        assert play.saved() is None
        await play.press("enter")
        assert play.top == "LabelScreen"
        assert names(play.saved()) == [("en", "Nvidia", "company")]


async def test_a_busy_journal_can_be_left(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_module, "PATIENCE", 0.01)
    async with playing(corpus) as play:
        with writing(corpus):
            await play.press("enter")
            assert play.top == "NoticeScreen"
            await play.press("escape")
            assert (play.top, play.number) == ("LabelScreen", 1)
            await play.press("f", "m", "x", "enter")  # what a dialog saves, too
            assert play.top == "NoticeScreen"
        await play.press("enter")
        assert play.saved().flags[0].intended == "x"  # type: ignore[union-attr]


async def test_all_done_is_a_screen_of_its_own(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press(*["enter"] * 6)
        assert play.top == "NoticeScreen"
        assert "All 6 pairs have a label of yours" in play.text()
        await play.press("-")
        assert play.top == "ChoosingScreen"
        await play.press("escape")
        assert "6 of 6 finished" in play.row_of("#head")
    async with playing(corpus) as play:
        await play.until(lambda: play.top == "NoticeScreen")
        assert "All 6 pairs" in play.text()
        await play.press("enter", "c")
        assert len(names(play.saved())) == 1
        await play.press("space")
        assert play.number == 1


async def test_a_choice_of_pairs_can_be_done_while_others_wait(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("-")
        await play.write("shock")
        await play.press("enter")
        await play.press(*["enter"] * 4)
        assert "2 of all still do" in play.text()
        await play.click("#choices", "Quit")
        await play.until(lambda: not play.app.is_running)
