"""The commands `hashiya release`, `release check` and `release diff`, and what they print. Import late.

`hashiya release CORPUS` is `hashiya release make CORPUS`: what is no command of the group is the corpus.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from hashiya.schema.errors import Problem
from hashiya.tui.cli.options import AsJson, CorpusFolder
from hashiya.tui.cli.problems import ProblemTeller, leave, tell_problems

if TYPE_CHECKING:
    from hashiya.corpus.dataset.release import Released
    from hashiya.schema.records import Split


class _MakeByDefault(TyperGroup):
    """A group whose first command is meant where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command in, unless there is one, or help is asked for."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["make", *args]
        parsed: list[str] = super().parse_args(ctx, args)
        return parsed


release_app = typer.Typer(
    cls=_MakeByDefault,
    help="""Write the dataset of a corpus: `hashiya release CORPUS --out DIR`, short for `release make`.

    Its options are told by `hashiya release make --help`. A corpus in a folder called check, diff or make is
    `./check`.""",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

ReleasedFolder = Annotated[Path, typer.Argument(metavar="DIR", help="A released folder.")]


@release_app.command("make")
def release_make(
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
    split_sizes: Annotated[
        str | None,
        typer.Option(
            metavar="TRAIN,VALIDATION,TEST",
            help="Per cent for each split, as in 80,10,10; documents without a split are stratified.",
        ),
    ] = None,
    recurring: Annotated[
        str,
        typer.Option(
            metavar="drop|keep",
            help="Pairs a side of which stands in a stricter split as well: leave out, or keep.",
        ),
    ] = "drop",
    as_json: AsJson = False,
) -> None:
    """Write the dataset: labels resolved, a folder of Parquet files for each task, nobody's name in it.

    Documents keep the split of their first release. One without a licence or rights note is left out and
    told of, and so is one whose near-duplicates stand in two splits; the exit code is then 1. A release that
    stands in DIR is the one before: the version follows from what changed since.
    """
    from hashiya.corpus.dataset.release import ReleasePolicy
    from hashiya.corpus.dataset.release import release as run
    from hashiya.corpus.store.folder import Corpus
    from hashiya.corpus.team.policies import POLICY_NAMES
    from hashiya.schema.dataset import RECURRING
    from hashiya.tui.cli import output

    if policy not in POLICY_NAMES:
        raise typer.BadParameter(f"one of {', '.join(POLICY_NAMES)}", param_hint="--policy")
    if recurring not in RECURRING:
        raise typer.BadParameter(f"one of {', '.join(RECURRING)}", param_hint="--recurring")
    sizes = None if split_sizes is None else _sizes(split_sizes)
    problems: list[Problem] = []
    teller = ProblemTeller()

    def report(problem: Problem) -> None:
        problems.append(problem)
        teller.tell(problem)

    with output.working("releasing"):
        released = run(Corpus.open(corpus), out, report, ReleasePolicy(policy, recurring, sizes))
    teller.finish()
    if as_json:
        output.print_json(
            report=released.info,
            no_labels=dict(released.no_labels),
            unresolved=dict(released.unresolved),
            warnings=tuple(released.warnings),
            problems=tuple(problems),
        )
    else:
        _print_release(released, out)
    leave(problems)


@release_app.command("check")
def release_check(folder: ReleasedFolder, *, as_json: AsJson = False) -> None:
    """Verify a released folder: hashes, columns, rows, splits, and what stands in two of them.

    Needs no corpus. The exit code is 1 where something is wrong.
    """
    from hashiya.corpus.dataset.release_check import check_release
    from hashiya.tui.cli import output

    with output.working("checking"):
        found = check_release(folder)
    if as_json:
        output.print_json(
            version=found.version,
            files=found.files,
            rows=dict(found.rows),
            recurring=found.recurring,
            problems=tuple(found.problems),
        )
        leave(found.problems)
        return
    output.print_row("Version", found.version)
    rows = ", ".join(f"{count} of {config}" for config, count in found.rows.items())
    output.print_row("Rows", rows)
    output.print_row("Recurring", f"{found.recurring} pairs with a side that stands in two splits")
    tell_problems(found.problems)
    leave(found.problems)


@release_app.command("diff")
def release_diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The earlier released folder.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The later one.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Print what changed from one release to another, label by label, with examples, as Markdown."""
    from hashiya.corpus.dataset.release_changes import changes_markdown, changes_object, compare_releases
    from hashiya.tui.cli import output

    with output.working("comparing"):
        found = compare_releases(old, new)
    if as_json:
        output.print_json(**changes_object(found))
    else:
        output.print_data(changes_markdown(found))


def _sizes(text: str) -> dict[Split, int]:
    """The sizes of splits that an option names."""
    from hashiya.schema.records import SPLITS

    numbers = [int(part) for part in text.split(",") if part.strip().isdecimal()]
    if len(numbers) != len(SPLITS) or text.count(",") != len(SPLITS) - 1 or sum(numbers) != 100:
        raise typer.BadParameter(
            f"three whole numbers that add up to 100, for {', '.join(SPLITS)}", param_hint="--split-sizes"
        )
    return dict(zip(SPLITS, numbers, strict=True))


def _print_release(result: Released, out: Path) -> None:
    """Print what a release holds, and the lines that load it."""
    from hashiya.tui.cli.output import print_row, say

    info = result.info
    print_row("Version", f"{info.version}: {out}")
    for name, split in info.splits.items():
        counts = dict(result.classes.get(("stance", name), {}))
        stances = ", ".join(
            f"{counts[number]} {label}"
            for number, label in enumerate(info.classes["stance"])
            if counts.get(number)
        )
        said = f"{split.pairs} pairs of {split.documents} documents, {split.labelled} labelled"
        print_row(name, f"{said}; {stances}" if stances else said)
    for reason, count in result.no_labels.items():
        say(f"{count} pairs have no labels: {reason}")
    for layer, count in info.unresolved.items():
        say(f"{count} cells of {layer} are unresolved: annotators do not agree")
    for layer, count in info.uncovered.items():
        say(f"{count} cells of {layer} are uncovered: nobody looked")
    for place, count in info.recurs.items():
        became = "left out of" if info.recurring == "drop" else "kept in"
        say(f"{count} pairs {became} {place}: a side of theirs stands in a stricter split")
    for warning in result.warnings:
        say(f"Mind: {warning}")
    full = next((name for name, split in info.splits.items() if split.pairs), "train")
    say()
    say("Load it:")
    say("    from hashiya.corpus import load")
    say(f'    stances = load("{out}")["{full}"].stance().to_pandas()')
    if "stance" in info.configs:
        say("or with no code of ours:")
        say("    from datasets import load_dataset")
        say(f'    rows = load_dataset("{out}", "stance")')
