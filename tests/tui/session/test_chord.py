"""Stances, implications and flags in the making, key by key."""

from __future__ import annotations

import pytest

from hashiya.schema.records import Entity, Implication, Stance
from hashiya.schema.scheme import shipped_scheme
from hashiya.tui.keys.actions import KeyLayer
from hashiya.tui.keys.keymap import Keymap
from hashiya.tui.session.chord import Cancel, Chord, ChordResult, FlagKind, Remove

SCHEME = shipped_scheme()
KEYMAP = Keymap(SCHEME)
NAMED = tuple(
    Entity(id=f"en{number}", lang="en", start=2 * number, end=2 * number + 1, text="x", type="person")
    for number in range(40)
)


def pressed(
    layer: KeyLayer, keys: str, *, direction: int = 1, entities: tuple[Entity, ...] = ()
) -> ChordResult | None:
    """What comes of keys, parted by blanks, of which only the last may close the chord."""
    chord = Chord(SCHEME, KEYMAP, layer, direction=direction, entities=entities)
    *first, last = keys.split()
    for key in first:
        assert chord.press(key) is None
    return chord.press(last)


@pytest.mark.parametrize(
    ("keys", "target", "stance", "holder", "entity"),
    [
        ("u", "ai_boom", "bullish", "author", None),
        ("t c d", "chips", "bearish", "author", None),
        ("= o x", "open_models", "mixed", "author", None),
        ("h s 2 n", "ai_boom", "neutral", "source", "en1"),
        ("h s enter u", "ai_boom", "bullish", "source", None),
        ("h s 2 h a u", "ai_boom", "bullish", "author", None),
        ("t m t u h s q u", "us_lead", "bullish", "source", "en18"),
        ("t 7 c F12 u", "chips", "bullish", "author", None),
    ],
)
def test_keys_make_a_stance(keys: str, target: str, stance: str, holder: str, entity: str | None) -> None:
    made = Stance(target=target, stance=stance, holder=holder, holder_entity=entity)
    assert pressed(KeyLayer.STANCE, keys, entities=NAMED) == made


def test_who_holds_it_is_asked_only_where_someone_is_named() -> None:
    assert pressed(KeyLayer.STANCE, "h s d") == Stance(target="ai_boom", stance="bearish", holder="source")


@pytest.mark.parametrize(
    ("keys", "direction", "made"),
    [
        ("d", 1, ("ai_boom", "demand", "positive", "asserted")),
        ("c", 2, ("ai_boom", "cost", "negative", "asserted")),
        ("3 g", 1, ("ai_boom", "geopolitics", "mixed", "asserted")),
        ("r h t a 2 a", 1, ("ai_boom", "adoption", "negative", "hedged")),
        ("9 p", 3, ("ai_boom", "competition", "mixed", "asserted")),
    ],
)
def test_keys_make_an_implication(keys: str, direction: int, made: tuple[str, str, str, str]) -> None:
    target, channel, way, certainty = made
    assert pressed(KeyLayer.IMPLICATION, keys, direction=direction) == Implication(
        target=target, channel=channel, direction=way, certainty=certainty
    )


@pytest.mark.parametrize(
    ("layer", "keys", "outcome"),
    [
        (KeyLayer.FLAG, "m", FlagKind("mistranslation")),
        (KeyLayer.FLAG, "g", FlagKind("garbled")),
        (KeyLayer.FLAG, "delete", Remove()),
        (KeyLayer.STANCE, "t c backspace", Remove()),
        (KeyLayer.STANCE, "escape", Cancel()),
        (KeyLayer.STANCE, "t escape", Cancel()),
        (KeyLayer.FLAG, "z", None),
        (KeyLayer.IMPLICATION, "enter", None),
    ],
)
def test_a_chord_ends_in_a_flag_in_removal_or_in_nothing(
    layer: KeyLayer, keys: str, outcome: ChordResult | None
) -> None:
    assert pressed(layer, keys) == outcome


def test_options_are_the_keys_that_mean_something_now() -> None:
    chord = Chord(SCHEME, KEYMAP, KeyLayer.STANCE, entities=NAMED[:2])
    assert [(item.key, item.name) for item in chord.options("en")][:2] == [("u", "Bullish"), ("d", "Bearish")]
    assert chord.options("ar")[0].name != "Bullish"
    chord.press("t")
    assert [item.key for item in chord.options("en") if item.chosen] == ["a"]
    chord.press("c")
    chord.press("t")
    assert [item.key for item in chord.options("en") if item.chosen] == ["c"]
    chord.press("c")
    chord.press("h")
    chord.press("s")
    assert [item.key for item in chord.options("en")] == ["enter", "1", "2"]


@pytest.mark.parametrize("layer", [KeyLayer.STANCE, KeyLayer.IMPLICATION, KeyLayer.FLAG])
def test_every_option_is_a_key_that_makes_it(layer: KeyLayer) -> None:
    for option in Chord(SCHEME, KEYMAP, layer).options("en"):
        made = Chord(SCHEME, KEYMAP, layer).press(option.key)
        assert option.label is not None
        assert option.label.id in repr(made)
