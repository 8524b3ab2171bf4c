"""Links into the browser: what is kept of them, who gets one, and how they end."""

from __future__ import annotations

import multiprocessing
import os
from datetime import date
from pathlib import Path

import pytest

from hashiya.corpus.team.invitations import (
    INVITATIONS_FILE,
    Invitations,
    invite,
    new_token,
    read_invitations,
    remember_address,
    revoke,
    token_hash,
    why_not_invited,
)
from hashiya.schema.errors import CorpusError
from hashiya.schema.team import Person, Team

DAY = date(2026, 3, 1)
TEAM = """
[[person]]
name = "سارة"
formerly = ["sara"]
[[person]]
name = "omar"
left = 2026-03-01
"""


def invited(folder: Path) -> list[str]:
    return [found.annotator for found in read_invitations(folder).invitations]


def test_a_link_is_kept_as_a_hash_that_only_its_owner_can_read(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        tokens = invite(tmp_path, ["layla", "سارة"], DAY)
    finally:
        os.umask(before)
    path = tmp_path / INVITATIONS_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert not any(token in path.read_text(encoding="utf-8") for token in tokens.values())
    assert len(set(tokens.values())) == 2
    stand = read_invitations(tmp_path)
    for name, token in tokens.items():
        found = stand.of_token(token_hash(token))
        assert found is not None
        assert found.annotator == name
    assert stand.of_token(token_hash(new_token())) is None
    assert stand.of_token("") is None
    assert {entry.name for entry in tmp_path.iterdir()} <= {INVITATIONS_FILE, ".invitations.lock"}


def test_whoever_is_invited_anew_has_the_new_link_alone(tmp_path: Path) -> None:
    old = invite(tmp_path, ["layla", "omar"], DAY)
    new = invite(tmp_path, ["layla"], DAY)
    stand = read_invitations(tmp_path)
    assert stand.of_token(token_hash(old["layla"])) is None
    assert stand.of_token(token_hash(new["layla"])) is not None
    assert stand.of_token(token_hash(old["omar"])) is not None


def test_a_link_is_revoked_and_no_other_one(tmp_path: Path) -> None:
    invite(tmp_path, ["layla", "omar"], DAY)
    with pytest.raises(CorpusError, match=r"only layla, omar have one, not 'sara'"):
        revoke(tmp_path, ["layla", "sara"])
    assert invited(tmp_path) == ["layla", "omar"]
    assert revoke(tmp_path, ["layla"]) == ["layla"]
    assert invited(tmp_path) == ["omar"]
    revoke(tmp_path, ["omar"])
    with pytest.raises(CorpusError, match="nobody has one"):
        revoke(tmp_path, ["omar"])


def test_in_a_team_only_who_is_there_is_invited(tmp_path: Path) -> None:
    (tmp_path / "team.toml").write_text(TEAM, encoding="utf-8")
    with pytest.raises(CorpusError) as told:
        invite(tmp_path, ["سارة", "sara", "omar", "layla"], DAY)
    assert "'sara' is called سارة now" in str(told.value)
    assert "'omar' has left" in str(told.value)
    assert "'layla' is not in team.toml; there are: سارة, omar" in str(told.value)
    assert invited(tmp_path) == []
    assert list(invite(tmp_path, ["omar"], date(2026, 2, 28))) == ["omar"]


def test_an_earlier_name_is_the_same_person(tmp_path: Path) -> None:
    invite(tmp_path, ["sara"], DAY)
    (tmp_path / "team.toml").write_text(TEAM, encoding="utf-8")
    invite(tmp_path, ["سارة"], DAY)
    assert invited(tmp_path) == ["سارة"]
    assert revoke(tmp_path, ["sara"]) == ["سارة"]


@pytest.mark.parametrize("name", ["", " ", " layla", "lay\nla", "\u202elayla", "\x1b]0;x\x07"])
def test_what_is_no_name_is_not_invited(name: str) -> None:
    assert "cannot be a name" in why_not_invited(name, None, DAY)
    assert "cannot be a name" in why_not_invited(name, Team(person=(Person(name=name),)), DAY)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o601])
def test_a_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    invite(tmp_path, ["layla"], DAY)
    (tmp_path / INVITATIONS_FILE).chmod(mode)
    with pytest.raises(CorpusError, match="chmod 600"):
        read_invitations(tmp_path)
    with pytest.raises(CorpusError, match="chmod 600"):
        invite(tmp_path, ["omar"], DAY)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_account_is_refused(tmp_path: Path) -> None:
    invite(tmp_path, ["layla"], DAY)
    os.chown(tmp_path / INVITATIONS_FILE, 12345, -1)
    with pytest.raises(CorpusError, match="belongs to another account"):
        read_invitations(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2}', '{"format": 1, "tokens": []}'])
def test_a_file_that_says_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / INVITATIONS_FILE
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(CorpusError, match="invite everybody anew"):
        read_invitations(tmp_path)


def test_the_address_is_remembered(tmp_path: Path) -> None:
    assert read_invitations(tmp_path) == Invitations()
    invite(tmp_path, ["layla"], DAY)
    remember_address(tmp_path, "https://label.example.org")
    assert read_invitations(tmp_path).address == "https://label.example.org"
    assert invited(tmp_path) == ["layla"]


def _invite_in_turn(folder: str, number: int) -> None:
    for turn in range(10):
        invite(Path(folder), [f"p{number}-{turn}"], DAY)


def test_processes_that_invite_at_once_lose_nobody(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    running = [spawn.Process(target=_invite_in_turn, args=(str(tmp_path), number)) for number in range(3)]
    for process in running:
        process.start()
    for process in running:
        process.join()
        assert process.exitcode == 0
    assert len(invited(tmp_path)) == 30
