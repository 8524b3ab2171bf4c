"""brat's standoff: for every side a `.txt` and an `.ann`, named by the pair's id and the language.

Offsets are code points. brat's lines end at every line break, so that a span over one is discontinuous:
fragments between which only line breaks stand. https://brat.nlplab.org/standoff.html
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from hashiya.corpus.exchange.formats.files import files_in, lang_of, read_file
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import FLAG, Export, Side, SideMark, side_name
from hashiya.schema.scheme import Label, LabelScheme

_FLAG = "flag-"  # brat's types are words; an entity's label has no hyphen
_FRAGMENT = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_LINE_BREAKS = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*")
_SPAN = re.compile(
    r"(T[0-9]+)\S*\t(\S+) ([0-9]{1,9} [0-9]{1,9}(?:;[0-9]{1,9} [0-9]{1,9})*)(?:\t(.*))?", re.DOTALL
)
_NOTE = re.compile(r"#\S*\tAnnotatorNotes (T[0-9]+)\S*\t(concept|intended): (.*)", re.DOTALL)
_NAME = re.compile(r"([0-9a-f]{32})\.(ar|en)")
_OTHERS = {"R": "relations", "*": "relations", "E": "events", "A": "attributes", "M": "attributes",
           "N": "normalizations", "#": "notes"}  # fmt: skip


def fit(side: Side, outcome: Outcome) -> Side:
    """Leave out what a line of brat cannot say."""
    fitting: list[SideMark] = []
    for mark in side.marks:
        pieces = _fragments(side.text or "", mark)
        if not pieces or (pieces[0][0], pieces[-1][1]) != (mark.start, mark.end):
            outcome.leave(mark.layer, "begin or end in a line break")
        elif mark.intended is not None and not _FRAGMENT.fullmatch(mark.intended or " "):
            outcome.leave("intended", "brat's notes are of one line")
            fitting.append(replace(mark, intended=None))
        else:
            fitting.append(mark)
    return replace(side, marks=tuple(fitting))


def write(export: Export) -> None:
    """Write a folder that brat serves as a collection."""
    for side in export.sides:
        text = side.text or ""
        _write(export.out / f"{side_name(side)}.txt", text)
        _write(export.out / f"{side_name(side)}.ann", "".join(f"{line}\n" for line in _lines(text, side)))
    _write(export.out / "annotation.conf", _annotation_conf(export.scheme))
    _write(export.out / "visual.conf", _visual_conf(export.scheme))


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())  # as bytes: a line break stays the one that it is


def _lines(text: str, side: Side) -> Iterator[str]:
    notes: list[str] = []
    for number, mark in enumerate(side.marks, start=1):
        parts = _fragments(text, mark)
        ranges = ";".join(f"{start} {end}" for start, end in parts)
        label = mark.label.replace(FLAG, _FLAG)
        yield f"T{number}\t{label} {ranges}\t{' '.join(text[start:end] for start, end in parts)}"
        for name, value in (("concept", mark.concept), ("intended", mark.intended)):
            if value is not None:
                notes.append(f"#{len(notes) + 1}\tAnnotatorNotes T{number}\t{name}: {value}")
    yield from notes


def _fragments(text: str, mark: SideMark) -> list[tuple[int, int]]:
    return [match.span() for match in _FRAGMENT.finditer(text, mark.start, mark.end)]


def read(source: Path, outcome: Outcome) -> Iterator[Side]:
    """Yield the sides of a collection, folders in it too; a text without an `.ann` is not labelled."""
    for path in files_in(source, ".ann"):
        name = _NAME.fullmatch(path.stem)
        try:
            text = _text(path.with_suffix(".txt"))
            marks = tuple(_marks(path, text, outcome))
        except UnicodeDecodeError as error:
            outcome.leave("sides", f"not UTF-8 (byte {error.start})", where=str(path))
            continue
        if text is None and name is None:
            outcome.leave("sides", "its .txt is missing", where=str(path))
            continue
        yield Side(
            where=str(path),
            pair_id=name[1] if name else None,
            lang=lang_of(name[2] if name else None),
            text=text,
            marks=marks,
        )


def _text(path: Path) -> str | None:
    return read_file(path).decode("utf-8") if path.exists() else None


def _marks(path: Path, text: str | None, outcome: Outcome) -> Iterator[SideMark]:
    marks: dict[str, SideMark] = {}
    for number, raw in enumerate(read_file(path).decode("utf-8-sig").split("\n"), start=1):
        line, where = raw.removesuffix("\r"), f"{path}, line {number}"
        if not line.strip():
            continue
        span, note = _SPAN.fullmatch(line), _NOTE.fullmatch(line)
        if span is not None:
            mark = _mark(span, text)
            if mark is None:
                outcome.leave("entities", "of several pieces; an entity of hashiya is one", where=where)
            elif span[1] in marks:
                outcome.leave("entities", f"a second {span[1]}", where=where)
            else:
                marks[span[1]] = mark
        elif note is not None and note[1] in marks:
            marks[note[1]] = _with_note(marks[note[1]], note)
        elif line[0] in _OTHERS:
            outcome.leave(_OTHERS[line[0]], "hashiya has no place for them")
        else:
            outcome.leave("lines", "no annotation of brat", where=where)
    yield from marks.values()


def _with_note(mark: SideMark, note: re.Match[str]) -> SideMark:
    if note[2] == "concept":
        return replace(mark, concept=note[3])
    return replace(mark, intended=note[3])


def _mark(span: re.Match[str], text: str | None) -> SideMark | None:
    """Return the mark of a line; `None` when anything but line breaks stands between its fragments."""
    parts = [tuple(map(int, part.split())) for part in span[3].split(";")]
    start, end = parts[0][0], parts[-1][1]
    quote: str | None = span[4]
    if len(parts) > 1:
        gaps = [(left[1], right[0]) for left, right in pairwise(parts)]
        if text is None or any(
            left >= right or not _LINE_BREAKS.fullmatch(text[left:right]) for left, right in gaps
        ):
            return None
        quote = text[start:end] if quote == " ".join(text[left:right] for left, right in parts) else quote
    label = span[2]
    flag = label.startswith(_FLAG)
    return SideMark(
        start=start, end=end, label=FLAG + label.removeprefix(_FLAG) if flag else label, quote=quote
    )


def _types(scheme: LabelScheme) -> Iterator[tuple[str, Label]]:
    yield from ((label.id, label) for label in scheme.entity)
    yield from ((_FLAG + label.id, label) for label in scheme.flag)


def _annotation_conf(scheme: LabelScheme) -> str:
    types = "".join(f"{name}\n" for name, _ in _types(scheme))
    # A flag stands on a name as often as not.
    overlap = "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>\n"
    return f"[entities]\n{types}\n[relations]\n{overlap}\n[events]\n\n[attributes]\n"


def _visual_conf(scheme: LabelScheme) -> str:
    types = list(_types(scheme))
    labels = "".join(f"{name} | {_shown(label)} | {name}\n" for name, label in types)
    colours = "".join(
        f"{name}\tbgColor:{_colour(number / len(types))}\n" for number, (name, _) in enumerate(types)
    )
    default = "SPAN_DEFAULT\tfgColor:black, bgColor:#e0e0e0, borderColor:darken\n"
    return f"[labels]\n{labels}\n[drawing]\n{default}{colours}"


def _shown(label: Label) -> str:
    return f"{label.name.en} {label.name.ar}".replace("|", "/")


def _colour(hue: float) -> str:
    channels = colorsys.hls_to_rgb(hue, 0.82, 0.75)
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in channels)
