"""Tokens of any tokenizer with tags, and predictions back to spans."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.dataset.token_codec import TokenCodec
from hashiya.corpus.text.model_tokens import model_tokens
from hashiya.schema.dataset import MASKED
from hashiya.schema.errors import HashiyaError, LabelError
from tests.small_tokenizers import KINDS, LINES, small_tokenizer
from tests.strategies import texts

TYPES = ("company", "model", "place")
ARABIC = "وقالت DeepSeek إن أسهم Nvidia انخفضت، وبالذكاء الاصطناعي ترتفع."


def named(text: str, *names: str) -> list[tuple[int, int, int]]:
    return [(text.index(name), text.index(name) + len(name), number) for number, name in enumerate(names)]


def test_words_are_tagged_and_come_back() -> None:
    codec = TokenCodec(TYPES)
    rows = codec.encode([ARABIC], [named(ARABIC, "DeepSeek", "الذكاء الاصطناعي")])
    tokens = [ARABIC[start:end] for start, end in rows.ranges[0]]
    assert tokens[:3] == ["و", "قالت", "DeepSeek"]
    assert [token for token, tag in zip(tokens, rows.tags[0], strict=True) if tag] == [
        "DeepSeek",
        "الذكاء",
        "الاصطناعي",
    ]
    assert codec.names == ("O", "B-company", "I-company", "B-model", "I-model", "B-place", "I-place")
    assert codec.decode([ARABIC], rows.tags) == [
        [(start, end, TYPES[number]) for start, end, number in named(ARABIC, "DeepSeek", "الذكاء الاصطناعي")]
    ]


@pytest.mark.parametrize("words", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_subwords_are_tagged_and_their_tags_come_back_to_characters(kind: str, words: bool) -> None:
    codec = TokenCodec(TYPES, small_tokenizer(kind), words=words)
    text = LINES[2]
    spans = named(text, "Nvidia", "DeepSeek", "model")
    rows = codec.encode([text], [spans])
    assert rows.fates == {"whole": 3}
    assert rows.tags[0][0] == rows.tags[0][-1] == MASKED
    assert rows.ids[0][1:-1] != []
    expected = [(start, end, TYPES[number]) for start, end, number in spans]
    assert codec.decode([text], rows.tags) == [expected]
    logits = np.eye(len(codec.names))[np.maximum(rows.tags[0], 0)]
    padded = np.vstack([logits, np.zeros((5, len(codec.names)))])
    assert codec.decode([text], [padded]) == [expected]


@pytest.mark.parametrize("kind", KINDS)
def test_without_words_the_numbers_are_those_that_the_tokenizer_gives_by_itself(kind: str) -> None:
    tokenizer = small_tokenizer(kind)
    rows = TokenCodec(TYPES, tokenizer).encode(LINES)
    assert rows.ids == [tokenizer.encode(line).ids for line in LINES]
    assert rows.tags == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("longest", "stride"), [(8, 0), (8, 3), (12, 5), (7, 4)])
def test_windows_are_those_of_the_library(kind: str, longest: int, stride: int) -> None:
    tokenizer = small_tokenizer(kind)
    codec = TokenCodec(TYPES, tokenizer, max_length=longest, stride=stride)
    rows = codec.encode(LINES)
    tokenizer.enable_truncation(longest, stride=stride)
    expected = [
        (number, part.ids)
        for number, line in enumerate(LINES)
        for whole in [tokenizer.encode(line)]
        for part in [whole, *whole.overflowing]
    ]
    assert list(zip(rows.texts, rows.ids, strict=True)) == expected


def test_the_tokenizer_that_was_given_stays_as_it_was() -> None:
    tokenizer = small_tokenizer("bpe")
    tokenizer.enable_truncation(6)
    tokenizer.enable_padding(length=9)
    rows = TokenCodec(TYPES, tokenizer).encode([ARABIC])
    assert len(rows.ids[0]) > 9
    assert len(tokenizer.encode(ARABIC).ids) == 9


def test_a_name_cut_by_windows_is_one_name_again() -> None:
    text = "a " * 9 + "DeepSeek of China" + " b" * 9
    spans = named(text, "DeepSeek of China")
    for stride in range(8):
        codec = TokenCodec(TYPES, small_tokenizer("bpe"), max_length=10, stride=stride)
        rows = codec.encode([text], [spans])
        assert len(rows.texts) > 2
        assert codec.decode([text], rows.tags) == [[(18, 35, "company")]]


def test_of_two_windows_that_one_decides_which_sees_more_around_a_token() -> None:
    text = "abc def ghi jkl mno pqr"
    codec = TokenCodec(TYPES, small_tokenizer("wordpiece"), max_length=8, stride=4)
    rows = codec.encode([text])
    assert len(rows.texts) > 2
    wrong_at_the_edge = []
    for ids in rows.ids:
        tags = [0] * len(ids)
        tags[1] = 1  # the first subword of the text in each window
        wrong_at_the_edge.append(tags)
    assert [len(spans) for spans in codec.decode([text], wrong_at_the_edge)] == [1]


def test_a_name_with_an_edge_inside_a_subword_is_masked_and_counted() -> None:
    text = "وبالذكاء"
    tokenizer = small_tokenizer("unigram")
    spans = [(0, len(tokenizer.encode(text).tokens[1].lstrip("▁")) + 1, 0)]
    edges = {edge for pair in TokenCodec(TYPES, tokenizer).encode([text]).ranges[0] for edge in pair}
    spans = [(0, end, 0) for end in range(1, len(text)) if end not in edges][:1]
    assert spans
    rows = TokenCodec(TYPES, tokenizer).encode([text], [spans])
    assert rows.fates == {"inside_token": 1}
    assert rows.tags[0].count(MASKED) > 2
    assert 0 in TokenCodec(TYPES, tokenizer).encode([text], [[]]).tags[0]


@pytest.mark.parametrize("kind", KINDS)
def test_with_words_no_subword_reaches_over_the_edge_of_a_token(kind: str) -> None:
    rows = TokenCodec(TYPES, small_tokenizer(kind), words=True).encode(LINES)
    for number, ranges in zip(rows.texts, rows.ranges, strict=True):
        tokens = [(span.start, span.end) for span in model_tokens(LINES[number])]
        for start, end in ranges:
            assert start == end or any(low <= start and end <= high for low, high in tokens)


@pytest.mark.parametrize(
    ("longest", "stride", "room"), [(2, 0, "hold 0"), (6, 4, "hold 4"), (6, -1, "hold 4"), (1, 0, "hold 0")]
)
def test_windows_that_cannot_be_are_refused(longest: int, stride: int, room: str) -> None:
    codec = TokenCodec(TYPES, small_tokenizer("bpe"), max_length=longest, stride=stride)
    with pytest.raises(HashiyaError, match=room):
        codec.encode([ARABIC])


def test_a_tokenizer_that_knows_no_characters_is_refused() -> None:
    with pytest.raises(HashiyaError, match="function is no fast tokenizer"):
        TokenCodec(TYPES, lambda text: text.split())
    with pytest.raises(HashiyaError, match="name a tokenizer"):
        TokenCodec(TYPES, max_length=5)


def test_predictions_that_do_not_fit_are_refused() -> None:
    codec = TokenCodec(TYPES)
    with pytest.raises(HashiyaError, match="fewer predictions than rows"):
        codec.decode(["a b", "c"], [[0, 0]])
    with pytest.raises(HashiyaError, match="more predictions than rows"):
        codec.decode(["a b"], [[0, 0], [0]])
    with pytest.raises(LabelError, match="its row has 2 tokens"):
        codec.decode(["a b"], [[0]])
    with pytest.raises(LabelError, match="the tag 7; there are 0 to 6"):
        codec.decode(["a b"], [[0, 7]])
    with pytest.raises(LabelError, match="3 tags a token; there are 7"):
        codec.decode(["a b"], [np.zeros((2, 3))])
    with pytest.raises(LabelError, match="no tag numbers"):
        codec.decode(["a b"], [[0.5, 0.5]])


@given(
    st.lists(texts(), max_size=4),
    st.sampled_from(KINDS),
    st.booleans(),
    st.integers(6, 20),
    st.integers(0, 3),
)
def test_what_is_tagged_whole_comes_back_through_any_windows(
    lines: list[str], kind: str, words: bool, longest: int, stride: int
) -> None:
    codec = TokenCodec(TYPES, small_tokenizer(kind), words=words, max_length=longest, stride=stride)
    spans = []
    for line in lines:
        tokens = model_tokens(line)[1:4]
        spans.append([(tokens[0].start, tokens[-1].end, 1)] if tokens else [])
    rows = codec.encode(lines, spans)
    back = codec.decode(lines, rows.tags)
    assert sum(map(len, back)) == rows.fates["whole"] + rows.fates["trimmed"]
    if rows.fates["whole"] == sum(map(len, spans)):
        assert back == [[(start, end, "model") for start, end, _ in item] for item in spans]
    for number, ranges in zip(rows.texts, rows.ranges, strict=True):
        assert all(0 <= start <= end <= len(lines[number]) for start, end in ranges)
        assert all(lines[number][start:end].strip() == lines[number][start:end] for start, end in ranges)


@pytest.mark.system
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", [False, True])
def test_tokenizers_of_transformers_give_the_same(kind: str, words: bool) -> None:
    transformers = pytest.importorskip("transformers")
    own = transformers.PreTrainedTokenizerFast(tokenizer_object=small_tokenizer(kind), model_max_length=9)
    assert own.is_fast
    lines = [*LINES, "", "DeepSeek"]
    spans = [[(0, 3, 0)] if line else [] for line in lines]
    theirs = TokenCodec(TYPES, own, words=words).encode(lines, spans)
    ours = TokenCodec(TYPES, small_tokenizer(kind), words=words, max_length=9).encode(lines, spans)
    assert theirs == ours
    if not words:
        cut = own(lines, truncation=True, max_length=9, return_overflowing_tokens=True)
        assert cut["input_ids"] == theirs.ids
