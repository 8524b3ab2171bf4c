"""The review of a pair that a build changed: what was there before, and one key to take it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hashiya.corpus.carrying.carry_over import carry_over
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Annotation, Implication, Link, Stance
from tests import corpora
from tests.corpora import Rows, label
from tests.tui.screens.playing import playing, saved

pytestmark = pytest.mark.asyncio

AR = "قالت إنفيديا ولاما في وول ستريت"
FIRST: Rows = [(AR, "Nvidia and Llama said it on Wall Street"), ("ارتفعت إنفيديا", "Nvidia rose")]
STANCE = Stance(target="chips", stance="bullish", holder="source", holder_entity="en0")
IMPLIES = Implication(target="chips", channel="cost", direction="positive", certainty="hedged")


@pytest.fixture
def rebuilt(tmp_path: Path) -> Callable[[str], Corpus]:
    """A corpus that was labelled, and built again with another English sentence."""

    def build(english: str) -> Corpus:
        corpus = corpora.new(tmp_path / "corpus", {"d": FIRST})
        made = label(
            corpus.generation(), 0, ("en", "Nvidia"), ("en", "Llama"), ("ar", "إنفيديا"),
            stances=(STANCE,), implications=(IMPLIES,), links=(Link(ar="ar2", en="en0"),),
        )  # fmt: skip
        with corpus.journal() as journal:
            journal.record([made], ["\n".join(str(row[side]) for row in FIRST) for side in (0, 1)])
        generation = corpora.publish(corpus, {"d": [(AR, english), FIRST[1]]})
        with corpus.journal() as journal:
            assert carry_over(journal, generation).review == 1
        return Corpus.open(corpus.folder)

    return build


def said(corpus: Corpus) -> Annotation:
    found = saved(corpus)
    assert found is not None
    return found


async def test_what_was_there_is_shown_and_taken_back_one_by_one(rebuilt: Callable[[str], Corpus]) -> None:
    corpus = rebuilt("Today Nvidia and Llama said it on Wall Street")
    assert said(corpus).stances == ()
    async with playing(corpus, size=(110, 36)) as play:
        assert "to review" in play.rows()[0]
        shown = play.text()
        assert "English was" in shown
        assert "Nvidia and Llama said it on Wall Street" in shown
        assert "0 before" in shown
        assert "Bullish" in shown
        await play.press("0")
        assert said(corpus).stances == (STANCE,)
        assert said(corpus).status == "review"
        assert said(corpus).implications == ()
        await play.press("0")
        assert said(corpus).implications == (IMPLIES,)
        assert "0 before" not in play.text()
        assert "English was" in play.text(), "the old text stays while the review goes on"
        await play.press("u")
        assert said(corpus).implications == ()
        await play.press("enter")
        assert said(corpus).status == "done"


async def test_everything_is_taken_back_with_one_key_at_its_heading(rebuilt: Callable[[str], Corpus]) -> None:
    corpus = rebuilt("It was said on Wall Street, by Llama: hear, and by Nvidia: hear, hear")
    async with playing(corpus, size=(110, 36)) as play:
        before = said(corpus)
        stop = play.screen.answers.stop
        while stop is not None and stop.layer != "":
            await play.press("shift+up")
            stop = play.screen.answers.stop
        await play.press("0")
        now = said(corpus)
        assert len(now.entities) == 3 > len(before.entities)
        assert [(item.stance, item.holder) for item in now.stances] == [("bullish", "source")]
        named = next(item for item in now.entities if item.id == now.stances[0].holder_entity)
        assert named.text == "Nvidia"
        assert len(now.links) == 1
        assert now.implications == (IMPLIES,)


async def test_what_cannot_be_taken_back_says_why(rebuilt: Callable[[str], Corpus]) -> None:
    corpus = rebuilt("Nothing of it was said there by anybody, in English")
    async with playing(corpus, size=(110, 36)) as play:
        assert "Company “Nvidia” its words are not here any more" in play.text()
        await play.press("ctrl+d")
        assert play.top == "TextScreen"
        assert "English was" in play.text()
        assert "English is now" in play.text()
        assert "its words are not here any more" in play.prose()
        assert "dropped when the text changed; can be taken back" in play.prose()


async def test_other_pairs_have_nothing_before(rebuilt: Callable[[str], Corpus]) -> None:
    corpus = rebuilt("Today Nvidia and Llama said it on Wall Street")
    async with playing(corpus, size=(110, 36)) as play:
        await play.press("pagedown")
        assert "English was" not in play.text()
        await play.press("0")
        assert "nothing here before" in play.row_of("#state")
        await play.press("ctrl+d")
        assert "no build has changed this pair" in play.row_of("#state")
        await play.press("1", "d")
        assert len(saved(corpus, 2).implications) == 1  # type: ignore[union-attr]
