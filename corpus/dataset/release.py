"""The released dataset: labels resolved, a config for each task, annotators under pseudonyms.

::

    README.md croissant.json CITATION.cff     for people and for hubs
    dataset.json                              version, classes, policies, hashes (`DatasetInfo`)
    scheme.toml guidelines.md                 what was labelled, and how
    pairs/ stance/ implications/ entities/ flags/ annotations/     Parquet files, see `config_files`

Boilerplate stays out, and so do drafts, skipped, unsure and suggested annotations, comments and the names
of annotators. A document without a licence or rights note is left out and reported.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hashiya.corpus.building.engines.local_engine import usable_cores
from hashiya.corpus.dataset.card import CardFacts, card_body, card_metadata, split_warnings
from hashiya.corpus.dataset.config_files import ConfigFiles
from hashiya.corpus.dataset.croissant import MADE_BY_RELEASE, citation, croissant
from hashiya.corpus.dataset.front_matter import renewed_card
from hashiya.corpus.dataset.label_columns import (
    LABELLED_COLUMNS,
    UNLABELLED,
    LabelColumns,
    LabelledPairs,
    MadeColumns,
    label_table,
)
from hashiya.corpus.dataset.label_processes import made_columns, worthwhile_processes
from hashiya.corpus.dataset.recurring import RecurringPairs, recurring_pairs
from hashiya.corpus.dataset.release_changes import next_version, release_changes, renumbered_classes
from hashiya.corpus.dataset.released_folder import (
    CARD,
    CITATION,
    CROISSANT,
    GUIDELINES,
    INFO,
    SCHEME,
    refuse_foreign,
    release_before,
)
from hashiya.corpus.dataset.splits import SPLIT_SHARES, SPLITS_FILE, assign, read_recorded, recorded_text
from hashiya.corpus.dataset.stratified import held_by_documents, stratified
from hashiya.corpus.dataset.task_rows import ROW
from hashiya.corpus.dataset.voted_pairs import team_models
from hashiya.corpus.duplicates.near_duplicates import links_of
from hashiya.corpus.files.atomic import replacing_folder, write_whole
from hashiya.corpus.journal.event import ADJUDICATION
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.journal.verify import JournalFault, ReadEvents, file_faults, label_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.parquet import file_hash
from hashiya.corpus.store.scheme_history import CLASSES, ClassLedger, read_classes, with_scheme, write_classes
from hashiya.corpus.store.shard import DOCUMENTS
from hashiya.corpus.team.agreement.compared import VotedPair, compare_votes
from hashiya.corpus.team.agreement.figures import overall_figures
from hashiya.corpus.team.people import read_team
from hashiya.corpus.team.policies import PolicyName, policy_named
from hashiya.schema.arrow import arrow_schema
from hashiya.schema.codec import from_object, to_object
from hashiya.schema.configs import class_names
from hashiya.schema.dataset import (
    CONFIGS,
    DATASET_FORMAT,
    ClassKind,
    Config,
    DatasetInfo,
    EarlierRelease,
    PairDetails,
    PairHead,
    Recurring,
    ReleasedFile,
    SplitCounts,
)
from hashiya.schema.errors import CorpusError, Problem, ReportProblem
from hashiya.schema.guidelines import guidelines
from hashiya.schema.records import LANGS, SPLITS, Document, Pair, Split
from hashiya.schema.scheme import NO_STANCE, LabelScheme
from hashiya.schema.team import Team

_HEAD = arrow_schema(PairHead).names
_DETAILS = arrow_schema(PairDetails).names
_PAIR_COLUMNS = [column.name for column in fields(Pair) if column.name in {*_HEAD, *_DETAILS}]
_NO_LABELS = label_table([UNLABELLED])
FIRST_VERSION = "1.0.0"
_MARKS: Mapping[Config, tuple[str, str]] = {
    "implications": ("implications", "cell"),
    "entities": ("spans", "type"),
    "flags": ("spans", "kind"),
}
"""The list of the marks of a row, and which of its fields is a class."""
_COMPARED = 2_000
"""Pairs on which agreement is measured, about, drawn by document: on so many intervals are narrow enough."""
_SEED = 20260101
"""Of the intervals of agreement."""
_AT_ONCE = 1000
_SHOWN = 50
"""Faults that are told one by one."""


@dataclass(frozen=True, slots=True)
class ReleasePolicy:
    """How a release is made.

    `labels` says how the votes of several annotators decide a cell, `recurring` what becomes of pairs that
    recur in another split. `split_sizes`, in per cent, are those of documents that have no split yet, which
    are then stratified; without it each is drawn by its id.
    """

    labels: PolicyName = "strict"
    recurring: Recurring = "drop"
    split_sizes: Mapping[Split, int] | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """What a release holds, why pairs in it have no labels, how many cells of a layer are unresolved.

    `warnings` say what is wrong with its splits; `classes` counts rows or marks of each class.
    """

    info: DatasetInfo
    no_labels: Counter[str]
    unresolved: Counter[str]
    warnings: Sequence[str] = ()
    classes: Mapping[tuple[Config, Split], Counter[int]] = field(
        default_factory=dict[tuple[Config, Split], Counter[int]]
    )


def release(
    corpus: Corpus,
    out: Path,
    report: ReportProblem,
    policy: ReleasePolicy | PolicyName = "strict",
    processes: int | None = None,
) -> Released:
    """Write the dataset of a corpus to a folder, whole or not at all.

    A name of a `policy` says how votes decide, and leaves the rest as it is by default. The labels are made
    by as many `processes`, by default as are worthwhile; what is written is the same for any number. A
    dataset that stands there is replaced, and is the release before; any other folder that is not empty is
    refused.
    """
    out = out.resolve()
    terms = policy if isinstance(policy, ReleasePolicy) else ReleasePolicy(policy)
    refuse_foreign(out)
    before = release_before(out, corpus.name)
    generation = corpus.generation()
    damaged = [
        Problem(str(path), "is damaged or missing; build the corpus again") for path in generation.damaged()
    ]
    _refuse(damaged, corpus, report)
    team = read_team(corpus.folder) or Team()
    splits_file = corpus.folder / SPLITS_FILE
    recorded = read_recorded(splits_file)
    ledger = with_scheme(read_classes(corpus.folder), corpus.scheme)
    classes = class_names(ledger, NO_STANCE)
    documents = {document.doc_id: document for document in _licensed(generation, report)}
    draw = None
    if terms.split_sizes is not None:
        with corpus.journal(write=False) as journal:
            draw = stratified(held_by_documents(generation, journal), terms.split_sizes)
    splits = assign(documents.values(), recorded, links_of(generation), report, draw)
    recurring = recurring_pairs(generation, splits)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with replacing_folder(out) as draft:
            with corpus.journal(write=False) as journal, ThreadPoolExecutor(1, "check") as beside:
                checked = beside.submit(_file_faults, corpus)
                pseudonyms = journal.pseudonyms(team.first_name)
                models = team_models(corpus, pseudonyms) if terms.labels == "posterior" else None
                labelled = {*journal.pair_ids(), *journal.pair_ids(ADJUDICATION)}
                share = _COMPARED / max(_COMPARED, len(labelled))
                make = LabelColumns(corpus, classes, pseudonyms, policy_named(terms.labels, models), share)
                if processes is None:
                    processes = worthwhile_processes(journal.database.count(), usable_cores())
                dropped = recurring if terms.recurring == "drop" else None
                batches = _batches(generation, _documents(documents, splits), labelled, dropped)
                with closing(make), closing(ConfigFiles(draft, classes)) as files:
                    configs, counts = _write(files, batches, make, processes)
                found = dict.fromkeys([*checked.result(), *label_faults(journal, counts.read)])
                _refuse([*_told(found, report), *counts.faults], corpus, report)
            for made_with, count in counts.unfit.items():
                now = corpus.scheme.ref
                what = f"{count} annotations left out: the corpus has {now.name} {now.version} now"
                report(Problem(f"scheme {made_with}", what))
            info = DatasetInfo(
                format=DATASET_FORMAT,
                name=corpus.name,
                version=FIRST_VERSION,
                scheme=corpus.scheme.ref,
                policy=terms.labels,
                recurring=terms.recurring,
                overlap=corpus.scheme.rules.overlap,
                classes=classes,
                gone=_gone(ledger, corpus.scheme),
                splits=counts.splits(),
                split_sizes=dict(terms.split_sizes or SPLIT_SHARES),
                configs=configs,
                files=_described(corpus, draft),
                no_labels=dict(sorted(counts.no_labels.items())),
                unresolved=dict(sorted(counts.unresolved.items())),
                uncovered=dict(sorted((+counts.uncovered).items())),
                recurs=dict(recurring.counts.items()),
                licences=tuple(sorted({documents[doc_id].licence or "" for doc_id in counts.pairs_of})),
            )
            info = _with_metadata(_versioned(info, draft, before, out), draft)
            _write_card(draft, out, counts.facts(info, corpus.scheme, documents))
            # Recorded before it is published: what anyone may have seen is never given again.
            write_classes(corpus.folder, ledger)
            write_whole(splits_file, recorded_text({**recorded, **splits}))
    except OSError as error:
        raise CorpusError(f"{out}: cannot be written: {error.strerror or error}") from None
    return Released(info, counts.no_labels, counts.unresolved, split_warnings(info), dict(counts.classes))


def _described(corpus: Corpus, folder: Path) -> dict[str, str]:
    """Write what was labelled, and how; return the hashes of the files."""
    (folder / SCHEME).write_bytes((corpus.folder / SCHEME).read_bytes())
    (folder / GUIDELINES).write_text(guidelines(corpus.scheme), encoding="utf-8", newline="")
    return {name: file_hash(folder / name) for name in (GUIDELINES, SCHEME)}


def _with_metadata(info: DatasetInfo, folder: Path) -> DatasetInfo:
    """Write `croissant.json` and `dataset.json`, and return what the latter says."""
    (folder / CROISSANT).write_text(croissant(info), encoding="utf-8", newline="")
    info = replace(info, files={CROISSANT: file_hash(folder / CROISSANT), **info.files})
    text = json.dumps(to_object(info), ensure_ascii=False, indent=2) + "\n"
    (folder / INFO).write_text(text, encoding="utf-8", newline="")
    return info


def _write_card(folder: Path, out: Path, facts: CardFacts) -> None:
    """Write the card and how to cite it, with what a person wrote into those that stand in `out`."""
    card = renewed_card(_text(out / CARD), facts.info.name, card_metadata(facts.info), card_body(facts))
    (folder / CARD).write_text(card, encoding="utf-8", newline="")
    cited = _text(out / CITATION)
    if cited is None or cited.startswith(MADE_BY_RELEASE):
        cited = citation(facts.info)
    (folder / CITATION).write_text(cited, encoding="utf-8", newline="")


def _text(path: Path) -> str | None:
    """The text of a file that a person may have written; `None` where there is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from None


def _gone(ledger: ClassLedger, scheme: LabelScheme) -> dict[ClassKind, tuple[str, ...]]:
    """The classes that have a number and are not in the scheme any more."""
    now = class_names(with_scheme({}, scheme), NO_STANCE)
    classes = class_names(ledger, NO_STANCE)
    return {kind: gone for kind, names in classes.items() if (gone := tuple(sorted({*names} - {*now[kind]})))}


def _versioned(
    info: DatasetInfo, draft: Path, before: tuple[DatasetInfo, EarlierRelease] | None, out: Path
) -> DatasetInfo:
    """A release with the version that follows from what changed since the one before."""
    if before is None:
        return info
    old, earlier = before
    if wrong := renumbered_classes(old, info):
        shown = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in wrong.items())
        raise CorpusError(
            f"{out}: nothing was released: classes would get other numbers than in the release there "
            f"({shown}). Restore {CLASSES} in the corpus from a copy, or choose another folder with --out"
        )
    size = release_changes(out, old, draft, info).size
    if size == "none":
        return replace(info, version=old.version, before=old.before)
    return replace(info, version=next_version(old.version, size), before=earlier)


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

    def tables(self, made: MadeColumns, files: ConfigFiles) -> Iterator[tuple[Config, Split, pa.Table]]:
        """Yield the rows of each config and split: columns of pairs and documents, and those of labels."""
        details = self._table(files.schemas["pairs"].names, self._labels(made.table))
        head = details.select(_HEAD)
        for split, start, rows in self.splits:
            yield "pairs", split, details.slice(start, rows)
        labelled = np.flatnonzero(self.is_labelled)
        for config in CONFIGS:
            if config not in made.rows or not made.rows[config].num_rows:
                continue
            own = made.rows[config]
            places = labelled[own[ROW].to_numpy()]
            table = _beside(head.take(pa.array(places.tolist(), pa.int64())), own)
            for split, start, rows in self.splits:
                first, last = np.searchsorted(places, [start, start + rows])
                if first < last:
                    yield config, split, table.slice(int(first), int(last - first))

    def _labels(self, labels: pa.Table) -> pa.Table:
        """The columns of labels for all pairs, of those that somebody labelled."""
        if labels.num_rows == self.pairs.num_rows:
            return labels
        numbers = accumulate(self.is_labelled, initial=-1)
        next(numbers)
        last = labels.num_rows
        rows = [row if found else last for row, found in zip(numbers, self.is_labelled, strict=True)]
        return pa.concat_tables([labels, _NO_LABELS]).combine_chunks().take(pa.array(rows, pa.int64()))

    def _table(self, names: Sequence[str], labels: pa.Table) -> pa.Table:
        """Some columns, each from where it is."""
        columns = [
            next(table[name] for table in (labels, self.pairs, self.documents) if name in table.column_names)
            for name in names
        ]
        return pa.Table.from_arrays(columns, names=list(names))


def _beside(head: pa.Table, own: pa.Table) -> pa.Table:
    """The rows of a config, whose own columns stand after those of the pairs; a side's text is put in."""
    columns: dict[str, pa.ChunkedArray[Any]] = {name: head[name] for name in head.column_names}
    columns |= {name: own[name] for name in own.column_names if name != ROW}
    if "text" in columns:
        is_arabic = pc.equal(columns["lang"], pa.scalar("ar"))
        columns["text"] = pc.if_else(is_arabic, head["ar"], head["en"])
    return pa.Table.from_arrays(list(columns.values()), names=list(columns))


def _batches(
    generation: Generation,
    documents: pa.Table,
    labelled: Container[str],
    dropped: RecurringPairs | None,
) -> Iterator[_Batch]:
    """Yield the pairs that are released; `documents` are those that are, with their `split`."""
    rows = {str(doc_id): row for row, doc_id in enumerate(documents["doc_id"].to_pylist())}
    split_of: list[Any] = documents["split"].to_pylist()
    passed = 0
    for batch in generation.pair_batches(_PAIR_COLUMNS):
        found: dict[Split, list[int]] = {split: [] for split in SPLITS}
        of: dict[Split, list[int]] = {split: [] for split in SPLITS}
        left_out = [False] * batch.num_rows
        if dropped is not None:
            left_out = dropped.later[passed : passed + batch.num_rows].tolist()
        passed += batch.num_rows
        for number, (doc_id, kind) in enumerate(
            zip(batch["doc_id"].to_pylist(), batch["kind"].to_pylist(), strict=True)
        ):
            row = rows.get(str(doc_id))
            if row is not None and kind != "boilerplate" and not left_out[number]:
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
    compared: list[VotedPair] = field(default_factory=list[VotedPair])
    pairs_of: Counter[str] = field(default_factory=Counter[str])
    origins: Counter[str] = field(default_factory=Counter[str])
    classes: dict[tuple[Config, Split], Counter[int]] = field(
        default_factory=lambda: defaultdict(Counter[int])
    )
    no_labels: Counter[str] = field(default_factory=Counter[str])
    unresolved: Counter[str] = field(default_factory=Counter[str])
    uncovered: Counter[str] = field(default_factory=Counter[str])
    pairs: Counter[Split] = field(default_factory=Counter[Split])
    labelled: Counter[Split] = field(default_factory=Counter[Split])
    documents: dict[Split, set[str]] = field(default_factory=lambda: {split: set() for split in SPLITS})

    def facts(self, info: DatasetInfo, scheme: LabelScheme, documents: Mapping[str, Document]) -> CardFacts:
        """Return what the card tells."""
        return CardFacts(
            info=info,
            scheme=scheme,
            documents=documents,
            pairs_of=self.pairs_of,
            classes=self.classes,
            origins=self.origins,
            agreement=tuple(overall_figures(compare_votes(self.compared, scheme), scheme, _SEED)),
            compared=len(self.compared),
            warnings=split_warnings(info),
        )

    def add(self, made: MadeColumns) -> None:
        """Count what was seen while labels were made."""
        self.faults += made.faults
        self.unresolved.update(made.unresolved)
        self.uncovered.update(made.uncovered)
        self.unfit.update(made.unfit)
        self.compared += made.compared
        for position in made.read:
            self.read.add(position)

    def add_rows(self, config: Config, split: Split, rows: pa.Table) -> None:
        """Count the rows of a split of a config."""
        if config == "pairs":
            self._add_pairs(split, rows)
        elif config == "annotations":
            self.origins.update(_value_counts(rows["origin"]))
        elif config == "stance":
            self.classes[config, split].update(_value_counts(rows["label"]))
        else:
            marks, name = _MARKS[config]
            numbers = pc.struct_field(pc.list_flatten(rows[marks]), name)
            self.classes[config, split].update(_value_counts(numbers))

    def _add_pairs(self, split: Split, pairs: pa.Table) -> None:
        """Count the pairs of a split."""
        self.no_labels.update(str(why) for why in pairs["no_labels"].drop_null().to_pylist())
        self.pairs[split] += pairs.num_rows
        self.labelled[split] += pairs.num_rows - pairs["labels"].null_count
        counts = _value_counts(pairs["doc_id"])
        self.pairs_of.update(counts)
        self.documents[split].update(counts)

    def splits(self) -> dict[Split, SplitCounts]:
        """Return what the splits hold that hold anything."""
        return {
            split: SplitCounts(
                pairs=self.pairs[split],
                documents=len(self.documents[split]),
                labelled=self.labelled[split],
            )
            for split in SPLITS
            if self.pairs[split]
        }


def _value_counts(values: Any) -> dict[Any, int]:
    """How often each value is there, nulls aside."""
    found = pc.value_counts(pc.drop_null(values))
    return dict(zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True))


def _write(
    files: ConfigFiles, batches: Iterable[_Batch], make: LabelColumns, processes: int
) -> tuple[dict[Config, dict[Split, tuple[ReleasedFile, ...]]], _Counts]:
    """Write the files of all configs."""
    counts = _Counts()
    waiting: deque[_Batch] = deque()

    def labelled() -> Iterator[LabelledPairs]:
        for batch in batches:
            waiting.append(batch)
            yield batch.labelled()

    for made in made_columns(labelled(), make, processes):
        batch = waiting.popleft()
        counts.add(made)
        for config, split, table in batch.tables(made, files):
            counts.add_rows(config, split, table)
            files.add(config, split, table)
    return files.finish(), counts
