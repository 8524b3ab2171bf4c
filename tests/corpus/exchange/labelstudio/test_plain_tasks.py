"""Tasks of projects that hashiya did not make: their texts, spans and people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.labelstudio.plain_tasks import (
    PlainControls,
    controls_in_config,
    controls_in_tasks,
    plain_sides,
)
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side
from hashiya.schema.errors import SourceError

AR = "أعلنت إنفيديا 🚀 أرباحها في Cairo"
EN = "Nvidia 🚀 announced its profit\r\nin Cairo"
CONFIG = """<View>
  <Labels name="ner" toName="body"><Label value="ORG"/><Label value="Place" alias="LOC"/></Labels>
  <Text name="body" value="$content"/>
  <Labels name="ner_ar" toName="other"><Label value="ORG"/></Labels>
  <View><Text name="other" value="$arabic_text"/></View>
  <Choices name="topic" toName="body"><Choice value="x"/></Choices>
</View>"""


def span(name: str, to_name: str, of: str, word: str, /, *labels: str, **more: Any) -> dict[str, Any]:
    start = of.index(word)
    value = {"start": start, "end": start + len(word), "text": word, "labels": list(labels), **more}
    return {"id": f"r{start}", "from_name": name, "to_name": to_name, "type": "labels", "value": value}


def task(*results: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {"id": 3, "completed_by": 2, "result": list(results), "was_cancelled": False, **more}
    data = {"content": EN, "arabic_text": AR, "note": "Nvidia", "number": 3, "doc_id": "news/1"}
    return {"id": 7, "data": data, "annotations": [made], "predictions": [], "drafts": []}


BOTH = task(
    span("ner", "body", EN, "Nvidia", "ORG"),
    span("ner", "body", EN, "Cairo", "LOC"),
    span("ner_ar", "other", AR, "إنفيديا", "ORG"),
)


def read(
    path: Path, *tasks: Any, controls: PlainControls | None = None, people: People | None = None
) -> tuple[list[Side], Outcome]:
    path.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    outcome = Outcome()
    return list(plain_sides(path, outcome, people, controls)), outcome


def words(side: Side) -> list[tuple[str, str]]:
    return [((side.text or "")[mark.start : mark.end], mark.label) for mark in side.marks]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "export.json"


def test_a_task_of_two_texts_is_two_sides_of_one_task(file: Path) -> None:
    sides, outcome = read(file, BOTH, people=People(numbers={2: "sara"}))
    en, ar = sides
    assert (words(en), words(ar)) == ([("Nvidia", "ORG"), ("Cairo", "LOC")], [("إنفيديا", "ORG")])
    assert {(side.annotator, side.status, side.answered, side.task, side.doc_id) for side in sides} == {
        ("sara", "done", True, "7", "news/1")
    }
    assert (en.lang, ar.lang, en.offered) == (None, "ar", None)
    assert en.where == f"{file}, task 7, annotation 3, content"
    assert outcome.whole


def test_what_the_configuration_says_is_offered_and_shown(file: Path) -> None:
    controls = controls_in_config(CONFIG)
    assert controls.shown() == [
        "content (on the page: body), labelled by ner: ORG, LOC",
        "arabic_text (on the page: other), labelled by ner_ar: ORG",
    ]
    empty = {**task(), "id": 8}
    sides, _ = read(file, empty, controls=controls)
    assert [(side.offered, side.marks, side.status) for side in sides] == [
        (("ORG", "LOC"), (), "done"), (("ORG",), (), "done")
    ]  # fmt: skip
    with pytest.raises(SourceError, match="no XML"):
        controls_in_config("<View>")
    with pytest.raises(SourceError, match="shows no text"):
        controls_in_config('<View><Image name="i" value="$i"/></View>')


def test_texts_are_found_by_what_the_spans_quote() -> None:
    assert controls_in_tasks([BOTH]) == PlainControls(
        {"body": "content", "other": "arabic_text"}, {"ner": "body", "ner_ar": "other"}
    )
    unquoted = task(span("l", "arabic_text", AR, "Cairo", "LOC", text=None))
    assert controls_in_tasks([unquoted, None, {"data": 3}]).texts == {"arabic_text": "arabic_text"}
    assert controls_in_tasks([BOTH]).shown()[0] == "content (on the page: body), labelled by ner"


def test_skipped_unlabelled_and_several_annotations(file: Path) -> None:
    nobody = {**task(), "annotations": []}
    second = {"id": 4, "completed_by": {"id": 5, "email": "Omar@x.org"}, "result": [], "was_cancelled": True}
    both = {**BOTH, "annotations": [*BOTH["annotations"], second]}
    sides, outcome = read(file, both, nobody)
    assert [(side.annotator, side.status, side.answered) for side in sides] == [
        ("user-2", "done", True), ("user-2", "done", True),
        ("Omar@x.org", "skipped", True), ("Omar@x.org", "skipped", True),
        (None, None, False), (None, None, False),
    ]  # fmt: skip
    [told] = [problem for problem in outcome.problems if "user " in problem.where]
    assert (str(told.where), told.left_out) == (f"user 2 of {file}", False)


def test_what_is_no_span_is_counted_and_what_cannot_be_read_is_unread(file: Path) -> None:
    odd = task(
        span("ner", "body", EN, "Nvidia", "ORG"),
        span("ner", "body", EN, "Cairo", "LOC", text="Paris"),
        span("ner", "body", EN, "profit", end=9999),
        span("ner", "body", EN, "its"),
        {"from_name": "topic", "to_name": "body", "type": "choices", "value": {"choices": ["x"]}},
        {"type": "relation", "from_id": "a", "to_id": "b"},
        span("ner_html", "page", EN, "in", "LOC"),
    )
    odd |= {"predictions": [{"result": []}], "drafts": [{}, {}]}
    nameless = {**task(), "annotations": [{"result": []}]}
    sides, outcome = read(file, odd, {"id": 1}, nameless, controls=controls_in_config(CONFIG))
    assert [(words(side), side.unread) for side in sides] == [([("Nvidia", "ORG")], 3), ([], 0)]
    counted = {what: 0 for what, _ in outcome.left_out}
    for (what, _), count in outcome.left_out.items():
        counted[what] += count
    others = {"predictions": 1, "drafts": 2, "tasks": 1, "annotations": 1}
    assert counted == {"regions": 4, "results": 1, "relations": 1, **others}
    assert not outcome.whole


def test_a_region_with_two_labels_and_a_quote_with_other_white_space(file: Path) -> None:
    two = task(
        span("ner", "body", EN, "Nvidia", "ORG", "LOC"),
        span("ner", "body", EN, "profit\r\nin", "ORG", text="profit\\nin"),
    )
    [side] = read(file, two)[0]
    assert words(side) == [("Nvidia", "ORG"), ("Nvidia", "LOC"), ("profit\r\nin", "ORG")]
    assert side.marks[2].quote == "profit\r\nin"


def test_offsets_of_web_pages_only_where_there_is_no_markup(file: Path) -> None:
    shown = span("ner", "body", EN, "Cairo", "LOC", start="/text()[1]", end="/text()[1]")
    at = EN.index("Cairo")
    shown["value"] |= {"globalOffsets": {"start": at, "end": at + 5}, "hypertextlabels": ["LOC"]}
    shown["type"] = "hypertextlabels"
    controls = PlainControls({"body": "content"}, {"ner": "body"})
    [side] = read(file, task(shown), controls=controls)[0]
    assert words(side) == [("Cairo", "LOC")]
    marked = task(shown)
    marked["data"]["content"] = f"<p>{EN}</p>"
    [side] = read(file, marked, controls=controls)[0]
    assert (side.marks, side.unread) == ((), 1)


def test_other_files_are_refused(file: Path) -> None:
    with pytest.raises(SourceError, match="no task has a labelled span"):
        read(file, task())
    with pytest.raises(SourceError, match="JSON-MIN"):
        read(file, {"id": 1, "annotator": 1, "annotation_id": 2, "text": "x"})


@given(st.text(min_size=1), st.text(min_size=1), st.text(), st.booleans())
def test_offsets_count_characters_or_as_early_versions_units_of_utf_16(
    tmp_path_factory: pytest.TempPathFactory, before: str, word: str, after: str, early: bool
) -> None:
    text = (before + word + after).encode("utf-8", "replace").decode()
    before = before.encode("utf-8", "replace").decode()
    word = word.encode("utf-8", "replace").decode()
    size = (lambda part: len(part.encode("utf-16-le")) // 2) if early else len
    value = {"start": size(before), "end": size(before) + size(word), "text": word, "labels": ["X"]}
    result = {"id": "r", "from_name": "l", "to_name": "t", "type": "labels", "value": value}
    made = {"id": 1, "data": {"text": text}, "annotations": [{"completed_by": "a@b.c", "result": [result]}]}
    file = tmp_path_factory.mktemp("plain") / "export.json"
    [side] = read(file, made, controls=PlainControls({"t": "text"}))[0]
    [mark] = side.marks
    found = text[mark.start : mark.end]
    assert "".join(found.split()) == "".join(word.replace("\\n", " ").split()) or found == word


def test_half_of_a_character_in_a_task_is_no_reason_to_end(file: Path) -> None:
    made = task(span("ner", "body", EN, "Nvidia", "ORG"))
    made["data"]["note"] = "\ud83d"
    file.write_text(json.dumps([made]))
    found = list(plain_sides(file, Outcome(), None, None))
    assert [words(side) for side in found if side.marks] == [[("Nvidia", "ORG")]]
