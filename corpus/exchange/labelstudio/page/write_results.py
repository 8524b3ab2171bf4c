"""An annotation as the results of Label Studio's page: one item a region, a choice, a text, a relation.

Regions keep the ids of the entities. What the page has no control for travels in `controls.SENT`, a text
that nobody sees, as the whole annotation; `read_results` looks there for what a person cannot have changed.
Offsets are code points of a side on both ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.controls import PAIR_SIDE
from hashiya.schema.codec import to_json
from hashiya.schema.records import Annotation, Entity, Flag, Lang

ResultObject = dict[str, Any]


def results_of(annotation: Annotation) -> list[ResultObject]:
    """Return an annotation as what the page shows, and at the end what it does not show."""
    return [*visible_results(annotation), hidden_result(annotation)]


def hidden_result(annotation: Annotation, beside: str = "") -> ResultObject:
    """Return the text that nobody sees: the whole annotation; `beside` names what else stands there."""
    name = f"{controls.SENT}-{beside}" if beside else controls.SENT
    return _text(controls.SENT, PAIR_SIDE, to_json(annotation), name)


def visible_results(annotation: Annotation) -> list[ResultObject]:
    """Return what the page shows of an annotation."""
    return [
        *_entities(annotation),
        *_flags(annotation),
        *_links(annotation),
        *_stances(annotation),
        *_implications(annotation),
        *_frame(annotation),
    ]


def _entities(annotation: Annotation) -> Iterator[ResultObject]:
    for entity in annotation.entities:
        lang = entity.lang
        yield _span(entity.id, controls.ENTITIES[lang], entity, entity.type)
        if entity.concept is not None:
            yield _text(controls.CONCEPTS[lang], lang, entity.concept, entity.id, entity)


def _flags(annotation: Annotation) -> Iterator[ResultObject]:
    taken = {entity.id for entity in annotation.entities}
    names = (name for number in count(1) if (name := f"flag{number}") not in taken)
    for flag, name in zip(annotation.flags, names, strict=False):
        yield _span(name, controls.FLAGS[flag.lang], flag, flag.kind)
        if flag.intended is not None:
            yield _text(controls.INTENDED[flag.lang], flag.lang, flag.intended, name, flag)


def _links(annotation: Annotation) -> Iterator[ResultObject]:
    for link in annotation.links:
        yield {
            "type": "relation",
            "from_id": link.ar,
            "to_id": link.en,
            "direction": "bi",
            "labels": [controls.TRANSLATION],
        }


def _stances(annotation: Annotation) -> Iterator[ResultObject]:
    # Two holders of one kind, each a name in the text, have one control: the first is shown, both are kept.
    shown: set[str] = set()
    for stance in annotation.stances:
        name = f"stance-{stance.target}-{stance.holder}"
        if name not in shown:
            shown.add(name)
            yield _choice(name, stance.stance)


def _implications(annotation: Annotation) -> Iterator[ResultObject]:
    if annotation.implications:
        paths = [[getattr(item, level) for level in controls.PATH] for item in annotation.implications]
        yield _item(controls.IMPLICATIONS, "taxonomy", PAIR_SIDE, {"taxonomy": paths}, controls.IMPLICATIONS)


def _frame(annotation: Annotation) -> Iterator[ResultObject]:
    if annotation.status in controls.STATUS_CHOICES:
        yield _choice(controls.STATUS, annotation.status)
    if annotation.comment is not None:
        yield _text(controls.COMMENT, PAIR_SIDE, annotation.comment, controls.COMMENT)


def _span(region: str, name: str, item: Entity | Flag, label: str) -> ResultObject:
    value = {"start": item.start, "end": item.end, "text": item.text, "labels": [label]}
    return _item(name, "labels", item.lang, value, region)


def _choice(name: str, value: str) -> ResultObject:
    return _item(name, "choices", PAIR_SIDE, {"choices": [value]}, name)


def _text(name: str, side: Lang, text: str, region: str, item: Entity | Flag | None = None) -> ResultObject:
    place = {"start": item.start, "end": item.end} if item else {}
    return _item(name, "textarea", side, {**place, "text": [text]}, region)


def _item(name: str, kind: str, side: Lang, value: dict[str, Any], region: str) -> ResultObject:
    return {"id": region, "from_name": name, "to_name": side, "type": kind, "value": value}
