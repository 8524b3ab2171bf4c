"""Arguments and options that several commands take, so that each is named and explained alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CorpusFolder = Annotated[Path, typer.Argument(metavar="CORPUS", help="The corpus folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON, for scripts.")]
Strict = Annotated[
    bool, typer.Option("--strict", help="If anything would be left out, do nothing and say what.")
]
