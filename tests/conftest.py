"""Settings for all tests: no time limits (machines are noisy), and the same examples in every CI run.

And the places where journals are tried: in a SQLite file, and in PostgreSQL.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import JournalPlace
from hashiya.corpus.journal.postgres.database import PostgresDatabase
from hashiya.corpus.journal.sqlite.database import SqliteDatabase
from tests.postgres import NotInstalledError, PostgresServer, running_postgres

for profile, examples in (("quick", 25), ("thorough", 100)):
    settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,
        derandomize=bool(os.environ.get("CI")),
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("quick")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of PostgreSQL; without one the test is skipped, but on CI."""
    with ExitStack() as opened:
        try:
            import psycopg  # noqa: F401 - whether it is there

            server = opened.enter_context(running_postgres())
        except (ImportError, NotInstalledError) as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(error))
        yield server


@pytest.fixture
def labels_server(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """The server with a database `labels`, and a login `lead` that may make roles."""
    with closing(postgres.connect()) as db:
        before = set(db.execute("SELECT rolname FROM pg_roles").fetchall())
        db.execute("CREATE ROLE lead LOGIN CREATEROLE")
        db.execute("CREATE DATABASE labels OWNER lead")
    yield postgres
    with closing(postgres.connect()) as db:
        db.execute("DROP DATABASE labels WITH (FORCE)")
        for (role,) in set(db.execute("SELECT rolname FROM pg_roles").fetchall()) - before:
            db.execute(f'DROP ROLE "{role}"')


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.system)])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], JournalPlace]:
    """Where journals can be made, a new one each time: files in one run, schemas in the other."""
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        return server.place
    numbers = count(1)
    return lambda: tmp_path / f"journal-{next(numbers)}.sqlite"


@pytest.fixture
def place(new_place: Callable[[], JournalPlace]) -> JournalPlace:
    """Where an empty journal is: a file in one run, a schema in the other."""
    made = new_place()
    Journal.create(made)
    return made


@pytest.fixture
def other_place(new_place: Callable[[], JournalPlace]) -> JournalPlace:
    """Another place like `place`."""
    made = new_place()
    Journal.create(made)
    return made


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.system)])
def fresh_journal(request: pytest.FixtureRequest) -> Callable[[], Journal]:
    """Opens an empty journal, a new one each time: in memory in one run, in a schema in the other."""
    if request.param == "sqlite":
        return lambda: Journal(SqliteDatabase.in_memory())
    server: PostgresServer = request.getfixturevalue("postgres")

    def opened() -> Journal:
        place = server.place()
        Journal.create(place)
        journal = Journal.open(place)
        assert isinstance(journal.database, PostgresDatabase)
        # As with one in memory, who forgets it has closed it.
        weakref.finalize(journal.database, journal.database._connection.close)
        return journal

    return opened
