"""The commands `hashiya labelstudio ...`: configuration, files, a project kept in step. Imports late.

Without a server: config, export, import. With one: push, pull, sync; the key comes from the environment, the
system's keyring or a prompt. The exit code is 1 where something was left out or waits for a person.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from hashiya.schema.errors import HashiyaError, Problem
from hashiya.tui.cli.options import AsJson, CorpusFolder, Strict
from hashiya.tui.cli.problems import leave, outside, tell, write_output

if TYPE_CHECKING:
    from hashiya.corpus.exchange.labelstudio.people import People
    from hashiya.corpus.exchange.labelstudio.sync.plan import Mode, Plan
    from hashiya.corpus.exchange.labelstudio.sync.synchronise import Synced
    from hashiya.corpus.exchange.labelstudio.three_way_merge import Prefer
    from hashiya.corpus.exchange.outcome import Outcome

labelstudio_app = typer.Typer(
    help="""Label in Label Studio: take its configuration and tasks from a corpus, bring the labels back.

    `push`, `pull` and `sync` talk to a server and need the extra `labelstudio`; the others do not.""",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

Users = Annotated[
    Path | None,
    typer.Option("--users", metavar="FILE", help='TOML, a line for each annotator: layla = "l@example.org".'),
]
Preferred = Annotated[
    str | None,
    typer.Option(
        "--prefer", metavar="here|there", help="Which side wins where both changed; else both stay."
    ),
]
Url = Annotated[
    str, typer.Option("--url", metavar="URL", help="The server, such as https://label.example.org.")
]
ProjectName = Annotated[
    str, typer.Option("--project", metavar="NAME", help="The project's number, or its whole title.")
]
Create = Annotated[bool, typer.Option("--create", help="Make the project if it is not there.")]
Unassigned = Annotated[
    bool,
    typer.Option("--unassigned", help="Send as the key's owner what annotators made who have no user there."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")]


@labelstudio_app.command("config")
def show_config(
    corpus: CorpusFolder,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write; else standard output.")
    ] = None,
) -> None:
    """Print the labelling configuration of a corpus's scheme, for Settings, Labeling Interface, Code.

    Both texts stand side by side, Arabic right to left, with all labels in both languages, their keys and
    the guidelines.
    """
    from hashiya.corpus.exchange.labelstudio.page.config import config
    from hashiya.corpus.store.folder import Corpus

    xml = config(Corpus.open(corpus).scheme)
    if out is None:
        print(xml, end="")  # noqa: T201 - this is the result
    else:
        write_output(out, [xml.encode()], corpus)


@labelstudio_app.command("export")
def export_file(
    corpus: CorpusFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The JSON file to write.")],
    *,
    users: Users = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Write all pairs with their annotations as tasks, a file that Label Studio imports.

    With --users annotations belong to these users, whom the server must know; suggestions are predictions.
    """
    from hashiya.corpus.exchange.labelstudio.task_files import export_tasks, tasks
    from hashiya.corpus.exchange.outcome import Outcome
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output

    opened = Corpus.open(corpus)
    target = outside(file, corpus)
    if str(file) == "-" or (target.exists() and not target.is_file()):
        raise HashiyaError(f"{file}: is no regular file, and tasks are put in place when all are written")
    people = _people(users) if users else None
    if strict:
        first = Outcome()
        with output.progress("checking") as advance:
            for _ in tasks(opened, first, people, advance):
                pass
        if not first.whole:
            _account(first, as_json=as_json, tasks=0)
            raise HashiyaError(f"{file}: not written, since something would be left out (--strict)")
    try:
        with output.progress("exporting") as advance:
            count, outcome = export_tasks(opened, target, people, advance)
    except OSError as error:
        raise HashiyaError(f"{file}: cannot be written: {error.strerror or error}") from None
    if not as_json:
        output.say(f"{count} tasks written to {file}")
    _account(outcome, as_json=as_json, tasks=count)
    _leave(outcome)


@labelstudio_app.command("import")
def import_file(
    corpus: CorpusFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON, as Label Studio exports it.")],
    *,
    users: Users = None,
    prefer: Preferred = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Take an export of Label Studio (the format JSON) into the journal.

    Only what was changed there is recorded. Where both sides changed both stand, a conflict that the next
    save in `hashiya label` settles, unless --prefer does. What cannot be read is told of with its region.
    """
    from hashiya.corpus.exchange.labelstudio.task_files import import_tasks
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output

    wanted = _prefer(prefer)
    with output.working("importing"):
        done = import_tasks(Corpus.open(corpus), file, people=_people(users), prefer=wanted, strict=strict)
    merged = done.merged
    for conflict in merged.conflicts:
        tell(Problem(conflict, "both stand; save one in `hashiya label`"))
    for problem in done.moved.problems:
        tell(problem)
    if not as_json:
        output.say(
            f"{file}: {done.tasks} tasks, {merged.recorded + done.moved.recorded} annotations recorded, "
            f"{merged.unchanged + done.moved.unchanged} stood already, {merged.newer_here} are newer here, "
            f"{merged.preferred_here + merged.preferred_there} settled by --prefer, "
            f"{len(merged.conflicts)} conflicts"
        )
    _account(done.outcome, as_json=as_json, tasks=done.tasks, merged=merged, moved=done.moved)
    if done.refused:
        raise HashiyaError(f"{file}: nothing was recorded, since something would be left out (--strict)")
    leave(done.moved.problems)
    _leave(done.outcome, conflicts=bool(merged.conflicts))


@labelstudio_app.command("push")
def push(
    corpus: CorpusFolder,
    url: Url,
    project: ProjectName,
    *,
    create: Create = False,
    users: Users = None,
    unassigned: Unassigned = False,
    prefer: Preferred = None,
    dry_run: DryRun = False,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Send pairs and annotations to a project: new ones, and those that changed here.

    A pair never becomes two tasks, also after a break: run it again and it goes on. What was changed there
    is told of and left alone.
    """
    _run(
        "push", corpus, url, project, create=create, users=users, unassigned=unassigned, prefer=prefer,
        dry_run=dry_run, strict=strict, as_json=as_json,
    )  # fmt: skip


@labelstudio_app.command("pull")
def pull(
    corpus: CorpusFolder,
    url: Url,
    project: ProjectName,
    *,
    users: Users = None,
    prefer: Preferred = None,
    dry_run: DryRun = False,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Record here what annotators made or changed in a project; nothing is sent.

    Where both sides changed both stand, a conflict that the next save in `hashiya label` settles.
    """
    _run(
        "pull", corpus, url, project, users=users, prefer=prefer, dry_run=dry_run, strict=strict,
        as_json=as_json,
    )  # fmt: skip


@labelstudio_app.command("sync")
def sync(
    corpus: CorpusFolder,
    url: Url,
    project: ProjectName,
    *,
    create: Create = False,
    users: Users = None,
    unassigned: Unassigned = False,
    prefer: Preferred = None,
    dry_run: DryRun = False,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Push and pull: what changed on one side since the last time goes to the other.

    Where both changed both are kept and shown, until one is saved in `hashiya label` or --prefer chooses.
    What was deleted on one side is told of, and follows on the other only with --prefer.
    """
    _run(
        "sync", corpus, url, project, create=create, users=users, unassigned=unassigned, prefer=prefer,
        dry_run=dry_run, strict=strict, as_json=as_json,
    )  # fmt: skip


def _run(
    mode: Mode,
    corpus: Path,
    url: str,
    project: str,
    *,
    users: Path | None,
    prefer: str | None,
    dry_run: bool,
    strict: bool,
    as_json: bool,
    create: bool = False,
    unassigned: bool = False,
) -> None:
    from hashiya.corpus.exchange.labelstudio.server.connection import checked_url
    from hashiya.corpus.exchange.labelstudio.server.server import Server
    from hashiya.corpus.exchange.labelstudio.sync.synchronise import Wishes, synchronise
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output

    wishes = Wishes(
        mode=mode,
        people=_people(users),
        prefer=_prefer(prefer),
        create=create,
        unassigned=unassigned,
        dry_run=dry_run,
        strict=strict,
    )
    opened = Corpus.open(corpus)
    opened.generation()
    address = checked_url(url)
    key = _key(address)
    if address.startswith("http://") and not _is_here(address):
        tell(Problem(address, "key and texts travel unencrypted; https:// is the safe way", left_out=False))
    with (
        Server(address, key) as server,
        output.progress("comparing") as looking,
        output.progress("carrying over") as doing,
    ):
        synced = synchronise(opened, server, project, wishes, looking=looking, doing=doing)
    plan = synced.plan
    for problem in [*plan.notes, *synced.later]:
        tell(problem)
    for conflict in plan.conflicts:
        tell(Problem(conflict, "both are kept; save one in `hashiya label`, or --prefer here|there"))
    if not as_json:
        _report(synced)
    _account(
        plan.outcome,
        as_json=as_json,
        project=synced.project,
        verdict=synced.verdict,
        plan=plan.counts(),
        conflicts=plan.conflicts,
        unknown=dict(plan.unknown),
        later=tuple(synced.later),
    )
    if synced.verdict == "strict":
        raise HashiyaError("nothing was done, since something would be left out (--strict)")
    if synced.verdict == "unknown annotators" or (dry_run and plan.unknown):
        raise HashiyaError(_unknown(plan, address))
    leave(synced.later)
    _leave(plan.outcome, conflicts=bool(plan.conflicts))


def _report(synced: Synced) -> None:
    from hashiya.tui.cli import output

    heading = {"done": "Done", "dry run": "Would be done"}.get(synced.verdict, "Not done")
    output.say(f"{heading}: {synced.project}")
    for what, count in synced.plan.counts().items():
        if count:
            output.say(f"{count:>8} {what}")
    changes = any(count for what, count in synced.plan.counts().items() if "same" not in what)
    if synced.plan.outcome.whole and not changes:
        output.say("Nothing to do: both sides hold the same.")


def _unknown(plan: Plan, url: str) -> str:
    names = "\n".join(f"    {who}: {count} annotations" for who, count in sorted(plan.unknown.items()))
    return (
        f"{url} has no user for these annotators, and nothing was sent:\n{names}\n"
        'Name their e-mails in a file, one line each such as  layla = "layla@example.org"  and give it with '
        "--users, or send their annotations as the key's owner with --unassigned"
    )


def _key(url: str) -> str:
    """The key to a server; asked for, unseen, where neither environment nor keyring holds it."""
    from hashiya.corpus.exchange.labelstudio.server.access_key import (
        VARIABLE,
        checked_key,
        keep_key,
        known_key,
    )

    known = known_key(url)
    if known is not None:
        return known
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise HashiyaError(
            f"{url}: no key: put one into the environment variable {VARIABLE}, or run this in a terminal "
            "once and let the system's keyring keep it"
        )
    asked: str = typer.prompt(f"Key to {url} (not shown)", hide_input=True, err=True)
    key = checked_key(asked)
    if typer.confirm("Keep it in this system's keyring?", default=False, err=True) and not keep_key(url, key):
        tell(
            Problem("keyring", f"this system has none that works; {VARIABLE} is another way", left_out=False)
        )
    return key


def _is_here(url: str) -> bool:
    from urllib.parse import urlsplit

    return (urlsplit(url).hostname or "") in {"localhost", "127.0.0.1", "::1"}


def _people(users: Path | None) -> People:
    from hashiya.corpus.exchange.labelstudio.people import People, read_people

    return People() if users is None else read_people(users)


def _prefer(value: str | None) -> Prefer | None:
    if value not in {None, "here", "there"}:
        raise typer.BadParameter("here or there", param_hint="--prefer")
    return cast("Prefer | None", value)


def _account(outcome: Outcome, *, as_json: bool, **parts: object) -> None:
    """Tell the problems and print the account, in JSON with other parts of a report."""
    from hashiya.tui.cli import output
    from hashiya.tui.cli.outcome import outcome_parts, print_outcome

    for problem in outcome.problems:
        tell(problem)
    if as_json:
        output.print_json(**parts, **outcome_parts(outcome))
    else:
        print_outcome(outcome)


def _leave(outcome: Outcome, *, conflicts: bool = False) -> None:
    """End with 1 where something was left out, or waits for a person."""
    if conflicts or not outcome.whole:
        raise typer.Exit(1)
