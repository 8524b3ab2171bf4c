"""The results of Label Studio's page as an annotation: what a person changed, and all else as it was sent.

Every result is looked at by itself. One that cannot be right (a range beyond the text, an unknown label, a
relation to nowhere) is told of with its region and left out, and what was sent in its place stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.controls import StanceControl, stance_controls
from hashiya.corpus.exchange.labelstudio.page.result_values import (
    PageResult,
    editable,
    is_time,
    items_of,
    label_id,
    only_one,
    quotes,
    texts_of,
    unknown_label,
    value_of,
)
from hashiya.corpus.exchange.labelstudio.page.write_results import visible
from hashiya.schema.codec import from_json
from hashiya.schema.records import (
    LANGS,
    Annotation,
    Entity,
    Flag,
    Implication,
    Lang,
    Link,
    Stance,
    Status,
    overlaps,
)
from hashiya.schema.scheme import LabelScheme, Section, is_concept

TellRegion = Callable[[str, str, str], None]
"""Tells of something left out: what it is ("entities"), the region, why."""
Texts = Mapping[Lang, str | None]


@dataclass(slots=True)
class _Reading:
    """The results of one annotation, sorted by control and region, while it is read."""

    texts: Texts
    scheme: LabelScheme
    kept: Annotation | None
    say: TellRegion
    found: dict[str, dict[str, PageResult]] = field(default_factory=dict)
    relations: list[PageResult] = field(default_factory=list)

    def control(self, name: str) -> dict[str, PageResult]:
        """The results of a control, by region."""
        return self.found.get(name, {})


def kept_in(results: Sequence[PageResult]) -> Annotation | None:
    """Return the annotation that was sent with results; `LabelError` where a person has changed its text."""
    for result in results:
        if result.get("from_name") == controls.KEPT:
            return from_json(Annotation, "\n".join(texts_of(result)), "the annotation as it was sent")
    return None


def read_annotation(  # noqa: PLR0917 - what came, and all that it is read with
    given: Mapping[str, Any],
    blank: Annotation,
    kept: Annotation | None,
    texts: Texts,
    scheme: LabelScheme,
    say: TellRegion,
) -> Annotation:
    """Return an annotation object of Label Studio as ours.

    ``kept`` is what was sent, if anything was, else ``blank`` says whose and where it is. ``texts`` are the
    sides that offsets count in. One that nobody changed comes back as it was sent, to the letter.
    """
    results = [result for result in given.get("result") or [] if result.get("from_name") != controls.KEPT]
    skipped = bool(given.get("was_cancelled"))
    if kept and (kept.status == "skipped") == skipped and editable(results) == editable(visible(kept)):
        return kept
    reading = _Reading(texts, scheme, kept, say)
    _sort(reading, results)
    entities = tuple(_entities(reading))
    ids: dict[str, Lang] = {entity.id: entity.lang for entity in entities}
    return replace(
        kept or blank,
        status="skipped" if skipped else _status(reading),
        entities=entities,
        flags=tuple(_flags(reading)),
        links=tuple(_links(reading, ids)),
        stances=tuple(_stances(reading, ids)),
        implications=tuple(_implications(reading)),
        comment=_comment(reading),
        seconds=_seconds(given, reading),
        scheme=blank.scheme,
    )


def _sort(reading: _Reading, results: Sequence[PageResult]) -> None:
    known = {
        *(
            name
            for layer in (controls.ENTITIES, controls.CONCEPTS, controls.FLAGS, controls.INTENDED)
            for name in layer.values()
        ),
        *(control.name for control in stance_controls(reading.scheme)),
        controls.IMPLICATIONS,
        controls.STATUS,
        controls.COMMENT,
    }
    for number, result in enumerate(results):
        name, region = result.get("from_name"), result.get("id")
        if result.get("type") == "relation":
            reading.relations.append(result)
        elif name not in known:
            reading.say("results", str(region or f"result {number}"), f"there is no control {name!r} here")
        elif not isinstance(region, str) or not region:
            reading.say("results", f"result {number}", "has no id")
        elif region in reading.control(name):
            reading.say("results", region, f"stands twice under {name}")
        else:
            reading.found.setdefault(name, {})[region] = result


def _entities(reading: _Reading) -> Iterator[Entity]:
    before = {entity.id: entity for entity in reading.kept.entities} if reading.kept else {}
    found: dict[str, Entity] = {}
    for lang in LANGS:
        for region, result in reading.control(controls.ENTITIES[lang]).items():
            there = before.get(region)
            item = _span(reading, "entities", "entity", lang, region, result)
            if region in found:
                reading.say("entities", region, "stands on both sides")
                continue
            if item is None:
                if there is not None:
                    found[region] = there
                continue
            start, end, text, label = item
            concept = _concept(reading, lang, region, there)
            found[region] = Entity(
                id=region, lang=lang, start=start, end=end, text=text, type=label, concept=concept
            )
    taken: list[Entity] = []
    for region in [
        *(region for region in before if region in found),
        *(region for region in found if region not in before),
    ]:
        entity = found[region]
        other = next((other for other in taken if _clash(entity, other, reading.scheme)), None)
        if other is not None:
            reading.say("entities", region, f"{entity.text!r} overlaps {other.text!r} ({other.id})")
        else:
            taken.append(entity)
            yield entity
    for lang in LANGS:
        for region in reading.control(controls.CONCEPTS[lang]).keys() - found.keys():
            reading.say("concepts", region, "belongs to no entity")


def _clash(one: Entity, other: Entity, scheme: LabelScheme) -> bool:
    shares = one.lang == other.lang and overlaps(one, other)
    same = (one.start, one.end, one.type) == (other.start, other.end, other.type)
    return shares and (same or not scheme.rules.overlap)


def _concept(reading: _Reading, lang: Lang, region: str, before: Entity | None) -> str | None:
    result = reading.control(controls.CONCEPTS[lang]).get(region)
    concept = "\n".join(texts_of(result)).strip() if result is not None else ""
    if concept and not is_concept(concept):
        reading.say("concepts", region, f"{concept!r} is no slug such as 'large-language-model'")
        return before.concept if before else None
    return concept or None


def _flags(reading: _Reading) -> Iterator[Flag]:
    sent: dict[str, Flag] = {}
    if reading.kept:
        names = [
            item["id"] for item in visible(reading.kept) if item.get("from_name") in controls.FLAGS.values()
        ]
        sent = dict(zip(names, reading.kept.flags, strict=True))
    found: dict[str, Flag] = {}
    for lang in LANGS:
        meant = reading.control(controls.INTENDED[lang])
        for region, result in reading.control(controls.FLAGS[lang]).items():
            item = _span(reading, "flags", "flag", lang, region, result)
            if item is None:
                if region in sent:
                    found[region] = sent[region]
                continue
            start, end, text, label = item
            intended = "\n".join(texts_of(meant[region])) if region in meant else None
            found[region] = Flag(lang=lang, start=start, end=end, text=text, kind=label, intended=intended)
        for region in meant.keys() - found.keys():
            reading.say("flags", region, "what was meant belongs to no flag")
    yield from (found[region] for region in sent if region in found)
    yield from (flag for region, flag in found.items() if region not in sent)


def _links(reading: _Reading, ids: Mapping[str, Lang]) -> Iterator[Link]:
    found: list[Link] = []
    for result in reading.relations:
        ends = [str(result.get(end)) for end in ("from_id", "to_id")]
        name = " - ".join(ends)
        labels = result.get("labels") or [controls.TRANSLATION]
        if labels != [controls.TRANSLATION]:
            reading.say("links", name, f"{labels!r} is not {controls.TRANSLATION!r}")
        elif missing := [end for end in ends if end not in ids]:
            reading.say("links", name, f"there is no entity {missing[0]!r}")
        elif {ids[end] for end in ends} != set(LANGS):
            reading.say("links", name, "joins two entities of one side")
        else:
            ar, en = sorted(ends, key=lambda end: LANGS.index(ids[end]))
            link = Link(ar=ar, en=en)
            if link in found:
                reading.say("links", name, "stands twice")
            else:
                found.append(link)
    yield from _in_order(found, reading.kept.links if reading.kept else ())


def _stances(reading: _Reading, ids: Mapping[str, Lang]) -> Iterator[Stance]:
    found: list[Stance] = []
    for control in stance_controls(reading.scheme):
        target, holder = control.target.id, control.holder.id
        before = [
            stance
            for stance in (reading.kept.stances if reading.kept else ())
            if (stance.target, stance.holder) == (target, holder)
        ]
        value = _stance(reading, control, before[0].stance if before else None)
        if value is None:
            continue
        if not before or value == before[0].stance:
            found += before or [Stance(target=target, stance=value, holder=holder)]
        else:
            found.append(replace(before[0], stance=value))
    holders: set[tuple[str, str, str | None]] = set()
    for stance in _in_order(found, reading.kept.stances if reading.kept else ()):
        region, named = f"stance-{stance.target}-{stance.holder}", stance.holder_entity
        if named is not None and named not in ids:
            reading.say("stances", region, f"its holder, the entity {named!r}, was deleted there")
            stance = replace(stance, holder_entity=None)  # noqa: PLW2901 - the same stance, nobody's by name
        who = (stance.target, stance.holder, stance.holder_entity)
        if who in holders:
            reading.say("stances", region, "without its holder's name it would be a second one of one holder")
            continue
        holders.add(who)
        yield stance


def _stance(reading: _Reading, control: StanceControl, before: str | None) -> str | None:
    """The choice of a holder's stance; what was sent where it cannot be read."""
    results = list(reading.control(control.name).items())
    if not results:
        return None
    region, result = results[0]
    chosen = only_one(result, "choices")
    if len(results) > 1 or chosen is None:
        reading.say("stances", region, f"{control.name}: two choices, or none, where one is allowed")
        return before
    label = label_id(reading.scheme, "stance", chosen)
    if label is None:
        reading.say("stances", region, unknown_label(reading.scheme, "stance", chosen))
        return before
    return label


def _implications(reading: _Reading) -> Iterator[Implication]:
    found: list[Implication] = []
    for region, result in reading.control(controls.IMPLICATIONS).items():
        for path in items_of(result, "taxonomy"):
            implication = _implication(reading, region, path)
            if implication in found:
                reading.say("implications", region, f"{path!r} stands twice")
            elif implication is not None:
                found.append(implication)
    yield from _in_order(found, reading.kept.implications if reading.kept else ())


def _implication(reading: _Reading, region: str, path: object) -> Implication | None:
    if not isinstance(path, list) or len(path) != len(controls.PATH):
        reading.say("implications", region, f"{path!r} is no path of {', '.join(controls.PATH)}")
        return None
    values: dict[str, str] = {}
    for section, step in zip(controls.PATH, path, strict=True):
        label = label_id(reading.scheme, section, step)
        if label is None:
            reading.say("implications", region, unknown_label(reading.scheme, section, step))
            return None
        values[section] = label
    return Implication(**values)


def _status(reading: _Reading) -> Status:
    for region, result in reading.control(controls.STATUS).items():
        chosen = only_one(result, "choices")
        for status in controls.STATUS_CHOICES:
            if status == chosen:
                return status
        reading.say("statuses", region, f"{chosen!r} is none of {', '.join(controls.STATUS_CHOICES)}")
        if reading.kept and reading.kept.status in controls.STATUS_CHOICES:
            return reading.kept.status
    return "done"


def _comment(reading: _Reading) -> str | None:
    texts = [text for result in reading.control(controls.COMMENT).values() for text in texts_of(result)]
    return "\n".join(texts) or None


def _seconds(given: Mapping[str, Any], reading: _Reading) -> float | None:
    value = given.get("lead_time")
    if value is not None and not is_time(value):
        reading.say("seconds", "lead_time", f"{value!r} is no time")
        value = None
    if value is None:
        return reading.kept.seconds if reading.kept else None
    return float(value)


def _span(  # noqa: PLR0917 - one region, all of it
    reading: _Reading, what: str, section: Section, lang: Lang, region: str, result: PageResult
) -> tuple[int, int, str, str] | None:
    """Start, end, quote and label of a region; None where it cannot be right."""
    text, value = reading.texts[lang], value_of(result)
    start, end, quote = value.get("start"), value.get("end"), value.get("text")
    chosen = only_one(result, "labels")
    label = None if chosen is None else label_id(reading.scheme, section, chosen)
    fault = ""
    if text is None:
        fault = f"the pair has no {lang} side"
    elif type(start) is not int or type(end) is not int:
        fault = f"its range is {start!r} to {end!r}, which are no whole numbers"
    elif not 0 <= start < end <= len(text):
        fault = f"[{start}:{end}] is no range in a text of {len(text)} characters"
    elif isinstance(quote, str) and not quotes(quote, text[start:end]):
        fault = f"quotes {quote!r}, but the text at [{start}:{end}] is {text[start:end]!r}"
    elif chosen is None:
        fault = "has two labels, or none, where one is allowed"
    elif label is None:
        fault = unknown_label(reading.scheme, section, chosen)
    else:
        return start, end, text[start:end], label
    reading.say(what, region, fault)
    return None


def _in_order(found: Sequence[Any], before: Sequence[Any]) -> Iterator[Any]:
    """What was sent in the order in which it was, then what is new."""
    yield from (item for item in before if item in found)
    yield from (item for item in found if item not in before)
