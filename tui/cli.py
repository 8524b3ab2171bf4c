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
from hashiya.tui.convert import convert_app
from hashiya.tui.duplicates import duplicates
from hashiya.tui.labelstudio import labelstudio_app
from hashiya.tui.options import AsJson, CorpusFolder
from hashiya.tui.telling import clean, leave, tell, write

if TYPE_CHECKING:
    from hashiya.tui.settings import UiLanguage

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
app.command("duplicates")(duplicates)


def _place(text: str) -> Path:
    """A path or a URL; what knows URLs is imported when one is asked about."""
    from hashiya.corpus.remote import place

    return place(text)


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


@app.command()
def build(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE",
            parser=_place,
            help="Folders and files, or s3:// and other URLs: text, HTML, TMX, JSONL, Parquet, line-aligned.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="CORPUS",
            parser=_place,
            help="The corpus folder to make or renew, or a URL.",
        ),
    ],
    *,
    work: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="With a URL as --out: where to build; else in the user's cache."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The corpus's name; by default the folder's.")] = None,
    scheme: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A label scheme in TOML; by default ai-market.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Build even if nothing changed.")] = False,
    workers: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Processes; by default one a processor.")
    ] = None,
    encoder: Annotated[
        str,
        typer.Option(metavar="NAME", help="use, labse, bge-m3, sonar, or a model's name or folder."),
    ] = "use",
    cache: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where vectors of --encoder are kept; by default the user's cache."),
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Keep no vectors.")] = False,
    engine: Annotated[
        str, typer.Option(metavar="local|ray", help="Work on this machine's processors, or on a Ray cluster.")
    ] = "local",
    ray_address: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="With --engine ray: the cluster; else RAY_ADDRESS, or a Ray that is started here.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Segment, align and store articles; build again after a change and no label is lost.

    Sources are pairs such as `news.ar.txt` and `news.en.txt`, with `news.toml` for what is known of the
    article and `news.beads.json` for an alignment made by hand, or any of the formats in docs/sources.md.
    A source that cannot be read is told of and left out; the rest is built, and the exit code is 1.
    A build that was stopped goes on where it was when the same command is run again.
    --encoder names a model that aligns in place of the embedded one: docs/encoders.md. On a GPU it works in
    one process, if --workers says nothing else.
    """
    from hashiya.corpus.build import build as run
    from hashiya.corpus.building.engine import Engine, LocalEngine, usable_cores
    from hashiya.corpus.encoders import encoder_named, suits_many
    from hashiya.corpus.remote import is_remote
    from hashiya.corpus.transfer import building_at
    from hashiya.tui import show
    from hashiya.tui.paths import cache_folder

    if engine not in {"local", "ray"}:
        raise typer.BadParameter("local or ray", param_hint="--engine")
    if ray_address and engine != "ray":
        raise typer.BadParameter("belongs to --engine ray", param_hint="--ray-address")
    if work and not is_remote(out):
        raise typer.BadParameter("belongs to a URL as --out", param_hint="--work")
    where = None if no_cache else cache or cache_folder()
    # The embedded encoder is loaded where it is used: with many processes that is not this one.
    given = None if encoder == "use" else encoder_named(encoder, where)
    runs_on: Engine = LocalEngine(workers or (usable_cores() if suits_many(given) else 1))
    if engine == "ray":
        from hashiya.corpus.building.ray_engine import RayEngine

        runs_on = RayEngine(ray_address, workers)
    with building_at(out, work) as folder:
        with show.building() as advance:
            built = run(
                sources,
                folder,
                name=name or (out.name if is_remote(out) else None),
                scheme=scheme,
                encoder=given,
                force=force,
                engine=runs_on,
                report=tell,
                progress=advance,
            )
        if as_json:
            show.as_json(
                fresh=built.fresh,
                report=built.report,
                carried=built.carried.counts(),
                workers=built.workers,
                parts=built.parts,
                parts_reused=built.reused,
            )
        else:
            show.built(built, out)
    leave(built.report.problems)


@app.command()
def fetch(
    corpus: Annotated[
        Path, typer.Argument(metavar="URL", parser=_place, help="A corpus that `build --out URL` has made.")
    ],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The corpus folder to make or renew.")],
) -> None:
    """Copy a corpus from a URL to this disk, to label, check or release it.

    What lies at a URL has no labels. Fetched again into the same folder, a later build takes the place of the
    earlier one, and the labels in the folder are carried over as after a build.
    """
    from hashiya.corpus.remote import is_remote
    from hashiya.corpus.transfer import fetch as run
    from hashiya.tui import show

    if not is_remote(corpus):
        raise typer.BadParameter("a URL such as s3://bucket/corpus", param_hint="URL")
    with show.working("fetching"):
        run(corpus, folder)
    show.say(f"{corpus} is in {folder}")


@app.command()
def label(
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
    from hashiya.corpus.store import Corpus
    from hashiya.tui.settings import read_settings

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
    from hashiya.corpus.reader import save_memory
    from hashiya.tui.app import Annotator

    save_memory()
    sys.setswitchinterval(0.0005)  # the thread that writes to the terminal waits no longer
    gc.freeze()  # what was imported stays: without it a collection now and then holds a key up for 70 ms
    screen = Annotator(opened, settings, annotator=annotator, ui=cast("UiLanguage | None", ui))
    screen.run()
    if screen.failure:
        raise HashiyaError(screen.failure)
    raise typer.Exit(screen.return_code or 0)


@app.command()
def terminal() -> None:
    """See whether Arabic reads right in this terminal, and choose another way to show it."""
    from hashiya.tui.app import TerminalCheck
    from hashiya.tui.settings import read_settings

    _need_terminal()
    TerminalCheck(read_settings()).run()


@app.command()
def status(corpus: CorpusFolder, *, as_json: AsJson = False) -> None:
    """Show what is in a corpus, who labelled how much, and what waits for someone."""
    from hashiya.corpus.status import status as run
    from hashiya.corpus.store import Corpus
    from hashiya.tui import show

    report = run(Corpus.open(corpus))
    if as_json:
        show.as_json(report=report)
    else:
        show.status(report, corpus)


@app.command()
def check(corpus: CorpusFolder, *, as_json: AsJson = False) -> None:
    """Open everything in a corpus and verify it: files, offsets, quotes, ids, labels, versions.

    Says what is wrong with file and row; the exit code is 1 if anything is.
    """
    from hashiya.corpus.check import check as run
    from hashiya.corpus.store import Corpus
    from hashiya.tui import show

    with show.working("checking"):
        report = run(Corpus.open(corpus))
    if as_json:
        show.as_json(report=report)
    else:
        for problem in report.problems:
            tell(problem)
        show.checked(report, corpus)
    leave(report.problems)


@app.command()
def release(
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
    from hashiya.corpus.release import release as run
    from hashiya.corpus.store import Corpus
    from hashiya.tui import show

    problems: list[Problem] = []

    def report(problem: Problem) -> None:
        problems.append(problem)
        tell(problem)

    with show.working("releasing"):
        released = run(Corpus.open(corpus), out, report)
    if as_json:
        show.as_json(report=released.info, no_labels=dict(released.no_labels), problems=tuple(problems))
    else:
        show.released(released, out)
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
    from hashiya.corpus.labels import import_labels
    from hashiya.corpus.store import Corpus
    from hashiya.tui import show

    with show.working("importing"):
        report = import_labels(Corpus.open(corpus), file, replace=replace)
    for problem in report.problems:
        tell(problem)
    if as_json:
        show.as_json(report=report)
    else:
        show.imported(report, file)
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

    from hashiya.corpus.labels import export_labels
    from hashiya.corpus.store import Corpus
    from hashiya.schema.records import Status
    from hashiya.tui import show

    if status is not None and status not in get_args(Status):
        raise typer.BadParameter(f"one of {', '.join(get_args(Status))}", param_hint="--status")
    found = export_labels(Corpus.open(corpus), status=cast("Status | None", status), only_unplaced=unplaced)
    lines = [f"{line}\n".encode() for line in found]
    if str(file) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.writelines(lines)
        return
    write(file, lines, corpus)
    show.say(f"{len(lines)} annotations written to {file}")


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
    print(f"hashiya: {clean(message)}", file=sys.stderr)  # noqa: T201 - the one place where errors are shown
    sys.exit(1)
