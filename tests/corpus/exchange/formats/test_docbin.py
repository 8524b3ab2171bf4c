"""spaCy's DocBin, read and written by spaCy itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example

from hashiya.corpus.exchange.convert import write_labels
from hashiya.corpus.exchange.formats import docbin
from hashiya.corpus.exchange.formats.files import ReadOptions
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Flag
from tests.corpus.exchange.formats.sides_read import named, sides_of, told
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


def of_words(*sentences: str, spaces: list[bool] | None = None) -> Doc:
    """A Doc as `spacy convert` puts it together from columns: without spaces, with sentence starts."""
    words = [word for sentence in sentences for word in sentence.split()]
    doc = Doc(spacy.blank("xx").vocab, words=words, spaces=spaces)
    at = 0
    for sentence in sentences:
        for number, _ in enumerate(sentence.split()):
            doc[at].is_sent_start = number == 0
            at += 1
    return doc


def test_a_doc_of_words_is_a_side_a_sentence_without_white_space(tmp_path: Path) -> None:
    doc = of_words("أعلنت 👩‍💻 إنفيديا أرباحها .", "Nvidia said « yes » .", "No .")
    doc.set_ents([Span(doc, 2, 3, label="ORG"), Span(doc, 5, 6, label="ORG"), Span(doc, 9, 11, label="X")])
    DocBin(docs=[doc]).to_disk(tmp_path / "train.spacy")
    found, outcome = sides_of(docbin.read, tmp_path / "train.spacy")
    assert [(side.text, side.spaced, named(side), side.unread) for side in found] == [
        ("أعلنت👩‍💻إنفيدياأرباحها.", False, [("إنفيديا", "ORG")], 0),
        ("Nvidiasaid«yes».", False, [("Nvidia", "ORG"), ("».", "X")], 0),
        ("No.", False, [], 0),
    ]
    assert found[1].where == f"{tmp_path}/train.spacy, doc 1, sentence 2"
    text = found[0].text or ""
    words = [text[token.start : token.end] for token in found[0].tokens]
    assert words == ["أعلنت", "👩\u200d💻", "إنفيديا", "أرباحها", "."]
    assert outcome.whole


def test_a_mark_over_the_end_of_a_sentence_is_told(tmp_path: Path) -> None:
    doc = of_words("Nvidia said .", "No .")
    doc.set_ents([Span(doc, 2, 4, label="X"), Span(doc, 0, 1, label="ORG")])
    DocBin(docs=[doc]).to_disk(tmp_path / "train.spacy")
    found, outcome = sides_of(docbin.read, tmp_path / "train.spacy")
    assert [(named(side), side.unread) for side in found] == [([("Nvidia", "ORG")], 1), ([], 1)]
    assert told(outcome) == [f"{tmp_path}/train.spacy, doc 1: entities: reach over the end of a sentence"]


def test_a_doc_of_a_text_keeps_its_spaces(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    doc = nlp("  Meta said yes.\r\n\n Nvidia  said no. ")
    name = doc.char_span(doc.text.index("Nvidia"), doc.text.index("Nvidia") + 6, label="ORG")
    assert name is not None
    doc.set_ents([name])
    other = spacy.blank("en")("Meta said  yes.")
    DocBin(docs=[doc, other]).to_disk(tmp_path / "x.en.spacy")
    found, _ = sides_of(docbin.read, tmp_path / "x.en.spacy", ReadOptions(named_after=True))
    assert [(side.text, side.spaced, named(side)) for side in found] == [
        ("Meta said yes.", True, []),
        ("Nvidia  said no.", True, [("Nvidia", "ORG")]),
        ("Meta said  yes.", True, []),
    ]
    assert {(side.lang, side.annotator) for side in found} == {("en", "x.en")}


def test_groups_of_spans_are_told_by_name_and_read_by_name(tmp_path: Path) -> None:
    doc = spacy.blank("en")("Meta said yes.")
    doc.set_ents([Span(doc, 0, 1, label="ORG")])
    doc.spans["sc"] = [Span(doc, 0, 1, label="ORG"), Span(doc, 0, 2, label="X")]
    doc.spans["mine"] = [Span(doc, 2, 3, label="Y")]
    DocBin(docs=[doc]).to_disk(tmp_path / "x.spacy")
    ((side,), outcome) = sides_of(docbin.read, tmp_path / "x.spacy")
    assert (named(side), side.unread) == ([("Meta", "ORG"), ("Meta said", "X")], 1)
    assert "are in the group 'mine'" in told(outcome)[0]
    ((side,), outcome) = sides_of(docbin.read, tmp_path / "x.spacy", ReadOptions(label_key="mine"))
    assert (named(side)[2:], side.unread, outcome.whole) == ([("yes", "Y")], 0, True)
