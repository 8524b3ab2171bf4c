"""A Label Studio server: its users, and its projects found and made."""

from __future__ import annotations

from typing import Any

from hashiya.corpus.exchange.labelstudio.server.connection import Connection
from hashiya.corpus.exchange.labelstudio.server.project import Project
from hashiya.corpus.exchange.labelstudio.server.retries import RequestFailedError
from hashiya.schema.errors import ServerError

_TITLE = range(3, 51)
"""Characters that a title may have."""


class Server(Connection):
    """A server that the key's owner is connected to."""

    def users(self) -> dict[int, str]:
        """Return the e-mail of every user, by number."""
        listed = self.send("listing users", self.client.users.list)
        return {user.id: user.email.lower() for user in listed if user.email}

    def find(self, name: str) -> Project | None:
        """Return a project by its number or its title; `ServerError` where several have the title."""
        what = f"looking for the project {name!r}"
        if name.isdigit():
            try:
                return self._project(self.send(what, lambda: self.client.projects.get(int(name))))
            except RequestFailedError as error:
                if error.status != 404:
                    raise
                return None
        # The server looks for titles that hold the name, in any case.
        listed = self.send(what, lambda: list(self.client.projects.list(title=name, page_size=100)))
        same = [project for project in listed if project.title == name]
        if len(same) > 1:
            numbers = ", ".join(str(project.id) for project in same)
            raise ServerError(f"{self.url}: several projects are called {name!r}: give a number ({numbers})")
        return self._project(same[0]) if same else None

    def create(self, title: str, label_config: str) -> Project:
        """Make a project; `ServerError` where the title cannot be one."""
        if title.isdigit() or len(title) not in _TITLE:
            raise ServerError(
                f"{self.url}: a project cannot be called {title!r}: give it a title of "
                f"{_TITLE.start} to {_TITLE.stop - 1} characters that is no number"
            )

        def make() -> Project:
            made = self.client.projects.create(title=title, label_config=label_config)
            return Project(self, made.id, title, label_config)

        return self.send(f"making the project {title!r}", make, arrived=lambda: self.find(title))

    def _project(self, listed: Any) -> Project:
        return Project(self, listed.id, listed.title, listed.label_config or "")
