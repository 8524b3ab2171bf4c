"""All benchmarks: `python -m bench`. docs/benchmarks.md says what they measure."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

import bench.align
import bench.doubts
import bench.exchange
import bench.given
import bench.journal
import bench.keystrokes
import bench.load
import bench.long
import bench.profile
import bench.rebuild
import bench.scale
import bench.screen
import bench.segment
import bench.team
import bench.train
from bench.machine import line, machine, versions
from bench.sheets import Sheet, printed
from hashiya.schema.errors import HashiyaError

LARGE = Path("build/bench/large")
REBUILT = "rebuilt"
"""The folder beside the large corpus that holds those which are edited, and their sources."""
_WITH_DATA = ("align", "segment", "profile", "doubts", "scale")
_TABLES = (
    "keys", "screen", "exchange", "team", "load", "train", "journal", "given", "rebuild", *_WITH_DATA, "long",
)  # fmt: skip


def main() -> int:
    """Print the machine and the tables asked for; 1 where data was named and there is none."""
    asked = _arguments()
    console = Console(width=None if sys.stdout.isatty() and not asked.markdown else 200)
    console.print(line(), highlight=False, soft_wrap=True)
    kinds: dict[str, Callable[[], Iterable[Table | Sheet | None]]] = {
        "keys": bench.keystrokes.tables,
        "screen": lambda: bench.screen.tables(asked.large, asked.pairs, console),
        "exchange": lambda: bench.exchange.tables(asked.large, asked.pairs, console),
        "team": lambda: bench.team.tables(asked.large),
        "load": lambda: bench.load.tables(asked.large),
        "train": lambda: bench.train.tables(asked.large, asked.dataset),
        "journal": lambda: bench.journal.tables(asked.large),
        "given": lambda: bench.given.tables(asked.large),
        "rebuild": lambda: bench.rebuild.tables(asked.large.with_name(REBUILT), asked.pairs, console),
        "align": lambda: bench.align.tables(asked.data) if asked.data else [],
        "segment": lambda: bench.segment.tables(asked.data) if asked.data else [],
        "profile": lambda: bench.profile.tables(asked.data) if asked.data else [],
        "doubts": lambda: bench.doubts.tables(asked.data) if asked.data else [],
        "scale": lambda: bench.scale.tables(asked.data, asked.articles) if asked.data else [],
        "long": lambda: bench.long.tables(asked.data),
    }
    wanted = asked.only or _TABLES
    figures: dict[str, list[object]] = {}
    try:
        for name in wanted:
            for shown in kinds[name]():
                if shown is None:
                    continue
                table: Table = shown.table() if isinstance(shown, Sheet) else shown
                if asked.markdown:
                    table.box = box.MARKDOWN
                console.print(table)
                data = shown.data() if isinstance(shown, Sheet) else printed(shown)
                figures.setdefault(name, []).append(data)
    except HashiyaError as error:
        print(error, file=sys.stderr)
        return 1
    if asked.json:
        everything = {"machine": machine(), "versions": versions(), "tables": figures}
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(everything, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if asked.data and set(wanted) & set(_WITH_DATA) and not set(figures) & set(_WITH_DATA):
        print(f"{asked.data}: no align/*.json, no align/*.tsv and no segment/*.json", file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Benchmarks of hashiya.")
    parser.add_argument("--data", type=Path, metavar="DIR", help="holds align/ and segment/")
    parser.add_argument(
        "--only", choices=_TABLES, action="append", help="one of them; may be given several times"
    )
    parser.add_argument("--pairs", type=int, default=1_000_000, help="of the large corpus (%(default)s)")
    parser.add_argument("--large", type=Path, default=LARGE, metavar="DIR", help="where it is (%(default)s)")
    parser.add_argument(
        "--articles", type=int, default=200, metavar="N", help="that scale builds a corpus of (%(default)s)"
    )
    parser.add_argument("--dataset", type=Path, metavar="DIR", help="a release that train learns from")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save all figures, machine and versions")
    parser.add_argument("--markdown", action="store_true", help="print tables as Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
