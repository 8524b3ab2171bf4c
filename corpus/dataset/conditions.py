"""Conditions on rows: what `where=` says, as an expression that the reader of Parquet understands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

import pyarrow.compute as pc
import pyarrow.dataset as ds

from hashiya.schema.errors import LabelError

Condition: TypeAlias = tuple[str, str, Any]
"""A column, a comparison, a value: `("score", ">=", 0.8)`."""
Where: TypeAlias = Sequence[Condition] | pc.Expression
"""Conditions that must all hold, or an expression of pyarrow."""

_COMPARISONS = {
    "=": lambda column, value: column == value,
    "==": lambda column, value: column == value,
    "!=": lambda column, value: column != value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
    "in": lambda column, value: column.isin(list(value)),
    "not in": lambda column, value: ~column.isin(list(value)),
}


def all_of(conditions: Collection[pc.Expression]) -> pc.Expression | None:
    """Return what holds where all of some conditions do; `None` of none."""
    whole: pc.Expression | None = None
    for condition in conditions:
        whole = condition if whole is None else whole & condition
    return whole


def expression(
    where: Where | None, columns: Collection[str], derived: Mapping[str, pc.Expression]
) -> pc.Expression | None:
    """Return `where` as one expression on `columns`, and on what is `derived` from them.

    A comparison with what is not known (null) does not hold. `LabelError` where a condition is none, or
    names no column.
    """
    if where is None or isinstance(where, pc.Expression):
        return where
    found: list[pc.Expression] = []
    given: Sequence[Any] = where
    for condition in given:
        if not isinstance(condition, tuple | list) or len(condition) != 3 or condition[1] not in _COMPARISONS:
            raise LabelError(
                f"where: {condition!r} is no condition; write (COLUMN, COMPARISON, VALUE) with one of "
                f"{', '.join(_COMPARISONS)}"
            )
        name, comparison, value = condition
        if name not in derived and name not in columns:
            there = ", ".join([*columns, *derived])
            raise LabelError(f"where: there is no column {name!r}; there are: {there}")
        column = derived[name] if name in derived else ds.field(name)
        found.append(_COMPARISONS[comparison](column, value))
    return all_of(found)
