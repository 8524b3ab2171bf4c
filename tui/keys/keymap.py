"""What a key press means in each layer of the screen, given the scheme's labels and the user's own keys.

A label takes its key from whatever action stands on it; the action keeps its others, and its place in the
palette. Keys are canonical (`hashiya.tui.keys.keyboard`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from string import ascii_uppercase

from hashiya.schema.errors import SettingsError
from hashiya.schema.scheme import Label, LabelScheme
from hashiya.tui.keys.actions import ACTIONS, LABELS_OF, Action, KeyLayer
from hashiya.tui.keys.keyboard import canonical, exists, key_label

__all__ = ["Action", "KeyLayer", "Keymap", "canonical", "key_label"]

_NAMES = {action.id: action for action in ACTIONS}


class Keymap:
    """Which key does what, under one scheme and one user's settings."""

    def __init__(
        self,
        scheme: LabelScheme,
        overrides: Mapping[str, Sequence[str]] | None = None,
        where: str = "settings",
    ) -> None:
        """Take keys from `overrides` (action id -> all its keys) in place of an action's own.

        `SettingsError` opens with `where` and names every entry that is wrong.
        """
        own = {name: _several(keys) for name, keys in (overrides or {}).items()}
        self.scheme = scheme
        faults = [*_entry_faults(own)] or [*_clashes(own)]
        if faults:
            raise SettingsError("\n".join(f"{where}: {fault}" for fault in faults))
        self._actions = {action.id: _with_keys(action, own) for action in ACTIONS if _offered(action, scheme)}
        self._labels = {
            layer: {label.key: label for label in scheme.labels(LABELS_OF[layer])}
            if layer in LABELS_OF
            else {}
            for layer in KeyLayer
        }
        self._bound = {
            layer: {key: action for action in self.actions(layer) for key in self.keys_of(action.id, layer)}
            for layer in KeyLayer
        }

    def action(self, layer: KeyLayer, key: str) -> Action | None:
        """Return what a canonical key does in a layer, unless it stands for a label there."""
        return self._bound[layer].get(key)

    def label(self, layer: KeyLayer, key: str) -> Label | None:
        """Return the label that a canonical key stands for in a layer."""
        return self._labels[layer].get(key)

    def labels(self, layer: KeyLayer) -> tuple[Label, ...]:
        """Return the labels that have keys in a layer, in the order of the scheme."""
        return tuple(self._labels[layer].values())

    def keys_of(self, action_id: str, layer: KeyLayer | None = None) -> tuple[str, ...]:
        """Return the keys that labels leave an action, in its first layer or in `layer`; the first is shown.

        Empty for an action that the scheme has no use for, such as the fourth of three directions.
        """
        action = self._actions.get(action_id)
        if action is None:
            return ()
        labels = self._labels[layer or action.layers[0]]
        return tuple(key for key in action.keys if key not in labels)

    def actions(self, layer: KeyLayer | None = None) -> tuple[Action, ...]:
        """Return the actions that the scheme has a use for, in one layer or all, also those without a key."""
        return tuple(action for action in self._actions.values() if layer is None or layer in action.layers)


def _several(keys: Sequence[str]) -> tuple[str, ...]:
    return (keys,) if isinstance(keys, str) else tuple(keys)


def _offered(action: Action, scheme: LabelScheme) -> bool:
    return action.section is None or len(scheme.labels(action.section)) >= max(action.number, 1)


def _with_keys(action: Action, overrides: Mapping[str, tuple[str, ...]]) -> Action:
    if action.id not in overrides:
        return action
    return replace(action, keys=tuple(dict.fromkeys(map(_written, overrides[action.id]))))


def _written(key: str) -> str:
    # As people write it in a file: "PageDown", "Ctrl+K", "ش".
    return canonical(key if len(key) == 1 else key.lower())


def _entry_faults(overrides: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for name, keys in overrides.items():
        at = f'keys."{name}"'
        if name not in _NAMES:
            near = get_close_matches(name, _NAMES, 1, cutoff=0.0)[0]
            yield f"{at}: no action is called {name!r}; perhaps {near!r} was meant"
            continue
        if not keys:
            yield f"{at}: has no key; name one, or remove the line"
        for key in keys:
            if fault := _key_fault(key):
                yield f"{at}: {fault}"


def _key_fault(key: str) -> str | None:
    if not key:
        return "an empty key; name one such as 'f12' or 'ctrl+k'"
    written = _written(key)
    if written == "b":
        return f"{key!r} cannot be had: on Arabic keyboards its key types two letters; choose another"
    if key in ascii_uppercase or (key[:-1].lower() == "shift+" and written.isalpha()):
        return f"{key!r} is a capital; write {written!r}, which holds with caps lock too"
    if not exists(written):
        return f"no key is called {key!r}; write a sign, or a name such as 'enter', 'f12', 'ctrl+k'"
    return None


def _clashes(overrides: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    actions = [_with_keys(action, overrides) for action in ACTIONS]
    for layer in KeyLayer:
        taken: dict[str, Action] = {}
        for action in actions:
            for key in action.keys if layer in action.layers else ():
                other = taken.setdefault(key, action)
                if other is action:
                    continue
                changed, kept = (action, other) if action.id in overrides else (other, action)
                yield (
                    f'keys."{changed.id}": {key!r} is a key of {kept.id!r} too; choose another, '
                    f'or give that action other keys in keys."{kept.id}"'
                )
