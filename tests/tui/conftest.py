"""Every test of the screen begins in English, whatever language the one before it spoke."""

from __future__ import annotations

import pytest

from hashiya.tui.settings.language import set_language


@pytest.fixture(autouse=True)
def in_english() -> None:
    set_language("en")
