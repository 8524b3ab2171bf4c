"""Records -> Arrow schemas: what a record's type hints say, as columns.

`str` and literals become strings, `int` int32 (offsets and counts), `float` float64, `X | None` a
nullable column, `tuple[X, ...]` a list, a record a struct.
"""

from __future__ import annotations

import dataclasses
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

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


def _fields(record: type) -> list[pa.Field[Any]]:
    hints = get_type_hints(record)
    return [_field(field.name, hints[field.name]) for field in dataclasses.fields(record)]


def _field(name: str, hint: Any) -> pa.Field[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        (inner,) = (argument for argument in arguments if argument is not NoneType)
        return pa.field(name, _field(name, inner).type, nullable=NoneType in arguments)
    if origin is Literal:
        return pa.field(name, pa.string(), nullable=False)
    if origin is tuple:
        return pa.field(name, pa.list_(_field("item", arguments[0])), nullable=False)
    if dataclasses.is_dataclass(hint):
        return pa.field(name, pa.struct(_fields(hint)), nullable=False)  # type: ignore[arg-type]
    if hint in _SCALARS:
        return pa.field(name, _SCALARS[hint], nullable=False)
    raise TypeError(f"no Arrow type for {hint!r}")
