"""Tasks of any Label Studio project as sides: texts with labelled spans, and whose they are.

A project that hashiya did not make calls its texts and controls as it likes. Which key of a task's data is
a text, and which controls label spans in it, is said by the labelling configuration, else found from the
results: a text is the one that the spans quote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from hashiya.corpus.exchange.json_stream import elements
from hashiya.corpus.exchange.labelstudio.file_kinds import check_is_export
from hashiya.corpus.exchange.labelstudio.page.result_values import PageResult, items_of, quotes, value_of
from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.schema.errors import Problem, SourceError
from hashiya.schema.records import Lang, Span, Status

LOOKED_AT = 1000
"""Tasks by whose results texts and controls are found."""
_TEXTS = {"Text", "HyperText"}
_SPANS = {"labels", "hypertextlabels"}
"""The types of results that label a span of a text."""
_LANGS: Mapping[str, Lang] = {
    "ar": "ar", "ara": "ar", "arabic": "ar", "en": "en", "eng": "en", "english": "en"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlainControls:
    """What a project calls its texts and the controls that label spans in them.

    `texts` are the keys of a task's data by the names of the texts on the page, `labels` the names of the
    texts by the names of controls. `offered` are the labels of each text, if the configuration is known.
    """

    texts: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[str, tuple[str, ...]] | None = None

    def shown(self) -> list[str]:
        """Return a line for each text: its key, its controls, its labels."""
        lines: list[str] = []
        for name, key in self.texts.items():
            controls = [control for control, text in self.labels.items() if text == name]
            offered = f": {', '.join(self.offered.get(name, ()))}" if self.offered is not None else ""
            by = f"labelled by {', '.join(controls)}{offered}" if controls else "not labelled"
            lines.append(f"{key} (on the page: {name}), {by}")
        return lines

    def only(self, text_key: str | None, control: str | None) -> PlainControls:
        """Return what there is of one text, or one control; `None` is all."""
        texts = {name: key for name, key in self.texts.items() if text_key in {None, key}}
        labels = {
            name: text for name, text in self.labels.items() if text in texts and control in {None, name}
        }
        return replace(self, texts=texts, labels=labels)


def controls_in_config(label_config: str) -> PlainControls:
    """Return the texts and controls of a labelling configuration; `SourceError` where it has no texts."""
    try:
        root = ET.fromstring(label_config)  # noqa: S314 - expat here reads no entities
    except ET.ParseError as error:
        raise SourceError(f"the labelling configuration is no XML: {error}") from None
    texts = {
        element.get("name", ""): element.get("value", "").removeprefix("$")
        for element in root.iter()
        if element.tag in _TEXTS and element.get("name") and element.get("value", "").startswith("$")
    }
    if not texts:
        raise SourceError("the labelling configuration shows no text (<Text name=... value=$...>)")
    labels: dict[str, str] = {}
    offered: dict[str, list[str]] = {name: [] for name in texts}
    for element in root.iter():
        to_name = element.get("toName", "")
        if element.tag.lower() in _SPANS and to_name in texts:
            labels[element.get("name", "")] = to_name
            values = (label.get("alias") or label.get("value") for label in element.iter("Label"))
            offered[to_name] += [value for value in values if value]
    distinct = {name: tuple(dict.fromkeys(values)) for name, values in offered.items()}
    return PlainControls(texts, labels, distinct)


def controls_in_tasks(tasks: Iterable[Any]) -> PlainControls:
    """Return the texts and controls that the results of tasks name; none where they label no span."""
    labels: dict[str, str] = {}
    votes: dict[str, Counter[str]] = {}
    for task in tasks:
        data = _data(task)
        for item in _annotations(task):
            for result in _results(item):
                name, to_name = result.get("from_name"), result.get("to_name")
                if result.get("type") in _SPANS and isinstance(name, str) and isinstance(to_name, str):
                    labels[name] = to_name
                    votes.setdefault(to_name, Counter()).update(_fitting_keys(result, to_name, data))
    texts: dict[str, str] = {}
    for to_name, keys in votes.items():
        best = next((key for key, _ in keys.most_common() if key not in texts.values()), None)
        if best is not None:
            texts[to_name] = best
    return PlainControls(texts, {name: text for name, text in labels.items() if text in texts})


def _fitting_keys(result: PageResult, to_name: str, data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of texts that a result may label: twice those that it quotes, or that have its name."""
    value = value_of(result)
    for key, text in data.items():
        if not isinstance(text, str):
            continue
        span = _span(value, text)
        if span is None:
            continue
        yield key
        if isinstance(value.get("text"), str) or key == to_name:
            yield key


def plain_sides(
    path: Path, outcome: Outcome, people: People | None = None, controls: PlainControls | None = None
) -> Iterator[Side]:
    """Yield the texts of an export, once for each annotation, and once where there is none.

    Texts and controls that are not given are found. What is no span of a text is counted in `outcome`.
    `SourceError` where a file is no export, or has no text that anybody labelled.
    """
    check_is_export(path)
    known = controls or controls_in_tasks(islice(elements(path), LOOKED_AT))
    if not known.texts:
        raise SourceError(
            f"{path}: no task has a labelled span of a text; name the texts, or give the project's "
            "labelling configuration"
        )
    for line in known.shown():
        outcome.problems.append(Problem(str(path), f"the text {line}", left_out=False))
    reader = _PlainReader(path, outcome, people or People(), known)
    for number, task in enumerate(elements(path), start=1):
        yield from reader.sides(task, number)
    reader.tell_numbers()


@dataclass(slots=True)
class _PlainReader:
    path: Path
    outcome: Outcome
    people: People
    controls: PlainControls
    numbers: dict[int, str] = field(default_factory=dict)

    def sides(self, task: Any, number: int) -> Iterator[Side]:
        """Yield the sides of a task."""
        data = _data(task)
        if not data:
            self.outcome.leave("tasks", "they have no data")
            return
        name = task.get("id", number)
        where = f"{self.path}, task {name}"
        self._count_others(task)
        given = _annotations(task)
        for at, item in enumerate(given, start=1):
            item_where = f"{where}, annotation {item.get('id', at)}"
            annotator = self._annotator(item)
            if annotator is None:
                self.outcome.leave("annotations", "nobody is named who made them", where=item_where)
                continue
            status: Status = "skipped" if item.get("was_cancelled") else "done"
            results = list(_results(item))
            self._count_results(results)
            for text_name, key in self.controls.texts.items():
                marks, unread = self._marks(results, text_name, data.get(key), item_where)
                yield from self._side(
                    data, text_name, item_where, str(name), marks=marks, unread=unread, annotator=annotator,
                    status=status, answered=True,
                )  # fmt: skip
        if not given:
            for text_name in self.controls.texts:
                yield from self._side(data, text_name, where, str(name))

    def _side(
        self, data: Mapping[str, Any], text_name: str, where: str, task: str, **said: Any
    ) -> Iterator[Side]:
        key = self.controls.texts[text_name]
        text, doc_id = data.get(key), data.get("doc_id")
        if not isinstance(text, str):
            self.outcome.leave("texts", f"the task has none under {key!r}", where=where)
            return
        offered = self.controls.offered
        yield Side(
            where=f"{where}, {key}",
            text=text,
            lang=_lang(key) or _lang(text_name),
            offered=None if offered is None else offered.get(text_name, ()),
            doc_id=doc_id if isinstance(doc_id, str) else None,
            task=task,
            **said,
        )

    def _marks(
        self, results: Iterable[PageResult], text_name: str, text: Any, where: str
    ) -> tuple[tuple[SideMark, ...], int]:
        """Return the marks of a text, and how many cannot be read."""
        marks: list[SideMark] = []
        unread = 0
        for result in results:
            of_text = self.controls.labels.get(str(result.get("from_name")), result.get("to_name"))
            if result.get("type") not in _SPANS or of_text != text_name or not isinstance(text, str):
                continue
            span = _span(value_of(result), text)
            labels = [label for label in items_of(result, str(result["type"])) if isinstance(label, str)]
            if span is None or not labels:
                unread += 1
                why = "the region has no label" if span else "the region is none of the text"
                self.outcome.leave("regions", why, where=f"{where}, region {result.get('id')}")
                continue
            region = result.get("id")
            marks += (
                SideMark(
                    start=span.start,
                    end=span.end,
                    label=label,
                    quote=text[span.start : span.end],
                    id=region if isinstance(region, str) and len(labels) == 1 else None,
                )
                for label in labels
            )
        return tuple(marks), unread

    def _annotator(self, item: Mapping[str, Any]) -> str | None:
        user = item.get("completed_by")
        annotator = self.people.annotator(user)
        number = user.get("id") if isinstance(user, dict) and not user.get("email") else user
        if annotator is not None and isinstance(number, int) and number not in self.people.numbers:
            self.numbers[number] = annotator
        return annotator

    def _count_others(self, task: Mapping[str, Any]) -> None:
        for name, why in _OTHERS.items():
            items = task.get(name)
            if isinstance(items, list) and items:
                self.outcome.leave(name, why, len(items))

    def _count_results(self, results: Iterable[PageResult]) -> None:
        for result in results:
            kind = result.get("type")
            if kind == "relation":
                self.outcome.leave("relations", "spans of a text are read, and nothing between them")
            elif kind not in _SPANS:
                why = f"of the control {result.get('from_name')} ({kind}), which labels no span of a text"
                self.outcome.leave("results", why)
            elif self.controls.labels.get(str(result.get("from_name")), result.get("to_name")) not in (
                self.controls.texts
            ):
                self.outcome.leave("regions", f"of {result.get('to_name')}, which is no text that is read")

    def tell_numbers(self) -> None:
        """Say of whom only a number is known."""
        for number, name in sorted(self.numbers.items()):
            if number not in self.people.users:
                way = f"say who it is with --users and a line such as  layla = {number}"
                what = f"is recorded as {name}; {way}"
                self.outcome.problems.append(Problem(f"user {number} of {self.path}", what, left_out=False))


_OTHERS = {
    "drafts": "not submitted there",
    "predictions": "made by models, not by people",
    "completions": "as Label Studio before 1.0 exported them: import the file into a present one",
}


def _span(value: Mapping[str, Any], text: str) -> Span | None:
    """Return the range of a region in a text; `None` where it is none of it, or quotes something else.

    Early versions counted in units of UTF-16.
    """
    shown = value.get("globalOffsets")
    offsets: Mapping[str, Any] = shown if isinstance(shown, dict) else value
    start, end, quote = offsets.get("start"), offsets.get("end"), value.get("text")
    if type(start) is not int or type(end) is not int or not 0 <= start < end:
        return None
    if "globalOffsets" in value and any(sign in text for sign in "<&"):
        return None  # the page counts in what the markup shows
    if end <= len(text) and (not isinstance(quote, str) or quotes(quote, text[start:end])):
        return Span(start, end)
    units = text.encode("utf-16-le", "surrogatepass")
    if isinstance(quote, str) and len(units) > 2 * len(text) and 2 * end <= len(units):
        before, inside = units[: 2 * start], units[2 * start : 2 * end]
        if quotes(quote, inside.decode("utf-16-le", "replace")):
            first = len(before.decode("utf-16-le", "replace"))
            return Span(first, first + len(inside.decode("utf-16-le", "replace")))
    return None


def _lang(name: str) -> Lang | None:
    words = "".join(char if char.isalpha() else " " for char in name.lower()).split()
    langs: set[Lang] = {_LANGS[word] for word in words if word in _LANGS}
    return langs.pop() if len(langs) == 1 else None


def _data(task: Any) -> Mapping[str, Any]:
    data = task.get("data") if isinstance(task, dict) else None
    return data if isinstance(data, dict) else {}


def _annotations(task: Any) -> list[Mapping[str, Any]]:
    items = task.get("annotations") if isinstance(task, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _results(item: Mapping[str, Any]) -> Iterator[PageResult]:
    results = item.get("result")
    yield from (one for one in (results if isinstance(results, list) else ()) if isinstance(one, dict))
