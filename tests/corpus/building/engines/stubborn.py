"""Encoders that refuse their work in the ways that real ones may."""

from __future__ import annotations

import os
from pathlib import Path

from hashiya.schema.errors import SourceError


class Stubborn:
    """Raises the error that it was made with."""

    name = "stubborn"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def encode(self, sentences: object, window: int, pieces: object = ()) -> object:
        raise self.error


class Deadly:
    """Ends its process so many times, each noted in a folder, and then says that it was reached."""

    name = "deadly"

    def __init__(self, folder: Path, times: int) -> None:
        self.folder = folder
        self.times = times

    def encode(self, sentences: object, window: int, pieces: object = ()) -> object:
        if len(list(self.folder.iterdir())) < self.times:
            (self.folder / str(os.getpid())).touch()
            os._exit(1)
        raise SourceError(f"reached after {self.times} deaths")
