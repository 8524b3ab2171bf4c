"""Copies and near-duplicates among documents: links found by LSH, and the connected components of the links.

Given documents in the same order, the search finds the same links on every machine. It holds some
280 bytes a side and the ids; n sides take O(n log n).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hashiya.corpus.duplicates.lsh import first_equal, similar
from hashiya.corpus.duplicates.minhash import EXACT, HEAD, SIZE, VALUES, signatures
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.parquet import read_records
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import LANGS, Document, Lang, record

DUPLICATES = "duplicates.parquet"
"""The file of a generation that holds its links, one `DuplicateLink` a row; it may be missing."""

THRESHOLD = 0.5
"""The estimated Jaccard similarity from which two sides are near-duplicates."""

SAME = 0.8
"""The similarity from which a document is a reprint of another: see `reprints`."""


@record
class DuplicateLink:
    """A side of a document that is like the same side of an earlier document.

    `similarity` is the Jaccard similarity of the shingles, estimated from the signatures; `shared` is the
    share of this side's shingles that the other has, by the same estimate. `exact` says that the sides are
    equal but for case, marks and white space; then both are 1. `group` is the first document of the group.
    """

    doc_id: str
    like: str
    group: str
    lang: Lang
    similarity: float
    shared: float
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A connected component of links: `first` is its first document, `members` are links of the others.

    A document has a link for each side in which it is like one of the group: to `first` if there is one,
    else to the document that is most similar.
    """

    first: str
    members: tuple[DuplicateLink, ...]

    @property
    def doc_ids(self) -> tuple[str, ...]:
        """The documents, each once."""
        return tuple(dict.fromkeys((self.first, *(link.doc_id for link in self.members))))


@record
class DuplicateCounts:
    """How many groups there are, documents in them, and documents with a side that is a copy."""

    groups: int = 0
    documents: int = 0
    copies: int = 0


class NearDuplicates:
    """The search for links: add every document with its signatures, in order, then call `links`."""

    def __init__(self, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold
        self._ids: list[pa.Array[Any]] = []
        self._count = 0
        self._sides = {lang: _Sides() for lang in LANGS}

    def add(self, ids: pa.Array[Any], made: Mapping[Lang, pa.Array[Any]]) -> None:
        """Add documents by their ids, with the `signatures` of their sides, null or empty where none.

        An id must not be added twice.
        """
        for lang, values in made.items():
            self._sides[lang].add(self._count, values)
        self._ids.append(ids)
        self._count += len(ids)

    def links(self) -> Iterator[DuplicateLink]:
        """Yield the links by document, then by the document that it is like, then by language."""
        rows: list[tuple[int, int, Lang, float, float, bool]] = [
            (after, before, lang, similarity, shared, exact)
            for lang in LANGS
            for before, after, similarity, shared, exact in self._sides[lang].links(self._threshold)
        ]
        rows.sort(key=lambda row: row[:3])
        first = _components((after, before) for after, before, *_ in rows)
        ids = pa.chunked_array(self._ids, pa.string())
        for after, before, lang, similarity, shared, exact in rows:
            yield DuplicateLink(
                doc_id=str(ids[after]),
                like=str(ids[before]),
                group=str(ids[first[after]]),
                lang=lang,
                similarity=similarity,
                shared=shared,
                exact=exact,
            )


def groups(links: Iterable[DuplicateLink]) -> list[Group]:
    """Return the connected components of the links of a corpus, by their first documents."""
    gathered: dict[str, dict[tuple[str, Lang], DuplicateLink]] = {}
    for link in links:
        members = gathered.setdefault(link.group, {})
        for one in (link, _turned(link)):
            if one.doc_id != one.group:
                place = (one.doc_id, one.lang)
                members[place] = max(members.get(place, one), one, key=_closeness)
    return [Group(first=first, members=tuple(members.values())) for first, members in gathered.items()]


def count_groups(components: Iterable[Group]) -> DuplicateCounts:
    """Return the counts of some groups."""
    counts = DuplicateCounts()
    for group in components:
        copies = {link.doc_id for link in group.members if link.exact}
        counts = DuplicateCounts(
            groups=counts.groups + 1,
            documents=counts.documents + len(group.doc_ids),
            copies=counts.copies + len(copies),
        )
    return counts


def reprints(links: Iterable[DuplicateLink]) -> set[str]:
    """Return the documents that are reprints of an earlier one, whose lines are not counted.

    The threshold, `SAME`, is higher than that of near-duplicates: pages with much boilerplate and little text
    are similar because of the boilerplate, which counting lines must find.
    """
    return {link.doc_id for link in links if link.similarity >= SAME}


def find_links(documents: Iterable[Document]) -> list[DuplicateLink]:
    """Return the links of some documents, which are read once and in order."""
    search = NearDuplicates()
    for document in documents:
        made = signatures(document)
        sides: dict[Lang, pa.Array[Any]] = {lang: pa.array([made.get(lang)], pa.binary()) for lang in LANGS}
        search.add(pa.array([document.doc_id], pa.string()), sides)
    return list(search.links())


def links_of(generation: Generation) -> list[DuplicateLink]:
    """Return the links of a generation: those that its build wrote, or else found now.

    `CorpusError` names a file that is missing or cannot be read.
    """
    if DUPLICATES not in generation.manifest.files:
        return find_links(generation.documents())
    path = generation.folder / DUPLICATES
    if not path.is_file():
        raise CorpusError(f"{path}: is missing; build the corpus again")
    return list(read_records(path, DuplicateLink))


class _Sides:
    """The sides of one language: their documents, by number, and their signatures, in order."""

    def __init__(self) -> None:
        self._documents: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        self._heads: list[NDArray[np.uint8]] = [np.zeros((0, HEAD), np.uint8)]
        self._signed: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        self._values: list[NDArray[np.uint16]] = [np.zeros((0, VALUES), "<u2")]
        self._count = 0

    def add(self, first: int, signatures_of_sides: pa.Array[Any]) -> None:
        """Add the sides of documents that are numbered from `first` on."""
        array: Any = signatures_of_sides
        offset, count = array.offset, len(array)
        _, ends, data = array.buffers()
        at = np.frombuffer(ends or b"", np.int32)[offset : offset + count + 1].astype(np.int64)
        content = np.frombuffer(data or b"", np.uint8)
        sizes = np.diff(at)
        if not np.isin(sizes, (0, HEAD, SIZE)).all():
            found = ", ".join(map(str, np.unique(sizes).tolist()))
            raise ValueError(f"a signature has {HEAD} or {SIZE} bytes, not {found}")
        there = np.flatnonzero(sizes)
        long = sizes[there] == SIZE
        if long.all():  # as nearly always: the bytes are a table as they stand
            rows = content[at[0] : at[-1]].reshape(-1, SIZE) if count else np.zeros((0, SIZE), np.uint8)
            heads, values = rows[:, :HEAD], rows[:, HEAD:]
        else:
            starts = at[:-1][there]
            heads = content[starts[:, None] + np.arange(HEAD)]
            values = content[starts[long][:, None] + np.arange(HEAD, SIZE)]
        self._documents.append(there + first)
        self._heads.append(np.ascontiguousarray(heads))
        self._signed.append(np.flatnonzero(long) + self._count)
        self._values.append(np.ascontiguousarray(values).view("<u2"))
        self._count += len(there)

    def links(self, threshold: float) -> Iterator[tuple[int, int, float, float, bool]]:
        """Yield the earlier and the later document of each link, similarity, share, and whether exact."""
        documents = np.concatenate(self._documents).tolist()
        heads = np.concatenate(self._heads)
        leaders = first_equal(np.ascontiguousarray(heads[:, :EXACT]).view("<u8"))
        copies: dict[int, list[int]] = {}
        for side in np.flatnonzero(leaders != np.arange(len(leaders))).tolist():
            copies.setdefault(int(leaders[side]), []).append(side)
            yield documents[leaders[side]], documents[side], 1.0, 1.0, True
        signed = np.concatenate(self._signed)
        values = np.concatenate(self._values)
        # Of copies only the first is compared; all of them get the links that it gets.
        before, after, similarity = similar(values, np.flatnonzero(leaders[signed] == signed), threshold)
        before, after = signed[before], signed[after]
        counts = np.ascontiguousarray(heads[:, EXACT:]).view("<u4")[:, 0].astype(np.float64)
        both = similarity * (counts[before] + counts[after]) / (1 + similarity)
        shared = np.minimum(both / counts[after], 1)
        for one, other, alike, share in zip(
            before.tolist(), after.tolist(), similarity.tolist(), shared.tolist(), strict=True
        ):
            for side in (other, *copies.get(other, ())):
                yield documents[one], documents[side], round(alike, 3), round(share, 3), False


def _components(joined: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The lowest number of the connected component of every number (union-find)."""
    above: dict[int, int] = {}

    def root(number: int) -> int:
        while (higher := above.setdefault(number, number)) != number:
            above[number] = above[higher]
            number = higher
        return number

    for one, other in joined:
        low, high = sorted((root(one), root(other)))
        above[high] = low
    return {number: root(number) for number in list(above)}


def _turned(link: DuplicateLink) -> DuplicateLink:
    """The link seen from the earlier document."""
    # both = shared * count = similarity * (count + other) / (1 + similarity), so this is both / other.
    rest = link.shared * (1 + link.similarity) / link.similarity - 1
    shared = round(min(link.shared / rest, 1.0), 3) if rest > 0 else 1.0
    return replace(link, doc_id=link.like, like=link.doc_id, shared=shared)


def _closeness(link: DuplicateLink) -> tuple[bool, float, bool]:
    return link.like == link.group, link.similarity, link.exact
