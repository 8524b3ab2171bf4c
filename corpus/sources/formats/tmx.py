"""TMX 1.4: aligned units, whose alignment is kept. Units are counted from 1.

The parser expands no entity, loads no DTD and touches no network; a unit is freed once it is read.
Specification: GALA/LISA, TMX 1.4b, 2005.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from lxml import etree

from hashiya.corpus.sources.formats.rows import SourceRow, gather
from hashiya.corpus.sources.metadata import doc_id_fault
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.source import SourceDocument, SourceFile, SourceHead
from hashiya.corpus.sources.text_faults import escaped_name, fault
from hashiya.schema.errors import Problem, ReportProblem
from hashiya.schema.records import LANGS, Lang

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # pyright: ignore[reportPrivateUsage]  it has no other name

CHUNK = 1 << 16
"""Bytes parsed at a time."""

LANGUAGE_CODES: dict[str, Lang] = {"ar": "ar", "ara": "ar", "arb": "ar", "en": "en", "eng": "en"}
"""What stands before the first hyphen of `xml:lang` (ISO 639-1, -2 and -3)."""

DOCUMENT_TYPES: tuple[str, ...] = (
    "document",
    "x-document",
    "txt::document",
    "txt::doc",
    "doc",
    "x-doc",
    "filename",
    "x-filename",
    "file",
    "x-file",
    "txt::file",
    "source",
    "x-source",
)
"""The types of `<prop>`, in lower case, that name a unit's document; the first that a unit has counts."""

CODES: frozenset[str] = frozenset({"bpt", "ept", "it", "ph", "sub", "ut"})
"""Inline elements that hold another format's codes, not text. Of any other (`hi`) the text stays."""

UNEXPANDED = "entities are never expanded: write the characters that they stand for"
_ENTITY = re.compile(r"^Entity '|entity amplification")

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(slots=True)
class _Seen:
    """What goes for a whole file: its document, and what was passed over in it."""

    document: str | None = None
    tags: Counter[str] = field(default_factory=Counter[str])
    languages: Counter[str] = field(default_factory=Counter[str])
    variants: list[int] = field(default_factory=list[int])


def read_tmx(source: SourceFile, head: SourceHead, report: ReportProblem) -> Iterator[SourceDocument]:
    """Yield the documents of one `NAME.tmx`."""
    return gather(partial(_rows, source.texts[0]), head, report)


def _rows(path: Location, report: ReportProblem) -> Iterator[SourceRow]:
    number, seen = 0, _Seen()
    try:
        for element in _elements(path):
            name = etree.QName(element).localname
            if name == "header":
                seen.document = _document(element)
            elif name == "tu":
                number += 1
                row = _row(f"{path}, unit {number}", number, element, seen, report)
                if row is not None:
                    yield row
    except OSError as error:
        report(Problem(str(path), f"cannot be read: {error.strerror}"))
    except ValueError as error:
        lost = f"; what comes after unit {number} is left out" if number else ""
        report(Problem(str(path), f"{error}{lost}"))
    else:
        if number == 0:
            report(Problem(str(path), "has no units (tu)"))
    _tell(path, seen, report)


def _elements(path: Location) -> Iterator[Element]:
    """Yield the header and the units, each whole; `ValueError` says why the file goes no further."""
    parser = etree.XMLPullParser(
        events=("end",),
        tag=("{*}header", "{*}tu"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    checked = False
    with path.open("rb") as file:
        broken: str | None = None
        while broken is None:
            chunk = file.read(CHUNK)
            broken = _fed(parser, chunk)
            events: Any = parser.read_events()
            for _, element in events:
                if not checked:
                    _check_root(element.getroottree().getroot())
                    checked = True
                yield element
                _free(element)
            if not chunk:
                break
    if broken is not None:
        raise ValueError(broken)


def _fed(parser: etree.XMLPullParser, chunk: bytes) -> str | None:
    """Parse `chunk`, empty at the end of the file; return what is wrong with the file so far, if anything."""
    caught = ""
    try:
        if chunk:
            parser.feed(chunk)
        else:
            _check_root(parser.close())
    except etree.XMLSyntaxError as error:
        caught = str(error.msg)
    # lxml starts anew, without a word, behind an entity that is not defined; its log has it
    log: Any = parser.feed_error_log
    for entry in log.filter_from_fatals():
        way_out = f": {UNEXPANDED}" if _ENTITY.search(entry.message) else ""
        return f"is not well-formed XML: line {entry.line}: {_one_line(entry.message)}{way_out}"
    return f"is not well-formed XML: {_one_line(caught)}" if caught else None


def _one_line(message: str) -> str:
    return f"{' '.join(message.split()):.120}"


def _check_root(root: Element) -> None:
    name = etree.QName(root).localname
    if name != "tmx":
        raise ValueError(f"is no TMX file: it begins with <{escaped_name(name)}>, not with <tmx>")
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(dtd.iterentities(), None) is not None:
        raise ValueError(f"declares entities of its own: {UNEXPANDED}")


def _free(element: Element) -> None:
    """Empty `element` and drop what stands before it, so that a file of any size needs little memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        parent.remove(before)


def _row(where: str, number: int, unit: Element, seen: _Seen, report: ReportProblem) -> SourceRow | None:
    """Return the row of a unit; None, and a report, if it has nothing to give."""
    texts: dict[Lang, str] = {}
    for variant in unit.iterchildren("{*}tuv"):
        code = variant.get(XML_LANG) or variant.get("lang") or "?"
        lang = LANGUAGE_CODES.get(code.replace("_", "-").split("-")[0].lower())
        if lang is None:
            seen.languages[code] += 1
        elif lang in texts:
            seen.variants.append(number)
        else:
            segment = variant.find("{*}seg")
            try:
                texts[lang] = "" if segment is None else _text(segment, seen.tags)
            except ValueError as error:
                report(Problem(where, str(error)))
                return None
    document = _document(unit) or seen.document
    faults = [f"{lang}, {what}" for lang, text in texts.items() if (what := fault(text)) is not None]
    if not any(text.strip() for text in texts.values()):
        faults.append("has neither an Arabic segment nor an English one")
    id_fault = None if document is None else doc_id_fault(document)
    if id_fault is not None:
        faults.append(f"its document is {document!a:.60}: {id_fault}")
    for what in faults:
        report(Problem(where, what))
    if faults:
        return None
    ar, en = (text if (text := texts.get(lang, "")).strip() else None for lang in LANGS)
    return SourceRow(where, document, ar, en)


def _text(segment: Element, tags: Counter[str]) -> str:
    """Return the text of a segment without its inline elements, which are counted in `tags`."""
    parts = [segment.text or ""]
    for child in segment:
        if child.tag is etree.Entity:
            entity = escaped_name(child.text or "")
            raise ValueError(f"the entity {entity} is never expanded: write the character that it stands for")
        name = etree.QName(child).localname
        tags[name] += 1
        if name not in CODES:
            parts.append(_text(child, tags))
        parts.append(child.tail or "")
    return "".join(parts)


def _document(element: Element) -> str | None:
    """Return the document that a unit or the header names, if any."""
    named = {
        (prop.get("type") or "").lower(): (prop.text or "").strip()
        for prop in element.iterchildren("{*}prop")
    }
    return next((named[kind] for kind in DOCUMENT_TYPES if named.get(kind)), None)


def _tell(path: Location, seen: _Seen, report: ReportProblem) -> None:
    """One warning for each sort of thing that was passed over."""

    def warn(what: str) -> None:
        report(Problem(str(path), what, left_out=False))

    if seen.tags:
        kinds = ", ".join(f"{escaped_name(name)} {count:,}" for name, count in seen.tags.most_common())
        warn(f"{seen.tags.total():,} inline tags were removed ({kinds})")
    if seen.languages:
        kinds = ", ".join(f"{escaped_name(code)} {count:,}" for code, count in seen.languages.most_common(10))
        warn(f"segments in other languages were passed over ({kinds})")
    if seen.variants:
        warn(
            f"{len(seen.variants):,} segments were passed over, for their unit has another in that language "
            f"before them (unit {seen.variants[0]} is the first)"
        )
