"""A corpus brought to another version of its scheme: planned, counted, recorded; labels change on reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from hashiya.corpus.files.atomic import write_whole
from hashiya.corpus.journal.sqlite.first_format import BACKUPS
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.scheme_history import (
    read_classes,
    read_migrations,
    with_scheme,
    write_classes,
    write_migrations,
)
from hashiya.schema.errors import CorpusError
from hashiya.schema.migration import (
    LabelChange,
    LabelMap,
    SchemeMigration,
    migrated,
    plan_migration,
    used_labels,
)
from hashiya.schema.scheme import SECTIONS, Section, parse_scheme


@dataclass(slots=True)
class MigrationReport:
    """What a migration does: its changes, the labels that are new, how many marks each change meets.

    `annotations` counts those that stand and change, `review` those of them that come up for review.
    """

    before: str
    after: str
    changes: list[LabelChange] = field(default_factory=list[LabelChange])
    added: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    met: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    annotations: int = 0
    review: int = 0


def migrate_scheme(
    corpus: Corpus, text: str, where: str, asked: Mapping[Section, LabelMap], *, apply: bool
) -> MigrationReport:
    """Plan the migration of a corpus to the scheme of a TOML text and, with `apply`, carry it out.

    The old scheme file is kept in the folder `backup`. `SchemeError` and `CorpusError` say what cannot be.
    """
    old, new = corpus.scheme, parse_scheme(text, where)
    migration, changes = plan_migration(old, new, asked)
    report = MigrationReport(old.version, new.version, changes)
    for section in SECTIONS:
        added = [name for name in new.ids(section) if name not in old.ids(section)]
        if added:
            report.added[section] = added
    changed = {(change.section, change.before) for change in changes}
    with corpus.journal(write=False) as journal:
        for standing in journal.standing():
            for annotation in standing.annotations:
                after = migrated(annotation, [migration])
                met = changed & set(used_labels(annotation))
                report.met.update(met)
                report.annotations += bool(met)
                report.review += after.status == "review" != annotation.status
    if apply:
        try:
            _carry_out(corpus, text, migration)
        except OSError as error:
            raise CorpusError(f"{corpus.folder}: cannot be written: {error.strerror or error}") from None
    return report


def _carry_out(corpus: Corpus, text: str, migration: SchemeMigration) -> None:
    folder = corpus.folder
    ledger = with_scheme(
        with_scheme(read_classes(folder), corpus.scheme), parse_scheme(text, "the new scheme")
    )
    kept = folder / BACKUPS / f"scheme-{corpus.scheme.version}.toml"
    kept.parent.mkdir(exist_ok=True)
    write_whole(kept, (folder / "scheme.toml").read_bytes())
    write_classes(folder, ledger)
    # Labels are mapped from here on; a scheme that is still the old one is written next, also after a crash.
    write_migrations(folder, [*read_migrations(folder), migration])
    write_whole(folder / "scheme.toml", text)
