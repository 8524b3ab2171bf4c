"""Who is who: annotators of the journal and users of Label Studio, known there by e-mail or by number.

A number means a user of one server only; exports of the community edition name people by nothing else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hashiya.schema.errors import SourceError
from hashiya.schema.team import Team


@dataclass(frozen=True, slots=True)
class People:
    """Annotators and the e-mails that users have; one whose name is an e-mail needs no entry.

    `emails` has one e-mail of an annotator, `others` gives annotators by further names of theirs, `numbers`
    by the numbers of users. `users` are e-mails or annotators by number, as a server or a file says who they
    are; `source` names the server where it does not say, and `nameless` gives names that stand for numbers.
    `now` gives the name that holds of annotators who labelled under another one before.
    """

    emails: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[int, str] = field(default_factory=dict)
    numbers: Mapping[int, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    nameless: Mapping[int, str] = field(default_factory=dict)
    now: Mapping[str, str] = field(default_factory=dict)

    def email(self, annotator: str) -> str | None:
        """Return the e-mail of an annotator; `None` where it is not known."""
        annotator = self.now.get(annotator, annotator)
        by_number = (self.users.get(number) for number, name in self.numbers.items() if name == annotator)
        known = self.emails.get(annotator) or next((email for email in by_number if email), None)
        return known or (annotator.lower() if "@" in annotator else None)

    def annotator(self, user: Any) -> str | None:
        """Return the annotator of Label Studio's `completed_by`: an e-mail, a number, or an object."""
        number, name = user, user
        if isinstance(user, dict):
            number, name = user.get("id"), user.get("email")
        if isinstance(number, int) and not isinstance(number, bool):
            if number in self.numbers:
                return self.numbers[number]
            if not isinstance(name, str) or not name.strip():
                name = self.users.get(number) or self._nameless(number)
        if not isinstance(name, str) or not name.strip():
            return None
        return self._by_email().get(name.lower()) or self.others.get(name, name)

    def knows(self, user: Any) -> bool:
        """Return whether more than a number is known of a user."""
        if isinstance(user, dict):
            return bool(user.get("email")) or self.knows(user.get("id"))
        return not isinstance(user, int) or user in self.numbers or user in self.users

    def names(self, annotator: str) -> Iterator[str]:
        """Yield the names that an annotator may have in a journal, the own one first."""
        names = (email for email, name in self._by_email().items() if name == annotator)
        yield from dict.fromkeys([annotator, *names])

    def _nameless(self, number: int) -> str:
        of = f" of {self.source}" if self.source else ""
        return self.nameless.get(number, f"user-{number}{of}")

    def _by_email(self) -> dict[str, str]:
        return {**self.others, **{email.lower(): name for name, email in self.emails.items()}}


def read_people(path: Path) -> People:
    """Read a TOML file of lines `annotator = "e-mail"`; `SourceError` names what is wrong.

    In place of an e-mail may stand the number of a user, or a list of e-mails and numbers.
    """
    return _people_in(_read_table(path), str(path))


def people_of_team(team: Team, where: str, path: Path | None = None) -> People:
    """Return the users that a team gives its people, and those of a file, which comes first.

    Earlier names of a person go with the one that holds. `SourceError` names what is wrong, of the team with
    `where` in front.
    """
    given = {person.name: list(person.labelstudio) for person in team.person if person.labelstudio}
    people = _people_in(given, where)
    if path is not None:
        file = _read_table(path)
        taken = {_user(value) for values in file.values() for value in _listed(values)}
        told = {team.name_now(name) for name in file}
        rest = {
            name: [value for value in values if _user(value) not in taken]
            for name, values in given.items()
            if name not in told
        }
        _people_in(file, str(path))
        people = _people_in({**rest, **file}, where)
    now = {name: person.name for person in team.person for name in person.formerly}
    return replace(people, now={old: name for old, name in now.items() if people.email(old) is None})


def _read_table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise SourceError(f"{path}: not valid TOML: {error}") from None


def _people_in(table: Mapping[str, Any], where: str) -> People:
    """The people of a table of users by annotator; `SourceError` opens with `where`."""
    emails: dict[str, str] = {}
    others: dict[str, str] = {}
    numbers: dict[int, str] = {}
    taken: dict[str | int, str] = {}
    for name, given in table.items():
        for value in _listed(given):
            user = _user(value)
            if user is None:
                way = f'write {name} = "name@example.org", the number of a user, or a list of both'
                raise SourceError(f"{where}: {name}: {value!r} is no e-mail and no number; {way}")
            if taken.setdefault(user, name) != name:
                what = "number" if isinstance(user, int) else "e-mail"
                raise SourceError(f"{where}: {name} and {taken[user]} have the same {what}, {value}")
            if isinstance(user, int):
                numbers[user] = name
            elif emails.setdefault(name, user) != user:
                others[user] = name
    return People(emails, numbers=numbers, others=others)


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _user(value: object) -> str | int | None:
    """Return the e-mail or number that a value is, or `None`."""
    if isinstance(value, str):
        text = value.strip()
        if text.isascii() and text.isdigit():
            return int(text)
        return text.lower() if "@" in text else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
