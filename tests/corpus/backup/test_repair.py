"""Repair saves everything that is whole, lists the rest, and never fails on damage."""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.backup.repair import repair
from hashiya.corpus.dataset.release import release
from hashiya.corpus.inspection.check import check
from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.interchange import journal_items, journal_lines
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.concepts import merge_concept, read_concepts
from hashiya.corpus.journal.verify import journal_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import CorpusError, Problem
from tests.corpora import label, new

ROWS = [("ارتفع سهم نفيديا.", "Nvidia rose."), ("قالت ميتا نعم.", "Meta said yes."), ("لا.", "No.")]


class Files(dict[str, bytes]):
    """Files of a corpus by name; too long to be shown where a test fails."""

    def __repr__(self) -> str:
        return f"<{len(self)} files>"


SEEDS = st.integers(0, 1 << 32)


def noise(seed: int, size: int) -> str:
    return "".join(random.Random(seed).choices("abcdefghijklmnopqrstuvwxyz", k=size))


def made(folder: Path) -> Corpus:
    corpus = new(folder, {"d": ROWS, "e": ROWS})
    with corpus.journal() as journal:
        texts = [text for view in corpus.generation().views(["d"]).values() for text in view.texts()]
        for number in range(12):
            made = label(corpus.generation(), number % 3, annotator=f"a{number}", comment=noise(number, 900))
            journal.record([made, made], [*texts, noise(number + 100, 3000)])
        journal.undo(made.pair_id, "a11")
    release(corpus, folder.parent / "out", lambda _: None)
    (folder / "notes.json").write_text("{}")
    return corpus


def test_a_whole_corpus_comes_out_as_it_is(tmp_path: Path) -> None:
    corpus = made(tmp_path / "corpus")
    problems: list[Problem] = []
    assert repair(corpus.folder, tmp_path / "new", problems.append).events == 25
    assert problems == []
    again = Corpus.open(tmp_path / "new")
    with corpus.journal(write=False) as one, again.journal(write=False) as other:
        assert list(journal_lines(one)) == list(journal_lines(other))
    assert check(again).problems == []
    assert (again.folder / "splits.json").read_bytes() == (corpus.folder / "splits.json").read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Files:
    corpus = made(tmp_path_factory.mktemp("whole") / "corpus")
    return Files(
        (name, content)
        for name, content in tree(corpus.folder).items()
        if not name.startswith(".") and not name.endswith(("-shm", "-wal"))
    )


def flipped(content: bytes, seed: int) -> tuple[bytes, set[int]]:
    """A file with some damage, and the pages of 4096 bytes that have any."""
    changed, chance = bytearray(content), random.Random(seed)
    pages: set[int] = set()
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(content))
        length = chance.choice([1, 1, 1, 500, 5000])
        bits = chance.choice([0x01, 0x5A, 0x80])
        changed[place : place + length] = bytes(byte ^ bits for byte in changed[place : place + length])
        pages.update(range(place // 4096, (min(place + length, len(content)) - 1) // 4096 + 1))
    return bytes(changed), pages


def pages_of(event: Event, content: bytes) -> set[int]:
    """The pages on which a part of an event lies."""
    body = event.body.encode()
    parts = [event.checksum.encode(), *(body[at : at + 48] for at in range(0, len(body), 48))]
    found: set[int] = set()
    for part in parts:
        at = content.find(part)
        while at >= 0:
            found.update({at // 4096, (at + len(part) - 1) // 4096})
            at = content.find(part, at + 1)
    return found


@given(seed=SEEDS)
def test_a_damaged_page_costs_the_events_on_it_and_no_other(
    whole: Files, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    root = tmp_path_factory.mktemp("pages")
    unpack(whole, root / "corpus")
    with Journal.open(root / "corpus" / "journal.sqlite", write=False) as journal:
        events = [item for item in journal_items(journal) if isinstance(item, Event)]
    content = whole["journal.sqlite"]
    changed, pages = flipped(content, seed)
    (root / "corpus" / "journal.sqlite").write_bytes(changed)
    problems: list[Problem] = []
    repair(root / "corpus", root / "new", problems.append)
    with Corpus.open(root / "new").journal(write=False) as journal:
        saved = {item for item in journal_items(journal) if isinstance(item, Event)}
    assert saved <= set(events)
    assert {event for event in events if not pages_of(event, content) & pages} <= saved
    lost = [problem for problem in problems if problem.left_out and problem.where == "journal.sqlite"]
    assert len(lost) >= len(events) - len(saved)


def test_the_first_page_alone_is_no_loss(whole: Files, tmp_path: Path) -> None:
    unpack(whole, tmp_path / "corpus")
    content = whole["journal.sqlite"]
    (tmp_path / "corpus" / "journal.sqlite").write_bytes(bytes(4096) + content[4096:])
    problems: list[Problem] = []
    done = repair(tmp_path / "corpus", tmp_path / "new", problems.append)
    assert done.events == 25
    assert done.documents == 2
    assert not any(problem.left_out for problem in problems)
    assert check(Corpus.open(tmp_path / "new")).problems == []


def test_what_is_only_in_the_log_is_saved(tmp_path: Path) -> None:
    corpus = made(tmp_path / "corpus")
    with corpus.journal() as journal:
        journal.record([label(corpus.generation(), 1, annotator="late", comment="z" * 9000)])
        shutil.copytree(corpus.folder, tmp_path / "copy")
    damaged = tmp_path / "copy" / "journal.sqlite"
    damaged.write_bytes(b"\0" * 100 + damaged.read_bytes()[100:])
    before = tree(tmp_path / "copy")
    assert "journal.sqlite-wal" in before
    repair(tmp_path / "copy", tmp_path / "new", lambda _: None)
    assert tree(tmp_path / "copy") == before
    with Corpus.open(tmp_path / "new").journal(write=False) as journal:
        assert "late" in journal.annotators()


def test_what_is_lost_is_named_as_far_as_it_is_known(whole: Files, tmp_path: Path) -> None:
    unpack(whole, tmp_path / "corpus")
    with Journal.open(tmp_path / "corpus" / "journal.sqlite", write=False) as journal:
        event = [item for item in journal_items(journal) if isinstance(item, Event)][8]
    content = bytearray(whole["journal.sqlite"])
    place = content.find(event.body.encode()[:400])
    page = place // 4096 * 4096
    content[page : page + 4096] = bytes(4096)
    (tmp_path / "corpus" / "journal.sqlite").write_bytes(content)
    problems: list[Problem] = []
    repair(tmp_path / "corpus", tmp_path / "new", problems.append)
    named = [problem.what for problem in problems if event.event_id in problem.what]
    assert named
    assert f"author {event.author}" in named[0]
    assert f"subject {event.subject}" in named[0]


def unpack(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", [b"meta", b"event", b"CREATE"])
def test_a_schema_that_is_no_text_is_damage(whole: Files, tmp_path: Path, name: bytes) -> None:
    unpack(whole, tmp_path / "corpus")
    path = tmp_path / "corpus" / "journal.sqlite"
    content = bytearray(whole["journal.sqlite"])
    for found in re.finditer(name, bytes(content[:4096])):
        content[found.start()] = 0xD2  # what SQLite quotes in its message, and Python cannot decode
    path.write_bytes(content)
    with pytest.raises(CorpusError, match="journal"):
        Journal.open(path)
    problems: list[Problem] = []
    repair(tmp_path / "corpus", tmp_path / "new", problems.append)
    assert any("damaged" in str(problem) for problem in problems)
    with Corpus.open(tmp_path / "new").journal(write=False) as journal:
        assert sum(isinstance(item, Event) for item in journal_items(journal)) == 25


@given(number=st.integers(0, 100), seed=SEEDS)
def test_any_damage_is_listed_and_the_rest_is_saved(
    whole: Files, tmp_path_factory: pytest.TempPathFactory, number: int, seed: int
) -> None:
    root = tmp_path_factory.mktemp("damaged")
    unpack(whole, root / "corpus")
    unpack(whole, root / "whole")
    name = sorted(whole)[number % len(whole)]
    (root / "corpus" / name).write_bytes(flipped(whole[name], seed)[0])
    before = tree(root / "corpus")
    problems: list[Problem] = []
    try:
        done = repair(root / "corpus", root / "new", problems.append)
    except CorpusError as error:
        if name != "scheme.toml" or "--shipped-scheme" not in str(error) or (root / "new").exists():
            raise
        done = repair(root / "corpus", root / "new", problems.append, shipped_scheme=True)
    assert tree(root / "corpus") == before
    assert done.events == 25 or problems
    assert done.documents == 2 or problems
    again = Corpus.open(root / "new")
    found = [
        problem.what for problem in (check(again).problems if done.documents else []) if problem.left_out
    ]
    if (
        name == "journal.sqlite"
    ):  # what a lost event was followed by says so, and what it had replaced is back
        found = [what for what in found if "which is not there" not in what and "side by side" not in what]
    kept_as_it_was = {"scheme.toml", "classes.json"}
    assert name in kept_as_it_was or not found, "what was saved is whole"
    for file in ("classes.json", "notes.json", "splits.json", "scheme.toml"):
        if name != file:
            assert (again.folder / file).read_bytes() == whole[file]
    with again.journal() as journal:
        assert journal.database.count() >= done.events
        journal.record([label(Corpus.open(root / "whole").generation(), 0)])


@given(st.sampled_from(["documents.parquet", "pairs.parquet"]), SEEDS)
def test_of_a_damaged_generation_documents_are_saved_that_are_whole(
    many: Files, tmp_path_factory: pytest.TempPathFactory, file: str, seed: int
) -> None:
    root = tmp_path_factory.mktemp("generation")
    unpack(many, root / "corpus")
    unpack(many, root / "whole")
    name = largest(many, file)
    (root / "corpus" / name).write_bytes(flipped(many[name], seed)[0])
    problems: list[Problem] = []
    done = repair(root / "corpus", root / "new", problems.append)
    assert any("build the corpus again" in problem.what for problem in problems)
    if not done.documents:
        return
    again, first = Corpus.open(root / "new"), Corpus.open(root / "whole")
    assert not any(problem.left_out for problem in check(again).problems)
    texts = {document.doc_id: (document.ar, document.en) for document in first.generation().documents()}
    for document in again.generation().documents():
        assert texts[document.doc_id] == (document.ar, document.en)
    named = {doc_id for doc_id in texts if any(f"document {doc_id}" in problem.where for problem in problems)}
    saved = {document.doc_id for document in again.generation().documents()}
    more = any("more documents" in problem.what for problem in problems)
    assert texts.keys() == saved | named or more
    assert again.manifest() is not None


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Files:
    documents = {
        f"d{number}": [(f"ارتفع السهم {number} {row}.", f"It rose {number} {row}.") for row in range(25)]
        for number in range(230)
    }
    corpus = new(tmp_path_factory.mktemp("many") / "corpus", documents)
    return Files((name, content) for name, content in tree(corpus.folder).items() if not name.startswith("."))


def largest(files: Files, name: str) -> str:
    """The file of this name in the largest shard."""
    found = [path for path in files if path.startswith("shards/") and path.endswith(name)]
    return max(found, key=lambda path: len(files[path]))


def test_row_groups_that_are_whole_are_saved(many: Files, tmp_path: Path) -> None:
    unpack(many, tmp_path / "corpus")
    name = largest(many, "pairs.parquet")
    content = bytearray(many[name])
    with pq.ParquetFile(tmp_path / "corpus" / name) as file:
        column = file.metadata.row_group(0).column(0)  # of five row groups, each of 40 documents
    content[column.data_page_offset : column.data_page_offset + 30] = b"\xff" * 30
    (tmp_path / "corpus" / name).write_bytes(content)
    problems: list[Problem] = []
    done = repair(tmp_path / "corpus", tmp_path / "new", problems.append)
    assert done.documents == 190
    assert not any(problem.left_out for problem in check(Corpus.open(tmp_path / "new")).problems)


@pytest.mark.parametrize(
    ("part", "damage"), [(b"{", b"x"), (b'"shards"', b'"shardt"'), (b'"files"', b'"filez"')]
)
def test_a_damaged_manifest_does_not_cost_the_generation(
    whole: Files, tmp_path: Path, part: bytes, damage: bytes
) -> None:
    unpack(whole, tmp_path / "corpus")
    (tmp_path / "corpus" / "manifest.json").write_bytes(whole["manifest.json"].replace(part, damage, 1))
    problems: list[Problem] = []
    assert repair(tmp_path / "corpus", tmp_path / "new", problems.append).documents == 2
    assert any("do not release" in problem.what for problem in problems)


@pytest.mark.parametrize(
    ("text", "saved", "told"),
    [
        ('{\n"d": "train",\n"e": "t\x01st"\n}\n', {"d": "train"}, ["document e has no split", "t\\x01st"]),
        ('{"d": "train"X"e": "test"}', {"d": "train", "e": "test"}, ["'X'"]),
        ('{\n"d": "train",\n"d": "test"\n', {}, ["test and train", "document e has no split"]),
        ('{\n"d}, ": "train",\n"e"', {"d}, ": "train"}, ["'\"e\"'"]),
        ("", {}, ["document d has no split", "document e has no split"]),
    ],
)
def test_splits_are_saved_entry_by_entry(
    whole: Files, tmp_path: Path, text: str, saved: dict[str, str], told: list[str]
) -> None:
    unpack(whole, tmp_path / "corpus")
    (tmp_path / "corpus" / "splits.json").write_text(text)
    problems: list[Problem] = []
    repair(tmp_path / "corpus", tmp_path / "new", problems.append)
    assert json.loads((tmp_path / "new" / "splits.json").read_text()) == saved
    for what in told:
        assert any(what in problem.what for problem in problems)
    assert all(problem.where == "splits.json" for problem in problems)


def test_a_name_with_one_flipped_bit_is_pointed_out(whole: Files, tmp_path: Path) -> None:
    unpack(whole, tmp_path / "corpus")
    (tmp_path / "corpus" / "splits.json").write_text('{"f": "train", "e": "train"}')
    problems: list[Problem] = []
    repair(tmp_path / "corpus", tmp_path / "new", problems.append)
    assert [problem.what for problem in problems] == [
        "names 'f', which is no document; if it was 'd', mend it"
    ]


def test_the_scheme_that_ships_is_taken_only_if_asked_for(whole: Files, tmp_path: Path) -> None:
    unpack(whole, tmp_path / "corpus")
    scheme = tmp_path / "corpus" / "scheme.toml"
    (tmp_path / "mine.toml").write_bytes(scheme.read_bytes())
    scheme.write_text("name = ")
    with pytest.raises(CorpusError, match="--shipped-scheme"):
        repair(tmp_path / "corpus", tmp_path / "new", lambda _: None)
    repair(tmp_path / "corpus", tmp_path / "new", lambda _: None, scheme=tmp_path / "mine.toml")
    assert (tmp_path / "new" / "scheme.toml").read_bytes() == (tmp_path / "mine.toml").read_bytes()


def test_other_files_come_along_and_a_damaged_state_of_a_server_does_not(
    whole: Files, tmp_path: Path
) -> None:
    unpack(whole, tmp_path / "corpus")
    folder = tmp_path / "corpus"
    (folder / "notes").mkdir()
    (folder / "notes" / "a.txt").write_text("a")
    (folder / "journal.sqlite-wal.stale1").write_bytes(b"of another file")
    (folder / "labelstudio.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    problems: list[Problem] = []
    repair(folder, tmp_path / "new", problems.append)
    assert [problem.where for problem in problems] == ["labelstudio.sqlite"]
    names = {
        str(path.relative_to(tmp_path / "new")) for path in (tmp_path / "new").rglob("*") if path.is_file()
    }
    assert {"notes/a.txt", "journal.sqlite-wal.stale1", "classes.json"} <= names
    assert not any("labelstudio" in name for name in names)


@pytest.mark.parametrize("where", ["files", "a shard's files", "a shard"])
def test_a_manifest_that_names_other_files_writes_nothing_outside(
    whole: Files, tmp_path: Path, where: str
) -> None:
    unpack(whole, tmp_path / "corpus")
    (tmp_path / "secret").write_text("secret")
    manifest = json.loads(whole["manifest.json"])
    digest = hashlib.sha256(b"secret").hexdigest()
    entry = {"rows": 0, "sha256": digest}
    if where == "a shard":
        manifest["shards"].append({"name": "../..", "files": {"secret": entry}})
    else:
        files = manifest["files"] if where == "files" else manifest["shards"][0]["files"]
        files["../../../secret"] = entry
    (tmp_path / "corpus" / "manifest.json").write_text(json.dumps(manifest))
    problems: list[Problem] = []
    repair(tmp_path / "corpus", tmp_path / "new", problems.append)
    assert any("names files that no corpus has" in problem.what for problem in problems)
    assert {path.name for path in tmp_path.iterdir()} == {"corpus", "new", "secret"}


@pytest.mark.parametrize("name", ["classes.json", "migrations.json"])
def test_a_ledger_that_cannot_be_read_is_told_of_and_kept(whole: Files, tmp_path: Path, name: str) -> None:
    unpack(whole, tmp_path / "corpus")
    (tmp_path / "corpus" / name).write_text('{"stance": ["bullish", ')
    problems: list[Problem] = []
    repair(tmp_path / "corpus", tmp_path / "new", problems.append)
    assert [problem.where for problem in problems] == [name]
    assert "restore it from a copy" in problems[0].what
    assert (tmp_path / "new" / name).read_text() == '{"stance": ["bullish", '


def test_a_journal_of_format_1_is_repaired_too(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "old" / "1" / "corpus", tmp_path / "corpus")
    with Corpus.open(tmp_path / "corpus").journal(write=False) as journal:
        events = journal.database.count()
        pseudonyms = journal.pseudonyms()
    path = tmp_path / "corpus" / "journal.sqlite"
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])
    problems: list[Problem] = []
    assert repair(tmp_path / "corpus", tmp_path / "new", problems.append).events == events
    with Corpus.open(tmp_path / "new").journal(write=False) as journal:
        assert journal.pseudonyms() == pseudonyms


def test_a_folder_without_a_corpus_or_a_place_that_is_taken_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus"):
        repair(tmp_path, tmp_path / "new", lambda _: None)
    corpus = made(tmp_path / "corpus")
    with pytest.raises(CorpusError, match="is there already"):
        repair(corpus.folder, tmp_path / "out", lambda _: None)
    with pytest.raises(CorpusError, match="lies in the corpus folder"):
        repair(corpus.folder, corpus.folder / "new", lambda _: None)


def test_lost_texts_come_back_from_the_documents_and_the_others_are_named(tmp_path: Path) -> None:
    corpus = made(tmp_path / "corpus")
    with closing(sqlite3.connect(corpus.folder / "journal.sqlite")) as db:
        db.execute("DROP TRIGGER text_delete")
        db.execute("DELETE FROM text")
        db.commit()
    problems: list[Problem] = []
    repair(corpus.folder, tmp_path / "new", problems.append)
    assert problems == []
    assert check(Corpus.open(tmp_path / "new")).problems == []
    (corpus.folder / "manifest.json").unlink()
    for name in ("generations", "shards"):
        shutil.rmtree(corpus.folder / name)  # with the documents the texts are gone, too
    repair(corpus.folder, tmp_path / "without", problems.append)
    assert len([problem for problem in problems if "cannot be moved" in problem.what]) == 2


def test_what_cannot_be_read_of_documents_and_concepts_is_left_out(tmp_path: Path) -> None:
    corpus = made(tmp_path / "corpus")
    with corpus.journal() as journal:
        merge_concept(journal, "nvda", "nvidia", "layla")
        journal.say("concept", "nvda", "layla", "merge", {"into": None})
        journal.say("document", "d", "layla", "text", {})
    problems: list[Problem] = []
    assert repair(corpus.folder, tmp_path / "new", problems.append).events == 26
    assert ["left out" in problem.what for problem in problems] == [True, True]
    again = Corpus.open(tmp_path / "new")
    with again.journal(write=False) as journal:
        assert read_concepts(journal).of("nvda") == "nvidia"
        assert list(journal_faults(journal)) == []
