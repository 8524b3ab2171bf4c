"""CoNLL columns: the tokens of a side, one a line, the last column a BIO tag; one file a language.

Ours have four columns, FORM START END TAG: a token is cut where an entity begins or ends inside it, and the
range (code points of `# text`) says where each part stands, so that nothing is lost. Others' files may
have any columns, the form first and the tag last; their forms, one after the other, are the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path

from hashiya.corpus.exchange.formats.files import files_in, lang_of, read_file, status_of
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Export, Side, SideMark
from hashiya.corpus.text.bio import TaggedToken, spans, tag_tokens
from hashiya.schema.records import LANGS

_COMMENT = re.compile(r"# ?(\w+) = (.*)", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,9}")
# BIOES and BILOU tell the same in more letters.
_MARKS = {"B": "B", "I": "I", "S": "B", "U": "B", "E": "I", "L": "I"}


@dataclass(slots=True)
class _Block:
    """The lines of one sentence: what its comments say, and its tokens with their line numbers."""

    line: int
    said: dict[str, str] = field(default_factory=dict)
    tokens: list[tuple[int, list[str]]] = field(default_factory=list)


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


def read(source: Path, outcome: Outcome) -> Iterator[Side]:
    """Yield the sides of a file, or of every `.conll` file in a folder."""
    for path in files_in(source, ".conll"):
        for block in _blocks(path, outcome):
            side = _side(path, block, outcome)
            if side is not None:
                yield side


def _blocks(path: Path, outcome: Outcome) -> Iterator[_Block]:
    block: _Block | None = None
    for number, raw in enumerate(read_file(path).split(b"\n"), start=1):
        try:
            line = raw.decode("utf-8").removesuffix("\r")
        except UnicodeDecodeError as error:
            outcome.leave("lines", f"not UTF-8 (byte {error.start})", where=f"{path}, line {number}")
            continue
        line = line.removeprefix("\ufeff") if number == 1 else line
        if not line.strip(" \t"):
            if block is not None:
                yield block
            block = None
            continue
        block = block or _Block(number)
        comment = _COMMENT.fullmatch(line)
        columns = line.split("\t") if "\t" in line else [part for part in line.split(" ") if part]
        if comment is not None and not block.tokens:
            block.said[comment[1]] = comment[2]
        elif columns[0] != "-DOCSTART-":
            block.tokens.append((number, columns))
    if block is not None:
        yield block


def _side(path: Path, block: _Block, outcome: Outcome) -> Side | None:
    """Return the side of a block; `None` for an empty one, and for one that is told and left out."""
    if not block.tokens and not block.said:
        return None
    read = _tagged_text(path, block, outcome)
    if isinstance(read, _Fault):
        outcome.leave("sides", read.why, where=f"{path}, line {read.line}")
        return None
    return Side(
        where=f"{path}, line {block.line}",
        pair_id=block.said.get("pair_id"),
        lang=lang_of(block.said.get("lang") or path.stem.rpartition(".")[2]),
        text=read.text,
        marks=tuple(SideMark(start=start, end=end, label=label) for start, end, label in spans(read.tokens)),
        sent_as=block.said.get("annotator"),
        status=status_of(block.said.get("status")),
        spaced=read.spaced,
    )


def _tagged_text(path: Path, block: _Block, outcome: Outcome) -> _TaggedText | _Fault:
    """Return the text of a block, from its comment or put together from its forms, and its tokens in it."""
    text = _said_text(block)
    if isinstance(text, _Fault):
        return text
    tags = (_tag_at(path, number, columns, outcome) for number, columns in block.tokens)
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


def _tag_at(path: Path, number: int, columns: Sequence[str], outcome: Outcome) -> str:
    """Return the tag of a line in BIO; what is no tag is told, and read as O."""
    tag = _tag(columns[-1])
    if len(columns) < 2 or tag is None:
        outcome.leave("tokens", "the last column is no BIO tag", where=f"{path}, line {number}")
        return "O"
    return tag


def _has_range(columns: list[str]) -> bool:
    return len(columns) == 4 and all(_NUMBER.fullmatch(column) for column in columns[1:3])


def _tag(tag: str) -> str | None:
    """Return a tag in BIO; `None` for what is no tag."""
    if tag == "O":
        return tag
    mark, _, label = tag.partition("-")
    return f"{_MARKS[mark]}-{label}" if mark in _MARKS and label else None
