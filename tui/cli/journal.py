"""The commands `hashiya journal merge`, `export` and `log`, and what they print. Imports late."""

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
            help="A corpus, a journal.sqlite or what `journal export` wrote; - reads a pipe.",
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
