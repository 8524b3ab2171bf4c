"""Whose the annotations of a file are whose users it knows by number alone: said by a table, or found out.

A number is one of a server, and a file does not say of which. Its tasks may be those of a server that this
corpus is kept in step with, whose users are known. Else a user is who the same annotations are of here (made
at the same time, or with the same regions), and somebody who is nobody else where there are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hashiya.corpus.exchange.json_stream import elements
from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.labelstudio.sync_state import users_of_tasks
from hashiya.corpus.journal.journal_reader import JournalReader
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import Problem
from hashiya.schema.records import Annotation

_STAND_IN = re.compile(r"user-\d+( of .+)?")
"""What somebody is called of whom a number only is known."""
_TASKS = 100
"""Tasks by which a server is known again."""


@dataclass(frozen=True, slots=True)
class FileUsers:
    """The users of a file as people; `notes` say of whom it was found out, and of whom it could not be.

    `renamed` gives the annotators who were recorded by a number before, by what they were called.
    """

    people: People
    notes: list[Problem]
    renamed: Mapping[str, str]


def users_of_file(path: Path, people: People, corpus: Corpus, journal: JournalReader) -> FileUsers:
    """Return the people of a file, with those of its users that it knows by number alone."""
    found: dict[int, Counter[str]] = {}
    mails: dict[int, str] = {}
    tasks: list[tuple[int | None, str, int]] = []
    for task in elements(path):
        if len(tasks) < _TASKS:
            tasks += _task(task)
        for number, item, pair_id in _numbered(task, mails):
            found.setdefault(number, Counter()).update(_same_here(item, pair_id, journal))
    notes: list[Problem] = []
    named: dict[int, str] = {}
    nameless: dict[int, str] = {}
    renamed: dict[str, str] = {}
    others = dict(people.others)
    known = users_of_tasks(corpus.folder, tasks) if found else {}
    for number, same in sorted(found.items()):
        where = f"user {number} of {path}"
        here = next((who for who, _ in same.most_common()), None)
        table = people.numbers.get(number)
        if table is not None:
            if here is None or here in people.names(table):
                continue
            if _STAND_IN.fullmatch(here):
                renamed[here] = table
                what = f"is {table}: what stands here as {here}'s is {table}'s now"
            else:
                others[here] = table
                what = f"is {table}, whose annotations stand here as {here}'s: these stay so"
            notes.append(Problem(where, what, left_out=False))
        elif name := mails.get(number) or known.get(number) or here:
            named[number] = name
        else:
            nameless[number] = _free_name(number, path, {*journal.annotators(), *named.values()})
            way = f"say who it is with --users and a line such as  layla = {number}"
            notes.append(Problem(where, f"is recorded as {nameless[number]}; {way}", left_out=False))
    return FileUsers(replace(people, users=named, others=others, nameless=nameless), notes, renamed)


def _task(task: Any) -> Iterator[tuple[int | None, str, int]]:
    """Yield the numbers of a task's project and of itself, with its pair, as far as it has them."""
    data = task.get("data") if isinstance(task, dict) else None
    pair_id = data.get("pair_id") if isinstance(data, dict) else None
    if isinstance(task, dict) and isinstance(pair_id, str) and isinstance(task.get("id"), int):
        project = task.get("project")
        yield project if isinstance(project, int) else None, pair_id, task["id"]


def _numbered(task: Any, mails: dict[int, str]) -> Iterator[tuple[int, Mapping[str, Any], str]]:
    """Yield the annotations made there by users who are numbers; `mails` learns who has an e-mail, too."""
    data = task.get("data") if isinstance(task, dict) else None
    pair_id = data.get("pair_id") if isinstance(data, dict) else None
    if not isinstance(task, dict) or not isinstance(pair_id, str):
        return
    given = task.get("annotations")
    for item in given if isinstance(given, list) else ():
        if not isinstance(item, dict):
            continue
        for name in ("completed_by", "updated_by"):
            user = item.get(name)
            if isinstance(user, dict) and isinstance(user.get("id"), int) and user.get("email"):
                mails[user["id"]] = str(user["email"])
        user = item.get("completed_by")
        number = user.get("id") if isinstance(user, dict) and not user.get("email") else user
        if isinstance(number, int) and not isinstance(number, bool) and not _was_sent(item):
            yield number, item, pair_id


def _was_sent(item: Mapping[str, Any]) -> bool:
    """Return whether an annotation came from a corpus, and says itself whose it is."""
    results = item.get("result")
    return any(
        isinstance(result, dict) and result.get("from_name") == controls.SENT
        for result in (results if isinstance(results, list) else ())
    )


def _same_here(item: Mapping[str, Any], pair_id: str, journal: JournalReader) -> Iterator[str]:
    """Yield whose annotation here is the very one that an item is, if it stands or ever stood."""
    made, regions = item.get("created_at"), _regions(item)
    if made is None and not regions:
        return
    for standing in journal.standing(pair_id):
        states = [journal.state(event) for event in journal.history(pair_id, standing.annotator)]
        if any(state is not None and _is_same(state, item, regions) for state in states):
            yield standing.annotator


def _is_same(state: Annotation, item: Mapping[str, Any], regions: frozenset[tuple[Any, ...]]) -> bool:
    made, known = _time(item.get("created_at")), _time(state.created_at)
    if made is not None and known is not None:
        return made == known
    ours = frozenset((one.id, one.lang, one.start, one.end) for one in state.entities)
    spent = item.get("lead_time")
    return bool(regions) and regions == ours and spent is not None and state.seconds == spent


def _regions(item: Mapping[str, Any]) -> frozenset[tuple[Any, ...]]:
    """Return the regions of entities by their ids, which the page makes up."""
    langs = {name: lang for lang, name in controls.ENTITIES.items()}
    results = item.get("result")
    return frozenset(
        (result.get("id"), langs[name], result["value"].get("start"), result["value"].get("end"))
        for result in (results if isinstance(results, list) else ())
        if isinstance(result, dict)
        and isinstance(name := result.get("from_name"), str)
        and name in langs
        and isinstance(result.get("value"), dict)
    )


def _free_name(number: int, path: Path, taken: set[str]) -> str:
    """Return a name that nobody has: the same number may be another person's elsewhere."""
    name = f"user-{number}"
    count = 1
    while name in taken:
        name = f"user-{number} of {path.stem}" + (f" {count}" if count > 1 else "")
        count += 1
    return name


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
