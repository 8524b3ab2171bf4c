"""A Label Studio server and a project on it: everything that goes over the wire, and nothing twice.

Tasks are read by pages. What makes something (tasks, annotations, predictions) is sent again after a fault
only when a look at the server shows that it has not arrived. The library is loaded on the first connection.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from hashiya.corpus.exchange.labelstudio.server.retries import TIMEOUT, Calls, Fault
from hashiya.schema.errors import MissingExtraError, ServerError

PAGE = 500
"""Tasks that are listed at once, without their annotations."""
_NAMESPACE = uuid.UUID("6f7c1c0e-6d0c-5d0b-9a55-3a0f6b1f6c12")
_TITLE = range(3, 51)
"""Characters that a title may have."""

Task = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TaskHead:
    """A task without its annotations. ``token`` is another one after every change of task or annotations.

    ``drafts`` counts what annotators there have begun and not submitted.
    """

    number: int
    data: Mapping[str, Any]
    token: str
    drafts: int

    @property
    def pair_id(self) -> str | None:
        """The id of its pair; None where somebody else made the task."""
        found = self.data.get("pair_id")
        return found if isinstance(found, str) else None


class Server:
    """A connection to a server, as the user whom the key belongs to; use it as a context manager."""

    def __init__(self, url: str, key: str) -> None:
        """Connect; `ServerError` says what is wrong with address or key."""
        self.url = checked_url(url)
        self.calls = Calls(self.url)
        try:
            import httpx
            from label_studio_sdk import LabelStudio
        except ImportError:
            raise MissingExtraError("Label Studio", "labelstudio") from None
        # A redirection would turn what is sent into a question, without a word.
        self._http = http = httpx.Client(timeout=TIMEOUT, follow_redirects=False)

        def connect() -> Any:
            client: Any = LabelStudio(  # type: ignore[no-untyped-call]
                base_url=self.url + "/", api_key=key, httpx_client=http, max_retries=0
            )
            client.users.whoami()
            return client

        try:
            self.client: Any = self.calls.read("connecting", connect)
        except ServerError:
            http.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def users(self) -> dict[int, str]:
        """The e-mail of every user, by number."""
        found = self.calls.read("listing users", self.client.users.list)
        return {user.id: user.email.lower() for user in found if user.email}

    def find(self, name: str) -> Project | None:
        """Return a project by its number or its title; `ServerError` where several have the title."""
        what = f"looking for the project {name!r}"
        if name.isdigit():
            for _ in self.calls.attempts():
                found = self.calls.once(lambda: self.client.projects.get(int(name)))
                if not isinstance(found, Fault):
                    return Project(self, found.id, found.title, found.label_config or "")
                if found.status == 404:
                    return None
                self.calls.failed(what, found)
        # The server looks for titles that hold the name, in any case.
        listed = self.calls.read(what, lambda: list(self.client.projects.list(title=name, page_size=100)))
        same = [project for project in listed if project.title == name]
        if len(same) > 1:
            numbers = ", ".join(str(project.id) for project in same)
            raise ServerError(f"{self.url}: several projects are called {name!r}: give a number ({numbers})")
        return Project(self, same[0].id, same[0].title, same[0].label_config or "") if same else None

    def create(self, title: str, label_config: str, instruction: str = "") -> Project:
        """Make a project."""
        if title.isdigit() or len(title) not in _TITLE:
            raise ServerError(
                f"{self.url}: a project cannot be called {title!r}: give it a title of "
                f"{_TITLE.start} to {_TITLE.stop - 1} characters that is no number"
            )
        what = f"making the project {title!r}"
        for number in self.calls.attempts():
            arrived = self.find(title) if number else None
            if arrived is not None:
                return arrived
            made = self.calls.once(
                lambda: self.client.projects.create(
                    title=title, label_config=label_config, expert_instruction=instruction
                )
            )
            if not isinstance(made, Fault):
                return Project(self, made.id, title, label_config)
            self.calls.failed(what, made)
        raise AssertionError  # the last attempt has raised


@dataclass(frozen=True, slots=True)
class Project:
    """A project on a server."""

    server: Server
    number: int
    title: str
    label_config: str

    @property
    def url(self) -> str:
        """Where people open it."""
        return f"{self.server.url}/projects/{self.number}"

    def heads(self) -> Iterator[tuple[TaskHead, int]]:
        """Yield every task without its annotations, and how many there are."""
        page, seen = 1, 0
        while True:
            number = page
            found = self._list(page=number, page_size=PAGE, fields="task_only", include=_HEAD)
            total = int(found.response.total)
            for task in found.items or ():
                yield _head(task), total
            seen += len(found.items or ())
            # Beyond the last page the server says that there is no such page.
            if seen >= total or not found.items:
                return
            page += 1

    def among(self, numbers: Sequence[int]) -> dict[int, TaskHead]:
        """Return some tasks without their annotations, by number; those that are gone are left out."""
        found = self._list(page_size=len(numbers), fields="task_only", include=_HEAD, query=_among(numbers))
        return {task.id: _head(task) for task in found.items or ()}

    def tasks(self, numbers: Sequence[int]) -> list[Task]:
        """Return some tasks with their annotations and predictions."""
        found = self._list(page_size=len(numbers), fields="all", include=_WHOLE, query=_among(numbers))
        return [_plain(task) for task in found.items or ()]

    def add_tasks(self, tasks: Sequence[Task]) -> dict[str, int]:
        """Make tasks with their annotations; returns their numbers by pair."""
        what = f"sending {len(tasks)} tasks to {self.title!r}"
        waiting = {str(task["data"]["pair_id"]): task for task in tasks}
        made: dict[str, int] = {}
        calls = self.server.calls
        for number in calls.attempts():
            if number:  # what was sent before may have arrived although its answer did not
                for head, _ in self.heads():
                    if head.pair_id is not None and head.pair_id in waiting:
                        made[head.pair_id] = head.number
                        del waiting[head.pair_id]
                if not waiting:
                    return made
            sent = list(waiting.items())
            answer = calls.once(
                lambda sent=sent: self.server.client.projects.import_tasks(  # type: ignore[misc]
                    self.number, request=[task for _, task in sent], return_task_ids=True
                )
            )
            if not isinstance(answer, Fault):
                numbers = list(answer.task_ids or ())
                return made | dict(zip((pair_id for pair_id, _ in sent), numbers, strict=False))
            calls.failed(what, answer)
        raise AssertionError  # the last attempt has raised

    def write_data(self, task: int, data: Mapping[str, Any]) -> None:
        """Replace the data of a task."""
        self.server.calls.read(
            f"changing task {task}", lambda: self.server.client.tasks.update(str(task), data=dict(data))
        )

    def add_annotation(self, task: int, annotator: str, made: Mapping[str, Any], user: int | None) -> bool:
        """Make an annotation of a task; false where one that was made so stands there already."""
        # The server refuses a second annotation of the same name, whichever task it is of.
        name = str(uuid.uuid5(_NAMESPACE, f"{self.server.url} {task} {annotator}"))
        owner = {} if user is None else {"completed_by": user}
        what = f"adding an annotation to task {task}"
        calls = self.server.calls
        for number in calls.attempts():
            answer = calls.once(
                lambda: self.server.client.annotations.create(task, unique_id=name, **_content(made), **owner)
            )
            if not isinstance(answer, Fault):
                return True
            if answer.status == 409:
                return number > 0
            calls.failed(what, answer)
        raise AssertionError  # the last attempt has raised

    def change_annotation(self, number: int, made: Mapping[str, Any]) -> None:
        """Replace what an annotation says."""
        self.server.calls.read(
            f"changing annotation {number}",
            lambda: self.server.client.annotations.update(number, **_content(made)),
        )

    def add_prediction(self, task: int, made: Mapping[str, Any]) -> None:
        """Make a prediction of a task."""
        what = f"adding a prediction to task {task}"
        calls, client = self.server.calls, self.server.client
        for number in calls.attempts():
            if number:
                there = calls.read(what, lambda: client.predictions.list(task=task))
                if any(_plain(item).get("result") == made["result"] for item in there):
                    return
            answer = calls.once(lambda: client.predictions.create(task=task, **made))
            if not isinstance(answer, Fault):
                return
            calls.failed(what, answer)

    def change_prediction(self, number: int, made: Mapping[str, Any]) -> None:
        """Replace what a prediction says."""
        self.server.calls.read(
            f"changing prediction {number}", lambda: self.server.client.predictions.update(number, **made)
        )

    def remove(self, number: int, *, prediction: bool) -> None:
        """Delete an annotation or a prediction; one that is gone already is no fault."""
        client = self.server.client.predictions if prediction else self.server.client.annotations
        what = f"deleting {'prediction' if prediction else 'annotation'} {number}"
        for _ in self.server.calls.attempts():
            answer = self.server.calls.once(lambda: client.delete(number))
            if not isinstance(answer, Fault) or answer.status == 404:
                return
            self.server.calls.failed(what, answer)

    def _list(self, **options: Any) -> Any:
        what = f"listing the tasks of {self.title!r}"
        return self.server.calls.read(
            what, lambda: self.server.client.tasks.list(project=self.number, **options)
        )


# What is asked for counts for annotations and predictions, too.
_HEAD = "id,data,updated_at,drafts"
_WHOLE = (
    f"{_HEAD},annotations,predictions,result,completed_by,created_at,was_cancelled,ground_truth,lead_time,"
    "model_version"
)


def checked_url(url: str) -> str:
    """Return the address of a server as it is written everywhere; `ServerError` where it is none."""
    try:
        parts = urlsplit(url.strip())
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid, parts = False, urlsplit("")
    if not valid:
        raise ServerError(f"{url!r} is no address; write https://HOST or http://HOST:PORT")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ServerError("give the server's address by itself, without name, password, ? and #")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def _head(task: Any) -> TaskHead:
    found = _plain(task)
    data, drafts = found.get("data"), found.get("drafts")
    return TaskHead(
        number=int(task.id),
        data=data if isinstance(data, dict) else {},
        token=str(found.get("updated_at")),
        drafts=len(drafts) if isinstance(drafts, list) else 0,
    )


def _plain(model: Any) -> dict[str, Any]:
    """What the library made of an object, as the server sent it."""
    found = json.loads(model.json())
    return found if isinstance(found, dict) else {}


def _among(numbers: Sequence[int]) -> str:
    item = {"filter": "filter:tasks:id", "operator": "in_list", "type": "Number", "value": list(numbers)}
    return json.dumps({"filters": {"conjunction": "and", "items": [item]}})


def _content(made: Mapping[str, Any]) -> dict[str, Any]:
    names = ("result", "was_cancelled", "ground_truth", "lead_time")
    return {name: made[name] for name in names if name in made}
