"""Policies of voting: what a cell's votes decide, or that they decide nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Literal, Protocol, TypeVar, get_args

from hashiya.schema.adjudication import CellKey

Value = TypeVar("Value", bound=Hashable)
PolicyName = Literal["strict", "majority", "posterior"]
POLICY_NAMES: tuple[PolicyName, ...] = get_args(PolicyName)


SURE_ENOUGH = 0.8
"""The probability from which on *posterior* takes a value: an error in five disputed cells at the most."""


class VoteModel(Protocol):
    """What tells how probable each value is, given who said which; a model of the abilities of annotators."""

    def posterior(self, votes: Mapping[str, Hashable]) -> Mapping[Hashable, float]:
        """Return the probabilities of values, those that were said among them."""
        ...


class VotingPolicy(Protocol):
    """Decides a cell; one that weighs voters by what they did elsewhere is another implementation."""

    name: str

    def decide(self, votes: Mapping[str, Value], cell: CellKey | None = None) -> tuple[Value] | None:
        """Return the value that stands, of votes by voter; `None` where they leave it open.

        `cell` is what they voted on; a link is none.
        """
        ...

    def soft(self, votes: Mapping[str, Value], cell: CellKey) -> Mapping[Value, float]:
        """Return how probable each value is that was said."""
        ...


class StrictPolicy:
    """What all say."""

    name = "strict"

    def decide(self, votes: Mapping[str, Value], cell: CellKey | None = None) -> tuple[Value] | None:  # noqa: ARG002
        """Return the only value."""
        values = set(votes.values())
        return (values.pop(),) if len(values) == 1 else None

    def soft(self, votes: Mapping[str, Value], cell: CellKey) -> Mapping[Value, float]:  # noqa: ARG002
        """Return the share of each value in the votes."""
        return vote_shares(votes)


class MajorityPolicy:
    """What more than half say."""

    name = "majority"

    def decide(self, votes: Mapping[str, Value], cell: CellKey | None = None) -> tuple[Value] | None:  # noqa: ARG002
        """Return the value of more than half of the voters."""
        for value, count in Counter(votes.values()).most_common(1):
            if 2 * count > len(votes):
                return (value,)
        return None

    def soft(self, votes: Mapping[str, Value], cell: CellKey) -> Mapping[Value, float]:  # noqa: ARG002
        """Return the share of each value in the votes."""
        return vote_shares(votes)


class PosteriorPolicy:
    """What is most probable by the annotators' abilities, where that is sure enough; else as `StrictPolicy`.

    `models` are those of the layers. What all say stands. Links, and layers without a model, go by majority.
    """

    name = "posterior"

    def __init__(self, models: Mapping[str, VoteModel]) -> None:
        self._models = models

    def decide(self, votes: Mapping[str, Value], cell: CellKey | None = None) -> tuple[Value] | None:
        """Return the most probable of the values that were said, if it is `SURE_ENOUGH`."""
        values = set(votes.values())
        if len(values) == 1:
            return (values.pop(),)
        model = self._models.get(cell.layer) if cell is not None else None
        if model is None:
            return MajorityPolicy().decide(votes)
        found = model.posterior(votes)
        for value in values:
            if found.get(value, 0.0) >= SURE_ENOUGH:
                return (value,)
        return None

    def soft(self, votes: Mapping[str, Value], cell: CellKey) -> Mapping[Value, float]:
        """Return the posterior of each value that was said; of a layer without a model, the share."""
        model = self._models.get(cell.layer)
        if model is None:
            return vote_shares(votes)
        found = model.posterior(votes)
        return {value: found.get(value, 0.0) for value in votes.values()}


def vote_shares(votes: Mapping[str, Value]) -> dict[Value, float]:
    """Return the share of each value in some votes."""
    return {value: count / len(votes) for value, count in Counter(votes.values()).items()}


def policy_named(name: PolicyName, models: Mapping[str, VoteModel] | None = None) -> VotingPolicy:
    """Return a policy by its name; *posterior* needs the models of the layers."""
    if name == "posterior":
        return PosteriorPolicy(models or {})
    return StrictPolicy() if name == "strict" else MajorityPolicy()


def most_said(values: list[Value]) -> Value | None:
    """Return the value that is said most often; `None` where two are, or none is."""
    if not values:
        return None
    if values.count(values[0]) == len(values):
        return values[0]
    ranked = Counter(values).most_common(2)
    if ranked[0][1] == ranked[1][1]:
        return None
    return ranked[0][0]
