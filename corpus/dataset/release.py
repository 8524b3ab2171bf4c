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
from collections import Counter, deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, fields
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from hashiya.corpus.building.engines.local_engine import usable_cores
from hashiya.corpus.dataset.label_columns import (
    LABELLED_COLUMNS,
    UNLABELLED,
    LabelColumns,
    LabelledPairs,
    MadeColumns,
    label_table,
)
from hashiya.corpus.dataset.label_processes import made_columns, worthwhile_processes
from hashiya.corpus.dataset.splits import SPLITS_FILE, assign, read_recorded, recorded_text
from hashiya.corpus.dataset.voted_pairs import team_models
from hashiya.corpus.duplicates.near_duplicates import links_of
from hashiya.corpus.files.atomic import replacing_folder, write_whole
from hashiya.corpus.journal.event import ADJUDICATION
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.journal.verify import JournalFault, ReadEvents, file_faults, label_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.parquet import RecordFile
from hashiya.corpus.store.scheme_history import ClassLedger, read_classes, with_scheme, write_classes
from hashiya.corpus.store.shard import DOCUMENTS
from hashiya.corpus.team.people import read_team
from hashiya.corpus.team.policies import PolicyName, policy_named
from hashiya.schema.arrow import arrow_schema
from hashiya.schema.codec import from_object, to_object
from hashiya.schema.dataset import DATASET_FORMAT, DatasetInfo, DatasetRow, SplitFile
from hashiya.schema.errors import CorpusError, Problem, ReportProblem
from hashiya.schema.records import LANGS, SPLITS, Document, Pair, Split
from hashiya.schema.team import Team

INFO = "dataset.json"
_FILES = {INFO, "scheme.toml", *(f"{split}.parquet" for split in SPLITS)}

_SCHEMA = arrow_schema(DatasetRow)
_PAIR_COLUMNS = [column.name for column in fields(Pair) if column.name in _SCHEMA.names]
_NO_LABELS = label_table([UNLABELLED], [()])
_AT_ONCE = 1000
_SHOWN = 50
"""Faults that are told one by one."""


@dataclass(frozen=True, slots=True)
class Released:
    """What a release holds, why pairs in it have no labels, how many cells of a layer are unresolved."""

    info: DatasetInfo
    no_labels: Counter[str]
    unresolved: Counter[str]


def release(
    corpus: Corpus,
    out: Path,
    report: ReportProblem,
    policy: PolicyName = "strict",
    processes: int | None = None,
) -> Released:
    """Write the dataset of a corpus to a folder, whole or not at all.

    `policy` says how the votes of several annotators decide a cell. The columns of labels are made by as many
    `processes`, by default as are worthwhile; what is written is the same for any number. A dataset that
    stands there is replaced; any other folder that is not empty is refused.
    """
    out = out.resolve()
    if out.exists() and (not out.is_dir() or {path.name for path in out.iterdir()} - _FILES):
        raise CorpusError(f"{out}: holds more than a released dataset; choose another folder with --out")
    generation = corpus.generation()
    damaged = [
        Problem(str(path), "is damaged or missing; build the corpus again") for path in generation.damaged()
    ]
    _refuse(damaged, corpus, report)
    team = read_team(corpus.folder) or Team()
    splits_file = corpus.folder / SPLITS_FILE
    recorded = read_recorded(splits_file)
    classes = with_scheme(read_classes(corpus.folder), corpus.scheme)
    documents = {document.doc_id: document for document in _licensed(generation, report)}
    splits = assign(documents.values(), recorded, links_of(generation), report)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with replacing_folder(out) as draft:
            with corpus.journal(write=False) as journal, ThreadPoolExecutor(1, "check") as beside:
                checked = beside.submit(_file_faults, corpus)
                pseudonyms = journal.pseudonyms(team.first_name)
                models = team_models(corpus, pseudonyms) if policy == "posterior" else None
                make = LabelColumns(corpus, pseudonyms, policy_named(policy, models))
                labelled = {*journal.pair_ids(), *journal.pair_ids(ADJUDICATION)}
                if processes is None:
                    processes = worthwhile_processes(journal.database.count(), usable_cores())
                batches = _batches(generation, _documents(documents, splits), labelled)
                with closing(make):
                    files, counts = _write(draft, batches, make, processes)
                found = dict.fromkeys([*checked.result(), *label_faults(journal, counts.read)])
                _refuse([*_told(found, report), *counts.faults], corpus, report)
            for made_with, count in counts.unfit.items():
                now = corpus.scheme.ref
                what = f"{count} annotations left out: the corpus has {now.name} {now.version} now"
                report(Problem(f"scheme {made_with}", what))
            info = _info(
                corpus, files, classes, {documents[doc_id].licence or "" for doc_id in splits}, policy
            )
            (draft / "scheme.toml").write_bytes((corpus.folder / "scheme.toml").read_bytes())
            text = json.dumps(to_object(info), ensure_ascii=False, indent=2) + "\n"
            (draft / INFO).write_text(text, encoding="utf-8", newline="")
            # Recorded before it is published: what anyone may have seen is never given again.
            write_classes(corpus.folder, classes)
            write_whole(splits_file, recorded_text({**recorded, **splits}))
    except OSError as error:
        raise CorpusError(f"{out}: cannot be written: {error.strerror or error}") from None
    return Released(info, counts.no_labels, counts.unresolved)


def _documents(documents: Mapping[str, Document], splits: Mapping[str, Split]) -> pa.Table:
    """The released documents with their splits, without their texts."""
    names = [field.name for field in fields(Document) if field.name not in {"ar", "en", "split"}]
    columns = {name: [getattr(documents[doc_id], name) for doc_id in splits] for name in names}
    typed = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    return pa.table({**typed, "split": pa.array(list(splits.values()), pa.string())})


def _file_faults(corpus: Corpus) -> list[JournalFault]:
    """What is wrong with the file of a journal: found by SQLite, while others read and Python goes on."""
    with corpus.journal(write=False) as journal:
        return list(file_faults(journal))


def _told(found: Iterable[JournalFault], report: ReportProblem) -> list[Problem]:
    """The faults of a journal that refuse a release; what is damaged speaks for nobody, and is reported."""
    refusing: list[Problem] = []
    for fault in found:
        if fault.kind in {"file", "forged", "unreadable"}:
            refusing.append(Problem(JOURNAL, fault.what))
        elif fault.kind in {"damaged", "lost"}:
            report(Problem(JOURNAL, fault.what))
    return refusing


def _refuse(found: Sequence[Problem], corpus: Corpus, report: ReportProblem) -> None:
    if not found:
        return
    for problem in found[:_SHOWN]:
        report(problem)
    more = f" ({len(found) - _SHOWN} more are not shown)" if len(found) > _SHOWN else ""
    raise CorpusError(
        f"{corpus.folder}: nothing was released: {len(found)} faults, see above{more}. For labels that the "
        f"scheme does not have, put the scheme that they were made with back into scheme.toml, then: "
        f"hashiya scheme migrate {corpus.folder} NEW.toml. For damage: hashiya check {corpus.folder}"
    )


def _licensed(generation: Generation, report: ReportProblem) -> Iterator[Document]:
    """The documents that may be released, without their texts."""
    names = [field.name for field in fields(Document) if field.name not in LANGS]
    for batch in generation.table(DOCUMENTS, names).to_batches(max_chunksize=_AT_ONCE):
        for row in batch.to_pylist():
            document = from_object(Document, row, "documents")
            if document.licence and document.licence.strip():
                yield document
            else:
                what = (
                    "left out: it has no licence or rights note; add `licence` to its metadata, build again"
                )
                report(Problem(document.doc_id, what))


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some pairs that are released, split by split, with their documents.

    `splits` says where in them the pairs of a split begin, and how many there are; `is_labelled` whether
    anybody ever labelled or adjudicated a pair.
    """

    pairs: pa.Table
    documents: pa.Table
    splits: tuple[tuple[Split, int, int], ...]
    is_labelled: list[bool]

    def labelled(self) -> LabelledPairs:
        """Return the pairs that anybody labelled."""
        table = self.pairs.select(LABELLED_COLUMNS).filter(pa.array(self.is_labelled, pa.bool_()))
        return LabelledPairs(table)

    def table(self, labels: pa.Table) -> pa.Table:
        """Return the rows: the columns of pairs and documents as they are, and those of labels."""
        if labels.num_rows < self.pairs.num_rows:
            numbers = accumulate(self.is_labelled, initial=-1)
            next(numbers)
            last = labels.num_rows
            rows = [row if found else last for row, found in zip(numbers, self.is_labelled, strict=True)]
            labels = pa.concat_tables([labels, _NO_LABELS]).combine_chunks().take(pa.array(rows, pa.int64()))
        columns = [
            next(
                table[column.name].cast(column.type)
                for table in (labels, self.pairs, self.documents)
                if column.name in table.column_names
            )
            for column in _SCHEMA
        ]
        return pa.table(columns, schema=_SCHEMA)


def _batches(generation: Generation, documents: pa.Table, labelled: Container[str]) -> Iterator[_Batch]:
    """Yield the pairs that are released; `documents` are those that are, with their `split`."""
    rows = {str(doc_id): row for row, doc_id in enumerate(documents["doc_id"].to_pylist())}
    split_of: list[Any] = documents["split"].to_pylist()
    for batch in generation.pair_batches(_PAIR_COLUMNS):
        found: dict[Split, list[int]] = {split: [] for split in SPLITS}
        of: dict[Split, list[int]] = {split: [] for split in SPLITS}
        for number, (doc_id, kind) in enumerate(
            zip(batch["doc_id"].to_pylist(), batch["kind"].to_pylist(), strict=True)
        ):
            row = rows.get(str(doc_id))
            if row is not None and kind != "boilerplate":
                found[split_of[row]].append(number)
                of[split_of[row]].append(row)
        order = list(chain.from_iterable(found.values()))
        if not order:
            continue
        pairs = batch.take(pa.array(order, pa.int64()))
        starts = accumulate(map(len, found.values()), initial=0)
        yield _Batch(
            pairs,
            documents.take(pa.array(list(chain.from_iterable(of.values())), pa.int64())),
            tuple(
                (split, start, len(some))
                for (split, some), start in zip(found.items(), starts, strict=False)
                if len(some)
            ),
            [str(pair_id) in labelled for pair_id in pairs["pair_id"].to_pylist()],
        )


@dataclass(slots=True)
class _Counts:
    """What is counted while rows are written."""

    faults: list[Problem] = field(default_factory=list[Problem])
    unfit: Counter[str] = field(default_factory=Counter[str])
    read: ReadEvents = field(default_factory=ReadEvents)
    no_labels: Counter[str] = field(default_factory=Counter[str])
    unresolved: Counter[str] = field(default_factory=Counter[str])
    labelled: Counter[Split] = field(default_factory=Counter[Split])
    documents: dict[Split, set[str]] = field(default_factory=lambda: {split: set() for split in SPLITS})

    def add(self, made: MadeColumns, rows: pa.Table) -> None:
        """Count what is in some rows, and what was seen while their labels were made."""
        self.no_labels.update(str(why) for why in rows["no_labels"].drop_null().to_pylist())
        self.faults += made.faults
        self.unresolved.update(made.unresolved)
        self.unfit.update(made.unfit)
        for position in made.read:
            self.read.add(position)


def _write(
    folder: Path, batches: Iterable[_Batch], make: LabelColumns, processes: int
) -> tuple[dict[Split, SplitFile], _Counts]:
    """Write one file a split."""
    counts = _Counts()
    files: dict[Split, RecordFile] = {
        split: RecordFile(folder / f"{split}.parquet", DatasetRow) for split in SPLITS
    }
    waiting: deque[_Batch] = deque()

    def labelled() -> Iterator[LabelledPairs]:
        for batch in batches:
            waiting.append(batch)
            yield batch.labelled()

    try:
        for made in made_columns(labelled(), make, processes):
            batch = waiting.popleft()
            table = batch.table(made.table)
            counts.add(made, table)
            for split, start, rows in batch.splits:
                of_split = table.slice(start, rows)
                files[split].add_table(of_split)
                counts.labelled[split] += rows - of_split["labels"].null_count
                counts.documents[split].update(map(str, of_split["doc_id"].unique().to_pylist()))
        written: dict[Split, SplitFile] = {}
        for split, file in files.items():
            entry = file.finish()
            written[split] = SplitFile(
                file=f"{split}.parquet",
                rows=entry.rows,
                documents=len(counts.documents[split]),
                labelled=counts.labelled[split],
                sha256=entry.sha256,
            )
    finally:
        for file in files.values():
            file.close()
    return written, counts


def _info(
    corpus: Corpus,
    files: Mapping[Split, SplitFile],
    classes: ClassLedger,
    licences: set[str],
    policy: PolicyName,
) -> DatasetInfo:
    return DatasetInfo(
        format=DATASET_FORMAT,
        name=corpus.name,
        scheme=corpus.scheme.ref,
        classes=dict(classes),
        overlap=corpus.scheme.rules.overlap,
        splits=dict(files.items()),
        licences=tuple(sorted(licences)),
        policy=policy,
    )
