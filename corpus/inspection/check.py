"""Verification of a corpus folder: every file, row, offset, id, label and version."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hashiya.corpus.dataset.splits import SPLITS_FILE, read_recorded
from hashiya.corpus.duplicates.near_duplicates import DUPLICATES, DuplicateLink
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.journal.verify import HARMLESS, journal_faults
from hashiya.corpus.store.document_view import place_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.parquet import file_hash, read_records
from hashiya.corpus.store.scheme_history import CLASSES, read_classes
from hashiya.corpus.store.shard import DOCUMENTS, INDEX, PAIRS, Shard
from hashiya.corpus.team.people import TEAM_FILE, read_team
from hashiya.corpus.text.ids import pair_ids
from hashiya.schema.arrow import arrow_schema
from hashiya.schema.errors import HashiyaError, Problem
from hashiya.schema.records import LANGS, Document, Lang, Pair, Span
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.team import Team
from hashiya.schema.validate import faults


@dataclass(slots=True)
class CheckReport:
    """The counts of what was verified, and the problems, with file and row."""

    documents: int = 0
    pairs: int = 0
    annotations: int = 0
    problems: list[Problem] = field(default_factory=list)


def check(corpus: Corpus) -> CheckReport:
    """Verify everything in a corpus folder, and return the report."""
    report = CheckReport()
    generation = corpus.generation()
    report.problems += _files(generation)
    pairs: dict[str, Pair] = {}
    doc_ids: set[str] = set()
    for shard in generation.shards:
        try:
            _contents(shard, pairs, doc_ids, report)
        except HashiyaError as error:
            report.problems.append(Problem(_named(shard, PAIRS), str(error)))
    try:
        report.problems += _links(generation, doc_ids)
    except HashiyaError as error:
        report.problems.append(Problem(DUPLICATES, str(error)))
    report.documents, report.pairs = len(doc_ids), len(pairs)
    where = JOURNAL if isinstance(corpus.place, Path) else str(corpus.place)
    try:
        with corpus.journal(write=False) as journal:
            _labels(journal, where, pairs, corpus.scheme, report)
    except HashiyaError as error:
        report.problems.append(Problem(where, str(error)))
    try:
        read_recorded(corpus.folder / SPLITS_FILE)
    except HashiyaError as error:
        report.problems.append(Problem(SPLITS_FILE, str(error)))
    try:
        read_classes(corpus.folder)
    except HashiyaError as error:
        report.problems.append(Problem(CLASSES, str(error)))
    try:
        team = read_team(corpus.folder)
        report.problems += [] if team is None else _gold(team, doc_ids)
    except HashiyaError as error:
        report.problems.append(Problem(TEAM_FILE, str(error)))
    return report


def _gold(team: Team, documents: AbstractSet[str]) -> Iterator[Problem]:
    """Documents with known labels must be there."""
    for doc_id in team.plan.gold:
        if doc_id not in documents:
            yield Problem(TEAM_FILE, f"plan.gold: the corpus has no document {doc_id!r}; mend the id")


def _files(generation: Generation) -> Iterator[Problem]:
    """Hashes, row counts and columns, against the manifest and this version's records."""
    records: dict[str, type] = {DOCUMENTS: Document, PAIRS: Pair, DUPLICATES: DuplicateLink}
    corpus = generation.folder.parent.parent
    for shard in generation.shards:
        for name in (DOCUMENTS, PAIRS, INDEX):
            if name not in shard.files:
                yield Problem(str(shard.path(name)), "is not named in the manifest; build the corpus again")
    for name, entry in generation.manifest.paths().items():
        path = corpus / name
        if not path.is_file():
            yield Problem(str(path), "is missing; build the corpus again")
            continue
        if file_hash(path) != entry.sha256:
            yield Problem(
                str(path), "is not the file that was built (its hash differs); build the corpus again"
            )
        if path.name in records:
            yield from _columns(path, records[path.name], entry.rows)


def _columns(path: Path, record: type, rows: int) -> Iterator[Problem]:
    try:
        with pq.ParquetFile(path) as file:
            if not file.schema_arrow.equals(arrow_schema(record)):
                yield Problem(str(path), "its columns are not those of this version; build the corpus again")
            if file.metadata.num_rows != rows:
                yield Problem(str(path), f"has {file.metadata.num_rows} rows, the manifest says {rows}")
    except (OSError, pa.ArrowException) as error:
        yield Problem(str(path), f"cannot be read: {error}; build the corpus again")


def _contents(shard: Shard, pairs: dict[str, Pair], doc_ids: set[str], report: CheckReport) -> None:
    """Walk through pairs document by document; `pairs` is filled with all of them by id, `doc_ids` too."""
    documents: dict[str, Document] = {}
    for row, document in enumerate(read_records(shard.path(DOCUMENTS), Document)):
        if document.doc_id in doc_ids:
            where = f"{_named(shard, DOCUMENTS)}, row {row}"
            report.problems.append(Problem(where, f"doc_id {document.doc_id!r} is there twice"))
        documents[document.doc_id] = document
        doc_ids.add(document.doc_id)
    file = _named(shard, PAIRS)
    rows: dict[str, list[tuple[int, Pair]]] = {}
    for row, pair in enumerate(read_records(shard.path(PAIRS), Pair)):
        rows.setdefault(pair.doc_id, []).append((row, pair))
        if pair.pair_id in pairs:
            report.problems.append(_at(file, row, pair, "its pair_id is there twice"))
        pairs[pair.pair_id] = pair
    for doc_id, numbered in rows.items():
        if doc_id in documents:
            report.problems += document_faults(documents[doc_id], numbered, file)
        else:
            report.problems.append(_at(file, *numbered[0], f"there is no document {doc_id!r}"))


def _named(shard: Shard, name: str) -> str:
    """How problems name a file of a shard: by its place in the corpus folder."""
    return f"{shard.folder.parent.name}/{shard.folder.name}/{name}"


def _links(generation: Generation, documents: AbstractSet[str]) -> Iterator[Problem]:
    """Every link must join documents that are there."""
    path = generation.folder / DUPLICATES
    if DUPLICATES not in generation.manifest.files or not path.is_file():
        return  # a missing file is told of with the others
    for row, link in enumerate(read_records(path, DuplicateLink)):
        for doc_id in sorted({link.doc_id, link.like, link.group} - documents):
            yield Problem(f"{DUPLICATES}, row {row}", f"there is no document {doc_id!r}; build again")


def document_faults(
    document: Document, numbered: list[tuple[int, Pair]], file: str = PAIRS
) -> Iterator[Problem]:
    """Yield what is wrong with a document's pairs, which are numbered by their rows in `file`."""
    ids = pair_ids(document.doc_id, ((pair.ar, pair.en) for _, pair in numbered))
    reached: dict[Lang, int] = {"ar": 0, "en": 0}
    for number, ((row, pair), pair_id) in enumerate(zip(numbered, ids, strict=True)):
        if pair.index != number:
            yield _at(file, row, pair, f"index {pair.index}, though it is number {number} of its document")
        if pair.pair_id != pair_id:
            yield _at(file, row, pair, f"its pair_id should be {pair_id}")
        counts = f"{len(pair.ar_sentences)}-{len(pair.en_sentences)}"
        if pair.bead != counts:
            yield _at(file, row, pair, f"bead {pair.bead}, though it has {counts} sentences")
        for lang in LANGS:
            for fault in _side(document, pair, lang, reached):
                yield _at(file, row, pair, f"{lang}: {fault}")
    for lang in LANGS:
        rest = (document.text(lang) or "")[reached[lang] :].strip()
        if rest:
            yield Problem(file, f"document {document.doc_id}, {lang}: no pair holds its end, {rest[:40]!r}")


def _side(document: Document, pair: Pair, lang: Lang, reached: dict[Lang, int]) -> Iterator[str]:
    whole, text, place = document.text(lang), pair.text(lang), pair.place(lang)
    if text is None or place is None or whole is None:
        start, end = (pair.ar_start, pair.ar_end) if lang == "ar" else (pair.en_start, pair.en_end)
        if {text, start, end} != {None} or pair.sentences(lang) or pair.tokens(lang):
            yield "half of this side is missing"
        return
    if whole[place.start : place.end] != text or not text:
        yield f"[{place.start}:{place.end}] of the document is not the pair's text"
    between = whole[reached[lang] : place.start]
    if place.start < reached[lang] or between.strip():
        yield f"the text before it, {between.strip()[:40]!r}, is in no pair or it overlaps the pair before"
    reached[lang] = max(reached[lang], place.end)
    for name, spans in (("sentence", pair.sentences(lang)), ("token", pair.tokens(lang))):
        yield from _cover(text, spans, name)


def _cover(text: str, spans: tuple[Span, ...], name: str) -> Iterator[str]:
    """Spans must be in order, not empty, and leave out nothing but white space."""
    at = 0
    for number, span in enumerate(spans):
        if not at <= span.start < span.end <= len(text):
            yield f"{name} {number}: [{span.start}:{span.end}] overlaps the one before or leaves the text"
        elif text[at : span.start].strip():
            yield f"{name} {number}: {text[at : span.start].strip()[:40]!r} before it is in no {name}"
        at = max(at, span.end)
    if text[at:].strip():
        yield f"{text[at:].strip()[:40]!r} at the end is in no {name}"


def _labels(
    journal: Journal, at: str, pairs: dict[str, Pair], scheme: LabelScheme, report: CheckReport
) -> None:
    report.problems += [
        Problem(at, fault.what, left_out=fault.kind not in HARMLESS) for fault in journal_faults(journal)
    ]
    for standing in journal.standing():
        report.annotations += len(standing.annotations)
        where = f"{at}, pair {standing.pair_id}, annotator {standing.annotator}"
        if standing.conflict:
            what = f"{len(standing.annotations)} annotations stand side by side; save one of them"
            report.problems.append(Problem(where, what))
        pair = pairs.get(standing.pair_id)
        if pair is None:
            continue
        for annotation in standing.annotations:
            wrong = [*faults(annotation, pair, scheme), *place_faults(annotation, pair, journal.text)]
            report.problems += [Problem(where, fault) for fault in wrong]


def _at(file: str, row: int, pair: Pair, what: str) -> Problem:
    return Problem(f"{file}, row {row} (pair {pair.pair_id})", what)
