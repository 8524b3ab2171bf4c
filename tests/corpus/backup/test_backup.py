"""A corpus survives its backup, also while others save; a damaged or hostile file is refused."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.backup.backup import backup
from hashiya.corpus.backup.restore import restore
from hashiya.corpus.dataset.release import release
from hashiya.corpus.exchange.labels_jsonl import export_labels
from hashiya.corpus.inspection.check import check
from hashiya.corpus.journal.interchange import journal_lines
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import CorpusError
from tests.corpora import label, new, publish

ROWS = [("ارتفع سهم نفيديا 🚀.", "Nvidia rose 🚀."), ("قالت ميتا نعم.", "Meta said yes."), ("لا.", "No.")]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    corpus = new(tmp_path / "corpus", {"d": ROWS})
    publish(corpus, {"d": ROWS, "e": ROWS[:1]})
    with corpus.journal() as journal:
        texts = [text for view in corpus.generation().views(["d"]).values() for text in view.texts()]
        journal.record([label(corpus.generation(), 0, ("en", "Nvidia"), comment="سطر")], texts)
        journal.record([label(corpus.generation(), 1, ("en", "Meta"), annotator="omar")])
        journal.undo(corpus.generation().pair_ids()[0], "layla")
        journal.redo(corpus.generation().pair_ids()[0], "layla")
    (corpus.folder / "notes.json").write_text("{}")
    return corpus


def content(corpus: Corpus, work: Path) -> object:
    release(corpus, work, lambda _: None)
    with corpus.journal(write=False) as journal:
        return (
            list(export_labels(corpus)),
            list(journal_lines(journal)),
            [path.read_bytes() for path in sorted(work.iterdir())],
        )


def test_what_comes_back_is_the_same(corpus: Corpus, tmp_path: Path) -> None:
    release(corpus, tmp_path / "first", lambda _: None)  # records the splits
    done = backup(corpus, tmp_path / "b.tar")
    assert restore(tmp_path / "b.tar", tmp_path / "new") == []
    again = Corpus.open(tmp_path / "new")
    assert content(again, tmp_path / "r2") == content(corpus, tmp_path / "r1")
    assert check(again).problems == []
    assert done.events == 4
    assert (again.folder / "notes.json").read_text() == "{}"
    names = {path.relative_to(again.folder).parts[0] for path in again.folder.rglob("*")}
    assert names == {
        "classes.json", "corpus.toml", "generations", "journal.sqlite", "manifest.json", "notes.json",
        "scheme.toml", "splits.json",
    }  # fmt: skip
    assert [path.name for path in (again.folder / "generations").iterdir()] == ["000002"]
    with again.journal() as journal:
        event = journal.record([label(again.generation(), 2)])[0]
        assert event.seq == 1, "the copy is a replica of its own"


SAVER = """
import sys
from pathlib import Path
from tests.corpora import label
from hashiya.corpus.store.folder import Corpus
corpus = Corpus.open(Path(sys.argv[1]))
made = label(corpus.generation(), 2, annotator="saver")
with corpus.journal() as journal:
    for number in range(1_000_000):
        journal.record([made])
        print(number + 1, flush=True)
"""


def test_every_save_before_it_began_is_in_it(corpus: Corpus, tmp_path: Path) -> None:
    pair_id = corpus.generation().pair_ids()[2]
    with subprocess.Popen(
        [sys.executable, "-c", SAVER, str(corpus.folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": "."},
    ) as process:
        assert process.stdout
        for number in range(8):
            saved = int(process.stdout.readline())
            backup(corpus, tmp_path / "b.tar")
            restore(tmp_path / "b.tar", tmp_path / str(number))
            with Corpus.open(tmp_path / str(number)).journal(write=False) as journal:
                assert len(journal.history(pair_id, "saver")) >= saved
        process.send_signal(signal.SIGKILL)
        process.stdout.read()


def test_a_damaged_file_of_the_corpus_is_named_and_no_backup_is_left(corpus: Corpus, tmp_path: Path) -> None:
    pairs = corpus.generation().folder / "pairs.parquet"
    pairs.write_bytes(pairs.read_bytes()[:-1] + b"x")
    with pytest.raises(CorpusError, match=r"pairs\.parquet: is damaged"):
        backup(corpus, tmp_path / "b.tar")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus"]


@given(st.data())
def test_a_changed_byte_or_a_cut_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    corpus = new(folder / "corpus", {"d": ROWS})
    backup(corpus, folder / "b.tar")
    whole = (folder / "b.tar").read_bytes()
    restore(folder / "b.tar", folder / "whole")
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    for content in (bytes(changed), whole[:place]):
        (folder / "b.tar").write_bytes(content)
        try:
            restore(folder / "b.tar", folder / "new")
        except CorpusError:
            assert not (folder / "new").exists()
        else:  # padding and dates between the files say nothing
            assert tree(folder / "new") == tree(folder / "whole")
            for path in sorted((folder / "new").rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "a/../../evil"])
def test_nothing_is_written_outside_of_the_folder(corpus: Corpus, tmp_path: Path, name: str) -> None:
    backup(corpus, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar", "a") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        archive.addfile(entry, io.BytesIO(b"x"))
    with pytest.raises(CorpusError, match="does not belong"):
        restore(tmp_path / "b.tar", tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "corpus"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_refused(corpus: Corpus, tmp_path: Path, kind: bytes) -> None:
    backup(corpus, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar", "a") as archive:
        entry = tarfile.TarInfo("link")
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    with pytest.raises(CorpusError, match="does not belong"):
        restore(tmp_path / "b.tar", tmp_path / "new")


def test_what_is_no_backup_or_would_overwrite_is_a_message(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no tar")
    with pytest.raises(CorpusError, match="no backup"):
        restore(tmp_path / "text", tmp_path / "new")
    with pytest.raises(CorpusError, match="No such file"):
        restore(tmp_path / "gone", tmp_path / "new")
    backup(corpus, tmp_path / "b.tar")
    with pytest.raises(CorpusError, match="is there already"):
        restore(tmp_path / "b.tar", corpus.folder)


def test_a_corpus_of_format_1_is_backed_up_too(tmp_path: Path) -> None:
    old = Corpus.open(Path(__file__).parents[2] / "old" / "1" / "corpus")
    backup(old, tmp_path / "b.tar")
    assert restore(tmp_path / "b.tar", tmp_path / "new") == []
    with Journal.open(tmp_path / "new" / "journal.sqlite", write=False) as journal:
        assert journal.database.format == 1
    assert list(export_labels(Corpus.open(tmp_path / "new"))) == list(export_labels(old))
