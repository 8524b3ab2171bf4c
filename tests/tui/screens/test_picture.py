"""An SVG of the screen in which Arabic reads right."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from hashiya.tui.screens.picture import ordered, picture
from tests import corpora
from tests.tui.screens.playing import ROWS, playing


@pytest.mark.asyncio
async def test_picture(tmp_path: Path) -> None:
    async with playing(corpora.new(tmp_path / "corpus", {"d": ROWS})) as play:
        svg = picture(play.app, "hashiya label")
    root = ElementTree.fromstring(svg)
    styles = "".join(node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}style"))
    assert "@font-face" not in styles
    assert "text{unicode-bidi:bidi-override;direction:ltr}" in styles
    texts = "".join(node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "hashiya label" in texts.replace("\xa0", " ")
    assert "ﺎﻳﺪﻴﻔﻧﺇ" in texts  # in the order of the cells


def test_marks_take_no_room_and_wide_letters_two() -> None:
    made = ordered(
        '<style></style><text x="0" textLength="36.6" y="1">إنّ</text><text textLength="12.2">🚀</text>'
    )
    assert 'textLength="24.4" y="1">إنّ<' in made
    assert 'textLength="24.4">🚀<' in made


def test_nothing_to_add_to() -> None:
    with pytest.raises(ValueError, match="no <style>"):
        ordered("<svg/>")
