"""The command `hashiya`: all its commands, and the edge where errors become a line and an exit code.

Exit codes: 0 done, 1 something was wrong or left out (said on stderr), 2 the command line is wrong.
Results go to stdout, as JSON with --json; messages and progress go to stderr.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated, NoReturn

import typer

from hashiya.schema.errors import HashiyaError
from hashiya.tui.cli.adjudicate import adjudicate_command
from hashiya.tui.cli.agreement import agreement_command
from hashiya.tui.cli.assign import assign_command
from hashiya.tui.cli.backup import backup_command
from hashiya.tui.cli.build import build_command
from hashiya.tui.cli.check import check_command
from hashiya.tui.cli.convert import convert_app
from hashiya.tui.cli.duplicates import duplicates_command
from hashiya.tui.cli.fetch import fetch_command
from hashiya.tui.cli.import_texts import import_command
from hashiya.tui.cli.invite import invite_command
from hashiya.tui.cli.journal import journal_app
from hashiya.tui.cli.label import label_command
from hashiya.tui.cli.labels import labels_app
from hashiya.tui.cli.labelstudio.commands import labelstudio_app
from hashiya.tui.cli.output import print_data, printable, tell_error
from hashiya.tui.cli.predict import predict_command
from hashiya.tui.cli.release import release_app
from hashiya.tui.cli.repair import repair_command
from hashiya.tui.cli.restore import restore_command
from hashiya.tui.cli.scheme import scheme_app
from hashiya.tui.cli.serve import serve_command
from hashiya.tui.cli.status import status_command
from hashiya.tui.cli.team import team_command
from hashiya.tui.cli.terminal import terminal_command
from hashiya.tui.cli.train import train_command

app = typer.Typer(
    help="""Turn Arabic and English articles into a sentence-aligned, labelled corpus.

    Start with `hashiya build FOLDER --out CORPUS`; every command explains itself with --help.""",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(labels_app, name="labels")
app.add_typer(labelstudio_app, name="labelstudio")
app.add_typer(convert_app, name="convert")
app.add_typer(journal_app, name="journal")
app.add_typer(release_app, name="release")
app.add_typer(scheme_app, name="scheme")
for _name, _command in (
    ("build", build_command),
    ("import", import_command),
    ("fetch", fetch_command),
    ("assign", assign_command),
    ("label", label_command),
    ("invite", invite_command),
    ("serve", serve_command),
    ("team", team_command),
    ("terminal", terminal_command),
    ("status", status_command),
    ("check", check_command),
    ("duplicates", duplicates_command),
    ("adjudicate", adjudicate_command),
    ("agreement", agreement_command),
    ("train", train_command),
    ("predict", predict_command),
    ("backup", backup_command),
    ("restore", restore_command),
    ("repair", repair_command),
):
    app.command(_name)(_command)


@app.callback(invoke_without_command=True)
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)
    ] = False,
    journal: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="HASHIYA_JOURNAL",
            help="Where the journal of the corpus is, postgresql://..., instead of what `corpus.toml` says.",
        ),
    ] = None,
) -> None:
    """Handle what belongs to no command."""
    if journal:  # for this process and those that it starts
        os.environ["HASHIYA_JOURNAL"] = journal
    if version:
        from importlib import metadata

        print_data(f"hashiya {metadata.version('hashiya')}\n")
        raise typer.Exit


def main() -> None:
    """Run the command line; whatever is meant for the user is said in one line, never as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Arabic gets marks of what it cannot show, not an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(standalone_mode=False)
    except HashiyaError as error:
        _end(str(error))
    except OSError as error:
        _end(f"{error.filename or 'the operating system says'}: {error.strerror or error}")
    except typer.Abort:
        tell_error("stopped")
        sys.exit(1)
    except Exception as error:
        if hasattr(error, "format_message"):  # of typer's errors, which have no public class of their own
            _end_usage(error)
        if os.environ.get("HASHIYA_DEBUG"):
            raise
        _end(
            f"{type(error).__name__}: {error}\nThis is a defect of hashiya, or of a file that it should have "
            "refused. Please report it; HASHIYA_DEBUG=1 shows where it happened."
        )

    sys.exit(code if isinstance(code, int) else 0)


def _end(message: str) -> NoReturn:
    tell_error(message)
    sys.exit(1)


def _end_usage(error: Exception) -> NoReturn:
    """Show what is wrong with the command line, without what a terminal would do with its arguments."""
    from typer.rich_utils import rich_format_error

    for name, value in vars(error).items():
        if isinstance(value, str):
            setattr(error, name, printable(value))
    rich_format_error(error)  # type: ignore[arg-type]
    sys.exit(getattr(error, "exit_code", 2))
