"""Where a document or a fault stands: a file, and perhaps a line or row, as it is kept and as it is told.

What is kept holds wherever the sources lie: without the folder of the source's files, and with the lines of
a stretch counted from its start, since lines may be added before it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from hashiya.corpus.building.chunks import Chunk
from hashiya.schema.errors import Problem

_LINE = re.compile(r"(.*, (?:line|row) )([0-9]+)", re.DOTALL)
_IN_FOLDER = "\0"
"""Stands for the folder, at the beginning."""


def kept_place(where: str, chunk: Chunk) -> str:
    """Return the place of a document of a chunk as it is kept."""
    return _kept_file(_moved(where, -chunk.before), chunk)


def told_place(kept: str, chunk: Chunk) -> str:
    """Return a place as it is told, from what `kept_place` made of it."""
    return _moved(_told_file(kept, chunk), chunk.before)


def kept_problem(problem: Problem, chunk: Chunk) -> Problem:
    """Return a problem as it is kept; its lines stay, since its text may count bytes and rows too."""
    what = problem.what
    for path in chunk.source.paths:
        what = what.replace(str(path), _IN_FOLDER + path.name)
    return replace(problem, where=_kept_file(problem.where, chunk), what=what)


def told_problem(kept: Problem, chunk: Chunk) -> Problem:
    """Return a problem as it is told, from what `kept_problem` made of it."""
    what = kept.what.replace(_IN_FOLDER, _folder(chunk))
    return replace(kept, where=_told_file(kept.where, chunk), what=what)


def _kept_file(where: str, chunk: Chunk) -> str:
    folder = _folder(chunk)
    return _IN_FOLDER + where[len(folder) :] if where.startswith(folder) else where


def _told_file(kept: str, chunk: Chunk) -> str:
    return _folder(chunk) + kept[len(_IN_FOLDER) :] if kept.startswith(_IN_FOLDER) else kept


def _folder(chunk: Chunk) -> str:
    path = chunk.source.paths[0]
    return str(path)[: -len(path.name)]


def _moved(where: str, lines: int) -> str:
    found = _LINE.fullmatch(where) if lines else None
    return where if found is None else f"{found[1]}{int(found[2]) + lines}"
