"""Texts that are hard on a layout, for properties; and the standard's way of writing Arabic in capitals."""

from __future__ import annotations

from hypothesis import strategies as st

_WORDS = """
    لا لأ بلا الآن لَا مُحَمَّد شيء پچژگکی ٱللَّه الذكاء ؟ ، (إنفيديا) «ق» [x] {ب} 12.5% ١٢٣ 50 $ -5 R1-التقنيات
    Nvidia abc A é 中文 、 가각 👩\u200d💻 👍🏽 ❤\ufe0f 🇺🇸 🏽 क्षि ـ ـــ ݐب ئۆ
    \u064b \u0301 \u0670 \u0600 \u115f \u1161 \u2329 \u232a \ufe0f \u20e3
    \u00ad \u200b \u200c \u200d \u200e \u200f \ufeff \x00 \x1b[31m \x7f \x9b \ud800
    \u202a \u202b \u202c \u202d \u202e \u2066 \u2067 \u2068 \u2069
"""
_SPACES = [" ", " ", " ", "   ", "\t", "\n", "\r\n", "\u00a0", "\u2028", "\u2029", "\u3000"]
PIECES = [*_WORDS.split(), *_SPACES]
TEXTS = st.lists(
    st.sampled_from(PIECES),
    max_size=25,
).map("".join) | st.text(max_size=40)
PARAGRAPHS = TEXTS.map(lambda text: " ".join(text.splitlines()))
WIDTHS = st.integers(min_value=0, max_value=60)

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ARABIC = "ابتثجحخدذرزسشصضطظعغفقكمنهو"
_TO_ARABIC = str.maketrans(_CAPITALS, _ARABIC)
_TO_CAPITALS = str.maketrans(_ARABIC, _CAPITALS)


def arabic(text: str) -> str:
    """`text` with an Arabic letter for each capital, as UAX #9 writes its examples."""
    return text.translate(_TO_ARABIC)


def capitals(text: str) -> str:
    """The way back, for what is on the screen: its order can be read off in any editor."""
    return text.translate(_TO_CAPITALS)
