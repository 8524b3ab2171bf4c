from __future__ import annotations

import json

import pytest
from hypothesis import given

from hashiya.schema.codec import from_json, from_object, to_json, to_object
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Document, Place, SchemeRef
from tests.strategies import any_annotation, texts


@given(any_annotation())
def test_an_annotation_comes_back_from_its_line(annotation: Annotation) -> None:
    line = to_json(annotation)
    assert "\n" not in line
    assert from_json(Annotation, line, "here") == annotation
    assert from_object(Annotation, to_object(annotation), "here") == annotation


@given(texts())
def test_text_is_stored_as_it_came(text: str) -> None:
    document = Document(doc_id="d", ar=text)
    line = to_json(document)
    assert json.loads(line)["ar"] == text
    assert from_json(Document, line, "here") == document


def test_arabic_is_written_as_arabic() -> None:
    assert "حاشية" in to_json(Document(doc_id="حاشية"))


def blank(**changes: object) -> dict[str, object]:
    annotation = Annotation(
        pair_id="p",
        annotator="a",
        status="done",
        scheme=SchemeRef(name="ai-market", version="1.0.0"),
        origin="human",
        place=Place(doc_id="d"),
    )
    return {**to_object(annotation), **changes}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"status": "finished"}, "status: input should be 'draft', 'done'"),
        ({"pair_id": 7}, "pair_id: input should be a valid string (found 7)"),
        ({"mood": "good"}, "mood: unknown field"),
        ({"entities": [{"id": "e"}]}, "entities[0].lang: field required"),
        ({"seconds": float("nan")}, "seconds: input should be a finite number"),
        ({"seconds": "12"}, "seconds: input should be a valid number (found '12')"),
        ({"place": None}, "place: "),
    ],
)
def test_what_does_not_fit_is_named(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(LabelError) as error:
        from_json(Annotation, json.dumps(blank(**changes)), "labels.jsonl, line 3")
    assert str(error.value).startswith("labels.jsonl, line 3: ")
    assert complaint in str(error.value)


@pytest.mark.parametrize("line", ["", "[]", "nonsense", '{"pair_id": "\\ud800"}', '{"pair_id": '])
def test_broken_json_is_a_message_too(line: str) -> None:
    with pytest.raises(LabelError, match=r"^here: "):
        from_json(Annotation, line, "here")


def test_a_missing_field_is_named() -> None:
    value = blank()
    del value["annotator"]
    with pytest.raises(LabelError, match="annotator: field required"):
        from_object(Annotation, value, "here")
