"""Choices of the page as stances, implications and status; the taxonomy's paths are implications.

A choice that cannot be read is told of and left out; of a stance or a status, what was sent stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.controls import StanceControl, stance_controls
from hashiya.corpus.exchange.labelstudio.page.result_values import (
    Unreadable,
    items_of,
    label_id,
    only_one,
    unknown_label,
    value_of,
)
from hashiya.corpus.exchange.labelstudio.page.sorted_results import SortedResults, sent_first
from hashiya.schema.records import Implication, Lang, Stance, Status
from hashiya.schema.scheme import LabelScheme


def read_stances(results: SortedResults, sides: Mapping[str, Lang]) -> Iterator[Stance]:
    """Yield the stances; one whose holder is not among the entities of `sides` loses the holder's name."""
    sent = results.sent.stances if results.sent else ()
    read = [stance for control in stance_controls(results.scheme) for stance in _stances(results, control)]
    holders: set[tuple[str, str, str | None]] = set()
    for stance in sent_first(sent, read):
        region, entity = f"stance-{stance.target}-{stance.holder}", stance.holder_entity
        if entity is not None and entity not in sides:
            results.tell("stances", region, f"its holder, the entity {entity!r}, was deleted there")
            stance = replace(stance, holder_entity=None)  # noqa: PLW2901 - the same stance, nobody's by name
        holder = (stance.target, stance.holder, stance.holder_entity)
        if holder in holders:
            results.tell(
                "stances", region, "without its holder's name it would be a second one of one holder"
            )
            continue
        holders.add(holder)
        yield stance


def _stances(results: SortedResults, control: StanceControl) -> list[Stance]:
    """Return the stances of a control: the one it shows, and others of its holder that it cannot show."""
    target, holder = control.target.id, control.holder.id
    sent = [
        stance
        for stance in (results.sent.stances if results.sent else ())
        if (stance.target, stance.holder) == (target, holder)
    ]
    label = _stance_label(results, control, sent[0].stance if sent else None)
    if label is None:
        return []
    if not sent:
        return [Stance(target=target, stance=label, holder=holder)]
    return sent if label == sent[0].stance else [replace(sent[0], stance=label)]


def _stance_label(results: SortedResults, control: StanceControl, sent: str | None) -> str | None:
    """Return the choice of a control, and what was sent where it cannot be read."""
    chosen = list(results.of(control.name).items())
    if not chosen:
        return None
    region, result = chosen[0]
    choice = only_one(result, "choices")
    label = None if choice is None else label_id(results.scheme, "stance", choice)
    if len(chosen) > 1 or choice is None:
        why = f"{control.name}: two choices, or none, where one is allowed"
        results.leave("stances", region, why, *(item for _, item in chosen))
    elif label is None:
        results.leave("stances", region, unknown_label(results.scheme, "stance", choice), result)
    else:
        return label
    return sent


def read_implications(results: SortedResults) -> Iterator[Implication]:
    """Yield the implications that the taxonomy's paths say."""
    implications: list[Implication] = []
    for region, result in results.of(controls.IMPLICATIONS).items():
        for path in items_of(result, "taxonomy"):
            implication = _implication(results.scheme, path)
            if isinstance(implication, Unreadable):
                of_path = {**result, "value": {**value_of(result), "taxonomy": [path]}}
                results.leave("implications", region, implication.why, of_path)
            elif implication in implications:
                results.tell("implications", region, f"{path!r} stands twice")
            else:
                implications.append(implication)
    yield from sent_first(results.sent.implications if results.sent else (), implications)


def _implication(scheme: LabelScheme, path: object) -> Implication | Unreadable:
    if not isinstance(path, list) or len(path) != len(controls.PATH):
        return Unreadable(f"{path!r} is no path of {', '.join(controls.PATH)}")
    values: dict[str, str] = {}
    for section, step in zip(controls.PATH, path, strict=True):
        label = label_id(scheme, section, step)
        if label is None:
            return Unreadable(unknown_label(scheme, section, step))
        values[section] = label
    return Implication(**values)


def read_status(results: SortedResults) -> Status:
    """Return the status that was chosen; *done* without a choice."""
    for region, result in results.of(controls.STATUS).items():
        choice = only_one(result, "choices")
        for status in controls.STATUS_CHOICES:
            if status == choice:
                return status
        why = f"{choice!r} is none of {', '.join(controls.STATUS_CHOICES)}"
        results.leave("statuses", region, why, result)
        if results.sent and results.sent.status in controls.STATUS_CHOICES:
            return results.sent.status
    return "done"
