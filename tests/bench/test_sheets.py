from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.table import Table

from bench import sheets
from bench.sheets import Column, Sheet, printed


def made() -> Sheet:
    sheet = Sheet(
        "made",
        (
            Column("set"),
            Column("F1", sheets.share),
            Column("MB", sheets.megabytes),
            Column("n", sheets.count),
        ),
    )
    sheet.add("one", 0.98765, 123_456_789, 1234)
    sheet.add("two (not there)")
    return sheet


def test_a_file_gets_all_digits_and_the_screen_what_can_be_read() -> None:
    assert made().data() == {
        "title": "made",
        "columns": ["set", "F1", "MB", "n"],
        "rows": [["one", 0.98765, 123_456_789, 1234], ["two (not there)", None, None, None]],
    }
    console = Console(file=StringIO(), width=80)
    console.print(made().table())
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(text in shown for text in ("0.988", "123", "1,234", "two (not there)"))


def test_a_printed_table_is_saved_as_it_is_shown() -> None:
    table = Table("key", "seconds", title="keys")
    table.add_row("a", "1")
    assert printed(table) == {"title": "keys", "columns": ["key", "seconds"], "rows": [["a", "1"]]}
