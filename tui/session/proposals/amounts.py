"""Amounts in a text: number, magnitude, currency or per cent, in either language, and what they are worth.

"630 مليار دولار" and "$630 billion" are worth the same; an amount's span takes in its unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from hashiya.corpus.text.fold import fold
from hashiya.schema.records import Span

_MAGNITUDES = {
    10**3: ("thousand", "k", "ألف", "الف", "آلاف", "الاف"),
    10**6: ("million", "millions", "mn", "m", "مليون", "ملايين"),
    10**9: ("billion", "billions", "bn", "b", "مليار", "مليارات", "بليون", "بلايين"),
    10**12: ("trillion", "trillions", "tn", "trn", "تريليون", "تريليونات", "ترليون", "ترليونات"),
}
_UNITS = {
    "usd": ("us$", "$", "usd", "dollar", "dollars", "دولار", "دولارات"),
    "eur": ("€", "eur", "euro", "euros", "يورو"),
    "gbp": ("£", "gbp", "pound", "pounds", "جنيه إسترليني", "جنيه استرليني"),
    "jpy": ("¥", "jpy", "yen", "ين"),
    "cny": ("cny", "rmb", "yuan", "renminbi", "يوان", "رنمينبي"),
    "inr": ("₹", "inr", "rupee", "rupees", "روبية", "روبيات"),
    "sar": ("sar", "riyal", "riyals", "ريال", "ريالات"),
    "aed": ("aed", "dirham", "dirhams", "درهم", "دراهم"),
    "%": ("%", "٪", "percent", "per cent", "في المئة", "في المائة", "بالمئة", "بالمائة"),
}
_FACTORS = {fold(name): factor for factor, names in _MAGNITUDES.items() for name in names}
_CODES = {fold(name): code for code, names in _UNITS.items() for name in names}
_MARKS = "[\u064b-\u0652\u0640]*"
_TANWIN = f"ا?{_MARKS}"  # a counted noun: مليارًا
_NO_LETTER = r"(?![^\W\d_])"


def _any_of(tables: Iterable[tuple[str, ...]]) -> str:
    names = sorted((name for table in tables for name in table), key=len, reverse=True)
    return "|".join("".join(_letter(char) for char in name) for name in names)


def _letter(char: str) -> str:
    if char == " ":
        return r"\s"
    return char + _MARKS if "ء" <= char <= "ي" else re.escape(char)


@cache
def _amount() -> re.Pattern[str]:
    """Return the pattern of an amount, compiled at the first use: it takes some milliseconds."""
    return re.compile(
        rf"""
        (?<![a-z\d.,٫٬])
        (?: (?P<before> (?:us)?\$ | [€£¥₹] | \b(?:usd|eur|gbp|jpy|cny|rmb|inr|sar|aed) ) \s? )?
        (?P<number> \d+ (?:[.,٫٬]\d+)* )
        (?: [\s-]? (?P<magnitude> {_any_of(_MAGNITUDES.values())} ) {_TANWIN} {_NO_LETTER} )?
        (?: [\s-]? (?P<after> {_any_of(_UNITS.values())} ) {_TANWIN} {_NO_LETTER} (?:\s[أا]مي?ري?كي\b)? )?
        """,
        re.VERBOSE | re.IGNORECASE,
    )


class Amount(NamedTuple):
    """A number with its unit (an ISO code, or "%"); `None` where the text gives none."""

    span: Span
    value: Decimal
    unit: str | None

    def equals(self, other: Amount) -> bool:
        """Return whether both are worth the same; a unit left out on one side may be that of the other."""
        return self.value == other.value and (self.unit == other.unit or None in (self.unit, other.unit))


def amounts(text: str) -> Iterator[Amount]:
    """Yield the amounts of a text in their order."""
    for match in _amount().finditer(text):
        unit = (match["before"] or match["after"] or "").strip()
        yield Amount(
            Span(*match.span()),
            _number(match["number"]) * _FACTORS.get(fold(match["magnitude"] or ""), 1),
            _CODES.get(fold(unit)),
        )


def _number(text: str) -> Decimal:
    digits = "".join(str(int(char)) if char.isdecimal() else char for char in text)
    digits = digits.replace("٫", ".").replace("٬", ",")
    whole, comma, rest = digits.rpartition(",")
    if comma and not {",", "."}.intersection(whole + rest) and len(rest) != 3:
        return Decimal(f"{whole}.{rest}")  # 3,5: a decimal comma
    digits = digits.replace(",", "")
    return Decimal(digits if digits.count(".") < 2 else digits.replace(".", ""))  # 12.05.2024 is no decimal
