from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.align import Timed, by_type, judge
from bench.peers.aligners import SYSTEMS, LengthsOnly
from bench.sets import Case, alignment_sets, read_set
from hashiya.corpus.encoders.use.encoder import default_encoder
from hashiya.schema.errors import HashiyaError

AR = [
    "ارتفعت الأسهم اليوم في نيويورك.",
    "قالت الشركة إنها ستبيع الرقائق للصين.",
    "لم يعلق البيت الأبيض.",
    "انتهى.",
]
EN = [
    "Shares rose in New York today.",
    "The company said that it would sell the chips to China.",
    "The White House did not comment.",
    "Analysts had expected a fall.",
    "The end.",
]
CASE: Case = {
    "id": "made",
    "ar": ["أ" * 40, "ب" * 40, "ت" * 40, "ث", "ج" * 40, "ح" * 40],
    "en": ["a" * 40, "b" * 40, "c" * 40, "d", "e" * 40],
    "gold": [([0], [0]), ([1, 2], [1]), ([3], [3]), ([4], []), ([], [2]), ([5], [4])],
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_gives_each_sentence_once_and_in_order(name: str) -> None:
    system = SYSTEMS[name]
    encoder = Timed(default_encoder() if system.embeds else LengthsOnly())
    if name.startswith("sentweave") and not find_spec("sentweave"):  # compiled: for `make bench`
        with pytest.raises(ImportError, match="sentweave"):
            system.make(encoder)(AR, EN)
        return
    found = system.make(encoder)(AR, EN)
    assert [i for ar, _, _ in found for i in ar] == list(range(len(AR)))
    assert [j for _, en, _ in found for j in en] == list(range(len(EN)))
    assert ([0], [0]) in [(ar, en) for ar, en, _ in found]
    assert all((score is not None) == name.startswith("hashiya") for _, _, score in found)
    assert (encoder.seconds > 0) == (name != "galechurch")


def test_f1_by_type_by_hand() -> None:
    found = [
        ([0], [0], 0.9),
        ([1], [1], 0.6),
        ([2], [2], 0.5),
        ([3], [3], 0.9),
        ([4], [], 0.7),
        ([5], [4], 1.0),
    ]
    assert by_type([found], [CASE]) == {
        "1-1": "0.750 (3)",  # 3 of the 5 found are the 3 of the gold
        "1-2, 2-1": "0.000 (1)",
        "larger": "",
        "alone": "0.667 (2)",
        "under 30 characters": "1.000 (1)",
    }


def test_a_bead_is_right_only_exactly_and_an_omission_sentence_by_sentence() -> None:
    found = [
        ([0], [0], 0.9),
        ([1], [1], 0.6),
        ([2], [], 0.5),
        ([4], [], 0.8),
        ([], [2], 0.4),
        ([5], [4], None),
    ]
    assert [(bead.score, bead.right, bead.both_sides) for bead in judge([found], [CASE])] == [
        (0.9, True, True),
        (0.6, False, True),
        (0.5, False, False),
        (0.8, True, False),
        (0.4, True, False),
    ]


def test_lines_are_documents_of_a_hundred(tmp_path: Path) -> None:
    (tmp_path / "align").mkdir()
    file = tmp_path / "align" / "made.tsv"
    file.write_text("".join(f"{i}\tعربي {i}\tEnglish {i}\n" for i in range(130)), encoding="utf-8")
    first, second = read_set(file)
    assert alignment_sets(tmp_path) == [file]
    assert (len(first["ar"]), len(second["en"])) == (100, 30)
    assert (second["ar"][0], second["en"][0], second["gold"][29]) == ("عربي 100", "English 100", ([29], [29]))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.tsv", "one\ttwo\nthree\n", "line 2: one column"),
        ("a.json", "[{}]", "no set of documents"),
        ("a.json", "{", "no set of documents"),
        ("a.json", json.dumps([{"id": 1, "ar": [], "en": [], "gold": [[0]]}]), "no set of documents"),
    ],
)
def test_a_broken_set_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(HashiyaError, match=rf"{name}.*{said}"):
        read_set(tmp_path / name)
