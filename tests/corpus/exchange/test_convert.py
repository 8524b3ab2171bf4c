"""Every format: what it holds comes back as it was; the rest is counted, and refused if asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from typer.testing import CliRunner

from hashiya.corpus.exchange.convert import FORMATS, write_labels
from hashiya.corpus.exchange.export_sides import Selection
from hashiya.corpus.exchange.sides import SideMark, pieces
from hashiya.schema.errors import HashiyaError, LabelError
from hashiya.schema.records import Annotation, Lang, Span
from hashiya.tui.cli.main import app
from tests.corpora import label, tokenize
from tests.corpus.exchange.labelled import (
    ROWS,
    annotated,
    corpus_of,
    held,
    marked,
    record,
    rich,
    standing,
    take_in,
)

NAMES = [name for name, form in FORMATS.items() if form.write is not None]
Marked = tuple[str, str, list[tuple[Lang, int, int, str, str | None]]]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_format_holds_comes_back(name: str, tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus")
    wanted = [rich(corpus), label(corpus.generation(), 1), label(corpus.generation(), 2)]
    record(corpus, wanted)
    outcome = write_labels(corpus, name, tmp_path / "out")
    assert not outcome.problems
    assert outcome.left_out["links", f"{FORMATS[name].title} has no place for them"] == 1
    assert outcome.left_out["stances", f"{FORMATS[name].title} has no place for them"] == 1
    assert outcome.kept["entities"] == 6
    other = corpus_of(tmp_path / "other")
    incoming, report = take_in(other, name, tmp_path / "out", "layla", status="done", unlabelled_is_done=True)
    assert incoming.whole, incoming
    assert report.recorded == 3
    assert incoming.kept["entities"] == 6
    assert [held(item, name) for item in standing(other)] == [held(item, name) for item in wanted]
    assert all(item.origin == "imported" for item in standing(other))


@pytest.mark.parametrize("name", NAMES)
def test_what_went_out_and_comes_in_untouched_changes_nothing(name: str, tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus")
    record(corpus, [rich(corpus), label(corpus.generation(), 1)])
    before = standing(corpus)
    write_labels(corpus, name, tmp_path / "out")
    outcome, report = take_in(corpus, name, tmp_path / "out", "layla")
    assert outcome.whole, outcome
    assert (report.recorded, report.unchanged, standing(corpus)) == (0, 2, before)


@settings(max_examples=30)
@given(made=marked())
def test_any_text_goes_round(made: Marked, tmp_path_factory: pytest.TempPathFactory) -> None:
    ar, en, marks = made
    folder = tmp_path_factory.mktemp("round")
    corpus = corpus_of(folder / "corpus", [(ar, en)])
    wanted = annotated(corpus, marks)
    record(corpus, [wanted])
    for name in NAMES:
        outcome = write_labels(corpus, name, folder / name, Selection(annotator="layla"))
        lost = {what for what, _ in outcome.left_out}
        if not outcome.kept["sides"]:
            assert name == "xmi"
            continue
        incoming, _ = take_in(corpus, name, folder / name, name, status="done", unlabelled_is_done=True)
        blank = {what for what in incoming.left_out if what == ("entities", "hold white space alone")}
        assert incoming.left_out.keys() - blank <= {("annotations", "have no mark that can be read")}
        if blank and not standing(corpus, name):
            continue
        (found,) = standing(corpus, name)
        _, _, _, entities, flags = held(found, name)
        _, _, _, wanted_entities, wanted_flags = held(without_blanks(wanted), name)
        assert entities <= wanted_entities
        assert lost & {"entities", "sides"} or entities == wanted_entities
        assert lost & {"flags", "sides", "intended"} or flags == wanted_flags


def without_blanks(annotation: Annotation) -> Annotation:
    """An annotation with the white space taken off its entities, as an import takes it off."""
    entities = [
        replace(item, start=start, end=start + len(item.text.strip()), text=item.text.strip())
        for item in annotation.entities
        if item.text.strip()
        for start in [item.start + len(item.text) - len(item.text.lstrip())]
    ]
    return replace(annotation, entities=tuple(entities))


@pytest.mark.parametrize("name", NAMES)
def test_strict_writes_all_or_nothing(name: str, tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus")
    record(corpus, [rich(corpus)])
    with pytest.raises(LabelError, match=r"nothing was written; .*\n(?s:.*)1 links: "):
        write_labels(corpus, name, tmp_path / "out", strict=True)
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


@pytest.mark.parametrize("name", NAMES)
def test_strict_takes_what_is_whole(name: str, tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus")
    record(corpus, [label(corpus.generation(), 1, ("ar", "ميتا"), ("en", "Meta"))])
    assert write_labels(corpus, name, tmp_path / "out", strict=True).whole
    other = corpus_of(tmp_path / "other")
    take_in(other, name, tmp_path / "out", "layla", strict=True)
    assert len(standing(other)) == 1


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="no format 'tsv'; one of doccano, prodigy, conll"):
        write_labels(corpus_of(tmp_path / "corpus"), "tsv", tmp_path / "out")


def test_everybody_goes_out_where_the_format_says_who(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus")
    both = [label(corpus.generation(), 1, ("en", "Meta"), annotator=who) for who in ("layla", "omar")]
    record(corpus, both)
    for name in ("doccano", "prodigy"):
        write_labels(corpus, name, tmp_path / name)
        other = corpus_of(tmp_path / f"other-{name}")
        outcome, report = take_in(other, name, tmp_path / name, "omar")
        assert (outcome.whole, report.recorded) == (True, 1)
        assert "2 sides of other annotators were passed over" in outcome.problems[0].what
        assert [item.annotator for item in standing(other)] == ["omar"]
    for name in set(NAMES) - {"doccano", "prodigy"}:
        with pytest.raises(LabelError, match=r"cannot say who labelled; name one .*layla, omar"):
            write_labels(corpus, name, tmp_path / name)
        write_labels(corpus, name, tmp_path / name, Selection(annotator="omar"))
    with pytest.raises(LabelError, match="'salma' labelled nothing in this corpus; there are: layla, omar"):
        write_labels(corpus, "doccano", tmp_path / "x", Selection(annotator="salma"))


def test_other_statuses_are_told_of_and_go_out_if_asked(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus")
    generation = corpus.generation()
    statuses = ("draft", "unsure", "review")
    names = ("إنفيديا", "ميتا", "لا")
    record(
        corpus,
        [
            label(generation, number, ("ar", name), status=status)
            for number, (name, status) in enumerate(zip(names, statuses, strict=True))
        ],
    )
    outcome = write_labels(corpus, "doccano", tmp_path / "done.jsonl")
    assert (tmp_path / "done.jsonl").read_text() == ""
    assert outcome.whole
    assert outcome.problems[0].what.endswith("were not asked for: 1 draft, 1 unsure, 1 review")
    for name in ("doccano", "prodigy", "conll", "spacy"):
        write_labels(corpus, name, tmp_path / name, Selection(status=None))
        other = corpus_of(tmp_path / f"other-{name}")
        take_in(other, name, tmp_path / name, "layla")
        assert [item.status for item in standing(other)] == list(statuses)
    outcome = write_labels(corpus, "brat", tmp_path / "brat", Selection(status=None))
    assert outcome.left_out["statuses", "brat's standoff has no place for them"] == 3


@pytest.mark.parametrize("name", NAMES)
def test_unlabelled_pairs_go_out_if_asked_and_do_not_come_in_as_labelled(name: str, tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus")
    record(corpus, [label(corpus.generation(), 1, ("en", "Meta"))])
    outcome = write_labels(corpus, name, tmp_path / "out", Selection(unlabelled=True))
    assert outcome.kept["sides"] == 5
    other = corpus_of(tmp_path / "other")
    incoming, report = take_in(other, name, tmp_path / "out", "layla")
    assert (incoming.whole, report.recorded) == (True, 1)
    assert "2 pairs without a mark" in incoming.problems[0].what
    take_in(other, name, tmp_path / "out", "layla", status="done", unlabelled_is_done=True)
    assert len(standing(other)) == 3


def test_what_cannot_go_out_is_counted(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus", [*ROWS, ("إعلان", "Advertisement")])
    first, second = (label(corpus.generation(), 1, comment=words) for words in ("a", "b"))
    record(corpus, [first])
    with corpus.journal() as journal:
        journal.record([replace(label(corpus.generation(), 0), pair_id="f" * 32)])
        journal.record_beside(second, ())
    outcome = write_labels(corpus, "doccano", tmp_path / "out")
    told = {(what, why): number for (what, why), number in outcome.left_out.items()}
    assert told["annotations", "two of layla stand side by side; save one of them first"] == 2
    assert told["annotations", "their pair is gone from the corpus; see `labels export --unplaced`"] == 1


def test_nothing_is_written_into_the_corpus_or_over_others_work(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.ann").write_text("T1")
    for name, out, complaint in (
        ("doccano", corpus.folder / "out.jsonl", "lies in the corpus folder"),
        ("brat", corpus.folder, "lies in the corpus folder"),
        ("brat", tmp_path / "full", "is there already"),
        ("doccano", tmp_path / "full", "is no file"),
        ("doccano", tmp_path / "none" / "out.jsonl", "make it first"),
    ):
        with pytest.raises(HashiyaError, match=complaint):
            write_labels(corpus, name, out)
    (tmp_path / "empty").mkdir()
    write_labels(corpus, "brat", tmp_path / "empty")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "empty", "full"]


def test_pieces_make_up_the_text() -> None:
    text = "a bc  d e"
    marks = [SideMark(start=3, end=4, label="x"), SideMark(start=7, end=9, label="x")]
    parts = list(pieces(text, [Span(0, 1), Span(2, 4), Span(6, 7), Span(8, 9)], marks))
    assert parts == [(0, 1, True), (2, 3, False), (3, 4, False), (4, 6, False), (6, 7, False), (7, 8, False),
                     (8, 9, False)]  # fmt: skip
    assert list(pieces("", [], [])) == []
    words = list(pieces("one two", tokenize("one two"), []))
    assert words == [(0, 3, True), (4, 7, False)]


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in NAMES])
def test_what_is_only_read_is_not_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"is only read, not written; one of doccano, prodigy, .* can be"):
        write_labels(corpus_of(tmp_path / "corpus"), name, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_a_label_map_names_the_keys_of_a_file(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus")
    file = tmp_path / "in.jsonl"
    file.write_text('{"content": "Meta said yes.", "names": [[0, 4, "ORG"]]}\n', encoding="utf-8")
    labels = tmp_path / "labels.toml"
    labels.write_text('ORG = "company"\n[keys]\ntext = "content"\nlabels = "names"\n')
    arguments = ["convert", "from", "doccano", str(file), str(corpus.folder), "--annotator", "layla"]
    done = CliRunner().invoke(app, [*arguments, "--map", str(labels)])
    assert done.exit_code == 0, done.stderr
    assert [item.type for item in standing(corpus)[0].entities] == ["company"]


@pytest.mark.parametrize("name", ["doccano", "brat"])
def test_predictions_go_out_as_such_if_asked(name: str, tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus")
    predicted = label(corpus.generation(), 1, ("en", "Meta"), annotator="m1", origin="suggested")
    record(corpus, [label(corpus.generation(), 1, ("en", "Meta")), predicted])
    outcome = write_labels(corpus, name, tmp_path / "out")
    assert outcome.kept["entities"] == 1
    assert name == "brat" or "1 predictions of m1 were not asked for" in outcome.problems[0].what
    assert write_labels(corpus, name, tmp_path / "asked", Selection(annotator="m1")).kept["entities"] == 1
