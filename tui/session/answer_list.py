"""The list of a pair's differences, and where one is in it: at one cell, at a layer, or at everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from hashiya.corpus.team.differences import ComparedCell, LabelVersion, PairDifferences
from hashiya.schema.adjudication import CellKey
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Lang, Span
from hashiya.tui.settings.language import _


@dataclass(frozen=True, slots=True)
class AnswerStop:
    """A place in the list: a cell, or a heading, which stands for all cells below it.

    `layer` is that of a heading, "" for the heading of everything, null for a cell.
    """

    cells: tuple[ComparedCell, ...]
    layer: str | None = None

    @property
    def keys(self) -> tuple[CellKey, ...]:
        """The cells that are meant, by their keys."""
        return tuple(item.cell for item in self.cells)

    @property
    def open(self) -> tuple[CellKey, ...]:
        """The cells that an answer for all of them is for: those that are open, or else all."""
        return tuple(item.cell for item in self.cells if item.state == "open") or self.keys


class AnswerList:
    """What can be decided in a pair, layer by layer; it stays where it is while the pair does."""

    def __init__(self) -> None:
        self.found = PairDifferences()
        self.stops: tuple[AnswerStop, ...] = ()
        self.at = 0
        self._pair_id = ""

    def show(self, pair_id: str, found: PairDifferences) -> bool:
        """Take what is said of a pair now; of another pair, go to its first open cell and return true."""
        if (pair_id, found) == (self._pair_id, self.found):
            return False
        before = self.stop
        self.found, self.stops = found, tuple(_stops(found))
        if pair_id != self._pair_id or before is None:
            self._pair_id, self.at = pair_id, 0
            self.go_to_open()
            return bool(self.stops)
        self.at = next(
            (number for number, stop in enumerate(self.stops) if _is_same(stop, before)),
            min(self.at, max(len(self.stops) - 1, 0)),
        )
        return False

    @property
    def stop(self) -> AnswerStop | None:
        """Where one is; `None` where the list is empty."""
        return self.stops[self.at] if self.stops else None

    @property
    def needed(self) -> AnswerStop:
        """Where one is; `LabelError` where the list is empty."""
        if self.stop is None:
            raise LabelError(_("there is nothing to choose between here"))
        return self.stop

    def move(self, step: int) -> None:
        """Go to the next (1) or the previous (-1) place, after the last to the first.

        The heading of a single cell is passed over.
        """
        _ = self.needed.cells
        for _turn in range(len(self.stops)):
            self.at = (self.at + step) % len(self.stops)
            if self.needed.layer is None or self.needed.cells[1:]:
                return

    def go_to_open(self) -> None:
        """Go to the next cell that is open, from here on, if there is one."""
        for number in (*range(self.at, len(self.stops)), *range(self.at)):
            stop = self.stops[number]
            if stop.layer is None and stop.cells[0].state == "open":
                self.at = number
                return

    def go_to(self, lang: Lang, span: Span) -> None:
        """Go to the cell that is these words, if there is one in the list."""
        for number, stop in enumerate(self.stops):
            cell = stop.cells[0].cell
            if stop.layer is None and (cell.lang, cell.start, cell.end) == (lang, span.start, span.end):
                self.at = number

    def voter(self, number: int) -> LabelVersion:
        """Return the voter's version of a number, from 1; `LabelError` where there is none."""
        versions = [item for item in self.found.versions if item.kind != "earlier"]
        if not 1 <= number <= len(versions):
            raise LabelError(_("there is no answer with the number {number}").format(number=number))
        return versions[number - 1]

    def answered(self, version: LabelVersion) -> tuple[CellKey, ...]:
        """Return the cells meant here in which a version has an answer; `LabelError` where there are none."""
        place = self.found.versions.index(version)
        meant = self.needed.open if self.needed.layer is not None else self.needed.keys
        cells = tuple(
            item.cell for item in self.needed.cells if item.cell in meant and item.answers[place] is not None
        )
        if not cells:
            raise LabelError(_("there is no answer here: this annotator did not look at it"))
        return cells

    def before(self) -> LabelVersion:
        """Return the version from before that answers here; `LabelError` where there is none."""
        for place, version in enumerate(self.found.versions):
            if version.kind == "earlier" and any(item.answers[place] for item in self.needed.cells):
                return version
        raise LabelError(_("there was nothing here before"))


def _stops(found: PairDifferences) -> Sequence[AnswerStop]:
    """The places of a list: cells that are open, settled or known, below the headings of several."""
    listed = [item for item in found.cells if item.state in {"open", "settled", "known"}]
    layers = [(layer, tuple(some)) for layer, some in groupby(listed, lambda item: item.cell.layer)]
    stops: list[AnswerStop] = []
    if len(layers) > 1:
        stops.append(AnswerStop(tuple(listed), ""))
    for layer, some in layers:
        stops.append(AnswerStop(some, layer))
        stops += [AnswerStop((item,)) for item in some]
    return stops


def _is_same(stop: AnswerStop, other: AnswerStop) -> bool:
    """Whether two places are the same heading, or cells that begin at the same place."""
    if stop.layer is not None or other.layer is not None:
        return stop.layer == other.layer
    one, two = stop.cells[0].cell, other.cells[0].cell
    return (one.layer, one.target, one.channel, one.lang, one.start) == (
        two.layer, two.target, two.channel, two.lang, two.start,
    )  # fmt: skip
