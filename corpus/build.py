"""Sources -> a new generation of a corpus folder, and the account of what was done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path

from hashiya.corpus.account import Account, BuildReport
from hashiya.corpus.beading import place_beads
from hashiya.corpus.encode import Encoder, UseEncoder
from hashiya.corpus.pairs import make_pairs
from hashiya.corpus.rebuild import CarryReport, carry_over
from hashiya.corpus.sources import Report, SourceDocument, SourceFile, find_sources, read_source, unique
from hashiya.corpus.store import Corpus, Manifest, Writer
from hashiya.corpus.tables import file_hash
from hashiya.corpus.tokens import tokenize
from hashiya.schema.codec import dump, from_object, to_object
from hashiya.schema.errors import CorpusError, Problem, SourceError

Progress = Callable[[int, int], None]
"""Called with the sources done and the sources in all."""


@dataclass(frozen=True, slots=True)
class Built:
    """A build's outcome; ``fresh`` is false when the corpus was up to date already."""

    corpus: Corpus
    report: BuildReport
    carried: CarryReport
    fresh: bool


def build(
    paths: Sequence[Path],
    out: Path,
    *,
    name: str | None = None,
    scheme: Path | None = None,
    encoder: Encoder | None = None,
    force: bool = False,
    report: Report = lambda _: None,
    progress: Progress = lambda _done, _total: None,
) -> Built:
    """Build or rebuild a corpus folder from files and folders of sources.

    Where nothing changed since the last build, nothing is written, unless ``force``. ``report`` hears of
    every problem as it is met. Raises `SourceError` when no document could be read; what was built before
    then still holds.
    """
    watch = _Watch(report, progress)
    sources = find_sources(paths, watch.say)
    tokenize("")  # where the extra is missing this fails, before anything is written
    scheme_before = Corpus.open(out).scheme.ref if (out / "corpus.toml").is_file() else None
    with Corpus.building(out, name, scheme) as corpus:
        if scheme_before not in {None, corpus.scheme.ref}:
            what = f"the scheme is now {corpus.scheme.name} {corpus.scheme.version}"
            what += "; `hashiya check` names the labels that do not fit it"
            report(Problem(str(out), what, left_out=False))
        before = _manifest(corpus, watch)
        inputs = _fingerprint(sources, encoder)
        fresh = force or before is None or before.inputs != inputs or not corpus.generation().complete()
        if fresh:
            with corpus.new_generation(before) as (writer, publish):
                made = _write(sources, writer, encoder, watch)
                if not made.documents:
                    if scheme_before is None:
                        corpus.discard()
                    raise SourceError("no document could be read, so nothing was built; see above")
                publish(inputs, to_object(made))
        else:
            made = read_report(corpus)
            for problem in made.problems:
                if problem not in watch.problems:
                    watch.say(problem)
            made = replace(made, problems=tuple(watch.problems))
        with corpus.journal() as journal:
            carried = carry_over(journal, corpus.generation())
    return Built(corpus, made, carried, fresh)


def _manifest(corpus: Corpus, watch: _Watch) -> Manifest | None:
    """The manifest that holds; a damaged one is told of, and the build makes another."""
    try:
        return corpus.manifest()
    except CorpusError as error:
        watch.say(Problem(str(corpus.folder), f"{error}; this build makes another", left_out=False))
        return None


def read_report(corpus: Corpus) -> BuildReport:
    """Return what the last build said of itself."""
    manifest = corpus.generation().manifest
    return from_object(BuildReport, manifest.report, str(corpus.folder / "manifest.json"))


@dataclass(slots=True)
class _Watch:
    """Hears of problems and progress, and remembers the problems."""

    report: Report
    progress: Progress
    problems: list[Problem] = field(default_factory=list)

    def say(self, problem: Problem) -> None:
        self.problems.append(problem)
        self.report(problem)

    def read(self, sources: Sequence[SourceFile]) -> Iterator[SourceDocument]:
        for number, source in enumerate(sources):
            self.progress(number, len(sources))
            yield from read_source(source, self.say)
        self.progress(len(sources), len(sources))


def _write(
    sources: Sequence[SourceFile], writer: Writer, encoder: Encoder | None, watch: _Watch
) -> BuildReport:
    account = Account(encoder)
    for item in unique(watch.read(sources), watch.say):
        pairs = make_pairs(item.document, place_beads(item.document, item.beads, encoder), tokenize)
        writer.add(item.document, pairs)
        account.add(item, pairs)
    return account.report(watch.problems)


def _fingerprint(sources: Sequence[SourceFile], encoder: Encoder | None) -> str:
    """What the outcome depends on: this version, the encoder, every file by name and content."""
    files = [
        [source.format, source.key, [[path.name, _content(path)] for path in source.paths]]
        for source in sources
    ]
    made_by = [metadata.version("hashiya"), encoder.name if encoder else UseEncoder.name]
    return hashlib.sha256(dump([made_by, files]).encode()).hexdigest()


def _content(path: Path) -> str:
    """The hash of a file; one that cannot be read is told of when it is its turn."""
    try:
        return file_hash(path)
    except OSError:
        return ""
