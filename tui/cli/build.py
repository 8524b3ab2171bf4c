"""The commands `hashiya build` and `fetch`: articles into a corpus, and a corpus from a URL. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hashiya.tui.cli.options import AsJson
from hashiya.tui.cli.problems import leave, tell


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
        with output.building() as advance:
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
            )
        else:
            output.built(built, place)
    leave(built.report.problems)


def fetch_command(
    corpus: Annotated[str, typer.Argument(metavar="URL", help="A corpus that `build --out URL` has made.")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The corpus folder to make or renew.")],
) -> None:
    """Copy a corpus from a URL to this disk, to label, check or release it.

    What lies at a URL has no labels. Fetched again into the same folder, a later build takes the place of the
    earlier one, and the labels in the folder are carried over as after a build.
    """
    from hashiya.corpus.building.corpus_at_url import fetch_corpus as run
    from hashiya.corpus.sources.remote import RemotePath, parse_location
    from hashiya.tui.cli import output

    source = parse_location(corpus)
    if not isinstance(source, RemotePath):
        raise typer.BadParameter("a URL such as s3://bucket/corpus", param_hint="URL")
    with output.working("fetching"):
        run(source, folder)
    output.say(f"{source} is in {folder}")
