"""The file `team.toml` of a corpus: who is in the team, and how work is shared out. Read only.

People write it by hand; a corpus without one has no team.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from hashiya.schema.codec import from_object
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.team import Team, team_faults

TEAM_FILE = "team.toml"


def read_team(folder: Path) -> Team | None:
    """Return the team of a corpus folder; `None` where there is no file.

    `CorpusError` names the file, and each field that is wrong.
    """
    path = folder / TEAM_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror or error}") from None
    return parse_team(text, str(path))


def need_team(folder: Path) -> Team:
    """Return the team of a corpus folder; `CorpusError` where there is no file; else as `read_team`."""
    team = read_team(folder)
    if team is None:
        raise CorpusError(
            f"{folder / TEAM_FILE}: is not there; write it, with two lines for each annotator: "
            '[[person]] and name = "layla" (docs/team.md)'
        )
    return team


@lru_cache(maxsize=4)
def parse_team(text: str, where: str) -> Team:
    """Return the team that a TOML text describes; `CorpusError` opens with `where`.

    It is remembered: a server, or whoever watches a team, reads the file again and again.
    """
    try:
        table = tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{where}: is not TOML: {error}") from None
    try:
        team = from_object(Team, table, where)
    except (LabelError, ValueError) as error:
        raise CorpusError(str(error)) from None
    faults = list(team_faults(team))
    if faults:
        raise CorpusError(f"{where}: " + "; ".join(faults))
    return team
