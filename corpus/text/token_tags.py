"""Typed spans <-> BIO tags, as numbers, on tokens that were made without knowing the spans.

A span is (start, end, class number), a token (start, end): ranges of one text. The tag of a token outside is
0, that of the first token of a span of class `k` is `2k + 1`, that of its other tokens `2k + 2`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from hashiya.schema.dataset import MASKED

NumberedSpan = tuple[int, int, int]
SpanFate = Literal["whole", "trimmed", "inside_token", "overlapped", "no_token", "masked"]
"""What became of a span: tagged; tagged without the characters at its edges that no token holds, as white
space; an edge falls inside a token; a longer span has its letters; no token does; a masked range has some."""


def tag_whole_tokens(
    tokens: Sequence[tuple[int, int]], spans: Iterable[NumberedSpan], masked: Iterable[tuple[int, int]] = ()
) -> tuple[list[int], Counter[SpanFate]]:
    """Return the tags of tokens in the order of the text, and how many spans had which fate.

    A token is tagged only with a span that it lies in. Where an edge falls inside a token, all tokens that
    the span touches get `MASKED`: they are neither outside nor a name of that extent. So do tokens that touch
    a `masked` range, and empty tokens, which stand for no text. Of spans that overlap the longest is tagged.
    """
    places = [place for place, (start, end) in enumerate(tokens) if start < end]
    tags = [MASKED] * len(tokens)
    for place in places:
        tags[place] = 0
    fates = Counter[SpanFate]()
    ranges = list(masked)
    taken: list[NumberedSpan] = []
    for span in sorted(spans, key=lambda span: (span[0] - span[1], span)):
        start, end, number = span
        if any(start < other[1] and other[0] < end for other in taken):
            fates["overlapped"] += 1
            continue
        taken.append(span)
        inside = _touching(tokens, places, start, end)
        if not inside:
            fates["no_token"] += 1
            continue
        if tokens[inside[0]][0] < start or any(tokens[place][1] > end for place in inside):
            fates["inside_token"] += 1
            for place in inside:
                tags[place] = MASKED
            continue
        if any(low < end and start < high for low, high in ranges):
            fates["masked"] += 1
        elif tokens[inside[0]][0] > start or tokens[inside[-1]][1] < end:
            fates["trimmed"] += 1
        else:
            fates["whole"] += 1
        for place in inside:
            tags[place] = 2 * number + 2
        tags[inside[0]] -= 1
    for low, high in ranges:
        for place in _touching(tokens, places, low, high):
            tags[place] = MASKED
    return tags, fates


def tagged_spans(tokens: Sequence[tuple[int, int]], tags: Sequence[int]) -> list[NumberedSpan]:
    """Return the spans that tags say: as they were tagged, or as a model predicts them.

    An I- tag with no span of its class before it begins one. A masked token is outside; an empty one says
    nothing.
    """
    spans: list[NumberedSpan] = []
    inside = False
    for (start, end), tag in zip(tokens, tags, strict=True):
        if start >= end:
            continue
        number = (tag - 1) // 2
        if tag > 0 and tag % 2 == 0 and inside and spans[-1][2] == number:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]), number)
        elif tag > 0:
            spans.append((start, end, number))
        inside = tag > 0
    return spans


def _touching(tokens: Sequence[tuple[int, int]], places: Sequence[int], start: int, end: int) -> list[int]:
    """The places of the tokens that share letters with a range."""
    first = bisect_left(places, start + 1, key=lambda place: tokens[place][1])
    last = bisect_left(places, end, lo=first, key=lambda place: tokens[place][0])
    return list(places[first:last])
