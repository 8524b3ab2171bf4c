"""The commands `hashiya journal` (merge, export, log, init, move), and what they print. Imports late."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashiya.schema.errors import HashiyaError, Problem
from hashiya.tui.cli import output
from hashiya.tui.cli.options import AsJson, CorpusFolder
from hashiya.tui.cli.problems import leave, tell_problems, write_lines

if TYPE_CHECKING:
    from hashiya.corpus.carrying.carry_over import CarryReport
    from hashiya.corpus.journal.log import LogEntry
    from hashiya.corpus.journal.merge import MergeReport

journal_app = typer.Typer(
    help="The journal, which holds every label: merge it with others, write it out, read what was done.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@journal_app.command("merge")
def journal_merge(
    corpus: CorpusFolder,
    others: Annotated[
        list[str],
        typer.Argument(
            metavar="OTHER...",
            help="A corpus, a journal.sqlite, postgresql://... or what `journal export` wrote; - is a pipe.",
        ),
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add what other journals hold and this one does not; twice changes nothing, and so does the order.

    Where one annotator changed a pair here and there, both versions stand side by side until one is saved.
    Labels of a text that has changed since are carried to it. An event that is damaged there is told of and
    not taken; the exit code is then 1.
    """
    from hashiya.corpus.carrying.merge_into_corpus import merge_into_corpus
    from hashiya.corpus.store.folder import Corpus

    with output.working("merging"):
        merged, carried = merge_into_corpus(Corpus.open(corpus), others, dry=dry_run)
    tell_problems(merged.problems)
    tell_problems(
        Problem(f"pair {pair_id}, {annotator}", "two versions stand side by side", left_out=False)
        for pair_id, annotator in merged.in_conflict
    )
    if as_json:
        output.print_json(
            added=dict(merged.added),
            known=merged.known,
            in_conflict=merged.in_conflict,
            problems=tuple(merged.problems),
            carried=carried.counts(),
        )
    else:
        _print_merged(merged, carried, corpus, dry=dry_run)
    leave(merged.problems)


def _print_merged(merged: MergeReport, carried: CarryReport, corpus: Path, *, dry: bool) -> None:
    whose = ", ".join(f"{count} of {name}" for name, count in sorted(merged.added.items()))
    verb = "Would add" if dry else "Added"
    output.print_row(verb, f"{merged.added.total()} events{f' ({whose})' if whose else ''}")
    output.print_row("Known", f"{merged.known} events were here already")
    if carried.carried:
        output.print_row("Carried", f"{carried.carried} to changed text, {carried.review} of them for review")
    if carried.unplaced:
        output.print_row("No place", f"{len(carried.unplaced)} annotations stand for text that is not here:")
        output.print_row("", f"hashiya labels export {corpus} - --unplaced shows them")
    if merged.in_conflict:
        output.print_row(
            "Conflicts", f"{len(merged.in_conflict)} pairs: open each in `hashiya label`, save one"
        )


@journal_app.command("export")
def journal_export(
    corpus: CorpusFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write; - is standard output.")],
) -> None:
    """Write the whole journal as lines of JSON, for `journal merge`; a name that ends in .gz is zipped."""
    from hashiya.corpus.journal.interchange import journal_lines
    from hashiya.corpus.store.folder import Corpus

    with Corpus.open(corpus).journal(write=False) as journal:
        if str(file) == "-":
            output.print_json_lines(journal_lines(journal))
            return
        count = write_lines(file, journal_lines(journal), corpus)
    output.say(f"{count} lines written to {file}")


@journal_app.command("log")
def journal_log_command(
    corpus: CorpusFolder,
    *,
    annotator: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this one did.")] = None,
    pair: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Only a pair (or other subject), by its id or the beginning of it."),
    ] = None,
    document: Annotated[
        str | None, typer.Option(metavar="DOC_ID", help="Only a document and its pairs.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Only set, carry, undo, redo, beads, text, rename or merge."),
    ] = None,
    stream: Annotated[
        str | None, typer.Option(metavar="STREAM", help="Only label, adjudication, ...")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="From 2026-03-01 on (UTC).")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Before a date (UTC).")] = None,
    last: Annotated[int, typer.Option(metavar="N", min=0, help="How many, the latest; 0 is all.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show who did what, the latest last. Dates are what the clocks of the machines said."""
    from hashiya.corpus.journal.event import KINDS, STREAMS
    from hashiya.corpus.journal.log import LogFilter, journal_log
    from hashiya.corpus.store.folder import Corpus

    kinds = dict.fromkeys(name for names in KINDS.values() for name in names)
    if kind is not None and kind not in kinds:
        raise typer.BadParameter(f"one of {', '.join(kinds)}", param_hint="--kind")
    if stream is not None and stream not in STREAMS:
        raise typer.BadParameter(f"one of {', '.join(STREAMS)}", param_hint="--stream")
    chosen = LogFilter(
        author=annotator, subject=pair, stream=stream, kind=kind, since=since, until=until, doc_id=document
    )
    with Corpus.open(corpus).journal(write=False) as journal:
        entries = list(islice(journal_log(journal, chosen), last or None))[::-1]
    if as_json:
        output.print_json(entries=entries)
        return
    if not entries:
        raise HashiyaError(f"{corpus}: the journal holds no such event")
    for entry in entries:
        output.say(_line(entry))


def _line(entry: LogEntry) -> str:
    from hashiya.corpus.journal.event import PERSONAL

    when = entry.created_at[:19].replace("T", " ")
    where = f"{entry.doc_id or '-'} {entry.subject[:8]}"
    if entry.stream not in PERSONAL:
        where = f"{entry.stream} {entry.subject}"
    return f"{when:19}  {entry.author}  {where}  {entry.kind}: {entry.what}"


@journal_app.command("init")
def journal_init(
    corpus: CorpusFolder,
    *,
    journal: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="The database: postgresql://USER@HOST/DATABASE?schema=NAME, without a password; "
            "left out, the one that the corpus has.",
        ),
    ] = None,
    annotator: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=ROLE]", help="Lets a login label under a name of its own; again for each one."
        ),
    ] = None,
    builder: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE", help="Lets a login import, merge and carry the labels of all."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the tables and roles of a journal in PostgreSQL; again, to let more people in.

    An annotator's login reads everything and appends under its own names only; nobody can change or delete.
    A corpus in which nobody has labelled yet has its journal there from now on; for others see
    `journal move`.
    """
    from hashiya.corpus.journal.place import named_place
    from hashiya.corpus.journal.postgres.address import PostgresAddress
    from hashiya.corpus.journal.postgres.database import PostgresDatabase
    from hashiya.corpus.journal.postgres.roles import Login, make_roles
    from hashiya.corpus.store.folder import Corpus
    from hashiya.corpus.store.move_journal import move_journal

    opened = Corpus.open(corpus)
    place = opened.place if journal is None else named_place(journal)
    if not isinstance(place, PostgresAddress):
        raise HashiyaError(
            f"{corpus}: has no journal in PostgreSQL; name one with --journal postgresql://..."
        )
    logins = [Login.parse(text) for text in annotator or ()]
    logins += [Login("", role, "builder") for role in builder or ()]
    with output.working("making tables and roles"):
        is_new = PostgresDatabase.create(place)
        roles = make_roles(place, opened.name, logins)
        moved = False
        if place != opened.place and isinstance(opened.place, Path):
            with opened.journal(write=False) as own:
                moved = not own.database.count()
            if moved:
                move_journal(opened, place)
    if as_json:
        output.print_json(
            journal=str(place), tables_made=is_new, roles=roles.groups, logins_made=roles.made, in_use=moved
        )
        return
    output.print_row("Journal", f"{place}: {'tables made' if is_new else 'the tables were there already'}")
    output.print_row("Roles", ", ".join(roles.groups.values()))
    for role in roles.made:
        output.print_row(
            "New login", f"{role}, without a password: give it one in psql with \\password {role}"
        )
    if moved:
        output.print_row("In use", f"{corpus} has its journal there from now on")
    elif isinstance(opened.place, Path):
        output.print_row("Next", f"hashiya journal move {corpus} --to '{place}'")


@journal_app.command("move")
def journal_move(
    corpus: CorpusFolder,
    *,
    to: Annotated[
        str,
        typer.Option(
            metavar="PLACE", help="postgresql://..., or sqlite: the file journal.sqlite in the corpus."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Move the journal of a corpus to PostgreSQL, or back into its file: event for event, or not at all.

    The copy is verified before the corpus has its journal there. A file that was moved is kept in `backup/`.
    """
    from hashiya.corpus.journal.place import JOURNAL
    from hashiya.corpus.journal.postgres.address import PostgresAddress
    from hashiya.corpus.store.folder import Corpus
    from hashiya.corpus.store.move_journal import move_journal

    opened = Corpus.open(corpus)
    place = corpus / JOURNAL if to == "sqlite" else PostgresAddress.parse(to)
    with output.working("moving"):
        moved = move_journal(opened, place)
    kept = None if moved.kept is None else str(moved.kept)
    if as_json:
        output.print_json(journal=str(place), events=moved.events, texts=moved.texts, kept=kept)
        return
    output.print_row("Moved", f"{moved.events} events and {moved.texts} texts to {place}")
    if kept is not None:
        output.print_row("Kept", f"the file as it was: {kept}")
