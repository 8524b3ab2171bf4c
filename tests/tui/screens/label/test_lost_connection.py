"""The connection to the journal lost and back under the screen: it says so, and goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.postgres.address import PostgresAddress
from hashiya.corpus.journal.verify import journal_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.tui.screens.adjudicate.app import AdjudicatingApp
from hashiya.tui.settings.paths import SETTINGS_VARIABLE
from hashiya.tui.settings.settings import UiLanguage
from tests.corpora import label, new
from tests.postgres import PostgresServer
from tests.tcp_proxy import TcpProxy
from tests.tui.screens.playing import ENVIRON, ROWS, SETTLED, playing, playing_app

pytestmark = pytest.mark.system


@pytest.fixture
def proxy(postgres: PostgresServer) -> Iterator[TcpProxy]:
    with TcpProxy(postgres.port) as proxy:
        yield proxy


@pytest.fixture
def place(postgres: PostgresServer) -> PostgresAddress:
    made = postgres.place()
    Journal.create(made)
    return made


@pytest.fixture
def corpus(
    tmp_path: Path,
    postgres: PostgresServer,
    proxy: TcpProxy,
    place: PostgresAddress,
    monkeypatch: pytest.MonkeyPatch,
) -> Corpus:
    monkeypatch.setenv(SETTINGS_VARIABLE, str(tmp_path / "home" / "settings.toml"))
    made = new(tmp_path / "corpus", {"d": ROWS})
    made.keep_journal_at(PostgresAddress.parse(postgres.url(port=proxy.port)).with_schema(place.schema))
    return made


def kinds(place: PostgresAddress) -> list[tuple[str, int]]:
    """The status and the number of marks after each event of all pairs."""
    with Journal.open(place) as journal:
        assert [fault.what for fault in journal_faults(journal)] == []
        events = [event for item in journal.standing() for event in journal.history(item.pair_id, "layla")]
    said = [event.payload["annotation"] for event in events]
    return [(item["status"], len(item["entities"])) for item in said]


@pytest.mark.asyncio
@pytest.mark.parametrize("ui", ["en", "ar"])
async def test_a_mark_and_the_end_of_a_pair_wait_until_the_connection_is_back(
    corpus: Corpus, proxy: TcpProxy, place: PostgresAddress, ui: UiLanguage
) -> None:
    async with playing(corpus, ui=ui) as play:
        await play.press("tab", "c")
        assert kinds(place) == [("draft", 1)]
        proxy.close()
        await play.press("d", "m", "enter")
        assert play.number == 1
        assert len(play.screen.session.unsaved) > 0
        if ui == "en":
            assert "connection lost" in play.row_of("#state")
            assert "not saved yet" in play.row_of("#state")
        else:
            assert play.shows("انقطع الاتصال")
        await play.press("pagedown")
        assert play.number == 1, "a pair that was not read cannot be shown"
        assert kinds(place) == [("draft", 1)]
        proxy.open()
        await play.until(lambda: not play.screen.session.unsaved)
        await play.until(lambda: play.number == 2)
        assert kinds(place)[-1][0] == "done"
        await play.until(lambda: "connection lost" not in play.row_of("#state"))
        assert not play.shows("انقطع")


@pytest.mark.asyncio
async def test_the_screen_says_that_the_connection_is_back_where_nothing_waited(
    corpus: Corpus, proxy: TcpProxy
) -> None:
    async with playing(corpus) as play:
        proxy.close()
        await play.press("u")
        assert "connection lost" in play.row_of("#state")
        proxy.open()
        await play.until(lambda: "the connection is back" in play.row_of("#state"))
        assert "connection lost" not in play.row_of("#state")


@pytest.mark.asyncio
async def test_a_reason_written_while_the_connection_was_lost_is_proposed_again(
    corpus: Corpus, proxy: TcpProxy
) -> None:
    generation = corpus.generation()
    with corpus.journal() as journal:
        journal.record([label(generation, 0, ("en", "Nvidia")), label(generation, 0, annotator="omar")])
    app = AdjudicatingApp(corpus, SETTLED, adjudicator="judge", ui="en", environ=ENVIRON)
    async with playing_app(app, (110, 36)) as play:
        await play.press("1", "a")
        proxy.close()
        await play.write("a rival")
        await play.press("enter")
        assert "connection lost" in play.row_of("#state")
        proxy.open()
        await play.until(lambda: "the connection is back" in play.row_of("#state"))
        await play.press("a", "enter", "a")
        assert "a rival" in play.text()
        await play.press("escape")
    with corpus.journal(write=False) as journal:
        ((decision,),) = journal.adjudications_of(generation.pair_ids()[:1]).values()
    assert [item.why for item in decision.settles] == ["a rival"]
