"""The server that the tests of this folder talk to."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.doccano.server import NotInstalledError, Server, serving


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.system)


@pytest.fixture(scope="session")
def doccano(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests: give each its own project. Not installed, no network: skipped, not on CI."""
    try:
        with serving(tmp_path_factory.mktemp("doccano")) as server:
            yield server
    except NotInstalledError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
