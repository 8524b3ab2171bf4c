"""brat's standoff: for every side a `.txt` and an `.ann`, named by the pair's id and the language.

Offsets are code points. brat's lines end at every line break, so that a span over one is discontinuous:
fragments between which only line breaks stand. https://brat.nlplab.org/standoff.html
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from hashiya.corpus.exchange.formats.files import FileFaults, ReadOptions, document_named, lang_of
from hashiya.corpus.exchange.formats.input_files import InputFile, InputFolder
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
_BOM = "\ufeff"
_OFFERED_SECTIONS = ("entities", "spans", "events")
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


def read(source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
    """Yield the sides of a collection, folders in it too; a text without an `.ann` is not labelled."""
    options = options or ReadOptions()
    folder = InputFolder(source)
    for file in folder.files(".ann"):
        name = _NAME.fullmatch(file.stem)
        text_file = file.beside(f"{file.stem}.txt")
        try:
            text = text_file.read().decode("utf-8") if text_file is not None else None
            lines = file.read().decode("utf-8-sig").split("\n")
        except UnicodeDecodeError as error:
            outcome.leave("sides", f"not UTF-8 (byte {error.start})", where=file.where)
            continue
        if text is None and name is None:
            outcome.leave("sides", "its .txt is missing", where=file.where)
            continue
        if text is not None:
            text = _as_counted(text, lines)
        faults = FileFaults()
        marks, unread = _marks(file.where, lines, text, faults, outcome)
        faults.tell(outcome)
        doc_id, lang = document_named(file.name.with_suffix(".txt"))
        if text is not None and text.startswith(_BOM):
            text, marks = text[1:], [_without_bom(mark) for mark in marks]
        yield Side(
            where=file.where,
            pair_id=name[1] if name else None,
            lang=lang_of(name[2]) if name else lang,
            text=text,
            marks=tuple(marks),
            annotator=file.stem if options.named_after else None,
            offered=_offered(file.above("annotation.conf")),
            unread=unread,
            doc_id=None if name else doc_id,
        )


def _as_counted(text: str, lines: Sequence[str]) -> str:
    """Return a text as its offsets count it, which what they quote tells: as it is in the file, or as edited.

    brat counts every character of the file, a byte order mark and both of CRLF among them; others leave out
    the mark, or count a line break as one.
    """
    spans = [match for line in lines if (match := _SPAN.fullmatch(line.removesuffix("\r")))]
    quoted = [
        (int(start), int(end), match[4]) for match in spans if match[4] for start, end in [_ends(match)]
    ]
    plain, broken = text.removeprefix(_BOM), text.replace("\r\n", "\n")
    best, most = plain, 0
    for known in dict.fromkeys((text, plain, broken, broken.removeprefix(_BOM))):
        right = sum(known[start:end] == quote for start, end, quote in quoted)
        if right > most:
            best, most = known, right
    return best


def _without_bom(mark: SideMark) -> SideMark:
    quote = mark.quote.removeprefix(_BOM) if mark.quote is not None else None
    return replace(mark, start=max(0, mark.start - 1), end=mark.end - 1, quote=quote)


def _ends(span: re.Match[str]) -> tuple[str, str]:
    return span[3].partition(" ")[0], span[3].rpartition(" ")[2]


def _offered(conf: InputFile | None) -> tuple[str, ...] | None:
    """Return the types of spans that a collection's configuration offers; `None` where there is none."""
    if conf is None:
        return None
    types: list[str] = []
    section = ""
    for line in conf.read().decode("utf-8", "replace").splitlines():
        entry = line.strip()
        if entry.startswith("[") and entry.endswith("]"):
            section = entry[1:-1].strip().lower()
        elif section in _OFFERED_SECTIONS and entry and entry[0] not in "#!<-":
            types.append(_label_of(entry.split()[0]))
    return tuple(dict.fromkeys(types)) or None


def _marks(
    where: str, lines: Sequence[str], text: str | None, faults: FileFaults, outcome: Outcome
) -> tuple[list[SideMark], int]:
    """Return the marks of a file, and how many of its spans are none."""
    marks: dict[str, SideMark] = {}
    unread = 0
    for number, raw in enumerate(lines, start=1):
        line, place = raw.removesuffix("\r"), f"{where}, line {number}"
        if not line.strip():
            continue
        span, note = _SPAN.fullmatch(line), _NOTE.fullmatch(line)
        mark = _mark(span, text) if span is not None else None
        if span is not None and mark is not None and span[1] not in marks:
            marks[span[1]] = mark
        elif span is not None:
            unread += 1
            several = "of several pieces; an entity of hashiya is one"
            faults.add("entities", several if mark is None else f"a second {span[1]}", place)
        elif note is not None and note[1] in marks:
            marks[note[1]] = _with_note(marks[note[1]], note)
        elif line[0] in _OTHERS:
            outcome.leave(_OTHERS[line[0]], "hashiya has no place for them")
        else:
            unread += line.startswith("T")
            faults.add("lines", "no annotation of brat", place)
    return list(marks.values()), unread


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
    return SideMark(start=start, end=end, label=_label_of(span[2]), quote=quote)


def _label_of(name: str) -> str:
    """Return the label that a type of brat stands for."""
    return FLAG + name.removeprefix(_FLAG) if name.startswith(_FLAG) else name


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
