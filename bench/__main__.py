"""All benchmarks: ``python -m bench``. docs/benchmarks.md says what they measure."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

import bench.align
import bench.exchange
import bench.keystrokes
import bench.screen
import bench.segment

LARGE = Path("build/bench/large")
_TABLES = ("keys", "screen", "exchange", "align", "segment")


def main() -> int:
    """Print the machine and the tables asked for; 1 where data was named and there is none."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Benchmarks of hashiya.")
    parser.add_argument("--data", type=Path, metavar="DIR", help="holds align/ and segment/")
    parser.add_argument(
        "--only", choices=["keys", "screen", "exchange", "align", "segment"], help="one of them"
    )
    parser.add_argument("--pairs", type=int, default=1_000_000, help="of the large corpus (%(default)s)")
    parser.add_argument("--large", type=Path, default=LARGE, metavar="DIR", help="where it is (%(default)s)")
    asked = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(_machine(), highlight=False, soft_wrap=True)
    kinds: dict[str, Callable[[], Iterable[Table | None]]] = {
        "keys": bench.keystrokes.tables,
        "screen": lambda: bench.screen.tables(asked.large, asked.pairs, console),
        "exchange": lambda: bench.exchange.tables(asked.large, asked.pairs, console),
        "align": lambda: [bench.align.table(asked.data)] if asked.data else [],
        "segment": lambda: [bench.segment.table(asked.data)] if asked.data else [],
    }
    found: set[str] = set()
    for name, make in kinds.items():
        if asked.only in {None, name}:
            for table in filter(None, make()):
                found.add(name)
                console.print(table)
    if asked.data and asked.only in {None, "align", "segment"} and not found & {"align", "segment"}:
        print(f"{asked.data}: no align/*.json and no segment/*.json", file=sys.stderr)
        return 1
    return 0


def _machine() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = models[0] if models else platform.processor() or platform.machine()
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "any")
    load = ", ".join(f"{share:.1f}" for share in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{platform.system()}, {processor}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"numpy {np.__version__}, BLAS threads: {threads}; load before: {load}"
    )


if __name__ == "__main__":
    sys.exit(main())
