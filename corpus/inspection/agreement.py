"""The agreement of the annotators of a corpus: read from its journal, pair by pair, document by document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hashiya.corpus.dataset.standing_votes import StandingVotes
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.agreement.compared import VotedPair, compare_votes
from hashiya.corpus.team.agreement.disagreements import Disagreements, find_disagreements
from hashiya.corpus.team.agreement.figures import AgreementFigure, CoefficientName, agreement_figures
from hashiya.schema.errors import Problem
from hashiya.schema.records import Lang, SchemeRef

SEED = 20260101
COEFFICIENT_TITLES: Mapping[CoefficientName, str] = {
    "alpha": "alpha",
    "masi_alpha": "alpha, MASI",
    "u_alpha": "u-alpha",
    "f1_exact": "F1, exact",
    "f1_overlapping": "F1, overlapping",
    "f1_type_only": "F1, type only",
    "f1": "F1",
}
_SIDES: Mapping[Lang, str] = {"ar": "Arabic", "en": "English"}
_COLUMNS = ["pair_id", "doc_id", "kind", "ar", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementReport:
    """Who was compared, on how much, and how far they agree.

    `finished` counts the pairs that each annotator has done, `pairs` those that anybody has, `shared` those
    that two or more have; `documents` are those of the shared pairs. `references` are gold and adjudicated
    annotations. `seed` is that of the intervals.
    """

    name: str
    scheme: SchemeRef
    annotators: tuple[str, ...]
    references: tuple[str, ...]
    finished: dict[str, int]
    pairs: int
    shared: int
    documents: int
    seed: int
    figures: tuple[AgreementFigure, ...]
    disagreements: Disagreements


def measure_agreement(
    corpus: Corpus,
    *,
    seed: int = SEED,
    lang: Lang = "en",
    report: Callable[[Problem], None] = lambda _: None,
) -> AgreementReport:
    """Return the agreement of a corpus's annotators; of what was left out `report` is told.

    `lang` is the language of the guidelines' rules beside what is disputed.
    """
    found = compare_votes(_voted_pairs(corpus, report), corpus.scheme)
    return AgreementReport(
        name=corpus.name,
        scheme=corpus.scheme.ref,
        annotators=found.annotators,
        references=found.references,
        finished=dict(sorted(found.finished.items())),
        pairs=found.pairs,
        shared=found.shared,
        documents=len(found.documents),
        seed=seed,
        figures=tuple(agreement_figures(found, corpus.scheme, seed)),
        disagreements=find_disagreements(found, corpus.scheme, lang),
    )


def figure_title(figure: AgreementFigure) -> str:
    """Return what a figure is of, in words: the layer, the aspect, and what narrows it."""
    narrowed = [
        part
        for part in (
            figure.target,
            figure.channel,
            figure.label,
            _SIDES[figure.lang] if figure.lang else None,
        )
        if part is not None
    ]
    of = figure.layer if figure.aspect == figure.layer else f"{figure.layer}, {figure.aspect}"
    return f"{of}: {', '.join(narrowed)}" if narrowed else of


def _voted_pairs(corpus: Corpus, report: Callable[[Problem], None]) -> Iterator[VotedPair]:
    """The labelled pairs of the generation that holds, in its order, under the names of the annotators."""
    generation = corpus.generation()
    with corpus.journal(write=False) as journal:
        labelled = {*journal.pair_ids()}
        cast = StandingVotes(journal, corpus.scheme, _OwnNames())
        for batch in generation.pair_batches(_COLUMNS):
            rows = [
                row
                for row in batch.select(_COLUMNS).to_pylist()
                if row["pair_id"] in labelled and row["kind"] != "boilerplate"
            ]
            votes = cast.votes([row["pair_id"] for row in rows]) if rows else {}
            for row in rows:
                yield VotedPair(
                    row["pair_id"], row["doc_id"], row["ar"], row["en"], votes.get(row["pair_id"], ())
                )
    for made_with, count in sorted(cast.unfit.items()):
        now = f"{corpus.scheme.name} {corpus.scheme.version}"
        report(Problem(f"scheme {made_with}", f"{count} annotations left out: the corpus has {now} now"))


class _OwnNames(dict[str, str]):
    """Annotators under their own names, where a release has pseudonyms."""

    def __missing__(self, name: str) -> str:
        return name
