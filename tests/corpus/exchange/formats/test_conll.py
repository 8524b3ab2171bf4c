"""CoNLL columns: ours with ranges, and those of others with nothing but forms and tags."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.exchange.convert import write_labels
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import SourceError
from tests.corpora import label
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
