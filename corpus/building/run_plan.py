"""All parts of a plan on the disk: those that are there already, and those that an engine makes.

Problems are reported in the order of the plan, whichever part was ready first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace

from hashiya.corpus.building.engines.local_engine import Engine
from hashiya.corpus.building.part_files import MakePart, PartSummary
from hashiya.corpus.building.part_tables import SourceProblems
from hashiya.corpus.building.plan import Portion
from hashiya.corpus.sources.read import FirstProblems
from hashiya.schema.errors import ReportProblem


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """How far a build is. Sizes are bytes of source text; `reused` of them were there already."""

    size: int
    done: int = 0
    reused: int = 0
    parts: int = 0
    parts_reused: int = 0
    documents: int = 0
    pairs_made: int = 0

    def after(self, portion: Portion, made: PartSummary, *, reused: bool) -> BuildProgress:
        """The state after one more part."""
        return replace(
            self,
            done=self.done + portion.size,
            reused=self.reused + portion.size * reused,
            parts=self.parts + 1,
            parts_reused=self.parts_reused + reused,
            documents=self.documents + made.documents,
            pairs_made=self.pairs_made + made.pairs * (not reused),
        )


@dataclass(slots=True)
class PlanRun:
    """A run over the portions of a plan; `keys` are those of its portions, in order."""

    make: MakePart
    report: ReportProblem
    show: Callable[[BuildProgress], None]
    progress: BuildProgress
    keys: list[str] = field(default_factory=list[str])
    _reported: int = 0
    _waiting: dict[str, PartSummary] = field(default_factory=dict[str, PartSummary])
    _source: FirstProblems | None = None

    def run(self, portions: Iterable[Portion], engine: Engine) -> None:
        """Have the engine make every missing part; a run that is stopped leaves those that are done."""
        self.show(self.progress)
        with closing(engine.run(self._missing(portions), self.make)) as results:
            for portion, made in results:
                self._take(portion, made, reused=False)
        if self._source is not None:
            self._source.close()

    def _missing(self, portions: Iterable[Portion]) -> Iterator[Portion]:
        for portion in portions:
            self.keys.append(portion.key)
            made = self.make.work.summary(portion.key)
            if made is None:
                yield portion
            else:
                self._take(portion, made, reused=True)

    def _take(self, portion: Portion, made: PartSummary, *, reused: bool) -> None:
        self._waiting[portion.key] = made
        while self._reported < len(self.keys) and (
            ready := self._waiting.pop(self.keys[self._reported], None)
        ):
            self._reported += 1
            for problems in ready.problems:
                self._report_source(problems)
        self.progress = self.progress.after(portion, made, reused=reused)
        self.show(self.progress)

    def _report_source(self, problems_of_source: SourceProblems) -> None:
        """Report the problems of a source, or of another stretch of it; the limit is for the source."""
        if self._source is None or self._source.where != problems_of_source.where:
            if self._source is not None:
                self._source.close()
            self._source = FirstProblems(problems_of_source.where, self.report)
        for problem in problems_of_source.problems:
            self._source(problem)
        self._source.add_untold(left_out=True, count=problems_of_source.more_left_out)
        self._source.add_untold(left_out=False, count=problems_of_source.more_warnings)
