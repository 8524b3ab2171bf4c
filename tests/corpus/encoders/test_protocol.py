"""The protocol stands by itself: what an encoder is can be known without the embedded one."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["protocol", "cache", "registry", "transformer"])
def test_nothing_of_the_embedded_encoder_is_loaded(module: str) -> None:
    code = f"import sys, hashiya.corpus.encoders.{module}; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert [name for name in loaded.stdout.split() if name.startswith("hashiya.corpus.encoders.use")] == []
