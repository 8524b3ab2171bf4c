"""Edits of what is said about a pair: stances, implications, the comment; and an annotation without any."""

from __future__ import annotations

from dataclasses import replace

from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Implication, Pair, Place, Stance
from hashiya.schema.scheme import LabelScheme
from hashiya.tui.session.edits.spans import entity_with_id, printable_text
from hashiya.tui.settings.language import _


def blank(pair: Pair, annotator: str, scheme: LabelScheme) -> Annotation:
    """Return an annotation that says nothing yet; its offsets in the document are added on saving."""
    return Annotation(
        pair_id=pair.pair_id,
        annotator=annotator,
        status="draft",
        covers=(),
        scheme=scheme.ref,
        origin="human",
        place=Place(doc_id=pair.doc_id),
    )


def take_stance(annotation: Annotation, stance: Stance) -> Annotation:
    """Add a stance; the one of the same holder on the same target gives way, in its place."""
    if stance.holder_entity is not None:
        entity_with_id(annotation, stance.holder_entity)
    at = stance_key(stance)
    if all(stance_key(other) != at for other in annotation.stances):
        return replace(annotation, stances=(*annotation.stances, stance))
    stances = tuple(stance if stance_key(other) == at else other for other in annotation.stances)
    return replace(annotation, stances=stances)


def drop_stance(annotation: Annotation, stance: Stance) -> Annotation:
    """Take a stance away."""
    if stance not in annotation.stances:
        raise LabelError(_("there is no such stance on {target}").format(target=stance.target))
    return replace(annotation, stances=tuple(other for other in annotation.stances if other != stance))


def imply(annotation: Annotation, implication: Implication) -> Annotation:
    """Add an implication; the one for the same target through the same channel gives way, in its place."""
    at = (implication.target, implication.channel)
    implications: list[Implication] = []
    for other in annotation.implications:
        if (other.target, other.channel) != at:
            implications.append(other)
        elif implication not in implications:  # an imported draft may hold several: one replaces all
            implications.append(implication)
    if implication not in implications:
        implications.append(implication)
    return replace(annotation, implications=tuple(implications))


def drop_implication(annotation: Annotation, implication: Implication) -> Annotation:
    """Take an implication away."""
    if implication not in annotation.implications:
        raise LabelError(_("there is no such implication for {target}").format(target=implication.target))
    implications = tuple(other for other in annotation.implications if other != implication)
    return replace(annotation, implications=implications)


def set_comment(annotation: Annotation, text: str | None) -> Annotation:
    """Write the comment; a blank one is none."""
    return replace(annotation, comment=printable_text(text))


def stance_key(stance: Stance) -> tuple[str, str, str | None]:
    """Return what two stances cannot both have: the target and the holder."""
    return stance.target, stance.holder, stance.holder_entity
