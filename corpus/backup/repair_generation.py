"""The generation of a damaged corpus: as it is, or those of its documents that are whole, as a new one.

Parquet has no checksums of its own. A document is whole if all its pairs can be read and verified against its
text: ids, offsets, order. Near-duplicates are not saved with a part: a release finds them anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from hashiya.corpus.backup.contents import belongs
from hashiya.corpus.inspection.check import document_faults
from hashiya.corpus.store.generation import (
    DOCUMENTS,
    GENERATIONS,
    MANIFEST,
    PAIRS,
    Generation,
    Manifest,
    read_manifest,
)
from hashiya.corpus.store.parquet import file_hash
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
    if manifest is not None and not all(map(belongs, manifest.files)):
        report(Problem(MANIFEST, f"names files that are no part of a corpus; {_WAY_OUT}"))
        manifest = None
    if manifest is not None and _copy(folder, out, manifest):
        table = Generation(_place(out, manifest), manifest).table(DOCUMENTS, ["doc_id"])
        return set(map(str, table["doc_id"].to_pylist()))
    named = [] if manifest is None else [_place(folder, manifest)]
    others = {path for path in (folder / GENERATIONS).glob("*") if path.name.isdigit()} - {*named}
    for candidate in [*named, *sorted(others, reverse=True)]:
        saved = _salvage(candidate, out, report)
        if saved:
            unsure = manifest is None or not _is_as_written(candidate / DOCUMENTS, manifest)
            what = f"{len(saved)} documents of it were saved; {_WAY_OUT}"
            if unsure:
                what += "; until then do not release: titles and licences could not be verified"
            report(Problem(f"{GENERATIONS}/{candidate.name}", what))
            return saved
        report(Problem(f"{GENERATIONS}/{candidate.name}", f"nothing of it can be saved; {_WAY_OUT}"))
    return set()


def _place(folder: Path, manifest: Manifest) -> Path:
    return folder / GENERATIONS / manifest.generation


def _is_as_written(path: Path, manifest: Manifest) -> bool:
    entry = manifest.files.get(path.name)
    try:
        return entry is not None and file_hash(path) == entry.sha256
    except OSError:
        return False


def _copy(folder: Path, out: Path, manifest: Manifest) -> bool:
    """Copy a generation as it is; return whether all of it is what its manifest says."""
    source, target = _place(folder, manifest), _place(out, manifest)
    try:
        if not Generation(source, manifest).complete():
            return False
        for name in manifest.files:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)
        if Generation(target, manifest).complete():
            shutil.copyfile(folder / MANIFEST, out / MANIFEST)
            return True
    except OSError:
        pass
    shutil.rmtree(out / GENERATIONS, ignore_errors=True)
    return False


def _salvage(source: Path, out: Path, report: ReportProblem) -> set[str]:
    """Write a generation of the documents that are whole, and return their ids."""
    where = f"{GENERATIONS}/{source.name}"
    documents = {document.doc_id: document for document in _rows(source / DOCUMENTS, Document, where, report)}
    saved: set[str] = set()
    met: dict[str, str] = dict.fromkeys(documents, "its pairs cannot be read")
    with writing_generation(out, None) as writer:
        for doc_id, group in groupby(_rows(source / PAIRS, Pair, where, report), lambda pair: pair.doc_id):
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
        shutil.rmtree(out / GENERATIONS, ignore_errors=True)
    for doc_id, why in list(met.items())[:_SHOWN]:
        report(Problem(f"{where}, document {doc_id}", f"left out: {why}"))
    if len(met) > _SHOWN:
        report(Problem(where, f"{len(met) - _SHOWN} more documents are left out"))
    return saved


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
