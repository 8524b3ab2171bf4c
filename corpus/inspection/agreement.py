"""The agreement of the annotators of a corpus: read from its journal, pair by pair, document by document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hashiya.corpus.dataset.voted_pairs import voted_pairs
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.agreement.compared import compare_votes
from hashiya.corpus.team.agreement.disagreements import Disagreements, find_disagreements
from hashiya.corpus.team.agreement.figures import AgreementFigure, CoefficientName, agreement_figures
from hashiya.corpus.team.agreement.posteriors import Posteriors, team_posteriors
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementReport:
    """Who was compared, on how much, and how far they agree.

    `finished` counts the pairs that each annotator has done; `assumed` those of all of them that do not say
    what was looked at. `pairs` counts those that anybody has done, `shared` those that two or more have, in
    `documents`. `references` are gold and adjudicated annotations. `seed` is that of the intervals.
    """

    name: str
    scheme: SchemeRef
    annotators: tuple[str, ...]
    references: tuple[str, ...]
    finished: dict[str, int]
    assumed: int
    pairs: int
    shared: int
    documents: int
    seed: int
    figures: tuple[AgreementFigure, ...]
    disagreements: Disagreements
    posteriors: Posteriors


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
    found = compare_votes(voted_pairs(corpus, report), corpus.scheme)
    return AgreementReport(
        name=corpus.name,
        scheme=corpus.scheme.ref,
        annotators=found.annotators,
        references=found.references,
        finished=dict(sorted(found.finished.items())),
        assumed=found.assumed,
        pairs=found.pairs,
        shared=found.shared,
        documents=len(found.documents),
        seed=seed,
        figures=tuple(agreement_figures(found, corpus.scheme, seed)),
        disagreements=find_disagreements(found, corpus.scheme, lang),
        posteriors=team_posteriors(found, seed),
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
