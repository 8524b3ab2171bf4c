"""Which format a file or folder of labels is in: by the names of its files, else by its first object."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hashiya.corpus.exchange.formats.file_kinds import tool_of
from hashiya.corpus.exchange.formats.input_files import InputFile, InputFolder
from hashiya.corpus.exchange.formats.json_lines import JSON_SUFFIXES, objects
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.schema.errors import SourceError

_BY_SUFFIX = {
    ".ann": "brat",
    ".xmi": "xmi",
    ".tsv": "webanno",
    ".conll": "conll",
    ".conllu": "conll",
    ".iob": "conll",
    ".bio": "conll",
    ".spacy": "spacy",
    ".parquet": "hf",
    ".arrow": "hf",
}
_BY_TOOL = {"hashiya": "jsonl"}
"""The formats that are not called as the tool is."""


def detect_format(source: Path) -> str:
    """Return the name of a format; `SourceError` where none is recognised, or the files cannot be read."""
    if not source.exists():
        raise SourceError(f"{source}: there is no such file or folder")
    if (source / "corpus.toml").is_file():
        raise SourceError(f"{source}: is a corpus; `hashiya labels export` writes its labels")
    folder = InputFolder(source)
    for suffix, name in _BY_SUFFIX.items():
        if folder.alone:
            if source.suffix.lower() == suffix:
                return name
        elif folder.holds(suffix):
            return name
    if folder.alone and source.stat().st_size == 0:
        raise SourceError(f"{source}: is empty")
    outcome = Outcome()
    for file in folder.files(*JSON_SUFFIXES):
        tool = _of_objects(file, outcome)
        if tool is not None:
            return tool
    why = "".join(f" ({found})" for found in outcome.problems[:1])
    raise SourceError(f"{source}: the format is not recognised{why}; name it with --format")


def _of_objects(file: InputFile, outcome: Outcome) -> str | None:
    first: tuple[str, Mapping[str, Any]] | None = next(objects(file, outcome), None)
    if first is None:
        return None
    given = first[1]
    tool = tool_of(given)
    if tool is not None:
        return _BY_TOOL.get(tool, tool)
    if "spans" in given or {"spans_ar", "spans_en"} & given.keys():
        return "jsonl"
    return "doccano" if {"label", "labels", "entities"} & given.keys() else None
