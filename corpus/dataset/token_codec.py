"""Texts -> tokens with tags, and tags -> spans: one codec for training and for use.

Tokens are those of `model_tokens`, or the subwords of a tokenizer, and are made from the text alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hashiya.corpus.dataset.subwords import (
    FastTokenizer,
    Subwords,
    TokenWindow,
    kept_parts,
    longest_input,
    subword_reader,
    windows,
)
from hashiya.corpus.text.bio import tags as tag_names
from hashiya.corpus.text.model_tokens import model_token_borders
from hashiya.corpus.text.token_tags import NumberedSpan, SpanFate, tag_whole_tokens, tagged_spans
from hashiya.schema.dataset import MASKED
from hashiya.schema.errors import HashiyaError, LabelError

TypedSpan = tuple[int, int, str]
"""Where a span begins and ends in its text, and its class."""


@dataclass(slots=True)
class TaggedRows:
    """Rows of tokens: one a text, or one a window of it.

    `texts` has the number of each row's text; `ids` the subwords' numbers, and is empty where tokens are
    words; a range is (start, end) in the text. `fates` counts what became of the spans.
    """

    texts: list[int] = field(default_factory=list)
    ids: list[list[int]] = field(default_factory=list)
    ranges: list[list[tuple[int, int]]] = field(default_factory=list)
    tags: list[list[int]] = field(default_factory=list)
    fates: Counter[SpanFate] = field(default_factory=Counter)


class TokenCodec:
    """Cuts texts into tokens, tags them with spans, and makes spans of predicted tags.

    `types` are the classes by their number. With a `tokenizer` tokens are its subwords, in windows of at most
    `max_length` (what the tokenizer says, if it does) that share `stride`; with `words` no subword
    reaches over an edge of a token of `model_tokens`.
    """

    def __init__(
        self,
        types: Sequence[str],
        tokenizer: FastTokenizer | None = None,
        *,
        words: bool = False,
        max_length: int | None = None,
        stride: int = 0,
    ) -> None:
        if tokenizer is None and (words or max_length is not None or stride):
            raise HashiyaError("words, max_length and stride say how a tokenizer cuts; name a tokenizer too")
        self.types = tuple(types)
        self.names = tag_names(self.types)
        self.words = words
        self._read = None if tokenizer is None else subword_reader(tokenizer, words=words)
        self._max_length = max_length or (None if tokenizer is None else longest_input(tokenizer))
        self._stride = stride

    @property
    def has_subwords(self) -> bool:
        """Whether tokens are a tokenizer's subwords."""
        return self._read is not None

    def encode(
        self,
        texts: Sequence[str],
        spans: Sequence[Iterable[NumberedSpan]] | None = None,
        masked: Sequence[Iterable[tuple[int, int]]] | None = None,
    ) -> TaggedRows:
        """Return the tokens of texts; with tags where `spans` of each are given, of which some may be masked.

        A special token has an empty range and the tag `MASKED`. A span that windows cut is tagged in each.
        """
        rows = TaggedRows()
        for number, (subwords, cut) in enumerate(self._cut(texts)):
            tags: list[int] = []
            if spans is not None:
                tags, fates = tag_whole_tokens(
                    subwords.ranges, spans[number], () if masked is None else masked[number]
                )
                rows.fates.update(fates)
            for window in cut:
                part = slice(window.first, window.end)
                before, after = len(subwords.before), len(subwords.after)
                rows.texts.append(number)
                rows.ids.append([*subwords.before, *subwords.ids[part], *subwords.after])
                rows.ranges.append([(0, 0)] * before + subwords.ranges[part] + [(0, 0)] * after)
                if spans is not None:
                    rows.tags.append([MASKED] * before + tags[part] + [MASKED] * after)
        return rows

    def decode(self, texts: Sequence[str], predictions: Iterable[Any]) -> list[list[TypedSpan]]:
        """Return the spans of texts, from predictions of a row each, in the order of `encode`.

        A prediction is the tag numbers of a row's tokens, or an array of tokens by tags of which the
        greatest counts; what it says past the row's end is padding. Of subwords in two windows that
        prediction counts which has more of the text around it. `HashiyaError` where rows are missing or
        left, or do not fit.
        """
        given = iter(predictions)
        spans = list(self.decode_next(texts, given))
        refuse_the_rest(given)
        return spans

    def decode_next(self, texts: Sequence[str], predictions: Iterator[Any]) -> Iterator[list[TypedSpan]]:
        """Yield the spans of texts as `decode`; takes only as many predictions as their rows are."""
        for subwords, cut in self._cut(texts):
            tags: list[int] = []
            for window, (begin, end) in zip(cut, kept_parts(cut), strict=True):
                before = len(subwords.before)
                length = before + window.end - window.first + len(subwords.after)
                row = self._tag_numbers(predictions, length)
                tags += row[before + begin - window.first : before + end - window.first]
            yield [
                (start, end, self.types[number]) for start, end, number in tagged_spans(subwords.ranges, tags)
            ]

    def _cut(self, texts: Sequence[str]) -> Iterator[tuple[Subwords, list[TokenWindow]]]:
        if self._read is not None:
            for subwords in self._read(texts):
                yield subwords, windows(subwords, self._max_length, self._stride)
            return
        for text in texts:
            borders = model_token_borders(text)
            ranges = list(zip(borders[::2], borders[1::2], strict=True))
            yield Subwords([0] * len(ranges), ranges, [], []), [TokenWindow(0, len(ranges))]

    def _tag_numbers(self, predictions: Iterator[Any], length: int) -> list[int]:
        """The predicted tags of the next row, without its padding."""
        try:
            given = np.asarray(next(predictions))
        except StopIteration:
            raise HashiyaError("there are fewer predictions than rows; give one for each, in order") from None
        if given.ndim == 2:
            if given.shape[1] != len(self.names):
                raise LabelError(
                    f"a prediction has {given.shape[1]} tags a token; there are {len(self.names)}"
                )
            given = given.argmax(axis=1)
        if given.ndim != 1 or len(given) < length:
            raise LabelError(f"a prediction has the shape {given.shape}; its row has {length} tokens")
        if length and given.dtype.kind not in "iu":
            raise LabelError(f"a prediction holds {given.dtype} and no tag numbers")
        row: list[int] = given[:length].tolist()
        for tag in row:
            if tag != MASKED and (tag not in range(len(self.names))):
                raise LabelError(f"a prediction has the tag {tag}; there are 0 to {len(self.names) - 1}")
        return row


def refuse_the_rest(predictions: Iterator[Any]) -> None:
    """Raise `HashiyaError` where predictions are left when all rows have theirs."""
    if next(predictions, predictions) is not predictions:
        raise HashiyaError("there are more predictions than rows; give one for each, in order")
