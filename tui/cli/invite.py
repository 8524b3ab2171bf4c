"""The command `hashiya invite`: personal links into the browser, made, listed and revoked. Imports late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hashiya.tui.cli import output
from hashiya.tui.cli.options import AsJson, CorpusFolder, PublicUrl

if TYPE_CHECKING:
    from hashiya.corpus.store.folder import Corpus


def invite_command(
    corpus: CorpusFolder,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Whose links; who labels under which name."),
    ] = None,
    *,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="End their links and close their windows, at once.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="Say who has a link, since when.")] = False,
    public_url: PublicUrl = None,
    as_json: AsJson = False,
) -> None:
    """Print a link for each person, with which they label in a browser under their name (`hashiya serve`).

    It is printed this once: the corpus keeps a hash. Send it to that person alone; whoever has it is that
    person. Who is invited again has a new link, and the one before ends.
    """
    from hashiya.corpus.store.folder import Corpus

    if listed == bool(names) or (listed and revoke):
        raise typer.BadParameter("give names, or --list", param_hint="NAME")
    if public_url is not None and (listed or revoke):
        raise typer.BadParameter("goes with names that are invited", param_hint="--public-url")
    opened = Corpus.open(corpus)
    asked = list(dict.fromkeys(names or ()))
    if listed:
        _list(opened, as_json=as_json)
    elif revoke:
        _revoke(opened, asked, as_json=as_json)
    else:
        _invite(opened, asked, public_url, as_json=as_json)


def _list(corpus: Corpus, *, as_json: bool) -> None:
    from hashiya.corpus.team.invitations import read_invitations

    found = read_invitations(corpus.folder)
    people = sorted(found.invitations, key=lambda invitation: invitation.annotator)
    if as_json:
        output.print_json(
            address=found.address,
            people=[{"annotator": person.annotator, "made": person.made} for person in people],
        )
        return
    for person in people:
        output.say(f"{person.annotator}  since {person.made}")
    if not people:
        output.say(f"Nobody has a link; hashiya invite {corpus.folder} NAME prints one.")


def _revoke(corpus: Corpus, names: list[str], *, as_json: bool) -> None:
    from hashiya.corpus.team.invitations import revoke

    gone = revoke(corpus.folder, names)
    if as_json:
        output.print_json(revoked=gone)
    else:
        output.say(f"Revoked: {', '.join(gone)}. Their windows are being closed; what they saved stays.")


def _invite(corpus: Corpus, names: list[str], public_url: str | None, *, as_json: bool) -> None:
    from datetime import datetime

    from hashiya.corpus.team.invitations import invite
    from hashiya.tui.web.serve import personal_link, served_address

    address = served_address(corpus.folder, public_url)
    tokens = invite(corpus.folder, names, datetime.now().astimezone().date())
    links = {name: personal_link(address, token) for name, token in tokens.items()}
    if as_json:
        output.print_json(links=links)
        return
    for name, link in links.items():  # the address first: a line that begins with Arabic would turn round
        output.say(f"{link}  {name}")
