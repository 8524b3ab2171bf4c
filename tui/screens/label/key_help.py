"""The list of keys, as help shows it: each with what it does under this scheme and these settings."""

from __future__ import annotations

from collections.abc import Collection

from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.keys.actions import GROUPS, Action, KeyLayer
from hashiya.tui.keys.keyboard import key_label
from hashiya.tui.keys.keymap import Keymap
from hashiya.tui.screens.read_text import TitledText
from hashiya.tui.settings.language import N_, _, current_language
from hashiya.tui.widgets.markdown import TextBlock

_KEY_COLUMNS = 14
_LAYER_NAMES = {
    KeyLayer.NORMAL: N_("Entities"),
    KeyLayer.STANCE: N_("Stance: its key, then"),
    KeyLayer.IMPLICATION: N_("Implication: the digit of its direction, then"),
    KeyLayer.FLAG: N_("Flag: its key, then"),
    KeyLayer.ANSWER: N_("Settling: whose answer holds"),
}


def key_list(keymap: Keymap, layers: Collection[KeyLayer] = ()) -> TitledText:
    """Return every key with what it does, as the keys are now, under this scheme and these settings.

    `layers` are those to be shown even where they have no labels.
    """
    ui = current_language().ui
    base = DIRECTIONS[ui]
    blocks: list[TextBlock] = []
    for layer, name in _LAYER_NAMES.items():
        labels = keymap.labels(layer)
        if labels or layer in layers:
            blocks.append(TextBlock(_(name), base, "heading"))
            blocks += [_row(label.key, label.name.text(ui)) for label in labels]
            blocks += [
                _row(" ".join(map(key_label, keymap.keys_of(action.id, layer))), _title(action, keymap))
                for action in keymap.actions(layer)
                if layer is not KeyLayer.NORMAL and keymap.keys_of(action.id, layer)
            ]
    for group in GROUPS:
        blocks.append(TextBlock(_(group), base, "heading"))
        blocks += [
            _row(" ".join(map(key_label, keymap.keys_of(action.id))) or "—", _title(action, keymap))
            for action in keymap.actions(KeyLayer.NORMAL)
            if action.group == group
        ]
    blocks.append(
        TextBlock(
            _("On an Arabic keyboard each letter is the one on the same key: ش is a, س is s."), base, "dim"
        )
    )
    return TitledText(_("Keys"), blocks)


def _title(action: Action, keymap: Keymap) -> str:
    """Return what an action does; of one that is about a label, which."""
    if not (action.section and action.number):
        return action.title
    label = keymap.scheme.labels(action.section)[action.number - 1]
    return f"{action.title}: {label.name.text(current_language().ui)}"


def _row(keys: str, name: str) -> TextBlock:
    return TextBlock(name, DIRECTIONS[current_language().ui], "item", _KEY_COLUMNS, (), keys, tight=True)
