"""What the commands of `hashiya labelstudio` print of an import and of a synchronisation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hashiya.schema.errors import Problem
from hashiya.tui.cli import output
from hashiya.tui.cli.outcome import outcome_parts, print_outcome
from hashiya.tui.cli.problems import tell_problems

if TYPE_CHECKING:
    from hashiya.corpus.exchange.labelstudio.sync.plan import Plan
    from hashiya.corpus.exchange.labelstudio.sync.synchronise import Synced
    from hashiya.corpus.exchange.labelstudio.task_files import Imported
    from hashiya.corpus.exchange.outcome import Outcome


def report_import(file: Path, done: Imported, *, as_json: bool) -> None:
    """Tell the conflicts and problems of an import, and print its counts."""
    merged, moved = done.merged, done.moved
    tell_problems(
        Problem(conflict, "both stand; save one in `hashiya label`") for conflict in merged.conflicts
    )
    tell_problems(moved.problems)
    if not as_json:
        output.say(
            f"{file}: {done.tasks} tasks, {merged.recorded + moved.recorded} annotations recorded, "
            f"{merged.predictions} predictions recorded, "
            f"{merged.unchanged + moved.unchanged} stood already, {merged.newer_here} are newer here, "
            f"{merged.preferred_here + merged.preferred_there} settled by --prefer, "
            f"{len(merged.conflicts)} conflicts"
        )
    report_outcome(done.outcome, as_json=as_json, tasks=done.tasks, merged=merged, moved=moved)


def report_sync(synced: Synced, *, as_json: bool) -> None:
    """Tell what a synchronisation met and left, and print its plan in numbers."""
    plan = synced.plan
    tell_problems([*plan.notes, *synced.later])
    tell_problems(
        Problem(conflict, "both are kept; save one in `hashiya label`, or --prefer here|there")
        for conflict in plan.conflicts
    )
    if not as_json:
        _say_counts(synced)
    report_outcome(
        plan.outcome,
        as_json=as_json,
        project=synced.project,
        verdict=synced.verdict,
        plan=plan.counts(),
        conflicts=plan.conflicts,
        unknown=dict(plan.unknown),
        later=tuple(synced.later),
    )


def _say_counts(synced: Synced) -> None:
    heading = {"done": "Done", "dry run": "Would be done"}.get(synced.verdict, "Not done")
    output.say(f"{heading}: {synced.project}")
    counts = {what: count for what, count in synced.plan.counts().items() if count}
    for what, count in counts.items():
        output.say(f"{count:>8} {what}")
    plan = synced.plan
    if plan.outcome.whole and not plan.unknown and all("same" in what for what in counts):
        output.say("Nothing to do: both sides hold the same.")


def unknown_annotators(plan: Plan, url: str) -> str:
    """Return what to say of annotators who have no user on a server."""
    names = "\n".join(f"    {who}: {count} annotations" for who, count in sorted(plan.unknown.items()))
    return (
        f"{url} has no user for these annotators, and of theirs nothing was sent:\n{names}\n"
        'Name their e-mails in a file, one line each such as  layla = "layla@example.org"  and give it with '
        "--users, or send their annotations as the key's owner with --unassigned"
    )


def report_outcome(outcome: Outcome, *, as_json: bool, **parts: object) -> None:
    """Tell the problems and print the account, in JSON with other parts of a report."""
    tell_problems(outcome.problems)
    if as_json:
        output.print_json(**parts, **outcome_parts(outcome))
    else:
        print_outcome(outcome)
