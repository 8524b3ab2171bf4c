from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.building.build_report import GivenDocument, GivenReport
from hashiya.corpus.building.chunks import chunks_of
from hashiya.corpus.building.known_files import KnownFiles
from hashiya.corpus.building.make_part import make_part
from hashiya.corpus.building.part_files import PartFolder
from hashiya.corpus.building.part_tables import Part, joined, token_column
from hashiya.corpus.building.plan import portions_of
from hashiya.corpus.sources.find import find_sources
from hashiya.corpus.text.tokens import tokenize
from hashiya.schema.arrow import arrow_schema, list_array
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Pair, Span
from tests.corpus.building.engines import mixed

REPORT = GivenReport(
    doc_id="c", ar_sentences=(1, 1, 1), en_sentences=(2, 2, 2), precision=1.0, recall=1.0, f1=1.0
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Part:
    """A part of all formats, whose chunks are sources and stretches of sources, some of them empty."""
    folder = tmp_path_factory.mktemp("parts")
    mixed.write(folder / "news")
    sources = find_sources([folder / "news"], lambda _: None)
    chunks = list(chunks_of(sources, ["1"], KnownFiles(folder / "known"), 500))
    (portion,) = portions_of(chunks, 1 << 30)
    return make_part(portion)


def same(one: Part, other: Part) -> bool:
    tables = ((one.documents, other.documents), (one.pairs, other.pairs))
    return one.notes == other.notes and all(bool(mine.equals(others)) for mine, others in tables)


def test_a_part_falls_into_its_chunks_and_is_put_together_again(made: Part) -> None:
    count = len(made.notes.chunks)
    chunks = made.chunks(range(count))
    assert count > 8
    assert {part.documents.num_rows for part in chunks} >= {0, 1}
    assert sum(part.pairs.num_rows for part in chunks) == made.pairs.num_rows
    assert len(made.notes.by_hand) == 1
    assert same(joined(chunks), made)
    assert same(joined([joined(chunks[:3]), joined([]), joined(chunks[3:])]), made)


@given(st.data())
def test_a_part_without_some_documents_keeps_what_belongs_to_the_others(
    made: Part, data: st.DataObject
) -> None:
    rows = made.documents.num_rows
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=rows, max_size=rows)))
    by_hand = tuple(
        GivenDocument(document=row, report=REPORT, scores={str(row): None}) for row in range(rows)
    )
    less = replace(made, notes=replace(made.notes, by_hand=by_hand)).only(kept)
    ids = less.documents["doc_id"].to_pylist()
    assert ids == [
        doc_id for doc_id, stays in zip(made.documents["doc_id"].to_pylist(), kept, strict=True) if stays
    ]
    assert [ids[row] for row in less.rows()] == less.pairs["doc_id"].to_pylist()
    of_kept = [
        pair_id
        for pair_id, row in zip(made.pairs["pair_id"].to_pylist(), made.rows(), strict=True)
        if kept[row]
    ]
    assert less.pairs["pair_id"].to_pylist() == of_kept
    assert [(one.document, *one.scores) for one in less.notes.by_hand] == [
        (number, str(row)) for number, row in enumerate(np.flatnonzero(kept).tolist())
    ]


def test_a_part_comes_back_from_the_disk_or_not_at_all(made: Part, tmp_path: Path) -> None:
    work = PartFolder(tmp_path / ".work")
    work.open()
    assert work.write("key", made).documents == made.documents.num_rows
    assert same(work.read("key"), made)
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


@given(st.lists(st.none() | st.text("ab ك،.\u064b\n", max_size=12)))
def test_a_column_of_tokens_is_that_of_the_records(texts: list[str | None]) -> None:
    column = token_column(texts)
    assert column.equals(list_array(Span, [tokenize(text or "") for text in texts]))
    assert column.type == arrow_schema(Pair).field("ar_tokens").type
