"""What stands already: conflicts, labels of another scheme, boilerplate, what does not fit."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.journal.merge import merge_journals
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Flag, Stance
from hashiya.schema.scheme import shipped_scheme_text
from hashiya.tui.session.session import Session
from tests.corpora import SHIPPED
from tests.tui.session.corpora import comments, mark, say, stands


@pytest.fixture
def conflicting(corpus: Corpus, session: Session, tmp_path: Path) -> Session:
    session.go(3)
    say(session, "earlier")
    session.go(0)
    say(session, "base")
    away = Corpus.open(Path(shutil.copytree(corpus.folder, tmp_path / "away")))
    say(session, "here")
    with Session.open(away, "layla") as other:
        say(other, "there")
    with corpus.journal() as journal:
        merge_journals(journal, [away.folder])
    session.go(session.row)
    return session


def test_a_conflict_is_shown_and_settled_by_a_save(conflicting: Session) -> None:
    session = conflicting
    assert session.side_by_side == 2
    seen = []
    for number in range(3):
        session.look_at(number)
        seen.append(session.draft.comment)
    assert sorted(map(str, seen[:2])) == ["here", "there"]
    assert seen[2] == seen[0]
    with pytest.raises(LabelError, match="side by side"):
        session.undo()
    session.look_at(seen.index("there"))
    session.save(session.draft)
    assert (session.side_by_side, sorted(map(str, comments(session)))) == (1, ["earlier", "there"])
    session.look_at(5)
    assert session.draft.comment == "there"


def test_undo_after_a_conflict_comes_to_an_end_and_to_other_pairs(conflicting: Session) -> None:
    session = conflicting
    say(session, "both")
    steps = 0
    while session.undo():
        steps += 1
        assert steps < 10
    assert comments(session) == []  # also of the pair that was labelled before the conflict
    session.go(3)
    say(session, "later")
    assert (session.undo(), session.undo()) == (True, False)


def test_finishing_settles_a_conflict_with_what_is_looked_at(conflicting: Session) -> None:
    conflicting.look_at(0 if conflicting.draft.comment == "there" else 1)
    conflicting.finish("done")
    (annotation,) = stands(conflicting, conflicting.reader.index.pair_id(0))
    assert (annotation.comment, annotation.status) == ("there", "done")


def other_scheme(folder: Path, *changes: tuple[str, str]) -> Path:
    text = shipped_scheme_text()
    for old, new_ in changes:
        assert old in text
        text = text.replace(old, new_, 1)
    path = folder / "other.toml"
    path.write_text(text, encoding="utf-8")
    return path


OUTDATED = [
    ((f'version = "{SHIPPED}"', 'version = "2.0.0"'),),
    (('id = "company"', 'id = "firm"'), (f'version = "{SHIPPED}"', 'version = "1.8.0"')),
    (('name = "ai-market"', 'name = "other"'),),
]


@pytest.mark.parametrize("changes", OUTDATED)
def test_what_was_said_with_another_scheme_is_shown_not_edited(
    corpus: Corpus, session: Session, tmp_path: Path, changes: tuple[tuple[str, str], ...]
) -> None:
    mark(session, "Deepseek")
    say(session, "keep me")
    old = session.annotation
    session.close()
    shutil.copy(other_scheme(tmp_path, *changes), corpus.folder / "scheme.toml")
    amended = Corpus.open(corpus.folder)
    with Session.open(amended, "layla") as again:
        assert (again.row, again.outdated, again.annotation) == (0, True, old)
        for edit in (lambda: say(again, "no"), lambda: again.finish("done")):
            with pytest.raises(LabelError, match="start the pair anew"):
                edit()
        assert stands(again) == [old]
        again.renew()
        assert (again.outdated, again.draft.entities, again.draft.comment) == (False, (), "keep me")
        assert again.draft.scheme == amended.scheme.ref
        assert again.undo()
        assert (again.outdated, again.annotation) == (True, old)
        assert again.redo()
        again.finish("done")
        assert [item.status for item in stands(again)] == ["done"]


def test_misfits_are_counted(corpus: Corpus, session: Session, tmp_path: Path) -> None:
    say(session, "one")
    assert session.misfits() == 0
    session.close()
    with Session.open(
        Corpus.create(corpus.folder, None, other_scheme(tmp_path, OUTDATED[0][0])), "layla"
    ) as s:
        assert s.misfits() == 1


def test_a_label_added_since_does_no_harm(corpus: Corpus, session: Session, tmp_path: Path) -> None:
    mark(session, "Deepseek")
    session.close()
    minor = other_scheme(tmp_path, (f'version = "{SHIPPED}"', 'version = "1.8.0"'))
    with Session.open(Corpus.create(corpus.folder, None, minor), "layla") as again:
        assert (again.outdated, again.misfits()) == (False, 0)
        say(again, "goes on")
        assert again.draft.scheme.version == "1.8.0"
        assert again.undo()
        assert again.draft.scheme.version == SHIPPED


def test_boilerplate_may_be_looked_at_and_skipped_but_not_done_with_labels(session: Session) -> None:
    session.go(2)
    assert (session.pair.kind, session.progress.place) == ("boilerplate", None)
    mark(session, "rights")
    with pytest.raises(LabelError, match="boilerplate is not labelled"):
        session.finish("done")
    assert session.draft.status == "draft"
    assert (session.finish("skipped"), session.row) == (True, 3)
    assert session.progress.finished == 0
    session.undo()
    session.undo()
    assert session.finish("done")


def test_what_does_not_fit_is_refused_and_changes_nothing(session: Session) -> None:
    say(session, "kept")
    wrong: list[Annotation] = [
        replace(session.draft, pair_id="0" * 32),
        replace(session.draft, flags=(Flag(lang="ar", start=0, end=3, text="xyz", kind="garbled"),)),
        replace(session.draft, stances=(Stance(target="moon", stance="bullish", holder="author"),)),
    ]
    for annotation in wrong:
        with pytest.raises(LabelError, match="cannot be saved"):
            session.save(annotation)
        assert comments(session) == [session.draft.comment] == ["kept"]
