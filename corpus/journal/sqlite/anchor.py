"""The anchor: what a journal held when it was last saved, kept beside its file, so that a loss is noticed.

A file that loses its end, or its write-ahead log, is whole by itself and says nothing. The anchor remembers
how many events there were, whose, and the checksum of the last. It is written after every save, behind
the journal and never ahead of it; what it finds missing it remembers until the events are back.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import Protocol

from hashiya.schema.codec import from_json, to_object
from hashiya.schema.errors import LabelError
from hashiya.schema.records import record

FileState = tuple[int, int, int, int]
"""A file's device, inode, time of change in nanoseconds, and size."""


@record
class LostEvents:
    """Events that a journal held and does not hold now.

    `checksum` is that of the last of them, `authors` how many were whose; `set_aside` names the write-ahead
    log, beside the journal, that was of another file.
    """

    events: int
    authors: dict[str, int]
    checksum: str
    set_aside: str | None = None


@record(unknown="ignore")
class JournalAnchor:
    """What a journal held: so many events, the checksum of the last, how many of them were whose.

    `file` is the state of its file, `lost` what was found missing and is not back.
    """

    events: int
    checksum: str
    authors: dict[str, int] = field(default_factory=dict)
    file: FileState | None = None
    lost: tuple[LostEvents, ...] = ()


class HeldEvents(Protocol):
    """What is asked of the journal that an anchor is compared with."""

    def count(self) -> int:
        """Return how many events it holds."""
        ...

    def checksum_at(self, position: int) -> str | None:
        """Return the checksum of the event at a position, counted from 1; `None` where there is none."""
        ...

    def holds(self, checksum: str) -> bool:
        """Return whether it holds an event of this checksum."""
        ...

    def authors(self) -> Mapping[str, int]:
        """Return how many events are whose."""
        ...


def anchor_path(journal: Path) -> Path:
    """Return where the anchor of a journal's file is."""
    return journal.with_suffix(".anchor")


def file_state(path: Path) -> FileState:
    """Return the state of a file; `OSError` where there is none."""
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def read_anchor(journal: Path) -> JournalAnchor | None:
    """Return the anchor of a journal; `None` where there is none, or it cannot be read."""
    try:
        with anchor_path(journal).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return from_json(JournalAnchor, file.read(), "")
    except (OSError, LabelError):
        return None


def lost_events(anchor: JournalAnchor, held: HeldEvents) -> tuple[LostEvents, ...]:
    """Return what a journal lacks of what its anchor remembers: what was found missing before, and now."""
    known = [item for item in anchor.lost if not held.holds(item.checksum)]
    if anchor.events and held.checksum_at(anchor.events) != anchor.checksum:
        now = Counter(held.authors())
        authors = {name: lost for name, count in anchor.authors.items() if (lost := count - now[name]) > 0}
        events = max(sum(authors.values()), anchor.events - held.count(), 1)
        known.append(LostEvents(events=events, authors=authors, checksum=anchor.checksum))
    return tuple(known)


def write_anchor(journal: Path, change: Callable[[JournalAnchor | None], JournalAnchor]) -> None:
    """Write a journal's anchor anew, from the one that is there; where that fails, the next save does it."""
    with suppress(OSError):
        handle = os.open(anchor_path(journal), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            content = file.read()
            if not content:  # whoever may write to the journal may write to this
                os.fchmod(file.fileno(), stat.S_IMODE(journal.stat().st_mode))
            try:
                before = from_json(JournalAnchor, content, "") if content else None
            except LabelError:
                before = None
            made = change(before)
            if made != before:
                file.seek(0)
                file.write(json.dumps(to_object(made), ensure_ascii=False).encode())
                file.truncate()


def advanced(
    before: JournalAnchor | None,
    held: HeldEvents,
    *,
    last: tuple[int, str],
    saved: Mapping[str, int],
    file: FileState,
    lost: tuple[LostEvents, ...] | None = None,
) -> JournalAnchor:
    """Return the anchor after a save: `last` is the position and the checksum of its last event.

    `saved` says how many of its events were whose, and `lost` what was found missing when it began.
    """
    if before is None or lost is not None:
        return JournalAnchor(
            events=last[0], checksum=last[1], authors=dict(held.authors()), file=file, lost=lost or ()
        )
    # Another process may have saved later and written its anchor first.
    events, checksum = max((before.events, before.checksum), last)
    authors: Mapping[str, int] = Counter(before.authors) + Counter(saved)
    if sum(authors.values()) != events:  # one that saved was killed before it wrote its anchor
        authors = held.authors()
    return JournalAnchor(
        events=events,
        checksum=checksum,
        authors=dict(authors),
        file=file,
        lost=tuple(item for item in before.lost if not held.holds(item.checksum)),
    )
