"""A corpus and a project on a server kept in step: push, pull, or both, after a look at what differs."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from hashiya.corpus.exchange.labelstudio.assigned import task_assignments
from hashiya.corpus.exchange.labelstudio.page.config import config
from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.labelstudio.server.project import Project
from hashiya.corpus.exchange.labelstudio.server.server import Server
from hashiya.corpus.exchange.labelstudio.sync.carry_out import PlanRunner
from hashiya.corpus.exchange.labelstudio.sync.compare_config import config_notes
from hashiya.corpus.exchange.labelstudio.sync.decide import Decider
from hashiya.corpus.exchange.labelstudio.sync.make_plan import Planner
from hashiya.corpus.exchange.labelstudio.sync.plan import ArrivalQueue, Mode, Plan
from hashiya.corpus.exchange.labelstudio.sync_state import SyncState
from hashiya.corpus.exchange.labelstudio.three_way_merge import Prefer
from hashiya.corpus.exchange.outcome import ShowProgress
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.team.people import read_team
from hashiya.schema.errors import Problem, ServerError
from hashiya.schema.team import Team

SyncOutcome = Literal["done", "dry run", "strict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOptions:
    """How to synchronise.

    `create` makes a project that is not there; `unassigned` sends what annotators made who have no user
    there, as the key's owner; `strict` does nothing where anything would have to be left out.
    """

    mode: Mode = "sync"
    people: People = field(default_factory=People)
    prefer: Prefer | None = None
    create: bool = False
    unassigned: bool = False
    dry_run: bool = False
    strict: bool = False


@dataclass(slots=True)
class Synced:
    """What came of it: the plan, and whether it was carried out. `later` tells what it met on the way."""

    plan: Plan
    project: str
    verdict: SyncOutcome
    later: list[Problem] = field(default_factory=list)


def synchronise(
    corpus: Corpus,
    server: Server,
    name: str,
    options: SyncOptions,
    *,
    looking: ShowProgress | None = None,
    doing: ShowProgress | None = None,
) -> Synced:
    """Bring a corpus and the project of a number or title to the same state, as far as is wished.

    A project that is not there is made once it is known that the plan will be carried out.
    """
    project = server.find(name)
    if project is None and (options.mode == "pull" or not options.create or name.isdigit()):
        raise ServerError(
            f"{server.url}: there is no project {name!r} that the key's owner can see; "
            "give its number or its whole title, or let a push make it with --create"
        )
    notes = [] if project is None else list(config_notes(project, corpus.scheme, options.mode))
    team = read_team(corpus.folder) or Team()
    host = urlsplit(server.url).netloc
    people = replace(options.people, users=server.users(), source=host)
    with GenerationReader(corpus.generation()) as reader, closing(ArrivalQueue()) as waiting:
        plan = Plan(options.mode, waiting, options.prefer, notes=notes)

        def decide_by(state: SyncState, journal: Journal) -> Decider:
            assignments = task_assignments(journal, team)
            return Decider(plan, corpus.scheme, journal, state, people, options.unassigned, assignments)

        def carry_out(project: Project, decider: Decider) -> list[Problem]:
            decider.state.save()
            runner = PlanRunner(corpus, project, reader, decider, doing)
            runner.run()
            return runner.later

        with _opened(corpus, server, project, write=not options.dry_run) as (state, journal):
            decider = decide_by(state, journal)
            Planner(plan, reader, state, decider).run(project, looking)
            state.meet(_known_users(people, journal))
            verdict = _verdict(plan, options)
            if project is not None:
                later = carry_out(project, decider) if verdict == "done" else []
                return Synced(plan, project.url, verdict, later)
        if verdict != "done":
            return Synced(plan, f"{server.url}, {name!r}, which is not there yet", verdict)
        made = server.create(name, config(corpus.scheme))
        with _opened(corpus, server, made, write=True) as (state, journal):
            decider = decide_by(state, journal)
            state.meet(_known_users(people, journal))
            return Synced(plan, made.url, verdict, carry_out(made, decider))


def _known_users(people: People, journal: Journal) -> dict[int, str]:
    """Return the annotators that users of a server are, of those who have a name here."""
    names = {number: people.annotator(number) for number in people.users}
    here = {*journal.annotators(), *people.emails, *people.others.values(), *people.numbers.values()}
    return {number: name for number, name in names.items() if name is not None and name in here}


def _verdict(plan: Plan, options: SyncOptions) -> SyncOutcome:
    """Return whether a plan is carried out, and if not, why."""
    if options.dry_run:
        return "dry run"
    return "strict" if options.strict and not (plan.outcome.whole and not plan.unknown) else "done"


@contextmanager
def _opened(
    corpus: Corpus, server: Server, project: Project | None, *, write: bool
) -> Generator[tuple[SyncState, Journal]]:
    """Yield the state of a project, and the journal; nothing is written for one that is not there."""
    number = project.number if project else 0
    write = write and project is not None
    with (
        SyncState.open(corpus.folder, server.url, number, write=write) as state,
        corpus.journal(write=write) as journal,
    ):
        yield state, journal
