"""Lines that stand in many articles of a publisher: boilerplate of its site, found by counting hashes.

A whole line is counted, never a sentence inside a paragraph. Three passes over the documents in their order:
count roughly (`LineCounter`), count the candidates exactly (`LineTable`), decide each pair (`kind_of`).
Memory does not grow with the documents, but for the candidates, 16 bytes each, and 8 bytes a document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.store.index import PairRows
from hashiya.corpus.text.fold import fold
from hashiya.schema.records import LANGS, Document, Kind, Lang, Sentence, record

NEVER = 0
"""Stands for a sentence that no repetition makes boilerplate."""
ALREADY = 2**64 - 1
"""Stands for a sentence that is boilerplate by its words (see `segmentation/line_kinds.py`)."""

LEAST = 4
"""Documents that a line must stand in."""
REPEATED_SHARES = (0.01, 0.05)
"""The share of its publisher's documents that it must stand in: a line without a stop at its end (a heading,
a byline, a label), and a line with one, since agencies do repeat a sentence of background."""

_SPOKEN = 4  # words; "Yes." and "What happened then?" belong to interviews, however often they occur
_LABEL = 12  # words; so long a line without a stop has its numbers folded: "Published 3 May 2025"
_STOPPED = re.compile(r"[.!?؟…۔][^\w\s]*$")
_NUMBER = re.compile(r"\d+")
_AT_ONCE = 1 << 16  # characters
_FEWEST_BITS = 10
_MOST_BITS = 26

Hashes = NDArray[np.uint64]


@record
class RepeatedCounts:
    """How many repeated lines a build found, and how many pairs are boilerplate because of them."""

    lines: int = 0
    pairs: int = 0


def publisher_of(document: Document) -> str:
    """Return the publisher that a document's lines are counted for: its own, else the URL's host, else ""."""
    if document.publisher and (name := fold(document.publisher)):
        return name
    try:
        host = urlsplit(document.url or "").hostname or ""
    except ValueError:  # a URL that is none
        host = ""
    return host.removeprefix("www.")


def line_hashes(
    document: Document, beads: Sequence[PlacedBead], folded: Mapping[str, str] = MappingProxyType({})
) -> Iterator[list[int]]:
    """Yield for each bead a number for each of its sentences, Arabic first: the hash of its line.

    A hash is 64 bits over the publisher, the language and the folded line; its lowest bit says whether the
    line ends with a stop. `NEVER` stands for a sentence of the title (the first line of its side that is not
    boilerplate already), of a short spoken line, or of several lines; `ALREADY` for known boilerplate.
    `folded` has texts that are folded already, some lines among them; it may change between two beads.
    """
    publisher = publisher_of(document)
    values = {lang: _side(document.text(lang) or "", beads, lang, publisher, folded) for lang in LANGS}
    for bead in beads:
        yield [next(values[lang]) for lang in LANGS for _ in bead.side(lang)]


def lines_by_document(documents: int, rows: PairRows, values: Hashes) -> tuple[Hashes, PairRows]:
    """Return the lines of so many documents, one document after the other, and where each begins and ends.

    A document has each of its lines once, in ascending order; those of document `n` stand from element `n`
    to `n + 1` of the second array. `values` are the numbers of sentences, as `line_hashes` gives them,
    and `rows` their documents, in ascending order.
    """
    kept = (values != NEVER) & (values != ALREADY)
    rows, values = rows[kept], values[kept]
    order = np.lexsort((values, rows))
    rows, values = rows[order], values[order]
    once = np.ones(len(rows), dtype=np.bool_)
    once[1:] = (rows[1:] != rows[:-1]) | (values[1:] != values[:-1])
    return values[once], np.searchsorted(rows[once], np.arange(documents + 1))


def kind_of(kind: Kind, values: Sequence[int], repeated: AbstractSet[int]) -> Kind:
    """Return "boilerplate" if every line of a pair is repeated or boilerplate already, else its `kind`."""
    if values and all(value == ALREADY or value in repeated for value in values):
        return "boilerplate"
    return kind


class LineCounter:
    """The first pass: an upper bound of how many documents have a line, in a table of one byte a cell.

    The table has some two cells for each of `expected` lines, and takes 64 MB at the most; then 40 million
    different lines make one line in fifty a candidate that need not be one, which costs memory in the second
    pass and never a wrong answer.
    """

    def __init__(self, expected: int) -> None:
        bits = min(max((2 * expected).bit_length(), _FEWEST_BITS), _MOST_BITS)
        self._shift = np.uint64(64 - bits)
        self._cells = np.zeros(1 << bits, np.uint8)

    def add(self, lines: Hashes) -> None:
        """Count the lines of documents, as `lines_by_document` gives them."""
        cells, counts = np.unique(lines >> self._shift, return_counts=True)
        self._cells[cells] = np.minimum(self._cells[cells] + counts, 255)

    def are_candidates(self, lines: Hashes) -> NDArray[np.bool_]:
        """Return which of `lines` may be in `LEAST` documents."""
        found: NDArray[np.bool_] = self._cells[lines >> self._shift] >= LEAST
        return found


class LineTable:
    """The second pass: exact counts of the candidates, by publisher.

    Leave out reprints (see `duplicates.reprints`): an article that many print is no boilerplate.
    """

    def __init__(self) -> None:
        self._lines: list[Hashes] = [np.zeros(0, np.uint64)]
        self._publishers: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        self._documents: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]

    def add(self, publishers: NDArray[np.int64], lines: Hashes, documents: PairRows) -> None:
        """Count documents by the numbers of their publishers, with some lines and the document of each.

        A document has each of its lines once; `documents` counts in `publishers`.
        """
        self._documents.append(publishers)
        self._lines.append(lines)
        self._publishers.append(publishers[documents])

    def repeated(self) -> Hashes:
        """Return the lines that are boilerplate of their publisher's site, ascending."""
        documents = np.bincount(np.concatenate(self._documents))
        lines, first, counts = np.unique(np.concatenate(self._lines), return_index=True, return_counts=True)
        if not len(lines):
            return lines
        of_publisher = documents[np.concatenate(self._publishers)[first]]
        shares = np.array(REPEATED_SHARES)[(lines & np.uint64(1)).astype(np.int64)]
        found: Hashes = lines[counts >= np.maximum(LEAST, shares * of_publisher)]
        return found


def _side(
    text: str, beads: Sequence[PlacedBead], lang: Lang, publisher: str, folded: Mapping[str, str]
) -> Iterator[int]:
    """The numbers of the sentences of a side, which are in order."""
    titled = False
    sentences = (sentence for bead in beads for sentence in bead.side(lang))
    sentence = next(sentences, None)
    for start, line in _lines(text):
        end = start + len(line)
        inside: list[Sentence] = []
        while sentence is not None and sentence.start < end:
            inside.append(sentence)
            sentence = next(sentences, None)
        title = not titled and any(one.kind != "boilerplate" for one in inside)
        titled = titled or title
        value = NEVER
        if inside and not title:
            value = _hash(folded.get(line.strip()) or fold(line), lang, publisher)
        for one in inside:
            yield ALREADY if one.kind == "boilerplate" else NEVER if one.end > end else value


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text with their ends, and where each begins; never all of a long text at once."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _AT_ONCE) + 1 or len(text)
        for line in text[start:end].splitlines(keepends=True):
            yield start, line
            start += len(line)


def _hash(line: str, lang: Lang, publisher: str) -> int:
    words = line.count(" ") + 1
    stopped = _STOPPED.search(line) is not None
    if stopped and words <= _SPOKEN:
        return NEVER
    if not stopped and words <= _LABEL:
        line = _NUMBER.sub("0", line)
    key = "\0".join((publisher, lang, line)).encode()
    value = int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "little")
    value = value & ~1 | stopped
    return value if value not in {NEVER, ALREADY} else 2 | stopped
