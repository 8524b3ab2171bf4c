"""Values of options that only the corpus knows, by name: formats and statuses. Loaded when a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

import typer

from hashiya.corpus.exchange.convert import FORMATS
from hashiya.corpus.exchange.formats.files import ReadOptions
from hashiya.corpus.exchange.importing.label_map import FileLabels
from hashiya.schema.records import Status

ANY = "any"
"""The name of all statuses together."""


def given_format(name: str | None) -> None:
    """Refuse a name that is of no format; `None` is none."""
    if name is not None and name not in FORMATS:
        raise typer.BadParameter(f"one of {', '.join(FORMATS)}", param_hint="FORMAT")


def given_status(name: str | None, *more: str) -> Status | None:
    """Return the status of a name; `more` are other names that could have been given."""
    if name is not None and name not in get_args(Status):
        raise typer.BadParameter(f"one of {', '.join([*get_args(Status), *more])}", param_hint="--status")
    return cast("Status | None", name)


def given_options(
    labels: FileLabels, users: Path | None, label_config: Path | None, *, named_after: bool
) -> ReadOptions:
    """Return what the options say of files that these do not say."""
    return ReadOptions(
        layers=labels.layers,
        label_key=labels.keys.get("labels"),
        text_key=labels.keys.get("text"),
        named_after=named_after,
        users=users,
        label_config=label_config,
    )
