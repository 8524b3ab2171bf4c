"""A sentence to stretches of about a given number of characters, cut at white space: pure, by words.

A piece is the words of a stretch joined by single spaces; all pieces together have every word once, in order.
"""

from __future__ import annotations

from collections.abc import Sequence


def cut_pieces(sentence: str, size: int) -> list[str]:
    """Return the pieces of a sentence, about `size` characters each; without words, the sentence."""
    words = sentence.split()
    if not words:
        return [sentence]
    return [" ".join(words[start:stop]) for start, stop in stretches(words, len(sentence), size)]


def stretches(words: Sequence[str], length: int, size: int) -> list[tuple[int, int]]:
    """Return the pieces of a sentence of `length` characters as half-open ranges of its words (one at least).

    Aimed at are k = length / size pieces, rounded, of length / k characters. A word begins the next piece
    where more than half of it would lie beyond that.
    """
    target = length / max(1, round(length / size))
    starts, held = [0], len(words[0])
    for i, word in enumerate(words[1:], start=1):
        if held + len(word) / 2 > target:
            starts.append(i)
            held = len(word)
        else:
            held += 1 + len(word)
    return list(zip(starts, [*starts[1:], len(words)], strict=True))
