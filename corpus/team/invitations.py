"""Who may label a corpus in a browser: a person's secret link, of which the folder keeps only a hash.

A token has 256 random bits. Nobody can guess one, nor find it from its SHA-256: a slow hash, as passwords
need it, would only hold up whoever has the link. The file is its owner's alone, since who can write to it
lets anybody in. It is hidden, so that a backup is without it and no link comes back with one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import stat
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from hashiya.corpus.files.atomic import replacing_file
from hashiya.corpus.team.people import TEAM_FILE, read_team
from hashiya.schema.codec import from_json, to_json
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import record
from hashiya.schema.team import Team

INVITATIONS_FILE = ".invitations.json"
_LOCK = ".invitations.lock"
_TOKEN_BYTES = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@record
class Invitation:
    """One person's link: whose, the SHA-256 of its token in hex, since when (ISO 8601, UTC)."""

    annotator: str
    sha256: str
    made: str


@record
class Invitations:
    """All links of a corpus, and the address that it was last served at."""

    format: Literal[1] = 1
    address: str | None = None
    invitations: tuple[Invitation, ...] = ()

    def of_token(self, token_hash: str) -> Invitation | None:
        """Return the invitation whose token has a hash."""
        return next((found for found in self.invitations if found.sha256 == token_hash), None)


def token_hash(token: str) -> str:
    """Return the hash of a token, or of whatever was given as one."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def new_token() -> str:
    """Return a new random token, fit for an address."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def why_not_invited(name: str, team: Team | None, day: date) -> str:
    """Return why somebody of a name may not label in a browser on a day, or "".

    Without a team everybody may; in one, who is in it and has not left, under the name that holds.
    """
    if not name.strip() or name != name.strip() or not name.isprintable():
        return "cannot be a name: it is empty, has control characters, or white space at an end"
    if team is None:
        return ""
    person = next((person for person in team.person if name in person.names), None)
    if person is None:
        return f"is not in {TEAM_FILE}; there are: {', '.join(found.name for found in team.person)}"
    if not person.is_there(day):
        return f"has left, says {TEAM_FILE}"
    return "" if person.name == name else f"is called {person.name} now, says {TEAM_FILE}"


def read_invitations(folder: Path) -> Invitations:
    """Return the links of a corpus folder, none where there is no file.

    `CorpusError` where the file cannot be read, or is not its reader's alone.
    """
    path = folder / INVITATIONS_FILE
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            content = file.read()
    except FileNotFoundError:
        return Invitations()
    except OSError as error:
        raise CorpusError(
            f"{path}: cannot be read ({error.strerror or error}); only the account that invites may serve"
        ) from None
    if status.st_uid != os.geteuid():
        raise CorpusError(f"{path}: belongs to another account; only the account that invites may serve")
    if status.st_mode & _OTHERS:
        raise CorpusError(
            f"{path}: other accounts may read or write it, and so let anybody in: run chmod 600 on it, and "
            "invite everybody anew if somebody may have"
        )
    return _parsed(content, str(path))


@lru_cache(maxsize=4)
def _parsed(content: bytes, where: str) -> Invitations:
    """Return what a file says; remembered, since a server reads it again and again."""
    try:
        return from_json(Invitations, content, where)
    except LabelError as error:
        raise CorpusError(f"{error}; remove the file, and invite everybody anew") from None


def invite(folder: Path, names: Sequence[str], day: date) -> dict[str, str]:
    """Return a new token for each name; a link that somebody had before ends.

    `CorpusError` says who may not be invited; then nobody is.
    """
    team = read_team(folder)
    faults = [f"{name!r} {why}" for name in names if (why := why_not_invited(name, team, day))]
    if faults:
        raise CorpusError(f"{folder}: nobody was invited: {'; '.join(faults)}")
    tokens = {name: new_token() for name in names}
    made = datetime.now(UTC).isoformat(timespec="seconds")
    with _changing(folder) as before:
        gone = {now for name in names for now in _names_of(team, name)}
        kept = tuple(found for found in before.invitations if found.annotator not in gone)
        new = tuple(
            Invitation(annotator=name, sha256=token_hash(token), made=made) for name, token in tokens.items()
        )
        _write(folder, replace(before, invitations=kept + new))
    return tokens


def revoke(folder: Path, names: Sequence[str]) -> list[str]:
    """End the links of names, and of all other names of these people; return whose links these were.

    `CorpusError` names who had none; then none is ended.
    """
    team = read_team(folder)
    with _changing(folder) as before:
        theirs = {name: set(_names_of(team, name)) for name in names}
        invited = {found.annotator for found in before.invitations}
        strangers = [name for name, own in theirs.items() if not own & invited]
        if strangers:
            having = f"only {', '.join(sorted(invited))} have" if invited else "nobody has"
            raise CorpusError(
                f"{folder}: no link was revoked: {having} one, not {', '.join(map(repr, strangers))}"
            )
        gone = set[str]().union(*theirs.values())
        kept = tuple(found for found in before.invitations if found.annotator not in gone)
        _write(folder, replace(before, invitations=kept))
    return sorted(gone & invited)


def remember_address(folder: Path, address: str) -> None:
    """Remember where a corpus is served, for the links that are made from now on."""
    with _changing(folder) as before:
        if before.address != address:
            _write(folder, replace(before, address=address))


def _names_of(team: Team | None, name: str) -> tuple[str, ...]:
    return (name,) if team is None else team.names_of(name)


@contextmanager
def _changing(folder: Path) -> Generator[Invitations]:
    """Yield what stands while no other process changes it."""
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CorpusError(f"{folder / _LOCK}: cannot be written: {error.strerror or error}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield read_invitations(folder)
    finally:
        os.close(lock)


def _write(folder: Path, invitations: Invitations) -> None:
    """Write the file, readable to its owner alone from its first byte."""
    path = folder / INVITATIONS_FILE
    try:
        with replacing_file(path) as draft:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(f"{to_json(invitations)}\n")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be written: {error.strerror or error}") from None
