"""Building with Ray Data on a cluster of two nodes, each with its own processes, on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hashiya.corpus.building.build import Built, build
from hashiya.corpus.building.engines import ray_engine
from hashiya.corpus.building.engines.ray_engine import RayEngine
from hashiya.corpus.building.run_plan import BuildProgress
from hashiya.schema.errors import HashiyaError, Problem, SourceError
from tests.corpus.building.engines import mixed
from tests.corpus.building.engines.stubborn import Deadly, Stubborn

# A warning of Ray's is no error of ours, and Ray leaves to the garbage collector what it reads the logs and
# answers of its own processes through.
pytestmark = [
    pytest.mark.system,
    pytest.mark.filterwarnings("default::Warning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

STORE = 80 << 20


if TYPE_CHECKING:
    from ray.cluster_utils import Cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    os.environ.update(ray_engine.QUIET)  # before Ray is imported, as a build does it
    import ray
    from ray.cluster_utils import Cluster

    # What Ray unpickles on a node by name, the node must be able to import, as it does an installed package.
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[4])
    made = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "object_store_memory": STORE, "include_dashboard": False},
    )
    made.add_node(num_cpus=1, object_store_memory=STORE)
    made.wait_for_nodes()
    yield made
    ray.shutdown()
    made.shutdown()
    del os.environ["PYTHONPATH"]


def run(root: Path, out: str, **options: object) -> tuple[Built, list[str]]:
    told: list[Problem] = []
    built = build(
        [root / "news"],
        root / out,
        name="mixed",
        portion=500,
        shard=500,
        report=told.append,
        **options,  # type: ignore[arg-type]
    )
    return built, [str(problem) for problem in told]


def state(built: Built) -> tuple[object, ...]:
    manifest = built.corpus.generation().manifest
    return manifest.paths(), manifest.inputs, manifest.report


def test_two_nodes_write_the_same_bytes_as_this_process(tmp_path: Path, cluster: Cluster) -> None:
    mixed.write(tmp_path / "news")
    mixed.jsonl(tmp_path / "news" / "k.jsonl", mixed.rows(200, "k"))
    one, told = run(tmp_path, "one")
    engine = RayEngine(cluster.address)
    other, also_told = run(tmp_path, "other", engine=engine)
    assert (state(other), also_told) == (state(one), told)
    assert other.parts == one.parts > 30
    assert set(engine.nodes) == {node.node_id for node in cluster.list_all_nodes()}
    assert sum(engine.nodes.values()) == one.parts
    assert other.workers == 2


def test_what_goes_wrong_on_a_node_is_raised_here(tmp_path: Path, cluster: Cluster) -> None:
    mixed.write(tmp_path / "news")
    with pytest.raises(SourceError, match=r"^no such model$"):
        run(
            tmp_path, "own", engine=RayEngine(cluster.address), encoder=Stubborn(SourceError("no such model"))
        )
    with pytest.raises(RuntimeError, match=r"ValueError: odd, while reading .*/news/"):
        run(tmp_path, "other", engine=RayEngine(cluster.address), encoder=Stubborn(ValueError("odd")))
    with pytest.raises(HashiyaError, match="cannot be sent to other processes"):
        run(tmp_path, "c", engine=RayEngine(cluster.address), encoder=Stubborn(ValueError(lambda: None)))


def test_a_build_goes_on_when_a_node_is_lost(tmp_path: Path, cluster: Cluster) -> None:
    mixed.write(tmp_path / "news")
    mixed.jsonl(tmp_path / "news" / "k.jsonl", mixed.rows(400, "k"))
    expected, told = run(tmp_path, "undisturbed")
    doomed = cluster.add_node(num_cpus=2, object_store_memory=STORE)
    cluster.wait_for_nodes()
    lost: list[str] = []

    def lose(progress: BuildProgress) -> None:
        if doomed.node_id in engine.nodes and not lost:
            lost.append(doomed.node_id)
            cluster.remove_node(doomed, allow_graceful=False)

    engine = RayEngine(cluster.address)
    built, also_told = run(tmp_path, "corpus", engine=engine, progress=lose)
    assert lost
    assert set(engine.nodes) > set(lost)
    assert (state(built), also_told) == (state(expected), told)


def deadly(tmp_path: Path, times: int) -> Deadly:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.ar.txt").write_text(mixed.AR, encoding="utf-8")
    (tmp_path / "news" / "a.en.txt").write_text(mixed.EN, encoding="utf-8")
    (tmp_path / "deaths").mkdir()
    return Deadly(tmp_path / "deaths", times)


def test_a_worker_that_ends_is_replaced(tmp_path: Path, cluster: Cluster) -> None:
    with pytest.raises(SourceError, match="reached after 2 deaths"):
        run(tmp_path, "corpus", engine=RayEngine(cluster.address), encoder=deadly(tmp_path, 2))


def test_what_ends_every_worker_is_named(tmp_path: Path, cluster: Cluster) -> None:
    with pytest.raises(HashiyaError, match=r"^4 worker processes ended.* while they read .*/a\.ar\.txt"):
        run(tmp_path, "corpus", engine=RayEngine(cluster.address), encoder=deadly(tmp_path, 1000))


STOPPED = """
import os, signal, sys
from pathlib import Path
from hashiya.corpus.building.build import build
from hashiya.corpus.building.engines.ray_engine import RayEngine

def stop(progress):
    if progress.parts == 8:
        raise KeyboardInterrupt

if __name__ == "__main__":
    try:
        engine = RayEngine(sys.argv[3])
        build(
            [Path(sys.argv[1])],
            Path(sys.argv[2]),
            name="mixed",
            portion=500,
            shard=500,
            engine=engine,
            progress=stop,
        )
    except KeyboardInterrupt:
        print("stopped")
"""


def test_a_stopped_build_says_nothing_and_goes_on_with_another_engine(
    tmp_path: Path, cluster: Cluster
) -> None:
    mixed.write(tmp_path / "news")
    expected, told = run(tmp_path, "undisturbed")
    script = tmp_path / "stopped.py"
    script.write_text(STOPPED)
    done = subprocess.run(
        [sys.executable, script, tmp_path / "news", tmp_path / "corpus", cluster.address],
        capture_output=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == (b"stopped\n", b"", 0)
    built, told_again = run(tmp_path, "corpus")
    assert built.reused >= 8
    assert (state(built), told_again) == (state(expected), told)


def test_without_a_cluster_one_is_started_here_and_ended(tmp_path: Path) -> None:
    mixed.write(tmp_path / "news")
    command = [
        sys.executable,
        "-c",
        "from hashiya.tui.cli.main import main; main()",
        "build",
        str(tmp_path / "news"),
    ]
    environment = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    options = ["--name", "mixed", "--engine", "ray", "--workers", "1", "--json"]
    done = subprocess.run(
        [*command, "--out", tmp_path / "ray", *options],
        env=environment,
        capture_output=True,
        check=False,
    )
    problems = [line for line in done.stderr.decode().splitlines() if str(tmp_path) not in line]
    assert problems == []
    assert done.returncode == 1  # the sources have faults
    assert not build([tmp_path / "news"], tmp_path / "ray", name="mixed").fresh
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if _of(path, str(tmp_path))]


def _of(path: Path, folder: str) -> bool:
    try:
        return folder in path.read_text()
    except OSError:
        return False


def test_a_cluster_that_is_not_there_is_named(tmp_path: Path) -> None:
    mixed.write(tmp_path / "news")
    with pytest.raises(HashiyaError, match=r"no Ray cluster answers at 127\.0\.0\.1:1: .*docs/scale\.md"):
        run(tmp_path, "corpus", engine=RayEngine("127.0.0.1:1"))
