"""What each user answered in a record of Argilla, and its spans, whatever the version wrote them like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from hashiya.corpus.exchange.formats.json_lines import JsonObject, items, string, table
from hashiya.corpus.exchange.formats.json_spans import span_mark

ANSWERS = _RESPONSES, _SUGGESTIONS = ".responses", ".suggestion"
"""How the keys of a flat record end that hold answers, by people and by models."""


@dataclass(slots=True)
class UserAnswers:
    """What one user answered to the questions of a record, by question."""

    user: str | None
    status: str | None
    values: dict[str, Any] = field(default_factory=dict[str, Any])


def answers_of(record: JsonObject) -> Sequence[UserAnswers]:
    """Return what each user answered, whatever the version wrote it like."""
    if "annotation" in record and "fields" not in record:
        return _of_old(record)
    users: dict[str | None, UserAnswers] = {}
    for question, user, status, value in (*_by_user(record), *_by_question(record), *_flat(record)):
        response = users.setdefault(user, UserAnswers(user, status or _of_record(record)))
        response.values[question] = value
    return list(users.values())


_Answer = tuple[str, str | None, str | None, Any]


def _by_user(record: JsonObject) -> Iterator[_Answer]:
    """Yield the answers of the API and of 1.x: responses are a list, each of a user to all questions."""
    for item in items(record, "responses"):
        response = cast("JsonObject", item) if isinstance(item, dict) else {}
        values = table(response, "values")
        if not values:  # discarded, without an answer
            yield "", _user(response), string(response, "status"), None
        for question, value in values.items():
            given = cast("JsonObject", value).get("value") if isinstance(value, dict) else value
            yield question, _user(response), string(response, "status"), given


def _by_question(record: JsonObject) -> Iterator[_Answer]:
    """Yield the answers of 2.x: responses by question, each a list of users' values."""
    for question in table(record, "responses"):
        for item in items(table(record, "responses"), question):
            response = cast("JsonObject", item) if isinstance(item, dict) else {}
            yield question, _user(response), string(response, "status"), response.get("value")


def _flat(record: JsonObject) -> Iterator[_Answer]:
    """Yield the answers that stand beside the fields, under the names of their questions."""
    for key in record:
        if key.endswith(_RESPONSES):
            users, states = items(record, f"{key}.users"), items(record, f"{key}.status")
            for at, value in enumerate(items(record, key)):
                user, state = (found[at] if at < len(found) else None for found in (users, states))
                question = key.removesuffix(_RESPONSES)
                yield question, _text_or_none(user), _text_or_none(state), value
        elif "fields" not in record:
            for item in items(record, key):
                if isinstance(item, dict) and {"user_id", "value"} <= cast("JsonObject", item).keys():
                    response = cast("JsonObject", item)
                    yield key, _user(response), string(response, "status"), response["value"]


def _of_old(record: JsonObject) -> Sequence[UserAnswers]:
    """Return the annotation of a record of token classification of 1.x, which is the one that was made."""
    status = string(record, "status")
    if record.get("annotation") is None and (status or "").lower() not in {"validated", "discarded"}:
        return []
    return [UserAnswers(string(record, "annotation_agent"), status, {"annotation": record.get("annotation")})]


def _user(response: JsonObject) -> str | None:
    user = table(response, "user")
    return string(response, "username") or string(user, "username") or string(response, "user_id")


def _of_record(record: JsonObject) -> str | None:
    """Return the state of responses that have none: of a completed record, they were submitted."""
    return "submitted" if record.get("status") == "completed" else None


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def suggestions_in(record: JsonObject) -> int:
    """Return how many answers a model suggested."""
    named = table(record, "suggestions") or {
        str(at): one for at, one in enumerate(items(record, "suggestions"))
    }
    found = [cast("JsonObject", one).get("value") for one in named.values() if isinstance(one, dict)]
    found += [value for key, value in record.items() if key.endswith(_SUGGESTIONS)]
    return sum(value is not None for value in (*found, record.get("prediction")))


def answered_spans(value: Any) -> list[Any] | None:
    """Return the spans of an answer, also where a dataset holds them by column; `None` where it has none."""
    if isinstance(value, dict):
        given = cast("Mapping[str, Any]", value)
        columns = [given.get(name) for name in ("start", "end", "label")]
        if all(isinstance(column, list) for column in columns):
            return [list(row) for row in zip(*cast("list[list[Any]]", columns), strict=False)]
        return None
    if isinstance(value, list):
        are_spans = not value or any(span_mark(item) is not None or _is_near(item) for item in value)
        return value if are_spans else None
    return None


def _is_near(item: Any) -> bool:
    """Return whether an item is a span that lacks something."""
    return isinstance(item, dict) and bool({"start", "end"} & cast("JsonObject", item).keys())
