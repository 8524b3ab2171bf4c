"""Labels with error bars from the votes of a team, and the policy that decides by them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hashiya.corpus.team.agreement.compared import Comparison, VotedPair, compare_votes
from hashiya.corpus.team.agreement.posteriors import fit_models, team_posteriors
from hashiya.corpus.team.policies import (
    SURE_ENOUGH,
    MajorityPolicy,
    PosteriorPolicy,
    StrictPolicy,
    policy_named,
)
from hashiya.corpus.team.resolution import resolve
from hashiya.corpus.team.votes import Vote
from hashiya.schema.adjudication import CellKey
from hashiya.schema.records import Annotation, Entity, Place, Stance
from hashiya.schema.scheme import shipped_scheme
from tests.corpora import new

SCHEME = shipped_scheme()
EN = "Nvidia and Llama said on Wall Street"
ABLE = {"able": 0.95, "good": 0.9, "poor": 0.55, "weak": 0.5}
CHIPS = CellKey(layer="stances", target="chips")


def annotation(who: str, pair_id: str, stance: str | None, *, marks: bool = False) -> Annotation:
    entity = Entity(id="e", lang="en", start=0, end=6, text="Nvidia", type="company")
    return Annotation(
        pair_id=pair_id, annotator=who, status="done", origin="human", scheme=SCHEME.ref,
        place=Place(doc_id="d", ar=None, en=None), entities=(entity,) if marks else (),
        stances=(Stance(target="chips", stance=stance, holder="author"),) if stance else (),
    )  # fmt: skip


def voted(pairs: int = 400) -> Iterator[tuple[str, VotedPair]]:
    """The truth of the stance on chips, and what four annotators of other abilities say of it."""
    random = np.random.default_rng(11)
    for number in range(pairs):
        truth = str(random.choice(["bullish", "bearish"]))
        other = "bearish" if truth == "bullish" else "bullish"
        votes = []
        for who, ability in ABLE.items():
            right = random.random() < ability
            made = annotation(
                who, f"p{number:03}", truth if right else other, marks=bool(random.random() < ability)
            )
            votes.append(Vote(who, (made,)))
        yield truth, VotedPair(f"p{number:03}", f"d{number % 9}", None, EN, votes)


PAIRS = list(voted())


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare_votes([pair for _, pair in PAIRS], SCHEME)


def test_who_is_able_is_told_with_an_interval(found: Comparison) -> None:
    posteriors = team_posteriors(found, 1)
    abilities = {item.annotator: item for item in posteriors.abilities if item.layer == "entities"}
    ranked = sorted(abilities, key=lambda name: -abilities[name].ability)
    assert (set(ranked[:2]), set(ranked[2:])) == ({"able", "good"}, {"poor", "weak"})
    for item in posteriors.abilities:
        assert item.low is not None
        assert item.high is not None
        assert item.low <= item.ability <= item.high
    said = {item.annotator: item.found for item in posteriors.abilities if item.layer == "stances"}
    assert all(abs((said[name] or 0) - ability) < 0.08 for name, ability in ABLE.items())
    assert team_posteriors(found, 1) == posteriors


def test_each_cell_that_anybody_speaks_of_has_probabilities_the_least_sure_first(found: Comparison) -> None:
    cells = team_posteriors(found, 1).cells
    stances = {cell.pair_id: cell for cell in cells if cell.cell == CHIPS}
    assert len(stances) == len(PAIRS)
    doubts = [1 - max(cell.probabilities.values()) for cell in cells]
    assert doubts == pytest.approx(sorted(doubts, reverse=True), abs=2e-6)
    right = [
        max(stances[pair.pair_id].probabilities.items(), key=lambda item: item[1])[0] == truth
        for truth, pair in PAIRS
    ]
    assert np.mean(right) > 0.93
    assert sum(stances["p000"].probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert set(stances["p000"].said) == set(ABLE)


def test_hard_pairs_are_those_with_the_most_errors_to_expect(found: Comparison) -> None:
    posteriors = team_posteriors(found, 1)
    errors = [pair.expected_errors for pair in posteriors.hardest]
    assert errors == sorted(errors, reverse=True)
    assert len(errors) == 10
    hard = posteriors.hardest[0]
    doubts = [
        1 - max(cell.probabilities.values()) for cell in posteriors.cells if cell.pair_id == hard.pair_id
    ]
    assert sum(doubts) == pytest.approx(hard.expected_errors, abs=0.05)


def test_the_policy_follows_the_able_and_leaves_open_what_is_not_sure(found: Comparison) -> None:
    policy = policy_named("posterior", fit_models(found))
    bull, bear = frozenset({("bullish",)}), frozenset({("bearish",)})
    assert policy.decide({"able": bull, "good": bull, "poor": bear, "weak": bear}, CHIPS) == (bull,)
    assert policy.decide({"able": bull, "good": bear}, CHIPS) is None
    assert policy.decide({"weak": bull}, CHIPS) == (bull,), "what all say stands"
    assert 0.5 < SURE_ENOUGH < 1


def test_it_decides_more_than_the_majority_and_better(found: Comparison, tmp_path: Path) -> None:
    sides = next(new(tmp_path / "corpus", {"d": [(None, EN)]}).generation().pairs())
    decided: dict[str, list[bool]] = {}
    for policy in (PosteriorPolicy(fit_models(found)), MajorityPolicy(), StrictPolicy()):
        for truth, pair in PAIRS:
            labels = resolve(sides, pair.votes, SCHEME, policy)
            assert labels is not None
            decided.setdefault(policy.name, []).append([item.stance for item in labels.stances] == [truth])
    right = {name: sum(some) for name, some in decided.items()}
    assert right["posterior"] > right["majority"] > right["strict"]


def test_a_policy_can_be_sent_to_another_process(found: Comparison) -> None:
    policy = PosteriorPolicy(fit_models(found))
    votes = {"able": frozenset({("bullish",)}), "weak": frozenset({("bearish",)})}
    assert pickle.loads(pickle.dumps(policy)).decide(votes, CHIPS) == policy.decide(votes, CHIPS)


def test_links_and_layers_that_nobody_compared_go_by_majority() -> None:
    policy = policy_named("posterior")
    assert policy.decide({"a": True, "b": True, "c": False}) == (True,)
    assert policy.decide({"a": True, "b": False}, CHIPS) is None


def test_gold_takes_no_part(found: Comparison) -> None:
    gold = [
        replace(
            pair,
            votes=[
                *pair.votes,
                Vote("key", (replace(annotation("key", pair.pair_id, truth), origin="gold"),)),
            ],
        )
        for truth, pair in PAIRS
    ]
    assert team_posteriors(compare_votes(gold, SCHEME), 1) == team_posteriors(found, 1)


def test_nobody_and_one_alone_have_no_posteriors() -> None:
    alone = [replace(pair, votes=pair.votes[:1]) for _, pair in PAIRS]
    for pairs in ([], alone):
        found = compare_votes(pairs, SCHEME)
        assert (fit_models(found), team_posteriors(found, 1).abilities) == ({}, ())
