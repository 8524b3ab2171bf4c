"""The server that the tests of this folder talk to."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.labelstudio.server import NotInstalledError, Server, serving


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the SDK use its old pydantic calls: it does so for every request with a personal access token."""
    item.add_marker(pytest.mark.system)
    item.add_marker(pytest.mark.filterwarnings("ignore::pydantic.PydanticDeprecatedSince20"))


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests: give each its own project. Not installed, no network: skipped, not on CI."""
    try:
        with serving(tmp_path_factory.mktemp("label-studio")) as server:
            yield server
    except NotInstalledError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
