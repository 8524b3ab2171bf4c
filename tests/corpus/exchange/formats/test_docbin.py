"""spaCy's DocBin, read and written by spaCy itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example

from hashiya.corpus.exchange.convert import write_labels
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Flag
from tests.corpus.exchange.labelled import AR, EN, corpus_of, entity, flag, record, rich, standing, take_in


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(tmp_path / "corpus")


def taken(corpus: Corpus, path: Path) -> tuple[Outcome, list[tuple[str, str]]]:
    outcome, report = take_in(corpus, "spacy", path, "layla")
    assert not report.problems
    return outcome, [(item.text, item.type) for made in standing(corpus) for item in made.entities]


def test_spacy_reads_what_was_written(corpus: Corpus, tmp_path: Path) -> None:
    made = rich(corpus)
    nested = entity(corpus, 0, "ar", "الذكاء", "ar8", label="model")
    record(corpus, [replace(made, entities=(*made.entities, nested))])
    write_labels(corpus, "spacy", tmp_path / "out")
    nlp = spacy.blank("ar")
    (doc,) = DocBin().from_disk(tmp_path / "out" / "ar.spacy").get_docs(nlp.vocab)
    assert doc.text == AR
    assert [(item.text, item.label_, item.kb_id_) for item in doc.ents] == [
        ("إنفيديا", "company", "nvidia"),
        ("الذكاء الاصطناعي", "technology", "ai"),
        ("Nvidia", "company", ""),
    ]
    assert [item.text for item in doc.spans["sc"]] == ["الذكاء"]
    (flagged,) = doc.spans["flag"]
    Span.set_extension("intended", default=None, force=True)
    assert (flagged.label_, flagged._.intended) == ("mistranslation", "AI")
    assert doc.user_data["pair_id"] == made.pair_id
    (english,) = DocBin().from_disk(tmp_path / "out" / "en.spacy").get_docs(spacy.blank("en").vocab)
    assert english.text == EN


def test_spacy_trains_on_what_was_written(corpus: Corpus, tmp_path: Path) -> None:
    record(corpus, [rich(corpus)])
    write_labels(corpus, "spacy", tmp_path / "out")
    nlp = spacy.blank("ar")
    docs = list(DocBin().from_disk(tmp_path / "out" / "ar.spacy").get_docs(nlp.vocab))
    nlp.add_pipe("ner")
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in docs]
    nlp.initialize(lambda: examples)
    assert set(nlp.pipe_labels["ner"]) == {"company", "technology"}
    assert nlp.update(examples)["ner"] > 0


def test_docs_from_elsewhere(corpus: Corpus, tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    docs: list[Doc] = []
    for text, spans in (
        ("Meta said yes.", [(0, 4, "Company")]),
        ("Nobody said this.", []),
        (EN, [(0, 6, "ORG")]),
    ):
        doc = nlp.make_doc(text)
        named = [doc.char_span(start, end, label=label) for start, end, label in spans]
        doc.set_ents([span for span in named if span is not None])
        docs.append(doc)
    DocBin(docs=docs).to_disk(tmp_path / "train.spacy")
    outcome, found = taken(corpus, tmp_path / "train.spacy")
    assert found == [("Meta", "company")]
    told = [str(problem) for problem in outcome.problems]
    assert f"{tmp_path / 'train.spacy'}, doc 2: no pair has this text" in told
    assert "doc 3, 'ORG' at [0:6]: unknown label" in " ".join(told)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_file_that_is_none(corpus: Corpus, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ar.spacy").write_bytes(content)
    outcome, found = taken(corpus, tmp_path / "ar.spacy")
    assert found == []
    assert "files: no DocBin" in outcome.problems[0].what


def test_one_meaning_for_each_range(corpus: Corpus, tmp_path: Path) -> None:
    first = flag(corpus, 0, "ar", "إنّ", "that")
    second: Flag = replace(first, kind="garbled", intended="if")
    record(corpus, [replace(rich(corpus), flags=(first, second))])
    outcome = write_labels(corpus, "spacy", tmp_path / "out")
    assert outcome.left_out["intended", "spaCy keeps one for each range"] == 1
    other = corpus_of(tmp_path / "other")
    take_in(other, "spacy", tmp_path / "out", "layla")
    assert {item.kind for item in standing(other)[0].flags} == {"mistranslation", "garbled"}
