"""Pairs a side of which stands, letter for letter, in another split as well, and would leak into it.

Of two splits the stricter one keeps such a side: `test`, then `validation`, then `train`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.store.generation import Generation
from hashiya.schema.records import LANGS, Split

STRICTEST: tuple[Split, ...] = ("test", "validation", "train")
"""The splits; what recurs is kept in the first of them that has it."""
_ABSENT = 0


@dataclass(frozen=True, slots=True)
class RecurringPairs:
    """`later` says of each pair of a generation, in its order, whether a side stands in a stricter split.

    `counts` has how many such pairs each split has.
    """

    later: NDArray[np.bool_]
    counts: Mapping[Split, int]


def recurring_pairs(generation: Generation, splits: Mapping[str, Split]) -> RecurringPairs:
    """Return which pairs recur, of the documents that have a split. Holds some 20 bytes a pair."""
    numbers: dict[Split, int] = {split: number for number, split in enumerate(STRICTEST)}
    split_of = {doc_id: numbers[split] for doc_id, split in splits.items()}
    places: list[NDArray[np.int8]] = []
    hashes: dict[str, list[NDArray[np.uint64]]] = {lang: [] for lang in LANGS}
    for batch in generation.pair_batches(["doc_id", "kind", *LANGS]):
        places.append(
            np.fromiter(
                (
                    -1 if kind == "boilerplate" else split_of.get(str(doc_id), -1)
                    for doc_id, kind in zip(
                        batch["doc_id"].to_pylist(), batch["kind"].to_pylist(), strict=True
                    )
                ),
                np.int8,
                batch.num_rows,
            )
        )
        for lang in LANGS:
            hashes[lang].append(np.fromiter(map(_hash, batch[lang].to_pylist()), np.uint64, batch.num_rows))
    place = np.concatenate(places) if places else np.zeros(0, np.int8)
    later = np.zeros(len(place), np.bool_)
    for lang in LANGS:
        values = np.concatenate(hashes[lang]) if places else np.zeros(0, np.uint64)
        for number in range(1, len(STRICTEST)):
            before = values[(place >= 0) & (place < number)]
            here = np.flatnonzero(place == number)
            later[here] |= (values[here] != _ABSENT) & np.isin(values[here], before)
    counts = Counter(place[later].tolist())
    return RecurringPairs(
        later, {split: counts[number] for split, number in numbers.items() if counts[number]}
    )


def _hash(text: str | None) -> int:
    """A hash of a text, the same everywhere; of no text, `_ABSENT`."""
    if text is None:
        return _ABSENT
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") or 1
