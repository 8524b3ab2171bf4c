"""The command `hashiya serve`: the screen in the browsers of those who were invited. Imports late."""

from __future__ import annotations

from typing import Annotated

import typer

from hashiya.tui.cli.options import CorpusFolder, PublicUrl

_PORT = 8437


def serve_command(
    corpus: CorpusFolder,
    *,
    host: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="Where to listen; 0.0.0.0 is every network of this machine."),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="The port; 0 takes a free one.")
    ] = _PORT,
    public_url: PublicUrl = None,
    each: Annotated[
        int, typer.Option("--windows-each", metavar="N", min=1, help="Most windows open with one link.")
    ] = 4,
    total: Annotated[
        int,
        typer.Option("--windows", metavar="N", min=1, help="Most windows open in all; each is a process."),
    ] = 40,
) -> None:
    """Let the people who have a link label in a browser, each under their own name and no other.

    `hashiya invite` makes the links, and revokes them while this runs. Every label is saved at once; Ctrl+C
    ends it. Docs: docs/team.md.
    """
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.web.serve import serve_invited

    opened = Corpus.open(corpus)
    opened.generation()
    serve_invited(opened.folder, host, port, public_url, each=each, total=total)
