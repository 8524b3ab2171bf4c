"""The pictures of the screens in README and docs: `python -m bench.picture docs` (make picture).

The seed article with its gold labels, opened at the pair that has most of them, to label it; and the same
pair as two people might label it, to settle what they differ in. The SVG is what the terminal shows;
Chromium, where it is installed, turns it into a PNG.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path

from bench.team_picture import draw_team
from hashiya.corpus.building.build import build
from hashiya.corpus.exchange.labels_jsonl import import_labels
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Annotation
from hashiya.tui.screens.adjudicate.app import AdjudicatingApp
from hashiya.tui.screens.app import LabellingApp
from hashiya.tui.screens.label.screen import LabelScreen
from hashiya.tui.screens.picture import picture
from hashiya.tui.settings.settings import Settings
from hashiya.tui.terminal.bidi_modes import terminal_signature

_SEEDS = sorted((Path(__file__).parents[1] / "seeds").glob("deepseek-shock.*"))
_SIZE = (120, 34)
_ENVIRON = {"TERM": "xterm", "XTERM_VERSION": "XTerm"}


def main() -> int:
    """Write the pictures into a folder; 1 where there is no Chromium for the PNGs."""
    folder = Path(sys.argv[1])
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    for name, draw in _PICTURES.items():
        with tempfile.TemporaryDirectory() as made:
            corpus = build(_SEEDS, Path(made) / "corpus", name="ai-market").corpus
            import_labels(corpus, next(path for path in _SEEDS if path.name.endswith(".labels.jsonl")))
            svg = asyncio.run(draw(corpus))
        target = folder / f"{name}.svg"
        target.write_text(svg, encoding="utf-8")
        if browser is not None:
            _photograph(browser, target, svg)
    if browser is None:
        print("no Chromium here: the PNGs are as they were", file=sys.stderr)
        return 1
    return 0


async def _labelling(corpus: Corpus) -> str:
    settings = Settings(annotator="gold", terminals={terminal_signature(_ENVIRON): "auto"})
    app = LabellingApp(corpus, settings, ui="en", environ=_ENVIRON)
    async with app.run_test(size=_SIZE) as pilot:
        await pilot.pause()
        if len(app.screen_stack) > 2:  # every pair of the gold is done, and the screen says so
            await pilot.press("enter")
        screen = next(found for found in app.screen_stack if isinstance(found, LabelScreen))
        session = screen.session
        fullest = _fullest(corpus)
        session.go(session.reader.index.row(fullest.pair_id))
        first = next(item for item in fullest.entities if item.lang == "ar")
        screen.editor.arrive()
        screen.editor.select("ar", first.start, first.end - 1)
        screen.say("")
        screen.show()
        await pilot.pause()
        return picture(app, title="hashiya label")


async def _settling(corpus: Corpus) -> str:
    gold = _fullest(corpus)
    one = replace(gold, annotator="ليلى", origin="human")
    names = [item for item in one.entities if item.lang == "en"]
    changed = replace(names[0], type="institution")
    kept = tuple(changed if item == names[0] else item for item in one.entities if item != names[-1])
    ids = {item.id for item in kept}
    other = replace(
        one,
        annotator="omar",
        entities=kept,
        links=tuple(item for item in one.links if {item.ar, item.en} <= ids),
        stances=(),
        implications=(),
    )
    with corpus.journal() as journal:  # nobody's but theirs: gold would have settled it
        journal.record([replace(gold, status="draft"), one, other])
    settings = Settings(annotator="sara", terminals={terminal_signature(_ENVIRON): "auto"})
    app = AdjudicatingApp(corpus, settings, ui="en", environ=_ENVIRON, with_names=True)
    async with app.run_test(size=_SIZE) as pilot:
        await pilot.pause()
        screen = next(found for found in app.screen_stack if isinstance(found, LabelScreen))
        screen.say("")
        screen.show()
        await pilot.pause()
        return picture(app, title="hashiya adjudicate")


def _fullest(corpus: Corpus) -> Annotation:
    """The gold labels of the pair that has most of them."""
    with corpus.journal(write=False) as journal:
        standing = [item.annotations[0] for item in journal.standing()]
    return max(standing, key=lambda item: (len(item.entities), len(item.stances)))


async def _team(corpus: Corpus) -> str:
    with corpus.journal() as journal:
        gold = [item for entry in journal.standing() for item in entry.annotations]
    fresh = build(_SEEDS, corpus.folder.parent / "fresh", name="ai-market").corpus
    return await draw_team(fresh, gold)


_PICTURES: dict[str, Callable[[Corpus], Coroutine[object, object, str]]] = {
    "annotating": _labelling,
    "adjudicating": _settling,
    "team": _team,
}


def _photograph(browser: str, svg_file: Path, svg: str) -> None:
    width, height = (float(size) for size in svg.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split())
    subprocess.run(
        [
            browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--force-device-scale-factor=1", f"--window-size={round(width)},{round(height)}",
            f"--screenshot={svg_file.with_suffix('.png').resolve()}", svg_file.resolve().as_uri(),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
