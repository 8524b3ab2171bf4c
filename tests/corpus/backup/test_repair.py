"""Repair saves everything that is whole, lists the rest, and never fails on damage."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.backup.repair import repair
from hashiya.corpus.dataset.release import release
from hashiya.corpus.inspection.check import check
from hashiya.corpus.journal.interchange import journal_lines
from hashiya.corpus.journal.verify import journal_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import CorpusError, Problem
from tests.corpora import label, new

ROWS = [("ارتفع سهم نفيديا.", "Nvidia rose."), ("قالت ميتا نعم.", "Meta said yes."), ("لا.", "No.")]


def made(folder: Path) -> Corpus:
    corpus = new(folder, {"d": ROWS, "e": ROWS})
    with corpus.journal() as journal:
        texts = [text for view in corpus.generation().views(["d"]).values() for text in view.texts()]
        for number in range(12):
            made = label(corpus.generation(), number % 3, annotator=f"a{number}", comment="x" * 900)
            journal.record([made, made], [*texts, f"text {number} " + "y" * 3000])
        journal.undo(made.pair_id, "a11")
    release(corpus, folder.parent / "out", lambda _: None)
    return corpus


def test_a_whole_corpus_comes_out_as_it_is(tmp_path: Path) -> None:
    corpus = made(tmp_path / "corpus")
    problems: list[Problem] = []
    assert repair(corpus.folder, tmp_path / "new", problems.append) == 25
    assert problems == []
    again = Corpus.open(tmp_path / "new")
    with corpus.journal(write=False) as one, again.journal(write=False) as other:
        assert list(journal_lines(one)) == list(journal_lines(other))
    assert check(again).problems == []
    assert (again.folder / "splits.json").read_bytes() == (corpus.folder / "splits.json").read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    corpus = made(tmp_path_factory.mktemp("whole") / "corpus")
    return {
        str(path.relative_to(corpus.folder)): path.read_bytes()
        for path in corpus.folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(("-shm", "-wal"))
    }


@given(data=st.data())
def test_any_damage_is_listed_and_the_rest_is_saved(
    whole: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("damaged")
    for name, written in whole.items():
        for folder in ("corpus", "whole"):
            path = root / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written)
    name = data.draw(st.sampled_from(sorted(whole)))
    content = bytearray(whole[name])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.sampled_from([1, 1, 500, 5000]))
        content[place : place + length] = bytes(byte ^ 0x5A for byte in content[place : place + length])
    (root / "corpus" / name).write_bytes(content)
    before = {path: path.read_bytes() for path in (root / "corpus").rglob("*") if path.is_file()}
    problems: list[Problem] = []
    events = repair(root / "corpus", root / "new", problems.append)
    assert {path: path.read_bytes() for path in before} == before
    assert events == 25 or problems
    again = Corpus.open(root / "new")
    with again.journal() as journal:
        assert journal.database.count() == events
        kinds = {fault.kind for fault in journal_faults(journal)}
        assert kinds <= {"missing", "gap"}, "what is saved is whole; what it followed may be lost"
        journal.record([label(Corpus.open(root / "whole").generation(), 0)])


def test_a_folder_without_a_corpus_or_a_place_that_is_taken_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus"):
        repair(tmp_path, tmp_path / "new", lambda _: None)
    corpus = made(tmp_path / "corpus")
    with pytest.raises(CorpusError, match="is there already"):
        repair(corpus.folder, tmp_path / "out", lambda _: None)
    with pytest.raises(CorpusError, match="lies in the corpus folder"):
        repair(corpus.folder, corpus.folder / "new", lambda _: None)
