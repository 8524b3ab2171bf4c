from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.duplicates.repeated_lines import (
    ALREADY,
    LEAST,
    NEVER,
    LineCounter,
    LineTable,
    kind_of,
    line_hashes,
    lines_by_document,
    publisher_of,
)
from hashiya.corpus.segmentation.segment import segment
from hashiya.corpus.text.fold import fold
from hashiya.schema.records import Document, Kind, Sentence

BYLINE = "By Jane Smith in London"
CLAIM = "The writer covers chips for the paper and lives in London."


def page(number: int, *lines: str, **fields: str) -> Document:
    body = f"Title {'abcdefghijklmnopqrstuvwxyz'[number % 26] * 3} {number}\n" + "\n".join(lines)
    return Document(doc_id=f"d{number}", en=body, **{"publisher": "The Paper", **fields})  # type: ignore[arg-type]


def beads(document: Document) -> list[PlacedBead]:
    return [PlacedBead(ar=(), en=(sentence,)) for sentence in segment(document.en or "", "en")]


def found(documents: list[Document]) -> list[list[tuple[str, Kind]]]:
    """The text and the kind of every pair of each document, after the three passes."""
    hashes = [list(line_hashes(document, beads(document))) for document in documents]
    sentences = [(row, value) for row, pairs in enumerate(hashes) for values in pairs for value in values]
    rows = np.array([row for row, _ in sentences])
    values = np.array([value for _, value in sentences], np.uint64)
    lines, bounds = lines_by_document(len(documents), rows, values)
    counter = LineCounter(len(lines))
    counter.add(lines)
    may_be = counter.are_candidates(lines)
    names = [publisher_of(document) for document in documents]
    publishers = np.array([names.index(name) for name in names])
    table = LineTable()
    of_line = np.repeat(np.arange(len(documents)), np.diff(bounds))
    table.add(publishers, lines[may_be], of_line[may_be])
    repeated = frozenset(table.repeated().tolist())
    return [
        [
            ((document.en or "")[bead.en[0].start : bead.en[0].end], kind_of(bead.kind, values, repeated))
            for bead, values in zip(beads(document), pairs, strict=True)
        ]
        for document, pairs in zip(documents, hashes, strict=True)
    ]


def boilerplate(documents: list[Document]) -> set[str]:
    return {text for pairs in found(documents) for text, kind in pairs if kind == "boilerplate"}


@pytest.mark.parametrize("line", [BYLINE, CLAIM, "More from this section:", "- By our staff -"])
def test_a_line_of_many_documents_is_furniture(line: str) -> None:
    documents = [page(number, f"Story {number} goes on.", line, "And ends.") for number in range(LEAST)]
    assert boilerplate(documents) == {line}


def test_every_sentence_of_such_a_line_is_furniture() -> None:
    two = f"{BYLINE}. {CLAIM}"
    documents = [page(number, f"Story {number} goes on.", two) for number in range(LEAST)]
    assert boilerplate(documents) == {f"{BYLINE}.", CLAIM}


def test_one_document_less_is_not_enough() -> None:
    assert not boilerplate([page(number, "A story.", BYLINE) for number in range(LEAST - 1)])


def test_the_same_line_twice_in_a_document_counts_once() -> None:
    assert not boilerplate([page(number, BYLINE, "A story.", BYLINE) for number in range(LEAST - 1)])


@pytest.mark.parametrize("line", ["Yes.", "نعم.", "What happened then?", "Thank you very much!"])
def test_what_people_say_is_no_furniture(line: str) -> None:
    assert not boilerplate([page(number, "A story.", line, "More of it.") for number in range(50)])


def test_a_title_is_never_furniture() -> None:
    documents = [
        Document(doc_id=f"d{number}", en=f"Morning briefing\nStory {number}.") for number in range(20)
    ]
    assert not boilerplate(documents)


def test_a_title_is_the_first_line_that_is_not_boilerplate() -> None:
    texts = [f"Advertisement\nMorning briefing\nStory {number}." for number in range(20)]
    documents = [Document(doc_id=f"d{number}", en=text) for number, text in enumerate(texts)]
    assert boilerplate(documents) == {"Advertisement"}


def test_a_sentence_inside_a_paragraph_is_no_furniture() -> None:
    documents = [page(number, f"Number {number} is here now. {CLAIM}") for number in range(20)]
    assert not boilerplate(documents)


def test_numbers_make_no_difference_in_a_label_but_do_in_a_sentence() -> None:
    documents = [
        page(number, f"Published {number + 1} May 2025", f"The share of Nvidia rose by {number} percent.")
        for number in range(12)
    ]
    assert boilerplate(documents) == {f"Published {number + 1} May 2025" for number in range(12)}


def test_a_line_belongs_to_its_publisher() -> None:
    documents = [page(number, "A story.", BYLINE, publisher=f"paper {number}") for number in range(20)]
    assert not boilerplate(documents)


def test_a_large_publisher_needs_a_share_of_its_documents() -> None:
    """Of 200 documents four have a label, nine a sentence and ten another: 5 percent are ten."""
    claims = {0: 9, 1: 10}
    documents = [
        page(
            number,
            f"Story {number} is not told elsewhere.",
            *([BYLINE] if number < LEAST else []),
            *(f"{which}: {CLAIM}" for which, most in claims.items() if number < most),
        )
        for number in range(200)
    ]
    assert boilerplate(documents) == {BYLINE, f"1: {CLAIM}"}


@pytest.mark.parametrize(
    ("fields", "publisher"),
    [
        ({"publisher": "The  PAPER"}, "the paper"),
        ({"url": "https://www.Example.org/a?b"}, "example.org"),
        ({"url": "http://[broken"}, ""),
        ({}, ""),
    ],
)
def test_a_publisher_is_named_or_a_host(fields: dict[str, str], publisher: str) -> None:
    assert publisher_of(Document(doc_id="a", **fields)) == publisher  # type: ignore[arg-type]


def test_a_pair_is_furniture_only_if_all_of_it_is() -> None:
    lines = frozenset({10, 13})
    assert kind_of("body", [10, 13], lines) == "boilerplate"
    assert kind_of("title", [10, ALREADY], lines) == "boilerplate"
    assert kind_of("body", [10, 12], lines) == "body"
    assert kind_of("body", [10, NEVER], lines) == "body"
    assert kind_of("boilerplate", [12], lines) == "boilerplate"
    assert kind_of("body", [], lines) == "body"


def test_a_sentence_over_two_lines_is_judged_by_neither() -> None:
    document = page(1, "One line", "and its end.")
    text = document.en or ""
    start = text.index("One")
    (values,) = line_hashes(document, [PlacedBead(ar=(), en=(Sentence(start, len(text)),))])
    assert values == [NEVER]


def test_arabic_is_folded() -> None:
    def hashes(line: str) -> list[list[int]]:
        text = f"عنوان\n{line}"
        beads = [PlacedBead(ar=(Sentence(0, 5), Sentence(6, len(text))), en=())]
        return list(line_hashes(Document(doc_id="a", ar=text), beads))

    assert hashes("المزيد من أخبار الشَّركة") == hashes("المزيـــد من اخبار الشركه")
    assert hashes("المزيد من أخبار الشركة")[0][1] not in {NEVER, ALREADY}


def test_lines_that_are_folded_already_have_the_same_numbers() -> None:
    document = Document(doc_id="a", en="Title\n  Read More: 2 \n\nALSO this.\r\nRead more: 2")
    placed = list(beads(document))
    text = document.en or ""
    folded = {one: fold(one) for one in [text[bead.en[0].start : bead.en[0].end] for bead in placed]}
    assert len(folded) == 4
    assert list(line_hashes(document, placed, folded)) == list(line_hashes(document, placed))


@given(
    st.lists(st.sets(st.integers(1, 2**64 - 2), min_size=1, max_size=5), min_size=1, max_size=20),
    st.integers(0, 100),
)
def test_few_cells_make_no_wrong_answer(documents: list[set[int]], expected: int) -> None:
    """The rough count is never too low, so the exact one misses nothing, however small the table."""
    lines = [np.array(sorted(values), np.uint64) for values in documents]
    counter = LineCounter(expected)
    counter.add(np.concatenate(lines))  # as a shard's documents, all at once
    table = LineTable()
    for each in lines:
        candidates = each[counter.are_candidates(each)]
        table.add(np.zeros(1, np.int64), candidates, np.zeros(len(candidates), np.int64))
    standing = {value: sum(value in each for each in documents) for each in documents for value in each}
    assert set(table.repeated().tolist()) == {value for value, times in standing.items() if times >= LEAST}


@given(st.lists(st.lists(st.integers(0, 9) | st.just(ALREADY), max_size=9), max_size=9))
def test_a_document_has_each_of_its_lines_once(documents: list[list[int]]) -> None:
    rows = np.repeat(np.arange(len(documents)), [len(values) for values in documents])
    sentences = np.array([value for values in documents for value in values], np.uint64)
    lines, bounds = lines_by_document(len(documents), rows, sentences)
    assert [lines[first:last].tolist() for first, last in itertools.pairwise(bounds)] == [
        sorted(set(values) - {NEVER, ALREADY}) for values in documents
    ]
