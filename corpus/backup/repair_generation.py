"""The generation of a damaged corpus: as it is, or those of its documents that are whole, as a new one.

Parquet has no checksums of its own. A document is whole if all its pairs can be read and verified against its
text: ids, offsets, order. Near-duplicates are not saved with a part: a release finds them anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from hashiya.corpus.files.atomic import make_folders
from hashiya.corpus.inspection.check import document_faults
from hashiya.corpus.store.generation import GENERATIONS, MANIFEST, Generation, Manifest, read_manifest
from hashiya.corpus.store.parquet import FileEntry, file_hash
from hashiya.corpus.store.shard import DOCUMENTS, PAIRS, SHARDS
from hashiya.corpus.store.writer import writing_generation
from hashiya.schema.codec import from_object
from hashiya.schema.errors import CorpusError, HashiyaError, Problem, ReportProblem
from hashiya.schema.records import Document, Pair

_Row = TypeVar("_Row", Document, Pair)
_SHOWN = 20
"""Documents that are lost and told one by one."""
_WAY_OUT = "build the corpus again from its sources: its labels find their pairs"


def repair_generation(folder: Path, out: Path, report: ReportProblem) -> set[str]:
    """Save the generation of a folder in another one, and return the ids of its documents."""
    try:
        manifest = read_manifest(folder / MANIFEST)
    except CorpusError as error:
        report(Problem(MANIFEST, f"{str(error).removeprefix(f'{folder}/')}; {_WAY_OUT}"))
        manifest = None
    if manifest is not None and _copy(folder, out, manifest):
        table = Generation(_place(out, manifest), manifest).table(DOCUMENTS, ["doc_id"])
        return set(map(str, table["doc_id"].to_pylist()))
    for candidate in _candidates(folder, manifest):
        saved = _salvage(folder, candidate, out, report)
        if saved:
            what = f"{len(saved)} documents of it were saved; {_WAY_OUT}"
            if not candidate.is_named or not all(map(_is_as_written, candidate.shards, candidate.entries)):
                what += "; until then do not release: titles and licences could not be verified"
            report(Problem(candidate.name, what))
            return saved
        report(Problem(candidate.name, f"nothing of it can be saved; {_WAY_OUT}"))
    return set()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may be a generation: the folders of its shards, in order, and what is known of their documents.

    `is_named` says that it is the one that the manifest of the corpus names.
    """

    name: str
    shards: tuple[Path, ...]
    entries: tuple[FileEntry | None, ...] = ()
    is_named: bool = False


def _candidates(folder: Path, named: Manifest | None) -> Iterator[_Candidate]:
    """Yield the generations of a folder, the named one first, then from the newest on, then all shards."""
    if named is not None:
        yield _generation(folder, named, is_named=True)
    for path in sorted((folder / GENERATIONS).glob("*"), reverse=True):
        if not path.name.isdigit() or (named is not None and path.name == named.generation):
            continue
        manifest = None
        with suppress(CorpusError):
            manifest = read_manifest(path / MANIFEST)
        if manifest is not None:
            yield _generation(folder, manifest, is_named=False)
        elif (path / DOCUMENTS).exists() or (path / PAIRS).exists():  # of format 1
            yield _Candidate(f"{GENERATIONS}/{path.name}", (path,))
    shards = tuple(sorted(path for path in (folder / SHARDS).glob("*") if not path.name.startswith(".")))
    if named is None and shards:
        yield _Candidate(SHARDS, shards)


def _generation(folder: Path, manifest: Manifest, *, is_named: bool) -> _Candidate:
    shards = Generation(_place(folder, manifest), manifest).shards
    return _Candidate(
        f"{GENERATIONS}/{manifest.generation}",
        tuple(shard.folder for shard in shards),
        tuple(shard.files.get(DOCUMENTS) for shard in shards),
        is_named,
    )


def _place(folder: Path, manifest: Manifest) -> Path:
    return folder / GENERATIONS / manifest.generation


def _is_as_written(shard: Path, entry: FileEntry | None) -> bool:
    try:
        return entry is not None and file_hash(shard / DOCUMENTS) == entry.sha256
    except OSError:
        return False


def _copy(folder: Path, out: Path, manifest: Manifest) -> bool:
    """Copy a generation as it is; return whether all of it is what its manifest says."""
    try:
        if not Generation(_place(folder, manifest), manifest).complete():
            return False
        for name in manifest.paths():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, out / name)
        if Generation(_place(out, manifest), manifest).complete():
            shutil.copyfile(folder / MANIFEST, out / MANIFEST)
            make_folders(_place(out, manifest), out)
            return True
    except OSError:
        pass
    _clear(out)
    return False


def _clear(out: Path) -> None:
    for name in (GENERATIONS, SHARDS):
        shutil.rmtree(out / name, ignore_errors=True)


def _salvage(folder: Path, candidate: _Candidate, out: Path, report: ReportProblem) -> set[str]:
    """Write a generation of the documents that are whole, and return their ids."""
    where = candidate.name
    documents = {
        document.doc_id: document
        for shard in candidate.shards
        for document in _rows(shard / DOCUMENTS, Document, _name(folder, shard), report)
    }
    saved: set[str] = set()
    met: dict[str, str] = dict.fromkeys(documents, "its pairs cannot be read")
    with writing_generation(out, None) as writer:
        found = chain.from_iterable(
            _rows(shard / PAIRS, Pair, _name(folder, shard), report) for shard in candidate.shards
        )
        for doc_id, group in groupby(found, lambda pair: pair.doc_id):
            pairs = list(group)
            document = documents.get(doc_id)
            if document is None:
                met[doc_id] = "its text cannot be read"
            elif doc_id in saved:
                met[doc_id] = "its pairs are not in one place"
            elif fault := next(document_faults(document, list(enumerate(pairs))), None):
                met[doc_id] = fault.what
            else:
                writer.add(document, pairs)
                saved.add(doc_id)
                del met[doc_id]
        if saved:
            writer.publish("", {})
    if not saved:
        _clear(out)
    for doc_id, why in list(met.items())[:_SHOWN]:
        report(Problem(f"{where}, document {doc_id}", f"left out: {why}"))
    if len(met) > _SHOWN:
        report(Problem(where, f"{len(met) - _SHOWN} more documents are left out"))
    return saved


def _name(folder: Path, shard: Path) -> str:
    return shard.relative_to(folder).as_posix()


def _rows(path: Path, kind: type[_Row], where: str, report: ReportProblem) -> Iterator[_Row]:
    """Yield the rows of a file that can be read, row group by row group."""
    at = f"{where}/{path.name}"
    try:
        file = pq.ParquetFile(path, pre_buffer=False)
    except (OSError, pa.ArrowException, MemoryError) as error:
        report(Problem(at, f"cannot be read: {_reason(error)}"))
        return
    with file:
        for number in range(file.num_row_groups):
            try:
                values = file.read_row_group(number).to_pylist()
            except (OSError, pa.ArrowException, ValueError, OverflowError, MemoryError) as error:
                report(Problem(f"{at}, row group {number}", f"cannot be read: {_reason(error)}"))
                continue
            for row, value in enumerate(values):
                try:
                    yield from_object(kind, value, f"row group {number}, row {row}")
                except HashiyaError as error:
                    report(Problem(at, str(error)))


def _reason(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
