"""The command `hashiya`: reads arguments, calls the corpus, prints what came of it. Imports late.

Exit codes: 0 done, 1 something was wrong or left out (said on stderr), 2 the command line is wrong.
Results go to stdout, as JSON with --json; messages and progress go to stderr.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, cast

import typer

from hashiya.schema.errors import HashiyaError, Problem
from hashiya.tui.cli.build import build_command, fetch_command
from hashiya.tui.cli.convert import convert_app
from hashiya.tui.cli.duplicates import duplicates_command
from hashiya.tui.cli.labelstudio import labelstudio_app
from hashiya.tui.cli.options import AsJson, CorpusFolder
from hashiya.tui.cli.problems import leave, printable, tell, write_output

if TYPE_CHECKING:
    from hashiya.tui.settings.settings import UiLanguage

app = typer.Typer(
    help="""Turn Arabic and English articles into a sentence-aligned, labelled corpus.

    Start with `hashiya build FOLDER --out CORPUS`; every command explains itself with --help.""",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
labels_app = typer.Typer(
    help="Bring labels in and out: JSONL, one annotation a line.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
app.add_typer(labels_app, name="labels")
app.add_typer(labelstudio_app, name="labelstudio")
app.add_typer(convert_app, name="convert")
app.command("duplicates")(duplicates_command)
app.command("build")(build_command)
app.command("fetch")(fetch_command)


@app.callback(invoke_without_command=True)
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)
    ] = False,
) -> None:
    """Handle what belongs to no command."""
    if version:
        from importlib import metadata

        print(f"hashiya {metadata.version('hashiya')}")  # noqa: T201 - this is the result
        raise typer.Exit


@app.command("label")
def label_command(
    corpus: CorpusFolder,
    *,
    annotator: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who labels; else the settings file says, or you are asked once."),
    ] = None,
    ui: Annotated[
        str | None, typer.Option(metavar="en|ar", help="The language of the menus; else that of the locale.")
    ] = None,
    web: Annotated[bool, typer.Option("--web", help="Serve the same screen to a browser here.")] = False,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="With --web: the port; 0 takes a free one.")
    ] = 0,
) -> None:
    """Label the pairs of a corpus in the terminal, Arabic right to left, by keyboard or mouse.

    Every change is saved at once; quit with Ctrl+Q whenever you like. `?` lists the keys.
    """
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.settings.settings import read_settings

    if ui not in {None, "en", "ar"}:
        raise typer.BadParameter("en or ar", param_hint="--ui")
    opened = Corpus.open(corpus)
    opened.generation()
    settings = read_settings()
    if web:
        from hashiya.tui.web import serve

        serve(corpus, annotator or settings.annotator, ui, port)
        return
    _need_terminal()
    from hashiya.corpus.store.reader import save_memory
    from hashiya.tui.screens.app import LabellingApp

    save_memory()
    sys.setswitchinterval(0.0005)  # the thread that writes to the terminal waits no longer
    gc.freeze()  # what was imported stays: without it a collection now and then holds a key up for 70 ms
    screen = LabellingApp(opened, settings, annotator=annotator, ui=cast("UiLanguage | None", ui))
    screen.run()
    if screen.failure:
        raise HashiyaError(screen.failure)
    raise typer.Exit(screen.return_code or 0)


@app.command("terminal")
def terminal_command() -> None:
    """See whether Arabic reads right in this terminal, and choose another way to show it."""
    from hashiya.tui.screens.app import TerminalCheckApp
    from hashiya.tui.settings.settings import read_settings

    _need_terminal()
    TerminalCheckApp(read_settings()).run()


@app.command("status")
def status_command(corpus: CorpusFolder, *, as_json: AsJson = False) -> None:
    """Show what is in a corpus, who labelled how much, and what waits for someone."""
    from hashiya.corpus.inspection.status import status as run
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output

    report = run(Corpus.open(corpus))
    if as_json:
        output.print_json(report=report)
    else:
        output.print_status(report, corpus)


@app.command("check")
def check_command(corpus: CorpusFolder, *, as_json: AsJson = False) -> None:
    """Open everything in a corpus and verify it: files, offsets, quotes, ids, labels, versions.

    Says what is wrong with file and row; the exit code is 1 if anything is.
    """
    from hashiya.corpus.inspection.check import check as run
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output

    with output.working("checking"):
        report = run(Corpus.open(corpus))
    if as_json:
        output.print_json(report=report)
    else:
        for problem in report.problems:
            tell(problem)
        output.checked(report, corpus)
    leave(report.problems)


@app.command("release")
def release_command(
    corpus: CorpusFolder,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="The dataset folder to make or renew.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the dataset: labels resolved, one Parquet file a split, nobody's name in it.

    Documents keep the split of their first release. One without a licence or rights note is left out and
    told of, and so is one whose near-duplicates stand in two splits; the exit code is then 1.
    """
    from hashiya.corpus.dataset.release import release as run
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output

    problems: list[Problem] = []

    def report(problem: Problem) -> None:
        problems.append(problem)
        tell(problem)

    with output.working("releasing"):
        released = run(Corpus.open(corpus), out, report)
    if as_json:
        output.print_json(report=released.info, no_labels=dict(released.no_labels), problems=tuple(problems))
    else:
        output.released(released, out)
    leave(problems)


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
    others are recorded; the same file twice changes nothing.
    """
    from hashiya.corpus.exchange.labels import import_labels
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output

    with output.working("importing"):
        report = import_labels(Corpus.open(corpus), file, replace=replace)
    for problem in report.problems:
        tell(problem)
    if as_json:
        output.print_json(report=report)
    else:
        output.imported(report, file)
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
    from typing import get_args

    from hashiya.corpus.exchange.labels import export_labels
    from hashiya.corpus.store.folder import Corpus
    from hashiya.schema.records import Status
    from hashiya.tui.cli import output

    if status is not None and status not in get_args(Status):
        raise typer.BadParameter(f"one of {', '.join(get_args(Status))}", param_hint="--status")
    found = export_labels(Corpus.open(corpus), status=cast("Status | None", status), only_unplaced=unplaced)
    lines = [f"{line}\n".encode() for line in found]
    if str(file) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.writelines(lines)
        return
    write_output(file, lines, corpus)
    output.say(f"{len(lines)} annotations written to {file}")


def main() -> None:
    """Run the command line; whatever is meant for the user is said in one line, never as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Arabic gets marks of what it cannot show, not an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except HashiyaError as error:
        _end(str(error))
    except OSError as error:
        _end(f"{error.filename or 'the operating system says'}: {error.strerror or error}")
    except Exception as error:
        if os.environ.get("HASHIYA_DEBUG"):
            raise
        _end(
            f"{type(error).__name__}: {error}\nThis is a defect of hashiya, or of a file that it should have "
            "refused. Please report it; HASHIYA_DEBUG=1 shows where it happened."
        )


def _need_terminal() -> None:
    """Refuse to draw a screen where there is none; Textual draws on stderr."""
    if "TEXTUAL_DRIVER" not in os.environ and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise HashiyaError(
            "this draws on a terminal, and standard input and error must be one; --web is for a browser"
        )


def _end(message: str) -> NoReturn:
    print(f"hashiya: {printable(message)}", file=sys.stderr)  # noqa: T201 - the one place where errors are shown
    sys.exit(1)
