"""Tags of tokens that are made from the text alone, and tags as spans with a probability. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from hashiya.corpus.text.model_tokens import model_token_borders
from hashiya.corpus.text.token_tags import tag_whole_tokens, tagged_spans
from hashiya.corpus.training.models.protocol import Probabilities, ScoredSpan
from hashiya.corpus.training.rows import TrainingTexts
from hashiya.corpus.training.tasks import TrainingTask
from hashiya.schema.dataset import MASKED
from hashiya.schema.records import Lang

TokenRanges = Sequence[tuple[int, int]]


def token_ranges(text: str) -> TokenRanges:
    """Return where each token of a text begins and ends."""
    borders = model_token_borders(text)
    return list(zip(borders[::2], borders[1::2], strict=True))


def tagged_texts(
    task: TrainingTask, texts: TrainingTexts
) -> Iterator[tuple[str, Lang, TokenRanges, list[int]]]:
    """Yield each text with its language, its tokens and their tags; `MASKED` where nobody knows."""
    number = {name: at for at, name in enumerate(task.classes)}
    for text, lang, spans, masked in zip(
        texts.inputs.texts, texts.inputs.langs, texts.spans, texts.masked, strict=True
    ):
        tokens = token_ranges(text)
        marked = [(start, end, number[name]) for start, end, name in spans]
        yield text, lang, tokens, tag_whole_tokens(tokens, marked, masked)[0]


def spans_of_tags(
    tokens: TokenRanges, tagged: Sequence[int], probabilities: Probabilities, types: Sequence[str]
) -> tuple[ScoredSpan, ...]:
    """Return the spans of tagged tokens; a span is as probable as the least probable tag in it."""
    return tuple(
        ScoredSpan(
            start,
            end,
            types[number],
            min(
                float(probabilities[at, tagged[at]])
                for at, token in enumerate(tokens)
                if start <= token[0] < end and tagged[at] != MASKED
            ),
        )
        for start, end, number in tagged_spans(tokens, tagged)
    )


def known_stretches(tagged: Sequence[int]) -> list[slice]:
    """Return the stretches of tokens between those whose tag is `MASKED`."""
    borders = [-1, *(at for at, tag in enumerate(tagged) if tag == MASKED), len(tagged)]
    return [slice(before + 1, after) for before, after in pairwise(borders) if before + 1 < after]
