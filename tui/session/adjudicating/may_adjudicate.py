"""Who may adjudicate a corpus: anybody where there is no team, else its adjudicators who have not left."""

from __future__ import annotations

from datetime import date

from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.people import TEAM_FILE, read_team
from hashiya.schema.errors import LabelError
from hashiya.schema.team import Team
from hashiya.tui.settings.language import _


def adjudicating_team(corpus: Corpus, adjudicator: str, day: date) -> Team:
    """Return the team of a corpus, an empty one where there is none; refuse who may not adjudicate.

    `LabelError` says what to write in `team.toml`; `CorpusError` where that cannot be read.
    """
    team = read_team(corpus.folder)
    if team is None:
        return Team()
    path = corpus.folder / TEAM_FILE
    person = team.member(adjudicator)
    if person is None:
        raise LabelError(
            _(
                "{file}: {who} is not in the team, so may not adjudicate; write [[person]], "
                'name = "{who}" and roles = ["adjudicator"], or give another name with --adjudicator'
            ).format(file=path, who=adjudicator)
        )
    if "adjudicator" not in person.roles:
        roles = ", ".join(f'"{role}"' for role in (*person.roles, "adjudicator"))
        raise LabelError(
            _(
                "{file}: {who} may not adjudicate; write roles = [{roles}] there, "
                "or give another name with --adjudicator"
            ).format(file=path, who=person.name, roles=roles)
        )
    if not person.is_there(day):
        raise LabelError(
            _("{file}: {who} has left, so may not adjudicate; take `left` away there").format(
                file=path, who=person.name
            )
        )
    return team
