"""Sides as tokens with tags: what is masked, what is told, and predictions that come back into a corpus."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hashiya.corpus import load, model_tokens, prediction_lines
from hashiya.corpus.dataset.release import release
from hashiya.corpus.dataset.token_view import SpansNotTaggedWarning
from hashiya.corpus.exchange.labels_jsonl import import_labels
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.dataset import MASKED
from hashiya.schema.records import Annotation, Cover, Entity, Flag, Lang
from hashiya.schema.scheme import shipped_scheme_text
from tests.corpora import label, new, publish
from tests.small_tokenizers import KINDS, small_tokenizer

ROWS = [
    ("قالت مايكروسوفت لـNvidia إن الطلب قوي.", "Microsoft told Nvidia's staff."),
    ("وبالذكاء الاصطناعي ترتفع الأسهم.", "Shares rise with AI."),
]


def released(corpus: Corpus, out: Path, *annotations: Annotation) -> Path:
    with corpus.journal() as journal:
        journal.record(annotations)
    release(corpus, out, lambda _: None)
    return out


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return new(tmp_path / "corpus", {"d": ROWS}, d={"split": "train"})


def span(lang: Lang, text: str, name: str, number: int = 0, kind: str = "company") -> Entity:
    start = text.index(name)
    return Entity(id=f"{lang}{number}", lang=lang, start=start, end=start + len(name), text=name, type=kind)


def test_the_labels_change_no_token(corpus: Corpus, tmp_path: Path) -> None:
    generation = corpus.generation()
    empty = released(corpus, tmp_path / "empty", label(generation, 0), label(generation, 1))
    before = load(empty)["train"].entities().to_arrow().drop_columns(["labels"]).to_pylist()
    marked = label(generation, 1, ("ar", "الذكاء الاصطناعي"), ("en", "AI"))
    full = released(corpus, tmp_path / "full", label(generation, 0, ("ar", "Nvidia")), marked)
    view = load(full)["train"].entities()
    assert view.to_arrow().drop_columns(["labels"]).to_pylist() == before
    assert view.fates() == {"whole": 3}
    for row in before:
        tokens = [row["text"][token.start : token.end] for token in model_tokens(row["text"])]
        assert row["tokens"] == tokens


def test_a_span_with_an_edge_inside_a_token_is_masked_counted_and_told(
    corpus: Corpus, tmp_path: Path
) -> None:
    made = label(corpus.generation(), 0, ("ar", "سوفت"), ("en", "Microsoft"))
    view = load(released(corpus, tmp_path / "out", made))["train"].entities()
    with pytest.warns(SpansNotTaggedWarning, match=r"of 2 entities, 1 with an edge inside a token"):
        rows = list(view)
    masked = [
        token
        for row in rows
        for token, tag in zip(row["tokens"], row["labels"], strict=True)
        if tag == MASKED
    ]
    assert masked == ["مايكروسوفت"]
    assert view.fates() == {"whole": 1, "inside_token": 1}
    with pytest.warns(SpansNotTaggedWarning):
        assert view.masked() == 1


def test_white_space_around_a_name_is_told(corpus: Corpus, tmp_path: Path) -> None:
    made = label(corpus.generation(), 0, ("en", " Nvidia"))
    view = load(released(corpus, tmp_path / "out", made))["train"].entities("en")
    with pytest.warns(SpansNotTaggedWarning, match="1 tagged without the white space"):
        row = next(row for row in list(view) if 1 in row["labels"])
    assert row["tokens"][row["labels"].index(1)] == "Nvidia"


def test_of_nested_spans_the_outermost_is_tagged_and_the_classes_apart_lose_none(tmp_path: Path) -> None:
    text = shipped_scheme_text().replace("[defaults]", "[rules]\noverlap = true\n\n[defaults]", 1)
    scheme = tmp_path / "scheme.toml"
    scheme.write_text(text, encoding="utf-8")
    corpus = Corpus.create(tmp_path / "corpus", "test", scheme)
    publish(corpus, {"d": [("قال بنك الصين المركزي نعم.", None)]}, d={"split": "train"})
    ar = "قال بنك الصين المركزي نعم."
    entities = (span("ar", ar, "بنك الصين المركزي", 0, "institution"), span("ar", ar, "الصين", 1, "place"))
    made = replace(label(corpus.generation(), 0), entities=entities, scheme=corpus.scheme.ref)
    train = load(released(corpus, tmp_path / "out", made))["train"]
    with pytest.warns(SpansNotTaggedWarning, match="of 2 entities, 1 not tagged, for a longer one"):
        train.entities().to_arrow()
    assert train.entities(types=["place"]).fates() == {"whole": 1}
    assert train.entities(types=["institution"]).fates() == {"whole": 1}


def test_what_nobody_looked_for_is_masked_and_no_negative(corpus: Corpus, tmp_path: Path) -> None:
    covers = (Cover(layer="entities", lang="en", labels=("company",)),)
    made = label(corpus.generation(), 0, ("en", "Microsoft"), covers=covers)
    for labels in ("released", "annotators"):
        view = load(released(corpus, tmp_path / labels, made))["train"].entities(labels=labels)
        (row,) = list(view)
        assert row["lang"] == "en"
        tags = dict(zip(row["tokens"], row["labels"], strict=True))
        assert tags["Microsoft"] == 1
        assert {tag for token, tag in tags.items() if token != "Microsoft"} == {MASKED}


def test_what_annotators_do_not_agree_on_is_masked(corpus: Corpus, tmp_path: Path) -> None:
    generation = corpus.generation()
    first = label(generation, 0, ("en", "Microsoft"), ("en", "Nvidia"))
    second = label(generation, 0, ("en", "Microsoft"), annotator="omar")
    view = load(released(corpus, tmp_path / "out", first, second))["train"].entities("en")
    (row,) = list(view)
    tags = dict(zip(row["tokens"], row["labels"], strict=True))
    assert (tags["Microsoft"], tags["Nvidia"], tags["staff"]) == (1, MASKED, 0)


def test_flags_are_tags_too(corpus: Corpus, tmp_path: Path) -> None:
    flag = Flag(lang="ar", start=0, end=4, text="قالت", kind="garbled", intended="قالوا")
    made = label(corpus.generation(), 0, flags=(flag,))
    view = load(released(corpus, tmp_path / "out", made))["train"].flags("ar")
    assert view.fates() == {"whole": 1}
    assert view.counts()["B-garbled"] == 1
    (decoded,) = view.decode(row["labels"] for row in view)
    assert decoded["spans"] == [{"start": 0, "end": 4, "text": "قالت", "kind": "garbled"}]
    assert next(prediction_lines([decoded], "m"))["flags"] == [
        {"lang": "ar", "start": 0, "end": 4, "kind": "garbled"}
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", [False, True])
def test_subwords_are_rows_of_a_window_each(corpus: Corpus, tmp_path: Path, kind: str, words: bool) -> None:
    made = label(corpus.generation(), 0, ("ar", "Nvidia"), ("en", "Microsoft"))
    train = load(released(corpus, tmp_path / "out", made))["train"]
    tokenizer = small_tokenizer(kind)
    view = train.entities(tokenizer=tokenizer, words=words, max_length=9, stride=2)
    rows = list(view)
    assert len(rows) > 4
    for row in rows:
        lengths = {len(row[name]) for name in ("input_ids", "attention_mask", "offsets", "labels")}
        assert len(lengths) == 1
        assert max(lengths) <= 9
        assert row["labels"][0] == row["labels"][-1] == MASKED
        assert row["offsets"][0] == row["offsets"][-1] == [0, 0]
    found = view.decode(row["labels"] for row in rows)
    assert [[mark["text"] for mark in side["spans"]] for side in found] == [["Nvidia"], ["Microsoft"]]
    logits = [np.eye(len(view.codec.names))[np.maximum(row["labels"], 0)] for row in rows]
    assert view.decode(logits) == found
    assert view.decode(batch["labels"] for batch in view.to_datasets()) == found


def test_a_hint_says_how_names_behind_particles_are_kept(corpus: Corpus, tmp_path: Path) -> None:
    made = label(corpus.generation(), 1, ("ar", "الذكاء الاصطناعي"))
    train = load(released(corpus, tmp_path / "out", made))["train"]
    tokenizer = small_tokenizer("wordpiece")
    tokenizer.add_tokens(["وبالذكاء"])  # a tokenizer that has the whole word
    with pytest.warns(SpansNotTaggedWarning, match="inside a token.*; words=True cuts"):
        train.entities("ar", tokenizer=tokenizer).to_arrow()
    assert train.entities("ar", tokenizer=tokenizer, words=True).fates() == {"whole": 1}


def test_predictions_come_into_the_corpus_by_the_ids_of_pairs_alone(corpus: Corpus, tmp_path: Path) -> None:
    generation = corpus.generation()
    view = load(released(corpus, tmp_path / "out", label(generation, 0), label(generation, 1)))[
        "train"
    ].entities()
    names = view.classes["labels"]
    wanted: Mapping[str, str] = {"Nvidia": "B-company", "Microsoft": "B-company", "AI": "B-technology"}
    predictions = [[names.index(wanted.get(token, "O")) for token in row["tokens"]] for row in view]
    lines = tmp_path / "predictions.jsonl"
    with lines.open("w", encoding="utf-8") as out:
        for line in prediction_lines(view.decode(predictions), annotator="my-model"):
            assert sorted(line) == ["annotator", "entities", "pair_id"]
            out.write(json.dumps({**line, "origin": "suggested"}) + "\n")
    report = import_labels(corpus, lines)
    assert (report.recorded, report.problems) == (2, [])
    with corpus.journal(write=False) as journal:
        stored = {
            (entity.lang, entity.text, entity.type)
            for pair in generation.pairs()
            for standing in journal.standing(pair.pair_id, "my-model")
            for annotation in standing.annotations
            for entity in annotation.entities
        }
    assert stored == {
        ("ar", "Nvidia", "company"),
        ("en", "Microsoft", "company"),
        ("en", "Nvidia", "company"),
        ("en", "AI", "technology"),
    }
