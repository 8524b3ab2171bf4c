"""Who is who: annotators of the journal and users of Label Studio, who are known there by their e-mail."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hashiya.schema.errors import SourceError


@dataclass(frozen=True, slots=True)
class People:
    """E-mails by annotator; one whose name is an e-mail needs no entry."""

    emails: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[int, str] = field(default_factory=dict)
    """E-mails by the number that a server gave them."""

    def email(self, annotator: str) -> str | None:
        """Return the e-mail of an annotator; `None` where it is not known."""
        return self.emails.get(annotator, annotator.lower() if "@" in annotator else None)

    def annotator(self, user: Any) -> str | None:
        """Return the annotator of Label Studio's `completed_by`: an e-mail, a number, or an object."""
        if isinstance(user, dict):
            user = user.get("email") or user.get("id")
        if isinstance(user, int) and not isinstance(user, bool):
            user = self.users.get(user, f"user-{user}")
        if not isinstance(user, str) or not user.strip():
            return None
        known = {email.lower(): name for name, email in self.emails.items()}
        return known.get(user.lower(), user)


def read_people(path: Path) -> People:
    """Read a TOML file of lines `annotator = "e-mail"`; `SourceError` names what is wrong."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise SourceError(f"{path}: not valid TOML: {error}") from None
    emails: dict[str, str] = {}
    for name, email in table.items():
        if not isinstance(email, str) or "@" not in email:
            raise SourceError(f'{path}: {name}: {email!r} is no e-mail; write {name} = "name@example.org"')
        taken = next((other for other, known in emails.items() if known == email.lower()), None)
        if taken is not None:
            raise SourceError(f"{path}: {name} and {taken} have the same e-mail, {email}")
        emails[name] = email.lower()
    return People(emails)
