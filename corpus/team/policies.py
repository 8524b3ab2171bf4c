"""Policies of voting: what a cell's votes decide, or that they decide nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Literal, Protocol, TypeVar, get_args

Value = TypeVar("Value", bound=Hashable)
PolicyName = Literal["strict", "majority"]
POLICY_NAMES: tuple[PolicyName, ...] = get_args(PolicyName)


class VotingPolicy(Protocol):
    """Decides a cell; one that weighs voters by what they did elsewhere is another implementation."""

    name: str

    def decide(self, votes: Mapping[str, Value]) -> tuple[Value] | None:
        """Return the value that stands, of votes by voter; `None` where they leave it open."""


class StrictPolicy:
    """What all say."""

    name = "strict"

    def decide(self, votes: Mapping[str, Value]) -> tuple[Value] | None:
        """Return the only value."""
        values = set(votes.values())
        return (values.pop(),) if len(values) == 1 else None


class MajorityPolicy:
    """What more than half say."""

    name = "majority"

    def decide(self, votes: Mapping[str, Value]) -> tuple[Value] | None:
        """Return the value of more than half of the voters."""
        for value, count in Counter(votes.values()).most_common(1):
            if 2 * count > len(votes):
                return (value,)
        return None


def policy_named(name: PolicyName) -> VotingPolicy:
    """Return a policy by its name."""
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
