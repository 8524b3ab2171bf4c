from __future__ import annotations

from dataclasses import make_dataclass

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.schema.arrow import arrow_schema
from hashiya.schema.codec import from_object, to_object
from hashiya.schema.records import Annotation, Document, Pair
from tests.strategies import any_annotation


def test_a_pair_has_nullable_sides_and_lists_of_spans() -> None:
    schema = arrow_schema(Pair)
    assert schema.field("ar").nullable
    assert not schema.field("pair_id").nullable
    span = pa.struct(
        [pa.field("start", pa.int32(), nullable=False), pa.field("end", pa.int32(), nullable=False)]
    )
    assert schema.field("ar_tokens").type == pa.list_(pa.field("item", span, nullable=False))


def test_literals_are_strings_and_unknown_hints_an_error() -> None:
    assert arrow_schema(Document).field("split").type == pa.string()
    with pytest.raises(TypeError, match="bytes"):
        arrow_schema(make_dataclass("Odd", [("raw", bytes)]))


@given(st.lists(any_annotation(), max_size=5))
def test_annotations_come_back_from_arrow(items: list[Annotation]) -> None:
    table = pa.Table.from_pylist([to_object(item) for item in items], schema=arrow_schema(Annotation))
    assert [from_object(Annotation, row, "row") for row in table.to_pylist()] == items
