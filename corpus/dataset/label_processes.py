"""Processes that make the label columns of a release: each is given some pairs, sends the columns, and waits.

A process is a new interpreter, not a fork, since libraries with threads do not survive one, and not one of
`multiprocessing`, which would run the program again that asked for a release. Ctrl+C does not reach it; it
ends when its pipe does.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Generator, Iterable
from typing import Any

from hashiya.corpus.dataset.label_columns import LabelColumns, LabelledPairs, MadeColumns
from hashiya.schema.errors import HashiyaError

_WORTH_A_PROCESS = 20_000
"""Events whose labels take several times as long as a process takes to start."""
_MOST = 4
"""Processes: each takes some 150 MB, and more of them would wait for the one that writes."""
_SERVE = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    f"from {__name__} import answer_portions; answer_portions(sys.stdin.buffer, sys.stdout.buffer)"
)


def worthwhile_processes(events: int, cores: int) -> int:
    """Return how many processes to use for the labels of a journal; 1 is none beside this one."""
    return max(1, min(cores, _MOST, events // _WORTH_A_PROCESS)) if sys.executable else 1


def made_columns(
    portions: Iterable[LabelledPairs], make: LabelColumns, processes: int
) -> Generator[MadeColumns]:
    """Yield the columns of some pairs after the others, in their order."""
    if processes < 2:
        yield from map(make, portions)
        return
    team: list[_LabelProcess] = []
    try:
        # All are started before any is waited for: each takes as long to start as some portions do.
        team.extend(_LabelProcess() for _ in range(processes))
        given = 0
        for portion in portions:
            process, made = team[given % processes], None
            if given < processes:
                process.prepare(make)
            else:
                made = process.take()
            process.give(portion)
            given += 1
            if made is not None:
                yield made
        for number in range(max(0, given - processes), given):
            yield team[number % processes].take()
    finally:
        for process in team:
            process.end()


class _LabelProcess:
    """A process, seen from the one that started it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and code of ours
            [sys.executable, "-c", _SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._send(sys.path)

    def prepare(self, make: LabelColumns) -> None:
        """Tell it how to make columns, once; waits until it has started."""
        self._send(make)

    def give(self, portion: LabelledPairs) -> None:
        """Let it make columns; only when what it made before was taken."""
        self._send(portion)

    def take(self) -> MadeColumns:
        """Return the columns; raises what went wrong there."""
        assert self._process.stdout is not None  # noqa: S101 - it has a pipe
        try:
            made: MadeColumns | _Failure = pickle.load(self._process.stdout)  # noqa: S301 - from our own process
        except (EOFError, pickle.UnpicklingError):
            raise self._lost() from None
        if isinstance(made, _Failure):
            raise made.raised()
        return made

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was not sent is lost with it
                    continue
        self._process.wait()

    def _send(self, content: Any) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it has a pipe
        try:
            pickle.dump(content, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except OSError:
            raise self._lost() from None

    def _lost(self) -> HashiyaError:
        code = self._process.wait()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return HashiyaError(f"a process that made the labels of a release {how}; release again")


class _Failure:
    """An error of the project on its way to another process, by its type and message."""

    def __init__(self, error: HashiyaError) -> None:
        self.kind = type(error)
        self.message = str(error)

    def raised(self) -> HashiyaError:
        """The error to raise."""
        return self.kind.__new__(self.kind, self.message)  # some are made from other arguments


def answer_portions(asked: Any, answers: Any) -> None:
    """Make columns for what comes through a pipe, until it is closed."""
    sys.stdout = sys.stderr  # the pipe is for answers alone
    make: LabelColumns = pickle.load(asked)  # noqa: S301 - from our own starter
    while True:
        try:
            portion: LabelledPairs = pickle.load(asked)  # noqa: S301
        except EOFError:
            return
        made: MadeColumns | _Failure
        try:
            made = make(portion)
        except HashiyaError as error:
            made = _Failure(error)
        pickle.dump(made, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
