"""Keys: one name on every layout; labels first, then actions; the user's own keys."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.schema.errors import SettingsError
from hashiya.schema.scheme import SECTIONS, Bilingual, Label, LabelScheme, shipped_scheme
from hashiya.tui.keys.actions import ACTIONS, GROUPS
from hashiya.tui.keys.keyboard import exists
from hashiya.tui.keys.keymap import KeyLayer, Keymap, canonical, key_label

SCHEME = shipped_scheme()
LAYOUT = {
    "ش": "a", "ؤ": "c", "ي": "d", "ث": "e", "ب": "f", "ل": "g", "ا": "h", "ه": "i", "ت": "j", "ن": "k",
    "م": "l", "ة": "m", "ى": "n", "خ": "o", "ح": "p", "ض": "q", "ق": "r", "س": "s", "ف": "t", "ع": "u",
    "ر": "v", "ص": "w", "ء": "x", "غ": "y", "ئ": "z", "ك": ";", "ط": "'", "و": ",", "ز": ".", "ظ": "/",
    "ج": "[", "د": "]", "ذ": "`", "؟": "?", "ی": "d", "ک": ";", "٠": "0", "٩": "9", "۰": "0", "۹": "9",
}  # fmt: skip


def label(key: str) -> Label:
    return Label(id=f"l_{key}", key=key, name=Bilingual("L", "ل"), definition=Bilingual("L", "ل"))


@pytest.mark.parametrize(("typed", "key"), LAYOUT.items())
def test_a_key_has_one_name_on_an_arabic_layout_too(typed: str, key: str) -> None:
    assert canonical(typed, typed) == key


@pytest.mark.parametrize(
    ("key", "character", "name"),
    [
        ("a", "a", "a"),
        ("A", "A", "a"),
        ("shift+a", None, "a"),
        ("slash", "/", "/"),
        ("slash", None, "/"),
        ("arabic_question_mark", "؟", "?"),
        ("space", " ", "space"),
        ("enter", "\r", "enter"),
        ("tab", "\t", "tab"),
        ("shift+left", None, "shift+left"),
        ("ctrl+f", "\x06", "ctrl+f"),
        ("ctrl+ب", None, "ctrl+f"),
        ("alt+ش", "ش", "alt+a"),
        ("ctrl+/", None, "ctrl+slash"),
        ("plus", "+", "+"),
        ("+", "+", "+"),
        ("ﻻ", "ﻻ", "b"),
        ("arabic_fathatan", "ً", "arabic_fathatan"),
        ("é", "é", "é"),
        ("", None, ""),
    ],
)
def test_a_key_event_has_one_name(key: str, character: str | None, name: str) -> None:
    assert canonical(key, character) == name


KEYS = st.text() | st.lists(
    st.sampled_from(["ctrl", "shift", "alt", "+", "a", "A", "ش", "slash", "/", " ", "space", "f1", ""])
).map("+".join)


@given(KEYS, st.none() | st.text(max_size=2))
def test_names_are_final(key: str, character: str | None) -> None:
    name = canonical(key, character)
    assert canonical(name) == name
    key_label(name)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("enter", "Enter"), ("pagedown", "PgDn"), ("left", "←"), ("shift+left", "Shift+←"), ("f5", "F5"),
        ("ctrl+f", "Ctrl+F"), ("ctrl+slash", "Ctrl+/"), ("?", "?"), ("j", "j"), ("space", "Space"),
    ],
)  # fmt: skip
def test_keys_are_shown_as_they_are_printed_on_keyboards(key: str, text: str) -> None:
    assert key_label(key) == text


def test_actions_are_well_made() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    for action in ACTIONS:
        assert action.group in GROUPS
        assert action.title
        for key in action.keys:
            assert canonical(key) == key
            assert exists(key)
            assert key != "b"
            assert key == "?" or key not in '~!@#$%^&*()_+{}|:"<>'
            assert key not in ("f10", "f11", "ctrl+b", "ctrl+a", "ctrl+c")  # of terminals, tmux, screen
        if any(re.fullmatch("[a-z]", key) for key in action.keys):
            assert not all(re.fullmatch("[ac-z0-9]", key) for key in action.keys)


def test_every_action_has_its_keys_under_the_shipped_scheme() -> None:
    keymap = Keymap(SCHEME)
    for action in keymap.actions():
        for layer in action.layers:
            assert keymap.keys_of(action.id, layer) == action.keys
            assert [keymap.action(layer, key) for key in action.keys] == [action] * len(action.keys)


def test_labels_in_their_layers() -> None:
    keymap = Keymap(SCHEME)
    sections = {"entity": KeyLayer.NORMAL, "stance": KeyLayer.STANCE, "channel": KeyLayer.IMPLICATION}
    for section, layer in (sections | {"flag": KeyLayer.FLAG}).items():
        for one in SCHEME.labels(section):  # type: ignore[arg-type]
            assert keymap.label(layer, one.key) is one
            assert keymap.action(layer, one.key) is None
    assert keymap.label(KeyLayer.NORMAL, "enter") is None


def test_a_label_takes_a_key_and_the_action_keeps_its_others() -> None:
    keymap = Keymap(replace(SCHEME, entity=(label("d"), label("1")), stance=(label("t"),)))
    assert keymap.action(KeyLayer.NORMAL, "d") is None
    assert keymap.keys_of("mark.delete") == ("delete", "backspace")
    assert keymap.keys_of("implication.1") == ()
    assert "implication.1" in {action.id for action in keymap.actions(KeyLayer.NORMAL)}
    assert keymap.keys_of("chord.target", KeyLayer.STANCE) == keymap.keys_of("chord.target") == ("=",)
    assert keymap.keys_of("chord.target", KeyLayer.IMPLICATION) == ("t", "=")


@given(st.sets(st.sampled_from("acdefghijklmnopqrstuvwxyz0123456789")))
def test_no_scheme_leaves_an_action_without_key(keys: set[str]) -> None:
    labels = tuple(map(label, sorted(keys)))
    keymap = Keymap(replace(SCHEME, entity=labels, stance=labels, channel=labels, flag=labels))
    for action in keymap.actions():
        if action.keys and not action.number:
            assert all(keymap.keys_of(action.id, layer) for layer in action.layers)


def test_only_what_the_scheme_has() -> None:
    ids = {action.id for action in Keymap(SCHEME).actions()}
    assert {"implication.3", "chord.direction.3"} <= ids
    assert not {"implication.4", "chord.direction.4"} & ids
    assert Keymap(SCHEME).keys_of("implication.4") == ()
    bare = Keymap(LabelScheme(format=1, name="bare", version="1.0.0", title=Bilingual("B", "ب")))
    assert not any(action.section in SECTIONS for action in bare.actions())
    assert bare.action(KeyLayer.NORMAL, "s") is None
    assert bare.action(KeyLayer.NORMAL, "enter") is not None


def test_numbers_are_in_the_title() -> None:
    titles = {action.id: action.title for action in Keymap(SCHEME).actions()}
    assert titles["implication.2"] == "Implication, direction 2"


def test_a_users_keys_take_the_place_of_the_usual_ones() -> None:
    keymap = Keymap(SCHEME, {"pair.done": ["F12", "Ctrl+K"], "search": "ز", "pair.next": "PageDown"})
    assert keymap.keys_of("pair.done") == ("f12", "ctrl+k")
    assert keymap.action(KeyLayer.NORMAL, "enter") is None
    assert keymap.action(KeyLayer.NORMAL, ".") is not None
    assert keymap.keys_of("search") == (".",)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"pair.dnoe": "x"}, "keys.\"pair.dnoe\": no action is called 'pair.dnoe'; perhaps 'pair.done' was"),
        ({"pair.done": "b"}, "keys.\"pair.done\": 'b' cannot be had"),
        ({"pair.done": "ﻻ"}, "cannot be had"),
        ({"pair.done": "N"}, "'N' is a capital; write 'n'"),
        ({"pair.done": "Shift+n"}, "is a capital; write 'n'"),
        ({"pair.done": ""}, "an empty key"),
        ({"pair.done": []}, "has no key"),
        ({"pair.done": "entr"}, "no key is called 'entr'"),
        ({"pair.done": "hyper+nothing"}, "no key is called 'hyper+nothing'"),
        ({"pair.done": "u"}, "keys.\"pair.done\": 'u' is a key of 'edit.undo' too; choose another"),
        ({"chord.delete": "t"}, "keys.\"chord.delete\": 't' is a key of 'chord.target' too"),
    ],
)
def test_faults_in_own_keys(overrides: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Keymap(SCHEME, overrides, "/home/x/settings.toml")
    assert str(caught.value).startswith("/home/x/settings.toml: keys.")
    assert message in str(caught.value)


def test_keys_may_be_exchanged() -> None:
    keymap = Keymap(SCHEME, {"edit.undo": ["r"], "edit.redo": ["u"]})
    assert keymap.keys_of("edit.undo") == ("r",)


def test_every_fault_is_told() -> None:
    with pytest.raises(SettingsError) as caught:
        Keymap(SCHEME, {"pair.done": "b", "pair.skip": ""})
    assert len(str(caught.value).splitlines()) == 2
