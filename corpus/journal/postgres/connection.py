"""A connection to PostgreSQL: with a password that is in no file of ours, given up when it is dead.

The password is libpq's matter (PGPASSWORD, `~/.pgpass`, a service file); where it finds none, the system's
keyring is asked. Nothing here shows one.
"""

from __future__ import annotations

import base64
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from hashiya.corpus.journal.postgres.address import LONGEST_NAME, PostgresAddress
from hashiya.schema.errors import CorpusError, MissingExtraError

if TYPE_CHECKING:
    from psycopg import Connection

SERVICE = "hashiya journal"
"""The name under which the keyring keeps passwords, by URL."""
_PROGRAM = "hashiya"
# A machine that is gone is noticed within some seconds, here and at the server, whose locks it would hold.
_ALIVE = {"keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 10_000}
_SETTINGS = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "idle_in_transaction_session_timeout": "300s",
    "client_min_messages": "warning",
    # A plan that was made when the journal was small would read all of it later.
    "plan_cache_mode": "force_custom_plan",
}
_CONNECT_SECONDS = 5


def connect(address: PostgresAddress, *, patience: float = 30) -> Connection[Any]:
    """Open a connection that looks into the schema of a journal; `CorpusError` where that cannot be.

    `patience` is how many seconds a statement waits for a lock.
    """
    try:
        import psycopg
    except ImportError as error:
        raise MissingExtraError("a journal in PostgreSQL", "postgres") from error

    options: dict[str, Any] = {
        "autocommit": True,
        "application_name": _PROGRAM,
        "client_encoding": "UTF8",
        "connect_timeout": _CONNECT_SECONDS,
        **_ALIVE,
    }
    settings = {
        "search_path": f'"{address.schema}"',
        "lock_timeout": str(max(1, round(patience * 1000))),
        **_SETTINGS,
    }
    why: Exception
    try:
        try:
            connection = psycopg.connect(address.conninfo, **options)
        except psycopg.OperationalError as error:
            asked = error.pgconn is not None and (error.pgconn.needs_password or error.pgconn.used_password)
            password = _kept_password(address) if asked else None
            if password is None:
                raise
            connection = psycopg.connect(address.conninfo, password=password, **options)
        for name, value in settings.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        # What is said to be saved is on the server's disk, whatever its default.
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') = 'off'"
        )
        (encoding,) = connection.execute("SHOW server_encoding").fetchone() or ("",)
    except (psycopg.Error, UnicodeError) as error:
        why = error
    else:
        if encoding == "UTF8":
            return connection
        connection.close()
        raise CorpusError(f"{address}: the database has the encoding {encoding}; a journal needs UTF8")
    raise CorpusError(f"{address}: the journal cannot be opened: {in_a_line(why)}")


def in_a_line(error: Exception) -> str:
    """Return what a database said, in one line."""
    return " ".join(str(error).split())


def application_name(journal: str, who: str) -> str:
    """Return the name under which PostgreSQL shows the session of an annotator with a journal: short, ASCII.

    `journal` tells the journals in a database apart. A name that does not fit is left out.
    """
    if not who:
        return _PROGRAM
    plain = who.isascii() and who.isprintable() and not who.startswith("=")
    name = who if plain else "=" + base64.urlsafe_b64encode(who.encode()).decode().rstrip("=")
    told = f"{_PROGRAM}:{journal}:{name}"
    return told if len(told) <= LONGEST_NAME else _PROGRAM


def annotator_of(name: str, journal: str) -> str | None:
    """Return whose session with a journal an application name tells of; `None` where it tells of none."""
    begin = f"{_PROGRAM}:{journal}:"
    who = name.removeprefix(begin)
    if who == name or not who:
        return None
    if not who.startswith("="):
        return who
    with suppress(ValueError):
        return base64.urlsafe_b64decode(who[1:] + "=" * (-len(who[1:]) % 4)).decode()
    return None


def what_failed(error: Exception, connection: Connection[Any]) -> Literal["lost", "busy", "denied", "other"]:
    """Return what kind of failure an error is: the connection, a lock, a right, or something else."""
    from psycopg import errors

    if connection.closed or connection.broken:
        return "lost"
    if isinstance(error, errors.LockNotAvailable | errors.DeadlockDetected | errors.SerializationFailure):
        return "busy"
    return "denied" if isinstance(error, errors.InsufficientPrivilege) else "other"


def _kept_password(address: PostgresAddress) -> str | None:
    try:
        import keyring

        return keyring.get_password(SERVICE, address.conninfo)
    except Exception:  # noqa: BLE001 - each backend raises its own; without a keyring there is none
        return None
