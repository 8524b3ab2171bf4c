"""The votes for pairs, as a release counts them: what stands in the journal, under pseudonyms.

What does not fit the scheme is left out and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.team.votes import Vote, one_vote_each
from hashiya.schema.adjudication import Adjudication, SeenVote
from hashiya.schema.records import Annotation, SchemeRef
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import fits


class StandingVotes:
    """Asks a journal for votes. `pseudonyms` are those of the annotators, by name.

    `unfit` counts the annotations of other schemes, `read` has the positions of events that were found intact
    and readable.
    """

    def __init__(self, journal: Journal, scheme: LabelScheme, pseudonyms: Mapping[str, str]) -> None:
        self.unfit = Counter[str]()
        self.read: list[int] = []
        self._journal = journal
        self._scheme = scheme
        self._pseudonyms = pseudonyms
        self._fits: dict[SchemeRef, bool] = {}

    def votes(self, pair_ids: Sequence[str]) -> dict[str, list[Vote]]:
        """Return the votes by pair, in the order of pseudonyms: by name it would give names away.

        Annotators with the same pseudonym are one voter.
        """
        found: dict[str, list[Vote]] = {}
        standing = self._journal.standing_annotations(pair_ids, self.read.append)
        for (pair_id, annotator), said in standing.items():
            if fitting := self._fitting(said):
                found.setdefault(pair_id, []).append(Vote(self._pseudonyms[annotator], fitting))
        return {pair_id: one_vote_each(votes) for pair_id, votes in found.items()}

    def votes_of(self, pair_id: str) -> list[Vote]:
        """Return the votes for one pair as `votes`, with the events that say them."""
        found: list[Vote] = []
        for item in self._journal.standing_of([pair_id]):
            said = [
                (state, head.event_id)
                for head, state in zip(item.heads, item.states, strict=False)
                if state is not None and state in item.annotations and self._is_fitting(state.scheme)
            ]
            if said:
                voter = self._pseudonyms.get(item.annotator, item.annotator)
                found.append(Vote(voter, tuple(one for one, _ in said), tuple(name for _, name in said)))
        return one_vote_each(found)

    def _fitting(self, annotations: tuple[Annotation, ...]) -> tuple[Annotation, ...]:
        """Those of an annotator's annotations that fit the scheme; the others are counted."""
        unfit = [item for item in annotations if not self._is_fitting(item.scheme)]
        if not unfit:
            return annotations
        self.unfit.update(f"{item.scheme.name} {item.scheme.version}" for item in unfit)
        return tuple(item for item in annotations if self._is_fitting(item.scheme))

    def _is_fitting(self, made_with: SchemeRef) -> bool:
        if made_with not in self._fits:
            self._fits[made_with] = fits(made_with, self._scheme)
        return self._fits[made_with]

    def adjudications(self, pair_ids: Collection[str]) -> dict[str, list[Adjudication]]:
        """Return what was decided by pair, the voters under their pseudonyms."""
        found = self._journal.adjudications_of(pair_ids)
        return {pair_id: list(map(self._with_pseudonyms, items)) for pair_id, items in found.items()}

    def _with_pseudonyms(self, item: Adjudication) -> Adjudication:
        settles = tuple(replace(cell, votes=self._hidden(cell.votes)) for cell in item.settles)
        return replace(item, settles=settles)

    def _hidden(self, votes: Sequence[SeenVote]) -> tuple[SeenVote, ...]:
        return tuple(replace(vote, voter=self._pseudonyms.get(vote.voter, vote.voter)) for vote in votes)
