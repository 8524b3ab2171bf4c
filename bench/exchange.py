"""A large corpus to Label Studio's file and back: seconds and memory, beside reading the pairs alone.

Each step is a process of its own, `python -m bench.exchange STEP CORPUS FILE`, which prints what it took.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.screen import LABELLED, labelled_copy, large
from hashiya.corpus.exchange.labelstudio.task_files import export_tasks, import_tasks
from hashiya.corpus.store.folder import Corpus

_KILOBYTE = 1 if sys.platform == "darwin" else 1024
"""Bytes in the unit in which the system tells a process's memory."""


def _read(corpus: Corpus, _file: Path) -> None:
    for _pair in corpus.generation().pairs():
        pass


def _export(corpus: Corpus, file: Path) -> None:
    export_tasks(corpus, file)


def _import(corpus: Corpus, file: Path) -> None:
    import_tasks(corpus, file, strict=True)


STEPS: Mapping[str, Callable[[Corpus, Path], None]] = {
    "read the pairs (baseline)": _read,
    "labelstudio export": _export,
    "labelstudio import, nothing changed": _import,
}


def tables(folder: Path, pairs: int, console: Console) -> Iterator[Table]:
    """Measure on the corpus of `pairs` pairs that `bench.screen` makes in `folder`."""
    corpus = labelled_copy(large(folder, pairs, console), folder / "labelled")
    table = Table(
        "", "seconds", "times the baseline", "most memory", title=f"{pairs:,} pairs, {LABELLED:,} labelled"
    )
    baseline = 0.0
    with tempfile.TemporaryDirectory(dir=folder) as place:
        for step in STEPS:
            command = [
                sys.executable,
                "-m",
                "bench.exchange",
                step,
                str(corpus.folder),
                f"{place}/tasks.json",
            ]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            seconds, memory = json.loads(done.stdout)
            baseline = baseline or seconds
            table.add_row(step, f"{seconds:.0f}", f"{seconds / baseline:.1f}", f"{memory / 1e6:.0f} MB")
    yield table


def main() -> None:
    """Take one step, and print seconds and bytes."""
    step, corpus, file = sys.argv[1:]
    began = time.perf_counter()
    STEPS[step](Corpus.open(Path(corpus)), Path(file))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE
    print(json.dumps([time.perf_counter() - began, memory]))


if __name__ == "__main__":
    main()
