"""Records -> Arrow schemas and columns: what a record's type hints say, as columns.

`str` and literals become strings, `int` int32 (offsets and counts), `float` float64, `Annotated[X, TYPE]` the
Arrow type that it names, `X | None` a nullable column, `tuple[X, ...]` a list, a record a struct.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, chain
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

_SCALARS: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int32(),
    float: pa.float64(),
    bool: pa.bool_(),
}


def arrow_schema(record: type) -> pa.Schema:
    """Return the Arrow schema of a record type, one column a field, in order.

    `TypeError` names a type hint that has no column.
    """
    return pa.schema(_fields(record))


def record_array(record: type, values: Sequence[Any]) -> pa.StructArray:
    """Return records of one type, or `None`, as an array; made column by column, without a dict a record."""
    return _structs(record, values)


def list_array(record: type, values: Sequence[Sequence[Any]]) -> pa.ListArray[Any]:
    """Return lists of records of one type as an array; as `record_array`."""
    return _lists(record, values)


def _array(hint: Any, values: Sequence[Any]) -> pa.Array[Any]:
    """Values of one type hint as an array."""
    hint = _without_none(hint)
    if get_origin(hint) is tuple:
        return _lists(get_args(hint)[0], values)
    if dataclasses.is_dataclass(hint):
        return _structs(hint, values)  # type: ignore[arg-type]
    found: pa.Array[Any] = pa.array(values, _field("", hint).type)
    return found


def _lists(item: Any, values: Sequence[Any]) -> pa.ListArray[Any]:
    missing = [value is None for value in values]
    if any(missing):
        mask = pa.array(missing, pa.bool_())
        values = [() if value is None else value for value in values]
    else:
        mask = None
    offsets = pa.array([0, *accumulate(map(len, values))], pa.int32())
    items = _array(item, list(chain.from_iterable(values)))
    return pa.ListArray.from_arrays(offsets, items, type=pa.list_(_field("item", item)), mask=mask)


def _structs(record: type, values: Sequence[Any]) -> pa.StructArray:
    missing = [value is None for value in values]
    mask = None
    if any(missing):
        # Below a struct that is missing stands something all the same, which nobody reads.
        values = [_blank(record) if value is None else value for value in values]
        mask = pa.array(missing, pa.bool_())
    columns = [_array(hint, list(map(get, values))) for get, hint in _columns(record)]
    return pa.StructArray.from_arrays(columns, fields=_fields(record), mask=mask)


@cache
def _blank(hint: Any) -> Any:
    """A value of a type hint that says nothing."""
    if get_origin(hint) in {Union, UnionType}:
        return None
    if get_origin(hint) is tuple:
        return ()
    if get_origin(hint) is Literal:
        return ""
    if get_origin(hint) is Annotated:
        return _blank(get_args(hint)[0])
    if dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{field.name: _blank(hints[field.name]) for field in dataclasses.fields(hint)})  # type: ignore[operator]
    return hint()


@cache
def _columns(record: type) -> list[tuple[attrgetter[Any], Any]]:
    hints = get_type_hints(record, include_extras=True)
    return [(attrgetter(field.name), hints[field.name]) for field in dataclasses.fields(record)]


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in {Union, UnionType}:
        (hint,) = (argument for argument in get_args(hint) if argument is not NoneType)
    return hint


@cache
def _fields(record: type) -> list[pa.Field[Any]]:
    hints = get_type_hints(record, include_extras=True)
    return [_field(field.name, hints[field.name]) for field in dataclasses.fields(record)]


@cache
def _field(name: str, hint: Any) -> pa.Field[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        (inner,) = (argument for argument in arguments if argument is not NoneType)
        return pa.field(name, _field(name, inner).type, nullable=NoneType in arguments)
    if origin is Literal:
        return pa.field(name, pa.string(), nullable=False)
    if origin is Annotated:
        return pa.field(name, arguments[1], nullable=False)
    if origin is tuple:
        return pa.field(name, pa.list_(_field("item", arguments[0])), nullable=False)
    if dataclasses.is_dataclass(hint):
        return pa.field(name, pa.struct(_fields(hint)), nullable=False)  # type: ignore[arg-type]
    if hint in _SCALARS:
        return pa.field(name, _SCALARS[hint], nullable=False)
    raise TypeError(f"no Arrow type for {hint!r}")
