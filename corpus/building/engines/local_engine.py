"""Where the parts of a build are made: an engine runs one function over all portions, in any order.

The engine of one machine keeps a process for every worker, each with one portion at a time, so that no more
portions than workers are ever in memory.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from multiprocessing.connection import wait
from typing import Protocol

from hashiya.corpus.building.engines.worker import Worker
from hashiya.corpus.building.part_files import MakePart, PartSummary
from hashiya.corpus.building.plan import Portion


class Engine(Protocol):
    """Makes the parts of portions, on this machine or on many."""

    @property
    def workers(self) -> int:
        """How many portions are worked on at a time; 0 if only `run` finds out."""
        ...

    def run(self, portions: Iterable[Portion], make: MakePart) -> Generator[tuple[Portion, PartSummary]]:
        """Yield every portion with what was made of it, in any order.

        Portions are taken as they are needed. What `make` raises is raised here; then, and when the
        generator is closed, all work ends.
        """
        ...


class LocalEngine:
    """The processors of this machine; one worker, or one portion, needs no other process."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(self, portions: Iterable[Portion], make: MakePart) -> Generator[tuple[Portion, PartSummary]]:
        """See `Engine.run`; HashiyaError names the portion whose process was ended from outside."""
        stream = iter(portions)
        first = list(islice(stream, 2 if self.workers > 1 else 0))
        if len(first) > 1:
            yield from self._shared(_chained(first, stream), make)
            return
        for portion in _chained(first, stream):
            yield portion, make(portion)

    def _shared(self, stream: Iterator[Portion], make: MakePart) -> Generator[tuple[Portion, PartSummary]]:
        workers: list[Worker] = []
        try:
            for portion in islice(stream, self.workers):
                workers.append(Worker(make))
                workers[-1].give(portion)
            busy = {worker.pipe: worker for worker in workers}
            while busy:
                for pipe in wait(list(busy)):
                    worker = busy[pipe]  # type: ignore[index]  # what is waited for comes back
                    portion, made = worker.take()
                    following = next(stream, None)
                    if following is None:
                        del busy[worker.pipe]
                    else:
                        worker.give(following)
                    yield portion, made
        finally:
            for worker in workers:
                worker.end()


def usable_cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _chained(first: Iterable[Portion], rest: Iterator[Portion]) -> Iterator[Portion]:
    yield from first
    yield from rest
