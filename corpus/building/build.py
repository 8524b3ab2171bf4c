"""Sources -> a new generation of a corpus folder, and the report of what was made."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path

from hashiya.corpus.building.assembly import DistinctIds, assemble
from hashiya.corpus.building.build_report import BuildReport, read_report
from hashiya.corpus.building.engines.local_engine import Engine, LocalEngine
from hashiya.corpus.building.part_files import PART_FORMAT, MakePart, PartFolder
from hashiya.corpus.building.plan import PORTION, plan, source_identity, source_size
from hashiya.corpus.building.run_plan import BuildProgress, PlanRun
from hashiya.corpus.building.surveys import LikeDocuments, RepeatedLines
from hashiya.corpus.carrying.carry_over import CarryReport, carry_over
from hashiya.corpus.encoders.protocol import Encoder
from hashiya.corpus.encoders.use.encoder import UseEncoder
from hashiya.corpus.sources.find import find_sources
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.source import SourceFile
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Manifest
from hashiya.corpus.store.parquet import file_hash
from hashiya.corpus.text.tokens import tokenize
from hashiya.schema.codec import dump, to_object
from hashiya.schema.errors import CorpusError, Problem, ReportProblem, SourceError


@dataclass(frozen=True, slots=True)
class Built:
    """A build's outcome; `fresh` is false when the corpus was up to date already.

    Of its `parts` so many were `reused` from a build that was stopped.
    """

    corpus: Corpus
    report: BuildReport
    carried: CarryReport
    fresh: bool
    workers: int = 0
    parts: int = 0
    reused: int = 0


def build(
    paths: Sequence[Location],
    out: Path,
    *,
    name: str | None = None,
    scheme: Path | None = None,
    encoder: Encoder | None = None,
    force: bool = False,
    workers: int = 1,
    portion: int = PORTION,
    engine: Engine | None = None,
    report: ReportProblem = lambda _: None,
    progress: Callable[[BuildProgress], None] = lambda _: None,
) -> Built:
    """Build or rebuild a corpus folder from files and folders of sources.

    Where nothing changed since the last build, nothing is written, unless `force`. `report` is called with
    every problem as it is met. Raises `SourceError` when no document could be read; then the generation that
    was built before still holds. A build that is stopped leaves what it made to the next one.

    With more `workers` than one, processes of this machine do the work, and a script that calls this
    needs the usual `if __name__ == "__main__"`; another `engine` takes their place. Work is handed out in
    portions of about `portion` bytes of source text. The corpus has the same bytes whoever made it.
    """
    log = _ProblemLog(report)
    engine = engine or LocalEngine(workers)
    sources = find_sources(paths, log.report)
    tokenize("")  # where the extra is missing this fails, before anything is written
    scheme_before = Corpus.open(out).scheme.ref if (out / "corpus.toml").is_file() else None
    with Corpus.building(out, name, scheme) as corpus:
        if scheme_before not in {None, corpus.scheme.ref}:
            what = f"the scheme is now {corpus.scheme.name} {corpus.scheme.version}"
            what += "; `hashiya check` names the labels that do not fit it"
            report(Problem(str(out), what, left_out=False))
        before = _manifest(corpus, log)
        hashes = _FileHashes()
        made_by = [metadata.version("hashiya"), encoder.name if encoder else UseEncoder.name]
        inputs = _fingerprint(sources, made_by, hashes)
        fresh = force or before is None or before.inputs != inputs or not corpus.generation().complete()
        work = PartFolder(corpus.work)
        done = BuildProgress(0)
        if fresh:
            work.open()
            size = sum(map(source_size, sources))
            making = PlanRun(MakePart(work, encoder), log.report, progress, BuildProgress(size))
            making.run(plan(sources, [*made_by, str(PART_FORMAT)], hashes.hash, portion), engine)
            done = making.progress
            with corpus.new_generation(before) as writer:
                like = LikeDocuments(writer)
                with tempfile.TemporaryFile(dir=writer.folder) as waiting:
                    lines = RepeatedLines(like, waiting)
                    surveys = (DistinctIds(log.report), like, lines)
                    counts = assemble(lambda: map(work.read, making.keys), surveys, writer)
                made = counts.report(log.problems)
                made = replace(made, duplicates=like.counts, repeated=lines.counts)
                if not made.documents:
                    work.clear()
                    if scheme_before is None:
                        corpus.discard()
                    raise SourceError("no document could be read, so nothing was built; see above")
                writer.publish(inputs, to_object(made))
        else:
            made = read_report(corpus)
            for problem in made.problems:
                if problem not in log.problems:
                    log.report(problem)
            made = replace(made, problems=tuple(log.problems))
        work.clear()
        with corpus.journal() as journal:
            carried = carry_over(journal, corpus.generation())
    return Built(corpus, made, carried, fresh, engine.workers, done.parts, done.parts_reused)


def _manifest(corpus: Corpus, log: _ProblemLog) -> Manifest | None:
    """The manifest that holds; a damaged one is reported, and the build makes another."""
    try:
        return corpus.manifest()
    except CorpusError as error:
        log.report(Problem(str(corpus.folder), f"{error}; this build makes another", left_out=False))
        return None


@dataclass(slots=True)
class _ProblemLog:
    """The problems of a build so far; each is passed on as it is reported."""

    pass_on: ReportProblem
    problems: list[Problem] = field(default_factory=list)

    def report(self, problem: Problem) -> None:
        self.problems.append(problem)
        self.pass_on(problem)


@dataclass(slots=True)
class _FileHashes:
    """The hashes of files, each read once."""

    known: dict[Location, str] = field(default_factory=dict[Location, str])

    def hash(self, path: Location) -> str:
        """The hash of a file's content; "" where it cannot be read, which is reported when it is its turn."""
        if path not in self.known:
            try:
                self.known[path] = file_hash(path)
            except OSError:
                self.known[path] = ""
        return self.known[path]


def _fingerprint(sources: Sequence[SourceFile], made_by: Sequence[str], hashes: _FileHashes) -> str:
    """What the outcome depends on: this version, the encoder, every file by name and content."""
    files = [source_identity(source, hashes.hash) for source in sources]
    return hashlib.sha256(dump([list(made_by), files]).encode()).hexdigest()
