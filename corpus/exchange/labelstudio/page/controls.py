"""The controls of the labelling page, by name: `config` draws them, results are written and read by them.

A scheme says which there are. Names are `layer` or `layer_lang`; those of stances are
`stance-TARGET-HOLDER`, since a holder has one stance on a target. Values are label ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hashiya.schema.records import LANGS, Lang, Status
from hashiya.schema.scheme import Label, LabelScheme, Section

ENTITIES: Mapping[Lang, str] = {lang: f"entities_{lang}" for lang in LANGS}
CONCEPTS: Mapping[Lang, str] = {lang: f"concept_{lang}" for lang in LANGS}
FLAGS: Mapping[Lang, str] = {lang: f"flags_{lang}" for lang in LANGS}
INTENDED: Mapping[Lang, str] = {lang: f"intended_{lang}" for lang in LANGS}
IMPLICATIONS = "implications"
STATUS = "status"
COMMENT = "comment"
SENT = "hashiya"
"""A text that no one sees: the annotation as it was sent, with all that the page has no control for."""
TRANSLATION = "translation"
"""The name of the relation between an Arabic entity and the English one that names the same."""
PAIR_SIDE: Lang = "en"
"""What speaks of the pair as a whole has to be attached to one of its texts."""
STATUS_CHOICES: tuple[Status, ...] = ("done", "unsure", "draft", "review")
"""What can be chosen; *skipped* is the page's own button."""
PATH: tuple[Section, ...] = ("target", "channel", "direction", "certainty")
"""The levels of an implication, from the root of its tree to a leaf."""


@dataclass(frozen=True, slots=True)
class StanceControl:
    """The choice of one holder's stance on one target."""

    target: Label
    holder: Label

    @property
    def name(self) -> str:
        """The name of the control."""
        return f"stance-{self.target.id}-{self.holder.id}"


def stance_controls(scheme: LabelScheme) -> Iterator[StanceControl]:
    """Yield the choices of stances, target by target; none where the scheme has no stances."""
    if scheme.stance:
        for target in scheme.target:
            for holder in scheme.holder:
                yield StanceControl(target, holder)


def bilingual_name(label: Label) -> str:
    """Return the name of a label as the page shows it, in both languages."""
    return label.name.en if label.name.en == label.name.ar else f"{label.name.en} · {label.name.ar}"
