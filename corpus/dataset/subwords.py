"""Subwords of a text by any fast tokenizer, with the range of the text that each stands for.

A tokenizer is one of Transformers (`PreTrainedTokenizerFast`) or of the library `tokenizers`; neither needs
to be installed here. Windows of a long text are those that both libraries make of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hashiya.corpus.text.model_tokens import model_token_borders
from hashiya.schema.errors import HashiyaError

FastTokenizer: TypeAlias = Any
"""What has `is_fast` and is called as Transformers' tokenizers are, or has `encode_batch` and `to_str`."""
_NO_LIMIT = 10**6
"""A `model_max_length` from here on says that the tokenizer knows no limit."""


@dataclass(frozen=True, slots=True)
class Subwords:
    """The subwords of a text between the special tokens that a model wants around them.

    A range is (start, end) in code points of the text, without white space at its edges; it is empty for a
    subword that stands for white space alone.
    """

    ids: list[int]
    ranges: list[tuple[int, int]]
    before: list[int]
    after: list[int]


@dataclass(frozen=True, slots=True)
class TokenWindow:
    """The subwords from `first` up to `end` of a text."""

    first: int
    end: int


def subword_reader(
    tokenizer: FastTokenizer, *, words: bool = False
) -> Callable[[Sequence[str]], list[Subwords]]:
    """Return a function that gives the subwords of each of several texts, uncut.

    With `words`, the tokenizer gets the tokens of `model_tokens` one by one, so that no subword reaches from
    one into the next. `HashiyaError` where the tokenizer cannot say which characters a subword stands for.
    """
    if getattr(tokenizer, "is_fast", False) and callable(tokenizer):
        return lambda texts: _by_transformers(tokenizer, texts, words=words)
    if hasattr(tokenizer, "encode_batch") and hasattr(tokenizer, "to_str"):
        own = type(tokenizer).from_str(tokenizer.to_str())  # the one that was given stays as it is
        own.no_truncation()
        own.no_padding()
        return lambda texts: _by_tokenizers(own, texts, words=words)
    raise HashiyaError(
        f"{type(tokenizer).__name__} is no fast tokenizer, which says where in the text a subword stands: "
        "take AutoTokenizer.from_pretrained(NAME, use_fast=True) or a tokenizers.Tokenizer"
    )


def longest_input(tokenizer: FastTokenizer) -> int | None:
    """Return how many subwords a tokenizer says that its model reads, special ones included, if it does."""
    longest = getattr(tokenizer, "model_max_length", None)
    return longest if isinstance(longest, int) and longest < _NO_LIMIT else None


def windows(subwords: Subwords, max_length: int | None, stride: int) -> list[TokenWindow]:
    """Return the windows of at most `max_length` subwords, special ones included.

    Neighbours share `stride` subwords. `HashiyaError` where nothing or less would be left for the text.
    """
    count = len(subwords.ids)
    if max_length is None:
        return [TokenWindow(0, count)]
    size = max_length - len(subwords.before) - len(subwords.after)
    if not 0 <= stride < size:
        raise HashiyaError(
            f"windows of {max_length} subwords hold {max(size, 0)} of the text, and cannot share {stride}: "
            "stride must be at least 0 and less than that"
        )
    found = [TokenWindow(0, min(size, count))]
    while found[-1].end < count:
        first = found[-1].first + size - stride
        found.append(TokenWindow(first, min(first + size, count)))
    return found


def kept_parts(of: Sequence[TokenWindow]) -> Iterator[tuple[int, int]]:
    """Yield of each window the subwords that are taken from it: what two share is halved between them."""
    begin = 0
    for number, window in enumerate(of):
        following = of[number + 1] if number + 1 < len(of) else None
        end = window.end if following is None else (following.first + window.end + 1) // 2
        yield begin, end
        begin = end


def _by_transformers(tokenizer: FastTokenizer, texts: Sequence[str], *, words: bool) -> list[Subwords]:
    borders = [model_token_borders(text) for text in texts] if words else []
    inputs = [_cut(text, cuts) for text, cuts in zip(texts, borders, strict=True)] if words else list(texts)
    if not inputs:
        return []
    encoded = tokenizer(
        inputs,
        is_split_into_words=words,
        truncation=False,
        padding=False,
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
        verbose=False,
    )
    found: list[Subwords] = []
    for number, text in enumerate(texts):
        ranges = encoded["offset_mapping"][number]
        if words:
            ranges = _moved(ranges, encoded.word_ids(number), borders[number])
        ids, special = encoded["input_ids"][number], encoded["special_tokens_mask"][number]
        found.append(_subwords(text, ids, ranges, special))
    return found


def _by_tokenizers(tokenizer: FastTokenizer, texts: Sequence[str], *, words: bool) -> list[Subwords]:
    borders = [model_token_borders(text) for text in texts] if words else []
    inputs = [_cut(text, cuts) for text, cuts in zip(texts, borders, strict=True)] if words else list(texts)
    found: list[Subwords] = []
    for number, encoding in enumerate(tokenizer.encode_batch(inputs, is_pretokenized=words)):
        ranges = encoding.offsets
        if words:
            ranges = _moved(ranges, encoding.word_ids, borders[number])
        found.append(_subwords(texts[number], encoding.ids, ranges, encoding.special_tokens_mask))
    return found


def _cut(text: str, borders: Sequence[int]) -> list[str]:
    return [text[start:end] for start, end in zip(borders[::2], borders[1::2], strict=True)] or [""]


def _moved(
    ranges: Sequence[tuple[int, int]], words: Sequence[int | None], borders: Sequence[int]
) -> list[tuple[int, int]]:
    """Ranges in the text, of ranges in one word each."""
    return [
        (0, 0)
        if word is None or 2 * word >= len(borders)
        else (borders[2 * word] + start, borders[2 * word] + end)
        for (start, end), word in zip(ranges, words, strict=True)
    ]


def _subwords(
    text: str, ids: Sequence[int], ranges: Sequence[tuple[int, int]], special: Sequence[int]
) -> Subwords:
    first, end = 0, len(ids)
    while first < end and special[first]:
        first += 1
    while end > first and special[end - 1]:
        end -= 1
    return Subwords(
        list(ids[first:end]),
        [_without_white_space(text, *item) for item in ranges[first:end]],
        list(ids[:first]),
        list(ids[end:]),
    )


def _without_white_space(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without what many tokenizers count to a word: the space before it."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
