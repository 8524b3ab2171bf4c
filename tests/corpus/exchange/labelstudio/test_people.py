"""The file that says whose e-mail is whose."""

from __future__ import annotations

from pathlib import Path

import pytest

from hashiya.corpus.exchange.labelstudio.people import read_people
from hashiya.schema.errors import SourceError


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("layla = 3.5", "layla: 3.5 is no e-mail and no number"),
        ("layla = [[1]]", "no e-mail"),
        ('a = 3\nb = [4, "3"]', "b and a have the same number, 3"),
        ('a = "x@y.z"\nb = "X@y.z"', "b and a have the same e-mail"),
        ("layla", "not valid TOML"),
    ],
)
def test_a_file_of_users_that_cannot_be_right(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "users.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        read_people(path)
    with pytest.raises(SourceError, match="No such file"):
        read_people(tmp_path / "none.toml")
