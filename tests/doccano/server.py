"""A real doccano for the tests: installed once, outside our environment, and started on 127.0.0.1.

Kept under `build/doccano/`: its environment (0.5 GB) and `base`, a data folder with three users that every
start copies, so that a server neither migrates a database nor sees what another left behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uv

VERSION = "1.8.4"
PYTHON = "3.11"
"""The newest for which the pandas that doccano asks for has wheels, whichever runs the tests."""
BESIDE = ("marshmallow<4", "numpy<2", "setuptools<81")
"""What doccano needs, does not pin and does not work with in newer versions."""
HOME = Path(__file__).parents[2] / "build" / "doccano" / f"{VERSION}-python{PYTHON}"
PATIENCE = 120.0
"""Seconds for a start, an import or an export; each takes some three on a quiet machine."""
PASSWORD = "correct-horse-9"  # all users log in with it
ADMIN = "admin"
ANNOTATORS = ("sara", "omar")


class NotInstalledError(Exception):
    """doccano could not be installed; says what uv said."""


@dataclass(frozen=True)
class Server:
    """A running server with its worker, which does imports and exports, and its users."""

    url: str
    folder: Path

    @contextmanager
    def client(self, user: str = ADMIN) -> Iterator[httpx.Client]:
        """A client of the API, below `/v1`, as a user."""
        with _client(self.url) as guest:
            login = guest.post("/auth/login/", json={"username": user, "password": PASSWORD})
        key = login.raise_for_status().json()["key"]
        with _client(self.url, Authorization=f"Token {key}") as client:
            yield client

    def said(self) -> str:
        """What server and worker have said last."""
        return "\n".join(
            f"{log.name}:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}"
            for log in sorted(self.folder.glob("*.log"))
        )


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server on a fresh copy of the base, in `folder`, until the block ends."""
    with _alone():
        _install()
        base = _base()
    shutil.copytree(base, folder, dirs_exist_ok=True)
    with _running(folder) as server, _process(folder, "worker", *_WORKER):
        yield server


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other test runs waiting that would install at the same time."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install() -> None:
    stamp = HOME / "installed"
    if stamp.exists():
        return
    environment = HOME / "environment"
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    python = sys.executable if ours == PYTHON else PYTHON
    for arguments in (
        ["venv", "--quiet", "--clear", "--no-python-downloads", "--python", python, environment],
        ["pip", "install", "--quiet", "--python", _program("python"), f"doccano=={VERSION}", *BESIDE],
    ):
        # In the root folder, since nothing of our [tool.uv] is meant for it.
        done = subprocess.run(
            [uv.find_uv_bin(), *map(str, arguments)],
            cwd=HOME.anchor,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise NotInstalledError(f"doccano {VERSION} is not installed and cannot be: {done.stderr}")
    stamp.touch()


def _base() -> Path:
    """The data folder every server starts from: migrated, with an administrator and two annotators."""
    base = HOME / "base"
    if not base.exists():
        making = HOME / "base.making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        for command in (["init"], ["createuser", "--username", ADMIN, "--password", PASSWORD]):
            done = subprocess.run(
                [_program("doccano"), *command],
                cwd=making,
                env=_settings(making),
                capture_output=True,
                text=True,
                encoding="utf-8",
                check=False,
            )
            assert done.returncode == 0, done.stderr
        with _running(making) as server, server.client() as admin:
            for name in ANNOTATORS:
                account = {"username": name, "password1": PASSWORD, "password2": PASSWORD}
                admin.post("/users/create", json=account).raise_for_status()
        making.rename(base)
    return base


_WORKER = ("doccano", "task", "--concurrency", "1")


@contextmanager
def _running(folder: Path) -> Iterator[Server]:
    """A server on `folder`, without its worker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # What `doccano webserver` runs; but that listens on all addresses of the machine.
    address = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--capture-output"]
    with _process(folder, "server", "gunicorn", *address, "config.wsgi") as process:
        server = Server(f"http://127.0.0.1:{port}", folder)
        _wait(server, process)
        yield server


@contextmanager
def _process(folder: Path, name: str, program: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of doccano's environment on `folder`, with all that it starts, until the block ends."""
    with (folder / f"{name}.log").open("wb") as output:
        process = subprocess.Popen(
            [_program(program), *arguments],
            cwd=folder,
            env=_settings(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with ExitStack() as end:
        end.callback(process.wait)
        end.callback(os.killpg, process.pid, signal.SIGKILL)
        yield process


def _program(name: str) -> Path:
    return HOME / "environment" / "bin" / name


def _settings(folder: Path) -> Mapping[str, str]:
    """The environment of doccano's programs: its data, and whatever else it would keep at home, in `folder`."""
    names = ("PYTHON", "DJANGO", "CELERY", "DATABASE", "GUNICORN")
    own = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    (package,) = (HOME / "environment" / "lib").glob("python*/site-packages/backend")
    return {
        **own,
        "HOME": str(folder),
        "DOCCANO_HOME": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "MEDIA_ROOT": str(folder / "media"),
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "PYTHONPATH": str(package),
        "STANDALONE": "True",
    }


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    with _client(server.url) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                if client.get("/me").status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
    raise AssertionError(f"doccano did not start:\n{server.said()}")


def _client(url: str, **headers: str) -> httpx.Client:
    return httpx.Client(base_url=f"{url}/v1", headers=headers, timeout=PATIENCE, trust_env=False)
