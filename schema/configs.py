"""The configs of a released dataset as Arrow schemas, with the metadata that the Hugging Face hub reads.

Class columns are integers. Under the key `huggingface` the schema says which they are and what the numbers
mean, as `datasets.Features.arrow_schema` writes it, so that `load_dataset` makes `ClassLabel`s of them; other
tools pass over it. All columns may be null by their type, as those of `datasets` are: which ever are, the
records say.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from hashiya.schema.arrow import arrow_schema
from hashiya.schema.dataset import (
    CLASS_KINDS,
    ClassKind,
    ClassOf,
    Config,
    EntityRow,
    FlagRow,
    ImplicationRow,
    PairDetails,
    PairHead,
    PublicAnnotation,
    StanceRow,
)

OWN_COLUMNS: Mapping[Config, type] = {
    "pairs": PairDetails,
    "stance": StanceRow,
    "implications": ImplicationRow,
    "entities": EntityRow,
    "flags": FlagRow,
    "annotations": PublicAnnotation,
}
"""The record of the columns of a config beside those of `PairHead`, which come first."""
HUB_KEY = b"huggingface"

ClassNames = Mapping[ClassKind, Sequence[str]]
"""The names of classes by their numbers."""


def config_schema(config: Config, classes: ClassNames) -> pa.Schema:
    """Return the Arrow schema of the files of a config."""
    records = PairHead, OWN_COLUMNS[config]
    columns = [_nullable(column) for record in records for column in arrow_schema(record)]
    features = json.dumps({"info": {"features": config_features(config, classes)}}, ensure_ascii=True)
    return pa.schema(columns, metadata={HUB_KEY: features.encode()})


def config_features(config: Config, classes: ClassNames) -> dict[str, Any]:
    """Return the columns of a config as the hub describes them, in JSON."""
    found: dict[str, Any] = {}
    for record in (PairHead, OWN_COLUMNS[config]):
        found |= _record_features(record, classes)
    return found


def class_names(ledger: Mapping[str, Sequence[str]], no_stance: str) -> dict[ClassKind, tuple[str, ...]]:
    """Return the names of classes by their numbers in a release, from the ledger of a corpus."""
    names: dict[ClassKind, tuple[str, ...]] = {kind: tuple(ledger.get(kind, ())) for kind in CLASS_KINDS}
    return {**names, "stance": (no_stance, *names["stance"])}


def _record_features(record: Any, classes: ClassNames) -> dict[str, Any]:
    hints = get_type_hints(record, include_extras=True)
    return {field.name: _feature(hints[field.name], classes) for field in dataclasses.fields(record)}


def _feature(hint: Any, classes: ClassNames) -> dict[str, Any]:
    """A type hint as the hub describes a column of it."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        (inner,) = (argument for argument in arguments if argument is not NoneType)
        return _feature(inner, classes)
    if origin is tuple:
        return {"feature": _feature(arguments[0], classes), "_type": "List"}
    if origin is Annotated:
        for mark in hint.__metadata__:
            if isinstance(mark, ClassOf):
                return {"names": list(classes[mark.kind]), "_type": "ClassLabel"}
        return {"dtype": _hub_name(hint.__metadata__[0]), "_type": "Value"}
    if dataclasses.is_dataclass(hint):
        return _record_features(hint, classes)
    scalars: dict[Any, str] = {int: "int32", float: "float64", bool: "bool"}
    return {"dtype": "string" if origin is Literal else scalars.get(hint, "string"), "_type": "Value"}


def _hub_name(kind: pa.DataType) -> str:
    return "float32" if kind == pa.float32() else str(kind)


def _nullable(column: pa.Field[Any]) -> pa.Field[Any]:
    return pa.field(column.name, _nullable_type(column.type))


def _nullable_type(kind: Any) -> pa.DataType:
    if pa.types.is_struct(kind):
        return pa.struct([_nullable(kind.field(number)) for number in range(kind.num_fields)])
    if pa.types.is_list(kind):
        return pa.list_(_nullable(kind.value_field))
    found: pa.DataType = kind
    return found
