"""All monotone alignments of a few sentences, one by one: what the lattice and the chain must agree with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hashiya.corpus.alignment.settings import Shape

AlignmentPath = tuple[tuple[int, int, int, int], ...]


def all_paths(n: int, m: int, shapes: Sequence[Shape]) -> Iterator[AlignmentPath]:
    """All alignments as (row, column, Arabic, English), no English omission right before an Arabic one."""
    if not n and not m:
        yield ()
    for x, y in [*shapes, (1, 0), (0, 1)]:
        if x <= n and y <= m:
            for path in all_paths(n - x, m - y, shapes):
                if not (path and path[-1][2] == 0 and y == 0):
                    yield (*path, (n, m, x, y))
