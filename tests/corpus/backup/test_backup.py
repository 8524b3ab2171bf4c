"""A corpus survives its backup, also while others save; a damaged or hostile file is refused."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
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
from hashiya.corpus.store.shard import PAIRS
from hashiya.schema.errors import CorpusError, Problem
from tests.corpora import files_of, label, new, publish

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
    (corpus.folder / "team.toml").write_text('[[person]]\nname = "layla"\n')
    return corpus


def content(corpus: Corpus, work: Path) -> object:
    release(corpus, work, lambda _: None)
    with corpus.journal(write=False) as journal:
        return (
            list(export_labels(corpus)),
            list(journal_lines(journal)),
            files_of(work),
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
    assert (again.folder / "team.toml").read_text() == '[[person]]\nname = "layla"\n'
    names = {path.relative_to(again.folder).parts[0] for path in again.folder.rglob("*")}
    assert names == {
        "classes.json", "corpus.toml", "generations", "journal.anchor", "journal.sqlite", "manifest.json",
        "notes.json", "scheme.toml", "shards", "splits.json", "team.toml",
    }  # fmt: skip
    assert [path.name for path in (again.folder / "generations").iterdir()] == ["000002"]
    with again.journal() as journal:
        event = journal.record([label(again.generation(), 2)])[0]
        assert event.seq == 1, "the copy is a replica of its own"


SAVER = """
import sys
from pathlib import Path
from tests.corpora import files_of, label
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.shard import PAIRS
corpus = Corpus.open(Path(sys.argv[1]))
made = label(corpus.generation(), 2, annotator="saver")
with corpus.journal() as journal:
    for number in range(1_000_000):
        journal.record([made])
        print(number + 1, flush=True)
"""


def test_every_save_before_it_began_is_in_it(corpus: Corpus, tmp_path: Path) -> None:
    pair_id = corpus.generation().pair_ids()[2]
    with running(SAVER, corpus.folder) as process:
        assert process.stdout
        for number in range(8):
            saved = int(process.stdout.readline())
            backup(corpus, tmp_path / "b.tar", replace=number > 0)
            restore(tmp_path / "b.tar", tmp_path / str(number))
            with Corpus.open(tmp_path / str(number)).journal(write=False) as journal:
                assert len(journal.history(pair_id, "saver")) >= saved
        process.send_signal(signal.SIGKILL)
        process.stdout.read()


BUILDER = """
import sys
from pathlib import Path
from tests.corpora import files_of, publish
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.shard import PAIRS
corpus = Corpus.open(Path(sys.argv[1]))
for number in range(1_000_000):
    publish(corpus, {"d": [("نعم.", f"Yes {number}.")] * (1 + number % 300)})
    print(number, flush=True)
"""


def running(script: str, *arguments: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": "."},
    )


def test_a_build_that_publishes_meanwhile_tears_nothing(corpus: Corpus, tmp_path: Path) -> None:
    whole = 0
    with running(BUILDER, corpus.folder) as process:
        assert process.stdout
        for number in range(12):
            process.stdout.readline()
            try:
                backup(corpus, tmp_path / f"{number}.tar")
            except CorpusError as error:
                if "changes all the time" not in str(error):
                    raise
                continue
            whole += 1
            assert restore(tmp_path / f"{number}.tar", tmp_path / str(number)) == []
            again = Corpus.open(tmp_path / str(number))
            assert again.generation().complete()
            assert len(list((again.folder / "generations").iterdir())) == 1
        process.send_signal(signal.SIGKILL)
        process.stdout.read()
    backup(corpus, tmp_path / "last.tar")  # nobody builds any more
    assert restore(tmp_path / "last.tar", tmp_path / "last") == []


BACKER = """
import os, signal, sys
from pathlib import Path
from hashiya.corpus.backup.backup import backup
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.shard import PAIRS
left = int(sys.argv[3])
def count(frame, event, argument):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
corpus = Corpus.open(Path(sys.argv[1]))
sys.setprofile(count)
backup(corpus, Path(sys.argv[2]), replace=True)
sys.setprofile(None)
print(int(sys.argv[3]) - left)
"""


@pytest.mark.parametrize("before", [None, b"an earlier backup"])
def test_a_backup_that_is_killed_leaves_the_file_as_it_was_or_whole(
    corpus: Corpus, tmp_path: Path, before: bytes | None
) -> None:
    with running(BACKER, corpus.folder, tmp_path / "all.tar", Path("1000000000")) as process:
        assert process.stdout
        calls = int(process.stdout.read())
    whole = (tmp_path / "all.tar").read_bytes()
    file = tmp_path / "b.tar"
    outcomes = set()
    for number in [*range(1, calls, calls // 6), calls - 3, calls - 1, calls]:
        if before is None:
            file.unlink(missing_ok=True)
        else:
            file.write_bytes(before)
        with running(BACKER, corpus.folder, file, Path(str(number))) as process:
            process.wait()
        left = file.read_bytes() if file.exists() else None
        outcomes.add(left)
        assert left in {before, whole}
    assert outcomes == {before, whole}
    backup(corpus, file, replace=True)
    assert {path.name for path in tmp_path.iterdir()} == {"all.tar", "b.tar", "corpus"}, "leftovers are gone"


def test_everything_else_in_the_folder_comes_along(corpus: Corpus, tmp_path: Path) -> None:
    folder = corpus.folder
    (folder / "notes" / "ملاحظات").mkdir(parents=True)
    (folder / "notes" / "ملاحظات" / f"{'طويل' * 12}.txt").write_text("سطر")
    (folder / "notes" / "نیم\u200cفاصله\n.bin").write_bytes(b"\0\xff")
    (folder / "notes" / "bytes-\udcff").write_text("")
    (folder / "my-journal").write_text("")
    (folder / "empty").write_bytes(b"")
    (folder / "block").write_bytes(b"x" * 512)
    (folder / "journal.sqlite-wal.stale1").write_bytes(b"of another file")
    (folder / ".lock").write_text("")
    (folder / "generations" / ".work").mkdir()
    (folder / "generations" / ".work" / "part").write_text("")
    (folder / "splits.json").symlink_to(tmp_path / "splits")
    (tmp_path / "splits").write_text('{"d": "test"}')
    (folder / "linked").symlink_to(tmp_path)
    (folder / "nothing").symlink_to(tmp_path / "nothing")
    with sqlite3.connect(folder / "ledger.sqlite") as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE class (number INTEGER)")
        db.execute("INSERT INTO class VALUES (7)")
    problems: list[Problem] = []
    backup(corpus, tmp_path / "b.tar.gz", report=problems.append)  # while the ledger is open
    db.close()
    left_out = {"linked", "my-journal", "nothing", "notes/bytes-\udcff"}
    assert {problem.where for problem in problems} == {str(folder / name) for name in left_out}
    assert (tmp_path / "b.tar.gz").read_bytes()[:2] == b"\x1f\x8b"
    assert restore(tmp_path / "b.tar.gz", tmp_path / "new") == []
    back, here = tree(tmp_path / "new"), tree(folder)
    databases = {"journal.sqlite", "ledger.sqlite", "journal.anchor"}
    shards = {shard.folder.name for shard in corpus.generation().shards}
    gone = {name for name in here if name.split("/")[0] == "linked" or name.endswith(("-wal", "-shm"))}
    gone |= {
        ".lock",
        "my-journal",
        "notes/bytes-\udcff",
        "generations/.work/part",
        "generations/000002/manifest.json",
        *(name for name in here if "000001" in name),
        *(name for name in here if name.startswith("shards/") and name.split("/")[1] not in shards),
    }
    assert back.keys() == here.keys() - gone
    assert all(back[name] == here[name] for name in back.keys() - databases)
    with closing(sqlite3.connect(tmp_path / "new" / "ledger.sqlite")) as ledger:
        assert ledger.execute("SELECT number FROM class").fetchall() == [(7,)]
    assert (tmp_path / "new" / "splits.json").is_file()
    assert not (tmp_path / "new" / "splits.json").is_symlink()


def test_what_was_lost_before_is_told_of_the_copy_too(corpus: Corpus, tmp_path: Path) -> None:
    for name in ("journal.sqlite-wal", "journal.sqlite-shm"):
        (corpus.folder / name).unlink(missing_ok=True)
    shutil.copy2(corpus.folder / "journal.sqlite", tmp_path / "earlier")
    with corpus.journal() as journal:
        journal.record([label(corpus.generation(), 2)])
    shutil.copy2(tmp_path / "earlier", corpus.folder / "journal.sqlite")
    backup(corpus, tmp_path / "b.tar")
    (problem,) = restore(tmp_path / "b.tar", tmp_path / "new")
    assert "1 events that were saved are gone (1 of layla)" in problem.what
    (problem,) = check(Corpus.open(tmp_path / "new")).problems
    assert "1 of layla" in problem.what


def test_a_file_that_is_there_is_kept_and_none_is_written_into_the_corpus(
    corpus: Corpus, tmp_path: Path
) -> None:
    (tmp_path / "b.tar").write_bytes(b"mine")
    with pytest.raises(CorpusError, match="--force"):
        backup(corpus, tmp_path / "b.tar")
    assert (tmp_path / "b.tar").read_bytes() == b"mine"
    backup(corpus, tmp_path / "b.tar", replace=True)
    (tmp_path / "link").symlink_to(corpus.folder)
    for inside in (corpus.folder / "b.tar", tmp_path / "link" / "b.tar"):
        with pytest.raises(CorpusError, match="lies in the corpus folder"):
            backup(corpus, inside)
    with pytest.raises(CorpusError, match="no file"):
        backup(corpus, tmp_path, replace=True)
    with pytest.raises(CorpusError, match="No such file"):
        backup(corpus, tmp_path / "none" / "b.tar")


def test_nobody_gets_to_read_what_the_corpus_hides(corpus: Corpus, tmp_path: Path) -> None:
    corpus.folder.chmod(0o700)
    backup(corpus, tmp_path / "b.tar")
    assert mode(tmp_path / "b.tar") == 0o600
    restore(tmp_path / "b.tar", tmp_path / "new")
    assert mode(tmp_path / "new") == 0o700
    assert {mode(path) for path in (tmp_path / "new").rglob("*") if path.is_file()} == {0o600}
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o2770)
    restore(tmp_path / "b.tar", tmp_path / "shared")
    assert mode(tmp_path / "shared") == mode(tmp_path / "shared" / "generations") == 0o2770
    assert mode(tmp_path / "shared" / "journal.sqlite") == 0o660


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_state_of_a_server_may_be_damaged(corpus: Corpus, tmp_path: Path) -> None:
    (corpus.folder / "labelstudio.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    problems: list[Problem] = []
    backup(corpus, tmp_path / "b.tar", report=problems.append)
    assert "may be deleted" in problems[0].what
    assert restore(tmp_path / "b.tar", tmp_path / "new") == []
    assert not (tmp_path / "new" / "labelstudio.sqlite").exists()


def test_a_damaged_file_of_the_corpus_is_named_and_no_backup_is_left(corpus: Corpus, tmp_path: Path) -> None:
    pairs = corpus.generation().shards[0].path(PAIRS)
    pairs.write_bytes(pairs.read_bytes()[:-1] + b"x")
    with pytest.raises(CorpusError, match=r"pairs\.parquet: is damaged"):
        backup(corpus, tmp_path / "b.tar")
    pairs.unlink()
    with pytest.raises(CorpusError, match=r"pairs\.parquet: is missing"):
        backup(corpus, tmp_path / "b.tar")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus"]


@pytest.mark.parametrize("name", ["b.tar", "b.tar.gz"])
@given(data=st.data())
def test_a_changed_byte_or_a_cut_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    corpus = new(folder / "corpus", {"d": ROWS})
    backup(corpus, folder / name)
    whole = (folder / name).read_bytes()
    restore(folder / name, folder / "whole")
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    for content in (bytes(changed), whole[:place]):
        (folder / name).write_bytes(content)
        try:
            restore(folder / name, folder / "new")
        except CorpusError:
            assert not (folder / "new").exists()
        else:  # padding and dates between the files say nothing
            assert tree(folder / "new") == tree(folder / "whole")
            shutil.rmtree(folder / "new")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "/tmp/evil", "a/../../evil", "a//b", "./a", "..", ".git/hooks/pre-commit",
        "journal.sqlite-journal", "journal.sqlite-wal", "corpus.toml", "\udcff/../x", "a" * 300 + "/../b",
    ],
)  # fmt: skip
def test_nothing_is_written_outside_of_the_folder(corpus: Corpus, tmp_path: Path, name: str) -> None:
    backup(corpus, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar", "a") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        archive.addfile(entry, io.BytesIO(b"x"))
    with pytest.raises(CorpusError, match="does not belong"):
        restore(tmp_path / "b.tar", tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "corpus"]


def rewritten(file: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Write a backup anew with other content, and the hashes of it."""
    with tarfile.open(file) as archive:
        entries = {
            entry.name: change(entry.name, content.read())
            for entry in archive
            if (content := archive.extractfile(entry)) is not None
        }
    contents = json.loads(entries["contents.json"])
    contents["files"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in entries.items()
        if name != "contents.json"
    }
    entries["contents.json"] = json.dumps(contents).encode()
    with tarfile.open(file, "w") as archive:
        for name, held in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(held)
            archive.addfile(entry, io.BytesIO(held))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("manifest.json", b'"pairs.parquet"', b'"../../../secret"'),
        ("manifest.json", b'"generation": "000002"', b'"generation": "../x"'),
        ("manifest.json", b"{", b"["),
        ("corpus.toml", b"format", b"other"),
        ("journal.sqlite", b"SQLite", b"SQLate"),
        ("scheme.toml", b"name", b"nam="),
    ],
)
def test_an_archive_that_holds_no_whole_corpus_is_refused(
    corpus: Corpus, tmp_path: Path, name: str, old: bytes, new: bytes
) -> None:
    backup(corpus, tmp_path / "b.tar")
    rewritten(tmp_path / "b.tar", lambda at, content: content.replace(old, new) if at == name else content)
    with pytest.raises(CorpusError, match="holds is no whole corpus") as raised:
        restore(tmp_path / "b.tar", tmp_path / "new")
    assert f".new.{os.getpid()}" not in str(raised.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "corpus"]


@pytest.mark.parametrize("zipped", [False, True])
def test_an_entry_without_end_is_refused(corpus: Corpus, tmp_path: Path, zipped: bool) -> None:
    sparse = tarfile.TarInfo("sparse")
    sparse.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(1 << 60)}
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 1 << 40
    huge = tarfile.TarInfo("huge")
    huge.size = 1 << 50
    for made in (sparse.tobuf(tarfile.PAX_FORMAT), header.tobuf(), huge.tobuf(tarfile.GNU_FORMAT)):
        content = made + bytes(1 << 21)
        (tmp_path / "b.tar").write_bytes(gzip.compress(content) if zipped else content)
        with pytest.raises(CorpusError):
            restore(tmp_path / "b.tar", tmp_path / "new")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "corpus"]


@given(st.binary(max_size=3000), st.booleans())
def test_any_bytes_are_a_message(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, headed: bool
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    head = tarfile.TarInfo("a")
    head.size = len(content)
    (folder / "b").write_bytes(head.tobuf() + content if headed else content)
    with pytest.raises(CorpusError):
        restore(folder / "b", folder / "new")
    assert [path.name for path in folder.iterdir()] == ["b"]


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
    shutil.copytree(Path(__file__).parents[2] / "old" / "1" / "corpus", tmp_path / "old")
    old = Corpus.open(tmp_path / "old")
    backup(old, tmp_path / "b.tar")
    assert restore(tmp_path / "b.tar", tmp_path / "new") == []
    with Journal.open(tmp_path / "new" / "journal.sqlite", write=False) as journal:
        assert journal.database.format == 1
    assert list(export_labels(Corpus.open(tmp_path / "new"))) == list(export_labels(old))
