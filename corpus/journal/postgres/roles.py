"""Who may do what in a journal in PostgreSQL: roles for annotators and builders, and whose name a login has.

Both roles read everything and append; neither can change or delete. An annotator's login appends only events
whose author is a name of its own: one that was given to it, else the name of the login itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, LiteralString

from hashiya.corpus.journal.postgres.address import LONGEST_NAME, PostgresAddress
from hashiya.corpus.journal.postgres.connection import connect, in_a_line, what_failed
from hashiya.schema.errors import CorpusError

if TYPE_CHECKING:
    from psycopg import Connection

RoleTask = Literal["annotator", "builder"]
_TASKS: tuple[RoleTask, ...] = ("annotator", "builder")
_CHECKS: dict[RoleTask, LiteralString] = {"annotator": "is_own_name(author)", "builder": "true"}


@dataclass(frozen=True, slots=True)
class Login:
    """A login role of the server, and the name under which it labels; builders have none of their own."""

    name: str
    role: str
    task: RoleTask = "annotator"

    @classmethod
    def parse(cls, text: str) -> Login:
        """Read `NAME` or `NAME=ROLE`; `CorpusError` where a part is empty or too long for a role."""
        name, _, role = text.rpartition("=") if "=" in text else (text, "", text)
        if not name.strip() or not role.strip() or not text.isprintable():
            raise CorpusError(f"{text!r}: name an annotator as NAME, or as NAME=ROLE")
        if len(role.encode()) > LONGEST_NAME:
            raise CorpusError(f"{role}: is too long for a role; give a shorter one: NAME=ROLE")
        return cls(name, role)


@dataclass(frozen=True, slots=True)
class MadeRoles:
    """What `make_roles` did: the roles of the tasks, and the logins that it made, without a password."""

    groups: dict[RoleTask, str]
    made: list[str]


def make_roles(address: PostgresAddress, corpus: str, logins: Iterable[Login] = ()) -> MadeRoles:
    """Make the roles of a journal, let logins in, and note the corpus, all or nothing.

    What is there already stays, so this may be done again for more people. `CorpusError` where the login
    lacks the right to do it.
    """
    from psycopg import Error

    with connect(address) as connection:
        try:
            with connection.transaction():
                return _make(connection, address, corpus, list(logins))
        except Error as error:
            user = connection.info.user
            if what_failed(error, connection) == "denied":
                raise CorpusError(
                    f"{address}: the login {user} may not do that ({in_a_line(error)}); ask the owner of the "
                    "journal, or somebody with CREATEROLE"
                ) from None
            raise CorpusError(f"{address}: the roles cannot be made: {in_a_line(error)}") from None


def group_role(database: str, schema: str, task: RoleTask) -> str:
    """Return the name of the role of a task: roles are of a whole server, so it names database and schema."""
    name = f"hashiya_{task}_{database}_{schema}"
    if len(name.encode()) <= LONGEST_NAME:
        return name
    return f"hashiya_{task}_{hashlib.sha256(f'{database} {schema}'.encode()).hexdigest()[:32]}"


def _make(
    connection: Connection[Any], address: PostgresAddress, corpus: str, logins: list[Login]
) -> MadeRoles:
    database, schema = connection.info.dbname, address.schema
    groups: dict[RoleTask, str] = {task: group_role(database, schema, task) for task in _TASKS}
    for task, group in groups.items():
        _make_role(connection, group, "NOLOGIN")
        _run(connection, "GRANT USAGE ON SCHEMA {} TO {}", schema, group)
        _run(connection, "GRANT TEMPORARY ON DATABASE {} TO {}", database, group)
        for table in ("meta", "corpus", "login", "event", "text", "replica"):
            _run(connection, "GRANT SELECT ON {} TO {}", table, group)
        for table in ("event", "text", "replica"):
            _run(connection, "GRANT INSERT ON {} TO {}", table, group)
        _run(connection, "DROP POLICY IF EXISTS {} ON event", task)
        check = _CHECKS[task]
        _run(connection, f"CREATE POLICY {{}} ON event FOR INSERT TO {{}} WITH CHECK ({check})", task, group)
    connection.execute("INSERT INTO corpus VALUES (%s) ON CONFLICT DO NOTHING", (corpus,))
    made: list[str] = []
    for login in logins:
        if _make_role(connection, login.role, "LOGIN"):
            made.append(login.role)
        _run(connection, "GRANT {} TO {}", groups[login.task], login.role)
        if login.task == "annotator":
            connection.execute(
                "INSERT INTO login VALUES (%s, %s) ON CONFLICT DO NOTHING", (login.role, login.name)
            )
    return MadeRoles(groups, made)


def _make_role(connection: Connection[Any], name: str, kind: LiteralString) -> bool:
    """Make a role where there is none; return whether it was made."""
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone():
        return False
    _run(connection, f"CREATE ROLE {{}} {kind}", name)
    return True


def _run(connection: Connection[Any], statement: LiteralString, *names: str) -> None:
    """Run a statement with names in it, quoted as PostgreSQL wants them."""
    from psycopg import sql

    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
