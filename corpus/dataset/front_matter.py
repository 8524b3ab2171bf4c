"""A card in two parts: YAML that the Hugging Face hub reads, then Markdown; what a person wrote in it stays.

A release renews the keys of the YAML that are its own, and the part of the Markdown between two marks. Other
keys stay as they are, and so does all that stands outside of the marks; without marks the renewed part comes
last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

BEGIN = "<!-- hashiya release: from here on this is written anew -->"
END = "<!-- hashiya release: to here -->"
_FENCE = "---"
_KEY = re.compile(r"([\w-]+|\"[^\"]*\"|'[^']*'):(\s|$)")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./<-]*")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
"""Plain scalars that YAML takes for something else than text."""

Yaml: TypeAlias = "str | int | float | Sequence[Yaml] | Mapping[str, Yaml]"


def renewed_card(card: str | None, title: str, metadata: Mapping[str, Yaml], body: str) -> str:
    """Return a card with new metadata and a new body, in the place of those in `card`, if there is one."""
    others, rest = _parts(card) if card is not None else ("", f"# {title}\n\n{BEGIN}\n{END}\n")
    kept = "".join(block for key, block in _blocks(others) if key not in metadata)
    own = f"{BEGIN}\n\n{body.strip()}\n\n{END}"
    start, end = rest.find(BEGIN), rest.find(END)
    if 0 <= start < end:
        rest = rest[:start] + own + rest[end + len(END) :]
    else:
        rest = f"{rest.rstrip()}\n\n{own}\n" if rest.strip() else f"{own}\n"
    return f"{_FENCE}\n{yaml_text(metadata)}{kept}{_FENCE}\n\n{rest.lstrip()}"


def yaml_text(values: Mapping[str, Yaml]) -> str:
    """Return a mapping as YAML, in blocks."""
    return "".join(f"{line}\n" for line in _mapping(values))


def _mapping(values: Mapping[str, Yaml]) -> Iterator[str]:
    for key, value in values.items():
        name = _scalar(key)
        if isinstance(value, (str, int, float)):
            yield f"{name}: {_scalar(value)}"
        elif not value:
            yield f"{name}: {_empty(value)}"
        else:
            yield f"{name}:"
            yield from (f"  {line}" for line in _lines(value))


def _lines(value: Sequence[Yaml] | Mapping[str, Yaml]) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _mapping(value)
        return
    for item in value:
        if isinstance(item, (str, int, float)):
            yield f"- {_scalar(item)}"
            continue
        if not item:
            yield f"- {_empty(item)}"
        for number, line in enumerate(_lines(item)):
            yield f"{'  ' if number else '- '}{line}"


def _scalar(value: str | float) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)


def _empty(value: Sequence[Yaml] | Mapping[str, Yaml]) -> str:
    return "{}" if isinstance(value, Mapping) else "[]"


def _parts(card: str) -> tuple[str, str]:
    """The YAML of a card, and what comes after it."""
    lines = card.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    if lines[0].strip() == _FENCE:
        for number, line in enumerate(lines[1:], 1):
            if line.strip() == _FENCE:
                return "".join(f"{kept}\n" for kept in lines[1:number]), "\n".join(lines[number + 1 :])
    return "", "\n".join(lines)


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """The keys at the top of some YAML, each with its lines, and comments before them."""
    key, block = "", ""
    for line in text.splitlines(keepends=True):
        if found := _KEY.match(line):
            if block:
                yield key, block
            key, block = found[1].strip("\"'"), ""
        block += line
    if block:
        yield key, block
