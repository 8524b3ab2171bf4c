"""The commands `hashiya convert to` and `convert from`: labels to and from other tools' files. Imports late.

What a format cannot hold is counted on stdout. What is wrong with a file is told line by line on stderr,
and then the exit code is 1.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashiya.tui.cli.options import (
    AsJson,
    CorpusFolder,
    DraftMap,
    LabelConfig,
    LabelMapFile,
    LabelsOf,
    NamedAfter,
    StatusGiven,
    Strict,
    UnlabelledIsDone,
    UsersFile,
)
from hashiya.tui.cli.problems import tell_problems

if TYPE_CHECKING:
    from hashiya.corpus.exchange.release_sides import ReleasedSides

convert_app = typer.Typer(
    help="""Bring labels to and from other tools: doccano, Prodigy, CoNLL, brat, INCEpTION (xmi), spaCy.

    What each format holds stands in docs/exchange.md; what it cannot hold is counted.""",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

FormatName = Annotated[
    str,
    typer.Argument(
        metavar="FORMAT",
        help="doccano, prodigy, conll, brat, xmi or spacy; from reads labelstudio, webanno, hf, argilla and "
        "jsonl, too.",
    ),
]


@convert_app.command("to")
def convert_to(
    name: FormatName,
    source: Annotated[Path, typer.Argument(metavar="CORPUS", help="The corpus folder, or a released one.")],
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="A file for JSONL; else a folder, new or empty.")
    ],
    *,
    annotator: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose labels; else everybody's, if the format says who."),
    ] = None,
    status: Annotated[
        str, typer.Option(metavar="STATUS", help="done, draft, skipped, unsure, review, or any.")
    ] = "done",
    unlabelled: Annotated[bool, typer.Option("--all", help="The pairs without labels, too.")] = False,
    split: Annotated[
        str | None,
        typer.Option(metavar="SPLIT", help="Of a release: train, validation or test; else all of them."),
    ] = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Write the labels of a corpus for another tool, a text for each side of a pair, whole or not at all.

    The texts carry the ids of their pairs, so that `convert from` finds these again. Of a release the labels
    are the resolved ones, and what is not known is left out; tokens are made from the text alone.
    """
    from hashiya.corpus.exchange.convert import write_labels, write_released
    from hashiya.corpus.exchange.export_sides import Selection
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output
    from hashiya.tui.cli.outcome import exit_unless_whole, outcome_parts, print_outcome
    from hashiya.tui.cli.values import ANY, given_format, given_status

    given_format(name)
    wanted = None if status == ANY else given_status(status, ANY)
    if (source / "dataset.json").is_file():
        if annotator is not None or status != "done" or unlabelled:
            raise typer.BadParameter(
                "a release has what all votes come to: --annotator, --status and --all are for a corpus",
                param_hint="CORPUS",
            )
        with output.working("converting"):
            outcome = write_released(_released(source, split), name, out, strict=strict)
    else:
        if split is not None:
            raise typer.BadParameter("a corpus has no splits; name a released folder", param_hint="--split")
        selection = Selection(annotator=annotator, status=wanted, unlabelled=unlabelled)
        with output.working("converting"):
            outcome = write_labels(Corpus.open(source), name, out, selection, strict=strict)
    tell_problems(outcome.problems)
    if as_json:
        output.print_json(**outcome_parts(outcome))
    else:
        output.say(f"{outcome.kept['sides']} texts written to {out}")
        print_outcome(outcome)
    exit_unless_whole(outcome)


def _released(folder: Path, split: str | None) -> ReleasedSides:
    """Return what is to be converted of a released folder."""
    from hashiya.corpus.dataset.load import load
    from hashiya.corpus.exchange.release_sides import ReleasedSides
    from hashiya.schema.scheme import read_scheme

    data = load(folder)
    rows = data if split is None else data[split]
    return ReleasedSides(
        folder=folder,
        scheme=read_scheme(folder / "scheme.toml"),
        classes=data.info.classes,
        entities=rows.released("entities"),
        flags=rows.released("flags"),
        others={
            "stances": sum(len(row["stances"]) for row in rows.released("stance", columns=["stances"])),
            "implications": sum(
                len(row["implications"]) for row in rows.released("implications", columns=["implications"])
            ),
            "links": sum(
                len(row["labels"]["links"])
                for row in rows.released("pairs", columns=["labels"], where=[("labels_from", "!=", "")])
            ),
        },
    )


@convert_app.command("from")
def convert_from(
    name: FormatName,
    source: Annotated[Path, typer.Argument(metavar="IN", help="The file or folder of the other tool.")],
    corpus: CorpusFolder,
    *,
    annotator: LabelsOf = None,
    status: StatusGiven = None,
    label_map: LabelMapFile = None,
    draft: DraftMap = False,
    unlabelled_is_done: UnlabelledIsDone = False,
    users: UsersFile = None,
    label_config: LabelConfig = None,
    named_after: NamedAfter = False,
    repeated: Annotated[
        str,
        typer.Option(metavar="none|all", help="Which pairs take labels of a text that several have."),
    ] = "none",
    replace: Annotated[
        bool, typer.Option("--replace", help="Let the file win over what stands for its annotators.")
    ] = False,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Record labels that were made with another tool on texts of this corpus.

    A text is found by the id that it carries, else by itself; a whole article by its name or text. What the
    format does not hold stays as it stands: stances, implications, links, comments.
    """
    from hashiya.corpus.exchange.convert import draft_map, read_labels
    from hashiya.corpus.exchange.importing.import_sides import Terms
    from hashiya.corpus.exchange.importing.label_map import FileLabels, read_label_map
    from hashiya.corpus.exchange.matching.pair_texts import REPEATED, Repeated
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output
    from hashiya.tui.cli.outcome import exit_unless_whole, outcome_parts, print_outcome
    from hashiya.tui.cli.values import given_format, given_options, given_status

    given_format(name)
    wanted = given_status(status)
    which: Repeated | None = next((value for value in REPEATED if value == repeated), None)
    if which is None:
        raise typer.BadParameter(f"one of {', '.join(REPEATED)}", param_hint="--repeated")
    opened = Corpus.open(corpus)
    labels = FileLabels() if label_map is None else read_label_map(label_map, opened.scheme)
    options = given_options(labels, users, label_config, named_after=named_after)
    if draft:
        drafted, outcome = draft_map(opened.scheme, [source], name, options)
        for line in drafted.splitlines():
            output.say(line)
        tell_problems(outcome.problems)
        exit_unless_whole(outcome)
        return
    terms = Terms(
        annotator=annotator,
        status=wanted,
        replace=replace,
        unlabelled_is_done=unlabelled_is_done,
        repeated=which,
        labels=labels,
    )
    with output.working("converting"):
        outcome, report = read_labels(opened, name, source, terms, options, strict=strict)
    outcome.problems.extend(report.problems)
    tell_problems(outcome.problems)
    if as_json:
        counts = {"recorded": report.recorded, "unchanged": report.unchanged}
        output.print_json(**counts, **outcome_parts(outcome))
    else:
        recorded = f"{report.recorded} annotations recorded, {report.unchanged} stood already"
        output.say(f"{source}: {recorded}")
        print_outcome(outcome)
    exit_unless_whole(outcome)
