"""All parts of a plan on the disk: those that are there already, and those that an engine makes.

Problems are reported in the order of the plan, whichever part was ready first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from hashiya.corpus.building.chunks import Chunk
from hashiya.corpus.building.engines.local_engine import Engine
from hashiya.corpus.building.part_files import MakePart, PartSummary
from hashiya.corpus.building.part_tables import ChunkNotes
from hashiya.corpus.building.places import told_problem
from hashiya.corpus.building.plan import Portion
from hashiya.corpus.sources.read import FirstProblems
from hashiya.schema.errors import ReportProblem


@dataclass(frozen=True, slots=True)
class ReadyChunks:
    """Neighbouring chunks that need not be made: they are in the corpus as they are wanted."""

    chunks: Sequence[Chunk]
    made: PartSummary

    @property
    def size(self) -> int:
        """Their bytes of source text."""
        return sum(chunk.size for chunk in self.chunks)


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """How far a build is. Sizes are bytes of source text; `reused` of them were there already.

    `parts` are those of portions; `parts_reused` of them were left by a build that was stopped.
    """

    size: int
    done: int = 0
    reused: int = 0
    parts: int = 0
    parts_reused: int = 0
    documents: int = 0
    pairs_made: int = 0

    def after(self, step: Portion | ReadyChunks, made: PartSummary, *, reused: bool) -> BuildProgress:
        """The state after one more part, or after chunks that were ready."""
        is_part = isinstance(step, Portion)
        return replace(
            self,
            done=self.done + step.size,
            reused=self.reused + step.size * reused,
            parts=self.parts + is_part,
            parts_reused=self.parts_reused + (is_part and reused),
            documents=self.documents + made.documents,
            pairs_made=self.pairs_made + made.pairs * (not reused),
        )


@dataclass(slots=True)
class PlanRun:
    """A run over the steps of a plan."""

    make: MakePart
    report: ReportProblem
    show: Callable[[BuildProgress], None]
    progress: BuildProgress
    failed: set[str] = field(default_factory=set[str])
    """The keys of chunks with a file that the system refused."""
    _steps: list[Portion | ReadyChunks] = field(default_factory=list[Portion | ReadyChunks])
    _reported: int = 0
    _waiting: dict[int, PartSummary] = field(default_factory=dict[int, PartSummary])
    _numbers: dict[str, int] = field(default_factory=dict[str, int])
    _source: FirstProblems | None = None

    def run(self, steps: Iterable[Portion | ReadyChunks], engine: Engine) -> None:
        """Have the engine make every missing part; a run that is stopped leaves those that are done."""
        self.show(self.progress)
        with closing(engine.run(self._missing(steps), self.make)) as results:
            for portion, made in results:
                self._take(self._numbers[portion.key], made, reused=False)
        if self._source is not None:
            self._source.close()

    def _missing(self, steps: Iterable[Portion | ReadyChunks]) -> Iterator[Portion]:
        for number, step in enumerate(steps):
            self._steps.append(step)
            if isinstance(step, ReadyChunks):
                self._take(number, step.made, reused=True)
                continue
            self._numbers[step.key] = number
            made = self.make.work.summary(step.key)
            if made is None or any(notes.has_failed for notes in made.chunks):
                yield step
            else:
                self._take(number, made, reused=True)

    def _take(self, number: int, made: PartSummary, *, reused: bool) -> None:
        self._waiting[number] = made
        while ready := self._waiting.pop(self._reported, None):
            step = self._steps[self._reported]
            self._reported += 1
            for chunk, notes in zip(step.chunks, ready.chunks, strict=False):
                if not notes.is_clean:
                    self._report_chunk(chunk, notes)
                if notes.has_failed:
                    self.failed.add(chunk.key)
        self.progress = self.progress.after(self._steps[number], made, reused=reused)
        self.show(self.progress)

    def _report_chunk(self, chunk: Chunk, notes: ChunkNotes) -> None:
        """Report the problems of a source, or of another stretch of it; the limit is for the source."""
        where = chunk.source.where
        if self._source is None or self._source.where != where:
            if self._source is not None:
                self._source.close()
            self._source = FirstProblems(where, self.report)
        for problem in notes.problems:
            self._source(told_problem(problem, chunk))
        self._source.add_untold(left_out=True, count=notes.more_left_out)
        self._source.add_untold(left_out=False, count=notes.more_warnings)
