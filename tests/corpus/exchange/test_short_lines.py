"""Lines with a pair's id and labels alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.exchange.labels_jsonl import import_labels
from hashiya.corpus.exchange.recording import ImportReport
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Cover, Implication, Stance
from tests.corpora import label
from tests.corpus.exchange.labelled import corpus_of, record, standing


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(tmp_path / "corpus")


def taken(corpus: Corpus, *lines: dict[str, Any], replace_it: bool = False) -> ImportReport:
    file = corpus.folder.parent / "lines.jsonl"
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return import_labels(corpus, file, replace=replace_it)


def line(corpus: Corpus, **said: Any) -> dict[str, Any]:
    return {"pair_id": corpus.generation().pair_ids()[1], "annotator": "layla", **said}


def test_the_rest_is_filled_in(corpus: Corpus) -> None:
    entities = [
        {"lang": "en", "start": 0, "end": 4, "type": "company"},
        {"lang": "ar", "start": 5, "end": 9, "type": "company", "concept": "meta"},
    ]
    assert not taken(corpus, line(corpus, entities=entities)).problems
    (found,) = standing(corpus)
    wanted = label(corpus.generation(), 1)
    assert (found.status, found.origin, found.scheme, found.place) == (
        "done",
        "imported",
        wanted.scheme,
        wanted.place,
    )
    assert [(item.id, item.text) for item in found.entities] == [("en1", "Meta"), ("ar1", "ميتا")]
    assert found.covers == (Cover(layer="entities", lang="ar"), Cover(layer="entities", lang="en"))
    assert taken(corpus, line(corpus, entities=entities)).unchanged == 1


def test_other_layers_stay_as_they_stand(corpus: Corpus) -> None:
    stance = Stance(target="chips", stance="bullish", holder="source")
    before = replace(label(corpus.generation(), 1, ("en", "Meta")), stances=(stance,), comment="سطر")
    record(corpus, [before])
    said = {"target": "chips", "channel": "prices", "direction": "positive", "certainty": "stated"}
    implications = [{**said, **_known_implication(corpus)}]
    report = taken(corpus, line(corpus, implications=implications), replace_it=True)
    assert not report.problems
    (found,) = standing(corpus)
    assert (found.stances, found.entities, found.comment) == ((stance,), before.entities, "سطر")
    assert found.implications == (Implication(**implications[0]),)
    assert (found.origin, found.created_at, found.scheme) == ("imported", None, before.scheme)


def _known_implication(corpus: Corpus) -> dict[str, str]:
    scheme = corpus.scheme
    return {"channel": scheme.ids("channel")[0], "certainty": scheme.ids("certainty")[0]}


def test_without_replace_both_stand(corpus: Corpus) -> None:
    before = label(corpus.generation(), 1, ("en", "Meta"))
    record(corpus, [before])
    same = [{"lang": "en", "start": 0, "end": 4, "type": before.entities[0].type}]
    report = taken(corpus, line(corpus, entities=[{**same[0], "id": before.entities[0].id}]))
    assert (report.unchanged, standing(corpus)) == (1, [before])
    report = taken(corpus, line(corpus, entities=[]))
    assert report.beside == 1
    assert len(standing(corpus)) == 2


def test_a_line_of_nobody_is_told(corpus: Corpus) -> None:
    said = line(corpus, entities=[])
    del said["annotator"]
    assert "say whose labels they are" in taken(corpus, said).problems[0].what


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"pair_id": "f" * 32}, "the corpus has no pair ffff"),
        ({"pair_id": "nonsense"}, "the corpus has no pair nonsense"),
        ({"annotator": None}, "annotator: "),
        ({"entities": [{"lang": "xx", "start": 0, "end": 1, "type": "company"}]}, "entities[0]"),
        ({"entities": [{"lang": "en", "start": 0, "end": 99, "type": "company"}]}, "99"),
        ({"entities": "x"}, "entities"),
        ({"entities": [3]}, "entities[0]"),
        ({"labels": []}, "labels: unknown field"),
    ],
)
def test_what_does_not_fit_is_told(corpus: Corpus, said: dict[str, Any], complaint: str) -> None:
    report = taken(corpus, line(corpus, **said), line(corpus, annotator="omar", entities=[]))
    assert (report.recorded, len(report.problems)) == (1, 1)
    assert complaint in report.problems[0].what
    assert report.problems[0].where.endswith("lines.jsonl, line 1")
