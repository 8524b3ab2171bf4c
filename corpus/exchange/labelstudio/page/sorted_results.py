"""The results of one annotation sorted by control and region, with all that they are read by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.controls import stance_controls
from hashiya.corpus.exchange.labelstudio.page.result_values import PageResult
from hashiya.schema.records import Annotation, Lang
from hashiya.schema.scheme import LabelScheme

_T = TypeVar("_T")

TellRegion = Callable[[str, str, str], None]
"""Tells of something left out: what it is ("entities"), the region, why."""
SideTexts = Mapping[Lang, str | None]
"""The texts of a task, in which offsets count."""


@dataclass(slots=True)
class SortedResults:
    """The results of an annotation. `sent` is what this corpus had sent, if anything; `tell` hears faults.

    `left` are the results that are not taken over, in whole or in part, in their order. `doubts` are what is
    doubtful of regions that are, `mended` counts those that lost white space.
    """

    texts: SideTexts
    scheme: LabelScheme
    sent: Annotation | None
    tell: TellRegion
    relations: list[PageResult] = field(default_factory=list)
    by_control: dict[str, dict[str, PageResult]] = field(default_factory=dict)
    left: list[PageResult] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    mended: int = 0

    def of(self, control: str) -> dict[str, PageResult]:
        """Return the results of a control, by region."""
        return self.by_control.get(control, {})

    def leave(self, what: str, region: str, why: str, *results: PageResult) -> None:
        """Tell of what is not taken over, and keep the results that say it."""
        self.tell(what, region, why)
        self.left += results

    def add(self, results: Iterable[PageResult]) -> None:
        """Sort results in; one of an unknown control, without a region, or in place of another is told."""
        known = _control_names(self.scheme)
        for number, result in enumerate(results):
            name, region = result.get("from_name"), result.get("id")
            if result.get("type") == "relation":
                self.relations.append(result)
            elif name not in known:
                why = f"there is no control {name!r} here"
                self.leave("results", str(region or f"result {number}"), why, result)
            elif not isinstance(region, str) or not region:
                self.leave("results", f"result {number}", "has no id", result)
            elif region in self.of(name):
                self.leave("results", region, f"stands twice under {name}", result)
            else:
                self.by_control.setdefault(name, {})[region] = result


def sent_first(sent: Sequence[_T], read: Sequence[_T]) -> Iterator[_T]:
    """Yield what was read: first what had been sent, in the order in which it was, then what is new."""
    yield from (item for item in sent if item in read)
    yield from (item for item in read if item not in sent)


def _control_names(scheme: LabelScheme) -> set[str]:
    by_side = (controls.ENTITIES, controls.CONCEPTS, controls.FLAGS, controls.INTENDED)
    return {
        *(name for layer in by_side for name in layer.values()),
        *(control.name for control in stance_controls(scheme)),
        controls.IMPLICATIONS,
        controls.STATUS,
        controls.COMMENT,
    }
