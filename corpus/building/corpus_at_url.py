"""A corpus at a URL: a generation to read and to fetch. Building and labelling happen on a disk.

An object store has no renaming and no SQLite: what lies there is `corpus.toml`, `scheme.toml`, the files
of a generation and, written last, `manifest.json`, as in a corpus folder, but no journal and no labels. A
reader that finds the manifest finds all that it names: the generation before is kept beside the new one.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from hashiya.corpus.carrying.carry_over import CarryReport, carry_over
from hashiya.corpus.files.atomic import replacing_folder, write_whole
from hashiya.corpus.sources.remote import is_remote, refusals, storage
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import CORPUS_FORMAT, MANIFEST, Manifest
from hashiya.corpus.store.parquet import file_hash
from hashiya.schema.codec import from_json
from hashiya.schema.errors import CorpusError, LabelError

_SAID = ("scheme.toml", "corpus.toml")


def work_folder(out: Path) -> Path:
    """Where on this machine a corpus at a URL is built: every time the same, so that a stop costs little."""
    name = hashlib.sha256(str(out).encode()).hexdigest()[:16]
    return platformdirs.user_cache_path("hashiya") / "builds" / name


@contextmanager
def building_at(out: Path, work: Path | None) -> Generator[Path]:
    """A folder to build what is to stand at `out`: `out` itself, or one whose content is sent there.

    The generation at the URL is fetched first, unless one was built here and not sent: so a build without
    changes is none. The folder is `work`, which stays, or `work_folder`, removed when all is at the URL.
    """
    if not is_remote(out):
        yield out
        return
    folder = work or work_folder(out)
    folder.parent.mkdir(parents=True, exist_ok=True)
    there, here = _manifest(out), _built(folder)
    if there is not None and (here is None or int(here.generation) <= int(there.generation)):
        fetch_corpus(out, folder)
    yield folder
    send_corpus(Corpus.open(folder), out)
    if work is None:
        shutil.rmtree(folder)


def send_corpus(corpus: Corpus, out: Path) -> None:
    """Put the generation that holds at a URL, the manifest last; what is there already is not sent again."""
    generation = corpus.generation()
    before = _manifest(out)
    there = storage(out)
    with refusals(out):
        if before != generation.manifest:
            for name in generation.manifest.files:
                there.put_file(
                    str(generation.folder / name), f"{out}/generations/{generation.folder.name}/{name}"
                )
        for name in _SAID:
            there.pipe_file(f"{out}/{name}", (corpus.folder / name).read_bytes())
        there.pipe_file(f"{out}/{MANIFEST}", (corpus.folder / MANIFEST).read_bytes())
        kept = {generation.folder.name, *([before.generation] if before else [])}
        there.invalidate_cache()
        for old in there.ls(f"{out}/generations", detail=False):
            if old.rstrip("/").rsplit("/", 1)[-1] not in kept:
                there.rm(old, recursive=True)


def fetch_corpus(source: Path, folder: Path) -> CarryReport:
    """Make a corpus folder of the corpus at a URL, or renew the one that is there; labels in it are carried.

    Raises CorpusError if there is no corpus, if it has an unknown format, or if what came is not what its
    manifest names; then what was in the folder still holds.
    """
    manifest = _manifest(source)
    if manifest is None:
        raise CorpusError(f"{source}: is no corpus: there is no {MANIFEST}")
    there = storage(source)
    with Corpus.building(folder) as corpus:
        target = folder / "generations" / manifest.generation
        if not _same(target, manifest):
            target.parent.mkdir(exist_ok=True)
            for left in target.parent.glob(f".{target.name}.*"):  # by a fetch that was killed
                shutil.rmtree(left)
            with replacing_folder(target) as draft:
                with refusals(source):
                    for name in manifest.files:
                        there.get_file(f"{source}/generations/{target.name}/{name}", str(draft / name))
                if not _same(draft, manifest):
                    what = f"its files are not those that {MANIFEST} names: fetch it again"
                    raise CorpusError(f"{source}: {what}")
        with refusals(source):
            for name in (*_SAID, MANIFEST):
                write_whole(folder / name, there.cat_file(f"{source}/{name}"))
        with corpus.journal() as journal:
            return carry_over(journal, Corpus.open(folder).generation())


def _built(folder: Path) -> Manifest | None:
    return Corpus.open(folder).manifest() if (folder / _SAID[1]).is_file() else None


def _same(folder: Path, manifest: Manifest) -> bool:
    return all(
        (folder / name).is_file() and file_hash(folder / name) == entry.sha256
        for name, entry in manifest.files.items()
    )


def _manifest(source: Path) -> Manifest | None:
    """The manifest at a URL; `None` where there is none."""
    try:
        content = (source / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    try:
        manifest = from_json(Manifest, content, f"{source}/{MANIFEST}")
    except LabelError as error:
        raise CorpusError(f"{error}; build the corpus again at another address") from None
    names = [manifest.generation, *manifest.files]
    if (
        manifest.format != CORPUS_FORMAT
        or not manifest.generation.isdigit()
        or any("/" in name for name in names)
    ):
        raise CorpusError(f"{source}: format {manifest.format} is not known to this version")
    return manifest
