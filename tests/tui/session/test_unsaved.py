"""A connection that is lost in the middle of a session: nothing is lost, nothing is saved twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.postgres.address import PostgresAddress
from hashiya.corpus.journal.verify import journal_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import ConnectionLostError
from hashiya.tui.session.session import Session
from hashiya.tui.settings.paths import SETTINGS_VARIABLE
from tests.postgres import PostgresServer, running_postgres
from tests.tcp_proxy import TcpProxy
from tests.tui.session.corpora import new, say

pytestmark = pytest.mark.system
COMMITTED = b"COMMIT\x00"
END_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'hashiya:%'
"""


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv(SETTINGS_VARIABLE, str(tmp_path / "home" / "settings.toml"))
    return tmp_path / "home"


@pytest.fixture
def proxy(postgres: PostgresServer) -> Iterator[TcpProxy]:
    with TcpProxy(postgres.port) as proxy:
        yield proxy


@pytest.fixture
def direct(postgres: PostgresServer) -> PostgresAddress:
    place = postgres.place()
    Journal.create(place)
    return place


@pytest.fixture
def corpus(tmp_path: Path, postgres: PostgresServer, proxy: TcpProxy, direct: PostgresAddress) -> Corpus:
    made = new(tmp_path / "c")
    made.keep_journal_at(PostgresAddress.parse(postgres.url(port=proxy.port)).with_schema(direct.schema))
    return made


@pytest.fixture
def session(corpus: Corpus) -> Iterator[Session]:
    with Session.open(corpus, "layla") as session:
        yield session


def saved(place: PostgresAddress) -> list[list[str | None]]:
    """The comments of all events, pair by pair, and that nothing is wrong."""
    with Journal.open(place) as journal:
        assert [fault.what for fault in journal_faults(journal)] == []
        assert not any(item.conflict for item in journal.standing())
        found = (journal.history(item.pair_id, "layla") for item in journal.standing())
        return [[event.payload["annotation"]["comment"] for event in events] for events in found]


def kept_files(home: Path) -> list[Path]:
    return sorted((home / "unsaved").glob("*.jsonl"))


def test_what_is_said_while_the_connection_is_lost_is_kept_and_saved(
    session: Session, proxy: TcpProxy, direct: PostgresAddress, home: Path
) -> None:
    say(session, "one")
    proxy.close()
    say(session, "two")
    say(session, "ثلاثة")
    assert session.lost
    assert (len(session.unsaved), session.draft.comment) == (2, "ثلاثة")
    assert [path.read_text(encoding="utf-8").count("\n") for path in kept_files(home)] == [2]
    assert saved(direct) == [["one"]]
    for act in (session.undo, lambda: session.go(1), session.save_unsaved):
        with pytest.raises(ConnectionLostError):
            act()
    assert session.draft.comment == "ثلاثة"
    assert not session.reread()
    proxy.open()
    session.journal.database.reconnect()
    assert not session.lost
    assert session.save_unsaved()
    assert not session.save_unsaved()
    assert (len(session.unsaved), kept_files(home)) == (0, [])
    assert saved(direct) == [["one", "two", "ثلاثة"]]
    assert session.undo()
    assert session.draft.comment == "two"


def test_a_finished_pair_stays_open_until_it_is_saved_then_the_next_comes(
    session: Session, proxy: TcpProxy, direct: PostgresAddress
) -> None:
    proxy.close()
    first = session.pair.pair_id
    assert session.finish("done")
    assert (session.pair.pair_id, session.draft.status, session.lost) == (first, "done", True)
    proxy.open()
    session.journal.database.reconnect()
    assert session.save_unsaved()
    assert session.pair.pair_id != first
    assert saved(direct) == [[None]]


def test_the_next_change_saves_what_was_kept_before_it(
    session: Session, proxy: TcpProxy, direct: PostgresAddress
) -> None:
    proxy.close()
    say(session, "one")
    first = session.pair.pair_id
    session.finish("done")
    proxy.open()
    session.journal.database.reconnect()
    say(session, "two")
    assert session.pair.pair_id == first
    assert (len(session.unsaved), saved(direct)) == (0, [["one", "one", "two"]])


def test_what_was_saved_without_an_answer_is_not_saved_twice(
    session: Session, proxy: TcpProxy, direct: PostgresAddress
) -> None:
    """The server says that it has committed, and the answer is lost on its way."""
    say(session, "one")
    proxy.swallow = COMMITTED
    say(session, "two")
    assert len(session.unsaved) == 1
    assert saved(direct) == [["one", "two"]]
    proxy.open()
    session.journal.database.reconnect()
    session.save_unsaved()
    assert saved(direct) == [["one", "two"]]
    say(session, "three")
    assert saved(direct) == [["one", "two", "three"]]


def test_a_session_that_the_server_ended_goes_on_unnoticed(
    session: Session, postgres: PostgresServer, direct: PostgresAddress
) -> None:
    for comment in ("one", "two"):
        with closing(postgres.connect()) as db:
            db.execute(END_SESSIONS)
        say(session, comment)
        assert len(session.unsaved) == 0
    assert saved(direct) == [["one", "two"]]


def test_what_another_window_did_meanwhile_stands_beside_what_was_kept(
    session: Session, proxy: TcpProxy, direct: PostgresAddress
) -> None:
    say(session, "one")
    proxy.close()
    say(session, "kept")
    with Journal.open(direct) as journal:
        (standing,) = journal.standing()
        (annotation,) = standing.annotations
        journal.record([replace(annotation, comment="meanwhile")])
    proxy.open()
    session.journal.database.reconnect()
    session.save_unsaved()
    assert session.side_by_side == 2
    with Journal.open(direct) as journal:
        (standing,) = journal.standing()
        assert {item.comment for item in standing.annotations} == {"kept", "meanwhile"}


def test_where_another_journal_came_back_everything_goes_to_a_rescue_journal(
    session: Session, postgres: PostgresServer, proxy: TcpProxy, direct: PostgresAddress
) -> None:
    say(session, "one")
    proxy.close()
    say(session, "kept")
    with pytest.raises(ConnectionLostError):
        session.journal.database.reconnect()
    with closing(postgres.connect()) as db:
        db.execute(f"DROP SCHEMA {direct.schema} CASCADE")
    Journal.create(direct)
    proxy.open()
    session.journal.database.reconnect()
    assert session.save_unsaved()
    assert session.rescued is not None
    assert session.draft.comment == "kept"
    with Journal.open(session.rescued, write=False) as journal:
        assert [
            event.payload["annotation"]["comment"] for event in journal.history(session.pair.pair_id, "layla")
        ] == [
            "one",
            "kept",
        ]
    assert saved(direct) == []


def test_what_a_session_left_is_saved_by_the_next_one(
    corpus: Corpus, proxy: TcpProxy, direct: PostgresAddress, home: Path
) -> None:
    with Session.open(corpus, "layla") as session:
        proxy.close()
        say(session, "kept")
    (left,) = kept_files(home)
    left.rename(left.with_name(f"{left.name.partition('-')[0]}-1.jsonl"))  # another process's
    with pytest.raises(Exception, match="cannot be opened"):
        Session.open(corpus, "layla")
    proxy.open()
    with Session.open(corpus, "omar") as other:
        assert not other.unsaved
    assert len(kept_files(home)) == 1
    with Session.open(corpus, "layla") as session:
        assert session.draft.comment == "kept"
        assert session.saved_at is not None
    assert (saved(direct), kept_files(home)) == ([["kept"]], [])


def test_a_server_that_is_stopped_and_started_again(tmp_path: Path) -> None:
    with running_postgres() as server:
        place = server.place()
        Journal.create(place)
        corpus = new(tmp_path / "c")
        corpus.keep_journal_at(place)
        with Session.open(corpus, "layla") as session:
            say(session, "one")
            server.stop()
            say(session, "two")
            assert session.lost
            server.start()
            session.journal.database.reconnect()
            assert session.save_unsaved()
            assert saved(place) == [["one", "two"]]
