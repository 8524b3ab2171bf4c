"""A corpus made from labelled texts themselves, for those who have labels and no corpus yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hashiya.corpus.building.build import Built, build
from hashiya.corpus.building.engines.local_engine import LocalEngine, usable_cores
from hashiya.corpus.building.run_plan import BuildProgress
from hashiya.corpus.exchange.convert import read_sides, record_sides
from hashiya.corpus.exchange.formats.files import ReadOptions
from hashiya.corpus.exchange.importing.import_sides import Terms
from hashiya.corpus.exchange.importing.whose_sides import sides_by_annotator
from hashiya.corpus.exchange.labelled_texts import labelled_texts
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.recording import ImportReport
from hashiya.corpus.files.atomic import write_whole
from hashiya.schema.codec import dump
from hashiya.schema.errors import CorpusError, LabelError, ReportProblem

LABELLED_TEXTS = ".texts.jsonl"
"""How the file ends, beside the corpus, that its texts are written to and that it is built from."""


@dataclass(frozen=True, slots=True)
class NewCorpus:
    """What was made: the build, the file of its texts, and what became of the labels."""

    built: Built
    texts: Path
    outcome: Outcome
    labels: ImportReport


def import_texts(
    files: Sequence[Path],
    out: Path,
    name: str | None,
    terms: Terms,
    options: ReadOptions | None = None,
    *,
    scheme: Path | None = None,
    licence: str | None = None,
    report: ReportProblem = lambda _: None,
    progress: Callable[[BuildProgress], None] = lambda _: None,
) -> NewCorpus:
    """Make a corpus from the texts of labelled files, then record their labels in it.

    The texts are written to a file beside the corpus, named after it, from which `build` makes it again.
    `CorpusError` where there is a corpus or such a file already. When nothing can be read or built, nothing
    is left.
    """
    texts = out.resolve().with_name(out.resolve().name + LABELLED_TEXTS)
    for path in (out, texts):
        if path.exists() and not (path.is_dir() and not any(path.iterdir())):
            raise CorpusError(f"{path}: is there already; {_way_out(out, texts)}")
    outcome, labels = Outcome(), ImportReport()
    found = read_sides(files, name, options, outcome)
    for sides in found.values():
        sides_by_annotator(sides, terms.annotator, Outcome())  # before anything is made for nobody
    named = [(form, side) for form, sides in found.items() for side in sides]
    made = labelled_texts([side for _, side in named], files[0].name.split(".")[0], outcome)
    more = {} if licence is None else {"licence": licence}
    if not made.rows:
        why = "".join(f"; {found.where}: {found.what}" for found in outcome.problems[:1])
        raise LabelError(f"{files[0]}: holds no text that a corpus can be made of{why}")
    write_whole(texts, "".join(f"{dump({**row, **more})}\n" for row in made.rows))
    try:
        engine = LocalEngine(usable_cores())
        built = build([texts], out, scheme=scheme, engine=engine, report=report, progress=progress)
    finally:
        if not (out / "corpus.toml").exists():
            texts.unlink(missing_ok=True)
    for form in found:
        sides = [
            side
            for (name, _), side in zip(named, made.sides, strict=True)
            if side is not None and name == form
        ]
        record_sides(built.corpus, sides, form, terms, outcome, report=labels)
    return NewCorpus(built, texts, outcome, labels)


def _way_out(out: Path, texts: Path) -> str:
    """Return what to do where a corpus, another folder, or the file of the texts stands in the way."""
    if (out / "manifest.json").exists():
        return f"labels are brought into a corpus by: hashiya convert from FORMAT FILE {out}"
    if out.exists() and not (out / "corpus.toml").exists():
        return "name another corpus to make"
    return (
        f"nothing was built in {out} yet: an import was perhaps cut off; delete {out} and {texts}, "
        "and import again"
    )
