"""Who is let in by which link at this moment: the one person of a run, or those invited to a corpus."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from hashiya.corpus.team.invitations import Invitations, read_invitations, why_not_invited
from hashiya.corpus.team.people import read_team
from hashiya.schema.errors import CorpusError
from hashiya.tui.settings.paths import settings_file

_SERVED = "served"


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom a window belongs to: their name, and where their choices of menus and colours are kept.

    No name: the settings say it, or it is asked. No file: the settings of who runs the server.
    """

    annotator: str | None
    settings: Path | None = None


class GuestList(Protocol):
    """What is asked of those who know the links."""

    def guest(self, link: str) -> Guest | None:
        """Return who has the link whose token has this hash; `None` once it lets nobody in."""
        ...


class OwnLink:
    """The one link of `hashiya label --web`, which ends with the server."""

    def __init__(self, link: str, annotator: str | None) -> None:
        self._link = link
        self._guest = Guest(annotator)

    def guest(self, link: str) -> Guest | None:
        """Return who runs the server."""
        return self._guest if link == self._link else None


class InvitedGuests:
    """Those whom a corpus folder has invitations of, and whom its team, if it has one, still has.

    The files are read at each question, so that a link ends when it is revoked. A team file that cannot be
    read any more leaves the team as it was; invitations that cannot be read let nobody in.
    """

    def __init__(self, folder: Path, warn: Callable[[str], None]) -> None:
        """Read both files; `CorpusError` where one is wrong. `warn` is told what goes wrong later on."""
        self._folder = folder
        self._warn = warn
        self._warned = ""
        self._team = read_team(folder)
        read_invitations(folder)

    def guest(self, link: str) -> Guest | None:
        """Return who has a link now, under the name that holds."""
        invitation = self._invitations().of_token(link)
        if invitation is None:
            return None
        with suppress(CorpusError):
            self._team = read_team(self._folder)
        name = self._team.name_now(invitation.annotator) if self._team else invitation.annotator
        if why_not_invited(name, self._team, datetime.now().astimezone().date()):
            return None
        return Guest(name, _settings_of(name))

    def _invitations(self) -> Invitations:
        """Read the file; once more where it fails, since network folders lose a file that is replaced."""
        with suppress(CorpusError):
            return read_invitations(self._folder)
        try:
            return read_invitations(self._folder)
        except CorpusError as error:
            if str(error) != self._warned:
                self._warned = str(error)
                self._warn(f"{error}; until then nobody is let in")
            return Invitations()


def _settings_of(name: str) -> Path:
    """Return where the choices of somebody who is served are kept, beside the settings of who serves."""
    return settings_file().parent / _SERVED / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.toml"
