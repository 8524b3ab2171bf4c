from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.text.ids import pair_ids
from tests.strategies import texts

sides = st.tuples(st.none() | texts(min_size=1), st.none() | texts(min_size=1))


def test_an_id_is_the_hash_that_the_design_says() -> None:
    (made,) = pair_ids("news/1", [("نص", None)])
    assert made == hashlib.sha256('["news/1","نص",null,0]'.encode()).hexdigest()[:32]


@given(st.lists(sides, max_size=8))
def test_every_pair_has_its_own_id(pairs: list[tuple[str | None, str | None]]) -> None:
    ids = list(pair_ids("d", [*pairs, *pairs]))
    assert len(set(ids)) == len(ids)


@given(st.lists(sides, min_size=1, max_size=8, unique=True), st.data())
def test_an_edit_elsewhere_changes_no_other_id(
    pairs: list[tuple[str | None, str | None]], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(pairs) - 1))
    changed = [*pairs[:number], ("something new entirely ⁂", None), *pairs[number + 1 :]]
    before, after = list(pair_ids("d", pairs)), list(pair_ids("d", changed))
    assert [b for i, b in enumerate(before) if i != number] == [a for i, a in enumerate(after) if i != number]
    assert before[number] != after[number]
