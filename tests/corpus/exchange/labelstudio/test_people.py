"""The file that says whose e-mail is whose."""

from __future__ import annotations

from pathlib import Path

import pytest

from hashiya.corpus.exchange.labelstudio.people import people_of_team, read_people
from hashiya.schema.errors import SourceError
from hashiya.schema.team import Person, Team, team_faults


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


def test_a_team_says_who_its_people_are_there_and_a_file_comes_first(tmp_path: Path) -> None:
    team = Team(
        person=(
            Person(name="ليلى", formerly=("layla",), labelstudio=("l@example.org", 7)),
            Person(name="omar", labelstudio=(3, "o@example.org")),
            Person(name="sara"),
        )
    )
    people = people_of_team(team, "team.toml")
    assert (people.email("layla"), people.email("ليلى"), people.email("sara")) == ("l@example.org",) * 2 + (
        None,
    )
    assert (people.annotator("L@example.org"), people.annotator(7), people.annotator(3)) == (
        "ليلى",
        "ليلى",
        "omar",
    )
    path = tmp_path / "users.toml"
    path.write_text('layla = "new@example.org"\nsara = 3\n', encoding="utf-8")
    people = people_of_team(team, "team.toml", path)
    assert people.email("layla") == "new@example.org"
    assert (people.annotator("l@example.org"), people.annotator(3)) == ("l@example.org", "sara")
    assert people.annotator("o@example.org") == "omar"


def test_a_team_with_users_that_cannot_be() -> None:
    assert not list(team_faults(Team(person=(Person(name="a", labelstudio=("a@b.c", 0)),))))
    assert list(team_faults(Team(person=(Person(name="a", labelstudio=("a", -1)),)))) == [
        "person[0].labelstudio: 'a' is no e-mail and no number of a user",
        "person[0].labelstudio: -1 is no e-mail and no number of a user",
    ]
    twice = Team(person=(Person(name="a", labelstudio=("x@y.z",)), Person(name="b", labelstudio=("X@y.z",))))
    assert list(team_faults(twice)) == [
        "person[1].labelstudio: 'X@y.z' is person[0], too; a user is one person"
    ]
