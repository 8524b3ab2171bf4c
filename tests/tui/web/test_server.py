"""`hashiya label --web` as its users meet it: a real server, real headless Chromium, a journal on the disk.

Chromium is driven through its DevTools protocol. The terminal in the page is xterm.js, whose buffer tells
what every cell holds; what is painted is read from its canvas.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Annotation
from tests.browser import PATIENCE, Page, blank_page, needs_chromium, running, until
from tests.corpora import new

ROWS = [
    ("شمس (Nvidia) تبيع 12 شريحةً لا أقلّ.", "Shams (Nvidia) sells 12 chips, no fewer."),
    ("ماذا بعد؟", "What next?"),
]
# Lam-alef takes two cells, so that a mark can end between its letters.
PAINTED = ".ﻞّﻗﺃ ﺎﻟ ﺔًﺤﻳﺮﺷ 12 ﻊﻴﺒﺗ (Nvidia) ﺲﻤﺷ"
ARABIC_C = "ؤ"
"""What the key of "c" types on an Arabic keyboard."""

KEEP_TERMINAL = """
Object.defineProperty(Object.prototype, "fitAddon", {configurable: true, set(addon) {
    Object.defineProperty(this, "fitAddon", {value: addon, writable: true, configurable: true});
    window.terminal = this.terminal;
}})
"""
LINES = """
window.terminal === undefined ? [] : Array.from({length: terminal.rows},
    (_, row) => terminal.buffer.active.getLine(row).translateToString(true))
"""
WIDTHS = """(() => {
    const context = document.createElement("canvas").getContext("2d");
    context.font = '15px "Roboto Mono"';
    const forms = Array.from({length: 0xfefd - 0xfe80}, (_, index) => String.fromCodePoint(0xfe80 + index));
    return [...new Set(["W", ...forms].map((form) => context.measureText(form).width))];
})()"""
CELL = """(() => {
    const box = document.querySelector(".xterm-screen").getBoundingClientRect();
    return [box.width / terminal.cols, box.height / terminal.rows];
})()"""
CLOSED = "document.body.classList.contains('-closed')"
INK = """(() => {
    const canvas = document.querySelector(".xterm-text-layer");
    const wide = canvas.width / terminal.cols, high = canvas.height / terminal.rows;
    const left = Math.round((%(column)d + 0.5) * wide);
    const right = Math.round((%(column)d + %(cells)d - 0.5) * wide);
    const bits = canvas.getContext("2d").getImageData(left, Math.round(%(row)d * high), right - left, high);
    return Array.from({length: bits.width}, (_, x) => Array.from({length: bits.height},
        (_, y) => bits.data[4 * (y * bits.width + x) + 3]).some((alpha) => alpha > 0));
})()"""


class Screen(Page):
    """A page that shows a terminal."""

    async def lines(self) -> list[str]:
        return await self.value(LINES)

    async def shows(self, text: str) -> list[str]:
        """The screen's lines once one of them has `text`."""

        async def question() -> list[str]:
            lines = await self.lines()
            return lines if any(text in line for line in lines) else []

        return await until(question, f"{text!r} on the screen")

    async def press(self, *keys: str) -> None:
        for key in keys:
            text = "\r" if key == "Enter" else key
            code = {"Enter": 13, ARABIC_C: 67}.get(key) or ord(key.upper())
            for kind in ("keyDown", "keyUp"):
                typed = {"text": text} if kind == "keyDown" else {}
                await self.call(
                    "Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **typed
                )

    async def click(self, row: int, column: int) -> None:
        """Click a word and wait until the cursor is there."""
        wide, high = await self.value(CELL)
        there = f"terminal.buffer.active.getLine({row}).getCell({column}).isInverse()"
        assert not await self.value(there)
        place = {"x": (column + 0.5) * wide, "y": (row + 0.5) * high, "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, **place)
        await until(lambda: self.value(there), "the cursor where it was clicked")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("chromium")) as address:
        yield address


@asynccontextmanager
async def opened(browser: str, address: str) -> AsyncIterator[Screen]:
    async with blank_page(browser) as page:
        screen = Screen(page.socket)
        await screen.call("Page.addScriptToEvaluateOnNewDocument", source=KEEP_TERMINAL)
        await screen.call("Page.navigate", url=address)
        yield screen


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    address: str
    corpus: Corpus

    @property
    def url(self) -> str:
        """The address without its token."""
        return self.address.partition("/?")[0]

    def windows(self) -> list[int]:
        """The processes of its windows."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(folder: Path, settings: str, options: Sequence[str] = ()) -> Iterator[Served]:
    # A name that a shell would take apart.
    corpus = new(folder / "سوق $(touch owned) 'AI' ; x", {"d": ROWS})
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    process = subprocess.Popen(
        [Path(sys.executable).with_name("hashiya"), "label", corpus.folder, "--web", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "HASHIYA_SETTINGS": str(folder / "settings.toml"), "TERM": "xterm-256color"},
    )
    with process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("http://127.0.0.1:"), said + process.stdout.read()
            assert "Ctrl+C" in said
            yield Served(process, said.split()[0], corpus)
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENCE) == 0
            for line in process.stdout.read().splitlines():  # each token that was used is followed by another
                assert line.startswith("http://127.0.0.1:"), line
        finally:
            process.kill()
    assert not (folder / "owned").exists()


def gone(pids: Sequence[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@needs_chromium
@pytest.mark.asyncio
async def test_a_pair_is_labelled_in_a_browser(browser: str, tmp_path: Path) -> None:
    settings = 'annotator = "layla"\nui = "en"\n'
    with serving(tmp_path, settings) as served:
        async with opened(browser, served.address) as page:
            lines = await page.shows("Shams")
            row, line = next((row, line) for row, line in enumerate(lines) if "Nvidia" in line)

            # Arabic stands as it is to be read, in the right pane, to its right edge; nothing guards it here.
            assert line.rstrip().endswith(PAINTED)
            assert "\u200e" not in "".join(lines)
            assert line.index("Shams") < line.index(PAINTED[0])

            # The font has it, one form a cell, and letters that join leave no gap.
            assert await page.value("document.fonts.check('15px \"Roboto Mono\"', 'ﺷﻤﺲ')")
            assert len(await page.value(WIDTHS)) == 1
            columns = await page.value(
                f"terminal.buffer.active.getLine({row}).translateToString(true).length"
            )
            marks = sum(character in "\u0651\u064b" for character in line)
            place = {"row": row, "column": columns - marks - 3, "cells": 3}
            assert all(await page.value(INK % place))

            await page.press("c")
            await page.click(row, line.index("Nvidia") + 2)
            await page.press(ARABIC_C, "Enter")
            await page.shows("2/2")
            made = await until(lambda: standing(served.corpus, "done"), "a label in the journal")
            assert [(entity.lang, entity.text, entity.type) for entity in made.entities] == [
                ("ar", "شمس", "company"),
                ("en", "Nvidia", "company"),
            ]
            assert made.annotator == "layla"
            assert [url for url in page.requests if not url.startswith((served.url, "data:"))] == []


def standing(corpus: Corpus, status: str) -> Annotation | None:
    with corpus.journal() as journal:
        stand = [annotation for entry in journal.standing() for annotation in entry.annotations]
    return next((annotation for annotation in stand if annotation.status == status), None)


@needs_chromium
@pytest.mark.asyncio
async def test_who_labels_is_asked_and_the_sentence_can_be_copied(browser: str, tmp_path: Path) -> None:
    with serving(tmp_path, 'ui = "en"\n') as served:
        async with opened(browser, served.address) as page:
            await page.shows("Who is labelling?")
            await page.press(*"sara", "Enter")
            await page.shows("Shams")
            assert (
                tomllib.loads((tmp_path / "settings.toml").read_text(encoding="utf-8"))["annotator"] == "sara"
            )

            permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
            await page.call("Browser.grantPermissions", permissions=permissions, origin=served.address)
            await page.press("y")

            async def copied() -> bool:
                return ROWS[0][0] in await page.value("navigator.clipboard.readText()")

            await until(copied, "the sentence on the clipboard")


@needs_chromium
@pytest.mark.asyncio
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
async def test_windows_end_with_the_server(browser: str, tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path, 'annotator = "layla"\nui = "en"\n') as served:
        async with opened(browser, served.address) as first:
            await first.shows("Nvidia")
            async with opened(browser, served.address) as second:
                await second.shows("another window")
                windows = served.windows()
                assert len(windows) == 2
                code = await asyncio.to_thread(served.end, number)
                assert code == (-number if number is signal.SIGKILL else 0)
                await until(lambda: gone(windows), "the end of the windows' processes")
                await until(lambda: first.value(CLOSED), "the notice in the first window")
                await until(lambda: second.value(CLOSED), "the notice in the second window")


@needs_chromium
@pytest.mark.asyncio
async def test_a_closed_or_left_window_ends_its_process(browser: str, tmp_path: Path) -> None:
    with serving(tmp_path, 'annotator = "layla"\nui = "en"\n') as served:
        async with opened(browser, served.address) as page:
            await page.shows("Nvidia")
            before = served.windows()
            await page.call("Page.reload")
            await until(lambda: gone(before), "the end of the process before")
            await page.shows("Nvidia")
            last = served.windows()
        await until(lambda: gone(last), "the end of the last process")


@pytest.mark.asyncio
async def test_other_sites_are_refused(tmp_path: Path) -> None:
    foreign = [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
    ]
    with serving(tmp_path, 'annotator = "layla"\n') as served:
        jar = aiohttp.CookieJar(unsafe=True)  # of an address that is a number
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            for headers in foreign:  # not even with the token, which that doesn't spend
                async with session.get(served.address, headers=headers) as answer:
                    assert answer.status == 403
            async with session.get(served.address) as answer:
                assert (answer.status, str(answer.url)) == (200, f"{served.url}/")
                assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
                assert answer.headers["Referrer-Policy"] == "no-referrer"
            for path in ("/", "/ws", "/static/js/textual.js"):
                for headers in foreign:
                    async with session.get(served.url + path, headers=headers) as answer:
                        assert answer.status == 403
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(f"{served.url}/ws", origin="http://evil.example")
        assert served.windows() == []


@pytest.mark.asyncio
async def test_a_token_lets_one_browser_in_and_nobody_else(tmp_path: Path) -> None:
    wrong = ["/", "/?token=", "/?token=x", "/ws", "/page/page.js", "/static/js/textual.js", "/download/x"]
    with serving(tmp_path, 'annotator = "layla"\n') as served:
        assert served.process.stdout is not None
        async with aiohttp.ClientSession() as stranger:
            for path in wrong:
                async with stranger.get(served.url + path) as answer:
                    assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)
                    assert "one browser" in await answer.text()
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await stranger.ws_connect(f"{served.url}/ws")
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as owner:
            async with owner.get(served.address) as answer:
                (cookie,) = answer.history[0].cookies.values()
                assert (answer.status, cookie["httponly"], cookie["samesite"]) == (200, True, "Strict")
            async with owner.get(f"{served.url}/static/js/textual.js") as answer:
                assert answer.status == 200
            async with owner.get(f"{served.address}&fontsize=20") as answer:  # once more, as a reload does
                assert (answer.status, str(answer.url)) == (200, f"{served.url}/?fontsize=20")
            async with owner.ws_connect(f"{served.url}/ws"):
                await until(served.windows, "a window")
        async with aiohttp.ClientSession() as stranger:
            async with stranger.get(served.address) as answer:
                assert answer.status == 403, "a token works once"
            guessed = {cookie.key: "x" * len(cookie.value)}
            async with stranger.get(f"{served.url}/", cookies=guessed) as answer:
                assert answer.status == 403
        another = served.process.stdout.readline().split()[0]
        async with aiohttp.ClientSession() as second, second.get(another, allow_redirects=False) as answer:
            assert answer.status == 303
        arguments = Path(f"/proc/{served.process.pid}/cmdline").read_text()
        assert served.address.partition("=")[2] not in arguments


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with serving(tmp_path, 'annotator = "layla"\n') as served:
        port = served.url.rpartition(":")[2]
        done = hashiya_label(served.corpus.folder, port)
        assert done.returncode == 1
        assert done.stderr.startswith(f"hashiya: port {port}: ")
        assert done.stderr.count("\n") == 1
        assert hashiya_label(served.corpus.folder, "70000").returncode == 2


def hashiya_label(corpus: Path, port: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("hashiya"), "label", corpus, "--web", "--port", port],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_a_missing_extra_is_said(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"d": ROWS})
    code = (
        "import sys; sys.modules['textual_serve'] = None\n"
        f"sys.argv = ['hashiya', 'label', {json.dumps(str(corpus.folder))}, '--web']\n"
        "from hashiya.tui.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "hashiya: hashiya label --web needs the extra 'web': see 'Install' in the README\n"
