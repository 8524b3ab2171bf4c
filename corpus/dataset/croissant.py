"""Metadata of a release for other programs and for people who cite it: `croissant.json`, `CITATION.cff`.

Croissant 1.0 describes the columns that are values, lists of values and lists of flat records; deeper ones
are in `dataset.json`'s schema files and the documentation. No date is written: the same corpus gives the same
bytes on any day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hashiya.schema.configs import config_features
from hashiya.schema.dataset import Config, DatasetInfo

MADE_BY_RELEASE = "# Written by hashiya release. Without this line the file is yours, and stays as it is."
_VOCABULARY = {"@language": "en", "@vocab": "https://schema.org/"}
_CROISSANT = (
    "citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet",
    "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet",
    "references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField",
    "transform",
)  # fmt: skip
_TYPES = {"string": "sc:Text", "bool": "sc:Boolean", "float32": "sc:Float", "float64": "sc:Float"}
_PARQUET = "application/x-parquet"


def croissant(info: DatasetInfo) -> str:
    """Return `croissant.json`."""
    content = {
        "@context": _context(),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": info.name,
        "description": (
            "Arabic and English sentences, aligned and labelled by the scheme "
            f"{info.scheme.name} {info.scheme.version}."
        ),
        "version": info.version,
        "license": list(info.licences),
        "citeAs": f"{info.name}, version {info.version}",
        "inLanguage": ["ar", "en"],
        "distribution": [
            *(item for config in info.configs for item in _files(info, config)),
        ],
        "recordSet": [_record_set(info, config) for config in info.configs],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def citation(info: DatasetInfo) -> str:
    """Return `CITATION.cff`."""
    title = json.dumps(info.name, ensure_ascii=False)
    return (
        f"{MADE_BY_RELEASE}\n"
        "cff-version: 1.2.0\n"
        "message: If you use this dataset, please cite it as below.\n"
        "type: dataset\n"
        f"title: {title}\n"
        f"version: {info.version}\n"
        "authors:\n"
        f"  - name: {json.dumps(f'The makers of {info.name}', ensure_ascii=False)}\n"
    )


def _context() -> dict[str, Any]:
    terms: dict[str, Any] = {name: f"cr:{name}" for name in _CROISSANT}
    terms |= {
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
    }
    return {**_VOCABULARY, **dict(sorted(terms.items()))}


def _files(info: DatasetInfo, config: Config) -> Iterator[dict[str, Any]]:
    for files in info.configs[config].values():
        for file in files:
            yield {
                "@type": "cr:FileObject",
                "@id": file.file,
                "name": file.file,
                "contentUrl": file.file,
                "contentSize": f"{file.bytes} B",
                "encodingFormat": _PARQUET,
                "sha256": file.sha256,
            }
    yield {
        "@type": "cr:FileSet",
        "@id": f"{config}-files",
        "name": f"{config}-files",
        "description": f"The files of the config {config}, of all splits.",
        "encodingFormat": _PARQUET,
        "includes": f"{config}/*.parquet",
    }


def _record_set(info: DatasetInfo, config: Config) -> dict[str, Any]:
    fields = config_features(config, info.classes)
    described = (_field(config, name, feature) for name, feature in fields.items())
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "field": [field for field in described if field is not None],
    }


def _field(config: Config, name: str, feature: Mapping[str, Any]) -> dict[str, Any] | None:
    """A column, or `None` where it is deeper than a list of flat records."""
    field: dict[str, Any] = {"@type": "cr:Field", "@id": f"{config}/{name}", "name": name}
    source = {"fileSet": {"@id": f"{config}-files"}, "extract": {"column": name}}
    kind = feature.get("_type")
    if kind == "List":
        inner: Mapping[str, Any] = feature["feature"]
        field["repeated"] = True
        if "_type" in inner:
            if inner["_type"] == "List":
                return None
            return {**field, **_meaning(inner), "source": source}
        if not all(_is_value(item) for item in inner.values()):
            return None
        return {**field, "source": source, "subField": list(_parts(field["@id"], inner, source))}
    if kind is None:
        return None
    return {**field, **_meaning(feature), "source": source}


def _parts(parent: str, features: Mapping[str, Any], source: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, feature in features.items():
        yield {
            "@type": "cr:Field",
            "@id": f"{parent}/{name}",
            "name": name,
            **_meaning(feature),
            "source": {**source, "transform": {"jsonPath": name}},
        }


def _is_value(feature: Mapping[str, Any]) -> bool:
    return feature.get("_type") in {"Value", "ClassLabel"}


def _meaning(feature: Mapping[str, Any]) -> dict[str, Any]:
    """The type of values; of class numbers the names, too."""
    if feature["_type"] == "Value":
        return {"dataType": _TYPES.get(feature["dtype"], "sc:Integer")}
    names: Sequence[str] = feature["names"]
    said = ", ".join(f"{number} {name}" for number, name in enumerate(names))
    return {"dataType": "sc:Integer", "description": f"Class numbers: {said}."}
