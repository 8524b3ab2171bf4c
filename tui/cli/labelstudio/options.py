"""Options that several commands of `hashiya labelstudio` take, and what they are read as."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from hashiya.corpus.exchange.labelstudio.people import People
    from hashiya.corpus.exchange.labelstudio.three_way_merge import Prefer
    from hashiya.corpus.store.folder import Corpus

Users = Annotated[
    Path | None,
    typer.Option(
        "--users",
        metavar="FILE",
        help='TOML, a line for each annotator: layla = "l@example.org", or a number, or a list of both; '
        "goes before `labelstudio` in team.toml.",
    ),
]
Preferred = Annotated[
    str | None,
    typer.Option(
        "--prefer", metavar="here|there", help="Which side wins where both changed; else both stay."
    ),
]
ServerUrl = Annotated[
    str, typer.Option("--url", metavar="URL", help="The server, such as https://label.example.org.")
]
ProjectName = Annotated[
    str, typer.Option("--project", metavar="NAME", help="The project's number, or its whole title.")
]
CreateProject = Annotated[bool, typer.Option("--create", help="Make the project if it is not there.")]
Unassigned = Annotated[
    bool,
    typer.Option("--unassigned", help="Send as the key's owner what annotators made who have no user there."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")]


def people_in(corpus: Corpus, users: Path | None) -> People:
    """Return the people of a corpus's team and of a file of users, which comes first; nobody without both."""
    from hashiya.corpus.exchange.labelstudio.people import people_of_team
    from hashiya.corpus.team.people import TEAM_FILE, read_team
    from hashiya.schema.team import Team

    return people_of_team(read_team(corpus.folder) or Team(), str(corpus.folder / TEAM_FILE), users)


def checked_prefer(value: str | None) -> Prefer | None:
    """Return the side that is preferred; a usage error where there is no such side."""
    if value not in {None, "here", "there"}:
        raise typer.BadParameter("here or there", param_hint="--prefer")
    return cast("Prefer | None", value)
