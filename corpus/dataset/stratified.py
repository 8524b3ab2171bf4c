"""Splits of given sizes in which labels are spread alike, as far as whole documents allow that.

Iterative stratification (Sechidis, Tsoumakas and Vlahavas, 2011) over groups of documents that stay together:
the rarest label first, its groups one after another to the split that lacks most of it. What a document holds
is counted from the votes that stand for it, whoever cast them; no vote is resolved before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from hashiya.corpus.dataset.splits import Draw
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.generation import Generation
from hashiya.schema.records import SPLITS, Annotation, Split

PAIR_COUNT = "pairs"
"""What every document has: the splits get their sizes in it."""
_AT_ONCE = 1000


def stratified(held: Mapping[str, Counter[str]], sizes: Mapping[Split, int]) -> Draw:
    """Return how to draw splits of some sizes, in per cent, for documents that hold labels."""

    def draw(groups: Sequence[Sequence[str]], chosen: Mapping[str, Split]) -> Mapping[str, Split]:
        return _drawn(held, sizes, groups, chosen)

    return draw


def _drawn(
    held: Mapping[str, Counter[str]],
    sizes: Mapping[Split, int],
    groups: Sequence[Sequence[str]],
    chosen: Mapping[str, Split],
) -> dict[str, Split]:
    nothing = Counter[str]()
    counts: list[Counter[str]] = []
    left = Counter[str]()
    for group in groups:
        counts.append(sum((held.get(doc_id, nothing) for doc_id in group), Counter[str]()))
        left.update(counts[-1])
    whole = left.copy()
    for doc_id in chosen:
        whole.update(held.get(doc_id, nothing))
    wanted = {
        split: {label: count * sizes[split] / 100 for label, count in whole.items()} for split in SPLITS
    }
    for doc_id, split in chosen.items():
        _take(wanted[split], held.get(doc_id, nothing))
    open_splits: list[Split] = [split for split in SPLITS if sizes[split]]
    found: dict[str, Split] = {}
    waiting = dict(enumerate(counts))
    while waiting:
        label = (
            min((count, label) for label, count in left.items() if count)[1] if any(left.values()) else None
        )
        # The large ones first: the small ones fill what is left.
        numbers = [number for number, some in waiting.items() if label is None or some[label]]
        numbers.sort(key=lambda number: (-waiting[number][label or PAIR_COUNT], groups[number][0]))
        for number in numbers:
            some = waiting.pop(number)
            split = max(
                open_splits,
                key=lambda split: (
                    wanted[split].get(label or PAIR_COUNT, 0),
                    wanted[split].get(PAIR_COUNT, 0),
                    -SPLITS.index(split),
                ),
            )
            _take(wanted[split], some)
            left.subtract(some)
            found.update(dict.fromkeys(groups[number], split))
    return found


def _take(wanted: dict[str, float], counts: Counter[str]) -> None:
    for label, count in counts.items():
        wanted[label] -= count


def held_by_documents(generation: Generation, journal: Journal) -> dict[str, Counter[str]]:
    """Return what each document of a generation holds: its pairs, and the labels that votes give them."""
    held: dict[str, Counter[str]] = {}
    labelled = set(journal.pair_ids())
    for batch in generation.pair_batches(["pair_id", "doc_id", "kind"]):
        rows = [row for row in batch.to_pylist() if row["kind"] != "boilerplate"]
        document_of = {str(row["pair_id"]): str(row["doc_id"]) for row in rows}
        for doc_id in document_of.values():
            held.setdefault(doc_id, Counter())[PAIR_COUNT] += 1
        ids = [pair_id for pair_id in document_of if pair_id in labelled]
        for start in range(0, len(ids), _AT_ONCE):
            standing = journal.standing_annotations(ids[start : start + _AT_ONCE])
            for (pair_id, _), said in standing.items():
                for annotation in said:
                    held[document_of[pair_id]].update(_labels(annotation))
    return held


def _labels(annotation: Annotation) -> Iterator[str]:
    if annotation.status != "done" or annotation.origin == "suggested":
        return
    yield "labelled"
    yield from (f"stance {item.stance}" for item in annotation.stances)
    yield from (f"target {item.target}" for item in annotation.stances)
    yield from (f"implication {item.target}/{item.channel}" for item in annotation.implications)
    yield from (f"entity {item.type}" for item in annotation.entities)
    yield from (f"flag {item.kind}" for item in annotation.flags)
