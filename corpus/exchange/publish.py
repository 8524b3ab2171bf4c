"""A file or a folder for other tools, that is there whole or not at all; never in the corpus folder."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from hashiya.corpus.files.atomic import replacing_file, replacing_folder
from hashiya.schema.errors import HashiyaError


@contextmanager
def publishing(target: Path, corpus: Path, *, folder: bool) -> Generator[Path]:
    """Yield where to write what `target` will hold when the block ends without an error.

    A file takes the place of the one before. A folder must be new or empty: what somebody labelled in it
    is not overwritten.
    """
    final = target.resolve()
    if final.is_relative_to(corpus.resolve()):
        raise HashiyaError(f"{target}: lies in the corpus folder; choose a place outside it")
    try:
        if not final.parent.is_dir():
            raise HashiyaError(f"{target}: there is no folder {final.parent}; make it first")
        if folder and final.exists() and not (final.is_dir() and not any(final.iterdir())):
            raise HashiyaError(f"{target}: is there already; name a folder that is new or empty")
        if not folder and final.exists() and not final.is_file():
            raise HashiyaError(f"{target}: is no file; name one")
        with (replacing_folder if folder else replacing_file)(final) as draft:
            yield draft
    except OSError as error:
        raise HashiyaError(f"{target}: cannot be written: {error.strerror or error}") from None
