"""The commands `hashiya labels import` and `labels export`, and what they print. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from hashiya.tui.cli.options import AsJson, CorpusFolder
from hashiya.tui.cli.problems import leave, tell_problems, write_output

labels_app = typer.Typer(
    help="Bring labels in and out: JSONL, one annotation a line.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@labels_app.command("import")
def labels_import(
    corpus: CorpusFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSONL, as `labels export` writes it.")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let the file win over what stands for the same annotator.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Record the annotations of a file, each where its pair stands now.

    A pair is found by its id, else by its place in the document. Lines that do not fit are told of and the
    others are recorded; the same file twice changes nothing. Where the same annotator changed a pair here and
    in the file, both stand side by side until one is saved; --replace takes the file's.
    """
    from hashiya.corpus.exchange.labels_jsonl import import_labels
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output

    with output.working("importing"):
        report = import_labels(Corpus.open(corpus), file, replace=replace)
    tell_problems(report.problems)
    if as_json:
        output.print_json(report=report)
    else:
        output.say(
            f"{file}: {report.recorded} annotations recorded, {report.beside} of them beside another one, "
            f"{report.unchanged} stood already, {report.newer} of them are newer here, "
            f"{report.moved} found their place by the text, {len(report.problems)} problems"
        )
    leave(report.problems)


@labels_app.command("export")
def labels_export(
    corpus: CorpusFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write; - is standard output.")],
    *,
    status: Annotated[
        str | None, typer.Option(metavar="STATUS", help="Only draft, done, skipped, unsure or review.")
    ] = None,
    unplaced: Annotated[
        bool, typer.Option("--unplaced", help="Only what an edit left without a place, as it was.")
    ] = False,
) -> None:
    """Write every annotation that stands, one a line, so that `labels import` brings back the same."""
    from hashiya.corpus.exchange.labels_jsonl import export_labels
    from hashiya.corpus.store.folder import Corpus
    from hashiya.schema.records import Status
    from hashiya.tui.cli import output

    if status is not None and status not in get_args(Status):
        raise typer.BadParameter(f"one of {', '.join(get_args(Status))}", param_hint="--status")
    exported = export_labels(
        Corpus.open(corpus), status=cast("Status | None", status), only_unplaced=unplaced
    )
    if str(file) == "-":
        output.print_json_lines(exported)
        return
    lines = [f"{line}\n".encode() for line in exported]
    write_output(file, lines, corpus)
    output.say(f"{len(lines)} annotations written to {file}")
