"""Keys pressed on the adjudicator's screen, what it shows, and what they leave in the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.adjudication import Adjudication
from hashiya.schema.records import Stance
from hashiya.tui.screens.adjudicate.app import AdjudicatingApp
from hashiya.tui.settings.settings import Settings, UiLanguage
from tests import corpora
from tests.corpora import label
from tests.tui.screens.playing import ENVIRON, ROWS, SETTLED, Play, playing_app, read

pytestmark = pytest.mark.asyncio


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpora.new(tmp_path / "corpus", {"d": ROWS})


def disputed(corpus: Corpus, *people: str) -> None:
    """Two pairs: in the first one name more and a stance differ, in the second a name."""
    generation = corpus.generation()
    one, other = people or ("ليلى", "omar")
    bullish, bearish = (
        (Stance(target="chips", stance=value, holder="author"),) for value in ("bullish", "bearish")
    )
    with corpus.journal() as journal:
        journal.record(
            [
                label(generation, 0, ("en", "Nvidia"), ("en", "DeepSeek"), annotator=one, stances=bullish),
                label(generation, 0, ("en", "Nvidia"), annotator=other, stances=bearish),
                label(generation, 1, ("ar", "الرقائق"), annotator=one),
                label(generation, 1, annotator=other),
                label(generation, 2, ("en", "Nvidia"), annotator=one),
            ]
        )


def decided(corpus: Corpus, number: int = 1) -> Adjudication | None:
    """What stands of what was decided of a pair."""
    pair_id = corpus.generation().pair_ids()[number - 1]
    with corpus.journal(write=False) as journal:
        found = journal.adjudications_of([pair_id]).get(pair_id, [])
    assert len(found) < 2
    return found[0] if found else None


@asynccontextmanager
async def settling(
    corpus: Corpus,
    *,
    size: tuple[int, int] = (110, 36),
    ui: UiLanguage = "en",
    settings: Settings = SETTLED,
    adjudicator: str | None = "judge",
    environ: Mapping[str, str] = ENVIRON,
    **options: Any,
) -> AsyncIterator[Play]:
    app = AdjudicatingApp(
        corpus,
        settings,
        adjudicator=adjudicator,
        ui=ui,
        environ=environ,
        settings_path=corpus.folder.parent / "settings.toml",
        **options,
    )
    async with playing_app(app, size) as play:
        yield play


async def test_what_they_differ_in_is_marked_and_listed_with_a_row_for_each(corpus: Corpus) -> None:
    disputed(corpus)
    async with settling(corpus, with_names=True) as play:
        shown = play.text()
        assert "2 open" in play.rows()[0]
        assert "2 annotators" in play.rows()[0]
        assert "0 of 2 finished" in play.rows()[0]
        assert "?1~~~~~~" in shown, "DeepSeek is marked as open"
        assert "c─────" in shown, "Nvidia, on which they agree, is in place"
        assert [row.split() for row in play.rows() if row.startswith(" 1 omar")] == [
            ["1", "omar", "nothing"],
            ["1", "omar", "Bearish", "Author"],
        ]
        assert any("Bullish Author" in row and "ﻰﻠﻴﻟ 2" not in row for row in play.rows())
        assert play.screen.editor.cursor.span.start == (play.screen.session.pair.en or "").index("DeepSeek")


async def test_digits_take_answers_one_by_one_and_the_next_pair_comes(corpus: Corpus) -> None:
    disputed(corpus)
    async with settling(corpus, with_names=True) as play:
        await play.press("enter")
        assert "2 differences are still open" in play.row_of("#state")
        await play.press("2")
        assert "1 open" in play.rows()[0]
        await play.press("1")
        assert "nothing open" in play.rows()[0]
        made = decided(corpus)
        assert made is not None
        assert [item.text for item in made.annotation.entities] == ["Nvidia", "DeepSeek"]
        assert [item.stance for item in made.annotation.stances] == ["bearish"]
        assert made.annotation.status == "done"
        assert {item.cell.layer for item in made.settles} == {"entities", "stances"}
        await play.press("enter")
        assert play.number == 2
        await play.press("٢", "enter")  # the same key on an Arabic keyboard
        assert play.top == "NoticeScreen"
        assert "All that annotators differ in is settled" in play.prose()


async def test_a_digit_at_a_heading_takes_the_whole_layer_or_everything(corpus: Corpus) -> None:
    disputed(corpus)
    async with settling(corpus, with_names=True) as play:
        stop = play.screen.answers.stop
        while stop is not None and stop.layer != "":
            await play.press("shift+up")
            stop = play.screen.answers.stop
        await play.press("2")
        made = decided(corpus)
        assert made is not None
        assert [item.text for item in made.annotation.entities] == ["Nvidia", "DeepSeek"]
        assert [item.stance for item in made.annotation.stances] == ["bullish"]
        await play.press("u")
        assert "undone" in play.row_of("#state")
        assert "2 open" in play.rows()[0]
        assert decided(corpus) is None
        await play.press("r")
        assert "nothing open" in play.rows()[0]


async def test_every_key_of_the_labelling_screen_settles(corpus: Corpus) -> None:
    disputed(corpus)
    async with settling(corpus, with_names=True) as play:
        await play.press("m")  # at DeepSeek: a model
        assert "1 open" in play.rows()[0]
        await play.press("s", "t", "c", "x")  # mixed on chips
        assert "nothing open" in play.rows()[0]
        made = decided(corpus)
        assert made is not None
        assert [(item.text, item.type) for item in made.annotation.entities] == [
            ("Nvidia", "company"),
            ("DeepSeek", "model"),
        ]
        assert [item.stance for item in made.annotation.stances] == ["mixed"]
        await play.press("f3", "1", "d")
        assert len(decided(corpus).annotation.implications) == 1  # type: ignore[union-attr]


async def test_delete_settles_that_nothing_is_there(corpus: Corpus) -> None:
    disputed(corpus)
    async with settling(corpus) as play:
        await play.press("d", "d")
        made = decided(corpus)
        assert made is not None
        assert [item.text for item in made.annotation.entities] == ["Nvidia"]
        assert made.annotation.stances == ()
        assert "nothing open" in play.rows()[0]


async def test_the_reason_is_asked_for_and_kept(corpus: Corpus) -> None:
    disputed(corpus)
    async with settling(corpus, with_names=True) as play:
        await play.press("a")
        await play.write("x")
        await play.press("enter")
        assert "settle this first" in play.row_of("#state")
        await play.press("2", "shift+up", "a")
        assert "Why is it so?" in play.text()
        await play.write("a product")
        await play.press("enter")
        made = decided(corpus)
        assert made is not None
        assert [item.why for item in made.settles if item.cell.layer == "entities"] == ["a product"]
        await play.press("a")
        assert "a product" in play.text()


async def test_an_answer_that_was_not_given_cannot_be_taken(corpus: Corpus) -> None:
    disputed(corpus)
    async with settling(corpus) as play:
        await play.press("7")
        assert "no answer with the number 7" in play.row_of("#state")
        await play.press("0")
        assert "nothing here before" in play.row_of("#state")
        assert decided(corpus) is None


async def test_a_click_on_a_name_in_the_list_goes_there(corpus: Corpus) -> None:
    disputed(corpus)
    async with settling(corpus, with_names=True) as play:
        await play.press("'")
        assert play.screen.answers.needed.keys[0].layer == "stances"
        row = next(number for number, text in enumerate(play.rows()) if text.startswith(" ?1"))
        await play.pilot.click(offset=(14, row))
        await play.settle()
        assert play.screen.answers.needed.keys[0].layer == "entities"


async def test_what_came_from_label_studio_is_an_answer_like_any_other(corpus: Corpus) -> None:
    generation = corpus.generation()
    with corpus.journal() as journal:
        journal.record(
            [
                label(generation, 0, ("en", "Nvidia"), annotator="a@example.org", origin="imported"),
                label(generation, 0, annotator="omar"),
            ]
        )
    async with settling(corpus, with_names=True) as play:
        assert "1 a@example.org" in play.text()
        await play.press("1")
        made = decided(corpus)
        assert made is not None
        assert [item.text for item in made.annotation.entities] == ["Nvidia"]


async def test_names_are_shown_only_if_they_are_asked_for(corpus: Corpus) -> None:
    disputed(corpus, "zubayda", "omar")
    async with settling(corpus) as play:
        assert "zubayda" not in play.text()
        assert "omar" not in play.text()
    async with settling(corpus, with_names=True) as play:
        assert "zubayda" in play.text()


async def test_in_arabic_and_in_forty_columns(corpus: Corpus) -> None:
    disputed(corpus)
    async with settling(corpus, ui="ar", with_names=True) as play:
        assert any("ليلى" in read(row) for row in play.rows())
        assert not any(word in play.text() for word in ("open", "settled", "Author", "nothing"))
    async with settling(corpus, size=(40, 30), with_names=True) as play:
        assert "2 open" in play.rows()[0]
        assert any(row.split()[:3] == ["1", "omar", "nothing"] for row in play.rows() if row.strip())


async def test_nothing_to_settle_is_said(corpus: Corpus) -> None:
    async with settling(corpus) as play:
        assert "The annotators differ in nothing" in play.prose()
        await play.press("q")
    async with settling(corpus, everything=True) as play:
        assert "Nobody has finished a pair" in play.prose()
        await play.press("q")


async def test_with_all_pairs_are_shown_in_which_nobody_differs(corpus: Corpus) -> None:
    with corpus.journal() as journal:
        journal.record([label(corpus.generation(), 2, ("en", "Nvidia"))])
    async with settling(corpus, everything=True) as play:
        assert play.top == "NoticeScreen"
        await play.press("enter")
        assert play.number == 3
        assert "nothing open" in play.rows()[0]
        assert "c─────" in play.text()


async def test_who_is_no_adjudicator_is_told(corpus: Corpus) -> None:
    (corpus.folder / "team.toml").write_text('[[person]]\nname = "layla"\n')
    async with settling(corpus, adjudicator=None) as play:
        assert "layla may not adjudicate" in play.prose()
        await play.press("q")
        assert "may not adjudicate" in play.app.failure


async def test_filters_are_those_of_settling(corpus: Corpus) -> None:
    disputed(corpus)
    async with settling(corpus) as play:
        await play.press("-")
        assert "to settle, the least sure first" in play.text()
        assert "with a flag of yours" not in play.text()
        await play.write("not begun")
        await play.press("enter")
        assert "2 pairs" in play.row_of("#state")


async def test_of_several_earlier_decisions_the_latest_has_a_row(corpus: Corpus) -> None:
    """Which is what the key takes."""
    disputed(corpus)
    for adjudicator, keys in (("judge", "121"), ("dana", "2")):
        async with settling(corpus, adjudicator=adjudicator) as play:
            await play.press(";", "2", "enter", *keys)
    async with settling(corpus) as play:
        await play.press(";", "2", "enter")
        shown = play.text()
        assert "open again" in shown
        assert shown.count("0 before") == 1
