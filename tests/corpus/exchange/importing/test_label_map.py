"""Label maps as people write them, their drafts, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from hashiya.corpus.exchange.importing.label_map import (
    FileLabels,
    LabelNames,
    draft_label_map,
    read_label_map,
)
from hashiya.schema.errors import SourceError
from hashiya.schema.scheme import shipped_scheme

SCHEME = shipped_scheme()


def test_a_map(tmp_path: Path) -> None:
    file = tmp_path / "labels.toml"
    file.write_text(
        'ORG = "company"\n"شركة تقنية" = "company"\nMISC = ""\nBAD = "flag:garbled"\n'
        '[layers]\n"custom.Span" = "value"\n[keys]\ntext = "content"\n',
        encoding="utf-8",
    )
    found = read_label_map(file, SCHEME)
    assert found == FileLabels(
        {"ORG": "company", "شركة تقنية": "company", "MISC": None, "BAD": "flag:garbled"},
        {"custom.Span": "value"},
        {"text": "content"},
    )
    names = LabelNames(SCHEME, found, with_flags=True)
    assert [names.label(name) for name in ("org", "شركة تقنية", "place", "Bad", "LOC")] == [
        "company",
        "company",
        "place",
        "flag:garbled",
        None,
    ]
    assert (names.is_left_out("misc"), names.is_left_out("ORG"), names.is_left_out("LOC")) == (
        True,
        False,
        False,
    )
    assert set(names.mapped()) == {"company", "flag:garbled"}
    assert list(names.left_out()) == []
    assert list(LabelNames(SCHEME, FileLabels({"place": None}), with_flags=False).left_out()) == ["place"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('ORG = "firm"', "ORG: 'firm' is no label of the scheme; one of company"),
        ('ORG = "?"', 'ORG: is not decided; write a label, or "" to leave it out'),
        ("ORG = 3", "ORG: 3 is no label"),
        ('ORG = ["company"]', r"ORG: \['company'\] is no label"),
        ('[firms]\nORG = "company"', r"\[firms\]: is no table of a label map; one of .*layers"),
        ("ORG", "not valid TOML"),
        ('[keys]\nspans = "a"', r"keys\.spans: is no key that can be named; one of text, labels"),
        ('[keys]\ntext = ["a"]', r"keys\.text: \['a'\] is no text"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "labels.toml"
    file.write_text(content)
    with pytest.raises(SourceError, match=complaint):
        read_label_map(file, SCHEME)
    with pytest.raises(SourceError, match="No such file"):
        read_label_map(tmp_path / "none.toml", SCHEME)


def test_a_draft_is_a_map_but_for_what_must_be_decided(tmp_path: Path) -> None:
    file = tmp_path / "labels.toml"
    draft = draft_label_map(Counter({"company": 3, "شركة": 2, 'MI"SC\n': 5, "B-1": 1}), SCHEME)
    file.write_text(draft, encoding="utf-8")
    with pytest.raises(SourceError, match="is not decided"):
        read_label_map(file, SCHEME)
    file.write_text(draft.replace('"?"', '""'), encoding="utf-8")
    assert read_label_map(file, SCHEME).labels == {
        'MI"SC\n': None,
        "company": "company",
        "شركة": SCHEME_COMPANY,
        "B-1": None,
    }


SCHEME_COMPANY = LabelNames(SCHEME, FileLabels(), with_flags=False).label("شركة")
