"""A build as a whole: the same bytes whoever makes it, and what a stop of any kind leaves."""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hashiya.corpus.building.build import Built, build
from hashiya.corpus.building.run_plan import BuildProgress
from hashiya.corpus.inspection.check import check
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.shard import DOCUMENTS, PAIRS
from hashiya.schema.errors import HashiyaError, Problem
from tests.corpus.building.engines import mixed
from tests.corpus.building.engines.stubborn import Stubborn

pytestmark = pytest.mark.long

PORTION = 500


def run(root: Path, out: str = "corpus", workers: int = 1, **options: object) -> tuple[Built, list[str]]:
    told: list[Problem] = []
    built = build(
        [root / "news"],
        root / out,
        name="mixed",
        workers=workers,
        portion=PORTION,
        shard=PORTION,
        report=told.append,
        **options,  # type: ignore[arg-type]
    )
    return built, [str(problem) for problem in told]


def state(built: Built) -> tuple[object, ...]:
    """All that must be the same: the files' hashes, the fingerprint of the inputs, the report."""
    manifest = built.corpus.generation().manifest
    return manifest.paths(), manifest.inputs, manifest.report


def test_any_number_of_workers_writes_the_same_bytes(tmp_path: Path) -> None:
    mixed.write(tmp_path / "news")
    one, told = run(tmp_path, "one")
    assert one.parts > 10
    assert check(one.corpus).problems == []
    for workers in (2, 3):
        other, also_told = run(tmp_path, f"by{workers}", workers)
        assert (state(other), also_told) == (state(one), told)
        assert (other.workers, other.parts) == (workers, one.parts)
    whole = build([tmp_path / "news"], tmp_path / "whole", name="mixed", portion=1 << 30, shard=1 << 30)
    assert (whole.parts, whole.shards) == (1, 1)
    for name in (DOCUMENTS, PAIRS):
        (made, in_parts) = (each.corpus.generation().table(name) for each in (whole, one))
        assert made.combine_chunks().equals(in_parts.combine_chunks())
    assert set(whole.report.problems) == set(one.report.problems)


def test_problems_of_a_file_in_many_portions_are_told_as_of_one(tmp_path: Path) -> None:
    mixed.write(tmp_path / "news")
    built, told = run(tmp_path)
    about = [text.removeprefix(f"{tmp_path}/news/") for text in told if "j.jsonl" in text]
    assert sum("is not JSON" in text for text in about) == 20
    assert "j.jsonl, line 41: is not JSON" in about[0]
    assert "j.jsonl: and 10 more problems, each with something left out" in about
    assert sum("not read: odd, stray;" in text for text in about) == 1
    row3, a = (next(text for text in about if f"its doc_id '{name}'" in text) for name in ("row3", "a"))
    assert row3.startswith("j.jsonl, line 73: ")
    assert f"{tmp_path}/news/j.jsonl, line 10 too" in row3
    assert a.startswith("j.jsonl, line 71: ")
    assert f"{tmp_path}/news/a.ar.txt too" in a
    assert [str(problem) for problem in built.report.problems] == told


KILLED = """
import os, signal, sys
from pathlib import Path
from hashiya.corpus.building.build import build

def stop(progress):
    if progress.parts == 8:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    news, out = Path(sys.argv[1]), Path(sys.argv[2])
    build([news], out, workers=int(sys.argv[3]), portion=500, shard=500, progress=stop)
"""


def killed(root: Path, workers: int) -> None:
    """Kill a build in the middle; returns when none of its processes is left to hold standard output."""
    script = root / "killed.py"
    script.write_text(KILLED)
    done = subprocess.run(
        [sys.executable, str(script), str(root / "news"), str(root / "corpus"), str(workers)],
        stdout=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_build_goes_on_and_writes_the_same_bytes(tmp_path: Path, workers: int) -> None:
    mixed.write(tmp_path / "news")
    expected, told = run(tmp_path, "undisturbed")
    killed(tmp_path, workers)
    with pytest.raises(HashiyaError, match="nothing was built yet"):
        Corpus.open(tmp_path / "corpus").generation()
    work = Corpus.open(tmp_path / "corpus").work
    left = len(list(work.glob("*.part")))
    damaged = min(work.glob("*.part"))
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    (work / "abc.123").write_text("half a part")
    seen: list[BuildProgress] = []
    built, told_again = run(tmp_path, progress=seen.append)
    assert built.reused == left - 1 == seen[-1].parts_reused >= 7 - workers
    assert (state(built), told_again) == (state(expected), told)
    assert not work.exists()
    assert seen[-1].done == seen[-1].size


def test_a_killed_build_leaves_what_stood_and_other_sources_may_come(tmp_path: Path) -> None:
    mixed.write(tmp_path / "news")
    old, _ = run(tmp_path)
    mixed.jsonl(tmp_path / "news" / "k.jsonl", mixed.rows(150, "k"))
    killed(tmp_path, 1)
    stands = Corpus.open(tmp_path / "corpus")
    assert stands.manifest() == old.corpus.manifest()
    assert check(stands).problems == []
    mixed.jsonl(tmp_path / "news" / "0.jsonl", mixed.rows(60, "0"))
    built, _ = run(tmp_path)
    assert built.reused >= 7
    assert built.report.documents == old.report.documents + 70


def test_a_worker_that_is_killed_is_one_clear_error_and_the_next_run_goes_on(tmp_path: Path) -> None:
    mixed.write(tmp_path / "news")

    def kill(progress: BuildProgress) -> None:
        if progress.parts == 3:
            multiprocessing.active_children()[0].kill()

    with pytest.raises(HashiyaError, match=r"ended by signal 9 while it read .*/news/.*run the same build"):
        run(tmp_path, workers=2, progress=kill)
    assert multiprocessing.active_children() == []
    built, _ = run(tmp_path)
    assert built.reused >= 3


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (HashiyaError("no such model"), HashiyaError, "^no such model$"),
        (ValueError("odd"), RuntimeError, "ValueError: odd, while reading .*/news/a.ar.txt"),
    ],
)
def test_what_a_worker_raises_is_raised_here(
    tmp_path: Path, error: Exception, kind: type[Exception], message: str
) -> None:
    mixed.write(tmp_path / "news")
    with pytest.raises(kind, match=message) as caught:
        run(tmp_path, workers=2, encoder=Stubborn(error))
    assert type(caught.value) is kind
    assert multiprocessing.active_children() == []


def test_an_encoder_that_cannot_be_sent_says_so(tmp_path: Path) -> None:
    mixed.write(tmp_path / "news")
    encoder = Stubborn(ValueError(lambda: None))
    with pytest.raises(HashiyaError, match="cannot be sent to other processes"):
        run(tmp_path, workers=2, encoder=encoder)


INTERRUPTED = """
import os, signal, sys
from pathlib import Path
from hashiya.corpus.building.build import build

def stop(progress):
    if progress.parts == 6:
        os.killpg(os.getpgid(0), signal.SIGINT)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    try:
        build([Path(sys.argv[1])], Path(sys.argv[2]), workers=2, portion=500, shard=500, progress=stop)
    except KeyboardInterrupt:
        print("stopped")
"""


def test_ctrl_c_ends_every_process_and_keeps_what_was_made(tmp_path: Path) -> None:
    mixed.write(tmp_path / "news")
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED)
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "news"), str(tmp_path / "corpus")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    output, errors = process.communicate()  # ends when no process is left that holds the pipes
    assert (output, errors, process.returncode) == (b"stopped\n", b"", 0)
    assert run(tmp_path)[0].reused >= 6
