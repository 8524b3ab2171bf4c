"""doccano's and Prodigy's lines as these tools write them, and what may be wrong with them."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.exchange.convert import write_labels
from hashiya.corpus.exchange.export_sides import Selection
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import LabelError, SourceError
from hashiya.schema.records import Lang
from tests.corpora import label
from tests.corpus.exchange.labelled import AR, EN, corpus_of, entity, record, rich, standing, take_in

META = "قالت ميتا نعم."


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(tmp_path / "corpus")


def lines(path: Path, *objects: dict[str, Any] | str) -> Path:
    text = "".join(f"{item if isinstance(item, str) else json.dumps(item)}\n" for item in objects)
    path.write_text(text, encoding="utf-8")
    return path


def taken(corpus: Corpus, name: str, path: Path) -> tuple[Outcome, list[tuple[Lang, str, str]]]:
    outcome, report = take_in(corpus, name, path, "layla")
    assert not report.problems
    found = [(item.lang, item.text, item.type) for made in standing(corpus) for item in made.entities]
    return outcome, found


def test_doccano_of_another_project(corpus: Corpus, tmp_path: Path) -> None:
    file = lines(
        tmp_path / "layla.jsonl",
        {"id": 1, "text": META, "label": [[5, 9, "company"]], "Comments": []},
        {"id": 2, "text": "Meta said yes.", "label": [[0, 4, "شركة"]], "Comments": ["sure?"]},
        {"id": 3, "text": "لا.", "label": [], "Comments": []},
    )
    outcome, found = taken(corpus, "doccano", file)
    assert found == [("ar", "ميتا", "company"), ("en", "Meta", "company")]
    assert outcome.left_out == {("comments", "hashiya has no place for them"): 1}
    assert outcome.converted == {("sides", "found by their text"): 3, ("labels", "شركة is company"): 1}
    assert [problem.left_out for problem in outcome.problems] == [False]


def test_doccano_with_relations(corpus: Corpus, tmp_path: Path) -> None:
    file = lines(
        tmp_path / "all.jsonl",
        {
            "id": 7,
            "text": EN,
            "entities": [
                {"id": 1, "label": "Company", "start_offset": 0, "end_offset": 6},
                {"id": 2, "label": "technology", "start_offset": 20, "end_offset": 22},
            ],
            "relations": [{"id": 1, "from_id": 1, "to_id": 2, "type": "makes"}],
            "Comments": [],
        },
    )
    outcome, found = taken(corpus, "doccano", file)
    assert found == [("en", "Nvidia", "company"), ("en", "AI", "technology")]
    assert outcome.left_out == {("relations", "hashiya has no place for them"): 1}


def test_doccano_exports_what_was_imported_beside_the_text(corpus: Corpus, tmp_path: Path) -> None:
    record(corpus, [label(corpus.generation(), 1, ("ar", "ميتا"))])
    write_labels(corpus, "doccano", tmp_path / "out.jsonl")
    first = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])
    assert first["label"] == [[5, 9, "company"]]
    assert first["meta"]["lang"] == "ar"
    # doccano gives a line a number and puts the keys that it does not know after the text.
    flat = {"id": 12, "text": first["text"], **first["meta"], "label": [[0, 4, "person"]], "Comments": []}
    for name, line in (("nested", {"id": 12, **first, "label": [[0, 4, "person"]]}), ("flat", flat)):
        other = corpus_of(tmp_path / name)
        _, found = taken(other, "doccano", lines(tmp_path / f"{name}.jsonl", line))
        assert found == [("ar", "قالت", "person")]


def test_prodigy_as_it_prints_them(corpus: Corpus, tmp_path: Path) -> None:
    def task(text: str, answer: str, *spans: dict[str, Any]) -> dict[str, Any]:
        return {
            "text": text,
            "_input_hash": -12,
            "_task_hash": 34,
            "_is_binary": False,
            "_view_id": "ner_manual",
            "tokens": [{"text": text, "start": 0, "end": len(text), "id": 0, "ws": False}],
            "spans": list(spans),
            "answer": answer,
            "_timestamp": 1739525400,
            "_annotator_id": "news-layla",
            "_session_id": "news-layla",
        }

    span = {"start": 5, "end": 9, "token_start": 1, "token_end": 1, "label": "company"}
    file = lines(
        tmp_path / "out.jsonl",
        task(META, "accept", span),
        task(AR, "ignore"),
        task("لا.", "reject"),
        {**task(META, "accept"), "_annotator_id": "news-omar"},
    )
    outcome, found = taken(corpus, "prodigy", file)
    assert outcome.whole
    assert found == [("ar", "ميتا", "company")]
    assert [made.status for made in standing(corpus)] == ["skipped", "done", "review"]
    assert [made.annotator for made in standing(corpus)] == ["layla"] * 3
    other = corpus_of(tmp_path / "other")
    take_in(other, "prodigy", file, "layla", status="unsure")
    assert [made.status for made in standing(other)] == ["skipped", "done", "review"]
    with pytest.raises(LabelError, match="labels of layla, omar, none of 'salma'"):
        take_in(corpus, "prodigy", file, "salma")


def test_prodigy_spans_stand_on_tokens(corpus: Corpus, tmp_path: Path) -> None:
    record(corpus, [rich(corpus)])
    write_labels(corpus, "prodigy", tmp_path / "out.jsonl")
    for line in map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines()):
        tokens = line["tokens"]
        assert "".join(token["text"] + " " * token["ws"] for token in tokens) == line["text"]
        assert [token["id"] for token in tokens] == list(range(len(tokens)))
        for span in line["spans"]:
            assert tokens[span["token_start"]]["start"] == span["start"]
            assert tokens[span["token_end"]]["end"] == span["end"]


def test_prodigy_answers_anew(corpus: Corpus, tmp_path: Path) -> None:
    record(corpus, [label(corpus.generation(), 1, status="unsure")])
    write_labels(corpus, "prodigy", tmp_path / "out.jsonl", Selection(status=None))
    text = (tmp_path / "out.jsonl").read_text()
    (tmp_path / "out.jsonl").write_text(text.replace('"answer":"ignore"', '"answer":"accept"'))
    take_in(corpus, "prodigy", tmp_path / "out.jsonl", "layla", replace=True)
    assert [made.status for made in standing(corpus)] == ["done"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{broken", "lines: not valid JSON"),
        ("[" * 100_000, "lines: not valid JSON"),
        ("[1]", "lines: no JSON object"),
        ({"text": "Nobody says this.", "label": []}, "no pair has this text"),
        ({"label": []}, "no text to find it by"),
        ({"text": META, "meta": {"pair_id": "f" * 32}, "label": []}, None),
        (
            {"text": "x", "meta": {"pair_id": "f" * 32}},
            f"there is no pair {'f' * 32}, and no pair has this text",
        ),
        ({"text": "\ud83d", "label": []}, "no pair has this text"),
        ({"text": META, "label": [[5, 5, "company"]]}, "end before they start"),
        ({"text": META, "label": [[9, 5, "company"]]}, "end before they start"),
        ({"text": META, "label": [[-3, 5, "company"]]}, "end before they start"),
        ({"text": META, "label": [[5, 99, "company"]]}, "the text ends at 14"),
        ({"text": META, "label": [[5, 9, "ORG"]]}, "unknown label; one of company, model, technology"),
        ({"text": META, "label": [[5, 9, "flag:x"]]}, "flag:mistranslation, flag:garbled"),
        ({"text": META, "label": [[5, 9, "company"], [6, 8, "person"]]}, "overlaps 'ميتا'"),
        ({"text": META, "label": [[5, 9, "company"], [5, 9, "company"]]}, "overlaps 'ميتا'"),
        ({"text": META, "label": [[5, 9, "flag:garbled"], [5, 9, "flag-garbled"]]}, "are there twice"),
        ({"text": META, "label": [[5, True, "company"]]}, "no span: start, end and label"),
        ({"text": META, "label": ["company"]}, "no span: start, end and label"),
        ({"text": META, "label": [[5, 9, 3]]}, "their labels are numbers, which the file does not name"),
        ({"text": META, "label": "company"}, "labels: the key 'label' holds no list of spans"),
        ({"text": META, "ner": [[5, 9, "company"]]}, "stand under the key 'ner', which is not read"),
    ],
)
def test_a_fault_is_told_and_the_rest_is_taken(
    corpus: Corpus, tmp_path: Path, line: dict[str, Any] | str, complaint: str | None
) -> None:
    good = {"text": "Meta said yes.", "label": [[0, 4, "company"]]}
    file = lines(tmp_path / "in.jsonl", line, good)
    with pytest.raises(LabelError) if complaint else nullcontext():
        take_in(corpus_of(tmp_path / "strict"), "doccano", file, "layla", strict=True)
    outcome, found = taken(corpus, "doccano", file)
    assert ("en", "Meta", "company") in found
    told = [str(problem) for problem in outcome.problems if problem.left_out]
    assert bool(told) == (complaint is not None)
    if complaint:
        assert f"{file}, line 1" in told[0]
        assert complaint in told[0]


def test_strict_records_nothing(corpus: Corpus, tmp_path: Path) -> None:
    file = lines(
        tmp_path / "in.jsonl",
        {"text": "Meta said yes.", "label": [[0, 4, "company"]]},
        {"text": META, "label": [[5, 9, "ORG"]]},
    )
    with pytest.raises(
        LabelError, match=r"(?s)nothing was recorded.*1 entities: have an unknown label.*line 2"
    ):
        take_in(corpus, "doccano", file, "layla", strict=True)
    assert standing(corpus) == []


def test_prodigy_quotes_and_extras_are_checked(corpus: Corpus, tmp_path: Path) -> None:
    spans = [
        {"start": 5, "end": 9, "label": "company", "text": "Meta"},
        {"start": 0, "end": 4, "label": "person", "concept": "Not a slug", "id": "\ud83d"},
        {"start": 10, "end": 13, "label": "flag:garbled", "intended": "\ud83d"},
        {"token_start": 1},
    ]
    file = lines(tmp_path / "in.jsonl", {"text": META, "spans": spans, "relations": [{}], "answer": "accept"})
    outcome, found = taken(corpus, "prodigy", file)
    assert found == [("ar", "قالت", "person")]
    assert standing(corpus)[0].entities[0].id == "ar1"
    told = " | ".join(str(problem) for problem in outcome.problems)
    assert "'company' at [5:9]: quotes 'Meta', the text has 'ميتا'" in told
    assert "'Not a slug' is no slug" in told
    assert "span 4: entities: no span" in told
    assert outcome.left_out["intended", "are no Unicode text"] == 1


def test_bytes_that_editors_leave(corpus: Corpus, tmp_path: Path) -> None:
    good = json.dumps({"text": "Meta said yes.", "label": [[0, 4, "company"]]}).encode()
    (tmp_path / "in.jsonl").write_bytes(b"\xef\xbb\xbf" + good + b'\r\n\r\n{"text": "\xff"}\r\n')
    outcome, found = taken(corpus, "doccano", tmp_path / "in.jsonl")
    assert found == [("en", "Meta", "company")]
    assert [problem.what for problem in outcome.problems] == ["lines: not UTF-8 (byte 10)"]


def test_the_same_side_twice(corpus: Corpus, tmp_path: Path) -> None:
    first = {"text": META, "label": [[5, 9, "company"]]}
    file = lines(tmp_path / "in.jsonl", first, {**first, "label": []})
    outcome, found = taken(corpus, "doccano", file)
    assert found == [("ar", "ميتا", "company")]
    assert outcome.problems[0].what == f"the same side as {file}, line 1, which was taken"


def test_a_text_that_several_pairs_have(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus", [("لا.", "No."), ("لا.", "Never.")])
    outcome, _ = taken(corpus, "doccano", lines(tmp_path / "in.jsonl", {"text": "لا.", "label": []}))
    assert "2 pairs have this text" in outcome.problems[0].what


def test_a_text_that_was_changed(corpus: Corpus, tmp_path: Path) -> None:
    record(corpus, [label(corpus.generation(), 1, ("en", "Meta"))])
    file = tmp_path / "out.jsonl"
    write_labels(corpus, "doccano", file)
    file.write_text(file.read_text().replace("said yes", "says yes"))
    outcome, _ = taken(corpus, "doccano", file)
    assert "from character 7 it has 'ys yes.', the corpus 'id yes.'" in outcome.problems[0].what
    file.write_text(file.read_text().replace('"lang":"en"', '"lang":"fr"'))
    outcome, _ = taken(corpus, "doccano", file)
    assert "says no language" in outcome.problems[0].what


def test_a_side_that_its_pair_does_not_have(corpus: Corpus, tmp_path: Path) -> None:
    pair_id = corpus.generation().pair_ids()[2]
    line = {"text": "No.", "label": [], "meta": {"pair_id": pair_id, "lang": "en"}}
    outcome, _ = taken(corpus, "doccano", lines(tmp_path / "in.jsonl", line))
    assert outcome.problems[0].what == "the pair has no en side"


def test_a_missing_file(corpus: Corpus, tmp_path: Path) -> None:
    for name in ("doccano", "prodigy"):
        with pytest.raises(SourceError, match="No such file"):
            take_in(corpus, name, tmp_path / "none", "layla")
        (tmp_path / "empty").mkdir(exist_ok=True)
        with pytest.raises(SourceError, match=r"there is no \.jsonl or .* file in it"):
            take_in(corpus, name, tmp_path / "empty", "layla")


def test_concepts_and_ids_come_with_the_span(corpus: Corpus, tmp_path: Path) -> None:
    span = {"start": 5, "end": 9, "label": "company", "id": "z9", "concept": "meta"}
    taken(
        corpus, "prodigy", lines(tmp_path / "in.jsonl", {"text": META, "spans": [span], "answer": "accept"})
    )
    assert standing(corpus)[0].entities == (entity(corpus, 1, "ar", "ميتا", "z9", concept="meta"),)
