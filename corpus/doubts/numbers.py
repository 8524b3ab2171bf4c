"""Figures of two sentences that should agree: those that the other side has neither in digits nor in words.

Texts are folded. A figure is its significant digits, so 2.5 million, 2.5m and 2,500,000 are one, and so,
at a price, are 25 and 250. Whatever one side may well write otherwise is not missed: numbers up to twelve,
digits that belong to a name, groups of a phone number, a year by its last two digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hashiya.corpus.text.fold import fold

_FIGURE = re.compile(
    r"(?P<name>[a-z]-?)?(?P<digits>\d+(?:[.,]\d+)*)(?P<decade>'?s\b)?(?P<clock>:\d\d(?!\d))?"
)
_NOT_DIGIT = re.compile(r"\D")
_WORD = re.compile(r"[^\W\d_]+")
_SMALL = 12
_LONG = 5
"""Digits of a figure that may hold a shorter one, which the other side wrote apart."""
_HALF_DAY = 12
_HOURS = 24

_ENGLISH = {
    "one": "1", "once": "1", "first": "1", "single": "1", "two": "2", "second": "2", "twice": "2",
    "both": "2", "double": "2", "pair": "2", "three": "3", "third": "3", "triple": "3", "four": "4",
    "fourth": "4", "quarter": "25", "five": "5", "fifth": "5", "half": "5", "six": "6", "sixth": "6",
    "seven": "7", "seventh": "7", "eight": "8", "eighth": "8", "nine": "9", "ninth": "9", "ten": "1",
    "tenth": "1", "eleven": "11", "eleventh": "11", "twelve": "12", "twelfth": "12", "dozen": "12",
    "dozens": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17",
    "eighteen": "18", "nineteen": "19", "twent": "2", "thirt": "3", "fort": "4", "fift": "5", "sixt": "6",
    "sevent": "7", "ninet": "9", "hundred": "1", "thousand": "1", "million": "1",
    "billion": "1", "trillion": "1",
}  # fmt: skip
_TEENTH = re.compile(r"(?:y|ies|ieth)$|(?<=teen)th$|(?<=hundred)th$|(?<=red|and|ion)s$")

# What a number word begins with, by its digits; the longest that fits counts.
_ARABIC = {
    fold(stem): digits
    for digits, stems in {
        "1": "واحد أحد حادي أول عشر عاشر مئة مائة مئوي ألف آلاف مليون ملايين مليار بليون تريليون",
        "2": "اثن إثن ثاني ثانٍ عشرون عشرين مئتا مئتي مائتا مائتي ألفا ألفي مليونا مليوني مليارا ملياري",
        "3": "ثلاث ثالث ثلث",
        "4": "أربع رابع",
        "5": "خمس خامس نصف",
        "6": "ستة ستون ستين ستمائة ستمئة سادس",
        "7": "سبع سابع",
        "8": "ثمان ثامن",
        "9": "تسع تاسع",
        "25": "ربع",
    }.items()
    for stem in stems.split()
}
_CLITICS = re.compile(r"[وف]?(?:[بلك]?ال|لل|[بلك])?")
_STEM = re.compile("|".join(sorted(_ARABIC, key=len, reverse=True)))
_SIX = fold("ست")


@dataclass(frozen=True, slots=True)
class _Figure:
    written: str
    digits: str
    readings: frozenset[str]
    may_miss: bool


def one_sided(one: str, other: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the figures that only one of two folded texts has, as written there, the first text's first."""
    here, there = _figures(one), _figures(other)
    if not here and not there:
        return (), ()
    return _missing(here, there, other), _missing(there, here, one)


def _figures(text: str) -> list[_Figure]:
    found: list[_Figure] = []
    for match in _FIGURE.finditer(text):
        written = match["digits"]
        digits = _NOT_DIGIT.sub("", written)
        readings = {_significant(digits)}
        if match["decade"]:
            readings.add(_significant(digits[-2:]))
        if match["clock"] and len(digits) == 2 and _HALF_DAY < int(digits) < _HOURS:
            readings.add(_significant(str(int(digits) - _HALF_DAY)))
        small = written == digits and len(digits) <= _LONG and int(digits) <= _SMALL
        found.append(_Figure(written, digits, frozenset(readings), small or match["name"] is not None))
    return found


def _significant(digits: str) -> str:
    return digits.strip("0")


def _missing(here: list[_Figure], there: list[_Figure], text: str) -> tuple[str, ...]:
    asked = [figure for figure in here if not figure.may_miss]
    if not asked:
        return ()
    known = {reading for figure in there for reading in figure.readings}
    run = "".join(figure.digits for figure in there)
    left = [
        figure
        for figure in asked
        if known.isdisjoint(figure.readings)
        and not (len(figure.digits) >= _LONG and figure.digits in run)
        and not any(_holds(other.digits, figure.digits) for other in there)
    ]
    if not left:
        return ()
    spoken = {digit for digits in _spoken(text) for digit in digits}
    return tuple(
        dict.fromkeys(
            figure.written
            for figure in left
            if not any(spoken.issuperset(reading) for reading in figure.readings)
        )
    )


def _holds(one: str, other: str) -> bool:
    """Return whether one figure may be a part of the other: a group of a long one, the end of a year."""
    short, long = sorted((one, other), key=len)
    return (len(long) >= _LONG and len(short) > 1 and short in long) or (
        len(long) == 4 and len(short) == 2 and long[:2] in {"19", "20"} and long.endswith(short)
    )


def _spoken(text: str) -> list[str]:
    """Return the digits that words of either language say."""
    return [digits for word in _WORD.findall(text) if (digits := _said(word))]


def _said(word: str) -> str:
    if word[0] <= "z":
        return _ENGLISH.get(word) or _ENGLISH.get(_TEENTH.sub("", word), "")
    # الفين (two thousand) only looks as if it began with the article.
    for stem in (word, _CLITICS.sub("", word, count=1)):
        if found := _STEM.match(stem):
            return _ARABIC[found[0]]
        if stem == _SIX:
            return "6"
    return ""
