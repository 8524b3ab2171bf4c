"""A real PostgreSQL for the tests: Debian's, started on a free port of 127.0.0.1 with a data folder of ours.

Every journal has a schema of its own in it. As root, which PostgreSQL refuses to be, it runs as another user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from hashiya.corpus.journal.postgres.address import PostgresAddress

OWNER = "owner"
GUARDED = "guarded"
"""A login that needs a password, unlike all others."""
PASSWORD = "correct-horse-9"
_FOLDERS = (*sorted(Path("/usr/lib/postgresql").glob("*/bin")), Path("/usr/bin"), Path("/usr/local/bin"))
_READY = "ready to accept connections"
_USERS = ("postgres", "nobody")


class NotInstalledError(Exception):
    """There is no PostgreSQL on this machine; says what to install."""


class PostgresServer:
    """A server that can be stopped and started again with all that it holds."""

    def __init__(self, binaries: Path, folder: Path, *, durable: bool = False) -> None:
        self._fsync = "on" if durable else "off"
        self._binaries = binaries
        self._data = folder / "data"
        self._user = _other_user()
        self._process: subprocess.Popen[str] | None = None
        self._schemas = count(1)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        if self._user is not None:
            os.chown(folder, *self._user)
        self._run(
            "initdb", "--pgdata", self._data, "--username", OWNER, "--auth", "trust", "--encoding", "UTF8",
            "--locale", "C.UTF-8", "--no-sync", "--no-instructions",
        )  # fmt: skip
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"host all {GUARDED} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n")

    def url(self, user: str = OWNER, port: int | None = None) -> str:
        """The URL of the database, for a login; through a proxy at another port."""
        return f"postgresql://{user}@127.0.0.1:{port or self.port}/postgres?sslmode=disable"

    def place(self) -> PostgresAddress:
        """Where a journal can be made: a schema that nobody used."""
        return PostgresAddress.parse(self.url()).with_schema(f"journal_{next(self._schemas)}")

    def connect(self, **options: Any) -> Any:
        """A connection of psycopg's as the owner; close it."""
        import psycopg

        return psycopg.connect(self.url(), autocommit=True, **options)

    def start(self) -> None:
        """Start it, and return when it answers."""
        process = subprocess.Popen(
            [
                self._binaries / "postgres", "-D", self._data, "-p", str(self.port),
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                "-c", f"fsync={self._fsync}",
            ],
            cwd="/", stderr=subprocess.PIPE, text=True, env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
            **self._as_user(),
        )  # fmt: skip
        log: list[str] = []
        assert process.stderr is not None
        for line in process.stderr:
            log.append(line)
            if _READY in line:
                break
        else:
            raise AssertionError("".join(log))
        threading.Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would stop it
        self._process = process

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End all sessions and stop it; with SIGQUIT it leaves its files as they are."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            if self._process.stderr is not None:
                self._process.stderr.close()
            self._process = None

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self._binaries / program, *arguments],
            cwd="/", capture_output=True, text=True, check=False, **self._as_user(),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def _as_user(self) -> dict[str, Any]:
        return (
            {} if self._user is None else {"user": self._user[0], "group": self._user[1], "extra_groups": []}
        )


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A server until the block ends; `NotInstalledError` where there is none.

    Only a `durable` one waits for its disk.
    """
    binaries = next((folder for folder in _FOLDERS if (folder / "initdb").exists()), None)
    if binaries is None:
        raise NotInstalledError("PostgreSQL is not installed (on Debian: apt install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="hashiya-postgres-"))
    try:
        server = PostgresServer(binaries, folder, durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)  # nobody needs its files again
    finally:
        shutil.rmtree(folder)


def _other_user() -> tuple[int, int] | None:
    """Who runs a server that root must not run; `None` where this user can."""
    if os.getuid() != 0:
        return None
    entry = next(user for user in pwd.getpwall() if user.pw_name in _USERS)
    return entry.pw_uid, entry.pw_gid
