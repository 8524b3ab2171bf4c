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
LabelsOf = Annotated[
    str | None,
    typer.Option(
        "--annotator",
        metavar="NAME",
        help="Whose labels are taken; theirs are those, too, of which the file does not say whose they are.",
    ),
]
StatusGiven = Annotated[
    str | None,
    typer.Option("--status", metavar="STATUS", help="Their status; else what the file says, else done."),
]
LabelMapFile = Annotated[
    Path | None,
    typer.Option(
        "--map", metavar="FILE", help='A label map: TOML with a line THEIRS = "ours" each; "" leaves out.'
    ),
]
DraftMap = Annotated[
    bool,
    typer.Option("--draft-map", help="Print a label map for the labels that are there; do nothing else."),
]
UnlabelledIsDone = Annotated[
    bool, typer.Option("--unlabelled-is-done", help="Texts without labels were looked at, too.")
]
UsersFile = Annotated[
    Path | None,
    typer.Option(
        "--users",
        metavar="FILE",
        help='For Label Studio: TOML, a line for each annotator: layla = "l@example.org", or a number.',
    ),
]
LabelConfig = Annotated[
    Path | None,
    typer.Option(
        "--label-config",
        metavar="FILE",
        help="For Label Studio: the project's labelling configuration (XML).",
    ),
]
NamedAfter = Annotated[
    bool, typer.Option("--named-after", help="A file is by the person whose name it has: sara.jsonl by sara.")
]
PublicUrl = Annotated[
    str | None,
    typer.Option(
        "--public-url",
        metavar="URL",
        help="The address at which a proxy with https serves it: https://label.example.org/corpus",
    ),
]
