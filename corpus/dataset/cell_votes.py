"""The votes in a cell as a release tells them: who decided, how many said what, how sure that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from hashiya.corpus.team.cells import Said, said_in
from hashiya.corpus.team.policies import PolicyName
from hashiya.corpus.team.resolution import DecidedBy, ResolvedCell
from hashiya.corpus.team.votes import Vote, finished_votes
from hashiya.schema.dataset import LabelSource
from hashiya.schema.records import KNOWN_ORIGINS

KNOWN: Collection[DecidedBy | None] = KNOWN_ORIGINS
"""By what cells are decided without a vote."""
_POLICIES: Mapping[str, LabelSource] = {"majority": "majority", "posterior": "posterior"}
_ALL: Mapping[DecidedBy, LabelSource] = {
    "adjudicated": "adjudicated",
    "gold": "gold",
    "single": "single",
    "agreed": "unanimous",
}


def policy_source(policy: PolicyName | str) -> LabelSource:
    """Return whose labels those are that several annotators have by a policy."""
    return _POLICIES.get(policy, "unanimous")


def cell_source(cell: ResolvedCell, policy: str) -> LabelSource:
    """Return who decided a resolved cell."""
    if cell.decided_by == "agreed" and len(cell.said) > 1:
        return policy_source(policy)
    return _ALL[cell.decided_by or "agreed"]


def votes_in(cell: ResolvedCell, votes: Sequence[Vote]) -> Mapping[Said, int]:
    """Return how many said what in a cell; where it was adjudicated, of all who voted on the pair."""
    if cell.decided_by != "adjudicated" or cell.said:
        return cell.said
    counts = Counter[Said]()
    for vote in finished_votes(votes):
        said = {said_in(item, cell.cell) for item in vote.annotations}
        if len(said) == 1:
            counts.update(said)
    return counts


def certainty(cell: ResolvedCell) -> float:
    """Return how probable the value of a resolved cell is."""
    if cell.soft is None or cell.value is None or cell.decided_by in KNOWN:
        return 1.0
    return cell.soft.get(cell.value, 0.0)


def common_source(sources: Collection[LabelSource]) -> LabelSource:
    """Return whose labels those are that have some sources, at least one."""
    return next(iter(sources)) if len(set(sources)) == 1 else "mixed"
