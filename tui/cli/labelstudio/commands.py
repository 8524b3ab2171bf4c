"""The commands `hashiya labelstudio ...`: configuration, files, a project kept in step. Imports late.

Without a server: config, export, import. With one: push, pull, sync; the key comes from the environment, the
system's keyring or a prompt. The exit code is 1 where something was left out or waits for a person.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashiya.schema.errors import HashiyaError
from hashiya.tui.cli.labelstudio.options import (
    CreateProject,
    DryRun,
    Preferred,
    ProjectName,
    ServerUrl,
    Unassigned,
    Users,
    checked_prefer,
    people_in,
)
from hashiya.tui.cli.options import AsJson, CorpusFolder, Strict
from hashiya.tui.cli.output import print_data
from hashiya.tui.cli.problems import leave, outside, write_output

if TYPE_CHECKING:
    from hashiya.corpus.exchange.labelstudio.sync.plan import Mode
    from hashiya.corpus.exchange.labelstudio.sync.synchronise import SyncOptions
    from hashiya.corpus.store.folder import Corpus

labelstudio_app = typer.Typer(
    help="""Label in Label Studio: take its configuration and tasks from a corpus, bring the labels back.

    `push`, `pull` and `sync` talk to a server and need the extra `labelstudio`; the others do not.""",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

_PUSH = """Send pairs and annotations to a project: new ones, and those that changed here.

A pair never becomes two tasks, also after a break: run it again and it goes on. What was changed there
is told of and left alone, and what hashiya cannot read there stays as it is. A task or annotation that was
deleted there is sent again only with --prefer here.
"""
_SYNC = """Push and pull: what changed on one side since the last time goes to the other.

Where both changed both are kept and shown, until one is saved in `hashiya label` or --prefer chooses.
What was deleted on one side is told of, and follows on the other only with --prefer.
"""


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
        print_data(xml)
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

    Where --users or team.toml say who somebody is there, annotations belong to these users, whom the server
    must know; suggestions are predictions.
    """
    from hashiya.corpus.exchange.labelstudio.task_files import corpus_tasks, export_tasks
    from hashiya.corpus.exchange.outcome import Outcome
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output
    from hashiya.tui.cli.labelstudio.report import report_outcome
    from hashiya.tui.cli.outcome import exit_unless_whole

    opened = Corpus.open(corpus)
    target = outside(file, corpus)
    if str(file) == "-" or (target.exists() and not target.is_file()):
        raise HashiyaError(f"{file}: is no regular file, and tasks are put in place when all are written")
    known = people_in(opened, users)
    people = known if users or known.emails or known.numbers else None
    if strict:
        first = Outcome()
        with output.progress("checking") as advance:
            for _ in corpus_tasks(opened, first, people, advance):
                pass
        if not first.whole:
            report_outcome(first, as_json=as_json, tasks=0)
            raise HashiyaError(f"{file}: not written, since something would be left out (--strict)")
    try:
        with output.progress("exporting") as advance:
            count, outcome = export_tasks(opened, target, people, advance)
    except OSError as error:
        raise HashiyaError(f"{file}: cannot be written: {error.strerror or error}") from None
    if not as_json:
        output.say(f"{count} tasks written to {file}")
    report_outcome(outcome, as_json=as_json, tasks=count)
    exit_unless_whole(outcome)


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
    from hashiya.tui.cli.labelstudio.report import report_import
    from hashiya.tui.cli.outcome import exit_unless_whole

    wanted = checked_prefer(prefer)
    with output.working("importing"):
        opened = Corpus.open(corpus)
        people = people_in(opened, users)
        done = import_tasks(opened, file, people=people, prefer=wanted, strict=strict)
    report_import(file, done, as_json=as_json)
    if done.refused:
        raise HashiyaError(f"{file}: nothing was recorded, since something would be left out (--strict)")
    leave(done.moved.problems)
    exit_unless_whole(done.outcome, conflicts=bool(done.merged.conflicts))


def _server_command(mode: Mode) -> Callable[..., None]:
    """Return the command of a mode, with every option; a pull offers those that have a meaning for it."""

    def command(
        corpus: CorpusFolder,
        url: ServerUrl,
        project: ProjectName,
        *,
        create: CreateProject = False,
        users: Users = None,
        unassigned: Unassigned = False,
        prefer: Preferred = None,
        dry_run: DryRun = False,
        strict: Strict = False,
        as_json: AsJson = False,
    ) -> None:
        from hashiya.corpus.exchange.labelstudio.sync.synchronise import SyncOptions
        from hashiya.corpus.store.folder import Corpus

        opened = Corpus.open(corpus)
        options = SyncOptions(
            mode=mode,
            people=people_in(opened, users),
            prefer=checked_prefer(prefer),
            create=create,
            unassigned=unassigned,
            dry_run=dry_run,
            strict=strict,
        )
        _synchronise(opened, url, project, options, as_json=as_json)

    return command


labelstudio_app.command("push", help=_PUSH)(_server_command("push"))


@labelstudio_app.command("pull")
def pull(
    corpus: CorpusFolder,
    url: ServerUrl,
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
    _server_command("pull")(
        corpus, url, project, users=users, prefer=prefer, dry_run=dry_run, strict=strict, as_json=as_json
    )


labelstudio_app.command("sync", help=_SYNC)(_server_command("sync"))


def _synchronise(corpus: Corpus, url: str, project: str, options: SyncOptions, *, as_json: bool) -> None:
    from hashiya.corpus.exchange.labelstudio.server.connection import checked_url
    from hashiya.corpus.exchange.labelstudio.server.server import Server
    from hashiya.corpus.exchange.labelstudio.sync.synchronise import synchronise
    from hashiya.tui.cli import output
    from hashiya.tui.cli.labelstudio.key import server_key, tell_unencrypted
    from hashiya.tui.cli.labelstudio.report import report_sync, unknown_annotators
    from hashiya.tui.cli.outcome import exit_unless_whole

    corpus.generation()
    address = checked_url(url)
    key = server_key(address)
    tell_unencrypted(address)
    with (
        Server(address, key) as server,
        output.progress("comparing") as looking,
        output.progress("carrying over") as doing,
    ):
        synced = synchronise(corpus, server, project, options, looking=looking, doing=doing)
    report_sync(synced, as_json=as_json)
    plan = synced.plan
    if synced.verdict == "strict":
        raise HashiyaError("nothing was done, since something would be left out (--strict)")
    if plan.unknown:
        raise HashiyaError(unknown_annotators(plan, address))
    leave([*plan.notes, *synced.later])
    exit_unless_whole(plan.outcome, conflicts=bool(plan.conflicts))
