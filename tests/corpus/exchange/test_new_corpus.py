"""A corpus made from labelled texts: what is one document, what is a pair, and that the labels are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hashiya.corpus.exchange.detect_format import detect_format
from hashiya.corpus.exchange.importing.import_sides import Terms
from hashiya.corpus.exchange.importing.label_map import FileLabels
from hashiya.corpus.exchange.labelled_texts import labelled_texts
from hashiya.corpus.exchange.new_corpus import NewCorpus, import_texts
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import HashiyaError
from hashiya.schema.records import Annotation, Span
from hashiya.tui.cli.main import app
from tests.strategies import texts

ORG = FileLabels({"ORG": "company"})
ARTICLE = "Nvidia announced its profit. It was large.\nGoogle bought Wiz."


def lines(path: Path, *values: dict[str, Any]) -> Path:
    path.write_text(
        "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8"
    )
    return path


def made(tmp_path: Path, *files: Path, annotator: str | None = "layla", **more: Any) -> NewCorpus:
    return import_texts(files, tmp_path / "corpus", None, Terms(annotator=annotator, labels=ORG), **more)


def standing(corpus: Corpus) -> list[Annotation]:
    order = corpus.generation().pair_ids()
    with corpus.journal(write=False) as journal:
        found = [one for item in journal.standing() for one in item.annotations]
    return sorted(found, key=lambda one: (order.index(one.pair_id), one.annotator))


def test_an_article_is_cut_into_sentences_that_hold_its_labels(tmp_path: Path) -> None:
    file = lines(
        tmp_path / "my.news.jsonl", {"id": 1, "text": ARTICLE, "label": [[0, 6, "ORG"], [43, 49, "ORG"]]}
    )
    new = made(tmp_path, file, licence="CC0-1.0")
    assert (new.outcome.whole, new.labels.recorded, new.texts.name) == (True, 3, "corpus.texts.jsonl")
    corpus = new.built.corpus
    assert [pair.en for pair in corpus.generation().pairs()] == [
        "Nvidia announced its profit.",
        "It was large.",
        "Google bought Wiz.",
    ]
    assert [[entity.text for entity in one.entities] for one in standing(corpus)] == [
        ["Nvidia"],
        [],
        ["Google"],
    ]
    (document,) = corpus.generation().documents()
    assert (document.doc_id, document.licence) == ("my/000001", "CC0-1.0")


def test_sentences_of_words_are_pairs_of_their_document(tmp_path: Path) -> None:
    file = tmp_path / "ner.conll"
    file.write_text("-DOCSTART- O\n\nقالت O\nميتا B-ORG\nنعم O\n. O\n\nWiz B-ORG\n\n. O\n", encoding="utf-8")
    new = made(tmp_path, file)
    pairs = list(new.built.corpus.generation().pairs())
    assert [(pair.ar, pair.en) for pair in pairs][:2] == [("قالت ميتا نعم .", None), (None, "Wiz")]
    assert [one.entities[0].text for one in standing(new.built.corpus)] == ["ميتا", "Wiz"]
    assert new.outcome.left_out["sides", "are in no language of the corpus"] == 1


def test_a_text_that_several_labelled_is_one(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, label in (("sara", [[0, 6, "ORG"]]), ("omar", [[43, 49, "ORG"]])):
        lines(tmp_path / "in" / f"{name}.jsonl", {"id": 1, "text": ARTICLE, "label": label, "Comments": []})
    new = made(tmp_path, tmp_path / "in", annotator=None)
    assert len(list(new.built.corpus.generation().documents())) == 1
    assert {(one.annotator, len(one.entities)) for one in standing(new.built.corpus)} == {
        ("sara", 1),
        ("sara", 0),
        ("omar", 1),
        ("omar", 0),
    }


def test_nothing_is_left_where_nothing_can_be_made(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.jsonl", {"text": ARTICLE, "label": [[0, 6, "ORG"]]})
    with pytest.raises(HashiyaError, match="name them with --annotator"):
        made(tmp_path, file, annotator=None)
    empty = lines(tmp_path / "b.jsonl", {"text": "", "label": []})
    with pytest.raises(HashiyaError, match="holds no text that a corpus can be made of"):
        made(tmp_path, empty)
    damaged = lines(tmp_path / "c.jsonl", {"text": "Nvidia\0", "label": [[0, 6, "ORG"]]})
    with pytest.raises(HashiyaError, match=r"made of; .*line 1: line 1, column 7: a NUL character"):
        made(tmp_path, damaged)
    swapped = lines(
        tmp_path / "d.jsonl", {"text": "كتاب", "label": []}, {"text": "\u4e2d\u6587", "label": []}
    )
    assert made(tmp_path, swapped).outcome.left_out == {("sides", "are in no language of the corpus"): 1}
    with pytest.raises(HashiyaError, match="is there already; labels are brought into a corpus by"):
        made(tmp_path, file)
    with pytest.raises(HashiyaError, match="is a corpus; `hashiya labels export` writes its labels"):
        made(tmp_path / "other", tmp_path / "corpus")


def test_an_import_that_was_cut_off_says_how_to_begin_again(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.jsonl", {"text": ARTICLE, "label": [[0, 6, "ORG"]]})
    new = made(tmp_path, file)
    (tmp_path / "corpus" / "manifest.json").unlink()  # the last file that a build writes
    with pytest.raises(HashiyaError, match=r"cut off; delete .*corpus and .*\.texts\.jsonl, and import"):
        made(tmp_path, file)
    assert new.texts.exists()
    (tmp_path / "corpus").rename(tmp_path / "elsewhere")
    with pytest.raises(HashiyaError, match="an import was perhaps cut off"):
        made(tmp_path, file)
    new.texts.rename(tmp_path / "a.texts.jsonl")
    lines(tmp_path / "corpus")
    with pytest.raises(HashiyaError, match="corpus: is there already; name another corpus to make"):
        made(tmp_path, file)


@pytest.mark.parametrize("key", ["text", "doc_id"])
@pytest.mark.parametrize("bad", ["\ud83d", "\0"])
def test_what_no_corpus_holds_is_left_out_and_the_rest_is_made(tmp_path: Path, key: str, bad: str) -> None:
    file = tmp_path / "a.jsonl"
    good = {"text": "Nvidia rose.", "spans": [[0, 6, "ORG"]]}
    file.write_text("".join(json.dumps(line) + "\n" for line in ({**good, key: f"Google {bad}"}, good)))
    new = made(tmp_path, file)
    assert (new.labels.recorded, new.outcome.left_out) == (1, {("sides", "hold what no corpus can"): 1})
    assert str(new.outcome.problems[0]).startswith(f"{file}, line 1: line 1, column 8: ")


def test_sides_of_a_task_are_a_pair() -> None:
    sides = [
        Side(where="1", text="Meta said yes.", lang="en", task="7", annotator="sara"),
        Side(where="2", text="قالت ميتا نعم.", task="7", annotator="sara"),
        Side(where="3", text="قالت ميتا نعم.", task="7", annotator="omar"),
        Side(where="4", text="Two sentences. Here.", doc_id="n1"),
        Side(where="5", text="Part.", doc_id="n2"),
        Side(where="6", text="Another part.", doc_id="n2"),
        Side(where="7", text="你好"),
        Side(where="8"),
    ]
    outcome = Outcome()
    found = labelled_texts(sides, "f", outcome)
    assert found.rows == [
        {"document": "f/000001", "en": "Meta said yes.", "ar": "قالت ميتا نعم."},
        {"id": "n1", "en": "Two sentences. Here."},
        {"document": "n2", "en": "Part."},
        {"document": "n2", "en": "Another part."},
    ]
    assert [side and side.doc_id for side in found.sides] == [*["f/000001"] * 3, "n1", "n2", "n2", None, None]
    assert [problem.where for problem in outcome.problems] == ["7", "8"]


@given(words=st.lists(texts(min_size=1), min_size=1, max_size=6), data=st.data())
def test_words_with_blanks_between_keep_their_marks(words: list[str], data: st.DataObject) -> None:
    words = [word for word in ("".join(text.split()) for text in words) if word]
    text = "".join(words)
    tokens: list[Span] = []
    for word in words:
        start = tokens[-1].end if tokens else 0
        tokens.append(Span(start, start + len(word)))
    if not any(character.isalpha() and character.isascii() for character in text):
        return
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    mark = SideMark(start=tokens[first].start, end=tokens[last].end, label="ORG")
    side = Side(where="f", text=text, tokens=tuple(tokens), marks=(mark,), spaced=False, lang="en")
    found = labelled_texts([side], "f", Outcome()).sides
    for one in filter(None, found):
        assert (one.text or "")[one.marks[0].start : one.marks[0].end] == " ".join(words[first : last + 1])


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.jsonl", '{"text": "x", "label": []}', "doccano"),
        ("a.json", '[{"text": "x", "entities": [], "Comments": []}]', "doccano"),
        ("a.jsonl", '{"text": "x", "spans": [], "answer": "accept"}', "prodigy"),
        ("a.jsonl", '{"text": "x", "spans": []}', "jsonl"),
        ("a.jsonl", '{"tokens": ["x"], "ner_tags": [0]}', "hf"),
        ("a.jsonl", '{"fields": {"text": "x"}, "responses": []}', "argilla"),
        ("a.conll", "x O", "conll"),
        ("a.parquet", "", "hf"),
        ("in/a.ann", "", "brat"),
        ("in/annotation/a/sara.xmi", "", "xmi"),
    ],
)
def test_the_format_is_found_out(tmp_path: Path, name: str, content: str, form: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    assert detect_format(tmp_path / Path(name).parts[0]) == form


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "a.jsonl: is empty"),
        ("{}", "not recognised; name it with --format"),
        ("text", r"not recognised \(.*a.jsonl, line 1: .*JSON.*\); name it"),
        ('{"a": 1}', "not recognised; name it with --format"),
        ("<html></html>", r"not recognised \(.*a.jsonl: files: it is .*\); name it"),
    ],
)
def test_a_format_that_nobody_knows(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "a.jsonl").write_text(content)
    with pytest.raises(HashiyaError, match=told):
        detect_format(tmp_path / "a.jsonl")
    with pytest.raises(HashiyaError, match="there is no such file"):
        detect_format(tmp_path / "b.jsonl")


def test_the_command(tmp_path: Path) -> None:
    run = CliRunner()
    file = lines(tmp_path / "a.jsonl", {"text": ARTICLE, "label": [[0, 6, "ORG"], [43, 49, "MISC"]]})
    done = run.invoke(app, ["import", str(file), "--draft-map"])
    assert 'ORG = "?"  # 1 times\n' in done.stdout
    labels = tmp_path / "labels.toml"
    labels.write_text(done.stdout.replace('ORG = "?"', 'ORG = "company"').replace('MISC = "?"', 'MISC = ""'))
    arguments = ["import", str(file), "--out", str(tmp_path / "corpus"), "--map", str(labels)]
    done = run.invoke(app, [*arguments, "--annotator", "sara"])
    assert done.exit_code == 0, done.stderr
    assert "3 annotations recorded" in done.stdout
    assert "1 entities: left out by the label map: MISC" in done.stdout
    assert "Licence     none" in done.stdout
    done = run.invoke(app, ["import", str(file)], env={"COLUMNS": "200"})
    assert (done.exit_code, "name the corpus to make" in done.stderr) == (2, True)
    done = run.invoke(app, ["import", str(file), "--format", "tsv"], env={"COLUMNS": "200"})
    assert (done.exit_code, "one of doccano" in done.stderr) == (2, True)


def test_every_tool_that_writes_words_gives_them_blanks(tmp_path: Path) -> None:
    hf = lines(
        tmp_path / "hf.jsonl", {"tokens": ["قالت", "ميتا", "نعم", "."], "ner_tags": ["O", "B-ORG", "O", "O"]}
    )
    conll = tmp_path / "ner.conll"
    conll.write_text("Wiz B-ORG\nrose O\n", encoding="utf-8")
    new = made(tmp_path, hf, conll)
    assert [json.loads(line) for line in new.texts.read_text().splitlines()] == [
        {"document": "hf/000001", "ar": "قالت ميتا نعم ."},
        {"document": "hf/000002", "en": "Wiz rose"},
    ]
    assert [one.entities[0].text for one in standing(new.built.corpus)] == ["ميتا", "Wiz"]


def test_articles_of_sentences_stay_together_and_what_is_said_again_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "ner.conll"
    file.write_text(
        "-DOCSTART- O\n\nReuters B-ORG\n\nWiz O\n\nReuters O\n\n-DOCSTART- O\n\nReuters B-ORG\n", "utf-8"
    )
    new = made(tmp_path, file)
    assert new.outcome.whole, new.outcome
    found = [(one.place.doc_id, len(one.entities)) for one in standing(new.built.corpus)]
    assert found == [("ner/000001", 1), ("ner/000002", 1)]
    new = import_texts(
        [file],
        tmp_path / "all",
        None,
        Terms(annotator="layla", labels=ORG, unlabelled_is_done=True),
    )
    found = [(one.place.doc_id, len(one.entities)) for one in standing(new.built.corpus)]
    assert found == [("ner/000001", 1), ("ner/000001", 0), ("ner/000001", 0), ("ner/000002", 1)]


def test_a_draft_says_what_it_could_not_read(tmp_path: Path) -> None:
    file = lines(tmp_path / "hf.jsonl", {"tokens": ["Wiz"], "ner_tags": [3]})
    done = CliRunner().invoke(app, ["import", str(file), "--draft-map"])
    assert done.exit_code == 1
    assert "hf.jsonl" in done.stderr
