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
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from hashiya.corpus.dataset.pair_labels import PairLabels, labels_of_pair, public_annotations
from hashiya.corpus.dataset.splits import SPLITS_FILE, assign, read_recorded, recorded_text
from hashiya.corpus.duplicates.near_duplicates import links_of
from hashiya.corpus.files.atomic import replacing_folder, write_whole
from hashiya.corpus.journal.event import ADJUDICATION
from hashiya.corpus.journal.journal import JOURNAL, Journal, Standing
from hashiya.corpus.journal.verify import ReadEvents, journal_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.parquet import RecordFile
from hashiya.corpus.store.scheme_history import ClassLedger, read_classes, with_scheme, write_classes
from hashiya.corpus.team.policies import PolicyName, VotingPolicy, policy_named
from hashiya.corpus.team.resolution import Vote
from hashiya.schema.adjudication import Adjudication, SeenVote
from hashiya.schema.arrow import arrow_schema, list_array, record_array
from hashiya.schema.codec import to_object
from hashiya.schema.dataset import (
    DATASET_FORMAT,
    DatasetInfo,
    DatasetRow,
    LabelsOfPair,
    PublicAnnotation,
    SplitFile,
)
from hashiya.schema.errors import CorpusError, Problem, ReportProblem
from hashiya.schema.records import SPLITS, Document, Kind, Lang, PairSides, Split
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import faults, fits

INFO = "dataset.json"
_FILES = {INFO, "scheme.toml", *(f"{split}.parquet" for split in SPLITS)}

_SCHEMA = arrow_schema(DatasetRow)
_UNLABELLED = PairLabels(None, None, "unlabelled")
_SHOWN = 50
"""Faults that are told one by one."""


@dataclass(frozen=True, slots=True)
class Released:
    """What a release holds, why pairs in it have no labels, how many cells of a layer are unresolved."""

    info: DatasetInfo
    no_labels: Counter[str]
    unresolved: Counter[str]


def release(corpus: Corpus, out: Path, report: ReportProblem, policy: PolicyName = "strict") -> Released:
    """Write the dataset of a corpus to a folder, whole or not at all.

    `policy` says how the votes of several annotators decide a cell. A dataset that stands there is replaced;
    any other folder that is not empty is refused.
    """
    out = out.resolve()
    if out.exists() and (not out.is_dir() or {path.name for path in out.iterdir()} - _FILES):
        raise CorpusError(f"{out}: holds more than a released dataset; choose another folder with --out")
    generation = corpus.generation()
    damaged = [
        Problem(str(path), "is damaged or missing; build the corpus again") for path in generation.damaged()
    ]
    _refuse(damaged, corpus, report)
    splits_file = corpus.folder / SPLITS_FILE
    recorded = read_recorded(splits_file)
    classes = with_scheme(read_classes(corpus.folder), corpus.scheme)
    documents = {document.doc_id: document for document in _licensed(generation, report)}
    splits = assign(documents.values(), recorded, links_of(generation), report)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with replacing_folder(out) as draft:
            with corpus.journal(write=False) as journal:
                read = ReadEvents()
                votes = _Votes(journal, corpus.scheme, read)
                table = _documents(documents, splits)
                files, counts = _write(draft, generation, table, votes, (corpus.scheme, policy_named(policy)))
                _refuse([*_journal_faults(journal, read, report), *counts.faults], corpus, report)
            for made_with, count in votes.unfit.items():
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


def _journal_faults(journal: Journal, read: ReadEvents, report: ReportProblem) -> list[Problem]:
    """The faults of a journal that refuse a release; what is damaged speaks for nobody, and is reported."""
    found: list[Problem] = []
    for fault in journal_faults(journal, read):
        if fault.kind in {"file", "forged", "unreadable"}:
            found.append(Problem(JOURNAL, fault.what))
        elif fault.kind in {"damaged", "lost"}:
            report(Problem(JOURNAL, fault.what))
    return found


def _faults(pair: PairSides, votes: Sequence[Vote], scheme: LabelScheme) -> list[Problem]:
    """What of the finished annotations of a pair does not fit it, or the scheme."""
    return [
        Problem(f"pair {pair.pair_id} of {pair.doc_id}, {vote.voter}", fault)
        for vote in votes
        for annotation in vote.annotations
        if annotation.status == "done" and annotation.origin != "suggested"
        for fault in faults(annotation, pair, scheme)
    ]


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


@dataclass(frozen=True, slots=True)
class _Sides:
    """What of a pair its labels are checked against."""

    pair_id: str
    doc_id: str
    kind: Kind
    ar: str | None
    en: str | None

    def text(self, lang: Lang) -> str | None:
        """The text of one side."""
        return self.ar if lang == "ar" else self.en


class _Votes:
    """What stands of each pair, under pseudonyms, but for what does not fit the scheme, which is counted."""

    def __init__(self, journal: Journal, scheme: LabelScheme, read: ReadEvents) -> None:
        self.unfit = Counter[str]()
        self._journal = journal
        self._scheme = scheme
        self._read = read
        self._names = journal.pseudonyms()
        self._labelled = set(journal.pair_ids())
        self._adjudicated = set(journal.pair_ids(ADJUDICATION))

    def of(self, pair_ids: Sequence[str]) -> dict[str, list[Vote]]:
        """Return the votes of pairs, by pseudonym: by name the order would give names away."""
        labelled = [pair_id for pair_id in pair_ids if pair_id in self._labelled]
        standing: dict[str, list[Standing]] = {}
        for item in self._journal.standing_of(labelled, self._read.add):
            standing.setdefault(item.pair_id, []).append(item)
        return {pair_id: self._votes(standing[pair_id]) for pair_id in labelled if pair_id in standing}

    def _votes(self, standing: Sequence[Standing]) -> list[Vote]:
        votes: list[Vote] = []
        for one in standing:
            fitting = tuple(item for item in one.annotations if fits(item.scheme, self._scheme))
            if len(fitting) < len(one.annotations):
                for item in one.annotations:
                    if item not in fitting:
                        self.unfit[f"{item.scheme.name} {item.scheme.version}"] += 1
            if fitting:
                votes.append(Vote(self._names[one.annotator], fitting))
        return sorted(votes, key=lambda vote: vote.voter)

    def adjudications(self, pair_ids: Sequence[str]) -> dict[str, list[Adjudication]]:
        """Return what was decided for pairs, the voters under their pseudonyms."""
        found = self._journal.adjudications_of([one for one in pair_ids if one in self._adjudicated])
        return {pair_id: list(map(self._with_pseudonyms, items)) for pair_id, items in found.items()}

    def _with_pseudonyms(self, item: Adjudication) -> Adjudication:
        settles = tuple(replace(cell, votes=self._hidden(cell.votes)) for cell in item.settles)
        return replace(item, settles=settles)

    def _hidden(self, votes: Sequence[SeenVote]) -> tuple[SeenVote, ...]:
        return tuple(replace(vote, voter=self._names.get(vote.voter, vote.voter)) for vote in votes)


@dataclass(slots=True)
class _Counts:
    """What is counted while rows are written."""

    faults: list[Problem] = field(default_factory=list[Problem])
    no_labels: Counter[str] = field(default_factory=Counter[str])
    unresolved: Counter[str] = field(default_factory=Counter[str])
    labelled: Counter[Split] = field(default_factory=Counter[Split])
    documents: dict[Split, set[str]] = field(default_factory=lambda: {split: set() for split in SPLITS})


def _write(
    folder: Path,
    generation: Generation,
    documents: pa.Table,
    votes: _Votes,
    terms: tuple[LabelScheme, VotingPolicy],
) -> tuple[dict[Split, SplitFile], _Counts]:
    """Write one file a split; `documents` are those that are released, with their `split`."""
    counts = _Counts()
    files: dict[Split, RecordFile] = {
        split: RecordFile(folder / f"{split}.parquet", DatasetRow) for split in SPLITS
    }
    wanted = documents["doc_id"].combine_chunks()
    try:
        for batch in generation.pair_batches():
            chosen = pc.and_(
                pc.not_equal(batch["kind"], pa.scalar("boilerplate")),
                pc.is_in(batch["doc_id"], value_set=wanted),
            )
            pairs = batch.filter(chosen)
            of = documents.take(pc.index_in(pairs["doc_id"], value_set=wanted))
            for split in SPLITS:
                here = pc.equal(of["split"], pa.scalar(split))
                rows = pairs.filter(here)
                if rows.num_rows:
                    table = _rows(rows, of.filter(here), votes, terms, counts)
                    files[split].add_table(table)
                    counts.labelled[split] += table.num_rows - table["labels"].null_count
                    counts.documents[split].update(map(str, table["doc_id"].unique().to_pylist()))
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


def _rows(
    pairs: pa.Table,
    documents: pa.Table,
    cast: _Votes,
    terms: tuple[LabelScheme, VotingPolicy],
    counts: _Counts,
) -> pa.Table:
    """The rows of some pairs: their columns and their documents' as they are, and their labels."""
    found: list[PairLabels] = []
    public: list[list[PublicAnnotation]] = []
    ids = [str(pair_id) for pair_id in pairs["pair_id"].to_pylist()]
    votes, adjudications = cast.of(ids), cast.adjudications(ids)
    sides = _sides(pairs, {*votes, *adjudications})
    for pair_id in ids:
        said, decided = votes.get(pair_id, []), adjudications.get(pair_id, [])
        made = _UNLABELLED
        if pair_id in sides:
            counts.faults += _faults(sides[pair_id], said, terms[0])
            made = labels_of_pair(sides[pair_id], said, *terms, decided)
        found.append(made)
        public.append(public_annotations(said))
        if made.missing:
            counts.no_labels[made.missing] += 1
        for cell in made.labels.unresolved if made.labels else ():
            counts.unresolved[cell.layer] += 1
    new = {
        "labels": record_array(LabelsOfPair, [item.labels for item in found]),
        "labels_from": pa.array([item.source for item in found], pa.string()),
        "no_labels": pa.array([item.missing for item in found], pa.string()),
        "annotations": list_array(PublicAnnotation, public),
    }
    columns = [
        new[column.name]
        if column.name in new
        else (pairs if column.name in pairs.column_names else documents)[column.name].cast(column.type)
        for column in _SCHEMA
    ]
    return pa.table(columns, schema=_SCHEMA)


def _sides(pairs: pa.Table, wanted: Collection[str]) -> dict[str, _Sides]:
    """What labels are checked against, of those pairs that have any."""
    chosen = pairs.select(["pair_id", "doc_id", "kind", "ar", "en"])
    if len(wanted) < chosen.num_rows:
        chosen = chosen.filter(pc.is_in(chosen["pair_id"], value_set=pa.array(wanted, pa.string())))
    columns = [column.to_pylist() for column in chosen.columns]
    return {str(row[0]): _Sides(*row) for row in zip(*columns, strict=True)}


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
