"""The status of a corpus: what the last build made, who labelled what, what is left to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hashiya.corpus.building.build_report import BuildReport, read_report
from hashiya.corpus.carrying.orphaned import left_behind, unplaced
from hashiya.corpus.journal.verify import HARMLESS, journal_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.shard import PAIRS
from hashiya.corpus.team.plan_progress import plan_progress
from hashiya.corpus.team.work_done import PersonWork
from hashiya.schema.records import SchemeRef


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """`labels` counts pairs by annotator and status, or as suggested; `unplaced` lists orphaned annotations.

    Only what a person has finished is `labelled`.

    `assumed` counts finished annotations that do not say what they cover: it is taken to be everything.
    `faults` counts what is wrong with the journal, by kind. `left_behind` counts annotations that were
    carried to a changed text without some of their marks. `work` says how far each person is with the plans
    of work, and is empty without one.
    """

    name: str
    scheme: SchemeRef
    generation: str
    build: BuildReport
    to_label: int
    labelled: int
    labels: dict[str, dict[str, int]]
    assumed: int
    faults: dict[str, int]
    conflicts: int
    unplaced: tuple[dict[str, object], ...]
    left_behind: int
    work: tuple[PersonWork, ...] = ()


def status(corpus: Corpus) -> StatusReport:
    """Return the status of a corpus."""
    generation = corpus.generation()
    kinds = {row["pair_id"]: row["kind"] for row in generation.table(PAIRS, ["pair_id", "kind"]).to_pylist()}
    to_label = {pair_id for pair_id, kind in kinds.items() if kind != "boilerplate"}
    labels: dict[str, Counter[str]] = {}
    done: set[str] = set()
    conflicts = assumed = 0
    with corpus.journal(write=False) as journal:
        progress = plan_progress(corpus, journal, generation)
        for standing in journal.standing():
            if progress is not None:
                progress.take(standing)
            if standing.pair_id not in kinds:
                continue
            conflicts += standing.conflict
            for annotation in standing.annotations:
                suggested = annotation.origin == "suggested"
                state = "suggested" if suggested else annotation.status
                labels.setdefault(standing.annotator, Counter())[state] += 1
                if annotation.status == "done" and not suggested:
                    done.add(standing.pair_id)
                    assumed += annotation.covers is None
        wrong = Counter(str(fault.kind) for fault in journal_faults(journal) if fault.kind not in HARMLESS)
        lost = unplaced(journal, generation)
        parts = left_behind(journal, generation)
    return StatusReport(
        name=corpus.name,
        scheme=corpus.scheme.ref,
        generation=generation.manifest.generation,
        build=read_report(corpus),
        to_label=len(to_label),
        labelled=len(done & to_label),
        labels={who: dict(sorted(counts.items())) for who, counts in sorted(labels.items())},
        assumed=assumed,
        faults=dict(wrong),
        conflicts=conflicts,
        unplaced=tuple(
            {"pair_id": item.pair_id, "annotator": item.annotator, "doc_id": item.annotations[0].place.doc_id}
            for item in lost
        ),
        left_behind=len(parts),
        work=() if progress is None else progress.people(),
    )
