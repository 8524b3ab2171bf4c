"""One measurement in a process of its own, on one thread: what it returned, and the most memory it took.

The process is `python -m bench.process MODULE:FUNCTION` with the arguments as JSON on its input. It
imports only what that function's module does. Memory is in bytes, the peak of the resident set.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = Any
"""What JSON can say; lists stand for tuples after the way through a process."""

_KILOBYTE = 1 if sys.platform == "darwin" else 1024
"""Bytes in the unit in which the system tells a process's memory."""
_THREADS = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "RAYON", "VECLIB_MAXIMUM")
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a function returned, and the most memory of its process."""

    value: Json
    memory: int


@dataclass(frozen=True, slots=True)
class Absent:
    """A measurement that could not be made, and why: a package that is missing, or its last words."""

    reason: str


def run(work: Callable[..., Json], *arguments: Json) -> Measured | Absent:
    """Call a function at the top of a module with `arguments` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.process", f"{work.__module__}:{work.__name__}"],
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {f"{name}_NUM_THREADS": "1" for name in _THREADS},
    )
    if done.returncode:
        return Absent(f"failed: {(done.stderr.strip() or 'no message').splitlines()[-1]}")
    said = json.loads(done.stdout.splitlines()[-1])
    if "missing" in said:
        return Absent(f"not there: pip install {said['missing']}")
    return Measured(said["value"], said["memory"])


def memory_now() -> int:
    """The resident set at this moment; where the system does not tell, the most that it has been."""
    return _told("VmRSS") or memory_peak()


def memory_peak() -> int:
    """The most that the resident set of this process has been.

    Linux hands `ru_maxrss` down from the process that started this one, so its own count goes first.
    """
    return _told("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE


def _told(name: str) -> int:
    """A figure of the system's account of this process, or 0."""
    lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines() if _STATUS.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), 0)


def main() -> None:
    """Do the work named on the command line and print what came of it as one line of JSON."""
    module, _, name = sys.argv[1].partition(":")
    try:
        value = getattr(importlib.import_module(module), name)(*json.load(sys.stdin))
    except ModuleNotFoundError as error:
        print(json.dumps({"missing": (error.name or "").partition(".")[0]}))
    else:
        print(json.dumps({"value": value, "memory": memory_peak()}))


if __name__ == "__main__":
    main()
