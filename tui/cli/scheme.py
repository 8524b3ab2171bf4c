"""The command `hashiya scheme migrate`, and what it prints. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashiya.tui.cli import output
from hashiya.tui.cli.options import AsJson, CorpusFolder

if TYPE_CHECKING:
    from hashiya.corpus.carrying.migrate_scheme import MigrationReport
    from hashiya.schema.scheme import Section

scheme_app = typer.Typer(
    help="The label scheme of a corpus.", no_args_is_help=True, rich_markup_mode="markdown"
)


@scheme_app.callback()
def scheme_root() -> None:
    """Handle what belongs to no command."""


@scheme_app.command("migrate")
def scheme_migrate(
    corpus: CorpusFolder,
    new: Annotated[Path, typer.Argument(metavar="NEW.toml", help="The scheme file, with a later version.")],
    *,
    rename: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SECTION:OLD=NEW", help="Also for a merge: NEW may be a label that others have."
        ),
    ] = None,
    split: Annotated[
        list[str] | None,
        typer.Option(metavar="SECTION:OLD=A,B", help="Marks go, and their annotations come up for review."),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(metavar="SECTION:OLD", help="The same, for a label that has no successor."),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without this it is only shown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what another version of the scheme makes of the labels of a corpus; with --apply do it.

    Labels in both schemes stay. One that is gone became the new one with its key or name, if there is one;
    --rename, --split and --remove say otherwise. Nothing in the journal is changed: labels are mapped when
    they are read, those too that arrive later.
    """
    from hashiya.corpus.carrying.migrate_scheme import migrate_scheme
    from hashiya.corpus.store.folder import Corpus
    from hashiya.schema.scheme import read_scheme_text

    asked = _asked([*(rename or ()), *(split or ())], remove or ())
    with output.working("counting"):
        report = migrate_scheme(Corpus.open(corpus), read_scheme_text(new), str(new), asked, apply=apply)
    if as_json:
        output.print_json(
            before=report.before,
            after=report.after,
            changes=report.changes,
            added=report.added,
            annotations=report.annotations,
            review=report.review,
            applied=apply,
        )
    else:
        _print_migration(report, apply=apply)


def _asked(changed: list[str], removed: list[str] | tuple[()]) -> dict[Section, dict[str, tuple[str, ...]]]:
    from hashiya.schema.scheme import SECTIONS

    asked: dict[Section, dict[str, tuple[str, ...]]] = {}
    for text in (*changed, *(f"{item}=" for item in removed)):
        section, colon, rest = text.partition(":")
        before, equals, after = rest.partition("=")
        if not (colon and equals and before) or section not in SECTIONS:
            raise typer.BadParameter(f"{text!r}: write SECTION:OLD=NEW; sections are {', '.join(SECTIONS)}")
        names = tuple(name.strip() for name in after.split(",") if name.strip())
        asked.setdefault(section, {})[before.strip()] = names
    return asked


def _print_migration(report: MigrationReport, *, apply: bool) -> None:
    output.print_row("Scheme", f"{report.before} -> {report.after}")
    for change in report.changes:
        to = f" -> {', '.join(change.after)}" if change.after else ""
        count = report.met[change.section, change.before]
        why = "" if change.asked else " (by its key or name)" if change.after else " (nothing is like it)"
        output.print_row(
            change.verb.capitalize(), f"{change.section} {change.before}{to}{why}: in {count} annotations"
        )
    for section, names in report.added.items():
        output.print_row("Add", f"{section} {', '.join(names)}: not covered by what was labelled before")
    output.print_row(
        "Labels", f"{report.annotations} annotations change, {report.review} of them come up for review"
    )
    if not apply:
        output.say("Nothing was changed; --apply does it.")
