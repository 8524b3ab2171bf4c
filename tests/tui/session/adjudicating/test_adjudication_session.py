"""An adjudicator's session: what waits, what a decision settles, what opens again, and who may decide."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.journal.merge import merge_journals
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.differences import LabelVersion
from hashiya.corpus.team.policies import StrictPolicy
from hashiya.corpus.team.resolution import ResolvedLabels, resolve
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Cover, Lang, Link, Stance
from hashiya.tui.session.adjudicating.adjudication_session import AdjudicationSession
from hashiya.tui.session.answer_list import AnswerList
from hashiya.tui.session.editor import Editor
from tests import corpora
from tests.corpora import Rows, label, new

ROWS: Rows = [
    ("قالت إنفيديا ولاما في وول ستريت", "Nvidia and Llama said on Wall Street"),
    ("ارتفعت أسهم إنفيديا", "Shares of Nvidia rose"),
    ("خسرت إنفيديا كثيرا", "Nvidia lost a lot"),
    ("لا أحد هنا", "Nobody is here"),
]


def stance(value: str, holder: str = "author") -> tuple[Stance, ...]:
    return (Stance(target="chips", stance=value, holder=holder),)


class Bench:
    """A corpus that is labelled, and an adjudicator who opens it."""

    def __init__(self, folder: Path, team: str = "") -> None:
        self.corpus = new(folder / "corpus", {"d": ROWS})
        if team:
            (self.corpus.folder / "team.toml").write_text(team, encoding="utf-8")

    def label(self, number: int, who: str, *names: tuple[Lang, str], **fields: Any) -> Annotation:
        made = label(self.corpus.generation(), number, *names, annotator=who, **fields)
        with self.corpus.journal() as journal:
            journal.record([made])
        return made

    def open(self, who: str = "judge", **options: Any) -> AdjudicationSession:
        session = AdjudicationSession(Corpus.open(self.corpus.folder), who, **options)
        session.begin()
        return session

    def resolved(self, number: int, who: str = "judge") -> ResolvedLabels:
        """What a release would say of a pair."""
        with self.open(who, everything=True) as session:
            session.go(number)
            found = resolve(session.pair, session._votes, session.scheme, StrictPolicy(), session._decisions)
        assert found is not None
        return found


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def disputed(bench: Bench) -> None:
    """A pair on which layla and omar agree in one name, and differ in two and in a stance."""
    bench.label(0, "layla", ("en", "Nvidia"), ("en", "Llama"), ("ar", "إنفيديا"), stances=stance("bullish"))
    bench.label(
        0, "omar", ("en", "Nvidia"), ("en", "Wall Street"), ("ar", "إنفيديا"), stances=stance("bearish")
    )


def answers_of(session: AdjudicationSession) -> AnswerList:
    made = AnswerList()
    made.show(session.pair.pair_id, session.answers)
    return made


def version(session: AdjudicationSession, who: str) -> LabelVersion:
    return next(item for item in session.answers.versions if item.name == who)


def opened(session: AdjudicationSession) -> list[str]:
    """What is open in the pair, in words."""
    return [
        (session.pair.text(item.cell.lang) or "")[item.cell.start : item.cell.end]
        if item.cell.lang
        else str(item.cell.target)
        for item in session.answers.open
    ]


def texts(found: Annotation | ResolvedLabels) -> list[str]:
    return [item.text for item in found.entities]


def test_what_nobody_disputes_is_in_place(bench: Bench) -> None:
    disputed(bench)
    with bench.open() as session:
        assert texts(session.draft) == ["إنفيديا", "Nvidia"]
        assert session.draft.stances == ()
        assert opened(session) == ["Llama", "Wall Street", "chips"]
        assert (session.progress.finished, session.progress.total) == (0, 1)


def test_an_answer_settles_a_cell_or_a_layer(bench: Bench) -> None:
    disputed(bench)
    with bench.open(with_names=True) as session:
        answers = answers_of(session)
        assert answers.stop is not None
        session.take(version(session, "layla"), answers.answered(version(session, "layla")))
        assert opened(session) == ["Wall Street", "chips"]
        assert texts(session.draft) == ["إنفيديا", "Nvidia", "Llama"]
        with pytest.raises(LabelError, match="2 differences are still open"):
            session.finish("done")
        answers = answers_of(session)
        names = next(stop for stop in answers.stops if stop.layer == "entities")
        session.take(version(session, "omar"), [item.cell for item in names.cells])
        assert opened(session) == ["chips"]
        assert texts(session.draft) == ["إنفيديا", "Nvidia", "Wall Street"]
        session.take(version(session, "omar"), [item.cell for item in session.answers.open])
        assert opened(session) == []
        assert session.annotation is not None
        assert session.annotation.status == "done"
        assert session.finish("done") is False
        assert (session.progress.finished, session.progress.total) == (1, 1)
    found = bench.resolved(0)
    assert texts(found) == ["إنفيديا", "Nvidia", "Wall Street"]
    assert [item.stance for item in found.stances] == ["bearish"]
    assert found.unresolved == ()


def test_any_edit_settles_what_it_changes_and_no_more(bench: Bench) -> None:
    disputed(bench)
    with bench.open() as session:
        editor = Editor(session)
        editor.select("en", *span(session, "Wall Street"))
        editor.mark("market")
        assert opened(session) == ["Llama", "chips"]
        editor.select("en", *span(session, "Nvidia"))
        editor.mark("person")
        editor.take_stance(Stance(target="chips", stance="mixed", holder="source"))
        assert opened(session) == ["Llama"]
        session.take_nothing([item.cell for item in session.answers.open])
        assert opened(session) == []
    found = bench.resolved(0)
    assert [(item.text, item.type) for item in found.entities] == [
        ("إنفيديا", "company"),
        ("Nvidia", "person"),
        ("Wall Street", "market"),
    ]
    assert [(item.stance, item.holder) for item in found.stances] == [("mixed", "source")]
    decided = {
        cell.cell.start for cell in found.cells if cell.decided_by == "adjudicated" and cell.cell.lang == "en"
    }
    assert decided == {0, 11, 25}
    assert next(cell for cell in found.cells if cell.cell.lang == "ar").decided_by == "agreed"


def span(session: AdjudicationSession, words: str) -> tuple[int, int]:
    at = (session.pair.en or "").index(words)
    return at, at + len(words) - 1


def test_links_are_settled_and_editing_them_keeps_its_ids(bench: Bench) -> None:
    linked = (Link(ar="ar1", en="en0"),)
    bench.label(0, "layla", ("en", "Nvidia"), ("ar", "إنفيديا"), links=linked)
    bench.label(0, "omar", ("en", "Nvidia"), ("ar", "إنفيديا"))
    with bench.open(with_names=True) as session:
        assert opened(session) == ["إنفيديا"]
        assert len(session.draft.entities) == 2
        session.take(version(session, "layla"), [item.cell for item in session.answers.open])
        assert len(session.draft.links) == 1
    assert len(bench.resolved(0).links) == 1
    with bench.open() as session:
        session.go(0)
        editor = Editor(session)
        editor.select("en", *span(session, "Nvidia"))
        editor.unlink()
        assert session.draft.links == ()
        found = editor.link()
        assert (found.lang, len(session.draft.links)) == ("ar", 1)
        with pytest.raises(LabelError, match="no other proposal"):
            editor.link()
        assert session.draft.links == ()
    found_now = bench.resolved(0)
    assert (found_now.links, found_now.undecided_links) == ((), ())


def test_pairs_come_with_the_least_sure_first_and_settled_ones_last(bench: Bench) -> None:
    for who in ("layla", "omar", "sara"):
        bench.label(0, who, stances=stance("bearish" if who == "sara" else "bullish"))
    for who, value in (("layla", "bullish"), ("omar", "bearish"), ("sara", "mixed")):
        bench.label(1, who, stances=stance(value))
        bench.label(3, who)
    bench.label(2, "layla", ("en", "Nvidia"))
    with bench.open() as session:
        assert session.queue.rows.tolist() == [1, 0]
        assert session.row == 1
        session.take(session.answers.versions[0], [item.cell for item in session.answers.open])
        assert session.finish("done") is True
        assert session.row == 0
    with bench.open() as session:
        assert session.queue.rows.tolist() == [0, 1]
        assert (session.progress.finished, session.progress.total) == (1, 2)
    with bench.open(everything=True) as session:
        assert sorted(session.queue.rows.tolist()) == [0, 1, 2, 3]
        assert (session.progress.finished, session.progress.total) == (3, 4)


def test_a_settled_cell_opens_again_only_where_a_vote_changes(bench: Bench) -> None:
    bench.label(0, "layla", ("en", "Nvidia"), stances=stance("bullish"))
    made = bench.label(0, "omar", ("en", "Llama"), stances=stance("bearish"))
    with bench.open() as session:
        everything = [item.cell for item in session.answers.open]
        session.take(session.answers.versions[0], everything)
        assert opened(session) == []
        with bench.corpus.journal() as journal:
            journal.record([replace(made, comment="as before")])
        assert session.reread() is True
        assert opened(session) == []
        with bench.corpus.journal() as journal:
            journal.record([replace(made, stances=stance("mixed"))])
        session.reread()
        assert opened(session) == ["chips"]
        (cell,) = session.answers.open
        assert cell.reopened
        answers = answers_of(session)
        assert answers.before().annotation.stances, "what was decided before can be taken again"
        with bench.corpus.journal() as journal:
            journal.record([replace(made, annotator="sara", entities=())])
        session.reread()
        assert set(opened(session)) == {"Nvidia", "Llama", "chips"}
        session.take(answers_of(session).before(), [item.cell for item in session.answers.open])
        assert opened(session) == []


def test_undo_and_redo_go_through_decisions_of_all_pairs(bench: Bench) -> None:
    for number in (0, 1):
        bench.label(number, "layla", stances=stance("bullish"))
        bench.label(number, "omar", stances=stance("bearish"))
    own = bench.label(0, "judge", stances=stance("mixed"))
    with bench.open() as session:
        for number in (0, 1):
            session.go(number)
            session.take(session.answers.versions[0], [item.cell for item in session.answers.open])
        session.go(0)
        assert session.undo() is True
        assert (session.row, opened(session)) == (1, ["chips"])
        assert session.undo() is True
        assert (session.row, opened(session)) == (0, ["chips"])
        assert session.undo() is False
        assert session.redo() is True
        assert (session.row, opened(session)) == (0, [])
    with bench.corpus.journal() as journal:
        (stands,) = journal.standing(own.pair_id, "judge")
    assert stands.annotations == (own,), "the adjudicator's own annotation is a vote beside it, untouched"


def test_a_reason_is_kept_with_what_it_is_about(bench: Bench) -> None:
    disputed(bench)
    with bench.open() as session:
        cells = [item.cell for item in session.answers.open]
        with pytest.raises(LabelError, match="settle this first"):
            session.give_reason(cells[:1], "why")
        session.take(session.answers.versions[0], cells[:1])
        session.give_reason(cells[:1], " names only\x07 ")
        session.take(session.answers.versions[1], cells[1:2])
        assert session.reason(cells[:1]) == "names only"
        assert session.reason(cells[1:2]) == ""
        session.give_reason(cells[:1], "")
        assert session.reason(cells[:1]) == ""


def test_pseudonyms_hide_names_and_their_order(bench: Bench) -> None:
    disputed(bench)
    bench.label(0, "سارة")
    with bench.open() as session:
        shown = [session.name_of(item) for item in session.answers.versions]
        names = [item.name for item in session.answers.versions]
        assert shown == sorted(shown)
        assert not {"layla", "omar", "سارة"} & set(shown)
    with bench.corpus.journal() as journal:
        pseudonyms = journal.pseudonyms()
    assert [f"annotator-{item}" for item in shown] == [pseudonyms[name] for name in names]
    with bench.open(with_names=True) as session:
        assert [session.name_of(item) for item in session.answers.versions] == ["layla", "omar", "سارة"]


def test_two_adjudicators_who_differ_leave_it_open(bench: Bench) -> None:
    disputed(bench)
    with bench.open("one") as one, bench.open("two") as two:
        cells = [item.cell for item in one.answers.open]
        one.take(one.answers.versions[0], cells)
        with pytest.raises(LabelError, match="just changed"):
            two.take(two.answers.versions[1], cells)
        assert opened(two) == []
        two.take(two.answers.versions[1], cells)
        assert set(opened(two)) == {"Llama", "Wall Street", "chips"}
        theirs = next(item for item in two.answers.versions if item.kind == "decided")
        assert two.name_of(theirs) == "adjudicator"
        two.take(theirs, cells)
        assert opened(two) == []


def test_gold_is_settled_already(bench: Bench) -> None:
    bench.label(0, "gold", ("en", "Nvidia"), origin="gold")
    bench.label(0, "omar", ("en", "Llama"), stances=stance("bearish"))
    with bench.open() as session:
        assert (session.row, session.progress.total) == (None, 0)
    with bench.open(everything=True) as session:
        session.go(0)
        assert {item.state for item in session.answers.cells} == {"known"}
        assert texts(session.draft) == ["Nvidia"]


def test_people_who_left_and_renamed_people(tmp_path: Path) -> None:
    bench = Bench(
        tmp_path,
        '[[person]]\nname = "سارة"\nformerly = ["sara"]\nroles = ["adjudicator"]\n'
        '[[person]]\nname = "omar"\nleft = true\n',
    )
    bench.label(0, "sara", stances=stance("bullish"))
    bench.label(0, "سارة", stances=stance("bullish"))
    bench.label(0, "omar", stances=stance("bearish"))
    with bench.open("sara", with_names=True) as session:
        assert session.annotator == "سارة"
        shown = [session.name_of(item) for item in session.answers.versions]
        assert shown == ["omar", "سارة", "سارة"], "who left has voted all the same"
        assert opened(session) == ["chips"]
        session.take(session.answers.versions[0], [item.cell for item in session.answers.open])
    assert [item.stance for item in bench.resolved(0, "سارة").stances] == ["bearish"]


@pytest.mark.parametrize(
    ("team", "why"),
    [
        ('[[person]]\nname = "omar"\n', r'judge is not in the team, .* and roles = \["adjudicator"\]'),
        ('[[person]]\nname = "judge"\n', r'may not adjudicate; write roles = \["annotator", "adjudicator"\]'),
        ('[[person]]\nname = "judge"\nroles = ["adjudicator"]\nleft = true\n', "has left"),
    ],
)  # fmt: skip
def test_who_may_not_adjudicate_is_told_what_to_write(tmp_path: Path, team: str, why: str) -> None:
    bench = Bench(tmp_path, team)
    with pytest.raises(LabelError, match=why):
        bench.open()


def test_empty_teams_and_one_annotator_leave_nothing_to_settle(bench: Bench) -> None:
    with bench.open() as session:
        assert (session.row, session.progress.total) == (None, 0)
    bench.label(0, "layla", ("en", "Nvidia"))
    with bench.open() as session:
        assert session.row is None
    with bench.open(everything=True) as session:
        session.go(0)
        assert session.answers.open == ()
        assert texts(session.draft) == ["Nvidia"]


def test_a_pair_that_a_build_took_away_waits_no_more(bench: Bench) -> None:
    disputed(bench)
    with bench.open() as session:
        corpora.publish(Corpus.open(bench.corpus.folder), {"d": ROWS[1:]})
        session.follow()
        assert session.progress.total == 0
    with bench.open() as session:
        assert session.row is None


def test_what_was_settled_on_two_machines_is_merged(bench: Bench, tmp_path: Path) -> None:
    disputed(bench)
    shutil.copytree(bench.corpus.folder, tmp_path / "other")
    cells = []
    for folder, number in ((bench.corpus.folder, 0), (tmp_path / "other", 1)):
        with AdjudicationSession(Corpus.open(folder), "judge", with_names=True) as session:
            session.begin()
            cells = [item.cell for item in session.answers.open]
            session.take(version(session, "layla"), cells[number : number + 1])
    with bench.corpus.journal() as journal:
        merge_journals(journal, [tmp_path / "other" / JOURNAL])
    with bench.open(with_names=True) as session:
        assert opened(session) == ["chips"], "both decisions stand"
        session.take(version(session, "omar"), cells[2:])
        assert opened(session) == []


def test_covers_are_those_of_the_voters_and_of_what_is_marked(bench: Bench) -> None:
    names = (Cover(layer="entities", lang="en"),)
    bench.label(0, "layla", ("en", "Nvidia"), covers=names)
    bench.label(0, "omar", covers=names)
    with bench.open(with_names=True) as session:
        session.take(version(session, "layla"), [item.cell for item in session.answers.open])
        editor = Editor(session)
        editor.take_stance(stance("bullish")[0])
        assert session.annotation is not None
        assert session.annotation.covers == (*names, Cover(layer="stances", labels=("chips",)))


def test_renewing_takes_every_decision_back(bench: Bench) -> None:
    disputed(bench)
    with bench.open() as session:
        cells = [item.cell for item in session.answers.open]
        session.take(session.answers.versions[0], cells)
        session.renew()
        assert opened(session) == ["Llama", "Wall Street", "chips"]
        assert session.undo() is True
        assert opened(session) == []
