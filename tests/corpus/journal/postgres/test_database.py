"""A journal in PostgreSQL: append-only for everybody, in the order of commits, one lock a subject."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import keyring
import psycopg
import pytest
from keyring.backend import KeyringBackend

from hashiya.corpus.journal.event import LABEL
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.merge import merge_journals
from hashiya.corpus.journal.postgres.address import PostgresAddress
from hashiya.corpus.journal.postgres.connection import SERVICE
from hashiya.corpus.journal.postgres.database import PostgresDatabase
from hashiya.corpus.journal.postgres.roles import Login, make_roles
from hashiya.corpus.journal.summaries import labelled, names, summaries
from hashiya.corpus.journal.verify import journal_faults
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.errors import BusyError, CorpusError
from hashiya.schema.records import Entity
from tests.corpus.journal.test_journal import comments, said
from tests.postgres import GUARDED, PASSWORD, PostgresServer

pytestmark = pytest.mark.system


@pytest.fixture
def address(postgres: PostgresServer) -> PostgresAddress:
    made = postgres.place()
    Journal.create(made)
    return made


def as_login(postgres: PostgresServer, address: PostgresAddress, role: str) -> PostgresAddress:
    return PostgresAddress.parse(postgres.url(role)).with_schema(address.schema)


@pytest.mark.parametrize("table", ["event", "text", "replica", "meta"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_itself_refuses_to_forget(
    postgres: PostgresServer, address: PostgresAddress, table: str, statement: str
) -> None:
    column = {"event": "body", "text": "hash", "replica": "follows", "meta": "value"}[table]
    with Journal.open(address) as journal:
        journal.record([said("one")], ["a text"])
    with closing(postgres.connect()) as db:  # the owner, a superuser
        for setting in ("origin", "replica"):
            db.execute(f"SET session_replication_role = {setting}")
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                db.execute(statement.format(f"{address.schema}.{table}", column, column))


def test_damage_is_found(postgres: PostgresServer, address: PostgresAddress) -> None:
    with Journal.open(address) as journal:
        journal.record([said("one"), said("two")], ["a text"])
    with closing(postgres.connect()) as db:
        db.execute(f"SET search_path = {address.schema}")
        db.execute("ALTER TABLE event DISABLE TRIGGER refuse")
        db.execute("UPDATE event SET body = replace(body, 'two', 'owt')")
        db.execute("UPDATE event SET parents = '[\"gone\"]' WHERE parents <> '[]'")
        db.execute("ALTER TABLE text DISABLE TRIGGER refuse")
        with pytest.raises(psycopg.errors.CheckViolation):
            db.execute("UPDATE text SET text = 'another text'")
        db.execute("ALTER TABLE text DROP CONSTRAINT text_check")
        db.execute("UPDATE text SET text = 'another text'")
    with Journal.open(address) as journal:
        faults = " ".join(fault.what for fault in journal_faults(journal))
    assert "checksum does not match" in faults
    assert "follows gone, which is not there" in faults
    assert f"kept text {text_hash('a text')}" in faults


@pytest.fixture
def roles(postgres: PostgresServer, address: PostgresAddress) -> Iterator[PostgresAddress]:
    logins = [
        Login.parse("layla=an"),
        Login.parse("ليلى=an"),
        Login.parse("omar"),
        Login("", "bu", "builder"),
    ]
    make_roles(address, "test", logins)
    yield address
    with closing(postgres.connect()) as db:
        for role in ("an", "omar", "bu"):
            db.execute(f"DROP OWNED BY {role}")
            db.execute(f"DROP ROLE {role}")


def test_an_annotator_writes_under_names_of_their_own_only(
    postgres: PostgresServer, roles: PostgresAddress
) -> None:
    with Journal.open(as_login(postgres, roles, "an")) as journal:
        journal.record([said("one"), said("واحد", annotator="ليلى")], ["نص"])
        for name in ("omar", "an", "Layla"):
            with pytest.raises(CorpusError, match=f"the login an may not write as {name}"):
                journal.record([said("two", annotator=name)])
        assert comments(journal) == ["one", "واحد"]
        assert journal.undo("p", "layla") is not None
    with Journal.open(as_login(postgres, roles, "omar")) as journal:
        journal.record([said("own", annotator="omar")])
        with pytest.raises(CorpusError, match="may not write as layla"):
            journal.record([said("of another")])
        with pytest.raises(CorpusError, match="may not write as layla"):
            journal.redo("p", "layla")
        assert comments(journal) == ["own", "واحد"]
    with Journal.open(as_login(postgres, roles, "bu")) as journal:
        journal.record([said("for others"), said("for others", annotator="omar")])
        assert list(journal_faults(journal)) == []


@pytest.mark.parametrize("role", ["an", "bu"])
def test_neither_role_can_change_or_delete_or_let_others_in(
    postgres: PostgresServer, roles: PostgresAddress, role: str
) -> None:
    with Journal.open(roles) as journal:
        journal.record([said("one")], ["a text"])
    with closing(psycopg.connect(postgres.url(role), autocommit=True)) as db:
        db.execute(f"SET search_path = {roles.schema}")
        for statement in (
            "UPDATE event SET body = ''", "DELETE FROM event", "TRUNCATE event", "DELETE FROM text",
            "DROP TABLE event", "ALTER TABLE event DISABLE TRIGGER ALL", "INSERT INTO meta VALUES ('a', 'b')",
            "INSERT INTO login VALUES ('an', 'omar')", "DELETE FROM login", "CREATE TABLE mine (a int)",
            "ALTER TABLE event DISABLE ROW LEVEL SECURITY", "SET session_replication_role = replica",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(statement)
        position = db.execute(
            "INSERT INTO event SELECT 99, 'x', v, stream, subject, author, parents, replica, 7, prev, kind, "
            "created_at, checksum, body FROM event RETURNING position"
            if role == "bu"
            else "SELECT 2"
        ).fetchone()
        assert position == (2,), "a position is given by the database"


def test_temporary_tables_take_the_place_of_none_of_ours(
    postgres: PostgresServer, roles: PostgresAddress
) -> None:
    with Journal.open(roles) as journal:
        journal.record([said("one"), said("two", annotator="omar")], ["a text"])
    with closing(psycopg.connect(postgres.url("an"), autocommit=True)) as db:
        db.execute(f"SET search_path = {roles.schema}")
        db.execute("CREATE TEMPORARY TABLE login AS SELECT CAST('an' AS name) AS role, 'omar' AS name")
        db.execute("CREATE TEMPORARY TABLE event (position bigint)")
        db.execute("INSERT INTO pg_temp.event VALUES (98)")
        db.execute("GRANT SELECT ON pg_temp.login, pg_temp.event TO PUBLIC")
        event = f"{roles.schema}.event"
        copy = (
            f"INSERT INTO {event} SELECT 99, 'x', v, stream, subject, author, parents, replica, 7, prev, "
            f"kind, created_at, checksum, body FROM {event} WHERE author = %s RETURNING position"
        )
        assert db.execute(copy, ("layla",)).fetchall() == [(3,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute(copy, ("omar",))


def test_a_login_without_a_role_is_told_how_to_get_one(
    postgres: PostgresServer, roles: PostgresAddress
) -> None:
    with closing(postgres.connect()) as db:
        db.execute("CREATE ROLE stranger LOGIN")
    with pytest.raises(CorpusError, match=r"stranger may not read .* --annotator NAME=stranger"):
        Journal.open(as_login(postgres, roles, "stranger"))
    with closing(postgres.connect()) as db:
        db.execute("DROP ROLE stranger")


def test_roles_are_made_once_and_people_are_added(postgres: PostgresServer, roles: PostgresAddress) -> None:
    again = make_roles(roles, "test", [Login.parse("nour=omar")])
    assert again.made == []
    with Journal.open(as_login(postgres, roles, "omar")) as journal:
        journal.record([said("as nour", annotator="nour")])
    with pytest.raises(CorpusError, match="the login omar may not do that"):
        make_roles(as_login(postgres, roles, "omar"), "test")


def test_a_password_comes_from_the_environment_and_is_never_shown(
    postgres: PostgresServer, address: PostgresAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(postgres.connect()) as db:
        db.execute(f"CREATE ROLE {GUARDED} LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    guarded = as_login(postgres, address, GUARDED)
    try:
        with pytest.raises(CorpusError, match="no password supplied"):
            Journal.open(guarded)
        for password, message in ((PASSWORD, None), ("wrong-horse", "password authentication failed")):
            monkeypatch.setenv("PGPASSWORD", password)
            if message is None:
                Journal.open(guarded).close()
                continue
            with pytest.raises(CorpusError, match=message) as caught:
                Journal.open(guarded)
            assert password not in str(caught.value)
    finally:
        with closing(postgres.connect()) as db:
            db.execute(f"DROP ROLE {GUARDED}")


def test_the_keyring_is_asked_where_libpq_finds_no_password(
    postgres: PostgresServer, address: PostgresAddress
) -> None:
    class Ring(KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            return PASSWORD if (service, username) == (SERVICE, guarded.conninfo) else None

        def set_password(self, service: str, username: str, password: str) -> None:
            raise NotImplementedError

    with closing(postgres.connect()) as db:
        db.execute(f"CREATE ROLE {GUARDED} LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    guarded = as_login(postgres, address, GUARDED)
    before = keyring.get_keyring()
    keyring.set_keyring(Ring())  # type: ignore[no-untyped-call]
    try:
        with Journal.open(guarded) as journal:
            assert journal.database.count() == 0
    finally:
        keyring.set_keyring(before)
        with closing(postgres.connect()) as db:
            db.execute(f"DROP ROLE {GUARDED}")


def test_a_schema_may_have_the_name_of_a_keyword(postgres: PostgresServer) -> None:
    address = postgres.place().with_schema("user")
    Journal.create(address)
    with Journal.open(address) as journal:
        journal.record([said("one")])
        assert comments(journal) == ["one"]


def test_what_is_no_journal_is_a_message(postgres: PostgresServer, address: PostgresAddress) -> None:
    with pytest.raises(CorpusError, match="there is no journal; make one: hashiya journal init"):
        Journal.open(postgres.place())
    with pytest.raises(CorpusError, match=r"the journal cannot be opened: .*refused"):
        Journal.open(PostgresAddress.parse(postgres.url(port=1)))
    make_roles(address, "one")
    with pytest.raises(CorpusError, match="is the journal of one, not of two"):
        Journal.open(address, corpus="two")
    with closing(postgres.connect()) as db:
        db.execute(f"ALTER TABLE {address.schema}.meta DISABLE TRIGGER refuse")
        db.execute(f"UPDATE {address.schema}.meta SET value = '9' WHERE key = 'tables'")
    with pytest.raises(CorpusError, match="tables of version 9"):
        Journal.open(address)


def test_whoever_holds_a_subject_keeps_others_from_it_alone(address: PostgresAddress) -> None:
    with Journal.open(address) as one, Journal.open(address, patience=0.05) as other:
        with one.database.transaction([(LABEL, "p"), (LABEL, "q")]):
            other.record([said("elsewhere", "r")])
            for pair_id in ("p", "q"):
                with pytest.raises(BusyError, match="another program is writing"):
                    other.record([said("here", pair_id)])
            other.say("concept", "c", "layla", "rename", {})
            with pytest.raises(BusyError), other.writing():  # which subjects is not said: all of them
                pass
        other.record([said("here")])
        with one.writing(), pytest.raises(BusyError):
            other.record([said("elsewhere", "r")])


def test_a_position_is_seen_after_all_below_it(address: PostgresAddress) -> None:
    """Of two that save at once, the one who is later at the number waits until the other has ended."""
    with Journal.open(address) as first, Journal.open(address) as second, Journal.open(address) as reader:
        first.record([said("a", "a")])
        second.record([said("b", "b")])
        saved = threading.Event()

        def late() -> None:
            second.record([said("c", "c")])
            saved.set()

        with first.writing(subjects=[(LABEL, "d")]):
            first.record([said("d", "d")])
            thread = threading.Thread(target=late)
            thread.start()
            assert not saved.wait(0.3)
            assert reader.database.count() == 2
        thread.join()
        assert [row[0] for row in reader.database.ask("SELECT subject FROM event ORDER BY position")] == [
            "a", "b", "d", "c",
        ]  # fmt: skip


def test_many_who_save_the_same_pairs_at_once_make_one_chain_each(address: PostgresAddress) -> None:
    def work(number: int) -> None:
        with Journal.open(address) as journal:
            for round_ in range(10):
                pairs = [f"p{(number + step) % 3}" for step in range(2 + round_ % 2)]
                journal.record([said(f"{number} {round_}", pair, "layla") for pair in pairs], ["نص", "text"])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Journal.open(address) as journal:
        assert [len(item.heads) for item in journal.standing()] == [1, 1, 1]
        assert journal.database.count() == 6 * (5 * 2 + 5 * 3)
        assert list(journal_faults(journal)) == []
        positions = [row[0] for row in journal.database.ask("SELECT position FROM event ORDER BY position")]
        assert positions == list(range(1, len(positions) + 1))


def test_a_session_is_a_replica_and_all_go_on_from_one_root(address: PostgresAddress) -> None:
    with Journal.open(address) as one, Journal.open(address) as two:
        one.record([said("one")])
        two.record([said("two", "q")])
        one.record([said("three")])
        names = one.pseudonyms()
        replicas = {event.replica for pair in ("p", "q") for event in one.history(pair, "layla")}
        assert len(replicas) == 2
        assert list(journal_faults(one)) == []
    with Journal.open(address) as later:
        later.record([said("four", "r")])
        assert later.pseudonyms() == names


def test_who_has_the_journal_open_is_seen(postgres: PostgresServer, address: PostgresAddress) -> None:
    with Journal.open(address, who="ليلى") as one, Journal.open(address, who="omar"), Journal.open(address):
        assert isinstance(one.database, PostgresDatabase)
        assert one.database.present() == ["omar", "ليلى"]
        other = postgres.place()
        Journal.create(other)
        with Journal.open(other, who="nour") as elsewhere:
            assert elsewhere.database.present() == ["nour"]
        assert one.database.present() == ["omar", "ليلى"]


def test_what_is_merged_from_a_file_has_its_numbers(address: PostgresAddress, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    Journal.create(path)
    with Journal.open(path) as file:
        file.record([said("one"), said("two")], ["a\0b"])
        with Journal.open(address) as journal:
            assert merge_journals(journal, [path]).added.total() == 2
            assert journal.history("p", "layla") == file.history("p", "layla")
            assert journal.text(text_hash("a\0b")) == "a\0b"
            journal.record([said("three")])
            merge_journals(file, [str(address)])
            assert file.history("p", "layla") == journal.history("p", "layla")
            assert comments(file) == ["three"]


def test_what_stands_is_summed_up_whatever_the_server_plans(
    postgres: PostgresServer, address: PostgresAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(postgres.connect()) as db:
        name = "debug_parallel_query" if db.info.server_version >= 160_000 else "force_parallel_mode"
    monkeypatch.setenv("PGOPTIONS", f"-c {name}=on -c parallel_setup_cost=0 -c parallel_tuple_cost=0")
    entity = Entity(id="e1", lang="en", start=0, end=6, text="Nvidia", type="company", concept="nvidia")
    with Journal.open(address) as journal:
        assert journal.database.one(f"SELECT current_setting('{name}')") == "on"
        journal.record([replace(said("one", str(number)), entities=(entity,)) for number in range(3)])
        journal.record([said("two", "0")])
        assert [item.status for item in summaries(journal)] == ["done"] * 3
        assert len(list(labelled(journal, "entities", "type", "company"))) == 2
        assert [count for _, count in names(journal)] == [2]
        assert list(journal_faults(journal)) == []
