"""`hashiya serve` and `hashiya invite` as their users meet them: two browsers at once, links that end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.presence import labelling
from tests.browser import PATIENCE, needs_chromium, running, until
from tests.corpora import new
from tests.tui.web.pages import ARABIC_C, CLOSED, Screen, client, gone, join, opened

ROWS = [
    ("شمس (Nvidia) تبيع 12 شريحةً.", "Shams (Nvidia) sells 12 chips."),
    ("ماذا بعد؟", "What next?"),
]
REASON = "document.querySelector('#ended [data-code].-shown')?.dataset.code"


@dataclass
class Served:
    """A running server of a corpus, and the settings of who runs it."""

    process: subprocess.Popen[str]
    corpus: Corpus
    url: str
    settings: Path
    said: str

    def invite(self, *names: str) -> list[str]:
        """New links."""
        return list(json.loads(hashiya("invite", self.corpus.folder, *names, "--json"))["links"].values())

    def revoke(self, *names: str) -> None:
        hashiya("invite", self.corpus.folder, "--revoke", *names)

    def windows(self) -> dict[str, int]:
        """The processes of open windows, by the name that each labels under."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in found}
        return {
            word.removeprefix("--annotator="): pid
            for pid, words in lines.items()
            for word in words
            if word.startswith("--annotator=")
        }


def hashiya(*arguments: str | Path, status: int = 0) -> str:
    """What a command prints."""
    done = subprocess.run(
        [Path(sys.executable).with_name("hashiya"), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


@contextmanager
def serving(folder: Path, options: Sequence[str] = (), team: str = "") -> Iterator[Served]:
    corpus = new(folder / "سوق", {"d": ROWS})
    if team:
        (corpus.folder / "team.toml").write_text(team, encoding="utf-8")
    settings = folder / "config" / "settings.toml"
    settings.parent.mkdir()
    settings.write_text('annotator = "owner"\nui = "en"\n', encoding="utf-8")
    process = subprocess.Popen(
        [Path(sys.executable).with_name("hashiya"), "serve", corpus.folder, "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "HASHIYA_SETTINGS": str(settings), "LANGUAGE": "ar"},
    )
    with process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("http"), process.stderr and process.stderr.read()
            yield Served(process, corpus, said.split()[0], settings, said)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


@pytest.fixture(scope="module")
def browsers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Two browsers that share nothing: people at two machines."""
    with (
        running(tmp_path_factory.mktemp("first")) as first,
        running(tmp_path_factory.mktemp("second")) as second,
    ):
        yield first, second


async def mark_shams(page: Screen) -> None:
    """Mark the company on both sides, and go on to the next pair."""
    lines = await page.shows("Shams")
    row, line = next((row, line) for row, line in enumerate(lines) if "Nvidia" in line)
    await page.press("c")
    await page.click(row, line.index("Nvidia") + 2)
    await page.press(ARABIC_C, "Enter")


def finished(corpus: Corpus) -> list[str]:
    """Whose finished annotations the journal has, with the companies that they marked."""
    with corpus.journal() as journal:
        return sorted(
            f"{annotation.annotator}: {', '.join(entity.text for entity in annotation.entities)}"
            for entry in journal.standing()
            for annotation in entry.annotations
            if annotation.status == "done"
        )


@needs_chromium
@pytest.mark.asyncio
async def test_two_people_label_at_once_and_one_is_cut_off(browsers: tuple[str, str], tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        layla, sara = served.invite("layla", "سارة")
        async with opened(browsers[0], layla) as first, opened(browsers[1], sara) as second:
            await first.shows("Shams")
            await second.shows("Shams")
            there = {entry.annotator for entry in labelling(served.corpus.folder)}
            assert there == {"layla", "سارة"}
            await asyncio.gather(mark_shams(first), mark_shams(second))
            await first.shows("2/2")
            await second.shows("2/2")
            both = ["layla: شمس, Nvidia", "سارة: شمس, Nvidia"]
            await until(lambda: finished(served.corpus) == both, "both labels under their own names")

            # The token is nowhere that a person or another page could read it.
            for page, link in ((first, layla), (second, sara)):
                token = link.partition("#")[2]
                assert token not in await page.value("location.href")
                assert token not in await page.value("document.documentElement.outerHTML + document.cookie")
                assert token not in await page.value("JSON.stringify([localStorage, sessionStorage])")
                assert not any(token in url.partition("#")[0] for url in page.requests)
            assert served.settings.read_text(encoding="utf-8") == 'annotator = "owner"\nui = "en"\n'

            before = served.windows()
            assert set(before) == {"layla", "سارة"}
            served.revoke("layla")
            await until(lambda: first.value(CLOSED), "the end of layla's window")
            assert await first.value(REASON) == "4001"
            await until(lambda: gone([before["layla"]]), "the end of layla's process")
            assert set(served.windows()) == {"سارة"}
            assert not await second.value(CLOSED)
            await first.press("c")

            # Neither the session nor the link lets her in again; the page says so in both languages.
            await first.call("Page.navigate", url=f"{served.url}/")
            await until(lambda: first.value("document.body?.innerText.includes('افتح الرابط')"), "a refusal")
            await first.call("Page.navigate", url=layla)
            told = "document.querySelector('[data-answer=unknown].-shown')?.innerText ?? ''"
            text = await until(lambda: first.value(told), "why the link is refused")
            assert "does not hold" in text
            assert "غير صالح" in text
            await second.press("u")  # who is left goes on
            await until(lambda: finished(served.corpus) == both[:1], "an undo of whose link holds")


@needs_chromium
@pytest.mark.asyncio
async def test_what_a_guest_chooses_is_kept_for_them_alone(browsers: tuple[str, str], tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        (link,) = served.invite("layla")
        async with opened(browsers[0], link) as page:
            await page.shows("English")  # the browser's language, not the server's
            own = served.settings.parent / "served"
            await page.press("\x10")
            await page.shows("Commands")
            await page.press(*"language", "Enter")
            await page.shows("Language of the menus")
            await page.press(*"العربية", "Enter")
            await until(lambda: [*own.glob("*.toml")], "her settings")
            (kept,) = own.glob("*.toml")
            assert kept.read_text(encoding="utf-8").strip() == 'ui = "ar"'
            await page.call("Page.reload")
            await page.shows("Shams")
            assert not any("English" in line for line in await page.lines())
        assert served.settings.read_text(encoding="utf-8") == 'annotator = "owner"\nui = "en"\n'


@pytest.mark.asyncio
async def test_windows_are_limited_for_each_and_in_all(tmp_path: Path) -> None:
    with serving(tmp_path, ["--windows-each", "2", "--windows", "3"]) as served:
        layla, omar = served.invite("layla", "omar")
        async with client() as first, client() as second:
            assert await join(first, layla) == 204
            assert await join(second, omar) == 204
            open_windows = [await window(first, served.url) for _ in range(2)]
            third = await window(first, served.url)
            assert await ending(third) == 4002
            open_windows.append(await window(second, served.url))
            assert await ending(await window(second, served.url)) == 4003
            await open_windows[0].close()
            await until(lambda: len(labels_by(served)) == 2, "the end of the first window")
            again = await window(first, served.url)
            assert (await again.receive(PATIENCE)).type is aiohttp.WSMsgType.BINARY
            for page in (*open_windows, again):
                await page.close()


def labels_by(served: Served) -> list[int]:
    found = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text().split()
    return [int(pid) for pid in found]


async def window(browser: aiohttp.ClientSession, url: str) -> aiohttp.ClientWebSocketResponse:
    return await browser.ws_connect(f"{url}/ws", origin=url)


async def ending(page: aiohttp.ClientWebSocketResponse) -> int | None:
    """The code that a window is closed with."""
    async with asyncio.timeout(PATIENCE):
        while not page.closed:
            await page.receive()
    return page.close_code


TEAM = '[[person]]\nname = "layla"\n[[person]]\nname = "omar"\n'
TEAM_LATER = '[[person]]\nname = "ليلى"\nformerly = ["layla"]\n[[person]]\nname = "omar"\nleft = true\n'


@pytest.mark.asyncio
async def test_who_leaves_the_team_or_has_a_new_name_is_cut_off(tmp_path: Path) -> None:
    with serving(tmp_path, team=TEAM) as served:
        assert "'sara' is not in team.toml" in hashiya("invite", served.corpus.folder, "sara", status=1)
        layla, omar = served.invite("layla", "omar")
        async with client() as first, client() as second:
            assert await join(first, layla) == 204
            assert await join(second, omar) == 204
            pages = [await window(first, served.url), await window(second, served.url)]
            await until(lambda: set(served.windows()) == {"layla", "omar"}, "both windows")
            team = served.corpus.folder / "team.toml"
            team.write_text("no team", encoding="utf-8")  # as while it is edited: nobody is cut off
            later = TEAM.replace('"layla"', '"ليلى"\nformerly = ["layla"]').replace(
                '"omar"', '"omar"\nleft = true'
            )
            team.write_text(later, encoding="utf-8")
            assert [await ending(page) for page in pages] == [4001, 4001]
            assert await join(second, omar) == 403
            page = await window(first, served.url)  # her link holds, and her name is the new one
            await until(lambda: set(served.windows()) == {"ليلى"}, "a window under the new name")
            await page.close()


@pytest.mark.asyncio
async def test_invitations_that_others_could_write_let_nobody_in(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        (link,) = served.invite("layla")
        async with client() as browser:
            assert await join(browser, link) == 204
            page = await window(browser, served.url)
            await until(lambda: set(served.windows()) == {"layla"}, "a window")
            (served.corpus.folder / ".invitations.json").chmod(0o666)
            assert await ending(page) == 4001
            assert await join(browser, link) == 403
        assert served.process.stderr is not None
        assert "nobody can come in yet" in served.process.stderr.readline()
        assert "nobody is let in" in served.process.stderr.readline()


@pytest.mark.asyncio
async def test_behind_a_proxy_the_public_address_counts(tmp_path: Path) -> None:
    options = ["--public-url", "https://label.example.org/corpus/"]
    with serving(tmp_path, options) as served:
        assert served.url == "https://label.example.org/corpus"
        (link,) = served.invite("layla")
        assert link.startswith("https://label.example.org/corpus/join#")
        here = f"http://127.0.0.1:{port_of(served.process.pid)}"
        token = link.partition("#")[2]
        own = {"Host": "label.example.org", "Origin": "https://label.example.org"}
        async with aiohttp.ClientSession() as browser:
            async with browser.post(f"{here}/join", data=token, headers=own) as answer:
                assert answer.status == 204
                (cookie,) = answer.cookies.values()
                assert cookie.key.startswith("__Secure-")
                assert cookie["secure"]
                assert cookie["path"] == "/corpus/"
                assert cookie["samesite"] == "Strict"
            for wrong in ({"Host": "127.0.0.1"}, {"Origin": here}, {"Origin": "http://label.example.org"}):
                async with browser.post(f"{here}/join", data=token, headers={**own, **wrong}) as answer:
                    assert answer.status == 403


def port_of(pid: int) -> int:
    """The port that a process listens at, as Linux knows it."""
    sockets = {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        parts = line.split()
        if f"socket:[{parts[9]}]" in sockets and parts[3] == "0A":
            return int(parts[1].partition(":")[2], 16)
    pytest.fail("the server listens nowhere")


def test_plain_http_beyond_this_machine_is_warned_of(tmp_path: Path) -> None:
    with serving(tmp_path, ["--host", "0.0.0.0"]) as served:
        assert served.process.stderr is not None
        assert "nobody can come in yet" in served.process.stderr.readline()
        assert "plain http beyond this machine" in served.process.stderr.readline()


def test_links_are_listed_without_what_opens_them(tmp_path: Path) -> None:
    folder = new(tmp_path / "corpus", {"d": ROWS}).folder
    assert "Nobody has a link" in hashiya("invite", folder, "--list")
    shown = hashiya("invite", folder, "layla", "سارة", "--public-url", "https://label.example.org")
    links = [line.split()[0] for line in shown.splitlines()]
    assert [line.split()[1] for line in shown.splitlines()] == ["layla", "سارة"]
    assert all(link.startswith("https://label.example.org/join#") for link in links)
    listed = hashiya("invite", folder, "--list")
    assert [line.split()[0] for line in listed.splitlines()] == ["layla", "سارة"]
    assert not any(link.partition("#")[2] in listed for link in links)
    assert "only layla, سارة have one" in hashiya("invite", folder, "--revoke", "omar", status=1)
    for wrong in ([], ["--list", "layla"], ["--revoke"], ["--list", "--revoke"]):
        hashiya("invite", folder, *wrong, status=2)
