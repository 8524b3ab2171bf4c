"""Labels that were made while the connection to the journal was lost: kept in a file until they are saved.

Each has the id of its event from the beginning, so that it can be tried again, by whichever session: what was
saved after all is not saved twice.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from hashiya.corpus.files.atomic import write_whole
from hashiya.schema.codec import from_json, to_json
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, record
from hashiya.tui.settings.paths import unsaved_folder


@record
class UnsavedLabel:
    """An annotation, the events that it follows, the texts that it was made on, and the id of its event."""

    annotation: Annotation
    follows: tuple[str, ...]
    texts: tuple[str, ...]
    event_id: str


class UnsavedLabels:
    """What one annotator could not save in one journal, in order; `file` is there while there is anything."""

    def __init__(self, journal: str, annotator: str) -> None:
        self._name = hashlib.sha256(f"{journal}\n{annotator}".encode()).hexdigest()[:16]
        self.file = unsaved_folder() / f"{self._name}-{os.getpid()}.jsonl"
        self.items: list[UnsavedLabel] = []
        self._adopted: list[Path] = []

    def __len__(self) -> int:
        """How many there are."""
        return len(self.items)

    def adopt(self) -> None:
        """Take over what earlier sessions of the annotator left; a line that cannot be read stays there."""
        for path in sorted(unsaved_folder().glob(f"{self._name}-*.jsonl")):
            with suppress(OSError):
                items = list(_read(path))
                self.items += [item for item in items if item is not None]
                if None not in items:
                    self._adopted.append(path)

    def keep(self, item: UnsavedLabel) -> None:
        """Keep one more; where no file can be written it is kept in memory."""
        self.items.append(item)
        with suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self.file, (f"{to_json(kept)}\n" for kept in self.items))

    def last_of(self, pair_id: str) -> UnsavedLabel | None:
        """Return what was kept last for a pair."""
        return next((item for item in reversed(self.items) if item.annotation.pair_id == pair_id), None)

    def forget(self) -> None:
        """Remove all of it: it is saved."""
        self.items.clear()
        for path in (self.file, *self._adopted):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        self._adopted.clear()


def _read(path: Path) -> Iterator[UnsavedLabel | None]:
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield from_json(UnsavedLabel, line, str(path))
        except LabelError:
            yield None
