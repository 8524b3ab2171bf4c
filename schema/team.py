"""The people of a team, and how their work is shared out: what `team.toml` says.

A person has one name that holds, under which their labels are from now on, and maybe earlier ones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import Field

from hashiya.schema.records import LabelLayer, Lang, record

Role = Literal["annotator", "adjudicator", "builder"]
ROLES: tuple[Role, ...] = get_args(Role)


@record
class Person:
    """Somebody of a team: which languages they read, what they do, which layers they label (null is all).

    `left` is the ISO 8601 date from which on they get no work, or true; `formerly` are the names under which
    they labelled before. `labelstudio` is who they are there: e-mails and numbers of users.
    """

    name: str
    reads: tuple[Lang, ...] = ("ar", "en")
    roles: tuple[Role, ...] = ("annotator",)
    layers: tuple[LabelLayer, ...] | None = None
    left: str | bool = False
    formerly: tuple[str, ...] = ()
    labelstudio: tuple[str | int, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the one that holds first."""
        return (self.name, *self.formerly)

    def is_there(self, day: date) -> bool:
        """Return whether the person has not left by a day."""
        if isinstance(self.left, bool):
            return not self.left
        return day < date.fromisoformat(self.left)


@record
class WorkRules:
    """How documents are shared out: the share of them that two people label, the known ones, the seed.

    `overlap` null is as the plan before had it, else none. `gold` are ids of documents.
    """

    overlap: Annotated[float, Field(ge=0, le=1)] | None = None
    gold: tuple[str, ...] = ()
    seed: int = 0


@record
class Team:
    """The people of a corpus, `person` in the file, and the rules of its plan of work."""

    person: tuple[Person, ...] = ()
    plan: WorkRules = WorkRules()

    def name_now(self, name: str) -> str:
        """Return the name that holds of whoever labelled under a name; of somebody else the same name."""
        return next((person.name for person in self.person if name in person.names), name)

    def first_name(self, name: str) -> str:
        """Return the earliest name of whoever has, or had, a name: it stays when a new one comes."""
        return next(
            (person.formerly[0] for person in self.person if person.formerly and name in person.names), name
        )

    def member(self, name: str) -> Person | None:
        """Return whoever has, or had, a name; `None` where that is nobody of the team."""
        return next((person for person in self.person if name in person.names), None)

    def names_of(self, name: str) -> tuple[str, ...]:
        """Return all names of whoever has, or had, a name, the one that holds first."""
        return next((person.names for person in self.person if name in person.names), (name,))

    def annotators(self, day: date) -> tuple[Person, ...]:
        """Return who gets work on a day: annotators who are there."""
        return tuple(person for person in self.person if "annotator" in person.roles and person.is_there(day))


def team_faults(team: Team) -> Iterator[str]:
    """Yield what is wrong in a team: names that are none or another's, no date, lists that say nothing."""
    taken: dict[str, str] = {}
    for number, person in enumerate(team.person):
        at = f"person[{number}]"
        for name in person.names:
            field = "name" if name == person.name else "formerly"
            if not name.strip() or not name.isprintable():
                yield f"{at}.{field}: {name!r} cannot be a name: it is empty or has control characters"
            elif name != name.strip():
                yield f"{at}.{field}: {name!r} begins or ends with white space"
            elif name in taken:
                yield f"{at}.{field}: {name!r} is the name of {taken[name]}, too; a name is one person's"
            taken.setdefault(name, at)
        if isinstance(person.left, str) and not _is_date(person.left):
            yield f"{at}.left: {person.left!r} must be a date such as 2025-02-14, or true"
        for field, values in (("reads", person.reads), ("roles", person.roles), ("layers", person.layers)):
            if values is not None and not values:
                yield f"{at}.{field}: is empty; leave it out, or say what there is"
            elif len(set(values or ())) < len(values or ()):
                yield f"{at}.{field}: has something twice"
    yield from _alike_faults(team)
    yield from _user_faults(team)
    for place, doc_id in enumerate(team.plan.gold):
        if doc_id in team.plan.gold[:place]:
            yield f"plan.gold[{place}]: {doc_id!r} is there twice"


def with_rules(team: Team, *, overlap: float | None = None, seed: int | None = None) -> Team:
    """Return a team with other rules where some are given."""
    rules = team.plan
    return replace(
        team,
        plan=replace(
            rules,
            overlap=rules.overlap if overlap is None else overlap,
            seed=rules.seed if seed is None else seed,
        ),
    )


def _alike_faults(team: Team) -> Iterator[str]:
    """Yield names of two people that a reader takes for one: they differ in case or Unicode form alone."""
    seen: dict[str, tuple[int, str]] = {}
    for number, person in enumerate(team.person):
        for name in person.names:
            read = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
            other, known = seen.setdefault(read, (number, name))
            if other != number and name != known:
                field = "name" if name == person.name else "formerly"
                yield (
                    f"person[{number}].{field}: {name!r} can be taken for {known!r} of person[{other}]: they "
                    "differ in case or Unicode form alone; give names that can be told apart, or list both "
                    "for one person"
                )


def _user_faults(team: Team) -> Iterator[str]:
    taken: dict[str | int, str] = {}
    for number, person in enumerate(team.person):
        at = f"person[{number}]"
        for user in person.labelstudio:
            if user < 0 if isinstance(user, int) else "@" not in user:
                yield f"{at}.labelstudio: {user!r} is no e-mail and no number of a user"
            known = taken.setdefault(user.lower() if isinstance(user, str) else user, at)
            if known != at:
                yield f"{at}.labelstudio: {user!r} is {known}, too; a user is one person"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2025-02-14")
