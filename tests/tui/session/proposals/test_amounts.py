"""Amounts in both languages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.tui.session.proposals.amounts import Amount, amounts
from tests.strategies import PIECES, texts


def only(text: str) -> tuple[str, Amount]:
    (amount,) = amounts(text)
    return text[amount.span.start : amount.span.end], amount


@pytest.mark.parametrize(
    ("text", "quoted", "value", "unit"),
    [
        ("أكثر من 630 مليار دولار فقدت", "630 مليار دولار", 630 * 10**9, "usd"),
        ("of the $630 billion that", "$630 billion", 630 * 10**9, "usd"),
        ("بلغ ٣٫٥ مليارات دولار أمريكي.", "٣٫٥ مليارات دولار أمريكي", 3.5 * 10**9, "usd"),
        ("US$3.5bn, then", "US$3.5bn", 3.5 * 10**9, "usd"),
        ("وبـ100 مليارًا", "100 مليارًا", 100 * 10**9, None),
        ("١٬٢٩٩٫٥ دولارًا", "١٬٢٩٩٫٥ دولارًا", 1299.5, "usd"),
        ("1,299.5 dollars", "1,299.5 dollars", 1299.5, "usd"),
        ("2 trillion euros", "2 trillion euros", 2 * 10**12, "eur"),
        ("نسبة ١٠٪ فقط", "١٠٪", 10, "%"),
        ("10 في المئة", "10 في المئة", 10, "%"),
        ("10 per cent", "10 per cent", 10, "%"),
        ("3,5 مليون", "3,5 مليون", 3.5 * 10**6, None),
        ("20 مليارديرًا", "20", 20, None),
        ("5 minutes", "5", 5, None),
        ("12.05.2024", "12.05.2024", 12052024, None),
    ],
)
def test_an_amount_has_its_value_and_unit(text: str, quoted: str, value: float, unit: str | None) -> None:
    said, amount = only(text)
    assert (said, amount.value, amount.unit) == (quoted, Decimal(str(value)), unit)


def test_numbers_in_names_are_none() -> None:
    assert list(amounts("R1 GPT4 و")) == []


def test_equal_amounts() -> None:
    (_, one), (_, other) = only("630 مليار دولار"), only("$630 billion")
    assert one.equals(other)
    assert one.equals(only("630 مليار")[1])
    assert not one.equals(only("€630 billion")[1])
    assert not one.equals(only("$630 million")[1])


pieces = st.lists(
    st.sampled_from([*PIECES, "5", "٣", ",", "٫", "$", "€", "bn", "mıllıon", "İ", "K", "دولار", "مليار", "ًا"])
)


@given(texts() | pieces.map("".join))
def test_amounts_are_in_order_and_in_the_text(text: str) -> None:
    end = 0
    for amount in amounts(text):
        assert end <= amount.span.start < amount.span.end <= len(text)
        assert amount.value >= 0
        end = amount.span.end
