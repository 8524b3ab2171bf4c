"""Weak, bracket, neutral and implicit rules (UAX #9, W1 to W7, N0 to N2, I1 and I2) for one sequence of runs.

A sequence is a string of class letters between the directions at its two ends, so that a rule sees its
neighbours as the standard says: at either end, `before` and `after` stand as characters.
"""

from __future__ import annotations

import re

from hashiya.tui.bidi.classes import ISOLATES, NEUTRAL
from hashiya.tui.bidi.mirror import CLOSING_BRACKETS, MIRROR, OPENING_BRACKETS

_MARKS = re.compile("([^m])(m+)")
_NUMBER_AFTER_ARABIC = re.compile("A[^LRAE]*E[^LRA]*")
_SEPARATOR_IN_NUMBER = re.compile("(?<=E)[ec](?=E)")
_SEPARATOR_IN_ARABIC_NUMBER = re.compile("(?<=N)c(?=N)")
_TERMINATORS = re.compile("(?<=E)t+|t+(?=E)")
_LEFT_OVER = str.maketrans("etc", "ooo")
_NUMBER_AFTER_LATIN = re.compile("L[^LRE]*E[^LR]*")
_BETWEEN_LEFT = re.compile(f"(?<=L)[{NEUTRAL}]+(?=L)")
_BETWEEN_RIGHT = re.compile(f"(?<=[REN])[{NEUTRAL}]+(?=[REN])")
_TO_SIDE = {side: str.maketrans(NEUTRAL, side * len(NEUTRAL)) for side in "LR"}

_BRACKET = re.compile(f"[{re.escape(''.join(sorted(OPENING_BRACKETS | CLOSING_BRACKETS)))}]")
_CANONICAL = {"\u2329": "\u3008", "\u232a": "\u3009"}
_STACK = 63  # BD16
_STRONG_SIDE = {"L": "L", "R": "R", "E": "R", "N": "R"}

_EVEN = {"L": 0, "R": 1, "E": 2, "N": 2}
_ODD = {"L": 1, "R": 0, "E": 1, "N": 1}


def resolve_levels(classes: str, original: str, chars: str, *, level: int, before: str, after: str) -> bytes:
    """Return the embedding level of each character of a sequence.

    `classes` are as overrides left them, `original` as the characters have them.
    """
    sequence = _weak(before + classes + after)
    if "o" in sequence and _BRACKET.search(chars):
        sequence = _brackets(sequence, original, chars, "R" if level & 1 else "L")
    sequence = _neutral(sequence, "R" if level & 1 else "L")
    steps = _ODD if level & 1 else _EVEN
    return bytes([level + steps[letter] for letter in sequence[1:-1]])


def _weak(sequence: str) -> str:
    """W1 to W7; what a sequence does not hold costs nothing."""
    if "m" in sequence:
        sequence = _MARKS.sub(_like_its_base, sequence)
    if "E" in sequence:
        sequence = _NUMBER_AFTER_ARABIC.sub(lambda match: match[0].replace("E", "N"), sequence)
    sequence = sequence.replace("A", "R")
    if "E" in sequence:
        sequence = _SEPARATOR_IN_NUMBER.sub("E", sequence)
        sequence = _TERMINATORS.sub(lambda match: "E" * len(match[0]), sequence)
    if "N" in sequence:
        sequence = _SEPARATOR_IN_ARABIC_NUMBER.sub("N", sequence)
    sequence = sequence.translate(_LEFT_OVER)
    if "E" in sequence:
        sequence = _NUMBER_AFTER_LATIN.sub(lambda match: match[0].replace("E", "L"), sequence)
    return sequence


def _like_its_base(match: re.Match[str]) -> str:
    base = match[1]
    return base + ("o" if base in ISOLATES or base == "q" else base) * len(match[2])


def _neutral(sequence: str, side: str) -> str:
    """N1 and N2: only neutrals between two characters of the other direction do not take the level's own."""
    between, other = (_BETWEEN_LEFT, "L") if side == "R" else (_BETWEEN_RIGHT, "R")
    return between.sub(lambda match: other * len(match[0]), sequence).translate(_TO_SIDE[side])


def _brackets(sequence: str, original: str, chars: str, side: str) -> str:
    """N0; a place in `sequence` is one past the place in `chars`."""
    out = list(sequence)
    for start, end in _pairs(sequence, chars):
        direction = _direction(out, start, end, side)
        if direction:
            for place in (start, end):
                out[place] = direction
                # Marks on a bracket follow it. `original` begins one later: place is its next character.
                while place < len(original) and original[place] == "m":
                    place += 1  # noqa: PLW2901
                    out[place] = direction
    return "".join(out)


def _pairs(sequence: str, chars: str) -> list[tuple[int, int]]:
    """Return the bracket pairs as places in `sequence`, in the order of their openings (BD16)."""
    opened: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for match in _BRACKET.finditer(chars):
        char, place = match[0], match.start() + 1
        if sequence[place] != "o":
            continue
        if char in OPENING_BRACKETS:
            if len(opened) == _STACK:
                break
            partner = MIRROR[char]
            opened.append((_CANONICAL.get(partner, partner), place))
            continue
        closing = _CANONICAL.get(char, char)
        for depth in range(len(opened) - 1, -1, -1):
            if opened[depth][0] == closing:
                pairs.append((opened[depth][1], place))
                del opened[depth:]
                break
    return sorted(pairs)


def _direction(sequence: list[str], start: int, end: int, side: str) -> str:
    """Return what a pair of brackets becomes: "" if nothing strong stands between them."""
    inside = {_STRONG_SIDE[letter] for letter in sequence[start + 1 : end] if letter in _STRONG_SIDE}
    if not inside or side in inside:
        return side if inside else ""
    context = next(_STRONG_SIDE[letter] for letter in reversed(sequence[:start]) if letter in _STRONG_SIDE)
    return context if context in inside else side
