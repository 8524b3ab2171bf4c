"""The application from its start to its end: what it asks once and keeps, and the screens for bad days."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.presence import Presence
from hashiya.schema.scheme import shipped_scheme_text
from hashiya.tui.settings.settings import Settings, read_settings
from tests import corpora
from tests.tui.screens.playing import ROWS, SETTLED, names, playing, saved
from tests.tui.session.corpora import new as new_with_kinds

pytestmark = pytest.mark.asyncio


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpora.new(tmp_path / "corpus", {"d": ROWS})


@pytest.fixture
def settings_path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


async def test_first_start_asks_for_the_terminal_and_the_name_once(
    corpus: Corpus, settings_path: Path
) -> None:
    async with playing(corpus, settings=Settings(), settings_path=settings_path) as play:
        assert play.top == "TerminalCheckScreen"
        await play.until(lambda: "Does this read correctly?" in play.text())
        assert "Way 1 of 6" in play.text()
        await play.press("space")
        assert "Way 2 of 6" in play.text()
        await play.press("left", "enter")
        assert play.top == "WritingScreen"
        await play.until(lambda: "Who is labelling?" in play.text())
        await play.write("ليلى")
        await play.press("enter")
        await play.until(lambda: play.top == "LabelScreen")
        await play.press("c")
        assert len(names(play.saved(annotator="ليلى"))) == 1
    kept = read_settings(settings_path)
    assert (kept.annotator, kept.terminals) == ("ليلى", {"xterm": "auto"})
    async with playing(corpus, settings=kept, settings_path=settings_path) as play:
        assert play.top == "LabelScreen"


@pytest.mark.parametrize("answer", [["escape"], ["space", "enter", "escape"], ["enter", "escape"]])
async def test_who_gives_no_name_labels_nothing(
    corpus: Corpus, settings_path: Path, answer: list[str]
) -> None:
    settings = Settings(terminals=SETTLED.terminals)
    async with playing(corpus, settings=settings, settings_path=settings_path) as play:
        assert play.top == "WritingScreen"
        await play.press(*answer)
        await play.until(lambda: not play.app.is_running)
    assert not settings_path.exists()


async def test_a_name_on_the_command_line_goes_before_the_settings(corpus: Corpus) -> None:
    async with playing(corpus, annotator="sami") as play:
        await play.press("c")
        assert play.saved(annotator="layla") is None
        assert len(names(play.saved(annotator="sami"))) == 1


async def test_settings_that_cannot_be_kept_are_told_of(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(terminals=SETTLED.terminals)
    async with playing(corpus, settings=settings, settings_path=tmp_path / "file" / "no.toml") as play:
        await play.write("layla")
        await play.press("enter")
        await play.until(lambda: play.top == "LabelScreen")
        assert "cannot be written" in play.prose()


async def test_theme_is_chosen_and_kept(corpus: Corpus, settings_path: Path) -> None:
    async with playing(corpus, settings_path=settings_path) as play:
        await play.press("ctrl+p")
        await play.write("theme")
        await play.press("enter")
        await play.write("nord")
        await play.press("enter")
        assert play.app.theme == "nord"
    assert read_settings(settings_path).theme == "nord"


async def test_language_is_chosen_and_kept(corpus: Corpus, settings_path: Path) -> None:
    async with playing(corpus, settings_path=settings_path) as play:
        await play.press("ctrl+p")
        await play.write("language of the menus")
        await play.press("enter")
        await play.write("العربية")
        await play.press("enter")
        assert play.row_of("#state").startswith("layla")
    assert read_settings(settings_path).ui == "ar"


async def test_terminal_is_asked_again(corpus: Corpus, settings_path: Path) -> None:
    async with playing(corpus, settings_path=settings_path) as play:
        await play.press("ctrl+p")
        await play.write("how arabic")
        await play.press("enter")
        assert play.top == "TerminalCheckScreen"
        await play.press("left", "enter")
        assert play.top == "LabelScreen"
        assert play.app.bidi_mode == "plain"
    assert read_settings(settings_path).terminals == {"xterm": "plain"}


async def test_arabic_menus_are_laid_out_from_the_right(corpus: Corpus) -> None:
    async with playing(corpus, ui="ar") as play:
        assert play.row_of("#state").startswith("layla")
        assert play.row_of("#head").rstrip().endswith("#1")
        assert play.shows("الحواشي") or play.shows("شركة")
        assert play.rows()[-3].rstrip().endswith("c")
        await play.press("tab", "c")
        assert play.text().count("Nvidia") == 2
        panel = next(row for row in play.rows()[10:] if "Nvidia" in row)
        assert panel.rstrip().endswith("c")
        for key in ("?", "ctrl+p", "h", "v", "/", "-"):
            await play.press(key, "escape")
        assert play.top == "LabelScreen"


async def test_an_empty_corpus_says_how_to_fill_it(tmp_path: Path) -> None:
    empty = corpora.new(tmp_path / "empty", {})
    async with playing(empty) as play:
        assert play.top == "NoticeScreen"
        assert "Nothing to label" in play.text()
        assert "hashiya build SOURCE --out /" in play.prose()
        await play.press("q")
        await play.until(lambda: not play.app.is_running)


async def test_all_boilerplate(tmp_path: Path) -> None:
    small = new_with_kinds(tmp_path / "corpus", {"d": [("© كل الحقوق", "All rights")]})
    async with playing(small) as play:
        assert "Nothing to label" in play.text()
        await play.press("q")
        await play.until(lambda: not play.app.is_running)


@pytest.mark.parametrize(("size", "fits"), [((40, 16), True), ((39, 16), False), ((40, 15), False)])
async def test_a_screen_that_is_too_small_says_so(
    corpus: Corpus, size: tuple[int, int], *, fits: bool
) -> None:
    async with playing(corpus, size=size) as play:
        assert ("Nvidia said" in play.text()) == fits
        assert ("40×16" in play.text()) != fits
        await play.press("tab", "c")
        assert len(names(play.saved())) == 1


async def test_stacked_where_it_is_narrow(corpus: Corpus) -> None:
    async with playing(corpus, size=(60, 40)) as play:
        english, arabic = (play.screen.passages[lang].region for lang in ("en", "ar"))
        assert english.x == arabic.x == 0
        assert english.bottom <= arabic.y
        assert "Nvidia said that DeepSeek is a rival" in play.text()
        assert play.shows("شركة إنفيديا")
        await play.pilot.resize_terminal(100, 30)
        await play.settle()
        assert play.screen.passages["ar"].region.x > 40


OTHER = """
import sys
from pathlib import Path
from hashiya.corpus.store.presence import Presence
presence = Presence.enter(Path(sys.argv[1]), sys.argv[2])
print("here", flush=True)
sys.stdin.read()
"""


@contextmanager
def another(corpus: Corpus, annotator: str) -> Iterator[int]:
    """Somebody who has the corpus open in a process of its own."""
    command = [sys.executable, "-c", OTHER, str(corpus.folder), annotator]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        try:
            yield process.pid
        finally:
            process.communicate("")


async def test_the_same_annotator_in_another_window(corpus: Corpus) -> None:
    with another(corpus, "layla") as pid:
        async with playing(corpus) as play:
            assert play.top == "NoticeScreen"
            assert "Labelled in another window" in play.text()
            assert f"process {pid}" in play.prose()
            await play.press("enter")
            await play.until(lambda: play.top == "LabelScreen")
            await play.press("c")
            assert len(names(play.saved())) == 1
        async with playing(corpus) as play:
            await play.press("q")
            await play.until(lambda: not play.app.is_running)


async def test_other_annotators_are_shown(corpus: Corpus) -> None:
    with another(corpus, "sami"):
        async with playing(corpus) as play:
            assert play.top == "LabelScreen"
            assert "also here: sami" in play.row_of("#state")


async def test_no_trace_is_left_of_who_has_gone(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("ctrl+q")
        await play.until(lambda: not play.app.is_running)
    assert not list(corpus.folder.glob(".labelling/*.json"))


@pytest.fixture
def changed(corpus: Corpus) -> Corpus:
    """The corpus with a scheme of another major version, which knows no companies any more."""
    generation = corpus.generation()
    with corpus.journal() as journal:
        made = corpora.label(generation, 0, ("en", "Nvidia"), comment="kept")
        journal.record([made], [text for text in (_document(corpus).ar, _document(corpus).en) if text])
    text = shipped_scheme_text()
    (corpus.folder / "scheme.toml").write_text(
        text.replace('version = "1', 'version = "2', 1).replace('id = "company"', 'id = "firm"', 1),
        encoding="utf-8",
    )
    return Corpus.open(corpus.folder)


def _document(corpus: Corpus):  # type: ignore[no-untyped-def]
    return next(corpus.generation().documents())


async def test_a_scheme_that_has_changed(changed: Corpus) -> None:
    async with playing(changed) as play:
        assert play.top == "NoticeScreen"
        assert "The scheme has changed" in play.text()
        assert "1 of your pairs" in play.prose()
        await play.press("enter")
        await play.until(lambda: play.top == "LabelScreen")
        await play.press("ctrl+home")
        assert "made with another scheme" in play.row_of("#head")
        assert "? " in play.row_of("#panel")
        await play.press("tab", "m")
        assert "start the pair anew to change it" in play.prose()
        assert names(play.saved()) == [("en", "Nvidia", "company")]
        await play.press("ctrl+p")
        await play.write("anew")
        await play.press("enter")
        assert "another scheme" not in play.row_of("#head")
        await play.press("m")
        made = play.saved()
        assert made is not None
        assert (names(made), made.comment) == ([("en", "Nvidia", "model")], "kept")


async def test_corpus_rebuilt_meanwhile(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("pagedown", "right", "right", "shift+right")
        cursor = play.screen.editor.cursor
        corpora.publish(corpus, {"a": [("قبله.", "Before it.")], "d": ROWS})
        await play.press("a")
        play.screen.poll()
        assert play.number == 2, "not in the middle of a comment"
        assert "built again" not in play.row_of("#state")
        await play.press("escape")
        play.screen.poll()
        assert "this is the same pair" in play.row_of("#state")
        assert (play.number, play.screen.editor.cursor) == (3, cursor)
        await play.press("pageup", "pageup")
        assert "Before it." in play.text()
        path = corpus.folder / "scheme.toml"
        scheme = path.read_text(encoding="utf-8")
        path.write_text(scheme.replace('version = "1.', 'version = "9.'), encoding="utf-8")
        corpora.publish(corpus, {"d": ROWS})
        play.screen.poll()
        assert "built again: reopen" in play.row_of("#state")
        assert play.number == 1


async def test_a_corpus_that_cannot_be_opened_is_told_of(corpus: Corpus) -> None:
    (corpus.folder / "journal.sqlite").unlink()
    async with playing(corpus) as play:
        assert play.top == "NoticeScreen"
        assert "can't be labelled now" in play.text()
        assert "missing" in play.text()
        await play.press("q")
        await play.until(lambda: not play.app.is_running)


async def test_two_versions_side_by_side_are_found_and_settled(corpus: Corpus) -> None:
    async with playing(corpus) as play:
        await play.press("pagedown", "tab", "c", "pageup")
    here = saved(corpus, 2)
    assert here is not None
    with corpus.journal() as journal:
        journal.record_beside(replace(here, comment="from the server"), ())
    async with playing(corpus) as play:
        await play.press("-")
        await play.write("two versions")
        await play.press("enter")
        assert (play.number, len(play.screen.session.queue)) == (2, 1)
        assert "2 versions side by side" in play.row_of("#head")
        first = play.screen.session.draft.comment
        await play.press("ctrl+t")
        assert {first, play.screen.session.draft.comment} == {None, "from the server"}
        await play.press("ctrl+t", "ctrl+t")
        kept = play.screen.session.draft.comment
        await play.press("enter", "enter")
    settled = saved(corpus, 2)
    assert settled is not None
    assert (settled.comment, settled.status) == (kept, "done")


async def test_own_keys_from_the_settings(corpus: Corpus) -> None:
    settings = Settings(annotator="layla", terminals=SETTLED.terminals, keys={"pair.next": ("f12",)})
    async with playing(corpus, settings=settings) as play:
        await play.press("f12")
        assert play.number == 2
        await play.press("pagedown")
        assert play.number == 2


async def test_presence_is_readable_json(corpus: Corpus) -> None:
    presence = Presence.enter(corpus.folder, "sami")
    try:
        [entry] = corpus.folder.glob(".labelling/*.json")
        assert json.loads(entry.read_text())["annotator"] == "sami"
    finally:
        presence.leave()
