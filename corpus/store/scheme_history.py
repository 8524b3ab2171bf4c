"""The scheme's history in a corpus: the numbers of its classes, and changes that labels are read through.

`classes.json` is a ledger that only grows: a class keeps its number for ever, whatever the order in the
scheme file, and the number of a class that is gone is not given again. `migrations.json` holds the changes
from one version to the next, which are applied to labels when they are read: those that arrive late, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hashiya.corpus.files.atomic import write_whole
from hashiya.schema.codec import adapter, explain, to_object
from hashiya.schema.errors import CorpusError
from hashiya.schema.migration import SchemeMigration, migrated
from hashiya.schema.records import Annotation
from hashiya.schema.scheme import SECTIONS, LabelScheme

CLASSES = "classes.json"
MIGRATIONS = "migrations.json"

ClassLedger = dict[str, tuple[str, ...]]
"""The classes of every section in the order of their numbers, those that are gone too.

`IMPLICATION_CLASSES` is a section of its own here: its classes are a target and a channel, `chips/demand`.
"""
IMPLICATION_CLASSES = "implication"


def read_classes(folder: Path) -> ClassLedger:
    """Return the ledger of a corpus; empty where nothing was released yet. `CorpusError` if it is damaged."""
    ledger: ClassLedger = _read(
        folder / CLASSES, ClassLedger, {}, "restore it from a copy, or from dataset.json"
    )
    for section, names in ledger.items():
        if section not in {*SECTIONS, IMPLICATION_CLASSES} or len(set(names)) < len(names):
            raise CorpusError(f"{folder / CLASSES}: {section}: is no section, or names a class twice")
    for name in ledger.get(IMPLICATION_CLASSES, ()):
        target, _, channel = name.partition("/")
        if target not in ledger.get("target", ()) or channel not in ledger.get("channel", ()):
            raise CorpusError(f"{folder / CLASSES}: {IMPLICATION_CLASSES}: {name!r} is no target and channel")
    return ledger


def with_scheme(ledger: ClassLedger, scheme: LabelScheme) -> ClassLedger:
    """Return a ledger with the labels of a scheme: those that it has not get the next numbers."""
    grown: ClassLedger = {}
    for section in SECTIONS:
        known = ledger.get(section, ())
        grown[section] = (*known, *(name for name in scheme.ids(section) if name not in known))
    cells = [
        f"{target}/{channel}"
        for target in grown["target"]
        if target in scheme.ids("target")
        for channel in grown["channel"]
        if channel in scheme.ids("channel")
    ]
    known = ledger.get(IMPLICATION_CLASSES, ())
    grown[IMPLICATION_CLASSES] = (*known, *(name for name in cells if name not in known))
    return grown


def write_classes(folder: Path, ledger: ClassLedger) -> None:
    """Write the ledger of a corpus; `OSError` where it cannot be written."""
    write_whole(folder / CLASSES, json.dumps(ledger, ensure_ascii=False, indent=1) + "\n")


def read_migrations(folder: Path) -> tuple[SchemeMigration, ...]:
    """Return the changes of the scheme that a corpus went through, in order."""
    found: tuple[SchemeMigration, ...] = _read(
        folder / MIGRATIONS, tuple[SchemeMigration, ...], (), "restore it from a copy"
    )
    return found


def write_migrations(folder: Path, migrations: Sequence[SchemeMigration]) -> None:
    """Write the changes of the scheme; `OSError` where they cannot be written."""
    values = [to_object(item) for item in migrations]
    write_whole(folder / MIGRATIONS, json.dumps(values, ensure_ascii=False, indent=1) + "\n")


def upgrade_with(migrations: Sequence[SchemeMigration]) -> Callable[[Annotation], Annotation]:
    """Return what is done to every annotation that is read from the journal."""
    return (
        (lambda annotation: migrated(annotation, migrations))
        if migrations
        else (lambda annotation: annotation)
    )


def _read(path: Path, kind: Any, missing: Any, way_out: str) -> Any:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return missing
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror or error}") from None
    try:
        return adapter(kind).validate_json(content)
    except ValidationError as error:
        raise CorpusError(f"{path}: cannot be read: {explain(error)}; {way_out}") from None
