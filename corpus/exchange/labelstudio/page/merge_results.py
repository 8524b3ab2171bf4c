"""An annotation written over what stands on Label Studio's page: only what hashiya can read is replaced.

Results that cannot be read (of controls and with labels that someone added there, overlaps) stay as they are,
and so does all that a result says beside its value: notes of regions, scores.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.read_results import PageReading, rest_digest
from hashiya.corpus.exchange.labelstudio.page.result_values import PageResult, items_of, note_of, value_of
from hashiya.corpus.exchange.labelstudio.page.write_results import (
    ResultObject,
    hidden_result,
    visible_results,
)
from hashiya.schema.records import LANGS, Annotation

_REGIONS = {layer[lang] for layer in (controls.ENTITIES, controls.FLAGS) for lang in LANGS}
_OF_REGIONS = {layer[lang] for layer in (controls.CONCEPTS, controls.INTENDED) for lang in LANGS}
_WRITTEN = {"id", "from_name", "to_name", "type", "value"}
"""What of a result a push writes."""


def merged_results(annotation: Annotation, there: PageReading) -> list[ResultObject]:
    """Return the results of an annotation with all that stands there and cannot be read."""
    left = _distinct(there.left)
    trees = [result for result in left if result.get("from_name") == controls.IMPLICATIONS]
    whole = [result for result in there.results if result in left and result not in trees]
    paths = [path for result in trees for path in items_of(result, "taxonomy")]
    ours = visible_results(annotation)
    if paths and not any(item.get("from_name") == controls.IMPLICATIONS for item in ours):
        ours.append({**trees[0], "value": {**value_of(trees[0]), "taxonomy": []}})
    firsts = {_place(result): result for result in reversed(there.results)}
    taken = {_place(result) for result in whole if firsts.get(_place(result)) == result}
    stays = list(_stays(there.results, whole, ours))
    merged = [_with_paths(_over(item, there.results), paths) for item in ours if _place(item) not in taken]
    # What is read next time tells by this name whether anything was added since.
    mark = rest_digest([*left, *stays], filter(note_of, merged))
    return [*merged, *map(dict, whole), *map(dict, stays), hidden_result(annotation, mark)]


def _distinct(results: Iterable[PageResult]) -> list[PageResult]:
    distinct: list[PageResult] = []
    for result in results:
        if result not in distinct:
            distinct.append(result)
    return distinct


def _place(result: PageResult) -> tuple[object, ...]:
    """Return what a page has one result of: a region of a control, a control of the pair, a relation."""
    if result.get("type") == "relation":
        labels = result.get("labels") or [controls.TRANSLATION]
        return ("relation", str(labels), *sorted(str(result.get(end)) for end in ("from_id", "to_id")))
    name = result.get("from_name")
    return (name, result.get("id")) if name in _REGIONS | _OF_REGIONS else (name,)


def _stays(
    there: Iterable[PageResult], whole: Collection[PageResult], ours: Sequence[PageResult]
) -> Iterator[PageResult]:
    """Yield the texts of regions that stay although they cannot be read."""
    regions = {result.get("id") for result in whole if result.get("from_name") in _REGIONS}
    written = {_place(item) for item in ours}
    for result in there:
        of_region = result.get("from_name") in _OF_REGIONS and result.get("id") in regions
        if of_region and _place(result) not in written and result not in whole:
            yield result


def _same(one: PageResult, other: PageResult) -> bool:
    if _place(one) == _place(other):
        return True
    span = [(value_of(item).get("start"), value_of(item).get("end")) for item in (one, other)]
    name = one.get("from_name")
    return name in _REGIONS and name == other.get("from_name") and span[0] == span[1]


def _over(item: ResultObject, there: Iterable[PageResult]) -> ResultObject:
    """Return a result with what the one that it replaces says beside its value."""
    replaced: Mapping[str, Any] = next((result for result in there if _place(result) == _place(item)), {})
    replaced = replaced or next((result for result in there if _same(result, item)), {})
    if item.get("type") == "relation" and replaced:
        return dict(replaced)
    return {**item, **{name: value for name, value in replaced.items() if name not in _WRITTEN}}


def _with_paths(item: ResultObject, paths: Sequence[object]) -> ResultObject:
    if not paths or item.get("from_name") != controls.IMPLICATIONS:
        return item
    return {**item, "value": {**item["value"], "taxonomy": [*items_of(item, "taxonomy"), *paths]}}
