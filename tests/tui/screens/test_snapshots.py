"""The screens as pictures, at fixed sizes; `--snapshot-update` draws them anew, after a look at the report.

Nothing in them changes by itself: the sessions are fresh, so no time of saving is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Flag, Implication, Stance
from hashiya.tui.screens.app import LabellingApp
from hashiya.tui.screens.picture import ordered
from hashiya.tui.settings.settings import UiLanguage
from tests import corpora
from tests.tui.screens.playing import ENVIRON, SETTLED, Play

Compare = Callable[..., bool]

ROWS = (
    ("صدمة Deepseek تهزّ الأسواق", "The Deepseek shock shakes the markets"),
    (
        "قالت منظمة العفو الدولية إنّ إنفيديا خسرت 589 مليار دولار (17%) في يوم واحد، ولإنتل مثلها.",
        "AI chip maker Nvidia lost $589 billion (17%) in a single day, and so did Intel.",
    ),
    ("ويرى سام ألتمان أن الطلب على الرقائق سيرتفع.", "Sam Altman sees demand for chips rising."),
)


class Pictured(LabellingApp):
    """The annotator's application; its screenshots read right in a browser."""

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        return ordered(super().export_screenshot(title=title, simplify=simplify))


@pytest.fixture
def app(tmp_path: Path) -> Callable[[UiLanguage], Pictured]:
    """The application on a corpus whose second pair has everything that can be said of a pair."""
    corpus = corpora.new(tmp_path / "corpus", {"d": ROWS}, d={"title": "صدمة Deepseek", "publisher": "FT"})
    _label(corpus)

    def make(ui: UiLanguage) -> Pictured:
        made = Pictured(corpus, SETTLED, ui=ui, environ=ENVIRON, settings_path=tmp_path / "settings.toml")
        made.animation_level = "none"
        return made

    return make


def _label(corpus: Corpus) -> None:
    generation = corpus.generation()
    text = ROWS[1][0]
    words = "منظمة العفو الدولية"
    at = text.index(words)
    made = corpora.label(
        generation,
        1,
        ("ar", "إنفيديا"),
        ("ar", "إنتل"),
        ("en", "Nvidia"),
        ("en", "Intel"),
        status="unsure",
        stances=(Stance(target="chips", stance="bearish", holder="source", holder_entity="en2"),),
        implications=(
            Implication(target="chips", channel="investment", direction="negative", certainty="hedged"),
        ),
        flags=(
            Flag(
                lang="ar", start=at, end=at + len(words), text=words, kind="mistranslation",
                intended="الذكاء الاصطناعي",
            ),
        ),
        comment="seen twice",
    )  # fmt: skip
    document = next(generation.documents())
    with corpus.journal() as journal:
        journal.record([made], [text for text in (document.ar, document.en) if text])


def pressing(*keys: str) -> Callable[[Pilot[Any]], Any]:
    async def press(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, LabellingApp)
        play = Play(app, pilot)
        await play.until(lambda: len(app.screen_stack) > 1)
        await play.settle()
        await play.press(*keys)

    return press


@pytest.mark.parametrize(
    ("ui", "size", "keys"),
    [
        ("en", (120, 36), (";", "2", "enter", "left", "left", "left", "left", "left")),
        ("en", (60, 40), (";", "2", "enter", "tab", "s")),
        ("ar", (120, 36), (";", "2", "enter", "g")),
        ("en", (120, 36), ("ctrl+p", "p", "a", "i", "r")),
        ("ar", (100, 30), ("v", "down")),
    ],
    ids=["label", "stacked", "arabic", "commands", "article"],
)
def test_picture(
    snap_compare: Compare,
    app: Callable[[UiLanguage], Pictured],
    ui: UiLanguage,
    size: tuple[int, int],
    keys: tuple[str, ...],
) -> None:
    assert snap_compare(app(ui), terminal_size=size, run_before=pressing(*keys))
