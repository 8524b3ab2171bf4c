from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hashiya.corpus.building.assembly import DistinctIds, assemble
from hashiya.corpus.building.build_report import GivenDocument, GivenReport
from hashiya.corpus.building.make_pairs import make_pairs
from hashiya.corpus.building.part_files import PartFolder
from hashiya.corpus.building.part_tables import DOCUMENT, WHERE, Notes, Part
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.parquet import records_table
from hashiya.corpus.store.writer import GenerationWriter
from hashiya.schema.errors import CorpusError, Problem
from hashiya.schema.records import Document, Pair
from tests.corpora import Rows, document, publish, tokenize

ROWS = [("نص.", "Text."), (None, "Alone.")]
REPORT = GivenReport(
    doc_id="c", ar_sentences=(1, 1, 1), en_sentences=(2, 2, 2), precision=1.0, recall=1.0, f1=1.0
)


def part(*documents: tuple[str, Rows], by_hand: tuple[GivenDocument, ...] = ()) -> Part:
    made = [document(doc_id, rows) for doc_id, rows in documents]
    pairs = [make_pairs(item, beads, tokenize) for item, beads in made]
    wheres = [f"f, line {row}" for row in range(len(made))]
    rows = [row for row, some in enumerate(pairs) for _ in some]
    return Part(
        records_table(Document, [item for item, _ in made]).append_column(WHERE, pa.array(wheres)),
        records_table(Pair, [pair for some in pairs for pair in some]).append_column(
            DOCUMENT, pa.array(rows, pa.int32())
        ),
        Notes(by_hand=by_hand),
    )


def built(folder: Path, *parts: Part) -> tuple[Corpus, list[Problem]]:
    corpus, problems = Corpus.create(folder, "test"), list[Problem]()
    with corpus.new_generation(corpus.manifest()) as writer:
        assemble(lambda: iter(parts), [DistinctIds(problems.append)], writer)
        writer.publish("inputs", {})
    return corpus, problems


@given(
    counts=st.lists(st.integers(1, 700), min_size=1, max_size=8),
    cuts=st.sets(st.integers(0, 8)),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_bytes_do_not_depend_on_where_parts_end(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int], cuts: set[int]
) -> None:
    documents: Mapping[str, Rows] = {
        f"d{number}": [(f"نص {number} {row}.", f"Text {row}." if row % 3 else None) for row in range(count)]
        for number, count in enumerate(counts)
    }
    one_by_one = Corpus.create(tmp_path_factory.mktemp("a") / "c", "test")
    publish(one_by_one, documents)
    items = list(documents.items())
    places = sorted({0, len(items), *(place for place in cuts if place < len(items))})
    parts = [part(*items[start:end]) for start, end in itertools.pairwise(places)]
    in_parts, problems = built(tmp_path_factory.mktemp("b") / "c", *parts)
    assert problems == []
    assert in_parts.generation().manifest.files == one_by_one.generation().manifest.files
    assert list(in_parts.generation().pairs()) == list(one_by_one.generation().pairs())


def test_of_two_documents_of_one_id_the_first_stays(tmp_path: Path) -> None:
    other: Rows = [("آخر.", "Other.")]
    first = part(("a", ROWS), ("b", ROWS), ("a", other))
    second = part(("b", other), ("c", ROWS))
    corpus, problems = built(tmp_path / "c", first, second)
    assert [(problem.where, problem.what) for problem in problems] == [
        ("f, line 2", "its doc_id 'a' is that of f, line 0 too: give one of them another"),
        ("f, line 0", "its doc_id 'b' is that of f, line 1 too: give one of them another"),
    ]
    publish(clean := Corpus.create(tmp_path / "clean", "test"), {"a": ROWS, "b": ROWS, "c": ROWS})
    assert corpus.generation().manifest.files == clean.generation().manifest.files


def test_a_part_without_some_documents_keeps_what_belongs_to_the_others(tmp_path: Path) -> None:
    by_hand = GivenDocument(document=2, report=REPORT, scores={})
    whole = part(("a", ROWS), ("b", ROWS[:1]), ("c", ROWS), by_hand=(by_hand,))
    less = whole.only(np.array([False, True, True]))
    assert less.documents["doc_id"].to_pylist() == ["b", "c"]
    assert less.pairs["doc_id"].to_pylist() == ["b", "c", "c"]
    assert list(less.rows()) == [0, 1, 1]
    assert [one.document for one in less.notes.by_hand] == [1]
    assert whole.only(np.array([True, True, False])).notes.by_hand == ()


def test_a_part_comes_back_from_the_disk_or_not_at_all(tmp_path: Path) -> None:
    work = PartFolder(tmp_path / ".work")
    work.open()
    made = part(
        ("a", ROWS), ("b", []), by_hand=(GivenDocument(document=0, report=REPORT, scores={"x": None}),)
    )
    assert work.write("key", made).documents == 2
    again = work.read("key")
    assert again.documents.equals(made.documents)
    assert again.pairs.equals(made.pairs)
    assert again.notes == made.notes
    (file,) = (tmp_path / ".work").iterdir()
    content = file.read_bytes()
    for damage in (b"", content[:10], content[:-1], content[:-1] + b"\0", content[:40] + b"x" + content[41:]):
        file.write_bytes(damage)
        assert (work.summary("key") is None) == (damage != content)
    file.write_bytes(content[:-9])
    with pytest.raises(CorpusError, match="it is damaged; build again"):
        work.read("key")
    assert work.summary("none") is None
    work.clear()
    assert not (tmp_path / ".work").exists()


def test_a_survey_may_change_what_goes_into_the_corpus(tmp_path: Path) -> None:
    """What repeats in all documents is known only after the last: so parts are looked at, then settled."""

    class Repeated:
        def __init__(self) -> None:
            self.seen: list[str] = []
            self.repeated: set[str] = set()

        def look(self, part: Part) -> Part:
            self.seen += map(str, part.pairs["en"].to_pylist())
            return part

        def decide(self) -> None:
            self.repeated = {en for en in self.seen if self.seen.count(en) > 1}

        def settle(self, part: Part) -> Part:
            kinds = ["boilerplate" if en in self.repeated else "body" for en in part.pairs["en"].to_pylist()]
            at = part.pairs.schema.get_field_index("kind")
            return Part(part.documents, part.pairs.set_column(at, "kind", pa.array(kinds)), part.notes)

    corpus = Corpus.create(tmp_path / "c", "test")
    parts = [part(("a", [("نص.", "Follow us."), ("نص.", "One.")])), part(("b", [(None, "Follow us.")]))]
    with corpus.new_generation(corpus.manifest()) as writer:
        assert isinstance(writer, GenerationWriter)
        account = assemble(lambda: iter(parts), [Repeated()], writer)
        writer.publish("inputs", {})
    assert [pair.kind for pair in corpus.generation().pairs()] == ["boilerplate", "body", "boilerplate"]
    assert (account.boilerplate, account.documents, account.alone["en"]) == (2, 2, 1)
