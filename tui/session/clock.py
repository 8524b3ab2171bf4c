"""The time an annotator spends on a pair, in seconds, long pauses left out."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Counts from event to event; of a pause between two, at most `idle` seconds.

    It stands until the first `touch` or `restart`, and again after `pause`.
    """

    def __init__(self, idle: float = 60.0, now: Callable[[], float] = time.monotonic) -> None:
        self._idle = idle
        self._now = now
        self._total = 0.0
        self._last: float | None = None

    @property
    def seconds(self) -> float:
        """What was counted up to the last event."""
        return self._total

    def touch(self) -> None:
        """Count the time since the last event; to be called on each key and mouse event."""
        now = self._now()
        if self._last is not None:
            self._total += min(max(now - self._last, 0.0), self._idle)
        self._last = now

    def pause(self) -> None:
        """Count up to now and stand still until the next event."""
        if self._last is not None:
            self.touch()
        self._last = None

    def restart(self, seconds: float = 0.0) -> None:
        """Begin now, with what was spent on the pair before."""
        self._total = seconds
        self._last = self._now()
