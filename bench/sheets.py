"""Tables that are both printed and saved: a sheet's cells are figures, its columns say how to write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.table import Table

Cell = str | int | float | None
"""A figure in the unit that its column names, or a name; None where nothing was measured."""


def share(value: Cell) -> str:
    """A ratio from 0 to 1 with three digits."""
    return _written(value, "{:.3f}")


def percent(value: Cell) -> str:
    """A ratio from 0 to 1 as hundredths, with one digit after the point."""
    return _written(value, "{:.1%}")


def count(value: Cell) -> str:
    """A whole number with its thousands apart."""
    return _written(value, "{:,.0f}")


def tenths(value: Cell) -> str:
    """A number with one digit after the point."""
    return _written(value, "{:,.1f}")


def hundredths(value: Cell) -> str:
    """A number with two digits after the point."""
    return _written(value, "{:,.2f}")


def megabytes(value: Cell) -> str:
    """Bytes as millions of bytes."""
    return _written(value / 1e6 if isinstance(value, int | float) else value, "{:,.0f}")


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and how the figures under it are written; names stand as they are."""

    heading: str
    write: Callable[[Cell], str] = lambda value: "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A titled table of figures; a row shorter than the columns is filled up with None."""

    title: str
    columns: Sequence[Column]
    rows: list[list[Cell]] = field(default_factory=list)

    def add(self, *cells: Cell) -> None:
        """Add a row."""
        self.rows.append([*cells, *[None] * (len(self.columns) - len(cells))])

    def table(self) -> Table:
        """The sheet as it is printed, figures to the right."""
        table = Table(title=self.title, title_justify="left")
        for column, cells in zip(self.columns, zip(*self.rows, strict=True), strict=True):
            figures = any(isinstance(cell, int | float) for cell in cells)
            table.add_column(column.heading, justify="right" if figures else "left", overflow="fold")
        for row in self.rows:
            table.add_row(*(column.write(cell) for column, cell in zip(self.columns, row, strict=True)))
        return table

    def data(self) -> Mapping[str, Any]:
        """The sheet for a file: figures with all their digits."""
        return {
            "title": self.title,
            "columns": [column.heading for column in self.columns],
            "rows": self.rows,
        }


def printed(table: Table) -> Mapping[str, Any]:
    """A table that has no figures but what it shows, in the form of `Sheet.data`."""
    columns = [[str(cell) for cell in column.cells] for column in table.columns]
    return {
        "title": str(table.title or ""),
        "columns": [str(column.header) for column in table.columns],
        "rows": [list(row) for row in zip(*columns, strict=True)],
    }


def _written(value: Cell, form: str) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else form.format(value)
