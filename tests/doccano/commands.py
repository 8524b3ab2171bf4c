"""The commands of hashiya as users type them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def hashiya(*arguments: str | Path, code: int = 0) -> str:
    """Run a command; return what it prints, and what it tells where it is to fail."""
    done = subprocess.run(
        [Path(sys.executable).with_name("hashiya"), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, f"{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stderr if code else done.stdout
