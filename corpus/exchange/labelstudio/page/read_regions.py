"""Regions of the page's texts as entities and flags, and relations between them as links.

A region that cannot be right (beyond the text, overlapping, with an unknown label) is told of and left out,
and what was sent in its place stays. Offsets are code points of a side on both ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hashiya.corpus.exchange.importing.read_marks import cut_word
from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.result_values import (
    PageResult,
    Unreadable,
    chosen_label,
    quotes,
    texts_of,
    value_of,
)
from hashiya.corpus.exchange.labelstudio.page.sorted_results import SortedResults, sent_first
from hashiya.corpus.exchange.labelstudio.page.write_results import visible_results
from hashiya.schema.records import LANGS, Entity, Flag, Lang, Link, Span, overlaps
from hashiya.schema.scheme import LabelScheme, Section, is_concept


@dataclass(frozen=True, slots=True)
class _LabelledRange:
    start: int
    end: int
    text: str
    label: str


def read_entities(results: SortedResults) -> Iterator[Entity]:
    """Yield the entities: those that were sent in their order, then new ones."""
    sent = {entity.id: entity for entity in results.sent.entities} if results.sent else {}
    read = _entities_by_region(results, sent)
    yield from _without_overlaps(results, [read[region] for region in sent_first([*sent], [*read])])
    for lang in LANGS:
        for region in results.of(controls.CONCEPTS[lang]).keys() - read.keys():
            result = results.of(controls.CONCEPTS[lang])[region]
            results.leave("concepts", region, "belongs to no entity", result)


def _entities_by_region(results: SortedResults, sent: Mapping[str, Entity]) -> dict[str, Entity]:
    read: dict[str, Entity] = {}
    for lang in LANGS:
        for region, result in results.of(controls.ENTITIES[lang]).items():
            labelled = _labelled_range(results, "entity", lang, result)
            if not isinstance(labelled, Unreadable):
                labelled = _judged(results, region, lang, labelled, sent.get(region))
            if isinstance(labelled, Unreadable):
                results.leave("entities", region, labelled.why, result)
            if region in read:
                results.leave("entities", region, "stands on both sides", result)
            elif not isinstance(labelled, Unreadable):
                read[region] = Entity(
                    id=region,
                    lang=lang,
                    start=labelled.start,
                    end=labelled.end,
                    text=labelled.text,
                    type=labelled.label,
                    concept=_concept(results, lang, region, sent.get(region)),
                )
            elif region in sent:
                read[region] = sent[region]
    return read


def _without_overlaps(results: SortedResults, entities: Sequence[Entity]) -> Iterator[Entity]:
    """Yield the entities that may stand together; of two that may not, the first."""
    before: list[Entity] = []
    for entity in entities:
        other = next((other for other in before if _clash(entity, other, results.scheme)), None)
        if other is not None:
            result = results.of(controls.ENTITIES[entity.lang]).get(entity.id)
            why = f"{entity.text!r} overlaps {other.text!r} ({other.id})"
            results.leave("entities", entity.id, why, *([] if result is None else [result]))
        else:
            before.append(entity)
            yield entity


def _clash(one: Entity, other: Entity, scheme: LabelScheme) -> bool:
    shares = one.lang == other.lang and overlaps(one, other)
    same = (one.start, one.end, one.type) == (other.start, other.end, other.type)
    return shares and (same or not scheme.rules.overlap)


def _concept(results: SortedResults, lang: Lang, region: str, sent: Entity | None) -> str | None:
    result = results.of(controls.CONCEPTS[lang]).get(region)
    concept = "\n".join(texts_of(result)).strip() if result is not None else ""
    if concept and not is_concept(concept):
        why = f"{concept!r} is no slug such as 'large-language-model'"
        results.leave("concepts", region, why, *([] if result is None else [result]))
        return sent.concept if sent else None
    return concept or None


def read_flags(results: SortedResults) -> Iterator[Flag]:
    """Yield the flags: those that were sent in their order, then new ones."""
    sent = _sent_flags(results)
    read: dict[str, Flag] = {}
    for lang in LANGS:
        intended = results.of(controls.INTENDED[lang])
        for region, result in results.of(controls.FLAGS[lang]).items():
            labelled = _labelled_range(results, "flag", lang, result)
            if not isinstance(labelled, Unreadable):
                read[region] = Flag(
                    lang=lang,
                    start=labelled.start,
                    end=labelled.end,
                    text=labelled.text,
                    kind=labelled.label,
                    intended="\n".join(texts_of(intended[region])) if region in intended else None,
                )
                continue
            results.leave("flags", region, labelled.why, result)
            if region in sent:
                read[region] = sent[region]
        for region in intended.keys() - read.keys():
            results.leave("flags", region, "what was meant belongs to no flag", intended[region])
    yield from (read[region] for region in sent_first([*sent], [*read]))


def _sent_flags(results: SortedResults) -> dict[str, Flag]:
    """Return the flags that were sent, by the regions that they were sent as."""
    if results.sent is None:
        return {}
    names = controls.FLAGS.values()
    regions = [item["id"] for item in visible_results(results.sent) if item.get("from_name") in names]
    return dict(zip(regions, results.sent.flags, strict=True))


def read_links(results: SortedResults, sides: Mapping[str, Lang]) -> Iterator[Link]:
    """Yield the links between entities, of whose ids `sides` gives the languages."""
    links: list[Link] = []
    for relation in results.relations:
        link = _link(relation, sides, links)
        if isinstance(link, Unreadable):
            results.leave("links", " - ".join(_ends(relation)), link.why, relation)
        else:
            links.append(link)
    yield from sent_first(results.sent.links if results.sent else (), links)


def _link(relation: PageResult, sides: Mapping[str, Lang], others: Collection[Link]) -> Link | Unreadable:
    ends = _ends(relation)
    labels = relation.get("labels") or [controls.TRANSLATION]
    if labels != [controls.TRANSLATION]:
        return Unreadable(f"{labels!r} is not {controls.TRANSLATION!r}")
    missing = [end for end in ends if end not in sides]
    if missing:
        return Unreadable(f"there is no entity {missing[0]!r}")
    if {sides[end] for end in ends} != set(LANGS):
        return Unreadable("joins two entities of one side")
    ar, en = sorted(ends, key=lambda end: LANGS.index(sides[end]))
    link = Link(ar=ar, en=en)
    return Unreadable("stands twice") if link in others else link


def _ends(relation: PageResult) -> list[str]:
    return [str(relation.get(end)) for end in ("from_id", "to_id")]


def _labelled_range(
    results: SortedResults, section: Section, lang: Lang, result: PageResult
) -> _LabelledRange | Unreadable:
    text = results.texts[lang]
    if text is None:
        return Unreadable(f"the pair has no {lang} side")
    span = _range(text, value_of(result))
    if isinstance(span, Unreadable):
        return span
    label = chosen_label(results.scheme, section, result)
    if isinstance(label, Unreadable):
        return label
    return _LabelledRange(span.start, span.end, text[span.start : span.end], label)


def _judged(
    results: SortedResults, region: str, lang: Lang, drawn: _LabelledRange, sent: Entity | None
) -> _LabelledRange | Unreadable:
    """Return a range that somebody drew without white space at its edges; one that was sent stays so."""
    if sent is not None and (sent.lang, sent.start, sent.end) == (lang, drawn.start, drawn.end):
        return drawn
    bare = drawn.text.strip()
    if not bare:
        return Unreadable("holds white space alone")
    if bare != drawn.text:
        results.mended += 1
        start = drawn.start + len(drawn.text) - len(drawn.text.lstrip())
        drawn = _LabelledRange(start, start + len(bare), bare, drawn.label)
    cut = cut_word(results.texts[lang] or "", drawn.start, drawn.end)
    if cut is not None:
        results.doubts.append((region, cut))
    return drawn


def _range(text: str, value: Mapping[str, Any]) -> Span | Unreadable:
    """Return the range of a region, which is one of the text and quotes nothing else."""
    start, end, quote = value.get("start"), value.get("end"), value.get("text")
    if not isinstance(start, int) or not isinstance(end, int) or bool in {type(start), type(end)}:
        return Unreadable(f"its range is {start!r} to {end!r}, which are no whole numbers")
    if not 0 <= start < end <= len(text):
        return Unreadable(f"[{start}:{end}] is no range in a text of {len(text)} characters")
    if isinstance(quote, str) and not quotes(quote, text[start:end]):
        return Unreadable(f"quotes {quote!r}, but the text at [{start}:{end}] is {text[start:end]!r}")
    return Span(start, end)
