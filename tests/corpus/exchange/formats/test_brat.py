"""brat's folders: what we write of line breaks, particles and notes, and what brat writes that we refuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.exchange.convert import write_labels
from hashiya.corpus.exchange.formats import brat
from hashiya.corpus.exchange.formats.files import ReadOptions
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.scheme import shipped_scheme
from tests.corpora import label
from tests.corpus.exchange.formats.sides_read import named, packed, sides_of, told
from tests.corpus.exchange.labelled import AR, EN, corpus_of, entity, flag, record, rich, standing, take_in


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(tmp_path / "corpus")


def taken(corpus: Corpus, path: Path) -> tuple[Outcome, list[tuple[str, str]]]:
    outcome, report = take_in(corpus, "brat", path, "layla")
    assert not report.problems
    return outcome, [(item.text, item.type) for made in standing(corpus) for item in made.entities]


def test_a_folder_that_brat_serves(corpus: Corpus, tmp_path: Path) -> None:
    made = rich(corpus)
    record(corpus, [made])
    write_labels(corpus, "brat", tmp_path / "out")
    out = tmp_path / "out"
    assert {path.suffix for path in out.iterdir()} == {".txt", ".ann", ".conf"}
    assert (out / f"{made.pair_id}.ar.txt").read_bytes().decode() == AR
    assert (out / f"{made.pair_id}.en.txt").read_bytes().decode() == EN
    lines = (out / f"{made.pair_id}.en.ann").read_bytes().decode().split("\n")
    first, last = EN.index("AI"), EN.index("costs")
    assert lines[0] == "T1\tcompany 0 6\tNvidia"
    # Over a line break a span has two pieces.
    assert lines[1] == f"T2\ttechnology {first} {first + 2};{last} {last + 5}\tAI costs"
    assert lines[3].startswith("T4\tflag-mistranslation ")
    assert lines[4] == "#1\tAnnotatorNotes T1\tconcept: nvidia"
    arabic = (out / f"{made.pair_id}.ar.ann").read_bytes().decode()
    assert "\tAnnotatorNotes T4\tintended: AI\n" in arabic
    conf = (out / "annotation.conf").read_text().split("\n")
    assert conf[1:12] == [*shipped_scheme().ids("entity"), "flag-mistranslation", "flag-garbled"]
    visual = (out / "visual.conf").read_text()
    assert "company | Company شركة | company\n" in visual
    assert visual.count("bgColor") == 12


def test_what_a_line_cannot_say_is_counted(corpus: Corpus, tmp_path: Path) -> None:
    made = rich(corpus)
    broken = entity(corpus, 0, "en", "\r\n", "en8")
    record(
        corpus,
        [replace(made, entities=(*made.entities, broken), flags=(flag(corpus, 0, "ar", "إنّ", "a\nb"),))],
    )
    outcome = write_labels(corpus, "brat", tmp_path / "out")
    assert outcome.left_out["entities", "begin or end in a line break"] == 1
    assert outcome.left_out["intended", "brat's notes are of one line"] == 1


def test_what_brat_writes(corpus: Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "news"
    folder.mkdir(parents=True)
    (folder / "17.txt").write_bytes(b"Meta said yes.")
    (folder / "17.ann").write_bytes(
        b"T1\tcompany 0 4\tMeta\r\n"
        b"R1\tOwns Arg1:T1 Arg2:T2\t\n"
        b"E1\tSay:T2 Who:T1\n"
        b"A1\tNegation E1\n"
        b"N1\tReference T1 Wikidata:Q380\tMeta\n"
        b"*\tEquiv T1 T2\n"
        b"#1\tAnnotatorNotes T1\tlook again\n"
        b"#2\tAnnotatorNotes T1\tconcept: meta\n"
    )
    (folder / "18.txt").write_bytes(b"Nobody looked at this.")
    outcome, found = taken(corpus, tmp_path / "in")
    assert found == [("Meta", "company")]
    assert standing(corpus)[0].entities[0].concept == "meta"
    assert {what: number for (what, _), number in outcome.left_out.items()} == {
        "relations": 2, "events": 1, "attributes": 1, "normalizations": 1, "notes": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("T1\tcompany 0 4\tMata", "'company' at [0:4]: quotes 'Mata', the text has 'Meta'"),
        ("T1\tcompany 0 40\tMeta", "the text ends at 14"),
        ("T1\tcompany 4 0\t", "end before they start"),
        ("T1\tORG 0 4\tMeta", "unknown label; one of company"),
        ("T1\tcompany 0 4;10 13\tMeta yes", "line 1: entities: of several pieces"),
        ("T1\tcompany 0 4;2 6\tMeta ta s", "line 1: entities: of several pieces"),
        (f"T1\tcompany 0 {'9' * 5000}\tMeta", "line 1: lines: no annotation of brat"),
        ("company 0 4", "line 1: lines: no annotation of brat"),
        ("T1\tcompany 5 9\tsaid\nT1\tcompany 0 4\tMeta", "line 2: entities: a second T1"),
    ],
)
def test_faults_are_told_by_line(corpus: Corpus, tmp_path: Path, line: str, complaint: str) -> None:
    name = f"{corpus.generation().pair_ids()[1]}.en"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"{name}.txt").write_text("Meta said yes.")
    (tmp_path / "in" / f"{name}.ann").write_text(f"{line}\nT2\ttechnology 10 13\tyes\n")
    outcome, found = taken(corpus, tmp_path / "in")
    assert ("yes", "technology") in found
    assert f"{name}.ann" in str(outcome.problems[0])
    assert complaint in str(outcome.problems[0])


def test_texts_that_are_missing_or_no_texts(corpus: Corpus, tmp_path: Path) -> None:
    name = f"{corpus.generation().pair_ids()[1]}.en"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"{name}.ann").write_text("T1\tcompany 0 4\tMeta\nT2\tcompany 0 2;3 4\tM a\n")
    (tmp_path / "in" / "other.ann").write_text("T1\tcompany 0 4\tMeta\n")
    (tmp_path / "in" / "bytes.ann").write_bytes(b"T1\tcompany 0 1\t\xff\n")
    (tmp_path / "in" / "bytes.txt").write_bytes(b"\xff")
    outcome, found = taken(corpus, tmp_path / "in")
    assert found == [("Meta", "company")]
    told = " ".join(str(problem) for problem in outcome.problems)
    assert "of several pieces" in told
    assert "other.ann: sides: its .txt is missing" in told
    assert "bytes.ann: sides: not UTF-8 (byte 0)" in told


def test_line_ends_that_an_editor_changed(corpus: Corpus, tmp_path: Path) -> None:
    record(corpus, [label(corpus.generation(), 0, ("en", "Nvidia"))])
    write_labels(corpus, "brat", tmp_path / "out")
    path = next((tmp_path / "out").glob("*.en.txt"))
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    outcome, found = taken(corpus, tmp_path / "out")
    assert outcome.whole, outcome
    assert found == [("Nvidia", "company")]


def folder(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def test_a_document_is_named_by_its_path(tmp_path: Path) -> None:
    files = {
        "news/n1.txt": b"Meta said yes.\n",
        "news/n1.ann": b"T1\tcompany 0 4\tMeta\n",
        "n2.ar.txt": "قالت ميتا 👩‍💻 نعم.".encode(),
        "n2.ar.ann": "T1\tcompany 5 9\tميتا\n".encode(),
    }
    root = folder(tmp_path / "in", files)
    for source in (root, packed(tmp_path / "in.zip", files)):
        found, outcome = sides_of(brat.read, source)
        assert outcome.whole
        assert [(side.doc_id, side.lang, named(side)) for side in found] == [
            ("n2", "ar", [("ميتا", "company")]),
            ("news/n1", None, [("Meta", "company")]),
        ]
    ((side,), _) = sides_of(brat.read, root / "news" / "n1.ann")
    assert (side.doc_id, side.annotator) == ("n1", None)
    ((side,), _) = sides_of(brat.read, root / "news" / "n1.ann", ReadOptions(named_after=True))
    assert side.annotator == "n1"


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("counted", [True, False])
def test_offsets_count_as_what_they_quote_says(tmp_path: Path, bom: str, end: str, counted: bool) -> None:
    text = f"{bom}قالت{end}إنفيديا 👩‍💻{end}لا.{end}"
    seen = text if counted else text.removeprefix("\ufeff").replace("\r\n", "\n")
    starts = {name: seen.index(name) for name in ("إنفيديا", "لا")}
    lines = [
        f"T{number}\tcompany {start} {start + len(name)}\t{name}{end}"
        for number, (name, start) in enumerate(starts.items(), start=1)
    ]
    files = {"n.txt": text.encode(), "n.ann": (bom + "".join(lines)).encode()}
    ((side,), outcome) = sides_of(brat.read, folder(tmp_path, files))
    assert outcome.whole
    assert named(side) == [("إنفيديا", "company"), ("لا", "company")]
    assert side.text == (text if counted else seen).removeprefix("\ufeff")


def test_without_marks_a_byte_order_mark_is_no_letter(tmp_path: Path) -> None:
    files = {"n.txt": "\ufeffلا.\r\n".encode(), "n.ann": b""}
    ((side,), _) = sides_of(brat.read, folder(tmp_path, files))
    assert side.text == "لا.\r\n"


def test_a_mark_over_the_byte_order_mark_begins_after_it(tmp_path: Path) -> None:
    files = {"n.txt": "\ufeffMeta said.".encode(), "n.ann": "T1\tcompany 0 5\t\ufeffMeta\n".encode()}
    ((side,), _) = sides_of(brat.read, folder(tmp_path, files))
    assert (named(side), side.marks[0].quote) == ([("Meta", "company")], "Meta")


def test_the_configuration_says_what_was_offered(tmp_path: Path) -> None:
    conf = (
        "[entities]\n# names\nORG\n\tCompany\n!Living\n-----\nflag-garbled\n\n[relations]\nOwns\tArg1:ORG\n"
        "[events]\nBuy\tWho:ORG\n[attributes]\nNegation\tArg:<EVENT>\n"
    )
    files = {
        "annotation.conf": conf.encode(),
        "a/n.txt": b"Meta",
        "a/n.ann": b"",
        "b/annotation.conf": b"[entities]\nPER\n[relations]\n",
        "b/n.txt": b"Meta",
        "b/n.ann": b"",
    }
    found, _ = sides_of(brat.read, folder(tmp_path / "in", files))
    assert [side.offered for side in found] == [("ORG", "Company", "flag:garbled", "Buy"), ("PER",)]
    ((side,), _) = sides_of(brat.read, folder(tmp_path / "out", {"n.txt": b"Meta", "n.ann": b""}))
    assert side.offered is None


def test_what_is_no_span_is_counted_and_told_once(tmp_path: Path) -> None:
    pieces = b"T1\tORG 0 1;3 4\tM a\nT2\tORG 0 1;3 4\tM a\n"
    files = {"n.txt": b"Meta", "n.ann": pieces + b"T3\tORG 0 4\tMeta\nT4 broken\nnothing\nR1\tx Arg1:T1\n"}
    ((side,), outcome) = sides_of(brat.read, folder(tmp_path, files))
    assert (named(side), side.unread) == ([("Meta", "ORG")], 3)
    assert told(outcome) == [
        f"{tmp_path}/n.ann, line 1 and 1 more: entities: of several pieces; an entity of hashiya is one",
        f"{tmp_path}/n.ann, line 4 and 1 more: lines: no annotation of brat",
    ]
