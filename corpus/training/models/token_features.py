"""What a conditional random field looks at: features of tokens, made from the text alone. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from hashiya.corpus.text.fold import fold
from hashiya.schema.records import Lang

_NEIGHBOURS = (-2, -1, 1, 2)


def token_features(text: str, lang: Lang, tokens: Sequence[tuple[int, int]]) -> list[list[str]]:
    """Return the features of each token: its folded form, edges and shape, and those of its neighbours.

    Whether white space stands before a token is one, too: an Arabic particle has none behind it.
    """
    forms = [text[start:end] for start, end in tokens]
    folded = [fold(form) or form for form in forms]
    shapes = [_shape(form) for form in forms]
    apart = [not at or tokens[at - 1][1] < start for at, (start, _) in enumerate(tokens)]
    made: list[list[str]] = []
    for at, word in enumerate(folded):
        features = ["bias", f"lang={lang}", f"word={word}", f"shape={shapes[at]}", f"apart={apart[at]}"]
        features += [f"begins{length}={word[:length]}" for length in (1, 2, 3, 4) if len(word) >= length]
        features += [f"ends{length}={word[-length:]}" for length in (1, 2, 3) if len(word) >= length]
        if word.startswith("ال") and len(word) > 3:
            features.append(f"without_al={word[2:]}")
        for step in _NEIGHBOURS:
            other = at + step
            if 0 <= other < len(folded):
                features += [f"{step}:word={folded[other]}", f"{step}:shape={shapes[other]}"]
            else:
                features.append(f"{step}:edge")
        if at:
            features.append(f"-1,0:words={folded[at - 1]} {word}")
        if at + 1 < len(folded):
            features.append(f"0,1:words={word} {folded[at + 1]}")
            features.append(f"1:apart={apart[at + 1]}")
        made.append(features)
    return made


def _shape(form: str) -> str:
    """A token's kinds of letters, each run of one kind told once: "Xx" for Nvidia, "Xd" for R1."""
    kinds: list[str] = []
    for char in form:
        kind = _kind(char)
        if not kinds or kinds[-1] != kind:
            kinds.append(kind)
    return "".join(kinds)


def _kind(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Lu":
        return "X"
    if category == "Ll":
        return "x"
    if category == "Nd":
        return "d"
    if category.startswith("L"):
        return "a"
    return "" if category in {"Mn", "Cf", "Lm"} else char
