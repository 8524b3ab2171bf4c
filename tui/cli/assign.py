"""The command `hashiya assign`: who labels which documents, as `team.toml` says. Imports late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hashiya.schema.errors import Problem
from hashiya.tui.cli import output
from hashiya.tui.cli.options import AsJson, CorpusFolder
from hashiya.tui.cli.problems import leave, tell_problems

if TYPE_CHECKING:
    from hashiya.corpus.store.folder import Corpus
    from hashiya.corpus.team.plan_work import PersonShare, PlannedWork

_SHOWN = 5


def assign_command(
    corpus: CorpusFolder,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who would get what.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last change of the plan back.")] = False,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="What chance follows; else as team.toml says, else 0.")
    ] = None,
    overlap: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            min=0,
            max=1,
            help="The share of the documents that two people label, 0 to 1; else as team.toml says.",
        ),
    ] = None,
    plan: Annotated[str | None, typer.Option(metavar="NAME", help="Another plan than the usual one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Share the documents out among the people of team.toml, whole, in order and evenly by words.

    Run it again when documents or people have come: what somebody has begun stays with them. People who left
    keep what they began and get nothing. Journals that are merged have one plan.
    """
    from datetime import datetime

    from hashiya.corpus.store.folder import Corpus
    from hashiya.corpus.team.people import need_team
    from hashiya.corpus.team.plan_work import PLAN, plan_work, record_plan
    from hashiya.schema.team import with_rules

    if plan is not None and (not plan.strip() or not plan.isprintable()):
        raise typer.BadParameter("is empty or has control characters", param_hint="--plan")
    if undo and (dry_run or seed is not None or overlap is not None):
        raise typer.BadParameter("goes with --plan and --json only", param_hint="--undo")
    opened = Corpus.open(corpus)
    name = PLAN if plan is None else plan.strip()
    if undo:
        _undo(opened, name, as_json=as_json)
        return
    team = with_rules(need_team(opened.folder), overlap=overlap, seed=seed)
    with output.working("planning"):
        planned = plan_work(opened, team, plan=name, day=datetime.now().astimezone().date())
    problems = [*planned.problems, *_notes(planned)]
    tell_problems(problems)
    event = None if dry_run else record_plan(opened, planned, _author())
    if as_json:
        output.print_json(report=planned, written=event is not None)
    else:
        _print_plan(planned, str(corpus), dry=dry_run)
    leave(problems)


def _undo(corpus: Corpus, plan: str, *, as_json: bool) -> None:
    from hashiya.corpus.journal.streams.assignments import undo_assignment

    with corpus.journal() as journal:
        event = undo_assignment(journal, plan, _author())
    if as_json:
        output.print_json(plan=plan, undone=event is not None)
    elif event is None:
        output.say(f"Nothing of the plan {plan} is left to undo.")
    else:
        output.say(f"The last change of the plan {plan} was taken back.")


def _author() -> str:
    """Who changes a plan: the annotator of the settings, else who is logged in."""
    import getpass

    from hashiya.tui.settings.settings import read_settings

    name = read_settings().annotator
    if name:
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in a container
        return "hashiya"


def _notes(planned: PlannedWork) -> list[Problem]:
    """What is out of the ordinary in a plan."""
    notes: list[Problem] = []
    if planned.side_by_side > 1:
        what = f"{planned.side_by_side} versions stood side by side; this is made of all"
        notes.append(Problem(f"plan {planned.plan}", what, left_out=False))
    notes += [
        Problem(f"document {doc_id}", "nobody who labels reads its languages; it is given to nobody")
        for doc_id in planned.unread
    ]
    return notes


def _print_plan(planned: PlannedWork, folder: str, *, dry: bool) -> None:
    """Print who gets what."""
    from hashiya.tui.cli.output import print_row, say

    heading = f"{planned.shared} documents, {len(planned.overlap)} of them for two people"
    if planned.assignment.gold:
        heading += f", {len(planned.assignment.gold)} more with known labels"
    print_row("Plan", f"{planned.plan}: {heading}")
    for share in planned.people:
        print_row("", _share(share))
    if planned.moved:
        shown = ", ".join(planned.moved[:_SHOWN])
        more = f" and {len(planned.moved) - _SHOWN} more" if len(planned.moved) > _SHOWN else ""
        print_row("Moved", f"not begun, and now somebody else's: {shown}{more}")
    if dry:
        say("Nothing was written (--dry-run)." if planned.changed else "This is the plan that stands.")
    elif planned.changed:
        say(f"The plan is in the journal. Each starts with: hashiya label {folder} --annotator NAME")
    else:
        say("This is the plan that stands; nothing has changed.")


def _share(share: PersonShare) -> str:
    """One person's share, in words."""
    parts = [f"{share.documents} documents"]
    if share.gold:
        parts.append(f"{share.gold} of them gold")
    if not share.is_there:
        return f"{share.annotator}: keeps {', '.join(parts)}"
    if share.new and share.new < share.documents:
        parts.append(f"{share.new} new")
    parts.append(f"{share.words:,} words")
    if share.words_left < share.words:
        parts.append(f"{share.words_left:,} left")
    if share.minutes is not None:
        parts.append(f"about {share.minutes:,} min")
    return f"{share.annotator}: {', '.join(parts)}"
