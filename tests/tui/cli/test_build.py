"""What is printed of a build: how far it is, what it found there, and the pairs to look at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.building.build import Built
from hashiya.corpus.building.build_report import BuildReport, GivenReport, UncertainPair
from hashiya.corpus.building.run_plan import BuildProgress
from hashiya.corpus.carrying.carry_over import CarryReport
from hashiya.corpus.text.ids import pair_ids
from hashiya.tui.cli.build import print_built, progress_text
from tests import corpora

ROWS = [("باعت الشركة 35 سيارة.", "The company sold 53 cars."), ("نعم.", "Yes.")]
IDS = list(pair_ids("d", ROWS))
LOW = UncertainPair(
    pair_id=IDS[0],
    doc_id="d",
    index=0,
    score=0.25,
    ar="باعت الشركة 35 سيارة.",
    en="The company sold 53 cars.",
)
REPORT = BuildReport(
    documents=1,
    ar_sentences=1,
    en_sentences=1,
    pairs=1,
    boilerplate=0,
    beads={"1-1": 1},
    ar_unaligned=0,
    en_unaligned=0,
    lowest=(),
    given=(),
    problems=(),
)


@pytest.mark.parametrize(
    ("state", "seconds", "text"),
    [
        (BuildProgress(1000), 5.0, "0 parts, 0 documents"),
        # What was there already took no time of this run, so that it says nothing of its speed.
        (BuildProgress(1000, done=400, reused=400, parts=2, documents=1200), 5.0, "2 parts, 1,200 documents"),
        (BuildProgress(1000, done=400, parts=2, documents=10, pairs_made=30), 0.0, "2 parts, 10 documents"),
        (
            BuildProgress(1000, done=600, reused=500, parts=3, documents=10, pairs_made=12_345),
            10.0,
            "3 parts, 10 documents, 1,234 beads/s, 0:00:40 left",
        ),
        (
            BuildProgress(10_000, done=1000, parts=1, documents=2, pairs_made=70),
            1000.0,
            "1 parts, 2 documents, 0 beads/s, 2:30:00 left",
        ),
        (
            BuildProgress(1000, done=1000, parts=1, documents=2, pairs_made=70),
            7.0,
            "1 parts, 2 documents, 10 beads/s, 0:00:00 left",
        ),
    ],
)
def test_progress_of_a_build(state: BuildProgress, seconds: float, text: str) -> None:
    assert progress_text(state, seconds) == text


def printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], report: BuildReport, *, reused: int = 0
) -> list[str]:
    corpus = corpora.new(tmp_path / "corpus", {"d": ROWS})
    print_built(Built(corpus, report, CarryReport(), fresh=True, parts=3, reused=reused), corpus.folder)
    return capsys.readouterr().out.splitlines()


def test_a_build_that_went_on_says_what_was_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(tmp_path, capsys, REPORT, reused=2)[0] == "Resumed     2 of 3 parts were there"


def test_a_build_from_the_start_resumes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(tmp_path, capsys, REPORT)
    assert lines[0] == "Documents   1"
    assert not any(line.startswith("Resumed") for line in lines)


def test_doubts_stand_under_the_pair_that_has_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agreeing = UncertainPair(pair_id=IDS[1], doc_id="d", index=1, score=None, ar="نعم.", en="Yes.")
    report = replace(REPORT, lowest=(LOW, agreeing))
    lines = printed(tmp_path, capsys, report)
    first = next(number for number, line in enumerate(lines) if line.startswith("Look at")) + 1
    bare = [line.replace("\u2068", "").replace("\u2069", "").strip() for line in lines[first : first + 6]]
    assert bare[:5] == [
        "0.25     #1  d  The company sold 53 cars.",
        LOW.ar,
        "check: 35 only in Arabic · 53 only in English",
        "by hand  #2  d  Yes.",
        agreeing.ar,
    ]
    assert bare[5].startswith("Files")


def test_many_documents_with_beads_by_hand_are_told_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tuple(
        GivenReport(
            doc_id=f"d{number}",
            ar_sentences=(9, 10, 8),
            en_sentences=(5, 5, 5),
            precision=0.9,
            recall=0.8,
            f1=number / 10,
        )
        for number in range(6)
    )
    each = printed(tmp_path, capsys, replace(REPORT, given=given[:2]))
    assert sum("has beads made by hand" in line for line in each) == 2
    together = printed(tmp_path, capsys, replace(REPORT, given=given))
    first = next(number for number, line in enumerate(together) if line.startswith("By hand"))
    assert [line.removeprefix("By hand").strip() for line in together[first : first + 4]] == [
        "6 documents have beads made by hand, which stand. Left alone,",
        "the segmenter finds 48 of 60 Arabic sentences and 30 of 30 English,",
        "the aligner gets precision 0.900, recall 0.800, F1 0.250, a document,",
        "and the least F1 in d0 (0.000), d1 (0.100), d2 (0.200)",
    ]
