"""The released dataset: one Parquet file a split, labels resolved, annotators under pseudonyms.

::

    dataset.json                              what is there, and the order of classes
    scheme.toml                               the label scheme
    train.parquet validation.parquet test.parquet     rows of `DatasetRow`; a split may be empty

Boilerplate stays out, and so do drafts, skipped, unsure and suggested annotations, comments and the names
of annotators. A document without a licence or rights note is left out and reported.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from hashiya.corpus.dataset.resolve import labels_of, public, resolve_labels
from hashiya.corpus.dataset.splits import SPLITS_FILE, assign, read_recorded, recorded_text
from hashiya.corpus.duplicates.near_duplicates import links_of
from hashiya.corpus.files.atomic import replacing_folder, write_whole
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.parquet import RecordFile
from hashiya.schema.codec import to_object
from hashiya.schema.dataset import DATASET_FORMAT, DatasetInfo, DatasetRow, PublicAnnotation, SplitFile
from hashiya.schema.errors import CorpusError, Problem, ReportProblem
from hashiya.schema.records import SPLITS, Annotation, Document, Pair, Split
from hashiya.schema.scheme import SECTIONS, LabelScheme
from hashiya.schema.validate import fits

INFO = "dataset.json"
_FILES = {INFO, "scheme.toml", *(f"{split}.parquet" for split in SPLITS)}

_SHARED = {field.name for field in fields(DatasetRow)}


@dataclass(frozen=True, slots=True)
class Released:
    """What a release holds, and why pairs in it have no labels."""

    info: DatasetInfo
    no_labels: Counter[str]


def release(corpus: Corpus, out: Path, report: ReportProblem) -> Released:
    """Write the dataset of a corpus to a folder, whole or not at all.

    A dataset that stands there is replaced; any other folder that is not empty is refused.
    """
    out = out.resolve()
    if out.exists() and (not out.is_dir() or {path.name for path in out.iterdir()} - _FILES):
        raise CorpusError(f"{out}: holds more than a released dataset; choose another folder with --out")
    generation = corpus.generation()
    splits_file = corpus.folder / SPLITS_FILE
    recorded = read_recorded(splits_file)
    documents = {document.doc_id: document for document in _licensed(generation, report)}
    splits = assign(documents.values(), recorded, links_of(generation), report)
    no_labels: Counter[str] = Counter()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with replacing_folder(out) as draft:
            with corpus.journal(write=False) as journal:
                labels = _labels(journal, corpus.scheme, report)
                rows = _rows(generation, labels, documents, splits)
                files = _write(draft, rows, no_labels)
            info = _info(corpus, files, {documents[doc_id].licence or "" for doc_id in splits})
            (draft / "scheme.toml").write_bytes((corpus.folder / "scheme.toml").read_bytes())
            text = json.dumps(to_object(info), ensure_ascii=False, indent=2) + "\n"
            (draft / INFO).write_text(text, encoding="utf-8", newline="")
            # Recorded before it is published: a split that anyone may have seen is never given again.
            write_whole(splits_file, recorded_text({**recorded, **splits}))
    except OSError as error:
        raise CorpusError(f"{out}: cannot be written: {error.strerror or error}") from None
    return Released(info, no_labels)


def _licensed(generation: Generation, report: ReportProblem) -> Iterator[Document]:
    for document in generation.documents():
        if document.licence and document.licence.strip():
            yield document
        else:
            report(
                Problem(
                    document.doc_id,
                    "left out: it has no licence or rights note; add `licence` to its metadata, build again",
                )
            )


def _labels(journal: Journal, scheme: LabelScheme, report: ReportProblem) -> dict[str, list[Annotation]]:
    """What stands, by pair, under pseudonyms; annotations that do not fit the scheme are left out."""
    names = journal.pseudonyms()
    labels: dict[str, list[Annotation]] = {}
    unfit: Counter[str] = Counter()
    for standing in journal.standing():
        for annotation in standing.annotations:
            if fits(annotation.scheme, scheme):
                named = replace(annotation, annotator=names[annotation.annotator])
                labels.setdefault(standing.pair_id, []).append(named)
            else:
                unfit[f"{annotation.scheme.name} {annotation.scheme.version}"] += 1
    for some in labels.values():  # not by name, which the order would give away
        some.sort(key=lambda annotation: annotation.annotator)
    for made_with, count in unfit.items():
        what = f"{count} annotations left out: the corpus has {scheme.name} {scheme.version} now"
        report(Problem(f"scheme {made_with}", what))
    return labels


def _rows(
    generation: Generation,
    labels: Mapping[str, list[Annotation]],
    documents: Mapping[str, Document],
    splits: Mapping[str, Split],
) -> Iterator[DatasetRow]:
    for pair in generation.pairs():
        if pair.kind != "boilerplate" and pair.doc_id in splits:
            yield _row(pair, documents[pair.doc_id], splits[pair.doc_id], labels.get(pair.pair_id, []))


def _row(pair: Pair, document: Document, split: Split, annotations: list[Annotation]) -> DatasetRow:
    resolved = resolve_labels(annotations)
    of_document: dict[str, Any] = {field.name: getattr(document, field.name) for field in fields(document)}
    of_pair: dict[str, Any] = {field.name: getattr(pair, field.name) for field in fields(pair)}
    shared = {name: value for name, value in {**of_document, **of_pair}.items() if name in _SHARED}
    shared["split"] = split
    return DatasetRow(
        **shared,
        labels=resolved.labels,
        labels_from=resolved.source,
        no_labels=resolved.missing,
        annotations=tuple(
            PublicAnnotation(annotator=item.annotator, origin=item.origin, labels=labels_of(item))
            for item in public(annotations)
        ),
    )


def _write(folder: Path, rows: Iterator[DatasetRow], no_labels: Counter[str]) -> dict[Split, SplitFile]:
    files: dict[Split, RecordFile] = {}
    for split in SPLITS:
        files[split] = RecordFile(folder / f"{split}.parquet", DatasetRow)
    labelled: Counter[Split] = Counter()
    documents: dict[Split, set[str]] = {split: set() for split in SPLITS}
    try:
        for row in rows:
            files[row.split].add([row])
            documents[row.split].add(row.doc_id)
            labelled[row.split] += row.labels is not None
            if row.no_labels:
                no_labels[row.no_labels] += 1
        written: dict[Split, SplitFile] = {}
        for split, file in files.items():
            entry = file.finish()
            written[split] = SplitFile(
                file=f"{split}.parquet",
                rows=entry.rows,
                documents=len(documents[split]),
                labelled=labelled[split],
                sha256=entry.sha256,
            )
    finally:
        for file in files.values():
            file.close()
    return written


def _info(corpus: Corpus, files: Mapping[Split, SplitFile], licences: set[str]) -> DatasetInfo:
    return DatasetInfo(
        format=DATASET_FORMAT,
        name=corpus.name,
        scheme=corpus.scheme.ref,
        classes=class_names(corpus.scheme),
        overlap=corpus.scheme.rules.overlap,
        splits=dict(files.items()),
        licences=tuple(sorted(licences)),
    )


def class_names(scheme: LabelScheme) -> dict[str, tuple[str, ...]]:
    """Return the label ids of every section of a scheme, in the order that released classes keep."""
    return {section: scheme.ids(section) for section in SECTIONS}
