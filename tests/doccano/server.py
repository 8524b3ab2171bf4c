"""A real doccano for the tests: installed once, outside our environment, and started on 127.0.0.1.

Kept under `build/doccano/`: its environment (0.5 GB) and `base`, a data folder with three users that every
start copies, so that a server neither migrates a database nor sees what another left behind.
"""

from __future__ import annotations

import fcntl
import json
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
_WORKER = ("doccano", "task", "--concurrency", "1")


class NotInstalledError(Exception):
    """doccano could not be installed; says what uv said."""


@dataclass(frozen=True)
class Server:
    """A running server with its worker, which does imports and exports, and its users."""

    url: str
    folder: Path
    tokens: Mapping[str, str]

    def client(self, user: str = ADMIN) -> httpx.Client:
        """A client of the API, below `/v1`, as a user; close it."""
        return _client(self.url, Authorization=f"Token {self.tokens[user]}")


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server on a fresh copy of the base, in `folder`, until the block ends."""
    with _alone():
        _install()
        base = _base()
    shutil.copytree(base, folder, dirs_exist_ok=True)
    tokens = json.loads((folder / "tokens.json").read_text(encoding="utf-8"))
    with _running(folder) as url, _process(folder, "worker", *_WORKER):
        yield Server(url, folder, tokens)


def said(folder: Path) -> str:
    """What the server and the worker on `folder` have said last."""
    logs = {
        log.name: log.read_text(encoding="utf-8", errors="replace") for log in sorted(folder.glob("*.log"))
    }
    return "\n".join(f"{name}:\n{text[-3000:]}" for name, text in logs.items())


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
        with _running(making) as url:
            tokens = {ADMIN: _log_in(url, ADMIN)}
            with _client(url, Authorization=f"Token {tokens[ADMIN]}") as admin:
                for name in ANNOTATORS:
                    account = {"username": name, "password1": PASSWORD, "password2": PASSWORD}
                    admin.post("/users/create", json=account).raise_for_status()
                    tokens[name] = _log_in(url, name)
        (making / "tokens.json").write_text(json.dumps(tokens), encoding="utf-8")
        making.rename(base)
    return base


def _log_in(url: str, user: str) -> str:
    """The token of a user, which stays the same."""
    with _client(url) as guest:
        login = guest.post("/auth/login/", json={"username": user, "password": PASSWORD})
    return login.raise_for_status().json()["key"]


@contextmanager
def _running(folder: Path) -> Iterator[str]:
    """The address of a server on `folder`, without its worker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # What `doccano webserver` runs; but that listens on all addresses of the machine.
    address = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--capture-output"]
    with _process(folder, "server", "gunicorn", *address, "config.wsgi") as process:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, folder)
        yield url


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
    """The environment of doccano's programs: whatever they keep, at home too, lies in `folder`."""
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


def _wait(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    with _client(url) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                if client.get("/me").status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
    raise AssertionError(f"doccano did not start:\n{said(folder)}")


def _client(url: str, **headers: str) -> httpx.Client:
    return httpx.Client(base_url=f"{url}/v1", headers=headers, timeout=PATIENCE, trust_env=False)
