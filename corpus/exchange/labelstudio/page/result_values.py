"""What stands in a single result of Label Studio's page, whatever it is: never an error, at worst nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.controls import bilingual_name
from hashiya.schema.scheme import LabelScheme, Section

PageResult = Mapping[str, Any]


def value_of(result: PageResult) -> Mapping[str, Any]:
    """The value of a result."""
    value = result.get("value")
    return value if isinstance(value, dict) else {}


def items_of(result: PageResult, name: str) -> list[Any]:
    """The list under a name in the value of a result."""
    found = value_of(result).get(name)
    return found if isinstance(found, list) else []


def only_one(result: PageResult, name: str) -> str | None:
    """The only text in such a list; None where there are several or none."""
    found = items_of(result, name)
    return found[0] if len(found) == 1 and isinstance(found[0], str) else None


def texts_of(result: PageResult) -> list[str]:
    """What was typed into a text area, submission by submission."""
    value = value_of(result).get("text")
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def label_id(scheme: LabelScheme, section: Section, value: object) -> str | None:
    """The id of a label, given by its id or by what the page calls it."""
    for label in scheme.labels(section):
        if value in {label.id, bilingual_name(label), label.name.en, label.name.ar}:
            return label.id
    return None


def unknown_label(scheme: LabelScheme, section: Section, value: object) -> str:
    """What to say of a label that is not in the scheme."""
    return f"unknown {section} {value!r}; one of {', '.join(scheme.ids(section)) or 'none'}"


def quotes(quote: str, text: str) -> bool:
    """Whether a quote is of a text."""
    return quote in {text, _broken(text)}


def is_time(value: object) -> bool:
    """Whether a value is a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0


def editable(results: Sequence[PageResult]) -> list[str]:
    """What of results a person can change, in one order: for a comparison."""
    found: list[object] = []
    for result in results:
        value = dict(value_of(result))
        if result.get("type") == "relation":
            ends = [result.get("from_id"), result.get("to_id")]
            found.append([*ends, result.get("labels") or [controls.TRANSLATION]])
            continue
        if result.get("type") == "labels":
            value["text"] = _broken(str(value.get("text")))
        else:  # a region's texts may or may not repeat its range
            value = {name: item for name, item in value.items() if name not in {"start", "end"}}
        found.append([result.get("id"), result.get("from_name"), value])
    return sorted(json.dumps(item, sort_keys=True) for item in found)


def _broken(text: str) -> str:
    """A text as the page quotes it: each character of a line break as a backslash and an n."""
    return text.replace("\r", "\\n").replace("\n", "\\n")
