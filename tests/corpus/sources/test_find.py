"""Which files are sources, which are read together, and what is said of the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hashiya.corpus.sources.find import find_sources
from hashiya.schema.errors import Problem
from tests.corpus.sources.conftest import Read, Write, nothing_wrong

AR = "انخفضت الأسهم يوم الاثنين بعد الإعلان."
EN = "Shares fell on Monday after the announcement."


def found(root: Path, *paths: Path) -> tuple[list[tuple[str, str, list[str]]], list[tuple[str, bool]]]:
    problems: list[Problem] = []
    sources = find_sources(paths or (root,), problems.append)
    units: list[tuple[str, str, list[str]]] = [
        (one.format, one.key, [Path(str(path)).relative_to(root).as_posix() for path in one.paths])
        for one in sources
    ]
    return units, [(str(problem).replace(f"{root}/", ""), problem.left_out) for problem in problems]


def test_files_of_one_name_are_read_together_in_the_order_of_their_keys(write: Write, tmp_path: Path) -> None:
    for name in (
        *("z.ar.txt", "a.b.en.txt", "a.b.ar.txt", "a.b.toml", "a.b.beads.json", "sub/a.jsonl", "sub/a.toml"),
        *("m.ar", "m.en", "t.tmx", "p.parquet", "w.ar.html", "w.en.htm", "v.html", "x.ar.html", "x.en.txt"),
    ):
        write(name, AR)
    assert found(tmp_path) == (
        [
            ("text", "a.b", ["a.b.ar.txt", "a.b.beads.json", "a.b.en.txt", "a.b.toml"]),
            ("lines", "m", ["m.ar", "m.en"]),
            ("parquet", "p", ["p.parquet"]),
            ("jsonl", "sub/a", ["sub/a.jsonl", "sub/a.toml"]),
            ("tmx", "t", ["t.tmx"]),
            ("html", "v", ["v.html"]),
            ("html", "w", ["w.ar.html", "w.en.htm"]),
            ("html", "x", ["x.ar.html", "x.en.txt"]),
            ("text", "z", ["z.ar.txt"]),
        ],
        [],
    )


def test_suffixes_in_capitals_count(write: Write, tmp_path: Path) -> None:
    write("A.AR.TXT", AR)
    assert found(tmp_path)[0] == [("text", "A", ["A.AR.TXT"])]


def test_what_is_plainly_no_source_is_passed_over_in_silence(write: Write, tmp_path: Path) -> None:
    write("a.ar.txt", AR)
    for name in (
        *(
            "README.md",
            "README.txt",
            "LICENSE",
            "LICENCE.txt",
            "NOTICE",
            "gold.labels.jsonl",
            "team.journal.jsonl",
            ".hidden.ar.txt",
        ),
        *("a.ar.txt~", "Makefile", "build.py", "photo.JPG", ".git/x.ar.txt", "__MACOSX/x.ar.txt", "x.yml"),
    ):
        write(name, AR)
    assert found(tmp_path) == ([("text", "a", ["a.ar.txt"])], [])


def test_news_is_no_readme(write: Write, tmp_path: Path) -> None:
    for name in ("news.jsonl", "notice.ar.txt", "readme.en.html"):
        write(name, AR)
    assert [key for _, key, _ in found(tmp_path)[0]] == ["news", "notice", "readme"]


def test_what_a_browser_saves_beside_a_page_is_no_source(write: Write, tmp_path: Path) -> None:
    write("page.ar.html", AR)
    write("page.ar_files/ad.html", EN)
    write("other_files/b.html", EN)
    assert [key for _, key, _ in found(tmp_path)[0]] == ["other_files/b", "page"]


def test_a_corpus_inside_the_folder_is_no_source(write: Write, tmp_path: Path) -> None:
    write("a.ar.txt", AR)
    write("corpus/corpus.toml", "")
    write("corpus/generations/1/documents.parquet", "")
    assert found(tmp_path) == ([("text", "a", ["a.ar.txt"])], [])
    assert found(tmp_path, tmp_path / "corpus") == (
        [],
        [
            (
                f"{tmp_path / 'corpus'}: is a corpus: give the folder of texts that it is built from".replace(
                    f"{tmp_path}/", ""
                ),
                True,
            )
        ],
    )


@pytest.mark.parametrize(
    ("name", "message", "left_out"),
    [
        ("b.txt", "b.txt: its name says no language: call it NAME.ar.txt or NAME.en.txt", True),
        ("b.fr.txt", "b.fr.txt: its name says no language: call it NAME.ar.txt or NAME.en.txt", True),
        ("b.ar.txt.gz", "b.ar.txt.gz: compressed files are not read: unpack it first", True),
        ("b.tmx.zip", "b.tmx.zip: compressed files are not read: unpack it first", True),
        ("old.tar.gz", "old.tar.gz: compressed files are not read: unpack it first", False),
        ("b.csv", "b.csv: convert it to JSONL or Parquet with the columns id, ar and en", False),
        ("b.pdf", "b.pdf: save it as plain text: NAME.ar.txt or NAME.en.txt", False),
        ("b.json", "b.json: write one object a line and call it NAME.jsonl", False),
        ("b.xliff", "b.xliff: export it as TMX", False),
        ("b.dat", "b.dat: is of no format that is read", False),
        ("b.toml", "b.toml: no source of this name stands beside it", False),
        ("b.beads.json", "b.beads.json: no source of this name stands beside it", False),
    ],
)
def test_data_that_nobody_reads_is_named_with_the_way_out(
    write: Write, tmp_path: Path, name: str, message: str, left_out: bool
) -> None:
    write("a.ar.txt", AR)
    write(name, AR)
    units, problems = found(tmp_path)
    assert [key for _, key, _ in units] == ["a"]
    assert problems == [(message, left_out)]


def test_files_of_one_kind_that_nobody_reads_are_one_warning(write: Write, tmp_path: Path) -> None:
    write("a.ar.txt", AR)
    for name in ("b.csv", "c.csv", "sub/d.csv", "e.xlsx"):
        write(name, "")
    assert [message for message, _ in found(tmp_path)[1]] == [
        "b.csv (and 2 more such files): convert it to JSONL or Parquet with the columns id, ar and en",
        "e.xlsx: convert it to JSONL or Parquet with the columns id, ar and en",
    ]


def test_what_is_named_by_hand_and_not_read_is_left_out(write: Write, tmp_path: Path) -> None:
    csv = write("b.csv", "")
    readme = write("README.md", "")
    assert found(tmp_path, csv, readme) == (
        [],
        [("b.csv: convert it to JSONL or Parquet with the columns id, ar and en", True)],
    )


def test_files_named_by_hand_find_each_other_and_their_metadata(write: Write, tmp_path: Path) -> None:
    ar, en = write("sub/a.ar.txt", AR), write("sub/a.en.txt", EN)
    write("sub/a.toml", "")
    write("sub/b.en.txt", EN)
    assert found(tmp_path, ar, en) == ([("text", "a", ["sub/a.ar.txt", "sub/a.en.txt", "sub/a.toml"])], [])
    assert found(tmp_path, en)[0] == [("text", "a", ["sub/a.en.txt", "sub/a.toml"])]


def test_a_file_that_is_reached_twice_counts_once(write: Write, tmp_path: Path) -> None:
    file = write("sub/a.ar.txt", AR)
    assert found(tmp_path, tmp_path, file, tmp_path / "sub")[0] == [("text", "sub/a", ["sub/a.ar.txt"])]


def test_paths_may_be_relative(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("sub/a.ar.txt", AR)
    monkeypatch.chdir(tmp_path)
    for path in (".", "sub/..", "sub/a.ar.txt", "sub"):
        (source,) = find_sources([Path(path)], nothing_wrong)
        assert source.key == ("sub/a" if path in {".", "sub/.."} else "a")


def test_a_path_that_does_not_exist_and_an_empty_folder_are_reported(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    units, problems = found(tmp_path, tmp_path / "nowhere", tmp_path / "empty")
    assert units == []
    assert problems[0] == ("nowhere: cannot be read: no such file or folder, or no permission", True)
    assert problems[1][0].startswith("empty: holds no source; what is read: NAME.ar.txt, NAME.en.html,")
    assert problems[1][1]


def test_links_are_followed_and_never_in_circles(write: Write, tmp_path: Path) -> None:
    write("here/a.ar.txt", AR)
    (tmp_path / "here/loop").symlink_to(tmp_path / "here")
    (tmp_path / "there").symlink_to(tmp_path / "here")
    (tmp_path / "lost.en.txt").symlink_to(tmp_path / "nowhere")
    units, problems = found(tmp_path)
    assert [key for _, key, _ in units] == ["here/a"]
    assert problems == [
        ("lost.en.txt: cannot be read: no file, no permission, or a link that leads nowhere", True)
    ]


def test_a_pipe_is_no_file(write: Write, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.ar.txt")
    assert found(tmp_path)[0] == []


def test_a_name_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.ar.txt")).write_text(AR, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    units, ((message, left_out),) = found(tmp_path)
    assert units == []
    assert "its name is not UTF-8: rename it" in message
    assert message.isascii()
    assert left_out


def test_a_name_that_cannot_be_an_id_is_reported(read: Read, write: Write) -> None:
    write("a\nb.ar.txt", AR)
    assert (
        read()
        .refused()
        .endswith("its doc_id would be 'a\\nb': an id is one line without control characters: take them out")
    )
