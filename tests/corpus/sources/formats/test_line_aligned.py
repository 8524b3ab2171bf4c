"""Two line-aligned files: each pair of lines is a bead, and the texts are the files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hashiya.corpus.sources.find import find_sources
from hashiya.corpus.sources.read import read_stretch
from hashiya.schema.errors import Problem
from hashiya.schema.records import LANGS
from tests.corpus.sources.conftest import Read, Write, slices

# Arabic with marks, tatweel, joiners, emoji, CR and every white space but the newline; no letters enough to
# be judged by their script.
LINES = st.lists(
    st.text(st.sampled_from("اّـ x\u200d👩\u200c\r\t\xa0\u2028\x85\x0b"), max_size=5), min_size=1, max_size=8
)


def test_each_pair_of_lines_is_a_bead_and_blank_pairs_are_none(read: Read, write: Write) -> None:
    write("a.ar", "واحد\r\n\n\n  اثنان \nثلاثة\r\n")
    write("a.en", "one\n\n\u00a0two\n\nthree")
    found = read()
    assert found.document.ar == "واحد\r\n\n\n  اثنان \nثلاثة\r\n"
    assert slices(found.item, "ar") == [["واحد"], [], ["اثنان"], ["ثلاثة"]]
    assert slices(found.item, "en") == [["one"], ["two"], [], ["three"]]
    assert not any(bead.segmented for bead in found.item.beads)
    assert found.problems == []


def test_lines_end_at_a_newline_only(read: Read, write: Write) -> None:
    write("a.ar", "واحد\u2028اثنان\x0bثلاثة\x85أربعة\r\nخمسة\n")
    write("a.en", "one\x1cto four\nfive\n")
    assert slices(read().item, "ar") == [["واحد\u2028اثنان\x0bثلاثة\x85أربعة"], ["خمسة"]]


@given(ar=LINES, en=LINES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slices_at_the_beads_are_the_lines(tmp_path: Path, ar: list[str], en: list[str]) -> None:
    count = min(len(ar), len(en))
    sides = {"ar": ar[:count], "en": en[:count]}
    for lang, lines in sides.items():
        (tmp_path / f"a.{lang}").write_bytes("".join(f"{line}\n" for line in lines).encode())
    problems: list[Problem] = []
    items = [
        item
        for one in find_sources([tmp_path], problems.append)
        for item in read_stretch(one, None, problems.append)
    ]
    if not all("".join(lines).strip() for lines in sides.values()):
        assert items == []
        assert problems
        return
    (item,) = items
    wanted = [pair for pair in zip(*sides.values(), strict=True) if any(line.strip() for line in pair)]
    for lang, texts in zip(LANGS, zip(*wanted, strict=True), strict=True):
        assert item.document.text(lang) == "".join(f"{line}\n" for line in sides[lang])
        assert slices(item, lang) == [[text.strip()] if text.strip() else [] for text in texts]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.ar": "و\n", "a.en": "one\ntwo\n"}, "a.ar: is not line-aligned: a.ar has 1 and a.en has 2 lines"),
        ({"a.ar": "و\n"}, "a.ar: line-aligned files come in twos: it needs NAME.ar and NAME.en"),
        ({"a.en": "x\n"}, "a.en: line-aligned files come in twos: it needs NAME.ar and NAME.en"),
        ({"a.ar": "", "a.en": "x\n"}, "a.ar: is empty: if the document has no such side, delete the file"),
        ({"a.ar": "و\0\n", "a.en": "x\n"}, "a.ar: line 1, column 2: a NUL character"),
        ({"a.ar": b"\xc7\xe1\xe1\xe5\n", "a.en": "x\n"}, "a.ar: byte 0 (0xC7) is not UTF-8; this looks like"),
        ({"a.ar": "word " * 9, "a.en": "x\n"}, "a.ar: 100% of its letters are Latin"),
    ],
)
def test_what_is_refused(read: Read, write: Write, files: dict[str, str], message: str) -> None:
    for name, content in files.items():
        write(name, content)
    assert read().refused().startswith(message)
