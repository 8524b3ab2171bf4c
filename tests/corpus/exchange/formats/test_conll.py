"""CoNLL columns: ours with ranges, and those of others with nothing but forms and tags."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.exchange.convert import write_labels
from hashiya.corpus.exchange.formats import conll
from hashiya.corpus.exchange.formats.files import ReadOptions
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import SourceError
from tests.corpora import label
from tests.corpus.exchange.formats.sides_read import named, packed, sides_of, told
from tests.corpus.exchange.labelled import EN, corpus_of, entity, record, rich, standing, take_in


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(tmp_path / "corpus")


def taken(corpus: Corpus, path: Path) -> tuple[Outcome, list[tuple[str, str]]]:
    outcome, report = take_in(corpus, "conll", path, "layla")
    assert not report.problems
    return outcome, [(item.text, item.type) for made in standing(corpus) for item in made.entities]


def test_a_particle_stays_outside_and_is_not_lost(corpus: Corpus, tmp_path: Path) -> None:
    record(corpus, [rich(corpus)])
    write_labels(corpus, "conll", tmp_path / "out")
    lines = (tmp_path / "out" / "out.ar.conll").read_bytes().decode().split("\n")
    assert lines[1:5] == ["# lang = ar", "# doc_id = d", "# annotator = layla", "# status = done"]
    assert lines[5].startswith('# text_json = "\\u0642')  # it has a line break
    rows = [line.split("\t") for line in lines if "\t" in line]
    at = next(number for number, row in enumerate(rows) if row[3] == "B-company" and row[0] == "Nvidia")
    assert rows[at - 1][0] == "ولـ"
    assert rows[at - 1][3] == "O"


def test_what_tags_cannot_say_is_counted(corpus: Corpus, tmp_path: Path) -> None:
    made = rich(corpus)
    outer = entity(corpus, 0, "en", " said", "en8")
    nested = entity(corpus, 0, "ar", "الذكاء", "ar8", label="model")
    record(corpus, [replace(made, entities=(*made.entities, outer, nested))])
    outcome = write_labels(corpus, "conll", tmp_path / "out")
    assert outcome.left_out["entities", "begin or end in white space"] == 1
    assert outcome.left_out["entities", "overlap a longer one; BIO has one tag a letter"] == 1
    assert outcome.kept["entities"] == 6


def test_others_columns_are_found_by_their_words(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "news.conll").write_text(
        "-DOCSTART- -X- O O\n\nMeta NNP B-NP B-company\nsaid VBD O O\nyes UH O O\n. . O O\n\n"
        "قالت V O O\nميتا N O S-company\nنعم X O O\n. . O O\n\n"
        "Nobody N O B-company\n",
        encoding="utf-8",
    )
    outcome, found = taken(corpus, tmp_path / "news.conll")
    assert found == [("ميتا", "company"), ("Meta", "company")]
    assert [str(problem) for problem in outcome.problems] == [
        f"{tmp_path / 'news.conll'}, line 13: no pair has this text"
    ]


def test_words_of_a_text_with_spaces_of_all_kinds(corpus: Corpus, tmp_path: Path) -> None:
    tags = {"Nvidia": "B-company", "AI": "U-technology", "$": "B-money", "100": "L-money"}
    forms = EN.replace("$", " $ ").replace(",", " , ").split()
    (tmp_path / "x.conll").write_text(
        "".join(f"{form}\t{tags.get(form, 'O')}\n" for form in forms), encoding="utf-8"
    )
    outcome, found = taken(corpus, tmp_path / "x.conll")
    assert outcome.whole
    assert found == [("Nvidia", "company"), ("AI", "technology"), ("$100", "money")]


OURS = "# pair_id = {id}\n# lang = en\n# text = Meta said yes.\n"
ROWS = "Meta\t0\t4\tB-company\nsaid\t5\t9\tO\nyes\t10\t13\tO\n.\t13\t14\tO\n"


@pytest.mark.parametrize(
    ("content", "complaint", "entities"),
    [
        (OURS + ROWS, None, 1),
        ((OURS + ROWS).replace("\n", "\r\n"), None, 1),
        ("\ufeff" + OURS + ROWS + "\n\n\n", None, 1),
        (OURS.replace("{id}", "x") + ROWS, None, 1),
        (OURS + ROWS.replace("Meta\t0", "Meto\t0"), "line 4: sides: a token is not the text at its range", 0),
        (OURS + ROWS.replace("10\t13", "3\t6"), "line 6: sides: a token is not the text at its range", 0),
        (OURS + ROWS.replace("B-company", "company"), "line 4: tokens: the last column is no BIO tag", 0),
        (OURS + ROWS.replace("B-company", "B-ORG"), "unknown label; one of company", 0),
        (OURS + ROWS.replace("B-company", "B-flag:garbled"), "unknown label", 0),
        (OURS + "Meta\nsaid\tO\nyes\tO\n.\tO\n", "line 4: tokens: the last column is no BIO tag", 0),
        (OURS + "Meta\tB-company\n", "line 1: sides: the tokens are not those of the text", 0),
        (OURS.replace("text = M", 'text_json = "M'), "text_json is not valid JSON", 0),
        (OURS.replace("yes", "no") + ROWS.replace("yes\t10\t13", "no\t10\t12").replace("13\t14", "12\t13"),
         "from character 10 it has 'no.', the corpus 'yes.'", 0),
    ],
)  # fmt: skip
def test_faults_are_told_by_line(
    corpus: Corpus, tmp_path: Path, content: str, complaint: str | None, entities: int
) -> None:
    path = tmp_path / "in.conll"
    path.write_bytes(content.replace("{id}", corpus.generation().pair_ids()[1]).encode())
    outcome, found = taken(corpus, path)
    told = " ".join(str(problem) for problem in outcome.problems if problem.left_out)
    assert complaint in told if complaint else not told
    assert len(found) == entities


def test_a_line_that_is_not_utf8(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "in.conll").write_bytes(b"Meta\tB-company\nsaid\tO\nyes\tO\n\xff\tO\n.\tO\n")
    outcome, found = taken(corpus, tmp_path / "in.conll")
    assert str(outcome.problems[0]).endswith("line 4: lines: not UTF-8 (byte 0)")
    assert found == [("Meta", "company")]


def test_an_empty_folder(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("conll", "brat", "xmi", "spacy"):
        with pytest.raises(SourceError, match=r"there is no .* file in it"):
            take_in(corpus, name, tmp_path / "empty", "layla")
        with pytest.raises(SourceError, match="No such file"):
            take_in(corpus, name, tmp_path / "none", "layla")


def test_a_side_without_tokens(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus", [(" \u2028", "x")])
    record(corpus, [label(corpus.generation(), 0)])
    write_labels(corpus, "conll", tmp_path / "out")
    outcome, report = take_in(corpus, "conll", tmp_path / "out", "layla")
    assert (outcome.whole, report.unchanged) == (True, 1)


@pytest.mark.parametrize(
    ("content", "documents"),
    [
        (
            "-DOCSTART- -X- O O\n\nMeta B-ORG\n\nsaid O\n\n-DOCSTART- -X- O O\n\nyes O\n",
            ["train/000001", "train/000001", "train/000002"],
        ),
        ("-DOCSTART- (1 EU)\nMeta B-ORG\n\nsaid O\n-DOCSTART- (2 UN)\n\nyes O\n", ["1 EU", "1 EU", "2 UN"]),
        (
            "# newdoc id = n1\n# sent_id = 1\nMeta B-ORG\n\nsaid O\n\n# newdoc\nyes O\n",
            ["n1", "n1", "train/000002"],
        ),
        ("# newdoc id = n1\r\n# newpar\r\n# text_en = x\r\nMeta\tB-ORG\r\n\r\nsaid\tO\r\n", ["n1", "n1"]),
        (
            "#begin document (cctv_00); part 000\nMeta B-ORG\n\nsaid O\n#begin document (cctv_01)\nyes O\n",
            ["cctv_00", "cctv_00", "cctv_01"],
        ),
        ("# doc_id = n3\nMeta B-ORG\n\nsaid O\n", ["n3", None]),
    ],
)
def test_a_new_document_begins_where_a_line_says_so(
    tmp_path: Path, content: str, documents: list[str | None]
) -> None:
    (tmp_path / "train.conll").write_bytes(content.encode())
    found, outcome = sides_of(conll.read, tmp_path / "train.conll")
    assert outcome.whole, outcome
    assert [side.doc_id for side in found] == documents
    assert [side.text for side in found] == ["Meta", "said", "yes"][: len(documents)]
    assert named(found[0]) == [("Meta", "ORG")]


def test_a_number_sign_is_a_token_where_it_has_a_tag(tmp_path: Path) -> None:
    (tmp_path / "x.conll").write_text("# O\n1 O\n\n#\tO\n2\tO\n\n# a comment that ends\n3 O\n")
    found, _ = sides_of(conll.read, tmp_path / "x.conll")
    assert [side.text for side in found] == ["#1", "#2", "3"]


def test_the_language_is_in_the_name_and_the_person_if_said(tmp_path: Path) -> None:
    files = {"a/one.ar.conll": "ميتا B-ORG\n".encode(), "b.iob": b"Meta U-ORG\n"}
    found, _ = sides_of(conll.read, packed(tmp_path / "in.zip", files))
    assert [(side.lang, side.annotator) for side in found] == [("ar", None), (None, None)]
    (tmp_path / "sara.conll").write_text("Meta B-ORG\n")
    ((side,), _) = sides_of(conll.read, tmp_path / "sara.conll", ReadOptions(named_after=True))
    assert side.annotator == "sara"


def test_what_is_no_tag_is_told_once_a_file_and_counted_on_every_side(tmp_path: Path) -> None:
    (tmp_path / "x.conll").write_text("Meta NNP\nsaid VBD\n\nyes B-ORG\n. PUNCT\n\n" * 2000)
    found, outcome = sides_of(conll.read, tmp_path / "x.conll")
    assert {side.unread for side in found} == {2, 1}
    why = "tokens: the last column is no BIO tag"
    assert told(outcome) == [f"{tmp_path}/x.conll, line 1 and 5999 more: {why}"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (
            "#FORMAT=WebAnno TSV 3.3\n#T_SP=x|y\n\n\n#Text=Meta\n1-1\t0-4\tMeta\t_\t\n",
            "WebAnno TSV: the format webanno",
        ),
        (
            "annotation_id,annotator,id,text\n1,2,3,x\n",
            "an index of a Label Studio export in CSV; export JSON",
        ),
        ("<!DOCTYPE html>\n<html>", "a page saved from a browser"),
        ("https://label.example.org/projects/1/data\n", "an address of a browser"),
    ],
)
def test_what_is_of_another_kind_is_told(tmp_path: Path, content: str, kind: str) -> None:
    (tmp_path / "x.conll").write_text(content)
    found, outcome = sides_of(conll.read, tmp_path / "x.conll")
    assert found == []
    assert len(outcome.problems) == 1
    assert kind in told(outcome)[0]
