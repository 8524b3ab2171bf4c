"""One vote for each person: several names, several versions, known labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.dataset.voted_pairs import voted_pairs
from hashiya.corpus.inspection.agreement import measure_agreement
from hashiya.corpus.journal.event import ADJUDICATION
from hashiya.corpus.journal.summaries import redoable, undoable
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.people import read_team
from hashiya.corpus.team.policies import MajorityPolicy
from hashiya.corpus.team.resolution import resolve
from hashiya.corpus.team.votes import Vote, finished_votes, one_vote_each
from hashiya.schema.adjudication import Adjudication
from hashiya.schema.records import Annotation, Stance
from tests.corpora import Rows, label, new

ROWS: Rows = [("قالت إنفيديا", "Nvidia said"), ("ارتفعت إنفيديا", "Nvidia rose")]
BULLISH, BEARISH = (
    (Stance(target="chips", stance=stance, holder="author"),) for stance in ("bullish", "bearish")
)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    made = new(tmp_path / "corpus", {"d": ROWS})
    (made.folder / "team.toml").write_text('[[person]]\nname = "سارة"\nformerly = ["sara"]\n')
    return made


def said(corpus: Corpus, who: str, stances: tuple[Stance, ...] = (), **fields: Any) -> Annotation:
    return label(corpus.generation(), 0, annotator=who, stances=stances, **fields)


def test_a_person_with_two_names_has_one_vote(corpus: Corpus) -> None:
    with corpus.journal() as journal:
        journal.record(
            [said(corpus, "sara", BULLISH), said(corpus, "سارة", BULLISH), said(corpus, "omar", BEARISH)]
        )
    (pair,) = voted_pairs(corpus, lambda _: None)
    assert [(vote.voter, len(vote.annotations)) for vote in pair.votes] == [("omar", 1), ("سارة", 2)]
    found = resolve(next(corpus.generation().pairs()), pair.votes, corpus.scheme, MajorityPolicy())
    assert found is not None
    assert [cell.target for cell in found.unresolved] == ["chips"], "two names are no majority"
    report = measure_agreement(corpus)
    assert (report.annotators, report.finished) == (("omar", "سارة"), {"omar": 1, "سارة": 1})


def test_who_says_two_things_under_two_names_has_said_neither(corpus: Corpus) -> None:
    with corpus.journal() as journal:
        journal.record(
            [said(corpus, "sara", BULLISH), said(corpus, "سارة", BEARISH), said(corpus, "omar", BEARISH)]
        )
    found = measure_agreement(corpus)
    polarity = next(item for item in found.figures if item.aspect == "polarity" and item.target is None)
    assert polarity.items == 0
    assert found.shared == 1


def test_what_is_finished_under_one_name_outranks_a_draft_under_another(corpus: Corpus) -> None:
    done, draft = said(corpus, "sara", BULLISH), said(corpus, "سارة", BEARISH, status="draft")
    (vote,) = one_vote_each([Vote("s", (done,), ("e1",)), Vote("s", (draft,), ("e2",))])
    assert (vote.annotations, vote.event_ids) == ((done,), ("e1",))
    (vote,) = one_vote_each([Vote("s", (draft,)), Vote("s", (replace(draft, status="skipped"),))])
    assert len(vote.annotations) == 2
    assert list(finished_votes([vote])) == []


def test_known_labels_of_a_voter_are_a_vote_of_their_own(corpus: Corpus) -> None:
    gold, plain = said(corpus, "sara", BULLISH, origin="gold"), said(corpus, "سارة", BEARISH)
    votes = one_vote_each([Vote("s", (gold,)), Vote("s", (plain,))])
    assert [vote.annotations for vote in votes] == [(plain,), (gold,)]
    found = resolve(next(corpus.generation().pairs()), votes, corpus.scheme, MajorityPolicy())
    assert found is not None
    assert [item.stance for item in found.stances] == ["bullish"]
    with corpus.journal() as journal:
        journal.record([gold, plain])
    report = measure_agreement(corpus)
    assert (report.annotators, report.references) == (("سارة",), ("سارة (gold)",))


def test_a_pseudonym_stays_when_somebody_has_a_new_name(corpus: Corpus) -> None:
    with corpus.journal() as journal:
        journal.record([said(corpus, "sara")])
        before = journal.pseudonyms()["sara"]
        journal.record([said(corpus, "سارة")])
        apart = journal.pseudonyms()
        team = read_team(corpus.folder)
        assert team is not None
        as_one = journal.pseudonyms(team.first_name)
    assert apart["sara"] != apart["سارة"]
    assert as_one == dict.fromkeys(("sara", "سارة"), before)


def test_a_decision_is_undone_and_done_again(corpus: Corpus) -> None:
    made = said(corpus, "sara", BULLISH, origin="adjudicated")
    with corpus.journal() as journal:
        journal.record([replace(made, origin="human")])
        for stances in (BULLISH, BEARISH):
            journal.adjudicate(Adjudication(annotation=replace(made, stances=stances), settles=()))

        def decided() -> list[str]:
            found = journal.adjudications_of([made.pair_id]).get(made.pair_id, [])
            return [stance.stance for item in found for stance in item.annotation.stances]

        def everywhere(_: str) -> bool:
            return True

        assert decided() == ["bearish"]
        assert undoable(journal, "sara", everywhere, ADJUDICATION) == made.pair_id
        journal.undo(made.pair_id, "sara", stream=ADJUDICATION)
        assert decided() == ["bullish"]
        assert redoable(journal, "sara", everywhere, ADJUDICATION) == made.pair_id
        journal.undo(made.pair_id, "sara", stream=ADJUDICATION)
        assert decided() == []
        assert undoable(journal, "sara", everywhere, ADJUDICATION) is None
        assert journal.undo(made.pair_id, "sara", stream=ADJUDICATION) is None
        journal.redo(made.pair_id, "sara", stream=ADJUDICATION)
        assert decided() == ["bullish"]
        (label_stands,) = journal.standing(made.pair_id, "sara")
        assert [event.kind for event in label_stands.heads] == ["set"], "the vote beside it is untouched"
        assert undoable(journal, "sara", everywhere) == made.pair_id
