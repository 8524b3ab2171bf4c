"""What the labels of a file are called in a scheme: a table that a person writes, and the draft of one."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hashiya.corpus.exchange.sides import FLAG
from hashiya.schema.errors import SourceError
from hashiya.schema.scheme import LabelScheme, Section

_FLAG_PREFIXES = (FLAG, "flag-", "flag_")
_UNDECIDED = "?"
_KEYS = ("text", "labels")
_TABLES = ("labels", "layers", "keys")


@dataclass(frozen=True, slots=True)
class FileLabels:
    """Labels of a file by their names there.

    `labels` gives for each an entity's label, or `FLAG` and a flag's kind; `None` for one that is left out on
    purpose. `layers` names the layers of a CAS that hold spans, and the feature of each that holds the label;
    `keys` the keys of JSON or columns that hold the text and the labels: `text`, `labels`.
    """

    labels: Mapping[str, str | None] = field(default_factory=dict)
    layers: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)


class LabelNames:
    """Finds the labels of a scheme by a map, else by their ids or their names, in either language."""

    def __init__(self, scheme: LabelScheme, given: FileLabels, *, with_flags: bool) -> None:
        self._given = {name.casefold(): label for name, label in given.labels.items()}
        self._entities = _names(scheme, "entity")
        self._flags = _names(scheme, "flag") if with_flags else {}
        self.known = [*scheme.ids("entity"), *(FLAG + kind for kind in self._flags.values())]
        self.known = list(dict.fromkeys(self.known))
        """The labels that there are: entities', and flags' with `FLAG` before."""

    def is_left_out(self, name: str) -> bool:
        """Return whether a map leaves a label out on purpose."""
        return self._given.get(name.strip().casefold(), name) is None

    def label(self, name: str) -> str | None:
        """Return the label of a name, a flag's with `FLAG` before; `None` where there is none."""
        key = name.strip().casefold()
        if key in self._given:
            return self._given[key]
        if key in self._entities:
            return self._entities[key]
        prefix = next((prefix for prefix in _FLAG_PREFIXES if key.startswith(prefix)), None)
        kind = None if prefix is None else self._flags.get(key.removeprefix(prefix))
        return None if kind is None else FLAG + kind

    def mapped(self) -> Iterator[str]:
        """Yield the labels that a map has others for."""
        yield from (label for label in self._given.values() if label is not None)

    def left_out(self) -> Iterator[str]:
        """Yield the labels that would be known by a name that the map leaves out."""
        for name, label in self._given.items():
            if label is None and name in self._entities:
                yield self._entities[name]


def read_label_map(path: Path, scheme: LabelScheme) -> FileLabels:
    """Read a TOML file of lines `THEIRS = "ours"`; `SourceError` names the line that is wrong.

    A label is left out with `THEIRS = ""`. Tables `[layers]` and `[keys]` may follow.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise SourceError(f"{path}: not valid TOML: {error}") from None
    tables: dict[str, dict[str, Any]] = {
        name: content.pop(name) for name in _TABLES if isinstance(content.get(name), dict)
    }
    known = {*scheme.ids("entity"), *(FLAG + kind for kind in scheme.ids("flag"))}
    labels: dict[str, str | None] = {}
    for name, label in {**content, **tables.get("labels", {})}.items():
        if isinstance(label, dict):
            raise SourceError(f"{path}: [{name}]: is no table of a label map; one of {', '.join(_TABLES)}")
        if label == _UNDECIDED:
            raise SourceError(f'{path}: {name}: is not decided; write a label, or "" to leave it out')
        if label is not False and not (isinstance(label, str) and (label == "" or label in known)):
            what = f"{label!r} is no label of the scheme; one of {', '.join(sorted(known))}"
            raise SourceError(f'{path}: {name}: {what}, or "" to leave it out')
        labels[name] = label or None
    for name in ("layers", "keys"):
        for key, value in tables.get(name, {}).items():
            if not isinstance(value, str):
                raise SourceError(f"{path}: {name}.{key}: {value!r} is no text")
            if name == "keys" and key not in _KEYS:
                raise SourceError(
                    f"{path}: keys.{key}: is no key that can be named; one of {', '.join(_KEYS)}"
                )
    return FileLabels(labels, tables.get("layers", {}), tables.get("keys", {}))


def draft_label_map(found: Counter[str], scheme: LabelScheme) -> str:
    """Return a label map for the labels that a file holds, with those filled in that the scheme has."""
    names = LabelNames(scheme, FileLabels(), with_flags=True)
    lines = [
        "# The labels of the file, each with one of the scheme:",
        f"# {', '.join(names.known)}",
        '# "" leaves a label out on purpose: then the file says nothing of what the scheme calls so.',
        "",
    ]
    readable = {name: count for name, count in found.items() if name.isprintable() or name.isascii()}
    for name, count in sorted(readable.items(), key=lambda item: (-item[1], item[0])):
        label = names.label(name) or _UNDECIDED
        lines.append(f"{_key(name)} = {_key(label, quoted=True)}  # {count} times")
    return "\n".join(lines) + "\n"


def _key(name: str, *, quoted: bool = False) -> str:
    """Return a key or a text of TOML."""
    if not quoted and name.isascii() and name.replace("-", "").replace("_", "").isalnum():
        return name
    escaped = "".join(
        f"\\u{ord(character):04x}" if ord(character) < 0x20 or character in '"\\\x7f' else character
        for character in name
    )
    return f'"{escaped}"'


def _names(scheme: LabelScheme, section: Section) -> Mapping[str, str]:
    """Return label ids by id and by name, folded; a name that several labels have is no one's."""
    names: dict[str, str | None] = {}
    for label in scheme.labels(section):
        for name in {label.name.en.strip().casefold(), label.name.ar.strip().casefold()}:
            names[name] = None if name in names else label.id
    ids: Iterator[tuple[str, str]] = ((label.id, label.id) for label in scheme.labels(section))
    return {name: label for name, label in names.items() if label is not None} | dict(ids)
