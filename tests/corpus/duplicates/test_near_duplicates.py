from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.duplicates.minhash import shingles, signatures
from hashiya.corpus.duplicates.near_duplicates import (
    DUPLICATES,
    THRESHOLD,
    DuplicateCounts,
    DuplicateLink,
    NearDuplicates,
    count_groups,
    find_links,
    groups,
    links_of,
    reprints,
)
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.parquet import RecordFile
from hashiya.corpus.text.fold import fold
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Document
from tests.corpora import new


def words(*ranges: tuple[int, int]) -> str:
    """A text of the words of some ranges: what two texts have in common is what their ranges have."""
    return " ".join(f"word{number}" for start, end in ranges for number in range(start, end))


def jaccard(one: str, other: str) -> float:
    a, b = shingles(fold(one).split()), shingles(fold(other).split())
    return len(a & b) / len(a | b)


def brief(links: list[DuplicateLink]) -> list[tuple[str, str, str, bool]]:
    return [(link.doc_id, link.like, link.lang, link.exact) for link in links]


def test_copies_and_near_duplicates_are_found_on_either_side() -> None:
    a, b = words((0, 300)), words((1000, 1300))
    found = find_links(
        [
            Document(doc_id="first", ar=a, en=b),
            Document(doc_id="copy", en=b.upper()),
            Document(doc_id="revised", ar=words((0, 240), (2000, 2040))),
            Document(doc_id="other", ar=words((5000, 5300)), en=words((6000, 6300))),
        ]
    )
    assert brief(found) == [("copy", "first", "en", True), ("revised", "first", "ar", False)]
    assert found[1].similarity == pytest.approx(jaccard(a, words((0, 240), (2000, 2040))), abs=0.15)
    assert found[1].shared == pytest.approx(240 / 280, abs=0.15)
    assert {link.group for link in found} == {"first"}


def test_arabic_and_english_sides_are_not_compared_with_each_other() -> None:
    assert not find_links(
        [Document(doc_id="a", ar=words((0, 100))), Document(doc_id="b", en=words((0, 100)))]
    )


@pytest.mark.parametrize("text", ["نعم.", "Yes.", "The shares of the company rose on Monday, it said."])
def test_short_texts_are_linked_only_if_they_are_copies(text: str) -> None:
    documents = [
        Document(doc_id=name, en=text + more) for name, more in (("a", ""), ("b", " No."), ("c", "\n"))
    ]
    assert brief(find_links(documents)) == [("c", "a", "en", True)]


def test_a_chain_is_one_group_and_shows_who_is_like_whom() -> None:
    a, b, c = words((0, 300)), words((60, 360)), words((120, 420))
    assert min(jaccard(a, b), jaccard(b, c)) > THRESHOLD > jaccard(a, c)
    search = NearDuplicates()
    for name, text in (("a", a), ("b", b), ("c", c)):
        made = signatures(Document(doc_id=name, en=text))
        search.add(pa.array([name]), {lang: pa.array([value]) for lang, value in made.items()})
    (group,) = groups(search.links())
    assert group.first == "a"
    assert [(link.doc_id, link.like) for link in group.members] == [("b", "a"), ("c", "b")]
    assert count_groups([group]) == DuplicateCounts(groups=1, documents=3, copies=0)


def test_one_that_joins_two_earlier_ones_is_shown_with_both() -> None:
    documents = [
        Document(doc_id="a", ar=words((0, 200))),
        Document(doc_id="b", en=words((500, 800))),
        Document(doc_id="c", ar=words((0, 200)), en=words((500, 700))),
    ]
    (group,) = groups(find_links(documents))
    assert group.doc_ids == ("a", "c", "b")
    turned = group.members[-1]
    assert (turned.doc_id, turned.like, turned.lang) == ("b", "c", "en")
    assert turned.shared == pytest.approx(2 / 3, abs=0.15)


def test_copies_are_linked_to_what_the_first_of_them_is_like() -> None:
    base, revised = words((0, 300)), words((0, 260))
    documents = [
        Document(doc_id="base", en=base),
        Document(doc_id="revised", en=revised),
        Document(doc_id="copy", en=revised),
    ]
    assert brief(find_links(documents)) == [
        ("revised", "base", "en", False),
        ("copy", "base", "en", False),
        ("copy", "revised", "en", True),
    ]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(30, 60)), max_size=12))
def test_links_point_back_and_groups_are_parts(shapes: list[tuple[int, int, int]]) -> None:
    documents = [
        Document(
            doc_id=f"d{number}", ar=words((100 * ar, 100 * ar + size)), en=words((100 * en, 100 * en + 50))
        )
        for number, (ar, en, size) in enumerate(shapes)
    ]
    order = {document.doc_id: number for number, document in enumerate(documents)}
    found = find_links(documents)
    assert found == find_links(documents)
    for link in found:
        assert order[link.group] <= order[link.like] < order[link.doc_id]
        assert 0 <= link.shared <= 1
        assert THRESHOLD <= link.similarity <= 1
    made = groups(found)
    members = [doc_id for group in made for doc_id in group.doc_ids]
    assert len(members) == len(set(members))
    assert set(members) == {doc_id for link in found for doc_id in (link.doc_id, link.like)}
    texts: dict[str, set[str]] = {}
    for document in documents:  # whatever else: those that are copies of each other are in one group
        texts.setdefault(document.en or "", set()).add(document.doc_id)
    for copies in texts.values():
        assert len(copies) == 1 or any(copies <= set(group.doc_ids) for group in made)


def test_what_the_build_wrote_is_believed(tmp_path: Path) -> None:
    rows = [(None, words((0, 100)))]
    generation = new(
        tmp_path / "corpus", {"a": rows, "b": rows, "c": [(None, "Something else.")]}
    ).generation()
    assert brief(links_of(generation)) == [("b", "a", "en", True)]
    written = DuplicateLink(
        doc_id="c", like="a", group="a", lang="en", similarity=0.6, shared=0.75, exact=False
    )  # which the texts do not say
    file = RecordFile(generation.folder / DUPLICATES, DuplicateLink)
    file.add([written])
    files = {**generation.manifest.files, DUPLICATES: file.finish()}
    with_file = Generation(generation.folder, replace(generation.manifest, files=files))
    assert links_of(with_file) == [written]
    (generation.folder / DUPLICATES).unlink()
    with pytest.raises(CorpusError, match=r"duplicates\.parquet: is missing; build the corpus again"):
        links_of(with_file)


def test_a_reprint_is_more_than_a_near_duplicate() -> None:
    texts = {
        "first": words((0, 300)),
        "reprint": words((0, 290)),
        "page": words((0, 220), (500, 580)),  # as one with the same furniture
    }
    links = find_links([Document(doc_id=name, en=text) for name, text in texts.items()])
    assert {link.doc_id for link in links} == {"reprint", "page"}
    assert reprints(links) == {"reprint"}


def test_a_signature_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="20 or 276 bytes, not 3"):
        NearDuplicates().add(pa.array(["a"]), {"en": pa.array([b"abc"])})


def test_real_articles_are_told_from_their_revisions() -> None:
    """The seed article against itself without its last fifth, and with a line of furniture."""
    text = (Path(__file__).parents[3] / "seeds" / "deepseek-shock.en.txt").read_text(encoding="utf-8")
    cut = text[: len(text) * 4 // 5]
    more = f"{text}\nFollow us on Twitter, Facebook and Instagram.\n"
    documents = [
        Document(doc_id=name, en=each) for name, each in (("text", text), ("cut", cut), ("more", more))
    ]
    assert brief(find_links(documents)) == [("cut", "text", "en", False), ("more", "text", "en", False)]
    assert all(link.similarity > 0.7 for link in find_links(documents))
