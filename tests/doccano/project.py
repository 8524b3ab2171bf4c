"""A project of sequence labelling in doccano, and what people do in it, done by its API as they are."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from tests.doccano.server import ADMIN, ANNOTATORS, PATIENCE, Server, said

Example = dict[str, Any]
_NUMBERS = count(1)


@dataclass(frozen=True)
class Project:
    """A project whose administrator has made it; `ANNOTATORS` are its members."""

    server: Server
    number: int

    @classmethod
    def create(cls, server: Server, labels: Sequence[str], *, shared: bool = False) -> Project:
        """Make a project with these labels; `shared` where its members see and change each other's labels."""
        with server.client() as admin:
            made = _ok(
                admin.post(
                    "/projects",
                    json={
                        "name": f"news {next(_NUMBERS)}",
                        "description": "Articles",
                        "project_type": "SequenceLabeling",
                        "resourcetype": "SequenceLabelingProject",
                        "collaborative_annotation": shared,
                        "allow_overlapping": True,
                        "grapheme_mode": False,
                        "tags": [],
                    },
                )
            )
            there = f"/projects/{made['id']}"
            for text in labels:
                _ok(admin.post(f"{there}/span-types", json={"text": text, "background_color": "#209cee"}))
            roles = {role["name"]: role["id"] for role in _ok(admin.get("/roles"))}
            for user in _ok(admin.get("/users")):
                if user["username"] in ANNOTATORS:
                    member = {"user": user["id"], "role": roles["annotator"]}
                    _ok(admin.post(f"{there}/members", json=member))
        return cls(server, made["id"])

    def upload(self, path: Path) -> None:
        """Import a JSONL file, as the administrator."""
        with self.server.client() as admin:
            with path.open("rb") as file:
                sent = admin.post("/fp/process/", data={"filepond": ""}, files={"filepond": file})
            wishes = {"format": "JSONL", "task": "SequenceLabeling", "encoding": "utf_8"}
            names = {"column_data": "text", "column_label": "label", "uploadIds": [sent.text]}
            started = _ok(admin.post(f"{self._path}/upload", json={**wishes, **names}))
            done = self._result(admin, started["task_id"])
            assert done == {"error": []}, done

    def examples(self, user: str = ADMIN) -> list[Example]:
        """The texts in their order, as a user sees them."""
        with self.server.client(user) as client:
            return _ok(client.get(f"{self._path}/examples", params={"limit": "1000"}))["results"]

    def label(self, user: str, text: str, *spans: tuple[int, int, str]) -> None:
        """Mark spans of a text, as a user."""
        with self.server.client(user) as client:
            types = {kind["text"]: kind["id"] for kind in _ok(client.get(f"{self._path}/span-types"))}
            for start, end, label in spans:
                span = {"start_offset": start, "end_offset": end, "label": types[label], "prob": 0}
                _ok(client.post(f"{self._example(text)}/spans", json=span))

    def unlabel(self, user: str, text: str, *spans: tuple[int, int]) -> None:
        """Take spans away that a user sees."""
        with self.server.client(user) as client:
            for span in _ok(client.get(f"{self._example(text)}/spans")):
                if (span["start_offset"], span["end_offset"]) in spans:
                    client.delete(f"{self._example(text)}/spans/{span['id']}").raise_for_status()

    def confirm(self, user: str, text: str) -> None:
        """Press the button that says that a text is done, as a user."""
        with self.server.client(user) as client:
            _ok(client.post(f"{self._example(text)}/states", json={}))

    def export(self, path: Path, *, approved: bool = False) -> Path:
        """Save the ZIP of an export to `path`, as the administrator; `approved` for confirmed texts only."""
        with self.server.client() as admin:
            wishes = {"format": "JSONL", "exportApproved": approved}
            started = _ok(admin.post(f"{self._path}/download", json=wishes))
            self._result(admin, started["task_id"])
            archive = admin.get(f"{self._path}/download", params={"taskId": started["task_id"]})
            path.write_bytes(archive.raise_for_status().content)
        return path

    @property
    def _path(self) -> str:
        return f"/projects/{self.number}"

    def _example(self, text: str) -> str:
        (number,) = [example["id"] for example in self.examples() if example["text"] == text]
        return f"{self._path}/examples/{number}"

    def _result(self, client: httpx.Client, task: str) -> Any:
        """What the worker answers when it has done a task."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            state = _ok(client.get(f"/tasks/status/{task}"))
            if state["ready"]:
                assert state["error"] is None, state["error"]
                return state["result"]
            time.sleep(0.1)
        raise AssertionError(f"doccano's worker has not done its task:\n{said(self.server.folder)}")


def jsonl(path: Path, *lines: object) -> Path:
    """Write a file that doccano imports."""
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(content, encoding="utf-8")
    return path


def _ok(response: httpx.Response) -> Any:
    assert response.is_success, f"{response.request.url}: {response.status_code} {response.text[:2000]}"
    return response.json()
