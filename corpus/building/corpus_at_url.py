"""A corpus at a URL: a generation to read and to fetch. Building and labelling happen on a disk.

An object store can neither rename nor hold SQLite: what lies there is `corpus.toml`, `scheme.toml`, the files
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
from hashiya.corpus.sources.remote import Location, RemotePath, refusals, storage
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import CORPUS_FORMAT, MANIFEST, Manifest
from hashiya.corpus.store.parquet import file_hash
from hashiya.schema.codec import from_json
from hashiya.schema.errors import CorpusError, LabelError

_SAID = ("scheme.toml", "corpus.toml")


def work_folder(out: RemotePath) -> Path:
    """Return where on this machine a corpus at a URL is built: the same folder every time."""
    name = hashlib.sha256(str(out).encode()).hexdigest()[:16]
    return platformdirs.user_cache_path("hashiya") / "builds" / name


@contextmanager
def building_at(out: Location, work: Path | None) -> Generator[Path]:
    """Yield a folder to build in what is to stand at `out`: `out` itself, or one whose content is sent there.

    The generation at the URL is fetched first, unless one was built here and not sent: so a build without
    changes is none. The folder is `work`, which stays, or `work_folder`, removed when all is at the URL.
    """
    if isinstance(out, Path):
        yield out
        return
    folder = work or work_folder(out)
    folder.parent.mkdir(parents=True, exist_ok=True)
    sent, built = _manifest(out), _built(folder)
    if sent is not None and (built is None or int(built.generation) <= int(sent.generation)):
        fetch_corpus(out, folder)
    yield folder
    send_corpus(Corpus.open(folder), out)
    if work is None:
        shutil.rmtree(folder)


def send_corpus(corpus: Corpus, out: RemotePath) -> None:
    """Put the generation that holds at a URL, the manifest last; what is there already is not sent again."""
    generation = corpus.generation()
    before = _manifest(out)
    remote = storage(out)
    with refusals(out):
        if before != generation.manifest:
            for name in generation.manifest.files:
                remote.put_file(
                    str(generation.folder / name), f"{out}/generations/{generation.folder.name}/{name}"
                )
        for name in _SAID:
            remote.pipe_file(f"{out}/{name}", (corpus.folder / name).read_bytes())
        remote.pipe_file(f"{out}/{MANIFEST}", (corpus.folder / MANIFEST).read_bytes())
        wanted = {generation.folder.name, *([before.generation] if before else [])}
        remote.invalidate_cache()
        for old in remote.ls(f"{out}/generations", detail=False):
            if old.rstrip("/").rsplit("/", 1)[-1] not in wanted:
                remote.rm(old, recursive=True)


def fetch_corpus(source: RemotePath, folder: Path) -> CarryReport:
    """Make a corpus folder of the corpus at a URL, or renew the one that is there; labels in it are carried.

    Raises CorpusError if there is no corpus, if it has an unknown format, or if what came is not what its
    manifest names; then what was in the folder still holds.
    """
    manifest = _manifest(source)
    if manifest is None:
        raise CorpusError(f"{source}: is no corpus: there is no {MANIFEST}")
    remote = storage(source)
    with Corpus.building(folder) as corpus:
        target = folder / "generations" / manifest.generation
        if not _same(target, manifest):
            target.parent.mkdir(exist_ok=True)
            for left in target.parent.glob(f".{target.name}.*"):  # by a fetch that was killed
                shutil.rmtree(left)
            with replacing_folder(target) as draft:
                with refusals(source):
                    for name in manifest.files:
                        remote.get_file(f"{source}/generations/{target.name}/{name}", str(draft / name))
                if not _same(draft, manifest):
                    what = f"its files are not those that {MANIFEST} names: fetch it again"
                    raise CorpusError(f"{source}: {what}")
        with refusals(source):
            for name in (*_SAID, MANIFEST):
                write_whole(folder / name, remote.cat_file(f"{source}/{name}"))
        with corpus.journal() as journal:
            return carry_over(journal, Corpus.open(folder).generation())


def _built(folder: Path) -> Manifest | None:
    return Corpus.open(folder).manifest() if (folder / _SAID[1]).is_file() else None


def _same(folder: Path, manifest: Manifest) -> bool:
    return all(
        (folder / name).is_file() and file_hash(folder / name) == entry.sha256
        for name, entry in manifest.files.items()
    )


def _manifest(source: RemotePath) -> Manifest | None:
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
