from __future__ import annotations

from dataclasses import make_dataclass

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.schema.arrow import arrow_schema, list_array, record_array
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


@given(st.lists(st.none() | any_annotation(), max_size=5), st.lists(st.lists(any_annotation(), max_size=2)))
def test_columns_made_from_records_are_those_made_from_rows(
    items: list[Annotation | None], lists: list[list[Annotation]]
) -> None:
    kind = pa.struct(list(arrow_schema(Annotation)))
    made = record_array(Annotation, items)
    made.validate(full=True)
    wanted = [None if item is None else to_object(item) for item in items]
    assert pa.table({"made": made})["made"].to_pylist() == wanted
    assert made.type == kind
    gathered = list_array(Annotation, lists)
    gathered.validate(full=True)
    rows = [[to_object(item) for item in some] for some in lists]
    assert gathered.to_pylist() == rows
    assert gathered.type == pa.list_(pa.field("item", kind, nullable=False))
