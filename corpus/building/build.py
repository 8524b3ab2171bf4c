"""Sources -> a new generation of a corpus folder, and the report of what was made."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path

from hashiya.corpus.building.assembly import Assembly
from hashiya.corpus.building.build_report import BuildReport, read_report
from hashiya.corpus.building.chunks import CHUNK_SIZE, Chunk, chunks_of
from hashiya.corpus.building.engines.local_engine import Engine, LocalEngine
from hashiya.corpus.building.known_files import KNOWN_FILES, KnownFiles
from hashiya.corpus.building.part_files import MakePart, PartFolder
from hashiya.corpus.building.plan import PORTION, SHARD, shards_of
from hashiya.corpus.building.run_plan import BuildProgress, PlanRun
from hashiya.corpus.building.shard_state import KnownShard
from hashiya.corpus.building.surveys import Findings
from hashiya.corpus.carrying.carry_over import CarryReport, carry_over
from hashiya.corpus.duplicates.near_duplicates import DUPLICATES, DuplicateLink, count_groups, groups
from hashiya.corpus.duplicates.repeated_lines import RepeatedCounts
from hashiya.corpus.encoders.protocol import Encoder
from hashiya.corpus.encoders.use.encoder import UseEncoder
from hashiya.corpus.sources.find import find_sources
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import CORPUS_FORMAT, Generation, Manifest
from hashiya.corpus.store.writer import GenerationWriter
from hashiya.corpus.text.tokens import tokenize
from hashiya.schema.codec import dump, to_object
from hashiya.schema.errors import CorpusError, Problem, ReportProblem, SourceError


@dataclass(frozen=True, slots=True)
class Built:
    """A build's outcome; `fresh` is false when the corpus was up to date already.

    Of its `parts` so many were `reused` from a build that was stopped. Of its `shards` so many were `kept`
    from the generation before. `upgraded` says that the corpus was of an earlier format.
    """

    corpus: Corpus
    report: BuildReport
    carried: CarryReport
    fresh: bool
    workers: int = 0
    parts: int = 0
    reused: int = 0
    shards: int = 0
    kept: int = 0
    upgraded: bool = False


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
    shard: int = SHARD,
    engine: Engine | None = None,
    report: ReportProblem = lambda _: None,
    progress: Callable[[BuildProgress], None] = lambda _: None,
) -> Built:
    """Build or rebuild a corpus folder from files and folders of sources.

    Only what changed since the last build is read, aligned and written; with `force` everything is. The files
    are those that a build of everything makes. `report` is called with every problem as it is met. Raises
    `SourceError` when no document could be read; then the generation that was built before still holds. A
    build that is stopped leaves what it made to the next one.

    With more `workers` than one, processes of this machine do the work, and a script that calls this
    needs the usual `if __name__ == "__main__"`; another `engine` takes their place. Work is handed out in
    portions of about `portion` bytes of source text. The corpus has the same bytes whoever made it; where
    its shards end depends on `shard`, their bytes of source text on average.
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
        upgraded = corpus.format != CORPUS_FORMAT
        before = _manifest(corpus, log)
        files = KnownFiles(out / KNOWN_FILES, forget=force)
        made_by = [metadata.version("hashiya"), encoder.name if encoder else UseEncoder.name]
        chunks = list(chunks_of(sources, made_by, files, min(CHUNK_SIZE, shard)))
        inputs = _fingerprint(chunks, made_by, shard)
        old = None if before is None or before.format != CORPUS_FORMAT or force else corpus.generation()
        whole = () if old is None else _whole_shards(old, files)
        fresh = (
            old is None or upgraded or old.manifest.inputs != inputs or not _is_complete(old, whole, files)
        )
        work = PartFolder(corpus.work)
        done = BuildProgress(0)
        assembly = Assembly(whole, work, portion)
        work.open()
        size = sum(chunk.size for chunk in chunks)
        show = progress if fresh else lambda _: None  # where nothing is made only problems are told
        making = PlanRun(MakePart(work, encoder), log.report, show, BuildProgress(size))
        making.run(assembly.plan(shards_of(chunks, shard)), engine)
        if fresh:
            done = making.progress
            if assembly.distrust(making.failed, files):
                inputs = secrets.token_hex(len(inputs) // 2)
            findings = assembly.findings(log.report)
            if not any(kept.any() for kept in findings.kept):
                work.clear()
                if scheme_before is None:
                    corpus.discard()
                raise SourceError("no document could be read, so nothing was built; see above")
            with corpus.new_generation(before) as writer:
                made = _published(writer, assembly, findings, inputs, log.problems)
            _remember(corpus.generation(), files)
        else:
            if not all(known.is_whole for known in whole):
                assembly.findings(log.report)
            made = replace(read_report(corpus), problems=tuple(log.problems))
        files.save()
        work.clear()
        generation = corpus.generation()
        with corpus.journal() as journal:
            carried = carry_over(journal, generation)
    return Built(
        corpus=corpus,
        report=made,
        carried=carried,
        fresh=fresh,
        workers=engine.workers,
        parts=done.parts,
        reused=done.parts_reused,
        shards=len(generation.shards),
        kept=assembly.kept,
        upgraded=upgraded and fresh,
    )


def _published(
    writer: GenerationWriter,
    assembly: Assembly,
    findings: Findings,
    inputs: str,
    problems: Sequence[Problem],
) -> BuildReport:
    """Write and publish a generation, and return the report of it."""
    counts = assembly.write(findings, writer)
    writer.record_file(DUPLICATES, DuplicateLink).add(findings.links)
    made = replace(
        counts.report(problems),
        duplicates=count_groups(groups(findings.links)),
        repeated=RepeatedCounts(lines=len(findings.repeated), pairs=counts.repeated),
    )
    writer.publish(inputs, to_object(made))
    return made


def _whole_shards(generation: Generation, files: KnownFiles) -> tuple[KnownShard, ...]:
    """The shards of a generation that are as they were built."""
    found: list[KnownShard] = []
    for entry, shard in zip(generation.manifest.shards, generation.shards, strict=True):
        if all(files.is_as_built(shard.path(name), expected) for name, expected in entry.files.items()):
            known = KnownShard.opened(entry, shard)
            if known is not None:
                found.append(known)
    return tuple(found)


def _is_complete(generation: Generation, whole: Sequence[KnownShard], files: KnownFiles) -> bool:
    """Whether all shards, and the other files of a generation, are as they were built."""
    return len(whole) == len(generation.shards) and all(
        files.is_as_built(generation.folder / name, entry)
        for name, entry in generation.manifest.files.items()
    )


def _remember(generation: Generation, files: KnownFiles) -> None:
    """Keep the hashes of what was written, which need not be read again to be known."""
    for shard in generation.shards:
        for name, entry in shard.files.items():
            files.wrote(shard.path(name), entry)


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


def _fingerprint(chunks: Sequence[Chunk], made_by: Sequence[str], shard: int) -> str:
    """What the outcome depends on: this version, the encoder, every source by name and content."""
    return hashlib.sha256(dump([list(made_by), shard, [chunk.key for chunk in chunks]]).encode()).hexdigest()
