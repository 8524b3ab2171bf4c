"""The pairs that annotators voted on, read from a corpus in its order; and the models of their votes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from hashiya.corpus.dataset.standing_votes import StandingVotes
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.agreement.compared import VotedPair, compare_votes
from hashiya.corpus.team.agreement.posteriors import TeamModels, fit_models
from hashiya.corpus.team.people import read_team
from hashiya.schema.errors import Problem
from hashiya.schema.team import Team

_COLUMNS = ["pair_id", "doc_id", "kind", "ar", "en"]


def voted_pairs(
    corpus: Corpus,
    report: Callable[[Problem], None],
    names: Mapping[str, str] | None = None,
    *,
    with_decisions: bool = False,
) -> Iterator[VotedPair]:
    """Yield the pairs of the generation that holds that somebody ever labelled, but for boilerplate.

    The voters have the names that `names` gives them, or else those that hold in the team: who has the same
    name is one voter. `report` is told of labels that do not fit the scheme, and of pairs with labels that
    are not in the generation: both are left out. Adjudications are read `with_decisions` only.
    """
    generation = corpus.generation()
    with corpus.journal(write=False) as journal:
        labelled = set(journal.pair_ids())
        if names is None:
            team = read_team(corpus.folder) or Team()
            names = {name: team.name_now(name) for name in journal.annotators()}
        cast = StandingVotes(journal, corpus.scheme, names)
        for batch in generation.pair_batches(_COLUMNS):
            rows = [row for row in batch.select(_COLUMNS).to_pylist() if row["pair_id"] in labelled]
            labelled.difference_update(row["pair_id"] for row in rows)
            rows = [row for row in rows if row["kind"] != "boilerplate"]
            ids = [row["pair_id"] for row in rows]
            votes = cast.votes(ids) if rows else {}
            decisions = cast.adjudications(ids) if with_decisions and rows else {}
            for row in rows:
                said = votes.get(row["pair_id"], ())
                decided = decisions.get(row["pair_id"], ())
                yield VotedPair(
                    row["pair_id"], row["doc_id"], row["ar"], row["en"], said, decided, row["kind"]
                )
        gone = sum(bool(votes) for votes in cast.votes(sorted(labelled)).values())
    if gone:
        report(Problem(str(corpus.folder), f"{gone} labelled pairs are not in the text any more", False))
    for made_with, count in sorted(cast.unfit.items()):
        now = f"{corpus.scheme.name} {corpus.scheme.version}"
        report(Problem(f"scheme {made_with}", f"{count} annotations left out: the corpus has {now} now"))


def team_models(corpus: Corpus, names: Mapping[str, str]) -> TeamModels:
    """Return the models of the votes of a corpus's annotators, under the names that `names` gives them."""
    return fit_models(compare_votes(voted_pairs(corpus, lambda _: None, names), corpus.scheme))
