"""Which pairs of a corpus wait for an adjudicator, the least sure first, and which are settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hashiya.corpus.dataset.voted_pairs import voted_pairs
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.agreement.compared import VotedPair, compare_votes
from hashiya.corpus.team.agreement.posteriors import layer_doubts
from hashiya.corpus.team.differences import compare_versions
from hashiya.corpus.team.votes import Vote, finished_votes
from hashiya.schema.errors import Problem
from hashiya.schema.scheme import LabelScheme


@dataclass(frozen=True, slots=True)
class SettledPair:
    """A pair that somebody has finished: how many cells are open, and how many an adjudicator has decided.

    `doubt` is how unsure the least sure of the open cells is, by the annotators' abilities: 0 to 1.
    """

    pair_id: str
    doc_id: str
    voters: int
    open: int = 0
    settled: int = 0
    doubt: float = 0.0


def settled_pairs(corpus: Corpus, report: Callable[[Problem], None] = lambda _: None) -> list[SettledPair]:
    """Return the pairs that anybody has finished: those with open cells first, the least sure before others.

    Pairs that are as sure stand in the order of the corpus. What was left out `report` is told.
    """
    pairs = list(voted_pairs(corpus, report, with_decisions=True))
    doubts = layer_doubts(compare_votes(pairs, corpus.scheme))
    found = [_settled(pair, corpus.scheme, doubts) for pair in pairs]
    finished = [pair for pair in found if pair.voters]
    return sorted(finished, key=lambda pair: (not pair.open, -round(pair.doubt, 9)))


def _settled(pair: VotedPair, scheme: LabelScheme, doubts: dict[tuple[str, str], float]) -> SettledPair:
    voters = list(finished_votes(pair.votes))
    if not pair.adjudications and _say_the_same(voters):
        return SettledPair(pair.pair_id, pair.doc_id, len({vote.voter for vote in voters}))
    compared = compare_versions(pair, pair.votes, scheme, pair.adjudications)
    layers = {item.cell.layer for item in compared.open}
    return SettledPair(
        pair.pair_id,
        pair.doc_id,
        len({version.name for version in compared.versions if version.kind in {"voter", "known"}}),
        len(compared.open),
        len(compared.settled),
        max((doubts.get((pair.pair_id, layer), 0.0) for layer in layers), default=0.0),
    )


def _say_the_same(votes: Sequence[Vote]) -> bool:
    """Whether votes cannot differ: there is one of one version, or all have the same labels and covers."""
    said = [item for vote in votes for item in vote.annotations]
    return len(said) < 2 or all(
        getattr(item, name) == getattr(said[0], name) for item in said[1:] for name in _LABELS
    )


_LABELS = ("entities", "flags", "links", "stances", "implications", "covers")
