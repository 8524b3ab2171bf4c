from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.duplicates.near_duplicates import DUPLICATES, DuplicateLink
from hashiya.corpus.inspection.check import check
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.shard import DOCUMENTS, PAIRS
from hashiya.schema.records import Document, Pair, Span
from tests.corpora import label, new

ROWS = [("ارتفع سهم نفيديا.", "Nvidia rose."), ("قالت ميتا نعم.", "Meta said yes."), (None, "Alone.")]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    corpus = new(tmp_path / "corpus", {"d": ROWS})
    view = corpus.generation().views(["d"])["d"]
    with corpus.journal() as journal:
        journal.record([label(corpus.generation(), 0, ("ar", "نفيديا"))], view.texts())
    return corpus


def rewrite(corpus: Corpus, change: Callable[[list[Document], list[Pair]], None]) -> None:
    """Publish a generation that a broken program might have written."""
    generation = corpus.generation()
    documents, pairs = list(generation.documents()), list(generation.pairs())
    change(documents, pairs)
    with corpus.new_generation(generation.manifest) as writer:
        writer.add(documents[0], pairs)
        for document in documents[1:]:
            writer.add(document, [])
        writer.publish("x", {})


def told(corpus: Corpus) -> str:
    return "\n".join(map(str, check(corpus).problems))


def test_a_sound_corpus_has_no_problem(corpus: Corpus) -> None:
    report = check(corpus)
    assert (report.documents, report.pairs, report.annotations, report.problems) == (1, 3, 1, [])


def test_the_team_is_verified(corpus: Corpus) -> None:
    team = corpus.folder / "team.toml"
    team.write_text('[[person]]\nname = "layla"\n[plan]\ngold = ["d"]\n', encoding="utf-8")
    assert told(corpus) == ""
    team.write_text('[plan]\ngold = ["d", "e"]\n', encoding="utf-8")
    assert told(corpus) == "team.toml: plan.gold: the corpus has no document 'e'; mend the id"
    team.write_text('[[person]]\nname = "layla"\nreads = ["fr"]\n', encoding="utf-8")
    assert "person[0].reads[0]: input should be 'ar' or 'en'" in told(corpus)


def pair_fault(number: int, **changes: object) -> Callable[[list[Document], list[Pair]], None]:
    def change(_: list[Document], pairs: list[Pair]) -> None:
        pairs[number] = replace(pairs[number], **changes)  # type: ignore[arg-type]

    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (pair_fault(1, ar_start=1), "pairs.parquet, row 1 (pair "),
        (pair_fault(1, ar_start=1), "[1:32] of the document is not the pair's text"),
        (pair_fault(1, ar="غير ذلك"), "its pair_id should be"),
        (pair_fault(1, pair_id="0" * 32), "its pair_id should be"),
        (pair_fault(1, index=7), "index 7, though it is number 1"),
        (pair_fault(1, bead="2-1"), "bead 2-1, though it has 1-1 sentences"),
        (pair_fault(1, en_tokens=(Span(0, 4),)), "'said yes.' at the end is in no token"),
        (pair_fault(1, en_tokens=(Span(0, 4), Span(3, 14))), "token 1: [3:14] overlaps the one before"),
        (pair_fault(1, en_sentences=(Span(0, 99),)), "sentence 0: [0:99] overlaps the one before or leaves"),
        (pair_fault(2, ar="", ar_start=0, ar_end=0), "ar: [0:0] of the document is not the pair's text"),
        (pair_fault(2, ar_start=0), "ar: half of this side is missing"),
        (pair_fault(1, doc_id="lost"), "there is no document 'lost'"),
        (lambda _, pairs: pairs.pop(), "no pair holds its end, 'Alone.'"),
        (lambda _, pairs: pairs.pop(0), "the text before it, 'ارتفع سهم نفيديا.', is in no pair"),
        (lambda _, pairs: pairs.append(pairs[0]), "its pair_id is there twice"),
        (lambda documents, _: documents.append(documents[0]), "row 1: doc_id 'd' is there twice"),
    ],
)
def test_a_wrong_row_is_named(
    corpus: Corpus, change: Callable[[list[Document], list[Pair]], None], complaint: str
) -> None:
    rewrite(corpus, change)
    assert complaint in told(corpus)


def test_a_changed_or_missing_file_is_named(corpus: Corpus) -> None:
    folder = corpus.generation().shards[0].folder
    content = bytearray((folder / PAIRS).read_bytes())
    content[-20] ^= 1
    (folder / PAIRS).write_bytes(content)
    assert f"{folder / PAIRS}: is not the file that was built" in told(corpus)
    (folder / DOCUMENTS).unlink()
    assert f"{folder / DOCUMENTS}: is missing" in told(corpus)


def test_a_wrong_file_of_links_is_named(corpus: Corpus) -> None:
    generation = corpus.generation()
    documents, pairs = list(generation.documents()), list(generation.pairs())
    link = DuplicateLink(
        doc_id="d", like="lost", group="gone", lang="en", similarity=1.0, shared=1.0, exact=True
    )
    with corpus.new_generation(generation.manifest) as writer:
        writer.add(documents[0], pairs)
        writer.record_file(DUPLICATES, DuplicateLink).add([link])
        writer.publish("x", {})
    assert [str(problem) for problem in check(corpus).problems] == [
        "duplicates.parquet, row 0: there is no document 'gone'; build again",
        "duplicates.parquet, row 0: there is no document 'lost'; build again",
    ]
    path = corpus.generation().folder / DUPLICATES
    path.write_bytes(path.read_bytes()[:-1])
    assert f"{path}: is not the file that was built" in told(corpus)
    path.unlink()
    assert f"{path}: is missing" in told(corpus)


def test_a_label_that_does_not_fit_is_named(corpus: Corpus) -> None:
    made = label(corpus.generation(), 1, ("en", "Meta"))
    wrong = replace(
        made, entities=(replace(made.entities[0], text="Beta"),), scheme=replace(made.scheme, version="0")
    )
    place = made.place
    lost = replace(
        label(corpus.generation(), 1, annotator="omar"),
        place=replace(place, ar=None, en=replace(place.en, document_hash="0" * 64) if place.en else None),
    )
    with corpus.journal() as journal:
        journal.record([wrong, lost])
    text = told(corpus)
    assert f"pair {made.pair_id}, annotator layla: entities[0].text: quotes 'Beta', but the text" in text
    assert "scheme: made with ai-market 0" in text
    assert "place.ar: is missing" in text
    assert "place.en.document_hash: no such text of the document is known" in text


def test_a_lost_journal_or_split_file_is_told_of(corpus: Corpus) -> None:
    (corpus.folder / "splits.json").write_text("garbage")
    assert "splits.json: cannot be read" in told(corpus)
    (corpus.folder / "journal.sqlite").unlink()
    assert "the journal, which holds all labels, is missing" in told(corpus)


@pytest.mark.parametrize(
    "ledger",
    [
        {"stance": ["bullish", "bullish"]},
        {"mood": ["x"]},
        {"target": ["chips"], "channel": ["demand"], "implication": ["chips/cost"]},
    ],
)
def test_a_ledger_of_classes_that_is_none_is_found(corpus: Corpus, ledger: dict[str, list[str]]) -> None:
    (corpus.folder / "classes.json").write_text(json.dumps(ledger))
    assert "classes.json" in told(corpus)


def test_a_damaged_journal_is_told_of(corpus: Corpus) -> None:
    path = corpus.folder / "journal.sqlite"
    db = sqlite3.connect(path)
    db.execute("DROP TRIGGER event_update")
    db.execute("UPDATE event SET author = 'eve'")
    db.commit()
    db.close()
    assert "its checksum does not match" in told(corpus)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(b"x" * 5000)
    assert "journal.sqlite: " in told(corpus)
