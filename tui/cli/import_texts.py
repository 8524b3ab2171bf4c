"""The command `hashiya import`: a corpus from labelled texts, with their labels. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hashiya.tui.cli.options import (
    AsJson,
    DraftMap,
    LabelConfig,
    LabelMapFile,
    LabelsOf,
    NamedAfter,
    StatusGiven,
    UnlabelledIsDone,
    UsersFile,
)
from hashiya.tui.cli.output import tell
from hashiya.tui.cli.problems import leave, tell_problems


def import_command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Files, folders or ZIPs that other tools have made.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="CORPUS", help="The corpus folder to make.")
    ] = None,
    *,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help="Their format; else it is found out. See `convert`."),
    ] = None,
    annotator: LabelsOf = None,
    status: StatusGiven = None,
    label_map: LabelMapFile = None,
    draft: DraftMap = False,
    unlabelled_is_done: UnlabelledIsDone = False,
    users: UsersFile = None,
    label_config: LabelConfig = None,
    named_after: NamedAfter = False,
    scheme: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A label scheme in TOML; by default ai-market.")
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="The licence of the texts, such as CC-BY-4.0; a release needs one."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a corpus from labelled texts themselves, and record their labels in it.

    For those who have labels and no corpus of these texts yet; into a corpus that there is, `convert from`
    brings them. Start with --draft-map: it prints the labels that the files have.
    """
    from hashiya.corpus.exchange.convert import draft_map
    from hashiya.corpus.exchange.importing.import_sides import Terms
    from hashiya.corpus.exchange.importing.label_map import FileLabels, read_label_map
    from hashiya.corpus.exchange.new_corpus import import_texts
    from hashiya.schema.scheme import read_scheme, shipped_scheme
    from hashiya.tui.cli import output
    from hashiya.tui.cli.build import building, print_built
    from hashiya.tui.cli.outcome import exit_unless_whole, outcome_parts, print_outcome
    from hashiya.tui.cli.values import given_format, given_options, given_status

    given_format(form)
    known = shipped_scheme() if scheme is None else read_scheme(scheme)
    labels = FileLabels() if label_map is None else read_label_map(label_map, known)
    options = given_options(labels, users, label_config, named_after=named_after)
    if draft:
        drafted, outcome = draft_map(known, files, form, options)
        for line in drafted.splitlines():
            output.say(line)
        tell_problems(outcome.problems)
        exit_unless_whole(outcome)
        return
    if out is None:
        raise typer.BadParameter("name the corpus to make", param_hint="--out")
    terms = Terms(
        annotator=annotator,
        status=given_status(status),
        unlabelled_is_done=unlabelled_is_done,
        labels=labels,
    )
    with building() as advance:
        made = import_texts(
            files, out, form, terms, options, scheme=scheme, licence=licence, report=tell, progress=advance
        )
    made.outcome.problems.extend(made.labels.problems)
    tell_problems(made.outcome.problems)
    if as_json:
        counts = {"recorded": made.labels.recorded, "texts": str(made.texts)}
        output.print_json(report=made.built.report, **counts, **outcome_parts(made.outcome))
    else:
        print_built(made.built, out)
        output.print_row("Texts", f"{made.texts}: `hashiya build` makes the corpus from it again")
        output.print_row("Labels", f"{made.labels.recorded} annotations recorded")
        print_outcome(made.outcome)
        if licence is None:
            output.print_row(
                "Licence", "none: a release leaves the texts out until they have one (--licence)"
            )
    leave(made.built.report.problems)
    exit_unless_whole(made.outcome)
