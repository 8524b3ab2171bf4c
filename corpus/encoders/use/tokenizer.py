"""Sentences to token ids of the Universal Sentence Encoder, word by word: each distinct word once a call.

No token of the model crosses white space, and no rule of its normalisation looks across it, so that the ids
of a sentence are those of its words. The ids are the weights' own: a character that the model does not know
is a token, where the library joins neighbouring ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from hashiya.schema.errors import MissingExtraError

_UNKNOWN = 0  # a character that the model does not know, and what a sentence without tokens is encoded as
_WORD = re.compile(r"[\S\x0b\x1c-\x1f\x85]+")
"""What the model takes for one word: to it a few control characters are no white space."""


class Words:
    """The tokenizer of a model file of `sentencepiece` (Kudo and Richardson 2018), on one thread."""

    def __init__(self, model: Path) -> None:
        try:
            from sentencepiece import SentencePieceProcessor
        except ImportError as error:
            raise MissingExtraError("alignment", "build") from error
        self._processor: Any = SentencePieceProcessor(model_file=str(model), num_threads=1)

    def pieces(self) -> dict[str, float]:
        """Return the model's pieces and their log-probabilities."""
        ids = list(range(self._processor.get_piece_size()))
        return dict(zip(self._processor.id_to_piece(ids), self._processor.get_score(ids), strict=True))

    def tokens(self, sentences: Sequence[str]) -> list[tuple[list[int], list[int]]]:
        """Return for each sentence its ids without marks, one at least, and how many each word has.

        Words are those of `sentence.split()`; together they have all tokens. Where the model splits words
        otherwise, because of control characters, the tokens are shared out evenly.
        """
        cut = [_WORD.findall(sentence) for sentence in sentences]
        words = list(dict.fromkeys(chain.from_iterable(cut)))
        known = dict(zip(words, self._ids(words), strict=True))
        return [_joined(sentence, of, known) for sentence, of in zip(sentences, cut, strict=True)]

    def _ids(self, words: Sequence[str]) -> list[list[int]]:
        # The library refuses lone surrogates.
        texts = [word.encode("utf-8", "replace").decode("utf-8") for word in words]
        encoded: list[list[int]] = self._processor.encode(texts)
        joined = [i for i, ids in enumerate(encoded) if _UNKNOWN in ids]
        spelled = self._processor.encode([texts[i] for i in joined], out_type=str)
        for i, pieces in zip(joined, spelled, strict=True):
            each = [
                [token] * (len(piece) if token == _UNKNOWN else 1)
                for token, piece in zip(encoded[i], pieces, strict=True)
            ]
            encoded[i] = list(chain.from_iterable(each))
        return encoded


def _joined(
    sentence: str, words: Sequence[str], known: Mapping[str, list[int]]
) -> tuple[list[int], list[int]]:
    """Return the ids of a sentence from those of its words, and how many each word has."""
    by_word = [known[word] for word in words]
    ids = list(chain.from_iterable(by_word)) or [_UNKNOWN]
    count = len(sentence.split())
    if len(by_word) == count and any(by_word):
        return ids, list(map(len, by_word))
    return ids, [(len(ids) - i + count - 1) // count for i in range(count)]
