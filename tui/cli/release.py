"""The command `hashiya release`, and what it prints. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashiya.schema.errors import Problem
from hashiya.tui.cli.options import AsJson, CorpusFolder
from hashiya.tui.cli.problems import ProblemTeller, leave

if TYPE_CHECKING:
    from hashiya.corpus.dataset.release import Released


def release_command(
    corpus: CorpusFolder,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="The dataset folder to make or renew.")
    ],
    *,
    policy: Annotated[
        str,
        typer.Option(
            metavar="strict|majority|posterior",
            help="Of several: what all say, more than half, or what is most probable.",
        ),
    ] = "strict",
    as_json: AsJson = False,
) -> None:
    """Write the dataset: labels resolved, one Parquet file a split, nobody's name in it.

    Documents keep the split of their first release. One without a licence or rights note is left out and
    told of, and so is one whose near-duplicates stand in two splits; the exit code is then 1.
    """
    from hashiya.corpus.dataset.release import release as run
    from hashiya.corpus.store.folder import Corpus
    from hashiya.corpus.team.policies import POLICY_NAMES
    from hashiya.tui.cli import output

    if policy not in POLICY_NAMES:
        raise typer.BadParameter(f"one of {', '.join(POLICY_NAMES)}", param_hint="--policy")
    problems: list[Problem] = []
    teller = ProblemTeller()

    def report(problem: Problem) -> None:
        problems.append(problem)
        teller.tell(problem)

    with output.working("releasing"):
        released = run(Corpus.open(corpus), out, report, policy)
    teller.finish()
    if as_json:
        output.print_json(
            report=released.info,
            no_labels=dict(released.no_labels),
            unresolved=dict(released.unresolved),
            problems=tuple(problems),
        )
    else:
        _print_release(released, out)
    leave(problems)


def _print_release(result: Released, out: Path) -> None:
    """Print what a release holds, and the lines that load it."""
    from hashiya.tui.cli.output import print_row, say

    for name, split in result.info.splits.items():
        print_row(name, f"{split.pairs} pairs of {split.documents} documents, {split.labelled} labelled")
    for reason, count in result.no_labels.items():
        say(f"{count} pairs have no labels: {reason}")
    for layer, count in result.unresolved.items():
        say(f"{count} cells of {layer} are unresolved: annotators do not agree, or nobody looked")
    full = next((name for name, split in result.info.splits.items() if split.pairs), "train")
    say()
    say("Load it:")
    say("    from hashiya.corpus import load")
    say(f'    rows = load("{out}", split="{full}").to_pandas()')
