"""`hashiya convert` as its users meet it: what it prints, its JSON, its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashiya.corpus.dataset.release import release
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import HashiyaError, LabelError
from hashiya.schema.records import Flag
from hashiya.tui.cli.convert import convert_app
from tests.corpora import label, new
from tests.corpus.exchange.labelled import corpus_of, record, rich, standing

RUN = CliRunner()


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    made = corpus_of(tmp_path / "corpus")
    record(made, [rich(made), label(made.generation(), 1, status="draft")])
    return made


def test_out_and_in_again(corpus: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = RUN.invoke(convert_app, ["to", "doccano", str(corpus.folder), str(out)])
    assert done.exit_code == 1  # a link was left out
    assert f"2 texts written to {out}\n" in done.stdout
    assert "Converted   2 flags: spans with the label flag:KIND\n" in done.stdout
    assert "Left out    1 links: doccano's JSONL has no place for them\n" in done.stdout
    assert done.stderr.startswith("note: ")
    assert "1 draft" in done.stderr
    other = corpus_of(tmp_path / "other")
    arguments = ["from", "doccano", str(out), str(other.folder), "--annotator", "omar"]
    done = RUN.invoke(convert_app, arguments)
    assert done.exit_code == 0, done.stderr
    assert "1 annotations recorded, 0 stood already\n" in done.stdout
    assert [item.annotator for item in standing(other)] == ["omar"]
    done = RUN.invoke(convert_app, [*arguments, "--json"])
    report = json.loads(done.stdout)
    assert (report["recorded"], report["unchanged"]) == (0, 1)
    assert report["kept"] == {"entities": 6, "flags": 2, "annotations": 1}


def test_the_report_is_json(corpus: Corpus, tmp_path: Path) -> None:
    arguments = [
        "to",
        "conll",
        str(corpus.folder),
        str(tmp_path / "out"),
        "--status",
        "any",
        "--all",
        "--json",
    ]
    report = json.loads(RUN.invoke(convert_app, arguments).stdout)
    assert report["kept"] == {"sides": 5, "entities": 6}
    assert {"what": "links", "why": "CoNLL has no place for them", "count": 1} in report["left_out"]
    assert (report["converted"], report["problems"]) == ([], [])


def test_what_is_wrong_is_told_and_the_exit_code_is_1(corpus: Corpus, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    lines = [
        {"text": "Meta said yes.", "label": [[0, 4, "\u001b[2J"]]},
        {"text": "لا.", "label": [[0, 2, "event"]]},
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    arguments = ["from", "doccano", str(file), str(corpus.folder), "--annotator", "omar"]
    with pytest.raises(LabelError, match="nothing was recorded"):
        RUN.invoke(convert_app, [*arguments, "--strict"], catch_exceptions=False)
    done = RUN.invoke(convert_app, [*arguments, "--status", "unsure"])
    assert done.exit_code == 1
    assert "in.jsonl, line 1" in done.stderr
    assert "\x1b" not in done.stderr
    assert "Left out    1 entities: have an unknown label\n" in done.stdout
    assert {item.status for item in standing(corpus, "omar")} == {"unsure"}


def test_what_stands_is_replaced_if_asked(corpus: Corpus, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps({"text": "Meta said yes.", "label": [[0, 4, "company"]]}))
    arguments = ["from", "doccano", str(file), str(corpus.folder), "--annotator", "layla"]
    assert RUN.invoke(convert_app, arguments).exit_code == 1
    assert RUN.invoke(convert_app, [*arguments, "--replace"]).exit_code == 0
    assert [item.status for item in standing(corpus)] == ["done", "done"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["to", "tsv", "corpus", "out"], "doccano, prodigy, conll"),
        (["to", "brat", "corpus", "out", "--status", "finished"], "review, any"),
        (["from", "brat", "in", "corpus", "--annotator", "x", "--status", "any"], "unsure, review"),
        (["from", "brat", "in", "corpus", "--annotator", "x", "--repeated", "some"], "none, all"),
    ],
)
def test_a_wrong_command_line_is_2(arguments: list[str], complaint: str) -> None:
    done = RUN.invoke(convert_app, arguments, env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert complaint in done.stderr


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A release of three documents: a side of "b" is disputed, one of "c" has an edge inside a token."""
    rows = {"a": [("قالت لـMeta نعم.", "Meta said yes.")], "b": [("خلاف.", "Dispute, Meta.")]}
    splits = {"a": {"split": "train"}, "b": {"split": "test"}, "c": {"split": "test"}}
    corpus = new(tmp_path / "corpus", {**rows, "c": [("شركات.", "Metaverse.")]}, **splits)
    generation = corpus.generation()
    flag = Flag(lang="ar", start=0, end=4, text="قالت", kind="garbled")
    with corpus.journal() as journal:
        journal.record(
            [
                label(generation, 0, ("ar", "Meta"), ("en", "Meta"), doc_id="a", flags=(flag,)),
                label(generation, 0, ("en", "Meta"), doc_id="b"),
                label(generation, 0, doc_id="b", annotator="omar"),
                label(generation, 0, ("en", "Meta"), doc_id="c"),
            ]
        )
    release(corpus, tmp_path / "release", lambda _: None)
    return tmp_path / "release"


def test_a_release_is_converted_by_split_with_tokens_of_the_text_alone(
    released: Path, tmp_path: Path
) -> None:
    arguments = ["to", "conll", str(released), str(tmp_path / "train"), "--split", "train", "--json"]
    report = json.loads(RUN.invoke(convert_app, arguments).stdout)
    assert report["kept"] == {"sides": 2, "entities": 2}
    assert report["left_out"] == [{"what": "flags", "why": "CoNLL has no place for them", "count": 1}]
    lines = (tmp_path / "train" / "train.ar.conll").read_text(encoding="utf-8").splitlines()
    assert [line.split("\t")[0] for line in lines if "\t" in line] == ["قالت", "لـ", "Meta", "نعم", "."]
    assert "Meta\t7\t11\tB-company" in lines


def test_what_nobody_knows_goes_to_no_tool_as_nothing(released: Path, tmp_path: Path) -> None:
    arguments = ["to", "conll", str(released), str(tmp_path / "test"), "--split", "test", "--json"]
    done = RUN.invoke(convert_app, arguments)
    report = json.loads(done.stdout)
    assert report["kept"] == {"sides": 2, "entities": 0}
    assert {(item["why"], item["count"]) for item in report["left_out"]} == {
        ("in part it is not known what is there, and the format cannot say so", 1),
        ("an entity begins or ends inside a token", 1),
    }
    assert done.exit_code == 1
    with pytest.raises(LabelError, match="nothing was written"):
        RUN.invoke(
            convert_app,
            ["to", "conll", str(released), str(tmp_path / "strict"), "--strict"],
            catch_exceptions=False,
        )
    assert not (tmp_path / "strict").exists()
    done = RUN.invoke(convert_app, ["to", "doccano", str(released), str(tmp_path / "all.jsonl"), "--json"])
    assert json.loads(done.stdout)["kept"] == {"sides": 5, "entities": 3}


@pytest.mark.parametrize("name", ["doccano", "prodigy", "conll", "brat", "xmi", "spacy"])
def test_a_release_goes_to_every_format_and_comes_back(released: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / f"{name}.out"
    arguments = ["to", name, str(released), str(out), "--split", "train"]
    assert "2 texts written" in RUN.invoke(convert_app, arguments).stdout
    corpus = Corpus.open(tmp_path / "corpus")
    back = RUN.invoke(convert_app, ["from", name, str(out), str(corpus.folder), "--annotator", "x"])
    assert back.exit_code == 0, back.stdout + back.stderr
    assert {entity.text for item in standing(corpus, "x") for entity in item.entities} == {"Meta"}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["release", "out", "--annotator", "layla"], "are for a corpus"),
        (["release", "out", "--all"], "are for a corpus"),
        (["corpus", "out", "--split", "train"], "a corpus has no splits"),
    ],
)
def test_options_of_the_other_kind_of_folder_are_refused(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = RUN.invoke(convert_app, ["to", "conll", *arguments], env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert complaint in done.stderr


def test_what_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(HashiyaError, match="is no corpus"):
        RUN.invoke(convert_app, ["to", "brat", str(tmp_path), str(tmp_path / "out")], catch_exceptions=False)


@pytest.mark.parametrize(
    ("name", "module", "extra"), [("xmi", "cassis", "exchange"), ("spacy", "spacy", "spacy")]
)
def test_a_library_that_is_not_there(
    corpus: Corpus, tmp_path: Path, name: str, module: str, extra: str
) -> None:
    code = (
        f"import sys; sys.modules[{module!r}] = None; sys.modules['{module}.tokens'] = None\n"
        "from hashiya.tui.cli.convert import convert_app\n"
        "from hashiya.schema.errors import MissingExtraError\n"
        "for arguments in (['to', NAME, CORPUS, OUT], ['from', NAME, CORPUS, CORPUS, '--annotator', 'x']):\n"
        "    try:\n"
        "        convert_app(arguments, standalone_mode=False)\n"
        "    except MissingExtraError as error:\n"
        "        print(error)\n"
    )
    for key, value in {"NAME": name, "CORPUS": str(corpus.folder), "OUT": str(tmp_path / "out")}.items():
        code = code.replace(key, repr(value))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count(f"needs the extra {extra!r}") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_nothing_heavy_is_imported_to_explain_it() -> None:
    code = "import sys, hashiya.tui.cli.convert; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pyarrow", "numpy", "pydantic", "cassis", "spacy", "lxml"} & set(done.stdout.split())
