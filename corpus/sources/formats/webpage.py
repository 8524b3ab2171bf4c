"""The main text of a saved web page, found by trafilatura; nothing is ever fetched.

Paragraphs become lines. White space collapses as in a browser and the page's markup goes; every other
character is kept as it came.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml.html import HTMLParser
from trafilatura import bare_extraction

from hashiya.corpus.sources.encoding import decode, read_source_bytes
from hashiya.corpus.sources.metadata import checked_fields
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.text_faults import fault
from hashiya.schema.errors import ReportProblem
from hashiya.schema.records import LANGS, Lang

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # pyright: ignore[reportPrivateUsage]  it has no other name

HEADER = 8192
"""Bytes at the head of a page in which it may declare its encoding."""

_DECLARED = re.compile(
    rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)

# The WHATWG's Encoding Standard reads these labels so, since that is what pages mean by them.
_LABELS = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "utf-16": "utf-8",
}
_READABLE = re.compile(r"utf-?8|(windows-|cp)125\d|iso-?8859-\d+")

# Structured dates only (no guess from the prose), and no limit that depends on the day of the build.
_DATES = {"original_date": True, "extensive_search": False, "max_date": "2199-12-31"}

_STAND_INS = range(0x12000, 0x1239A)  # Cuneiform: assigned, printable letters
_SPACES = "\xa0\u2007\u202f"  # no-break spaces, which HTML does not collapse
_NOT_SHOWN = frozenset({"script", "style", "noscript", "template"})


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page's text, the language that `<html lang>` says, and the document's metadata that it states."""

    text: str
    lang: Lang | None
    fields: Mapping[str, str]


def read_page(path: Location, report: ReportProblem) -> WebPage:
    """Return the article on a page; ValueError says why there is none."""
    return _extract(_decoded(read_source_bytes(path), path, report))


def _decoded(data: bytes, path: Location, report: ReportProblem) -> str:
    """Return a page as text, by the encoding that it declares; ValueError says why that is not possible."""
    declared = _DECLARED.search(data[:HEADER])
    label = declared[1].decode("ascii", errors="replace").lower() if declared else "utf-8"
    encoding = _LABELS.get(label, label)
    if data.startswith(codecs.BOM_UTF8) or encoding in {"utf-8", "utf8"}:
        return decode(data, path, report)
    if not _READABLE.fullmatch(encoding):
        raise ValueError(f"declares the encoding {label}, which is not read: save the page as UTF-8")
    try:
        return data.decode(encoding)
    except LookupError as error:
        raise ValueError(
            f"declares the encoding {label}, which does not exist: save the page as UTF-8"
        ) from error
    except UnicodeDecodeError as error:
        byte = f"byte {error.start:,} (0x{data[error.start]:02X})"
        raise ValueError(f"{byte} is not {label}, which the page declares: save the page as UTF-8") from error


def _extract(html: str) -> WebPage:
    """Return the article on a page; ValueError says why there is none."""
    if "\0" in html:
        raise ValueError(fault(html))
    # Bytes and an encoding, so that what the page itself declares is not applied a second time.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree: Element | None = etree.fromstring(html.encode("utf-8"), parser)
    if tree is None:
        raise ValueError("is empty: if the document has no such side, delete the file")
    for entry in parser.error_log:
        if entry.level_name == "FATAL":  # what follows is missing from the tree
            raise ValueError(
                f"is no page that can be read: line {entry.line}: {' '.join(entry.message.split())}"
            )
    lang = _declared_lang(tree)
    originals = _protect(tree)
    try:
        found: Any = bare_extraction(
            tree,
            include_comments=False,
            include_tables=False,
            with_metadata=True,
            date_extraction_params=_DATES,
        )
    except Exception as error:  # its bugs on odd pages come as any type
        raise ValueError(f"trafilatura cannot read this page ({type(error).__name__})") from error
    lines = (line.strip() for line in ((found and found.text) or "").translate(originals).split("\n"))
    text = "\n".join(line for line in lines if line)
    if not text:
        raise ValueError("has no main text that can be found: save the article as NAME.ar.txt or NAME.en.txt")
    what = fault(text)
    if what is not None:
        raise ValueError(what)
    stated = {
        "title": found.title,
        "publisher": found.sitename,
        "url": found.url,
        "published": found.date,
        "licence": found.license,
    }
    fields, _ = checked_fields({name: value and value.translate(originals) for name, value in stated.items()})
    return WebPage(text, lang, fields)


def _declared_lang(tree: Element) -> Lang | None:
    declared = (tree.get("lang") or "").lower().replace("_", "-").split("-")[0]
    return next((lang for lang in LANGS if lang == declared), None)


def _protect(tree: Element) -> dict[int, str]:
    """Put stand-ins for characters that trafilatura would drop or change; return the map back.

    It deletes what Python calls unprintable (joiners, direction marks, new emoji, private use), turns
    no-break spaces into spaces and decodes `&amp;lt;` twice.
    """
    nodes = [node for node in tree.iter() if node.tag not in _NOT_SHOWN]
    used = {char for node in tree.iter() for text in (node.text, node.tail) if text for char in text}
    odd = sorted(char for char in used if char in f"&{_SPACES}" or not (char.isprintable() or char.isspace()))
    free = (chr(code) for code in _STAND_INS if chr(code) not in used)
    stand_ins = dict(zip(odd, free, strict=False))
    # lxml takes no control characters back, of which Python calls some white space
    table = str.maketrans({**dict.fromkeys("\x0b\x0c\x1c\x1d\x1e\x1f", " "), **stand_ins})
    for node in nodes:
        # a node of nothing but no-break spaces is an empty paragraph, and is to look like one
        if node.text and node.text.strip():
            node.text = node.text.translate(table)
    for node in tree.iter():
        if node.tail and node.tail.strip():
            node.tail = node.tail.translate(table)
    return str.maketrans({stand_in: char for char, stand_in in stand_ins.items()})
