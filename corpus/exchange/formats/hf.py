"""Token classification of Hugging Face: a row a text, its tokens and a tag for each; only read.

Tags are strings, or numbers that a `ClassLabel` names, in the metadata of Parquet and Arrow or in the
`dataset_info.json` beside them. https://huggingface.co/docs/datasets/about_dataset_features
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, cast

from hashiya.corpus.exchange.formats.bio_tags import are_plain, bio_tag, labels_of, plain_as_bio
from hashiya.corpus.exchange.formats.file_kinds import kind_by_start
from hashiya.corpus.exchange.formats.files import FileFaults, ReadOptions, document_named, lang_of
from hashiya.corpus.exchange.formats.input_files import InputFile, InputFolder
from hashiya.corpus.exchange.formats.json_lines import (
    JSON_SUFFIXES,
    JsonObject,
    objects,
    string,
    table,
    whole_number,
)
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.corpus.text.bio import OUTSIDE, spans
from hashiya.schema.records import Span

_TOKENS = ("tokens", "words")
_TAGS = ("ner_tags", "ner_tag", "ner", "ner_labels", "tags", "labels")
_NOT_TAGS = frozenset(
    {"pos_tags", "chunk_tags", "upos", "xpos", "lemmas", "langs", "input_ids", "attention_mask"}
)
_INFO = ("dataset_info.json", "dataset_infos.json")
_ROWS_AT_ONCE = 1000
_UNNAMED = "are numbers, and nothing names them; a dataset_info.json beside the file does"


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the tokens and tags of a row stand, and the names of numbered tags."""

    tokens: str
    tags: str
    names: Sequence[str] | None


def read(source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
    """Yield the sides of a file of Parquet, Arrow or JSON Lines, or of every such file in a folder."""
    options = options or ReadOptions()
    for file in InputFolder(source).files(".parquet", ".arrow", *JSON_SUFFIXES):
        if file.name.name in {*_INFO, "state.json", "dataset_dict.json"}:
            continue
        faults = FileFaults()
        columns: _Columns | None = None
        for where, row, features in _rows(file, outcome):
            if columns is None:
                columns = _columns(row, features, options)
                if columns is None:
                    what = f"it has no columns of tokens and tags; its columns are {', '.join(row)}"
                    outcome.leave("files", what, where=file.where)
                    break
            side = _side(where, row, columns, faults)
            if side is not None:
                lang = side.lang or document_named(file.name.with_suffix(".txt"))[1]
                named = file.stem if options.named_after else None
                yield replace(side, lang=lang, annotator=side.annotator or named)
        faults.tell(outcome)


def _rows(file: InputFile, outcome: Outcome) -> Iterator[tuple[str, JsonObject, JsonObject]]:
    """Yield the rows of a file, each with where it stands, and the features that the file declares."""
    suffix = file.name.suffix.lower()
    if suffix not in {".parquet", ".arrow"}:
        features = _declared_beside(file)
        for where, row in objects(file, outcome, {"hf"}):
            yield where, row, features
        return
    import pyarrow as pa

    try:
        batches = _parquet(file) if suffix == ".parquet" else _arrow(file)
        number = 0
        for batch in batches:
            features = _declared(batch.schema.metadata) or _declared_beside(file)
            for row in batch.to_pylist():
                number += 1
                yield f"{file.where}, row {number}", row, features
    except (pa.ArrowException, OSError, ValueError) as error:
        kind = kind_by_start(file.read()[:4096])
        told = (
            f"it is {kind}"
            if kind is not None and suffix[1:] not in kind.lower()
            else f"cannot be read: {error}"
        )
        outcome.leave("files", told, where=file.where)


def _parquet(file: InputFile) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(file.path or BytesIO(file.read())) as parquet:
        # With the metadata of the whole file: that of a batch may lack it.
        schema = parquet.schema_arrow
        for batch in parquet.iter_batches(batch_size=_ROWS_AT_ONCE):
            yield batch.replace_schema_metadata(schema.metadata)


def _arrow(file: InputFile) -> Iterator[Any]:
    import pyarrow as pa

    content = file.read()
    if content.startswith(b"ARROW1"):
        with pa.ipc.open_file(content) as arrow:
            yield from (arrow.get_batch(number) for number in range(arrow.num_record_batches))
    else:
        with pa.ipc.open_stream(content) as stream:
            yield from stream


def _declared(metadata: Mapping[bytes, bytes] | None) -> JsonObject:
    try:
        said = json.loads((metadata or {}).get(b"huggingface", b"{}"))
    except ValueError:
        return {}
    return table(table(said, "info"), "features") if isinstance(said, dict) else {}


def _declared_beside(file: InputFile) -> JsonObject:
    for name in _INFO:
        info = file.above(name)
        if info is None:
            continue
        try:
            said = json.loads(info.read())
        except ValueError:
            continue
        if isinstance(said, dict):
            given = cast("JsonObject", said)
            features = table(given, "features")
            # The file of several configurations has one object for each.
            inner = (table(table(given, key), "features") for key in given)
            return features or next((found for found in inner if found), {})
    return {}


def _columns(row: JsonObject, features: JsonObject, options: ReadOptions) -> _Columns | None:
    tokens = next(
        (name for name in _given(options.text_key, _TOKENS) if isinstance(row.get(name), list)), None
    )
    if tokens is None:
        return None
    known = [name for name in _given(options.label_key, _TAGS) if isinstance(row.get(name), list)]
    named = [
        name
        for name in features
        if name not in _NOT_TAGS and name in row and labels_of(_class_names(features[name]) or ())
    ]
    tags = next(iter([*known, *([] if options.label_key else named)]), None)
    return None if tags is None else _Columns(tokens, tags, _class_names(features.get(tags)))


def _given(name: str | None, usual: Sequence[str]) -> Sequence[str]:
    return usual if name is None else (name,)


def _class_names(feature: object) -> Sequence[str] | None:
    """Return the names that a `ClassLabel` somewhere in a feature gives; `None` where there is none."""
    if isinstance(feature, list):
        inner = (_class_names(item) for item in cast("list[object]", feature))
        return next((names for names in inner if names), None)
    if not isinstance(feature, dict):
        return None
    given = cast("dict[str, object]", feature)
    names = given.get("names")
    if isinstance(names, dict):  # as dataset cards write them: {"0": "O", ...}
        numbered = cast("dict[str, str]", names)
        names = [numbered[number] for number in sorted(numbered, key=int)]
    if isinstance(names, list) and all(isinstance(name, str) for name in cast("list[object]", names)):
        return cast("list[str]", names)
    return next((found for value in given.values() if (found := _class_names(value))), None)


def _side(where: str, row: JsonObject, columns: _Columns, faults: FileFaults) -> Side | None:
    tokens, tags = row.get(columns.tokens), row.get(columns.tags)
    if not isinstance(tokens, list) or not isinstance(tags, list) or len(tokens) != len(tags):
        faults.add("sides", "have not one tag for each token", where)
        return None
    forms = ["".join(str(token).split()) for token in cast("list[object]", tokens)]
    read, unread = _bio(cast("list[object]", tags), columns, where, faults)
    ends = list(accumulate(map(len, forms)))
    found = spans(
        (start, end, tag) for start, end, tag in zip([0, *ends[:-1]], ends, read, strict=True) if start < end
    )
    return Side(
        where=where,
        pair_id=string(row, "pair_id"),
        lang=lang_of(row.get("lang", row.get("language"))),
        text="".join(forms),
        marks=tuple(SideMark(start=start, end=end, label=label) for start, end, label in found),
        annotator=string(row, "annotator"),
        offered=labels_of(columns.names) if columns.names else None,
        unread=unread,
        doc_id=string(row, "doc_id", "document_id"),
        tokens=tuple(Span(start, end) for start, end in pairwise([0, *ends]) if start < end),
        spaced=False,
    )


def _bio(
    tags: Sequence[object], columns: _Columns, where: str, faults: FileFaults
) -> tuple[Sequence[str], int]:
    """Return tags in BIO, what cannot be read as O, and how many that were."""
    named = [_name(tag, columns.names) for tag in tags]
    plain = are_plain(columns.names) if columns.names else False
    read: list[str] = []
    unread = 0
    for tag, name in zip(tags, named, strict=True):
        bio = name if plain else bio_tag(name or "")
        if bio is None:
            unread += 1
            unnamed = name is None and whole_number(tag) is not None
            faults.add("tokens", _UNNAMED if unnamed else "their tag is none of BIO", where)
        read.append(bio or OUTSIDE)
    return list(plain_as_bio(read)) if plain else read, unread


def _name(tag: object, names: Sequence[str] | None) -> str | None:
    number = whole_number(tag)
    if number is None:
        return tag if isinstance(tag, str) else None
    return names[number] if names is not None and 0 <= number < len(names) else None
