"""Benchmarks of segmentation and alignment: ``python -m bench --data DIR``."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from pathlib import Path

import numpy as np
from rich.console import Console

import bench.align
import bench.segment


def main() -> int:
    """Print the machine and every table that there is data for; 1 where there is none."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Benchmark alignment, segmentation.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="holds align/ and segment/")
    folder: Path = parser.parse_args().data
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(_machine(), highlight=False, soft_wrap=True)
    tables = [found for make in (bench.align.table, bench.segment.table) if (found := make(folder))]
    for table in tables:
        console.print(table)
    if not tables:
        print(f"{folder}: no align/*.json and no segment/*.json", file=sys.stderr)
    return 0 if tables else 1


def _machine() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = models[0] if models else platform.processor() or platform.machine()
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "any")
    return (
        f"{platform.system()}, {processor}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"numpy {np.__version__}, BLAS threads: {threads}"
    )


if __name__ == "__main__":
    sys.exit(main())
