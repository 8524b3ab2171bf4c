"""WebAnno TSV 3, which INCEpTION exports too: a document a file, a row a token; only read.

Offsets count UTF-16 code units. The text between sentences is not in the file: a gap in the offsets becomes
line breaks. DKPro Core's NamedEntity is read as in XMI, and so are layers that are named.
https://inception-project.github.io (user guide: WebAnno TSV 3.3 file format)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hashiya.corpus.exchange.formats.file_kinds import kind_by_start
from hashiya.corpus.exchange.formats.files import FileFaults, ReadOptions, with_labels_of_all
from hashiya.corpus.exchange.formats.inception_paths import Labelled, as_nobodys, labelled_by, wanted
from hashiya.corpus.exchange.formats.input_files import InputFile, InputFolder
from hashiya.corpus.exchange.formats.xmi_spans import XmiMarks, XmiSpan, is_of_the_text, utf16_places
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side
from hashiya.schema.records import Span

_FORMAT = re.compile(r"#FORMAT=WebAnno TSV ([0-9]+)")
_LAYER = re.compile(r"#T_(SP|CH|RL)=([^|]*)(.*)")
_ROW = re.compile(r"[0-9]+-[0-9]+(\.[0-9]+)*\t([0-9]{1,9})-([0-9]{1,9})\t([^\t]*)(?:\t(.*))?")
_STACK = re.compile(r"(?<!\\)\|")
_NUMBERED = re.compile(r"(.*?)(?<!\\)\[([0-9]+)\]", re.DOTALL)
_ESCAPED = re.compile(r"\\(->|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SIGNS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}
_NOTHING, _UNSAID = "_", "*"


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer, its features, and the column of the first of them; `sort` is SP (spans), CH or RL."""

    sort: str
    name: str
    features: tuple[str, ...]
    first: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A token or a part of one: its range as the file counts, its text and its columns."""

    number: int
    begin: int
    end: int
    form: str
    columns: list[str]


@dataclass(slots=True)
class _Sentence:
    lines: list[str] = field(default_factory=list[str])
    rows: list[_Row] = field(default_factory=list[_Row])


@dataclass(frozen=True, slots=True)
class _Layout:
    """A document's text, and the places in it of the offsets of the file, by code unit or by code point."""

    text: str
    places: Mapping[int, int]
    sentences: tuple[Span, ...]


def read(source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
    """Yield the sides of a file, or of every `.tsv` file in a folder or ZIP and below."""
    yield from with_labels_of_all(list(_sides(source, outcome, options or ReadOptions())))


def _sides(source: Path, outcome: Outcome, options: ReadOptions) -> Iterator[Side]:
    files = InputFolder(source).files(".tsv")
    people = labelled_by(files, lambda _: None)
    for file in wanted(files, people):
        faults = FileFaults()
        side = _side(file, people[file], options, faults)
        if side is not None and people[file].initial:
            yield as_nobodys(side, outcome)
            continue
        faults.tell(outcome)
        if side is not None:
            yield side


def _side(file: InputFile, labelled: Labelled, options: ReadOptions, faults: FileFaults) -> Side | None:
    try:
        lines = file.read().decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        faults.add("files", f"not UTF-8 (byte {error.start})", file.where)
        return None
    header = _FORMAT.match(lines[0])
    if header is None or header[1] != "3":
        faults.add("files", f"it is {_kind(lines[0], header)}", file.where)
        return None
    sentences = _sentences(file.where, lines, faults)
    layouts = (_laid_out(sentences, in_utf16=in_utf16) for in_utf16 in (True, False))
    layout = next((layout for layout in layouts if layout is not None), None)
    if layout is None:
        faults.add("sides", "their tokens are not the text at their offsets", file.where)
        return None
    rows = [row for sentence in sentences for row in sentence.rows]
    marks = XmiMarks(file.where, layout.places, options.layers, faults)
    found = tuple(
        mark for layer in _layers(lines) for mark in marks.read(_spans(layer, rows, file.where, faults))
    )
    return Side(
        where=file.where,
        lang=labelled.lang,
        text=layout.text,
        marks=found,
        annotator=labelled.annotator or (file.stem if options.named_after else None),
        unread=marks.unread,
        doc_id=labelled.doc_id,
        sentences=layout.sentences,
    )


def _kind(first: str, header: re.Match[str] | None) -> str:
    if header is not None:
        return f"WebAnno TSV {header[1]}; export it as WebAnno TSV 3"
    return kind_by_start(first.encode()) or "no WebAnno TSV: its first line is no #FORMAT of it"


def _layers(lines: Sequence[str]) -> Iterator[_Layer]:
    column = 0
    for line in lines:
        match = _LAYER.fullmatch(line.removesuffix("\r"))
        if match is not None:
            features = tuple(match[3].split("|")[1:]) or ("",)
            yield _Layer(match[1], match[2], features, column)
            column += len(features)


def _sentences(where: str, lines: Sequence[str], faults: FileFaults) -> list[_Sentence]:
    sentences: list[_Sentence] = []
    for number, raw in enumerate(lines, start=1):
        line = raw.removesuffix("\r")
        row = _ROW.fullmatch(line)
        if line.startswith("#Text="):
            if not sentences or sentences[-1].rows:
                sentences.append(_Sentence())
            sentences[-1].lines.append(_unescaped(line.removeprefix("#Text=")))
        elif row is not None and sentences:
            columns = (row[5] or "").split("\t")
            sentences[-1].rows.append(_Row(number, int(row[2]), int(row[3]), row[4], columns))
        elif line.strip() and not line.startswith("#"):
            faults.add("lines", "no row of WebAnno TSV", f"{where}, line {number}")
    return sentences


def _laid_out(sentences: Sequence[_Sentence], *, in_utf16: bool) -> _Layout | None:
    """Return the text of a document; `None` where its tokens do not stand in it, so counted."""
    base = None
    text, end = "", 0
    ranges: list[Span] = []
    for sentence in sentences:
        own = "\n".join(sentence.lines)
        begin = _begin(own, sentence, in_utf16=in_utf16)
        base = (begin or 0) if base is None else base
        # Where nothing says how much stands between two sentences, a line break does.
        gap = min(1, len(text)) if begin is None else begin - base - end
        if gap < 0:
            return None
        text += "\n" * gap
        ranges.append(Span(len(text), len(text) + len(own)))
        text += own
        end += gap + _length(own, in_utf16=in_utf16)
    counted = utf16_places(text) if in_utf16 else {at: at for at in range(len(text) + 1)}
    places = {at + (base or 0): place for at, place in counted.items()}
    for row in (row for sentence in sentences for row in sentence.rows):
        start, stop = places.get(row.begin), places.get(row.end)
        if start is None or stop is None or text[start:stop] not in {row.form, _unescaped(row.form)}:
            return None
    return _Layout(text, places, tuple(ranges))


def _begin(text: str, sentence: _Sentence, *, in_utf16: bool) -> int | None:
    """Return where a sentence begins, by its first token; `None` where it has none."""
    if not sentence.rows:
        return None
    first = sentence.rows[0]
    # INCEpTION writes a token as it is, others escape it as they do the text.
    form = first.form if first.form in text else _unescaped(first.form)
    before = text[: max(0, text.find(form))]
    return first.begin - _length(before, in_utf16=in_utf16)


def _length(text: str, *, in_utf16: bool) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 if in_utf16 else len(text)


def _spans(layer: _Layer, rows: Sequence[_Row], where: str, faults: FileFaults) -> Iterator[XmiSpan]:
    """Yield the spans of a layer, those of several tokens whole; what is no layer of spans is told."""
    found: dict[object, XmiSpan] = {}
    for row in rows:
        cells = row.columns[layer.first : layer.first + len(layer.features)]
        if all(cell in {_NOTHING, ""} for cell in cells):
            continue
        if layer.sort != "SP":
            if not is_of_the_text(layer.name):
                why = f"hashiya has no place for them ({layer.name})"
                faults.add("relations", why, f"{where}, line {row.number}", len(_STACK.split(cells[-1])))
            continue
        for key, features in _stacked(layer, row, cells):
            before = found.get(key)
            found[key] = XmiSpan(
                kind=layer.name,
                begin=row.begin if before is None else min(before.begin, row.begin),
                end=row.end if before is None else max(before.end, row.end),
                features=features if before is None else before.features,
            )
    yield from found.values()


def _stacked(layer: _Layer, row: _Row, cells: Sequence[str]) -> Iterator[tuple[object, Mapping[str, str]]]:
    """Yield the features of the spans on one row, each with what tells its span from others."""
    stacks = [_STACK.split(cell) for cell in cells]
    for at in range(max(map(len, stacks))):
        values = [_value(stack[at]) if at < len(stack) else (None, None) for stack in stacks]
        number = next((number for _, number in values if number is not None), None)
        features = {
            name: value for name, (value, _) in zip(layer.features, values, strict=False) if value is not None
        }
        yield (number if number is not None else (row.number, at)), features


def _value(cell: str) -> tuple[str | None, int | None]:
    """Return the value of a feature, and the number that tells its span from others."""
    match = _NUMBERED.fullmatch(cell)
    value, number = (match[1], int(match[2])) if match is not None else (cell, None)
    return None if value in {_UNSAID, _NOTHING, ""} else _unescaped(value), number


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(_sign, text) if "\\" in text else text


def _sign(match: re.Match[str]) -> str:
    escaped = match[1]
    if len(escaped) == 5:
        return chr(int(escaped[1:], 16))
    return _SIGNS.get(escaped, escaped)
