"""The formats of other tools, what each holds, and labels written to and read from them.

Entities are held by all. Stances, implications, links and comments are held by none: an import leaves those
that stand, and an export counts them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal, TypeAlias

from hashiya.corpus.exchange.detect_format import detect_format
from hashiya.corpus.exchange.export_sides import Selection, sides_of
from hashiya.corpus.exchange.formats import (
    argilla,
    brat,
    conll,
    docbin,
    doccano,
    hf,
    jsonl,
    prodigy,
    uima,
    webanno,
)
from hashiya.corpus.exchange.formats.files import ReadOptions, SideReader
from hashiya.corpus.exchange.importing.import_sides import Terms, annotations_of
from hashiya.corpus.exchange.importing.label_map import draft_label_map
from hashiya.corpus.exchange.labelstudio import plain_format
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.recording import GivenLabels, ImportReport, record_labels
from hashiya.corpus.exchange.release_sides import ReleasedSides, released_sides
from hashiya.corpus.exchange.sides import FLAG, Export, Side, SideLayer
from hashiya.corpus.files.atomic import replacing_file, replacing_folder
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import HashiyaError, LabelError
from hashiya.schema.scheme import LabelScheme

_Source: TypeAlias = tuple[Literal["corpus", "release"], Path]


def _whole(side: Side, _outcome: Outcome) -> Side:
    return side


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeFormat:
    """A format: `holds` says which layers besides entities; `folder`, whether it is more than one file.

    One that writes `tokens` cuts them where entities of a corpus begin and end.
    `fit` returns what of a side the format can hold, and counts the rest. One without `write` is only read.
    """

    title: str
    folder: bool
    holds: frozenset[SideLayer]
    read: SideReader
    write: Callable[[Export], None] | None = None
    fit: Callable[[Side, Outcome], Side | None] = _whole
    tokens: bool = False


FORMATS: Mapping[str, ExchangeFormat] = {
    "doccano": ExchangeFormat(
        title="doccano's JSONL",
        folder=False,
        holds=frozenset({"flags", "annotators", "statuses"}),
        write=doccano.write,
        read=doccano.read,
    ),
    "prodigy": ExchangeFormat(
        title="Prodigy's JSONL",
        folder=False,
        holds=frozenset({"ids", "concepts", "flags", "intended", "annotators", "statuses"}),
        write=prodigy.write,
        read=prodigy.read,
    ),
    "conll": ExchangeFormat(
        title="CoNLL",
        folder=True,
        holds=frozenset({"statuses"}),
        write=conll.write,
        read=conll.read,
        fit=conll.fit,
        tokens=True,
    ),
    "brat": ExchangeFormat(
        title="brat's standoff",
        folder=True,
        holds=frozenset({"concepts", "flags", "intended"}),
        write=brat.write,
        read=brat.read,
        fit=brat.fit,
    ),
    "xmi": ExchangeFormat(
        title="UIMA CAS XMI",
        folder=True,
        holds=frozenset({"concepts", "flags"}),
        write=uima.write,
        read=uima.read,
        fit=uima.fit,
    ),
    "spacy": ExchangeFormat(
        title="spaCy's DocBin",
        folder=True,
        holds=frozenset({"ids", "concepts", "flags", "intended", "statuses"}),
        write=docbin.write,
        read=docbin.read,
        fit=docbin.fit,
    ),
    "labelstudio": ExchangeFormat(
        title="Label Studio's JSON of any project",
        folder=False,
        holds=frozenset({"annotators", "statuses"}),
        read=plain_format.read,
    ),
    "webanno": ExchangeFormat(
        title="WebAnno TSV 3",
        folder=True,
        holds=frozenset({"concepts", "annotators"}),
        read=webanno.read,
    ),
    "hf": ExchangeFormat(
        title="Hugging Face's token classification",
        folder=True,
        holds=frozenset({"annotators"}),
        read=hf.read,
    ),
    "argilla": ExchangeFormat(
        title="Argilla's records",
        folder=False,
        holds=frozenset({"annotators", "statuses"}),
        read=argilla.read,
    ),
    "jsonl": ExchangeFormat(
        title="JSON Lines with text, spans and annotator",
        folder=False,
        holds=frozenset({"ids", "concepts", "flags", "intended", "annotators", "statuses"}),
        read=jsonl.read,
    ),
}


def write_labels(
    corpus: Corpus, name: str, out: Path, selection: Selection | None = None, *, strict: bool = False
) -> Outcome:
    """Write the labels of a corpus in a format, whole or not at all; return what was left out, and why.

    `out` is a file, or a folder that is new or empty. With `strict`, `LabelError` if anything is left
    out, and nothing is written.
    """
    form, outcome = _format(name), Outcome()
    sides = sides_of(corpus, selection or Selection(), form.title, form.holds, outcome)
    source: _Source = ("corpus", corpus.folder)
    _write(form, sides, out, source, scheme=corpus.scheme, outcome=outcome, strict=strict)
    return outcome


def write_released(release: ReleasedSides, name: str, out: Path, *, strict: bool = False) -> Outcome:
    """Write the resolved labels of a released dataset in a format; as `write_labels`.

    Tokens are made from the text alone. A side of which it is in part not known what is there is left out.
    """
    form, outcome = _format(name), Outcome()
    for what, count in release.others.items():
        if count:
            outcome.leave(what, f"{form.title} has no place for them", count)
    sides = released_sides(release, form.title, form.holds, outcome, tokens=form.tokens)
    source: _Source = ("release", release.folder)
    _write(form, sides, out, source, scheme=release.scheme, outcome=outcome, strict=strict)
    return outcome


def read_labels(
    corpus: Corpus,
    name: str,
    source: Path,
    terms: Terms,
    options: ReadOptions | None = None,
    *,
    strict: bool = False,
) -> tuple[Outcome, ImportReport]:
    """Record the labels of a file or folder in a format; return what was left out, and what was recorded.

    With `strict`, `LabelError` if anything is left out, and nothing is recorded.
    """
    form = _format(name)
    outcome, report = Outcome(), ImportReport()
    sides = list(form.read(source, outcome, options))
    record_sides(corpus, sides, name, terms, outcome, report=report, strict=strict)
    return outcome, report


def record_sides(
    corpus: Corpus,
    sides: Sequence[Side],
    name: str,
    terms: Terms,
    outcome: Outcome,
    *,
    report: ImportReport,
    strict: bool = False,
) -> None:
    """Record the labels of sides that were read in a format, and add to both accounts; as `read_labels`."""
    given = list(annotations_of(corpus, sides, terms, _format(name).holds, outcome))
    if strict:
        _refuse_losses(outcome, "recorded")
    labels = (GivenLabels(where, annotation) for where, annotation in given)
    before = report.recorded + report.unchanged
    record_labels(corpus, labels, report, both="replace" if terms.replace else "keep")
    outcome.keep("annotations", report.recorded + report.unchanged - before)


def read_sides(
    files: Sequence[Path], name: str | None, options: ReadOptions | None, outcome: Outcome
) -> dict[str, list[Side]]:
    """Return the sides of some files by their format, which is found out where none is named."""
    found: dict[str, list[Side]] = {}
    for file in files:
        form = name or detect_format(file)
        found.setdefault(form, []).extend(_format(form).read(file, outcome, options))
    return found


def draft_map(
    scheme: LabelScheme, files: Sequence[Path], name: str | None, options: ReadOptions | None = None
) -> tuple[str, Outcome]:
    """Return a label map for the labels that files hold, to be filled in, and what could not be read."""
    outcome = Outcome()
    sides = chain.from_iterable(read_sides(files, name, options, outcome).values())
    return draft_label_map(Counter(mark.label for side in sides for mark in side.marks), scheme), outcome


def _write(
    form: ExchangeFormat,
    sides: Iterator[Side],
    out: Path,
    source: _Source,
    *,
    scheme: LabelScheme,
    outcome: Outcome,
    strict: bool,
) -> None:
    """Write sides that come from a folder of a kind."""
    if form.write is None:
        written = ", ".join(known for known, other in FORMATS.items() if other.write is not None)
        raise LabelError(f"{form.title} is only read, not written; one of {written} can be written")
    with _written_whole(out, source, folder=form.folder) as draft:
        fitting = _fitting(sides, form, outcome)
        form.write(Export(sides=fitting, out=draft, name=out.resolve().name, scheme=scheme))
        if strict:
            _refuse_losses(outcome, "written")


def _format(name: str) -> ExchangeFormat:
    if name not in FORMATS:
        raise LabelError(f"there is no format {name!r}; one of {', '.join(FORMATS)}")
    return FORMATS[name]


def _fitting(sides: Iterator[Side], form: ExchangeFormat, outcome: Outcome) -> Iterator[Side]:
    for side in sides:
        fitting = form.fit(side, outcome)
        if fitting is None:
            continue
        flags = sum(mark.label.startswith(FLAG) for mark in fitting.marks)
        outcome.keep("sides")
        outcome.keep("entities", len(fitting.marks) - flags)
        if flags:
            outcome.convert("flags", f"spans with the label {FLAG}KIND", flags)
        yield fitting


def _refuse_losses(outcome: Outcome, done: str) -> None:
    if outcome.whole:
        return
    counted = [f"{count} {what}: {why}" for (what, why), count in outcome.left_out.items()]
    told = [str(problem) for problem in outcome.problems if problem.left_out]
    raise LabelError("\n".join([f"nothing was {done}; left out would be", *counted, *told]))


@contextmanager
def _written_whole(target: Path, source: _Source, *, folder: bool) -> Generator[Path]:
    """Yield where to write what `target` will hold when the block ends without an error.

    A file takes the place of the one before. A folder must be new or empty: what somebody labelled in it
    is not overwritten.
    """
    final = target.resolve()
    kind, place = source
    if final.is_relative_to(place.resolve()):
        raise HashiyaError(f"{target}: lies in the {kind} folder; choose a place outside it")
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
