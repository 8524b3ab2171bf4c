"""team.toml: what is read, and what is said of a file that is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hashiya.corpus.team.people import need_team, parse_team, read_team
from hashiya.schema.errors import CorpusError
from hashiya.schema.team import Person, Team, WorkRules

FULL = """
[[person]]
name = "ليلى"
reads = ["ar"]
roles = ["annotator", "adjudicator"]
layers = ["entities", "flags"]
left = 2025-03-01
formerly = ["layla"]

[[person]]
name = "sara"

[plan]
overlap = 1
gold = ["news/1"]
seed = 7
"""


def test_a_file_says_who_there_is_and_how_work_is_shared_out() -> None:
    team = parse_team(FULL, "team.toml")
    layla = Person(
        name="ليلى",
        reads=("ar",),
        roles=("annotator", "adjudicator"),
        layers=("entities", "flags"),
        left="2025-03-01",
        formerly=("layla",),
    )
    rules = WorkRules(overlap=1.0, gold=("news/1",), seed=7)
    assert team == Team(person=(layla, Person(name="sara")), plan=rules)
    assert [team.name_now(name) for name in ("layla", "ليلى", "sara", "omar")] == [
        "ليلى", "ليلى", "sara", "omar",
    ]  # fmt: skip
    assert team.names_of("layla") == ("ليلى", "layla")


def test_one_person_may_have_names_that_are_alike() -> None:
    team = parse_team('[[person]]\nname = "layla"\nformerly = ["Layla"]', "team.toml")
    assert team.names_of("Layla") == ("layla", "Layla")


def test_who_left_is_there_until_that_day() -> None:
    team = parse_team(FULL, "team.toml")
    assert [person.name for person in team.annotators(date(2025, 2, 28))] == ["ليلى", "sara"]
    assert [person.name for person in team.annotators(date(2025, 3, 1))] == ["sara"]
    gone = parse_team('[[person]]\nname = "a"\nleft = true', "team.toml")
    assert gone.annotators(date(2025, 1, 1)) == ()
    builder = parse_team('[[person]]\nname = "a"\nroles = ["builder"]', "team.toml")
    assert builder.annotators(date(2025, 1, 1)) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[person]]", "person[0].name: field required"),
        ('[[person]]\nname = "a"\nspeaks = ["ar"]', "person[0].speaks: unknown field"),
        ('[[person]]\nname = "a"\nreads = ["fr"]', "person[0].reads[0]: input should be 'ar' or 'en'"),
        ('[[person]]\nname = "a"\nreads = []', "person[0].reads: is empty"),
        (
            '[[person]]\nname = "a"\nroles = ["annotator", "annotator"]',
            "person[0].roles: has something twice",
        ),
        ('[[person]]\nname = "a"\nleft = "soon"', "person[0].left: 'soon' must be a date"),
        ('[[person]]\nname = "a"\nleft = 2025-02-14T10:00:00', "person[0].left: "),
        ('[[person]]\nname = " "', "person[0].name: ' ' cannot be a name"),
        ('[[person]]\nname = "a "', "person[0].name: 'a ' begins or ends with white space"),
        (
            '[[person]]\nname = "a"\n[[person]]\nname = "b"\nformerly = ["a"]',
            "person[1].formerly: 'a' is the",
        ),
        (
            '[[person]]\nname = "layla"\n[[person]]\nname = "Layla"',
            "person[1].name: 'Layla' can be taken for",
        ),
        (
            '[[person]]\nname = "Jos\u00e9"\n[[person]]\nname = "b"\nformerly = ["jose\u0301"]',
            "person[1].formerly: 'jose\u0301' can be taken for 'Jos\u00e9' of person[0]",
        ),
        ("[plan]\noverlap = 1.5", "plan.overlap: "),
        ("[plan]\noverlap = nan", "plan.overlap: "),
        ('[plan]\ngold = ["a", "a"]', "plan.gold[1]: 'a' is there twice"),
        ("[plan", "is not TOML"),
        ('person = "a"', "person: "),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(CorpusError) as refused:
        parse_team(text, "corpus/team.toml")
    assert str(refused.value).startswith("corpus/team.toml: ")
    assert said in str(refused.value)


def test_a_corpus_without_a_file_has_no_team(tmp_path: Path) -> None:
    assert read_team(tmp_path) is None
    with pytest.raises(CorpusError, match=r"team\.toml: is not there; write it"):
        need_team(tmp_path)
    (tmp_path / "team.toml").write_bytes(b"\xef\xbb\xbf[[person]]\nname = 'a'\n")
    assert need_team(tmp_path) == Team(person=(Person(name="a"),))
    (tmp_path / "team.toml").write_bytes(b"\xff")
    with pytest.raises(CorpusError, match="not UTF-8"):
        read_team(tmp_path)
