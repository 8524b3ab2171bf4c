"""Splits of given sizes: whole groups of documents, labels spread alike, what was decided left alone."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.dataset.splits import assign
from hashiya.corpus.dataset.stratified import PAIR_COUNT, stratified
from hashiya.schema.records import SPLITS, Document, Split

SIZES: dict[Split, int] = {"train": 80, "validation": 10, "test": 10}
names = st.lists(st.integers(0, 99).map(str), min_size=1, unique=True)


def test_a_rare_label_stands_in_every_split() -> None:
    """Of 100 documents, 10 of which have the rare label: an eighth of them, or more, in each small split."""
    held = {
        f"{number:02}": Counter({PAIR_COUNT: 10 + number % 3, "rare": int(number % 10 == 0)})
        for number in range(100)
    }
    found = stratified(held, SIZES)([[name] for name in held], {})
    rare = Counter(split for name, split in found.items() if held[name]["rare"])
    assert rare == {"train": 8, "validation": 1, "test": 1}
    pairs: Counter[str] = Counter()
    for name, split in found.items():
        pairs[split] += held[name][PAIR_COUNT]
    assert {split: round(100 * count / pairs.total()) for split, count in pairs.items()} == SIZES


@given(data=st.data(), doc_ids=names)
def test_all_documents_get_a_split_and_none_that_has_one_another(
    data: st.DataObject, doc_ids: list[str]
) -> None:
    held = {
        name: Counter(
            {
                PAIR_COUNT: data.draw(st.integers(1, 9)),
                "a": data.draw(st.integers(0, 3)),
                "b": data.draw(st.integers(0, 1)),
            }
        )
        for name in doc_ids
        if data.draw(st.booleans())
    }
    cut = data.draw(st.lists(st.integers(0, 50), min_size=2, max_size=2))
    sizes: dict[Split, int] = {"train": 100 - sum(cut), "validation": cut[0], "test": cut[1]}
    recorded: dict[str, Split] = {name: data.draw(st.sampled_from(SPLITS)) for name in doc_ids[::3]}
    documents = [Document(doc_id=name, ar="x") for name in doc_ids]
    found = assign(documents, recorded, [], lambda _: None, stratified(held, sizes))
    assert set(found) == set(doc_ids)
    assert {name: found[name] for name in recorded} == recorded
    assert all(sizes[split] for name, split in found.items() if name not in recorded)
    assert found == assign(documents, recorded, [], lambda _: None, stratified(held, sizes))
