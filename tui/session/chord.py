"""A chord: the keys that make a stance, an implication or a flag; the first opens it, a label's key ends it.

Between the two any other target, holder, direction or certainty can be given, each with its own key and then
the label's, so that the usual case takes two keys. Keys are canonical (`hashiya.tui.keys.keyboard`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hashiya.schema.records import Entity, Implication, Stance
from hashiya.schema.scheme import Label, LabelScheme, Section
from hashiya.tui.keys.actions import LABELS_OF, KeyLayer
from hashiya.tui.keys.keymap import Keymap

Slot = Literal["target", "holder", "direction", "certainty"]
_SLOTS: dict[KeyLayer, tuple[Slot, ...]] = {
    KeyLayer.STANCE: ("target", "holder"),
    KeyLayer.IMPLICATION: ("target", "direction", "certainty"),
    KeyLayer.FLAG: (),
}
_HOLDER_KEYS = "123456789asdfghjklqwertyuiopzxcvnm"
UNNAMED = "enter"


@dataclass(frozen=True, slots=True)
class FlagKind:
    """The kind of a flag whose words and meaning are still to be given."""

    kind: str


@dataclass(frozen=True, slots=True)
class Remove:
    """What was said with the chord's target is to be taken back."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Nothing is to be made."""


ChordResult = Stance | Implication | FlagKind | Remove | Cancel


@dataclass(frozen=True, slots=True)
class Option:
    """A key that means something now: what to show for it; whether it is what holds already."""

    key: str
    name: str
    label: Label | None = None
    chosen: bool = False


class Chord:
    """An open chord. `waiting` is the slot whose label is to be pressed next, else `None`."""

    def __init__(
        self,
        scheme: LabelScheme,
        keymap: Keymap,
        layer: KeyLayer,
        *,
        direction: int = 1,
        entities: Sequence[Entity] = (),
    ) -> None:
        """Open a chord with the scheme's defaults; `direction` counts the scheme's directions from 1."""
        self.layer = layer
        self.scheme = scheme
        self.entities = tuple(entities)[: len(_HOLDER_KEYS)]
        self.waiting: Slot | Literal["entity"] | None = None
        self.holder_entity: str | None = None
        defaults = scheme.defaults
        self.values: dict[Slot, str] = {
            "target": defaults.target or _first(scheme, "target"),
            "holder": defaults.holder or _first(scheme, "holder"),
            "certainty": defaults.certainty or _first(scheme, "certainty"),
            "direction": "",
        }
        self._keymap = keymap
        self._choose_direction(direction)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """What can be given besides the label itself."""
        return _SLOTS[self.layer]

    def label_of(self, slot: Slot) -> Label | None:
        """Return the label that a slot holds."""
        return next((label for label in self.scheme.labels(slot) if label.id == self.values[slot]), None)

    def options(self, lang: Literal["ar", "en"]) -> list[Option]:
        """Return the keys of the labels that can be pressed now, named in a language."""
        if self.waiting == "entity":
            named = [Option(key, item.text) for key, item in zip(_HOLDER_KEYS, self.entities, strict=False)]
            return [Option(UNNAMED, "—"), *named]
        section: Section = self.waiting or LABELS_OF[self.layer]
        held = self.values.get(self.waiting) if self.waiting else None
        return [
            Option(label.key, label.name.text(lang), label, label.id == held)
            for label in self.scheme.labels(section)
        ]

    def press(self, key: str) -> ChordResult | None:
        """Take a key; `None` while the chord stays open. A key without a meaning does nothing."""
        if key == "escape":
            return Cancel()
        if self.waiting == "entity":
            self._press_entity(key)
            return None
        if self.waiting:
            self._press_value(self.waiting, key)
            return None
        label = self._keymap.label(self.layer, key)
        return self._made(label) if label else self._press_action(key)

    def _press_action(self, key: str) -> ChordResult | None:
        action = self._keymap.action(self.layer, key)
        if action is None:
            return None
        if action.id == "chord.cancel":
            return Cancel()
        if action.id == "chord.delete":
            return Remove()
        if action.id == "chord.target":
            self.waiting = "target"
        elif action.id == "chord.holder":
            self.waiting = "holder"
        elif action.id == "chord.certainty":
            self.waiting = "certainty"
        else:
            self._choose_direction(action.number)
        return None

    def _press_value(self, slot: Slot, key: str) -> None:
        label = next((label for label in self.scheme.labels(slot) if label.key == key), None)
        if label is None:
            return
        self.values[slot] = label.id
        self.waiting = None
        if slot == "holder":
            self.holder_entity = None
            # Whose view it usually is needs no name; anyone else may be somebody whom the pair names.
            if label.id != self.scheme.defaults.holder and self.entities:
                self.waiting = "entity"

    def _press_entity(self, key: str) -> None:
        at = _HOLDER_KEYS.find(key) if len(key) == 1 else -1
        if key == UNNAMED or 0 <= at < len(self.entities):
            self.holder_entity = None if key == UNNAMED else self.entities[at].id
            self.waiting = None

    def _made(self, label: Label) -> ChordResult:
        values = self.values
        if self.layer is KeyLayer.STANCE:
            return Stance(
                target=values["target"],
                stance=label.id,
                holder=values["holder"],
                holder_entity=self.holder_entity,
            )
        if self.layer is KeyLayer.IMPLICATION:
            return Implication(
                target=values["target"],
                channel=label.id,
                direction=values["direction"],
                certainty=values["certainty"],
            )
        return FlagKind(label.id)

    def _choose_direction(self, number: int) -> None:
        directions = self.scheme.ids("direction")
        if 1 <= number <= len(directions):
            self.values["direction"] = directions[number - 1]


def _first(scheme: LabelScheme, section: Section) -> str:
    return next(iter(scheme.ids(section)), "")
