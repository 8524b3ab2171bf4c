"""A corpus at a URL: a generation to read and to fetch. Building and labelling happen on a disk.

An object store can neither rename nor hold SQLite: what lies there is `corpus.toml`, `scheme.toml`, the files
of a generation and of its shards and, written last, `manifest.json`, as in a corpus folder, but no journal
and no labels. A reader that finds the manifest finds all that it names: the generation before is kept beside
the new one.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from hashiya.corpus.carrying.carry_over import CarryReport, carry_over
from hashiya.corpus.files.atomic import replacing_folder, write_whole
from hashiya.corpus.sources.remote import Location, RemotePath, refusals, storage
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import GENERATIONS, MANIFEST, Manifest, parse_manifest
from hashiya.corpus.store.parquet import FileEntry, file_hash
from hashiya.corpus.store.shard import SHARDS
from hashiya.corpus.store.writer import remove_unread
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
            there = set() if before is None else before.paths().keys()
            for name in generation.manifest.paths():
                if name not in there or not name.startswith(SHARDS):
                    remote.put_file(str(corpus.folder / name), f"{out}/{name}")
        for name in _SAID:
            remote.pipe_file(f"{out}/{name}", (corpus.folder / name).read_bytes())
        remote.pipe_file(f"{out}/{MANIFEST}", (corpus.folder / MANIFEST).read_bytes())
        kept = [generation.manifest, *([before] if before else [])]
        wanted = {_folder(name) for manifest in kept for name in manifest.paths()}
        remote.invalidate_cache()
        for folder in (GENERATIONS, SHARDS):
            listed = remote.ls(f"{out}/{folder}", detail=False) if remote.exists(f"{out}/{folder}") else ()
            for old in listed:
                if f"{folder}/{old.rstrip('/').rsplit('/', 1)[-1]}" not in wanted:
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
        before = corpus.manifest()
        for name in (GENERATIONS, SHARDS):
            (folder / name).mkdir(exist_ok=True)
        missing: dict[str, dict[str, FileEntry]] = {}
        for name, entry in manifest.paths().items():
            missing.setdefault(_folder(name), {})[name.rsplit("/", 1)[-1]] = entry
        for place, entries in missing.items():
            _fetch_folder(source, place, entries, folder)
        with refusals(source):
            for name in (*_SAID, MANIFEST):
                write_whole(folder / name, remote.cat_file(f"{source}/{name}"))
        own = folder / GENERATIONS / manifest.generation
        own.mkdir(exist_ok=True)
        write_whole(own / MANIFEST, (folder / MANIFEST).read_bytes())
        remove_unread(folder, {manifest.generation, *([before.generation] if before else [])})
        with corpus.journal() as journal:
            return carry_over(journal, Corpus.open(folder).generation())


def _built(folder: Path) -> Manifest | None:
    return Corpus.open(folder).manifest() if (folder / _SAID[1]).is_file() else None


def _fetch_folder(source: RemotePath, place: str, entries: Mapping[str, FileEntry], folder: Path) -> None:
    """Fetch the files of a shard or a generation, unless they are there as the manifest has them."""
    target = folder / place
    if _same(target, entries):
        return
    for left in target.parent.glob(f".{target.name}.*"):  # by a fetch that was killed
        shutil.rmtree(left)
    with replacing_folder(target) as draft:
        with refusals(source):
            for name in entries:
                storage(source).get_file(f"{source}/{place}/{name}", str(draft / name))
        if not _same(draft, entries):
            what = f"its files are not those that {MANIFEST} names: fetch it again"
            raise CorpusError(f"{source}: {what}")


def _same(folder: Path, entries: Mapping[str, FileEntry]) -> bool:
    return all(
        (folder / name).is_file() and file_hash(folder / name) == entry.sha256
        for name, entry in entries.items()
    )


def _folder(path: str) -> str:
    return path.rsplit("/", 1)[0]


def _manifest(source: RemotePath) -> Manifest | None:
    """The manifest at a URL; `None` where there is none."""
    try:
        content = (source / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    try:
        return parse_manifest(content, f"{source}/{MANIFEST}")
    except LabelError as error:
        raise CorpusError(f"{error}; build the corpus again at another address") from None
