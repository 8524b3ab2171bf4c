"""CoNLL columns: the tokens of a side, one a line, the last column a BIO tag; one file a language.

Ours have four columns, FORM START END TAG: a token is cut where an entity begins or ends inside it, and the
range (code points of `# text`) says where each part stands, so that nothing is lost. Others' files may
have any columns, the form first and the tag last; their forms, one after the other, are the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from hashiya.corpus.exchange.formats.json_lines import lang_of, read_file, status_of
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Export, Side, SideMark
from hashiya.corpus.text.bio import TaggedToken, spans, tag_tokens
from hashiya.schema.errors import SourceError
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
                "pair_id": side.pair_id,
                "lang": side.lang,
                "doc_id": side.doc_id if side.doc_id and side.doc_id.isprintable() else None,
                "annotator": side.annotator,
                "status": side.status,
                # What may end a line in some reader's eyes is escaped.
                **({"text": text} if text.splitlines() == [text] else {"text_json": json.dumps(text)}),
            }
            lines = [f"# {name} = {value}" for name, value in said.items() if value is not None]
            lines += [f"{text[start:end]}\t{start}\t{end}\t{tag}" for start, end, tag in _tagged(side)]
            if side.lang is not None:
                files[side.lang].write("\n".join(lines) + "\n\n")


def read(source: Path, outcome: Outcome) -> Iterator[Side]:
    """Yield the sides of a file, or of every `.conll` file in a folder."""
    paths = sorted(source.rglob("*.conll")) if source.is_dir() else [source]
    if not paths:
        raise SourceError(f"{source}: there is no .conll file in it")
    for path in paths:
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
    where = f"{path}, line {block.line}"
    text = block.said.get("text")
    if "text_json" in block.said:
        try:
            text = str(json.loads(block.said["text_json"]))
        except (ValueError, RecursionError):
            outcome.leave("sides", "text_json is not valid JSON", where=where)
            return None
    if not block.tokens and not block.said:
        return None
    with_ranges = text is not None and all(_has_range(columns) for _, columns in block.tokens)
    tagged: list[TaggedToken] = []
    at = 0
    for number, columns in block.tokens:
        form, tag = "".join(columns[0].split()), _tag(columns[-1])
        if len(columns) < 2 or tag is None:
            outcome.leave("tokens", "the last column is no BIO tag", where=f"{path}, line {number}")
            tag = "O"
        if with_ranges and text is not None:
            start, end = int(columns[1]), int(columns[2])
            if text[start:end] != columns[0] or start < at:
                outcome.leave("sides", "a token is not the text at its range", where=f"{path}, line {number}")
                return None
        else:
            start, end = at, at + len(form)
        at = end
        tagged.append((start, end, tag))
    if not with_ranges:
        words = "".join("".join(columns[0].split()) for _, columns in block.tokens)
        if text is not None and "".join(text.split()) != words:
            outcome.leave("sides", "the tokens are not those of the text", where=where)
            return None
        text = words
    return Side(
        where=where,
        pair_id=block.said.get("pair_id"),
        lang=lang_of(block.said.get("lang") or path.stem.rpartition(".")[2]),
        text=text,
        marks=tuple(SideMark(start=start, end=end, label=label) for start, end, label in spans(tagged)),
        annotator=block.said.get("annotator"),
        status=status_of(block.said.get("status")),
        spaced=with_ranges,
    )


def _has_range(columns: list[str]) -> bool:
    return len(columns) == 4 and all(_NUMBER.fullmatch(column) for column in columns[1:3])


def _tag(tag: str) -> str | None:
    """Return a tag in BIO; `None` for what is no tag."""
    if tag == "O":
        return tag
    mark, _, label = tag.partition("-")
    return f"{_MARKS[mark]}-{label}" if mark in _MARKS and label else None
