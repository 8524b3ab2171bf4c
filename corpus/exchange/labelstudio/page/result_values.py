"""What stands in a single result of Label Studio's page, whatever it is: never an error, at worst nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.controls import bilingual_name
from hashiya.schema.scheme import LabelScheme, Section

PageResult = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why something that came from the page cannot be read."""

    why: str


def value_of(result: PageResult) -> Mapping[str, Any]:
    """Return the value of a result; an empty one where it has none."""
    value = result.get("value")
    return value if isinstance(value, dict) else {}


def items_of(result: PageResult, name: str) -> list[Any]:
    """Return the list under a name in the value of a result; an empty one where there is none."""
    items = value_of(result).get(name)
    return items if isinstance(items, list) else []


def only_one(result: PageResult, name: str) -> str | None:
    """Return the only text in such a list; `None` where there are several or none."""
    items = items_of(result, name)
    return items[0] if len(items) == 1 and isinstance(items[0], str) else None


def texts_of(result: PageResult) -> list[str]:
    """Return what was typed into a text area, submission by submission."""
    value = value_of(result).get("text")
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def label_id(scheme: LabelScheme, section: Section, value: object) -> str | None:
    """Return the id of a label, given by its id or by what the page calls it; `None` if there is none."""
    for label in scheme.labels(section):
        if value in {label.id, bilingual_name(label), label.name.en, label.name.ar}:
            return label.id
    return None


def unknown_label(scheme: LabelScheme, section: Section, value: object) -> str:
    """Return what to say of a label that is not in the scheme."""
    return f"unknown {section} {value!r}; one of {', '.join(scheme.ids(section)) or 'none'}"


def chosen_label(scheme: LabelScheme, section: Section, result: PageResult) -> str | Unreadable:
    """Return the id of the one label of a region."""
    chosen = only_one(result, "labels")
    if chosen is None:
        return Unreadable("has two labels, or none, where one is allowed")
    return label_id(scheme, section, chosen) or Unreadable(unknown_label(scheme, section, chosen))


def quotes(quote: str, text: str) -> bool:
    """Return whether a quote is of a text; the page shows white space in other ways than it stands there."""
    return _without_blanks(quote) == _without_blanks(text)


def note_of(result: PageResult) -> str:
    """Return the note that a person has written to a region; "" where there is none."""
    meta = result.get("meta")
    texts = meta.get("text") if isinstance(meta, dict) else None
    parts = texts if isinstance(texts, list) else [texts]
    return "\n".join(part.strip() for part in parts if isinstance(part, str) and part.strip())


def is_time(value: object) -> bool:
    """Return whether a value is a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0


def editable(results: Sequence[PageResult]) -> list[str]:
    """Return what of results a person can change, in one order: for a comparison."""
    parts: list[object] = []
    for result in results:
        value = dict(value_of(result))
        if result.get("type") == "relation":
            ends = [result.get("from_id"), result.get("to_id")]
            parts.append([*ends, result.get("labels") or [controls.TRANSLATION]])
            continue
        if result.get("type") == "labels":
            value["text"] = _broken(str(value.get("text")))
        else:  # a region's texts may or may not repeat its range
            value = {name: item for name, item in value.items() if name not in {"start", "end"}}
        parts.append([result.get("id"), result.get("from_name"), value])
    return sorted(json.dumps(part, sort_keys=True) for part in parts)


def _broken(text: str) -> str:
    """Return a text as the page quotes it: each character of a line break as a backslash and an n."""
    return text.replace("\r", "\\n").replace("\n", "\\n")


def _without_blanks(text: str) -> str:
    return "".join(text.replace("\\n", " ").split())
