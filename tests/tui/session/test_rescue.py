"""A journal that is taken away under an open session: nothing is lost, and one merge brings it in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hashiya.corpus.carrying.merge_into_corpus import merge_into_corpus
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.journal.verify import journal_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.tui.session.session import Session
from hashiya.tui.settings.paths import SETTINGS_VARIABLE
from tests.tui.session.corpora import comments, say


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv(SETTINGS_VARIABLE, str(tmp_path / "home" / "settings.toml"))
    return tmp_path / "home"


def renamed_over(folder: Path, backup: Path) -> None:
    backup.rename(folder / JOURNAL)


def copied_over(folder: Path, backup: Path) -> None:
    shutil.copyfile(backup, folder / JOURNAL)


def deleted(folder: Path, backup: Path) -> None:
    (folder / JOURNAL).unlink()
    shutil.copyfile(backup, folder / JOURNAL)


@pytest.mark.parametrize("act", [renamed_over, copied_over, deleted])
def test_what_was_saved_goes_to_a_rescue_journal_and_comes_back(
    corpus: Corpus, session: Session, settings: Path, tmp_path: Path, act: object
) -> None:
    say(session, "before the backup")
    list(session.journal.database.ask("PRAGMA wal_checkpoint(TRUNCATE)"))
    backup = Path(shutil.copy(corpus.folder / JOURNAL, tmp_path / "backup"))
    session.go(1)
    say(session, "after it " + "x" * 9000)
    list(session.journal.database.ask("PRAGMA wal_checkpoint(TRUNCATE)"))
    assert not session.see_the_journal()
    act(corpus.folder, backup)  # type: ignore[operator]
    session.go(3)
    say(session, "in the rescue journal")
    assert session.rescued is not None
    assert session.rescued.parent == settings / "rescue"
    assert len(comments(session)) == 3
    assert session.undo()
    assert session.redo()
    session.close()
    with corpus.journal() as journal:
        assert [item.comment for s in journal.standing() for item in s.annotations] == ["before the backup"]
    merged, _ = merge_into_corpus(corpus, [session.rescued])
    assert (merged.in_conflict, merged.problems) == ([], [])
    with corpus.journal() as journal:
        assert len(list(journal.standing())) == 3
        assert [fault.what for fault in journal_faults(journal)] == []
    with Session.open(corpus, "layla") as again:
        assert again.rescued is None
        assert len(comments(again)) == 3


def test_a_folder_that_was_moved_is_noticed_without_a_save(
    corpus: Corpus, session: Session, tmp_path: Path
) -> None:
    say(session, "one")
    corpus.folder.rename(tmp_path / "moved")
    assert session.see_the_journal()
    assert not session.see_the_journal(), "it is said once"
    session.go(1)
    say(session, "two")
    assert session.rescued is not None
    moved = Corpus.open(tmp_path / "moved")
    merge_into_corpus(moved, [session.rescued])
    with moved.journal() as journal:
        assert len(list(journal.standing())) == 2
