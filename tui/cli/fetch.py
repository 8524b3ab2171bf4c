"""The command `hashiya fetch`: a corpus from a URL to this disk. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def fetch_command(
    corpus: Annotated[str, typer.Argument(metavar="URL", help="A corpus that `build --out URL` has made.")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The corpus folder to make or renew.")],
) -> None:
    """Copy a corpus from a URL to this disk, to label, check or release it.

    What lies at a URL has no labels. Fetched again into the same folder, a later build takes the place of the
    earlier one, and the labels in the folder are carried over as after a build.
    """
    from hashiya.corpus.building.corpus_at_url import fetch_corpus as run
    from hashiya.corpus.sources.remote import RemotePath, parse_location
    from hashiya.tui.cli import output

    source = parse_location(corpus)
    if not isinstance(source, RemotePath):
        raise typer.BadParameter("a URL such as s3://bucket/corpus", param_hint="URL")
    with output.working("fetching"):
        run(source, folder)
    output.say(f"{source} is in {folder}")
