"""The pictures of the screens in README and docs: `python -m bench.picture docs` (make picture).

The seed article with its gold labels, opened at the pair that has most of them. The SVG is what the terminal
shows; Chromium, where it is installed, turns it into a PNG.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.team_picture import draw_team
from hashiya.corpus.building.build import build
from hashiya.corpus.exchange.labels_jsonl import import_labels
from hashiya.corpus.store.folder import Corpus
from hashiya.tui.screens.app import LabellingApp
from hashiya.tui.screens.label.screen import LabelScreen
from hashiya.tui.screens.picture import picture
from hashiya.tui.settings.settings import Settings
from hashiya.tui.terminal.bidi_modes import terminal_signature

NAME = "annotating"
_SEEDS = Path(__file__).parents[1] / "seeds"
_SIZE = (120, 34)
_ENVIRON = {"TERM": "xterm", "XTERM_VERSION": "XTerm"}


def main() -> int:
    """Write the picture into a folder; 1 where there is no Chromium for the PNG."""
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as made:
        corpus = build([_SEEDS], Path(made) / "corpus", name="ai-market").corpus
        import_labels(corpus, next(_SEEDS.glob("*.labels.jsonl")))
        svg = asyncio.run(_drawn(corpus))
        with corpus.journal() as journal:
            gold = [item for entry in journal.standing() for item in entry.annotations]
        fresh = build([_SEEDS], Path(made) / "fresh", name="ai-market").corpus
        (folder / "team.svg").write_text(draw_team(fresh, gold), encoding="utf-8")
    target = folder / f"{NAME}.svg"
    target.write_text(svg, encoding="utf-8")
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        print("no Chromium here: the PNG is as it was", file=sys.stderr)
        return 1
    _photograph(browser, target, svg)
    return 0


async def _drawn(corpus: Corpus) -> str:
    settings = Settings(annotator="gold", terminals={terminal_signature(_ENVIRON): "auto"})
    app = LabellingApp(corpus, settings, ui="en", environ=_ENVIRON)
    async with app.run_test(size=_SIZE) as pilot:
        await pilot.pause()
        if len(app.screen_stack) > 2:  # every pair of the gold is done, and the screen says so
            await pilot.press("enter")
        screen = next(found for found in app.screen_stack if isinstance(found, LabelScreen))
        session = screen.session
        standing = {item.pair_id: item.annotations[0] for item in session.journal.standing()}
        fullest = max(standing.values(), key=lambda item: (len(item.entities), len(item.stances)))
        session.go(session.reader.index.row(fullest.pair_id))
        first = next(item for item in fullest.entities if item.lang == "ar")
        screen.editor.arrive()
        screen.editor.select("ar", first.start, first.end - 1)
        screen.say("")
        screen.show()
        await pilot.pause()
        return picture(app, title="hashiya label")


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
