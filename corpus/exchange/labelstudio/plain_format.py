"""Label Studio's JSON of any project as a format of labels: its texts found, or named, and its users."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from hashiya.corpus.exchange.formats.files import ReadOptions
from hashiya.corpus.exchange.json_stream import elements
from hashiya.corpus.exchange.labelstudio.file_kinds import check_is_export
from hashiya.corpus.exchange.labelstudio.people import People, read_people
from hashiya.corpus.exchange.labelstudio.plain_tasks import (
    LOOKED_AT,
    PlainControls,
    controls_in_config,
    controls_in_tasks,
    plain_sides,
)
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side
from hashiya.schema.errors import SourceError


def read(source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
    """Yield the texts of an export, once for each annotation, and once where there is none.

    Which keys of a task are texts, and which controls label them, is said by the labelling configuration that
    the options name, else found; what was found is told.
    """
    options = options or ReadOptions()
    people = People() if options.users is None else read_people(options.users)
    controls = _controls(source, options).only(options.text_key, options.label_key)
    yield from plain_sides(source, outcome, people, controls)


def _controls(source: Path, options: ReadOptions) -> PlainControls:
    check_is_export(source)
    if options.label_config is None:
        return controls_in_tasks(islice(elements(source), LOOKED_AT))
    try:
        return controls_in_config(options.label_config.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{options.label_config}: cannot be read: {error}") from None
