"""A real Label Studio for the tests: installed once, outside our environment, and started on 127.0.0.1.

Kept under `build/label-studio/`: its environment (0.8 GB) and `base`, a data folder with two users that
every start copies, so that a server neither migrates a database nor sees what another left behind.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import uv

VERSION = "1.23.2"
HOME = (
    Path(__file__).parents[2]
    / "build"
    / "label-studio"
    / f"{VERSION}-python{sys.version_info.major}.{sys.version_info.minor}"
)
PATIENCE = 300.0
"""Seconds for a start; the first, which migrates, takes 35 on a quiet machine."""
PASSWORD = "correct-horse-9"  # both users log in with it in a browser
OWNER = "owner@example.org"
OWNER_TOKEN = "0123456789abcdef0123456789abcdef01234567"
ANNOTATOR = "sara@example.org"
SETTINGS = {
    "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
    "LABEL_STUDIO_DEBUG": "false",
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
    "LABEL_STUDIO_FEATURE_FLAGS_OFFLINE": "true",
    "LABEL_STUDIO_FRONTEND_SENTRY_DSN": "",
    "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
    "LABEL_STUDIO_SENTRY_DSN": "",
}


class NotInstalledError(Exception):
    """Label Studio could not be installed; says what uv said."""


@dataclass(frozen=True)
class User:
    """An account: `token` is the legacy one (`Token ...`), `access_token` a personal access token."""

    id: int
    email: str
    token: str
    access_token: str


@dataclass(frozen=True)
class Server:
    """A running server, its owner, and a second annotator of the same organisation."""

    url: str
    owner: User
    annotator: User
    pid: int
    log: Path

    def client(self, user: User | None = None) -> httpx.Client:
        """A client of the bare API with the legacy token of `user`, else of the owner; close it."""
        token = (user or self.owner).token
        return _client(self.url, Authorization=f"Token {token}")


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server on a fresh copy of the base, in `folder`, until the block ends."""
    with _alone():
        _install()
        base = _base()
    shutil.copytree(base, folder, dirs_exist_ok=True)
    users = json.loads((folder / "users.json").read_text(encoding="utf-8"))
    owner, annotator = (User(**user) for user in users)
    with _running(folder) as (url, pid):
        yield Server(url, owner, annotator, pid, folder / "server.log")


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
    for arguments in (
        ["venv", "--quiet", "--clear", "--python", sys.executable, environment],
        ["pip", "install", "--quiet", "--python", environment / "bin" / "python", f"label-studio=={VERSION}"],
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
            raise NotInstalledError(f"label-studio {VERSION} is not installed and cannot be: {done.stderr}")
    stamp.touch()


def _base() -> Path:
    """The data folder every server starts from: migrated, with two users and their tokens."""
    base = HOME / "base"
    if not base.exists():
        making = HOME / "base.making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        with _running(making) as (url, _pid):
            with _client(url, Authorization=f"Token {OWNER_TOKEN}") as owner:
                invitation = owner.get("/api/invite").raise_for_status().json()["invite_url"]
                users = [_user(owner)]
            with _client(url) as guest:
                _sign_up(guest, invitation)
                users.append(_user(guest))
        (making / "users.json").write_text(json.dumps([asdict(user) for user in users]), encoding="utf-8")
        making.rename(base)
    return base


def _sign_up(guest: httpx.Client, invitation: str) -> None:
    """Make a second user as a browser does: one made with POST /api/users cannot log in."""
    form = guest.get(invitation).raise_for_status().text
    secret = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert secret is not None, form
    answers = {"csrfmiddlewaretoken": secret[1], "email": ANNOTATOR, "password": PASSWORD}
    signed = guest.post(invitation, data=answers)
    assert signed.status_code == httpx.codes.FOUND, signed.text
    guest.headers["X-CSRFToken"] = guest.cookies["csrftoken"]


def _user(client: httpx.Client) -> User:
    """Whoever `client` is logged in as, with a new personal access token."""
    me = client.get("/api/current-user/whoami").raise_for_status().json()
    token = client.get("/api/current-user/token").raise_for_status().json()["token"]
    access_token = client.post("/api/token/").raise_for_status().json()["token"]
    return User(me["id"], me["email"], token, access_token)


@contextmanager
def _running(folder: Path) -> Iterator[tuple[str, int]]:
    """The address and the process of a server on `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    options = f"--no-browser --internal-host 127.0.0.1 --port {port} --enable-legacy-api-token"
    account = f"--username {OWNER} --password {PASSWORD} --user-token {OWNER_TOKEN}"
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LABEL_STUDIO"))
    }
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [HOME / "environment" / "bin" / "label-studio", "start", *options.split(), *account.split()],
            cwd=folder,
            env={**own, **SETTINGS, "LABEL_STUDIO_BASE_DATA_DIR": str(folder), "LABEL_STUDIO_HOST": url},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(url, process, log)
        yield url, process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    with _client(url) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                if client.get("/health").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
    last = log.read_text(encoding="utf-8", errors="replace")[-3000:]
    raise AssertionError(f"Label Studio did not start:\n{last}")


def _client(url: str, **headers: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers=headers, timeout=PATIENCE, trust_env=False)
