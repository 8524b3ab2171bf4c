"""The spans of an XMI file by the layer that they are of, in UTF-16 code units, as marks in code points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from hashiya.corpus.exchange.formats.files import FileFaults
from hashiya.corpus.exchange.sides import SideMark

_API = "de.tudarmstadt.ukp.dkpro.core.api"
_NAMES = f"{_API}.ner.type."
"""The package of NamedEntity, INCEpTION's own layer, and of DKPro Core's kinds of it."""
_OF_THE_TEXT = (
    "uima.",
    f"{_API}.segmentation.",
    f"{_API}.metadata.",
    f"{_API}.lexmorph.",
    f"{_API}.syntax.",
    f"{_API}.structure.",
    f"{_API}.transform.",
    "org.dkpro.core.api.",
    "de.tudarmstadt.ukp.clarin.webanno.",
    "de.tudarmstadt.ukp.inception.",
)
"""What the names of types begin with that a tokenizer, a parser or INCEpTION itself puts into a text."""


@dataclass(frozen=True, slots=True)
class XmiSpan:
    """An element of a file that has a range, in UTF-16 code units."""

    kind: str
    begin: int
    end: int
    features: Mapping[str, str]


class XmiMarks:
    """Reads the marks of one text, and counts what cannot be read of them."""

    def __init__(
        self, where: str, places: Mapping[int, int], layers: Mapping[str, str], faults: FileFaults
    ) -> None:
        self._where = where
        self._places = places
        self._layers = layers
        self._faults = faults
        self.unread = 0

    def read(self, spans: Iterable[XmiSpan]) -> Iterator[SideMark]:
        """Yield what DKPro Core's names and the named layers hold; other layers are counted by their name."""
        for span in spans:
            feature = self._layers.get(span.kind) or self._layers.get(span.kind.rpartition(".")[2])
            if feature is not None:
                yield from self._read(span, span.features.get(feature), None)
            elif span.kind.startswith(_NAMES):
                yield from self._read(span, span.features.get("value"), span.features.get("identifier"))
            elif is_of_the_text(span.kind):
                continue
            elif {"Governor", "Dependent"} & span.features.keys():
                self._faults.add("relations", f"hashiya has no place for them ({span.kind})", self._where)
            else:
                self.unread += 1
                self._faults.add("entities", unread_layer(span.kind), self._where)

    def _read(self, span: XmiSpan, label: str | None, concept: str | None) -> Iterator[SideMark]:
        start, end = self._places.get(span.begin), self._places.get(span.end)
        where = f"{self._where}, [{span.begin}:{span.end}] {label!r}"
        if start is None or end is None:
            self.unread += 1
            self._faults.add("entities", "their range is none in the text's UTF-16 code units", where)
        elif not label:
            self.unread += 1
            self._faults.add("entities", "have no label", where)
        else:
            yield SideMark(start=start, end=end, label=label, concept=concept or None)


def utf16_places(text: str) -> Mapping[int, int]:
    """Return the offsets of a text in code points by those in UTF-16 code units; none inside of a pair."""
    ends = accumulate(1 + (ord(character) > 0xFFFF) for character in text)
    return {0: 0} | {unit: at for at, unit in enumerate(ends, start=1)}


def unread_layer(name: str) -> str:
    """Return why the spans of a layer were left out that nothing reads."""
    named = f'[layers] "{name}" = "FEATURE"'
    return f"are of the layer {name}, which is not read; name the feature of its labels in a map: {named}"


def is_of_the_text(kind: str) -> bool:
    """Return whether a type of annotation says how a text is built, and nothing that is labelled."""
    return kind.startswith(_OF_THE_TEXT)


def spans_of(content: bytes) -> Sequence[XmiSpan]:
    """Return the spans of a file, of every layer; `ValueError` where it cannot be read."""
    return [
        XmiSpan(
            kind=type_of(element),
            begin=int(element.attrib["begin"]),
            end=int(element.attrib["end"]),
            features=dict(element.attrib),
        )
        for element in xml_root(content)
        if {"begin", "end"} <= set(element.attrib)
    ]


def type_of(element: Any) -> str:
    """Return the type of an element: its namespace is the type's package as an address."""
    space, _, name = str(element.tag).removeprefix("{").rpartition("}")
    package = space.removeprefix("http:///").removesuffix(".ecore").replace("/", ".")
    return f"{package}.{name}" if package else name


def xml_root(content: bytes) -> Any:
    """Return the root of a file of XML without a document type; `ValueError` where it is none."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root: Any = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not well-formed XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise ValueError("has a document type, which no XMI has; not read")
    return root
