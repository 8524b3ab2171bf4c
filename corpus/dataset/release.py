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
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import pyarrow as pa

from hashiya.corpus.building.engines.local_engine import usable_cores
from hashiya.corpus.dataset.card import CardFacts, card_body, card_metadata, split_warnings
from hashiya.corpus.dataset.config_files import ConfigFiles
from hashiya.corpus.dataset.croissant import MADE_BY_RELEASE, citation, croissant
from hashiya.corpus.dataset.front_matter import renewed_card
from hashiya.corpus.dataset.label_columns import (
    LabelColumns,
    LabelledPairs,
)
from hashiya.corpus.dataset.label_processes import made_columns, worthwhile_processes
from hashiya.corpus.dataset.recurring import recurring_pairs
from hashiya.corpus.dataset.release_batches import ReleaseBatch, release_batches
from hashiya.corpus.dataset.release_changes import next_version, release_changes, renumbered_classes
from hashiya.corpus.dataset.release_counts import ReleaseCounts
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
from hashiya.corpus.dataset.voted_pairs import team_models
from hashiya.corpus.duplicates.near_duplicates import links_of
from hashiya.corpus.files.atomic import replacing_folder, write_whole
from hashiya.corpus.journal.event import ADJUDICATION
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.journal.verify import JournalFault, file_faults, label_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.parquet import file_hash
from hashiya.corpus.store.scheme_history import CLASSES, ClassLedger, read_classes, with_scheme, write_classes
from hashiya.corpus.store.shard import DOCUMENTS
from hashiya.corpus.team.people import read_team
from hashiya.corpus.team.policies import PolicyName, policy_named
from hashiya.schema.codec import from_object, to_object
from hashiya.schema.configs import class_names
from hashiya.schema.dataset import (
    DATASET_FORMAT,
    ClassKind,
    Config,
    DatasetInfo,
    EarlierRelease,
    Recurring,
    ReleasedFile,
)
from hashiya.schema.errors import CorpusError, Problem, ReportProblem
from hashiya.schema.guidelines import guidelines
from hashiya.schema.records import LANGS, Document, Split
from hashiya.schema.scheme import NO_STANCE, LabelScheme
from hashiya.schema.team import Team

FIRST_VERSION = "1.0.0"
_COMPARED = 2_000
"""Pairs on which agreement is measured, about, drawn by document: on so many intervals are narrow enough."""
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
                batches = release_batches(generation, _documents(documents, splits), labelled, dropped)
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


def _write(
    files: ConfigFiles, batches: Iterable[ReleaseBatch], make: LabelColumns, processes: int
) -> tuple[dict[Config, dict[Split, tuple[ReleasedFile, ...]]], ReleaseCounts]:
    """Write the files of all configs."""
    counts = ReleaseCounts()
    waiting: deque[ReleaseBatch] = deque()

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
