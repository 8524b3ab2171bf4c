"""A worker process: it is given a portion, makes the part, sends its summary, and waits for the next one.

It is started afresh, never forked: libraries with threads do not survive a fork. It ends with its starter,
however that ends, and leaves Ctrl+C to it.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any

from hashiya.corpus.building.part_files import PartSummary
from hashiya.corpus.building.plan import Portion
from hashiya.schema.errors import HashiyaError

_PATIENCE = 5.0  # seconds for a process to end before it is killed


class Worker:
    """A worker process, seen from the one that started it. `pipe` is ready when its part is."""

    def __init__(self, make: Callable[[Portion], PartSummary]) -> None:
        try:
            order = pickle.dumps(make)
        except Exception as error:  # what cannot be pickled says so with any type
            raise HashiyaError(
                f"the encoder cannot be sent to other processes ({error}): build with one worker"
            ) from error
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other,), daemon=True)
        self._portion: Portion | None = None
        _start(self._process)
        other.close()
        self._send(order)

    def give(self, portion: Portion) -> None:
        """Let it make a part; only when it has no other portion."""
        self._portion = portion
        self._send(pickle.dumps(portion))

    def take(self) -> tuple[Portion, PartSummary]:
        """Return the portion and the summary of its part; raises what went wrong there."""
        portion = self._portion
        try:
            made, error = self.pipe.recv()
        except (EOFError, OSError):
            raise self._lost() from None
        if error is not None:
            raise error.raised()
        assert portion is not None  # noqa: S101 - it was given before it can be made
        return portion, made

    def end(self) -> None:
        """End the process, whatever it does."""
        self.pipe.close()
        self._process.terminate()
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()

    def _send(self, content: bytes) -> None:
        try:
            self.pipe.send_bytes(content)
        except OSError:
            raise self._lost() from None

    def _lost(self) -> HashiyaError:
        self._process.join(_PATIENCE)
        code = self._process.exitcode or 0
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        what = "" if self._portion is None else f" while it read {self._portion.name}"
        killed = code == -signal.SIGKILL
        why = ", as happens when memory runs out: fewer workers need less of it" if killed else ""
        return HashiyaError(
            f"a worker process {how}{what}{why}. What was made is kept: run the same build again to go on"
        )


class Failure:
    """An error on its way from a worker: the project's own by type and message, others as a defect."""

    def __init__(self, error: Exception, portion: Portion) -> None:
        self.kind: type[HashiyaError] | None = type(error) if isinstance(error, HashiyaError) else None
        self.message = str(error)
        self.other: Exception | None = None
        if self.kind is None:
            self.other = RuntimeError(f"{type(error).__name__}: {error}, while reading {portion.name}")
            self.other.add_note("".join(traceback.format_exception(error)))

    def raised(self) -> Exception:
        """The error to raise."""
        if self.kind is None:
            return self.other or RuntimeError(self.message)
        return self.kind.__new__(self.kind, self.message)  # some are made from other arguments


def _start(process: Any) -> None:
    """Start a process that Ctrl+C does not reach, from its first instruction on."""
    resource_tracker.ensure_running()  # started with the process it would let the signal through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection) -> None:
    """What a worker process does, until its pipe is closed."""
    threading.Thread(target=_end_with_starter, daemon=True).start()
    try:
        make: Callable[[Portion], PartSummary] = pickle.loads(pipe.recv_bytes())  # noqa: S301 - from our own starter
        while True:
            portion: Portion = pickle.loads(pipe.recv_bytes())  # noqa: S301
            try:
                answer: tuple[PartSummary | None, Failure | None] = (make(portion), None)
            except Exception as error:  # noqa: BLE001 - it is raised where the worker was started
                answer = (None, Failure(error, portion))
            pipe.send(answer)
    except (EOFError, OSError):
        return


def _end_with_starter() -> None:
    starter = multiprocessing.parent_process()
    if starter is not None:
        starter.join()
    os._exit(1)
