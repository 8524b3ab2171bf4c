"""`hashiya agreement`: for people, as JSON, as CSV, and as a page that needs nothing beside itself."""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Annotation, Stance
from hashiya.tui.cli.main import app
from tests.corpora import Rows, label, new

ROWS: Rows = [
    ("قالت إنفيديا ولاما في وول ستريت", "Nvidia and Llama said on Wall Street"),
    ("ارتفعت أسهم إنفيديا", "Shares of Nvidia rose"),
]
LAYLA = "ليلى <b>&</b>"


def run(*arguments: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["agreement", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done.stdout


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return new(tmp_path / "corpus", {"d1": ROWS, "d2": ROWS, "<i>d3</i>": ROWS})


@pytest.fixture
def labelled(corpus: Corpus) -> Path:
    generation = corpus.generation()
    made: list[Annotation] = []
    for number, doc_id in enumerate(("d1", "d2", "<i>d3</i>")):
        for who, said in (
            (LAYLA, "bullish"),
            ("omar", "bearish" if number else "bullish"),
            ("sara", "mixed"),
        ):
            stances = (Stance(target="chips", stance=said, holder="author"),)
            made.append(label(generation, 0, ("en", "Nvidia"), doc_id=doc_id, annotator=who, stances=stances))
            made.append(label(generation, 1, doc_id=doc_id, annotator=who))
    with corpus.journal() as journal:
        journal.record(made)
    return corpus.folder


def test_people_read_counts_figures_and_what_is_disputed(labelled: Path) -> None:
    lines = run(labelled).splitlines()
    assert lines[2] == "Shared      6 of 6 pairs are done by two or more, in 3 documents"
    assert f"omar, sara, {LAYLA}" in lines
    presence = next(line for line in lines if line.startswith("  stances, presence "))
    assert " ".join(presence.split()) == (
        "stances, presence alpha 1.000 1.00 to 1.00 36 cells, 0 differ; 6 pairs, 3 documents"
    )
    assert any("links" in line and "undefined: no overlap" in line for line in lines)
    at = lines.index("Taken for each other")
    assert lines[at + 1].split() == ["4", "stances:", "bullish", "/", "mixed"]
    assert lines[at + 2].startswith("         bullish: The sentence says that something is good")
    assert "The pairs with the most" in lines


def test_why_there_is_no_interval_is_said(corpus: Corpus) -> None:
    made = [label(corpus.generation(), 0, ("en", "Nvidia"), doc_id="d1", annotator=who) for who in ("a", "b")]
    with corpus.journal() as journal:
        journal.record(made)
    lines = run(corpus.folder).splitlines()
    assert lines[2] == "Shared      1 of 1 pairs are done by two or more, in 1 document"
    assert "  where no interval stands: an interval needs two documents; there is one" in lines


def test_the_report_as_json_has_every_figure_with_its_counts(labelled: Path) -> None:
    report = json.loads(run(labelled, "--json"))["report"]
    assert report["finished"] == {"omar": 6, "sara": 6, LAYLA: 6}
    groups = {tuple(figure["annotators"]) for figure in report["figures"]}
    assert len(groups) == 4
    for figure in report["figures"]:
        assert (figure["value"] is None) == bool(figure["undefined"])
        assert (figure["low"] is None) == bool(figure["interval_undefined"])
    assert report["disagreements"]["pairs"][0]["layers"] == {"stances": 3}
    assert json.loads(run(labelled, "--json"))["report"] == report
    other = json.loads(run(labelled, "--json", "--seed", "7"))["report"]
    assert (other["seed"], other["disagreements"]) == (7, report["disagreements"])


def test_csv_has_a_line_a_figure(labelled: Path) -> None:
    rows = list(csv.DictReader(run(labelled, "--csv").splitlines()))
    figures = json.loads(run(labelled, "--json"))["report"]["figures"]
    assert len(rows) == len(figures)
    assert rows[0]["annotators"] == f"omar; sara; {LAYLA}"
    assert [float(row["value"]) if row["value"] else None for row in rows] == [
        figure["value"] for figure in figures
    ]
    run(labelled, "--csv", "--json", code=2)


class _Shapes(HTMLParser):
    """The tags of a page, its text, and what it would load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.loads: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in {"src", "href"}]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_holds_plots_and_rules_and_names_stay_text(labelled: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert f"Page        {page}" in run(labelled, "--html", page)
    text = page.read_text(encoding="utf-8")
    shapes = _Shapes(text)
    assert (shapes.loads, "script" in shapes.tags, "i" in shapes.tags) == ([], False, False)
    assert LAYLA in shapes.text
    assert "<i>d3</i>" in shapes.text
    plots = [
        part.split("</svg>")[0] + "</svg>" for part in ("<svg" + rest for rest in text.split("<svg")[1:])
    ]
    assert len(plots) == 2, "the figures and the stances"
    for plot in plots:
        assert ElementTree.fromstring(plot).get("role") == "img"
    assert "The sentence says that something is good" in shapes.text


def test_a_corpus_with_nobody_to_compare_says_so(corpus: Corpus, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert "Agreement needs two annotators" in run(corpus.folder, "--html", page)
    assert "Agreement needs two annotators" in page.read_text(encoding="utf-8")
    assert len(run(corpus.folder, "--csv").splitlines()) == 1


def test_the_page_is_never_written_into_the_corpus(labelled: Path) -> None:
    journal = labelled / "journal.sqlite"
    before = journal.read_bytes()
    run(labelled, "--html", journal, code=1)
    assert journal.read_bytes() == before
