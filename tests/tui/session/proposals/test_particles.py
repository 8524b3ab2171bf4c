"""Arabic particles: taken off one by one, and nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.schema.records import Span
from hashiya.tui.session.proposals.particles import particles, without_particle
from tests.strategies import PIECES


def cycle(text: str) -> list[str]:
    return [text[span.start : span.end] for span in particles(text, Span(0, len(text)))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("وNvidia", ["وNvidia", "Nvidia"]),
        ("وـNvidia", ["وـNvidia", "Nvidia"]),
        ("و«إنفيديا»", ["و«إنفيديا»", "«إنفيديا»"]),
        ("و Wall Street", ["و Wall Street", "Wall Street"]),
        ("ب100 مليار", ["ب100 مليار", "100 مليار"]),
        ("فبالرياض", ["فبالرياض", "بالرياض", "الرياض"]),
        ("وبالذكاء الاصطناعي", ["وبالذكاء الاصطناعي", "بالذكاء الاصطناعي", "الذكاء الاصطناعي"]),
        ("وَبِالذكاء", ["وَبِالذكاء", "بِالذكاء", "الذكاء"]),
        ("لّميتا", ["لّميتا", "ميتا"]),
        ("لأوراكل", ["لأوراكل", "أوراكل"]),
        ("للذكاء", ["للذكاء", "لذكاء"]),
        ("وللذكاء", ["وللذكاء", "للذكاء", "لذكاء"]),
        ("لِلذكاء", ["لِلذكاء", "لذكاء"]),
        ("لـلذكاء", ["لـلذكاء", "لذكاء"]),
        ("بفلسطين", ["بفلسطين", "فلسطين"]),
        ("لبنان", ["لبنان", "بنان"]),
        ("و\u200fNvidia", ["و\u200fNvidia", "Nvidia"]),
        ("الذكاء", ["الذكاء"]),
        ("Nvidia", ["Nvidia"]),
        ("«وNvidia", ["«وNvidia"]),
        ("بك", ["بك"]),
        ("وX", ["وX"]),
        ("ول", ["ول"]),
        ("لاب", ["لاب", "اب"]),
        ("بـــب", ["بـــب"]),
        ("و", ["و"]),
        ("", [""]),
    ],
)
def test_particles_are_taken_off_one_by_one_and_all_put_back(text: str, wanted: list[str]) -> None:
    assert cycle(text) == wanted


def test_what_stands_before_the_span_decides_too() -> None:
    text = "قال لوبيل وللذكاء"
    start = text.index("لذكاء")
    assert without_particle(text, Span(start, len(text))) is None  # the second ل is an article
    start = text.index("وبيل")
    assert without_particle(text, Span(start, start + 4)) is None  # no conjunction follows a preposition
    assert without_particle("قال بالرياض", Span(4, 11)) == Span(5, 11)


def test_nothing_beyond_the_span_is_looked_at() -> None:
    assert without_particle("وNvidia", Span(0, 2)) is None
    assert without_particle("و  Nvidia", Span(0, 2)) is None


letters = st.text("وفبلكاليذ \u064e\u0651ـN1«»", max_size=12)
mixed = st.lists(st.sampled_from([*PIECES, "و", "ب", "لل", "ل"]), max_size=12).map("".join)


@given(letters | mixed, st.data())
def test_what_is_peeled_and_what_stays_are_the_span(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    found = particles(text, span)
    assert found[0] == span
    for longer, shorter in pairwise(found):
        assert without_particle(text, longer) == shorter
        assert longer.start < shorter.start < shorter.end == longer.end
        peeled = text[longer.start : shorter.start]
        assert peeled[0] in "وفبلك"
        assert sum(char.isalpha() and char != "ـ" for char in peeled) == 1
        assert "ا" not in peeled
