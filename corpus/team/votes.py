"""Votes on a pair: what each person says of it who is done, under whatever names, in one version or more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hashiya.schema.records import KNOWN_ORIGINS, Annotation


@dataclass(frozen=True, slots=True)
class Vote:
    """What a voter says of a pair: one annotation, or several that stand side by side, with their events."""

    voter: str
    annotations: tuple[Annotation, ...]
    event_ids: tuple[str, ...] = ()


def finished_votes(votes: Iterable[Vote]) -> Iterator[Vote]:
    """Yield the votes of those who are done, and not suggested: every version that stands, if several do."""
    for vote in votes:
        said = [item for item in vote.annotations if item.origin != "suggested"]
        if said and len(said) == len(vote.annotations) and all(item.status == "done" for item in said):
            yield vote


def one_vote_each(votes: Iterable[Vote]) -> list[Vote]:
    """Return votes with one for each voter, sorted by voter; known labels of a voter are a vote of their own.

    What somebody said under several names stands side by side, as two versions do. Where the pair is finished
    under one of the names, what is not finished under another is none.
    """
    grouped: dict[tuple[str, str], list[Vote]] = {}
    for vote in votes:
        origin = vote.annotations[0].origin
        grouped.setdefault((vote.voter, origin if origin in KNOWN_ORIGINS else ""), []).append(vote)
    return [_joined(some) for _, some in sorted(grouped.items())]


def _joined(votes: list[Vote]) -> Vote:
    if not votes[1:]:
        return votes[0]
    counting = list(finished_votes(votes)) or votes
    return Vote(
        votes[0].voter,
        tuple(item for vote in counting for item in vote.annotations),
        tuple(event_id for vote in counting for event_id in vote.event_ids),
    )
