"""A session with no screen: what is open, what is in the journal, what undo and redo do."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.carrying.carry_over import carry_over
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.shard import INDEX
from hashiya.schema.errors import CorpusError, HashiyaError, LabelError
from hashiya.schema.validate import faults
from hashiya.tui.session import browser as module
from hashiya.tui.session.browser import LabellingProgress
from hashiya.tui.session.editor import Editor
from hashiya.tui.session.edits import entities
from hashiya.tui.session.queue import Filter
from hashiya.tui.session.session import Session
from tests.tui.session.corpora import BOILERPLATE, DOCUMENTS, Hand, comments, mark, new, publish, say, stands

ROOT = Path(__file__).parents[3]


def test_it_opens_at_the_first_pair_that_waits(corpus: Corpus, session: Session) -> None:
    assert session.row == 0
    assert session.progress == LabellingProgress(finished=0, total=6, place=1, queued=6)
    assert session.annotation is None
    assert (session.draft.status, session.side_by_side, session.outdated) == ("draft", 0, False)
    session.finish("done")
    with Session.open(corpus, "layla") as again, Session.open(corpus, "omar") as other:
        assert (again.row, other.row) == (1, 0)
        assert again.progress == LabellingProgress(finished=1, total=6, place=2, queued=6)


def test_what_is_marked_is_in_the_journal_on_return(session: Session) -> None:
    mark(session, "Deepseek shook")
    (annotation,) = stands(session)
    assert [entity.text for entity in annotation.entities] == ["Deepseek shook"]
    assert (annotation.status, annotation.origin, annotation.scheme) == (
        "draft",
        "human",
        session.scheme.ref,
    )
    assert annotation == session.annotation
    assert faults(annotation, session.pair, session.scheme) == []
    assert session.saved_at is not None
    assert session.journal.text(annotation.place.ar.document_hash) == session.document.ar  # type: ignore[union-attr]


MARKER = """
import sys
from pathlib import Path
from hashiya.corpus.store.folder import Corpus
from hashiya.tui.session.session import Session
from tests.tui.session.corpora import mark
session = Session.open(Corpus.open(Path(sys.argv[1])), "layla")
mark(session, "هزّت")
print(session.saved_at, flush=True)
sys.stdin.read()
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert process.stdout
    assert process.stdout.readline()
    return process


def end(process: subprocess.Popen[str], how: signal.Signals = signal.SIGKILL) -> None:
    process.send_signal(how)
    process.communicate()


def test_what_is_marked_survives_a_kill_and_who_marked_is_gone(corpus: Corpus, session: Session) -> None:
    process = start(MARKER, str(corpus.folder))
    assert [(entry.annotator, entry.pid) for entry in session.others()] == [("layla", process.pid)]
    end(process)
    assert [entity.text for item in stands(session) for entity in item.entities] == ["هزّت"]
    assert session.others() == []
    assert session.annotation is None  # this window has not looked since
    session.go(session.row)
    assert session.annotation is not None
    assert session.undo()
    assert stands(session) == []


def test_undo_and_redo_go_through_pairs_and_sessions(corpus: Corpus, session: Session) -> None:
    say(session, "one")
    say(session, "two")
    session.go(4)
    say(session, "four")
    session.finish("skipped")
    assert session.row == 5
    assert session.undo()
    assert (session.row, session.draft.status, session.draft.comment) == (4, "draft", "four")
    session.close()
    with Session.open(corpus, "layla") as again:
        assert again.undo()
        assert (again.row, again.annotation) == (4, None)
        assert again.undo()
        assert (again.row, comments(again)) == (0, ["one"])
        assert again.undo()
        assert comments(again) == []
        assert not again.undo()
        assert again.standings.own(0) is None
        for comment in (["one"], ["two"], ["two", "four"], ["two", "four"]):
            assert again.redo()
            assert sorted(map(str, comments(again))) == sorted(comment)
        assert not again.redo()
        assert (again.row, again.draft.status, again.standings.own(4)) == (4, "skipped", "skipped")


def test_a_change_ends_redo_and_others_changes_are_not_undone(corpus: Corpus, session: Session) -> None:
    say(session, "one")
    with Session.open(corpus, "omar") as other:
        say(other, "other")
        session.undo()
        say(session, "new")
        assert not session.redo()
        assert (session.undo(), session.undo(), comments(other)) == (True, False, ["other"])


def test_a_build_is_followed_with_the_same_pair_open(corpus: Corpus, session: Session) -> None:
    session.go(3)
    say(session, "before")
    session.go(4)
    pair, before = session.pair, session.standings.finished()
    assert (session.follow(), session.rebuilt()) == (None, False)
    publish(corpus, {"none": [("جديد.", "New.")] * 3, **DOCUMENTS})
    assert session.rebuilt()
    assert session.follow() == "same"
    assert (session.pair, session.row, session.rebuilt()) == (pair, 7, False)
    assert (session.progress.total, session.standings.finished()) == (9, before)
    assert session.standings.own(6) == "draft"
    assert 0 in session.queue.rows, "new pairs are in it"
    say(session, "here")
    assert [item.comment for item in stands(session)] == ["before", "here"]
    assert (session.undo(), session.undo(), session.row) == (True, True, 6)


def test_a_label_of_a_pair_that_was_rebuilt_meanwhile_is_not_saved_unseen(
    corpus: Corpus, session: Session
) -> None:
    """A pair gets another word: what was about to be said of it is said of what is there now."""
    session.go(1)
    rows = list(DOCUMENTS["one"])
    rows[1] = ("وخسرت إنفيديا 630 مليار دولار", "Nvidia lost $630 billion today.")
    publish(corpus, {"two": DOCUMENTS["two"], "one": rows})
    with pytest.raises(LabelError, match="built again"):
        say(session, "of the old one")
    assert (session.pair.en, session.row) == ("Nvidia lost $630 billion today.", 4)
    say(session, "of the new one")
    with corpus.journal(write=False) as journal:
        (standing,) = journal.standing()
    assert (standing.pair_id, standing.annotations[0].comment) == (session.pair.pair_id, "of the new one")


def test_after_a_build_without_the_pair_the_nearest_is_open(corpus: Corpus, session: Session) -> None:
    session.go(5)
    publish(corpus, {"one": DOCUMENTS["one"]})
    assert (session.follow(), session.row) == ("gone", 3)
    publish(corpus, {"one": DOCUMENTS["one"][:1], "x": [("شيء آخر.", "Something else.")]})
    assert (session.follow(), session.pair.doc_id) == ("gone", "one")
    publish(corpus, {"y": [("غيره.", "Else.")]})
    assert (session.follow(), session.row, len(session.queue)) == ("gone", 0, 1)


def test_a_queue_keeps_its_choice_in_a_newer_generation(corpus: Corpus, session: Session) -> None:
    session.choose(Filter(document=1))
    publish(corpus, {"none": [("جديد.", "New.")], "two": [*DOCUMENTS["two"], ("آخر.", "Last.")]})
    assert session.follow() == "same"
    assert session.queue.chosen.document == 1
    assert list(session.queue.rows) == [1, 2, 3, 4]
    publish(corpus)
    session.follow()
    session.choose(Filter("low"))
    ids = [session.reader.index.pair_id(row) for row in session.queue.rows]
    assert len(ids) == 2
    publish(corpus, {"two": DOCUMENTS["two"], "one": DOCUMENTS["one"]})
    session.follow()
    assert session.queue.chosen.state == "low"
    assert [session.reader.index.pair_id(row) for row in session.queue.rows] == ids, "worst first"


def test_labels_that_a_build_carried_to_a_pair_that_was_there_are_known(
    corpus: Corpus, session: Session
) -> None:
    """Of two equal pairs the first goes: the label of the second is carried to the pair that stays."""
    same, other = ("نفس الجملة.", "Same one."), ("قالت الشركة إن الطلب كبير.", "The company said so.")
    publish(corpus, {"twice": [same, other, same]})
    session.follow()
    session.go(2)
    session.finish("done")
    session.go(1)
    generation = publish(corpus, {"twice": [other, same]})
    with corpus.journal() as journal:
        carry_over(journal, generation)
    session.follow()
    with Session.open(corpus, "layla") as again:
        assert session.standings.own(1) == again.standings.own(1) == "done"
        assert session.progress.finished == again.progress.finished == 1


def test_pairs_that_become_boilerplate_or_are_not_any_more_leave_and_join_the_queue(
    corpus: Corpus, session: Session
) -> None:
    texts = ("جميع الحقوق", "All rights reserved")
    publish(corpus, {"one": [("نعم.", "Yes."), (f"{BOILERPLATE} {texts[0]}", texts[1])]})
    session.follow()
    assert list(session.queue.rows) == [0]
    with corpus.new_generation(corpus.manifest()) as writer:
        made, pairs = (view := session.reader.view(0)).document, view.pairs
        writer.add(made, [replace(pairs[0], kind="boilerplate"), replace(pairs[1], kind="body")])
        writer.publish("others", {})
    assert session.follow() == "same"
    assert list(session.queue.rows) == [1]


def test_undo_looks_first_whether_the_corpus_was_built_again(corpus: Corpus, session: Session) -> None:
    session.go(0)
    say(session, "before")
    rows = [("هزّت Deepseek السوق", "Deepseek shook the market."), *DOCUMENTS["one"][1:]]
    generation = publish(corpus, {"one": rows})
    with corpus.journal() as journal:
        carry_over(journal, generation)
    with pytest.raises(LabelError, match="built again"):
        session.undo()
    assert session.pair.en == "Deepseek shook the market."
    assert session.annotation is not None
    assert session.annotation.comment == "before"


def test_a_corpus_with_another_scheme_or_that_cannot_be_read_is_not_followed(
    corpus: Corpus, session: Session
) -> None:
    generation = publish(corpus, {"one": DOCUMENTS["one"]})
    generation.shards[0].path(INDEX).unlink()
    with pytest.raises(CorpusError):
        session.follow()
    assert session.rebuilt()
    say(session, "goes on")
    path = corpus.folder / "scheme.toml"
    scheme = path.read_text(encoding="utf-8")
    path.write_text(scheme.replace('version = "1.', 'version = "9.'), encoding="utf-8")
    publish(corpus, {"one": DOCUMENTS["one"]})
    assert (session.follow(), session.rebuilt()) == (None, True)
    assert (session.edge(end=True), session.row) == (True, 6)


def test_an_empty_corpus(tmp_path: Path) -> None:
    with Session.open(new(tmp_path / "c", {}), "layla") as session:
        assert (session.row, session.progress) == (None, LabellingProgress(0, 0, None, 0))
        assert (session.step(1), session.edge(end=True), session.next_unfinished()) == (False,) * 3
        assert (session.undo(), session.redo(), session.find("1")) == (False, False, None)
        assert (session.choose(Filter()), list(session.search("x"))) == (0, [])


def test_a_corpus_that_was_never_built(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nothing was built yet"):
        Session.open(Corpus.create(tmp_path / "c"), "layla")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\x1b[31m", "\u202e"])
def test_an_annotator_has_a_name(corpus: Corpus, name: str) -> None:
    with pytest.raises(LabelError, match="name of an annotator"):
        Session.open(corpus, name)


READ_ONLY = """
import os, sys
from pathlib import Path
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import CorpusError
from hashiya.tui.session.session import Session
corpus = Corpus.open(Path(sys.argv[1]))
if os.getuid() == 0:
    os.chdir("/")
    os.setuid(65534)
try:
    Session.open(corpus, "layla")
except CorpusError as error:
    print("refused:", str(error).replace("\\n", " "), flush=True)
"""


@pytest.mark.parametrize("what", ["folder", "journal"])
def test_a_folder_that_cannot_be_written_is_one_message(what: str) -> None:
    with tempfile.TemporaryDirectory() as place:  # pytest's own folders are closed to other accounts
        Path(place).chmod(0o755)
        corpus = new(Path(place) / "c")
        read_only = {"folder": corpus.folder, "journal": corpus.folder / "journal.sqlite"}[what]
        corpus.folder.chmod(0o777)
        read_only.chmod(0o555 if what == "folder" else 0o444)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(corpus.folder)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": "."},
            check=False,
        )
        corpus.folder.chmod(0o755)
        assert done.stderr == ""
        assert done.stdout.startswith(f"refused: {read_only}: cannot be written")
        assert "ask its owner" in done.stdout


def test_another_process_that_writes_for_long_is_waited_for_then_told(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    with Session.open(corpus, "layla") as session:
        say(session, "before")
        busy = sqlite3.connect(session.journal.path, isolation_level=None)
        busy.execute("BEGIN IMMEDIATE")
        for act in (
            lambda: say(session, "lost?"),
            lambda: session.finish("done"),
            session.undo,
            session.renew,
        ):
            with pytest.raises(CorpusError, match="not saved"):
                act()
            assert (session.row, session.draft.comment, session.draft.status) == (0, "before", "draft")
            assert session.progress.finished == 0
        session.step(1)
        session.step(-1)
        with Session.open(corpus, "omar") as other:
            assert other.row == 0
        busy.execute("ROLLBACK")
        busy.close()
        say(session, "after")
        assert comments(session) == ["after"]
        assert session.undo()
        assert comments(session) == ["before"]


def test_seconds_add_up_over_visits_and_leave_idle_time_out(corpus: Corpus) -> None:
    hand = Hand()

    def wait(session: Session, seconds: float) -> None:
        hand.at += seconds
        session.clock.touch()

    with Session.open(corpus, "layla", idle=60, now=hand) as session:
        wait(session, 5)
        say(session, "one")
        assert session.draft.seconds == 5
        wait(session, 3600)
        session.go(0)  # the same pair: its time goes on
        wait(session, 2)
        session.finish("done")
        assert stands(session)[0].seconds == 67
        wait(session, 4)
        session.go(0)
        wait(session, 3)
        say(session, "two")
        assert session.draft.seconds == 70
        session.undo()
        assert session.draft.seconds == 67
    with Session.open(corpus, "layla", now=hand) as again:
        again.go(0)
        wait(again, 1.25)
        say(again, "three")
        assert again.draft.seconds == 68.2


def test_two_windows_of_one_annotator(corpus: Corpus, session: Session) -> None:
    with Session.open(corpus, "layla") as other:
        say(session, "first")
        other.step(1)
        other.finish("done")
        session.step(1)
        assert (session.draft.status, session.standings.own(1)) == ("done", "done")
        session.step(-1)
        other.go(0)
        assert other.draft.comment == "first"


def test_names_of_concepts_are_known_with_their_counts(session: Session) -> None:
    mark(session, "Deepseek")
    session.save(entities.set_concept(session.draft, "en1", "deepseek"))
    (found,) = session.known_names()
    assert (found[0].text, found[0].concept, found[1]) == ("Deepseek", "deepseek", 1)


def test_nothing_stays_open_after_a_start_that_failed(corpus: Corpus) -> None:
    (corpus.folder / "journal.sqlite").write_bytes(b"no journal" * 100)
    with pytest.raises(HashiyaError):
        Session.open(corpus, "layla")
    folder = corpus.folder / ".labelling"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_names_are_remembered_when_the_pair_is_finished(tmp_path: Path) -> None:
    rows = [("قالت إنفيديا", "Nvidia said"), ("ربحت إنفيديا", "Nvidia won")]
    corpus = new(tmp_path / "corpus", {"d": rows})
    with Session.open(corpus, "layla") as session:
        editor = Editor(session)
        editor.select("en", 0, 0)
        editor.mark("company")
        editor.link()
        assert session.concepts.propose("إنفيديا", "ar", "company") is None
        session.finish("done")
        assert session.concepts.propose("إنفيديا", "ar", "company") == "nvidia"


def test_a_pair_that_another_window_changed_is_shown_before_it_is_changed(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"d": [("قالت إنفيديا", "Nvidia said")]})
    with Session.open(corpus, "layla") as one, Session.open(corpus, "layla") as other:
        Editor(one).mark("company")
        editor = Editor(other)
        editor.other_side()
        with pytest.raises(LabelError, match="another window"):
            editor.mark("company")
        assert [item.text for item in other.draft.entities] == ["قالت"]
        editor.mark("company")
        assert len(other.draft.entities) == 2
        assert one.reread()
        assert len(one.draft.entities) == 2
        assert not one.reread()


def test_a_session_opens_where_a_draft_was_left_off(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"d": [("أ", "a"), ("ب", "b"), ("ج", "c")]})
    with Session.open(corpus, "layla") as session:
        session.go(2)
        Editor(session).mark("company")
    with Session.open(corpus, "layla") as session:
        assert session.row == 2
        session.finish("done")
    with Session.open(corpus, "layla") as session:
        assert session.row == 0


def test_a_linked_name_changes_its_kind_on_both_sides(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"d": [("Nvidia ربحت", "Nvidia won")]})
    with Session.open(corpus, "layla") as session:
        editor = Editor(session)
        editor.mark("company")
        editor.link()
        editor.mark("person")
        assert [item.type for item in session.draft.entities] == ["person", "person"]
