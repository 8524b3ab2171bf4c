"""`hashiya label --web` as its users meet it: a real server, real headless Chromium, a journal on the disk.

What is painted is read from the canvas of the terminal in the page.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Annotation
from tests.browser import PATIENCE, needs_chromium, running, until
from tests.corpora import new
from tests.tui.web.pages import ARABIC_C, CLOSED, client, gone, join, opened

ROWS = [
    ("شمس (Nvidia) تبيع 12 شريحةً لا أقلّ.", "Shams (Nvidia) sells 12 chips, no fewer."),
    ("ماذا بعد؟", "What next?"),
]
# Lam-alef takes two cells, so that a mark can end between its letters.
PAINTED = ".ﻞّﻗﺃ ﺎﻟ ﺔًﺤﻳﺮﺷ 12 ﻊﻴﺒﺗ (Nvidia) ﺲﻤﺷ"
WIDTHS = """(() => {
    const context = document.createElement("canvas").getContext("2d");
    context.font = '15px "Roboto Mono"';
    const forms = Array.from({length: 0xfefd - 0xfe80}, (_, index) => String.fromCodePoint(0xfe80 + index));
    return [...new Set(["W", ...forms].map((form) => context.measureText(form).width))];
})()"""
INK = """(() => {
    const canvas = document.querySelector(".xterm-text-layer");
    const wide = canvas.width / terminal.cols, high = canvas.height / terminal.rows;
    const left = Math.round((%(column)d + 0.5) * wide);
    const right = Math.round((%(column)d + %(cells)d - 0.5) * wide);
    const bits = canvas.getContext("2d").getImageData(left, Math.round(%(row)d * high), right - left, high);
    return Array.from({length: bits.width}, (_, x) => Array.from({length: bits.height},
        (_, y) => bits.data[4 * (y * bits.width + x) + 3]).some((alpha) => alpha > 0));
})()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("chromium")) as address:
        yield address


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    address: str
    corpus: Corpus

    @property
    def url(self) -> str:
        """The address without its token."""
        return self.address.partition("/join#")[0]

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
            assert process.stdout.read() == ""
        finally:
            process.kill()
    assert not (folder / "owned").exists()


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
            await page.call("Browser.grantPermissions", permissions=permissions, origin=served.url)
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
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "127.0.0.1@evil.example"},
        {"Host": "[::1"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
    ]
    with serving(tmp_path, 'annotator = "layla"\n') as served:
        page, _, token = served.address.partition("#")
        async with client() as session:
            for headers in foreign:
                for path in ("", "/", "/ws", "/join", "/page/page.js", "/static/js/textual.js"):
                    async with session.get(served.url + path, headers=headers) as answer:
                        assert answer.status == 403
                own = {"Origin": served.url}
                async with session.post(page, data=token, headers={**own, **headers}) as answer:
                    assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)
            async with session.post(page, data=token) as answer:  # browsers always say their origin here
                assert answer.status == 403
            assert await join(session, served.address) == 204
            async with session.get(f"{served.url}/") as answer:
                assert answer.status == 200
                assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
                assert answer.headers["Referrer-Policy"] == "no-referrer"
            for origin in ("http://evil.example", "null", None):
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await session.ws_connect(f"{served.url}/ws", origin=origin)
            for headers in foreign:
                async with session.get(f"{served.url}/", headers=headers) as answer:
                    assert answer.status == 403
        assert served.windows() == []


@pytest.mark.asyncio
async def test_a_link_lets_in_who_has_it_and_nobody_else(tmp_path: Path) -> None:
    wrong = ["/", "/?token=x", "/ws", "/static/js/textual.js", "/download/x", "/join/x", "/pages"]
    with serving(tmp_path, 'annotator = "layla"\n') as served:
        token = served.address.partition("#")[2]
        async with aiohttp.ClientSession() as stranger:
            for path in wrong:
                async with stranger.get(served.url + path) as answer:
                    assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)
            async with stranger.get(f"{served.url}/") as answer:
                text = await answer.text()
                assert "Open the link that was sent to you" in text
                assert "افتح الرابط" in text
            for guess in ("", "x", token[:-1], token.lower(), f"{token}x" * 100):
                assert await join(stranger, f"{served.url}/join#{guess}") in {403, 413}
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await stranger.ws_connect(f"{served.url}/ws", origin=served.url)
        for _ in range(2):  # the owner's browsers
            async with client() as owner:
                assert await join(owner, served.address) == 204
                (cookie,) = owner.cookie_jar
                assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
                assert token not in cookie.value
                assert not cookie["secure"]
                async with owner.get(f"{served.url}/static/js/textual.js") as answer:
                    assert answer.status == 200
                async with owner.ws_connect(f"{served.url}/ws", origin=served.url):
                    await until(served.windows, "a window")
        async with aiohttp.ClientSession() as stranger:
            for value in ("x" * len(cookie.value), "", token):
                async with stranger.get(f"{served.url}/", cookies={cookie.key: value}) as answer:
                    assert answer.status == 403
        assert token not in Path(f"/proc/{served.process.pid}/cmdline").read_text()


@pytest.mark.asyncio
async def test_many_wrong_links_wait_and_a_right_one_does_not(tmp_path: Path) -> None:
    with serving(tmp_path, 'annotator = "layla"\n') as served:
        async with client() as stranger, client() as owner:
            guesses = [asyncio.create_task(join(stranger, f"{served.url}/join#x")) for _ in range(30)]
            refused = 0
            for guess in asyncio.as_completed(guesses):
                if await guess == 429:
                    refused += 1
                if refused == 10:  # the rest is waiting by now
                    break
            assert await join(owner, served.address) == 204
            assert sum(guess.done() for guess in guesses) < 30
            for guess in guesses:
                guess.cancel()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "said",
    ["", "{", "[]", "3", '["stdin", 3]', '["resize", {"width": "x", "height": 2}]', '["quit"]',
     '["deliver_chunk_request", {"key": "x", "size": 3}]', "[" * 100_000, "x" * (2 << 20)],
    ids=lambda said: said[:30],
)  # fmt: skip
async def test_what_no_page_says_closes_the_window(tmp_path: Path, said: str) -> None:
    with serving(tmp_path, 'annotator = "layla"\n') as served:
        async with client() as owner:
            assert await join(owner, served.address) == 204
            async with owner.ws_connect(
                f"{served.url}/ws?width=9999999999&height=-3", origin=served.url
            ) as page:
                for fine in (
                    '["ping", "1"]', '["resize", {"width": 1000000000, "height": -1}]',
                    '["stdin", "\\ud800"]', '["blur"]', '["focus"]', '["ping", "2"]',
                ):  # fmt: skip
                    await page.send_str(fine)
                pongs = list[str]()
                while len(pongs) < 2:
                    message = await page.receive(PATIENCE)
                    if message.type is aiohttp.WSMsgType.TEXT:
                        pongs.append(json.loads(message.data)[1])
                assert pongs == ["1", "2"]
                windows = served.windows()
                assert len(windows) == 1
                await page.send_str(said)
                while (await page.receive(PATIENCE)).type is aiohttp.WSMsgType.BINARY:
                    pass
                assert page.closed
            await until(lambda: gone(windows), "the end of the window's process")


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
