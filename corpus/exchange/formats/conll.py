"""CoNLL columns: the tokens of a side, one a line, the last column a BIO tag; one file a language.

Ours have four columns, FORM START END TAG: a token is cut where an entity begins or ends inside it, and the
range (code points of `# text`) says where each part stands, so that nothing is lost. Others' files may
have any columns, the form first and the tag last; their forms, one after the other, are the text. A line that
begins a document may name it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path

from hashiya.corpus.exchange.formats.bio_tags import bio_tag
from hashiya.corpus.exchange.formats.file_kinds import kind_by_start
from hashiya.corpus.exchange.formats.files import FileFaults, ReadOptions, document_named, lang_of, status_of
from hashiya.corpus.exchange.formats.input_files import InputFile, InputFolder
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Export, Side, SideMark
from hashiya.corpus.text.bio import OUTSIDE, TaggedToken, spans, tag_tokens
from hashiya.schema.records import LANGS, Span

_COMMENT = re.compile(r"# ?(\w+) = (.*)", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,9}")
_DOCUMENT = re.compile(
    r"# ?newdoc(?:\s+id)?(?:\s*=\s*(.*))?$"
    r"|-DOCSTART-(?:[ \t]+\((.*)\))?"
    r"|#begin document(?: \((.*?)\).*)?"
)
"""Where a document begins, named or not: CoNLL-U, CoNLL-2003 (as AIDA names them), CoNLL-2012."""
_SUFFIXES = (".conll", ".conllu", ".conll03", ".iob", ".bio")


@dataclass(slots=True)
class _Block:
    """The lines of one sentence: what its comments say, and its tokens with their line numbers."""

    line: int
    doc_id: str | None
    said: dict[str, str] = field(default_factory=dict)
    tokens: list[tuple[int, list[str]]] = field(default_factory=list)
    unread: int = 0


@dataclass(frozen=True, slots=True)
class _TaggedText:
    """A text and its tokens; `spaced` is false for one that was put together from forms."""

    text: str
    tokens: list[TaggedToken]
    spaced: bool


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a block cannot be read, and the line that it is told at."""

    line: int
    why: str


def fit(side: Side, outcome: Outcome) -> Side:
    """Leave out the entities that tags cannot say."""
    sayable = set(spans(_tagged(side)))
    marks = tuple(mark for mark in side.marks if (mark.start, mark.end, mark.label) in sayable)
    for mark in side.marks:
        if mark not in marks:
            outer = (mark.quote or "").strip() != mark.quote
            why = "begin or end in white space" if outer else "overlap a longer one; BIO has one tag a letter"
            outcome.leave("entities", why)
    return replace(side, marks=marks)


def _tagged(side: Side) -> list[TaggedToken]:
    tokens = [(token.start, token.end) for token in side.tokens]
    return tag_tokens(tokens, [(mark.start, mark.end, mark.label) for mark in side.marks])


def write(export: Export) -> None:
    """Write `NAME.ar.conll` and `NAME.en.conll`."""
    with ExitStack() as stack:
        files = {
            lang: stack.enter_context(
                (export.out / f"{export.name}.{lang}.conll").open("w", encoding="utf-8", newline="")
            )
            for lang in LANGS
        }
        for side in export.sides:
            text = side.text or ""
            said = {
                **side.meta,
                "doc_id": side.doc_id if side.doc_id and side.doc_id.isprintable() else None,
                # What may end a line in some reader's eyes is escaped.
                **({"text": text} if text.splitlines() == [text] else {"text_json": json.dumps(text)}),
            }
            lines = [f"# {name} = {value}" for name, value in said.items() if value is not None]
            lines += [f"{text[start:end]}\t{start}\t{end}\t{tag}" for start, end, tag in _tagged(side)]
            if side.lang is not None:
                files[side.lang].write("\n".join(lines) + "\n\n")


def read(source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
    """Yield the sides of a file, or of every file of columns in a folder."""
    options = options or ReadOptions()
    for file in InputFolder(source).files(*_SUFFIXES):
        content = file.read()
        kind = kind_by_start(content[:4096])
        if kind is not None:
            outcome.leave("files", f"it is {kind}", where=file.where)
            continue
        faults = FileFaults()
        annotator = file.stem if options.named_after else None
        for block in _blocks(file.where, file.stem, content, faults):
            side = _side(file, block, faults)
            if side is not None:
                yield replace(side, annotator=annotator)
        faults.tell(outcome)


def _blocks(where: str, stem: str, content: bytes, faults: FileFaults) -> Iterator[_Block]:
    """Yield the blocks of a file; a document that has no name is numbered after the file's `stem`."""
    doc_id: str | None = None
    documents = 0
    block: _Block | None = None
    for number, raw in enumerate(content.split(b"\n"), start=1):
        try:
            line = raw.decode("utf-8").removesuffix("\r")
        except UnicodeDecodeError as error:
            faults.add("lines", f"not UTF-8 (byte {error.start})", f"{where}, line {number}")
            if block is not None:
                block.unread += 1
            continue
        line = line.removeprefix("\ufeff") if number == 1 else line
        document = _DOCUMENT.match(line)
        if not line.strip(" \t") or document is not None or line.startswith("#end document"):
            if block is not None:
                yield block
            block = None
            if document is not None:
                documents += 1
                named = (name.strip() for name in document.groups() if name and name.strip())
                doc_id = next(named, f"{stem}/{documents:06}")
            continue
        block = block or _Block(number, doc_id)
        comment = _COMMENT.fullmatch(line)
        columns = line.split("\t") if "\t" in line else [part for part in line.split(" ") if part]
        if comment is not None and not block.tokens:
            block.said[comment[1]] = comment[2]
        elif not _is_note(line, columns, block):
            block.tokens.append((number, columns))
    if block is not None:
        yield block


def _is_note(line: str, columns: Sequence[str], block: _Block) -> bool:
    """Return whether a line before the tokens is a comment of another form, and no token "#"."""
    return not block.tokens and line.startswith("#") and "\t" not in line and bio_tag(columns[-1]) is None


def _side(file: InputFile, block: _Block, faults: FileFaults) -> Side | None:
    """Return the side of a block; `None` for an empty one, and for one that is told and left out."""
    if not block.tokens and not block.said:
        return None
    read = _tagged_text(file.where, block, faults)
    if isinstance(read, _Fault):
        faults.add("sides", read.why, f"{file.where}, line {read.line}")
        return None
    marks = tuple(SideMark(start=start, end=end, label=label) for start, end, label in spans(read.tokens))
    sent = status_of(block.said.get("status"))
    return Side(
        where=f"{file.where}, line {block.line}",
        pair_id=block.said.get("pair_id"),
        lang=lang_of(block.said.get("lang")) or document_named(file.name.with_suffix(".conll"))[1],
        text=read.text,
        marks=marks,
        tokens=tuple(Span(start, end) for start, end, _ in read.tokens),
        sent_as=block.said.get("annotator"),
        status=sent,
        unread=block.unread,
        doc_id=block.said.get("doc_id") or block.doc_id,
        spaced=read.spaced,
    )


def _tagged_text(where: str, block: _Block, faults: FileFaults) -> _TaggedText | _Fault:
    """Return the text of a block, from its comment or put together from its forms, and its tokens in it."""
    text = _said_text(block)
    if isinstance(text, _Fault):
        return text
    tags = (_tag_at(where, number, columns, block, faults) for number, columns in block.tokens)
    if text is not None and all(_has_range(columns) for _, columns in block.tokens):
        tokens = _tokens_at_ranges(text, block, tags)
        return tokens if isinstance(tokens, _Fault) else _TaggedText(text, tokens, spaced=True)
    forms = ["".join(columns[0].split()) for _, columns in block.tokens]
    words, ends = "".join(forms), list(accumulate(map(len, forms)))
    tokens = list(zip([0, *ends[:-1]], ends, tags, strict=False))
    if text is not None and "".join(text.split()) != words:
        return _Fault(block.line, "the tokens are not those of the text")
    return _TaggedText(words, tokens, spaced=False)


def _said_text(block: _Block) -> str | _Fault | None:
    if "text_json" not in block.said:
        return block.said.get("text")
    try:
        return str(json.loads(block.said["text_json"]))
    except (ValueError, RecursionError):
        return _Fault(block.line, "text_json is not valid JSON")


def _tokens_at_ranges(text: str, block: _Block, tags: Iterator[str]) -> list[TaggedToken] | _Fault:
    tokens: list[TaggedToken] = []
    before = 0
    for (number, columns), tag in zip(block.tokens, tags, strict=True):
        start, end = int(columns[1]), int(columns[2])
        if text[start:end] != columns[0] or start < before:
            return _Fault(number, "a token is not the text at its range")
        tokens.append((start, end, tag))
        before = end
    return tokens


def _tag_at(where: str, number: int, columns: Sequence[str], block: _Block, faults: FileFaults) -> str:
    """Return the tag of a line in BIO; what is no tag is told, and read as O."""
    tag = bio_tag(columns[-1])
    if len(columns) < 2 or tag is None:
        block.unread += 1
        faults.add("tokens", "the last column is no BIO tag", f"{where}, line {number}")
        return OUTSIDE
    return tag


def _has_range(columns: list[str]) -> bool:
    return len(columns) == 4 and all(_NUMBER.fullmatch(column) for column in columns[1:3])
