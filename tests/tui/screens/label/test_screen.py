"""Keys pressed on the labelling screen, and what they leave in the journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Implication, Stance
from hashiya.tui.widgets.pair.passage import Passage
from hashiya.tui.widgets.prompt import Prompt
from tests import corpora
from tests.tui.screens.playing import ROWS, names, playing, read, saved

pytestmark = pytest.mark.asyncio


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpora.new(tmp_path / "corpus", {"d": ROWS})


@pytest.mark.parametrize("keys", ["c", "ؤ", "C"])
async def test_entity_by_key_on_either_keyboard(corpus: Corpus, keys: str) -> None:
    async with playing(corpus) as play:
        assert play.saved() is None
        await play.press("left", "left", keys)
        assert names(play.saved()) == [("ar", "إنفيديا", "company")]
        assert play.saved().status == "draft"  # type: ignore[union-attr]


async def test_two_words_in_five_keys(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("ctrl+end")
        await play.press("left", "[", "p")
        assert names(play.saved(4)) == [("ar", "سام ألتمان", "person")]


async def test_extension_on_both_keyboards(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("tab", "ل", "\\")  # ل is g; a second sign that no word has ends the jump
        await play.press("]", "د", "]", "د")  # د is ]
        assert names(play.saved()) == []
        assert play.screen.editor.cursor.span.end == len("Nvidia said that DeepSeek is")


async def test_jump_to_a_word_and_its_particle(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.jump("وديبسيك")
        await play.press("x", "m")
        assert names(play.saved()) == [("ar", "ديبسيك", "model")]
        await play.press("x")
        assert names(play.saved()) == [("ar", "وديبسيك", "model")]


async def test_hints_stand_on_the_words_until_one_is_reached(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("tab", "g")
        painted = play.text()
        assert "Nvidia" not in painted
        await play.press("escape")
        assert "Nvidia" in play.text()


async def test_change_type_and_delete(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("tab", "c", "m")
        assert names(play.saved()) == [("en", "Nvidia", "model")]
        await play.press("d")
        assert names(play.saved()) == []
        await play.press("d")
        assert "no mark under the cursor" in play.row_of("#state")


async def test_link_proposes_the_translation(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("pagedown")
        await play.jump("Deepseek")
        await play.press("c", "j")
        made = play.saved(2)
        assert made is not None
        assert names(made) == [("ar", "Deepseek", "company"), ("en", "Deepseek", "company")]
        assert len(made.links) == 1
        assert "linked to “Deepseek”" in play.row_of("#state")
        assert "⇄" in play.text()


async def test_pick_the_counterpart_and_take_the_link_away(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("tab", "c", "tab", "left", "left", "c", "=")
        assert play.top == "ChoosingScreen"
        await play.write("nvidia")
        await play.press("enter")
        made = play.saved()
        assert made is not None
        assert [(link.ar, link.en) for link in made.links] == [
            tuple(next(item.id for item in made.entities if item.lang == lang) for lang in ("ar", "en"))
        ]
        await play.press("=")
        await play.write("nothing")
        await play.press("enter")
        assert play.saved().links == ()  # type: ignore[union-attr]


async def test_concept_is_a_slug(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("tab", "c", "o")
        assert play.screen.asking
        await play.press("ctrl+u")
        await play.write("Nvidia Chips")
        await play.press("enter")
        [entity] = play.saved().entities  # type: ignore[union-attr]
        assert entity.concept == "nvidia-chips"
        assert "nvidia-chips" in play.text()
        await play.press("o", "ctrl+u", "enter")
        assert play.saved().entities[0].concept is None  # type: ignore[union-attr]


async def test_concept_needs_an_entity(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("o")
        assert play.top == "LabelScreen"
        assert "put the cursor on an entity first" in play.row_of("#state")


@pytest.mark.parametrize("keys", [("s", "u"), ("س", "ع"), ("f2", "u")])
async def test_stance_in_two_keys(corpus: Corpus, keys: tuple[str, str]) -> None:
    async with playing(corpus) as play:
        await play.press(*keys)
        assert play.saved().stances == (Stance(target="ai_boom", stance="bullish", holder="author"),)  # type: ignore[union-attr]


async def test_stance_of_a_named_source_on_another_target(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("tab", "c", "s")
        assert "Esc" in play.row_of("#keys")
        await play.press("t")
        assert "Chips" in play.row_of("#labels")
        await play.press("c", "h", "s")
        assert "Nvidia" in play.row_of("#labels")
        await play.press("1", "d")
        made = play.saved()
        assert made is not None
        assert made.stances == (
            Stance(target="chips", stance="bearish", holder="source", holder_entity=made.entities[0].id),
        )
        await play.press("s", "delete")
        assert play.saved().stances == ()  # type: ignore[union-attr]


async def test_a_chord_given_up_says_nothing(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("s", "t", "escape", "escape")
        assert play.screen.chord is None
        await play.press("f", "escape", "2", "escape")
        assert play.saved() is None


@pytest.mark.parametrize("digit", ["2", "٢"])
async def test_implication_by_digit(corpus: Corpus, digit: str) -> None:
    async with playing(corpus) as play:
        await play.press(digit, "d")
        [made] = play.saved().implications  # type: ignore[union-attr]
        assert made == Implication(
            target="ai_boom", channel="demand", direction="negative", certainty="asserted"
        )


async def test_implication_hedged_for_another_target(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("1", "t", "c", "r", "h", "3", "i")
        [made] = play.saved().implications  # type: ignore[union-attr]
        assert made == Implication(
            target="chips", channel="investment", direction="mixed", certainty="hedged"
        )
        await play.press("f3", "delete")
        assert play.saved().implications == ()  # type: ignore[union-attr]


async def test_flag_with_what_was_meant_in_arabic(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("left", "f", "m")
        await play.write("شركة إنفيديا")
        assert play.shows("شركة إنفيديا")
        await play.press("enter")
        [flag] = play.saved().flags  # type: ignore[union-attr]
        assert (flag.lang, flag.text, flag.kind, flag.intended) == (
            "ar", "شركة", "mistranslation", "شركة إنفيديا",
        )  # fmt: skip
        await play.press("f", "delete")
        assert play.saved().flags == ()  # type: ignore[union-attr]


async def test_flag_given_up_and_flag_with_no_meaning(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("f", "g", "escape")
        assert play.saved() is None
        await play.press("f", "g", "enter")
        assert play.saved().flags[0].intended is None  # type: ignore[union-attr]


async def test_a_comment_is_written_at_the_foot_and_saved(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("a")
        await play.write("two words كلمتان")
        await play.press("enter")
        assert play.saved().comment == "two words كلمتان"  # type: ignore[union-attr]
        assert "two words" in play.text()
        await play.press("a", "ctrl+u", "enter")
        assert not play.saved().comment  # type: ignore[union-attr]


async def test_done_skip_unsure_go_on_to_the_next(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("enter", "z", "q")
        assert [one and one.status for one in map(play.saved, (1, 2, 3, 4))] == [
            "done", "skipped", "unsure", None,
        ]  # fmt: skip
        assert play.number == 4
        assert "3 of 4 finished" in play.row_of("#head")


async def test_undo_and_redo_across_a_restart(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("tab", "c", "s", "u", "enter", "enter")
        assert play.number == 3
    async with playing(corpus) as play:
        assert play.number == 3
        await play.press("u")
        assert (play.number, play.saved(2)) == (2, None)
        await play.press("u", "u")
        assert play.number == 1
        assert (play.saved().status, play.saved().stances) == ("draft", ())  # type: ignore[union-attr]
        await play.press("u", "u")
        assert play.saved() is None
        assert "nothing to undo" in play.row_of("#state")
    async with playing(corpus) as play:
        await play.press("r", "r", "r", "r", "r")
        assert play.saved().status == "done"  # type: ignore[union-attr]
        assert names(play.saved()) == [("en", "Nvidia", "company")]
        assert play.saved(2).status == "done"  # type: ignore[union-attr]
        assert "nothing to do again" in play.row_of("#state")


async def test_keys_go_to_the_next_pair_the_last_and_back(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        reached = []
        for key in ("pagedown", ".", ",", "ctrl+end", "pagedown", "ctrl+home", "pageup"):
            await play.press(key)
            reached.append(play.number)
        assert reached == [2, 3, 2, 4, 4, 1, 1]
        assert "this is the first pair" in play.row_of("#state")
        await play.press("enter", "ctrl+home", "space")
        assert play.number == 2


async def test_go_to_by_number_and_by_id(corpus: Corpus) -> None:
    ids = corpus.generation().pair_ids()
    async with playing(corpus) as play:
        await play.press(";", "3", "enter")
        assert play.number == 3
        await play.press("f7")
        await play.write(ids[1][:8])
        await play.press("enter")
        assert play.number == 2
        await play.press("f7", "9", "9", "enter")
        assert play.number == 2
        assert "no pair has the number or id “99”" in play.row_of("#state")


async def test_filter_by_state(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("pagedown", "q", "-")
        await play.write("unsure")
        await play.press("enter")
        assert play.number == 2
        assert "unsure" in play.row_of("#head")
        assert "1/1" in play.row_of("#head")
        await play.press("-")
        await play.write("all pairs")
        await play.press("enter", "pagedown")
        assert play.number == 3


async def test_filter_that_finds_none_changes_nothing(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("-")
        await play.write("with a flag")
        await play.press("enter")
        assert "no pair is like that" in play.row_of("#state")
        assert "1/4" in play.row_of("#head")


async def test_search_folds_and_opens_a_hit(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("/")
        await play.write("سوق")  # the text has a mark on it
        await play.until(lambda: "1 hit" in play.text())
        assert "#2" in play.text()
        await play.press("enter")
        assert play.number == 2
        assert play.screen.session.progress.queued == 4


async def test_search_goes_through_all_hits(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("ctrl+f")
        await play.write("nvidia")
        await play.until(lambda: "2 hits" in play.text())
        await play.press("down", "enter")
        assert "“nvidia”" in play.row_of("#head")
        assert "1/2" in play.row_of("#head")
        await play.press("pagedown")
        assert play.number == 3


async def test_search_given_up(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("/")
        await play.write("zzz")
        await play.until(lambda: "0 hits" in play.text())
        await play.press("enter")
        assert play.top == "SearchScreen"
        await play.press("escape")
        assert (play.top, play.number) == ("LabelScreen", 1)


async def test_copy_is_in_reading_order(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("y")
        assert play.app.clipboard == ROWS[0][0]
        await play.press("left", "left", "[", "ctrl+y")
        assert play.app.clipboard == "إنفيديا إن"
        assert "copied 10 characters" in play.row_of("#state")


async def test_letters_split_a_lam_alef(tmp_path: Path) -> None:
    small = corpora.new(tmp_path / "letters", {"d": [("لا إله", "No god")]})
    async with playing(small) as play:
        await play.press("w", "]", "c")
        assert names(play.saved()) == [("ar", "ل", "company")]
        assert "letters" in play.row_of("#name-ar")


async def test_mouse_click_and_drag_in_both_languages(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        for lang, words in (("en", "said that"), ("ar", "شركة إنفيديا")):
            passage = play.screen.passages[lang]  # type: ignore[index]
            places = passage.text_layout.places
            start = (play.screen.session.pair.text(lang) or "").index(words)  # type: ignore[arg-type]
            top = len(passage._before)
            ends = [
                (places[at].column, top + 2 * places[at].line - passage.scroll_offset.y)
                for at in (start, start + len(words) - 1)
            ]
            await play.pilot.mouse_down(passage, offset=ends[0])
            await play.pilot.hover(passage, offset=ends[1])
            await play.pilot.mouse_up(passage, offset=ends[1])
            await play.press("c")
            assert (lang, words, "company") in names(play.saved())
        passage = play.screen.passages["en"]
        await play.pilot.click(passage, offset=(0, len(passage._before) - passage.scroll_offset.y))
        await play.press("m")
        assert ("en", "Nvidia", "model") in names(play.saved())


async def test_mouse_on_the_keys_and_on_the_panel(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("tab")
        await play.click("#labels", "Company")
        assert names(play.saved()) == [("en", "Nvidia", "company")]
        await play.click("#keys", "Stance")
        assert play.screen.chord is not None
        await play.click("#labels", "Bearish")
        assert len(play.saved().stances) == 1  # type: ignore[union-attr]
        await play.press("end")
        assert play.screen.editor.entity is None
        await play.pilot.click("#panel", offset=(4, 1))
        await play.settle()
        assert play.screen.editor.entity is not None
        await play.click("#keys", "Done")
        assert play.saved().status == "done"


async def test_time_on_a_pair_is_saved(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        now = [100.0]
        play.screen.session.clock._now = lambda: now[0]
        play.screen.session.clock.restart()
        now[0] += 7
        await play.press("left")
        now[0] += 1000  # away; a minute of it counts
        await play.press("enter")
        assert saved(corpus).seconds == 67.0  # type: ignore[union-attr]
        await play.press("pageup")
        now[0] += 5
        await play.press("c")
        assert play.saved().seconds == 72.0  # type: ignore[union-attr]


async def test_ctrl_q_leaves_at_once_and_loses_nothing(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("c", "ctrl+q")
        await play.until(lambda: not play.app.is_running)
    assert len(names(saved(corpus))) == 1


async def test_saved_is_said_when_it_is_on_the_disk(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        assert "nothing to save" in play.row_of("#state")
        await play.press("c")
        assert f"saved {play.screen.session.saved_at:%H:%M:%S}" in play.row_of("#state")


async def test_a_line_that_is_written_takes_all_keys_and_no_click_moves_the_cursor(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("tab", "left")
        before = play.screen.editor.cursor.span
        await play.press("a")
        assert play.screen.asking
        assert "Comment" in play.text()
        await play.pilot.click(Passage, offset=(4, 8))
        await play.press("tab", "c", "f1", "down", "u")
        assert play.screen.query_one(Prompt).field.value == "cu"
        await play.press("escape")
        assert (play.screen.asking, play.screen.editor.cursor.span, play.saved()) == (False, before, None)
        assert "Comment" not in play.row_of("#head")
        await play.press("a", "n", "enter")
        assert play.saved().comment == "n"  # type: ignore[union-attr]


async def test_the_pair_that_is_being_named_is_made_ready(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press(";", "3")
        asked: list[str | None] = []
        passage = play.screen.passages["en"]
        passage.prepare = lambda text, before, after: asked.append(text)  # type: ignore[method-assign]
        await play.press("backspace", "3")
        await play.until(lambda: asked)
        assert asked[-1] == play.screen.session.reader.pair(2).en
        await play.press("enter")
        assert play.number == 3


async def test_why_to_check_a_pair_is_said_while_nothing_else_is(tmp_path: Path) -> None:
    rows = (("خسرت 35 مليارا.", "It lost 35 billion."), ("خسرت 35 مليارا.", "It did not lose 53 billion."))
    corpus = corpora.new(tmp_path / "doubtful", {"d": rows})
    async with playing(corpus, size=(120, 36)) as play:
        await play.press("left")
        assert "check" not in play.row_of("#state")
        await play.press("pagedown")
        said = "check: 35 only in Arabic · 53 only in English · negation only in English: not"
        assert said in play.row_of("#state")
        await play.press("d")
        assert "no mark under the cursor" in play.row_of("#state")
        assert "check" not in play.row_of("#state")
        await play.press("left")
        assert "check: 35" in play.row_of("#state")


@pytest.mark.parametrize("size", [(100, 30), (40, 16)])
async def test_why_to_check_a_pair_in_arabic(tmp_path: Path, size: tuple[int, int]) -> None:
    corpus = corpora.new(tmp_path / "doubtful", {"d": (("خسرت المال.", "It did not lose 53 billion."),)})
    async with playing(corpus, ui="ar", size=size) as play:
        await play.press("left")
        [foot] = [row for row in play.rows() if "layla" in row]
        assert read(foot).startswith("راجع: 35")  # figures of two letters, which `read` turns round
        assert read(foot).endswith("alyal")
