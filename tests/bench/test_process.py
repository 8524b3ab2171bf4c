from __future__ import annotations

import io
import json
import sys

import pytest

import bench.long
import bench.process
from bench.process import Absent, Measured, memory_now, memory_peak, run


def test_a_result_and_memory_come_back_from_a_process_of_its_own() -> None:
    done = run(bench.long.work, 60)
    assert isinstance(done, Measured)
    assert (done.value["ar"], done.value["f1"]) == (60, 1.0)
    assert 10e6 < done.memory < 1e9


def test_what_fails_is_told_in_its_last_words() -> None:
    done = run(bench.long.work, "sixty")
    assert isinstance(done, Absent)
    assert done.reason.startswith("failed: TypeError")


def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["process", "bench.there_is_none:work"])
    monkeypatch.setattr(sys, "stdin", io.StringIO("[]"))
    bench.process.main()
    assert json.loads(capsys.readouterr().out) == {"missing": "bench"}


def test_memory_is_told_and_its_peak_is_no_less() -> None:
    assert 10e6 < memory_now() <= memory_peak()
