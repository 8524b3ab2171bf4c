"""The command `hashiya build`: articles into a corpus; its progress and what it prints. Imports late."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashiya.tui.cli.options import AsJson
from hashiya.tui.cli.output import tell
from hashiya.tui.cli.problems import leave

if TYPE_CHECKING:
    from hashiya.corpus.building.build import Built
    from hashiya.corpus.building.build_report import BuildReport
    from hashiya.corpus.building.run_plan import BuildProgress
    from hashiya.corpus.sources.remote import Location
    from hashiya.corpus.store.index import PairIndex


def build_command(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            help="Folders and files, or s3:// and other URLs: text, HTML, TMX, JSONL, Parquet, line-aligned.",
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            "--out",
            "-o",
            metavar="CORPUS",
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
    from hashiya.corpus.building.build import build as run
    from hashiya.corpus.building.corpus_at_url import building_at
    from hashiya.corpus.building.engines.local_engine import Engine, LocalEngine, usable_cores
    from hashiya.corpus.encoders.registry import encoder_named, suits_many
    from hashiya.corpus.sources.remote import RemotePath, parse_location
    from hashiya.tui.cli import output
    from hashiya.tui.settings.paths import cache_folder

    if engine not in {"local", "ray"}:
        raise typer.BadParameter("local or ray", param_hint="--engine")
    if ray_address and engine != "ray":
        raise typer.BadParameter("belongs to --engine ray", param_hint="--ray-address")
    place = parse_location(out)
    if work and not isinstance(place, RemotePath):
        raise typer.BadParameter("belongs to a URL as --out", param_hint="--work")
    where = None if no_cache else cache or cache_folder()
    # The embedded encoder is loaded where it is used: with many processes that is not this one.
    given = None if encoder == "use" else encoder_named(encoder, where)
    runs_on: Engine = LocalEngine(workers or (usable_cores() if suits_many(given) else 1))
    if engine == "ray":
        from hashiya.corpus.building.engines.ray_engine import RayEngine

        runs_on = RayEngine(ray_address, workers)
    with building_at(place, work) as folder:
        with building() as advance:
            built = run(
                [parse_location(source) for source in sources],
                folder,
                name=name or (place.name if isinstance(place, RemotePath) else None),
                scheme=scheme,
                encoder=given,
                force=force,
                engine=runs_on,
                report=tell,
                progress=advance,
            )
        if as_json:
            output.print_json(
                fresh=built.fresh,
                report=built.report,
                carried=built.carried.counts(),
                workers=built.workers,
                parts=built.parts,
                parts_reused=built.reused,
                upgraded=built.upgraded,
                shards=built.shards,
                shards_kept=built.kept,
            )
        else:
            print_built(built, place)
    leave(built.report.problems)


@contextmanager
def building() -> Generator[Callable[[BuildProgress], None]]:
    """Show on a terminal how far a build is, how fast and how long it will take; yields what to call."""
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn

    from hashiya.tui.cli.output import progress_bar

    columns = (
        TextColumn("building"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.description}"),
    )
    start = time.monotonic()
    with progress_bar(*columns) as bar:
        task = bar.add_task("", total=None)

        def advance(state: BuildProgress) -> None:
            text = progress_text(state, time.monotonic() - start)
            bar.update(task, completed=state.done, total=state.size, description=text)

        yield advance


def progress_text(state: BuildProgress, seconds: float) -> str:
    """Return what is said of a build beside its bar; speed and time left are those of what this run makes."""
    text = f"{state.parts:,} parts, {state.documents:,} documents"
    made = state.done - state.reused
    if made and seconds:
        left = round((state.size - state.done) / made * seconds)
        minutes, hours = left // 60 % 60, left // 3600
        text += f", {state.pairs_made / seconds:,.0f} beads/s, {hours}:{minutes:02}:{left % 60:02} left"
    return text


def print_built(result: Built, out: Location) -> None:
    """Print what a build made that stands at `out`, and what became of the labels."""
    from hashiya.corpus.store.generation import MANIFEST
    from hashiya.corpus.store.shard import SHARDS
    from hashiya.tui.cli.build_report import print_build_report
    from hashiya.tui.cli.output import print_row, say

    if not result.fresh:
        say("Nothing changed since the last build; this is what stands (--force builds anyway).")
    if result.upgraded:
        say("The corpus was of an earlier format and was made anew; what said so is kept in backup/.")
    if result.reused:
        print_row("Resumed", f"{result.reused} of {result.parts} parts were there")
    if result.fresh and result.kept:
        print_row("Kept", f"{result.kept:,} of {result.shards:,} shards are as they were")
    print_build_report(result.report)
    generation = result.corpus.generation()
    _print_to_look_at(result.report, generation.index())
    carried = result.carried
    if carried.kept:
        print_row("Labels", f"{carried.kept} stand where they were")
    if carried.carried:
        print_row("Carried", f"{carried.carried} to changed text, {carried.review} of them for review")
    if carried.left or carried.unplaced:
        print_row("No place", f"{carried.left} marks and {len(carried.unplaced)} whole annotations:")
        print_row("", f"hashiya labels export {result.corpus.folder} - --unplaced shows them as they were")
    print_row("Files", f"{out / SHARDS}; {out / MANIFEST} names those of this build")


def _print_to_look_at(report: BuildReport, index: PairIndex) -> None:
    from hashiya.corpus.doubts.doubts import doubts_between
    from hashiya.tui.cli.build_report import print_given
    from hashiya.tui.cli.output import print_row
    from hashiya.tui.screens.label.doubt_text import doubts_text

    print_given(report.given)
    if report.lowest:
        print_row("Look at", "the pairs that the aligner is least sure of, or would not have made:")
    numbers = index.rows(low.pair_id for low in report.lowest) + 1
    for low, number in zip(report.lowest, numbers, strict=True):
        score = "by hand" if low.score is None else f"{low.score:.2f}"
        print_row("", f"{score:7}  #{number}  {low.doc_id}  {low.en}")
        print_row("", f"{'':7}  {low.ar}")
        if seen := doubts_text(doubts_between(low.ar, low.en)):
            print_row("", f"{'':7}  check: {seen}")
