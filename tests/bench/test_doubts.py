from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.doubts import KINDS, MADE, denied, false_alarms, main, negated, shares, tables, true_pairs
from bench.sets import Case

PAIRS = [
    ("باعت الشركة 35 سيارة.", "The company sold 35 cars."),
    ("لم ترتفع الأسهم اليوم.", "Shares did not rise today."),
    ("السوق هادئة.", "The market is calm."),
]


def write(folder: Path, name: str, pairs: list[tuple[str, str]]) -> None:
    (folder / "align").mkdir(exist_ok=True)
    lines = "".join(f"{ar}\t{en}\n" for ar, en in pairs)
    (folder / "align" / f"{name}.tsv").write_text(lines, encoding="utf-8")


def test_true_pairs_are_the_right_beads_with_two_sides() -> None:
    case: Case = {
        "id": "made",
        "ar": ["أ", "ب", "ت"],
        "en": ["a", "b"],
        "gold": [([0, 1], [0]), ([2], []), ([], [1])],
    }
    assert true_pairs([case, case]) == [("أ ب", "a"), ("أ ب", "a")]


def test_wrong_pairs_are_made_of_true_ones() -> None:
    assert list(MADE["next"](PAIRS)) == [(PAIRS[0][0], PAIRS[1][1]), (PAIRS[1][0], PAIRS[2][1])]
    assert [en for _, en in MADE["merged"](PAIRS)][1:] == ["Shares did not rise today. The market is calm."]
    assert list(denied(PAIRS)) == [(PAIRS[1][0], "Shares did rise today.")]
    assert list(negated(PAIRS)) == [(PAIRS[2][0], "The market is not calm.")]


def test_shares_are_of_all_pairs() -> None:
    assert shares(PAIRS) == [0.0] * (len(KINDS) + 1)
    half = [(PAIRS[0][0], "The company sold 53 cars."), PAIRS[2]]
    assert dict(zip((*KINDS, "any"), shares(half), strict=True)) == {
        "numbers": 0.5,
        "names": 0.0,
        "negation": 0.0,
        "length": 0.0,
        "any": 0.5,
    }


def test_the_table_has_true_and_wrong_pairs_of_each_set_in_arabic(tmp_path: Path) -> None:
    write(tmp_path, "made", PAIRS)
    write(tmp_path, "german", [("Der Markt ist ruhig.", "Le marché est calme.")])
    (sheet,) = tables(tmp_path)
    assert [row[:3] for row in sheet.rows] == [
        ["made", "true", 3],
        ["made", "next", 2],
        ["made", "merged", 2],
        ["made", "taken out", 1],
        ["made", "put in", 1],
    ]
    negation = [column.heading for column in sheet.columns].index("negation")
    assert [row[negation] for row in sheet.rows if row[1] in {"true", "taken out", "put in"}] == [0, 1, 1]
    assert list(tables(tmp_path / "nothing")) == []


def test_false_alarms_show_what_was_seen_and_the_texts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(false_alarms(PAIRS)) == []
    wrong = (PAIRS[0][0], "The company sold 53 cars.")
    assert list(false_alarms([wrong])) == [f"numbers\n  35\n  53\n  {wrong[0]}\n  {wrong[1]}"]
    write(tmp_path, "made", [wrong])
    assert main(tmp_path) == 0
    assert capsys.readouterr().out.startswith("made\nnumbers\n  35\n")


def test_what_is_wrong_with_the_data_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(tmp_path) == 1
    assert "no align/*.json" in capsys.readouterr().err
    (tmp_path / "align").mkdir()
    (tmp_path / "align" / "a.json").write_text(json.dumps([{}]), encoding="utf-8")
    assert main(tmp_path) == 1
    assert "a.json: no set of documents" in capsys.readouterr().err
