"""What people do in Label Studio's page, done by its API with results as the page would leave them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from hashiya.corpus.exchange.labelstudio.page import controls

Result = dict[str, Any]
Edit = Callable[[list[Result]], list[Result]]

_PLACES = {"label": '<Label value="Company', "end": "<Collapse"}
_KEYS = {"id", "from_name", "to_name", "type", "value", "meta", "score", "readonly"}


class Page:
    """A project as its annotators see it."""

    def __init__(self, client: httpx.Client, project: int, annotator: httpx.Client | None = None) -> None:
        self.client = client
        self.project = project
        self.annotator = annotator or client

    def tasks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        options = {"project": str(self.project), "fields": "all", "page_size": "5000"}
        found += self.client.get("/api/tasks/", params=options).raise_for_status().json()["tasks"]
        return found

    def task(self, pair_id: str) -> dict[str, Any]:
        (found,) = [task for task in self.tasks() if task["data"].get("pair_id") == pair_id]
        return found

    def pair_ids(self) -> list[str]:
        return [task["data"]["pair_id"] for task in self.tasks()]

    def edit(
        self, pair_id: str, change: Edit, number: int = 0, client: httpx.Client | None = None
    ) -> dict[str, Any]:
        """Change an annotation in the browser, and press Update; the annotator does, or `client`."""
        annotation = self.task(pair_id)["annotations"][number]
        result = [edited(item) for item in change(annotation["result"])]
        changed = {"result": result, "lead_time": (annotation["lead_time"] or 0) + 3.25}
        editor = client or self.annotator
        return self._ok(editor.patch(f"/api/annotations/{annotation['id']}/", json=changed))

    def star(self, pair_id: str, starred: bool = True, number: int = 0) -> None:
        """Set an annotation as ground truth, or take that away."""
        annotation = self.task(pair_id)["annotations"][number]
        self._ok(self.client.patch(f"/api/annotations/{annotation['id']}/", json={"ground_truth": starred}))

    def copy_task(self, pair_id: str) -> int:
        """Import a task a second time, without annotations; return its number."""
        before = {task["id"] for task in self.tasks()}
        self._ok(
            self.client.post(
                f"/api/projects/{self.project}/import", json=[{"data": self.task(pair_id)["data"]}]
            )
        )
        (copied,) = {task["id"] for task in self.tasks()} - before
        return int(copied)

    def add_controls(self, **changes: str) -> None:
        """Put something before the first place of another in the labelling configuration."""
        config = self._ok(self.client.get(f"/api/projects/{self.project}/"))["label_config"]
        for place, added in changes.items():
            config = config.replace(_PLACES[place], added + _PLACES[place], 1)
        self._ok(self.client.patch(f"/api/projects/{self.project}/", json={"label_config": config}))

    def annotate(
        self, pair_id: str, result: list[Result], client: httpx.Client | None = None, task: int | None = None
    ) -> Any:
        """Make an annotation in the browser, and press Submit."""
        task = task or self.task(pair_id)["id"]
        made = {"result": [edited(item) for item in result], "lead_time": 2.5}
        return self._ok((client or self.client).post(f"/api/tasks/{task}/annotations/", json=made))

    def delete(self, pair_id: str, number: int = 0) -> None:
        annotation = self.task(pair_id)["annotations"][number]
        self.client.delete(f"/api/annotations/{annotation['id']}/").raise_for_status()

    def delete_task(self, pair_id: str) -> None:
        self.client.delete(f"/api/tasks/{self.task(pair_id)['id']}/").raise_for_status()

    def write_data(self, pair_id: str, **data: object) -> None:
        task = self.task(pair_id)
        changed = {"data": {**task["data"], **data}}
        self._ok(self.client.patch(f"/api/tasks/{task['id']}/", json=changed))

    @staticmethod
    def _ok(answer: httpx.Response) -> Any:
        return answer.raise_for_status().json()


def edited(item: Result) -> Result:
    """A result as the page sends it: keys that it does not know are gone, its origin is added."""
    if item["type"] == "relation":
        return {name: item[name] for name in ("from_id", "to_id", "type", "direction")}
    return {**{name: value for name, value in item.items() if name in _KEYS}, "origin": "manual"}


def with_status(value: str) -> Edit:
    """Choose another status."""

    def change(results: list[Result]) -> list[Result]:
        rest = [item for item in results if item.get("from_name") != controls.STATUS]
        return [*rest, choice(controls.STATUS, value)]

    return change


def without(layer: str) -> Edit:
    """Delete what stands under a control."""
    return lambda results: [item for item in results if item.get("from_name") != layer]


def choice(name: str, value: str) -> Result:
    return {
        "id": f"b-{name}",
        "from_name": name,
        "to_name": "en",
        "type": "choices",
        "value": {"choices": [value]},
    }
