"""What the people of a team did, pair by pair: when, how long, how many labels, how far others say the same.

Agreement here is that of cells: of the cells in which at least one of two says something, and both looked,
the share in which both say the same. It needs no variation, so it can be told of a week; for figures above
chance there is `hashiya agreement`. It is told of each pair as it stands, and again when that has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import combinations
from types import MappingProxyType

from hashiya.corpus.team.differences import compare_versions
from hashiya.corpus.team.gold_score import gold_score
from hashiya.corpus.team.votes import Vote, finished_votes, one_vote_each
from hashiya.schema.adjudication import Adjudication
from hashiya.schema.records import FINISHED, KNOWN_ORIGINS, Annotation, Kind, Lang, SchemeRef
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.team import Team
from hashiya.schema.validate import fits

_NO_LABELS: Mapping[str, tuple[Annotation, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class AgreementShare:
    """In how many cells two say the same, of how many that count, on how many pairs that both finished."""

    same: int = 0
    cells: int = 0
    pairs: int = 0

    def __add__(self, other: AgreementShare) -> AgreementShare:
        return AgreementShare(self.same + other.same, self.cells + other.cells, self.pairs + other.pairs)

    @property
    def share(self) -> float | None:
        """The share of the cells; `None` where there is none to compare."""
        return self.same / self.cells if self.cells else None


NO_AGREEMENT = AgreementShare()


@dataclass(frozen=True, slots=True)
class SavedPair:
    """What a person has saved of a pair, under whatever names: the last state of it.

    `labels` counts names, stances, implications and flags. `is_known` says that these are labels known to be
    right, which are no work of the plan. `day` is that of the last change, null where nobody recorded it.
    """

    pair_id: str
    annotator: str
    is_finished: bool
    is_done: bool
    is_in_review: bool
    is_known: bool
    seconds: float
    labels: int
    saved_at: str | None
    day: date | None
    others: AgreementShare = NO_AGREEMENT
    gold: AgreementShare = NO_AGREEMENT


class TeamActivity:
    """All pairs that anybody has saved, under the names that hold."""

    def __init__(self, scheme: LabelScheme, team: Team) -> None:
        self._scheme = scheme
        self._team = team
        self._pairs: dict[str, tuple[SavedPair, ...]] = {}
        self._disputed: set[str] = set()
        self._fits: dict[SchemeRef, bool] = {}

    def take(
        self,
        pair_id: str,
        standing: Mapping[str, tuple[Annotation, ...]] = _NO_LABELS,
        adjudications: Sequence[Adjudication] = (),
    ) -> None:
        """Take note of what stands for a pair now, by annotator, in place of what stood before."""
        by_person: dict[str, list[Annotation]] = {}
        for name, found in standing.items():
            said = [item for item in found if item.origin != "suggested"]
            if said:
                by_person.setdefault(self._team.name_now(name), []).extend(said)
        chosen = {name: _counting(said) for name, said in by_person.items()}
        shares = self._compared(chosen)
        self._pairs[pair_id] = tuple(
            _saved(pair_id, name, said, *shares.get(name, (NO_AGREEMENT, NO_AGREEMENT)))
            for name, said in sorted(chosen.items())
        )
        if not chosen:
            del self._pairs[pair_id]
        self._disputed.discard(pair_id)
        # Where nothing decides but the votes, two that differ are enough: most pairs are told apart quickly.
        decides = adjudications or any(
            item.origin in KNOWN_ORIGINS for said in chosen.values() for item in said
        )
        differ = any(others.same < others.cells for others, _ in shares.values())
        if (differ and not decides) or self._is_open(pair_id, standing, adjudications):
            self._disputed.add(pair_id)

    def saved(self) -> Iterator[SavedPair]:
        """Yield what everybody has saved."""
        for found in self._pairs.values():
            yield from found

    @property
    def disputed(self) -> frozenset[str]:
        """The pairs whose annotators differ in something that no adjudicator has decided, and no gold."""
        return frozenset(self._disputed)

    def _compared(
        self, people: Mapping[str, Sequence[Annotation]]
    ) -> dict[str, tuple[AgreementShare, AgreementShare]]:
        """How far each who is done says the same as others, and as those whose labels are known."""
        done = {name: said for name, said in people.items() if all(item.status == "done" for item in said)}
        known = {name for name, said in done.items() if all(item.origin in KNOWN_ORIGINS for item in said)}
        others = dict.fromkeys(done, NO_AGREEMENT)
        gold = dict.fromkeys(done, NO_AGREEMENT)
        for one, other in combinations(sorted(done), 2):
            if one in known and other in known:
                continue
            score = gold_score(done[one], done[other], self._scheme)
            share = AgreementShare(score.same, score.cells, 1)
            if one in known or other in known:
                gold[other if one in known else one] += share
            else:
                others[one] += share
                others[other] += share
        return {name: (others[name], gold[name]) for name in done}

    def _is_open(
        self,
        pair_id: str,
        standing: Mapping[str, tuple[Annotation, ...]],
        adjudications: Sequence[Adjudication],
    ) -> bool:
        """Whether a pair is one of those that `hashiya adjudicate` asks about."""
        votes = [
            Vote(self._team.name_now(name), fitting)
            for name, said in standing.items()
            if (fitting := tuple(item for item in said if self._is_fitting(item.scheme)))
        ]
        counting = list(finished_votes(one_vote_each(votes)))
        if sum(len(vote.annotations) for vote in counting) < 2:
            return False
        decided = [self._by_present_names(item) for item in adjudications]
        return bool(compare_versions(_BothSides(pair_id), counting, self._scheme, decided).open)

    def _is_fitting(self, made_with: SchemeRef) -> bool:
        if made_with not in self._fits:
            self._fits[made_with] = fits(made_with, self._scheme)
        return self._fits[made_with]

    def _by_present_names(self, decided: Adjudication) -> Adjudication:
        """A decision with the voters that were seen under the names that hold."""
        settles = tuple(
            replace(
                item,
                votes=tuple(replace(vote, voter=self._team.name_now(vote.voter)) for vote in item.votes),
            )
            for item in decided.settles
        )
        return replace(decided, settles=settles)


@dataclass(frozen=True, slots=True)
class _BothSides:
    """A pair of which it plays no role what its sides say."""

    pair_id: str
    doc_id: str = ""
    kind: Kind = "body"

    def text(self, lang: Lang) -> str | None:
        return lang


def _counting(said: list[Annotation]) -> list[Annotation]:
    """What counts of what a person said under several names: what is done, if anything is."""
    return [item for item in said if item.status == "done"] or said


def _saved(
    pair_id: str, name: str, said: Sequence[Annotation], others: AgreementShare, gold: AgreementShare
) -> SavedPair:
    moments = [moment for item in said if (moment := _moment(item.created_at))]
    last = max(moments, default=None)
    return SavedPair(
        pair_id=pair_id,
        annotator=name,
        is_finished=all(item.status in FINISHED for item in said),
        is_done=all(item.status == "done" for item in said),
        is_in_review=any(item.status == "review" for item in said),
        is_known=all(item.origin in KNOWN_ORIGINS for item in said),
        seconds=max(item.seconds or 0.0 for item in said),
        labels=max(_labels(item) for item in said),
        saved_at=None if last is None else last.isoformat(timespec="seconds"),
        day=None if last is None else last.date(),
        others=others,
        gold=gold,
    )


def _labels(annotation: Annotation) -> int:
    layers: Iterable[Sequence[object]] = (
        annotation.entities,
        annotation.stances,
        annotation.implications,
        annotation.flags,
    )
    return sum(map(len, layers))


def _moment(text: str | None) -> datetime | None:
    """When something was saved, in the time zone of this machine; `None` where that cannot be told."""
    try:
        found = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        return None
    if found is None:
        return None
    try:
        return found.astimezone()
    except (OverflowError, OSError):  # a year that no clock has
        return None
