"""A project on a Label Studio server: its tasks listed and read, and what is made, changed and deleted there.

Tasks are read by pages. Nothing is made twice: tasks and predictions are sent again after a fault only when a
look at the server shows that they have not arrived, and an annotation has a name that a server takes once.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hashiya.corpus.exchange.labelstudio.server.connection import Connection
from hashiya.corpus.exchange.labelstudio.server.retries import RequestFailedError

PAGE = 500
"""Tasks that are listed at once, without their annotations."""
_ALL_TASKS = "Default"
"""The title of the tab that the page makes by itself."""
_NAMESPACE = uuid.UUID("6f7c1c0e-6d0c-5d0b-9a55-3a0f6b1f6c12")
# What is asked for counts for annotations and predictions, too.
_HEAD = "id,data,updated_at,drafts"
_WHOLE = (
    f"{_HEAD},annotations,predictions,result,completed_by,updated_by,created_at,was_cancelled,ground_truth,lead_time,"
    "model_version"
)

Task = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TaskHead:
    """A task without its annotations. `token` is another one after every change of task or annotations.

    `drafts` counts what annotators there have begun and not submitted.
    """

    number: int
    data: Mapping[str, Any]
    token: str
    drafts: int

    @property
    def pair_id(self) -> str | None:
        """The id of its pair; `None` where somebody else made the task."""
        pair_id = self.data.get("pair_id")
        return pair_id if isinstance(pair_id, str) else None


@dataclass(frozen=True, slots=True)
class Project:
    """A project on a server."""

    connection: Connection
    number: int
    title: str
    label_config: str

    @property
    def url(self) -> str:
        """Where people open it."""
        return f"{self.connection.url}/projects/{self.number}"

    def heads(self) -> Iterator[tuple[TaskHead, int]]:
        """Yield every task without its annotations, and how many there are."""
        page, seen = 1, 0
        while True:
            listed = self._list(page=page, page_size=PAGE, fields="task_only", include=_HEAD)
            total = int(listed.response.total)
            for task in listed.items or ():
                yield head_of(_plain(task)), total
            seen += len(listed.items or ())
            # Beyond the last page the server says that there is no such page.
            if seen >= total or not listed.items:
                return
            page += 1

    def tasks(self, numbers: Sequence[int]) -> list[Task]:
        """Return some tasks with their annotations and predictions."""
        listed = self._list(page_size=len(numbers), fields="all", include=_WHOLE, query=_among(numbers))
        return [_plain(task) for task in listed.items or ()]

    def add_tasks(self, tasks: Sequence[Task]) -> dict[str, int]:
        """Make tasks with their annotations; return their numbers by pair."""
        waiting = {str(task["data"]["pair_id"]): task for task in tasks}
        made: dict[str, int] = {}

        def add() -> dict[str, int]:
            answer = self.connection.client.projects.import_tasks(
                self.number, request=list(waiting.values()), return_task_ids=True
            )
            return made | dict(zip(waiting, answer.task_ids or (), strict=False))

        def arrived() -> dict[str, int] | None:
            for head, _ in self.heads():
                if head.pair_id is not None and head.pair_id in waiting:
                    made[head.pair_id] = head.number
                    del waiting[head.pair_id]
            return None if waiting else made

        return self.connection.send(f"sending {len(tasks)} tasks to {self.title!r}", add, arrived)

    def write_data(self, task: int, data: Mapping[str, Any]) -> None:
        """Replace the data of a task."""
        client = self.connection.client
        self.connection.send(f"changing task {task}", lambda: client.tasks.update(str(task), data=dict(data)))

    def make_tabs(self, field: str, marks: Mapping[str, str]) -> None:
        """Make tabs of the project by title that show the tasks in whose field a mark stands, where missing.

        A tab of that title is left as people there have it.
        """
        client = self.connection.client
        listed = self.connection.send(
            f"listing the tabs of {self.title!r}", lambda: client.views.list(project=self.number)
        )
        there = {str((_plain(view).get("data") or {}).get("title")) for view in listed}
        # The page makes a tab of all tasks only in a project that has none.
        if not there:
            self._make_tab(_tab(_ALL_TASKS, []))
        for title, mark in marks.items():
            if title not in there:
                name = f"filter:tasks:data.{field}"
                holds = {"filter": name, "operator": "contains", "type": "String", "value": mark}
                self._make_tab(_tab(title, [holds]))

    def _make_tab(self, tab: dict[str, Any]) -> None:
        client = self.connection.client
        what = f"making the tab {tab['title']!r} of {self.title!r}"
        self.connection.send(what, lambda: client.views.create(project=self.number, data=tab))

    def add_annotation(self, task: int, annotator: str, made: Mapping[str, Any], user: int | None) -> bool:
        """Make an annotation of a task; return false where one that was made so stands there already."""
        # The server refuses a second annotation of the same name, whichever task it is of.
        name = str(uuid.uuid5(_NAMESPACE, f"{self.connection.url} {task} {annotator}"))
        owner = {} if user is None else {"completed_by": user}
        client = self.connection.client
        try:
            self.connection.send(
                f"adding an annotation to task {task}",
                lambda: client.annotations.create(task, unique_id=name, **_content(made), **owner),
            )
        except RequestFailedError as error:
            if error.status != 409:
                raise
            return error.attempts > 1  # the name is that of an earlier attempt, whose answer was lost
        return True

    def change_annotation(self, number: int, made: Mapping[str, Any]) -> None:
        """Replace what an annotation says."""
        client = self.connection.client
        self.connection.send(
            f"changing annotation {number}", lambda: client.annotations.update(number, **_content(made))
        )

    def add_prediction(self, task: int, made: Mapping[str, Any]) -> None:
        """Make a prediction of a task."""
        connection, client = self.connection, self.connection.client
        what = f"adding a prediction to task {task}"

        def arrived() -> Any:
            listed = connection.send(what, lambda: client.predictions.list(task=task))
            return next((item for item in listed if _plain(item).get("result") == made["result"]), None)

        connection.send(what, lambda: client.predictions.create(task=task, **made), arrived)

    def change_prediction(self, number: int, made: Mapping[str, Any]) -> None:
        """Replace what a prediction says."""
        client = self.connection.client
        self.connection.send(
            f"changing prediction {number}", lambda: client.predictions.update(number, **made)
        )

    def remove(self, number: int, *, prediction: bool) -> None:
        """Delete an annotation or a prediction; one that is gone already is no fault."""
        client = self.connection.client.predictions if prediction else self.connection.client.annotations
        what = f"deleting {'prediction' if prediction else 'annotation'} {number}"
        try:
            self.connection.send(what, lambda: client.delete(number))
        except RequestFailedError as error:
            if error.status != 404:
                raise

    def _list(self, **options: Any) -> Any:
        client = self.connection.client
        return self.connection.send(
            f"listing the tasks of {self.title!r}", lambda: client.tasks.list(project=self.number, **options)
        )


def head_of(task: Mapping[str, Any]) -> TaskHead:
    """Return a task as the server sent it without its annotations."""
    data, drafts = task.get("data"), task.get("drafts")
    return TaskHead(
        number=int(task["id"]),
        data=data if isinstance(data, dict) else {},
        token=str(task.get("updated_at")),
        drafts=len(drafts) if isinstance(drafts, list) else 0,
    )


def _plain(model: Any) -> dict[str, Any]:
    """Return what the library made of an object as the server sent it."""
    sent = json.loads(model.json())
    return sent if isinstance(sent, dict) else {}


def _among(numbers: Sequence[int]) -> str:
    item = {"filter": "filter:tasks:id", "operator": "in_list", "type": "Number", "value": list(numbers)}
    return json.dumps({"filters": {"conjunction": "and", "items": [item]}})


def _tab(title: str, holding: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A tab with the tasks of which all is true, in their order."""
    return {
        "title": title,
        "type": "list",
        "target": "tasks",
        "ordering": ["tasks:id"],
        "filters": {"conjunction": "and", "items": list(holding)},
    }


def _content(made: Mapping[str, Any]) -> dict[str, Any]:
    names = ("result", "was_cancelled", "ground_truth", "lead_time")
    return {name: made[name] for name in names if name in made}
