"""What makes a pair suspicious, in words: a phrase for each doubt, in the current language."""

from __future__ import annotations

from collections.abc import Sequence

from hashiya.corpus.doubts.doubts import Doubt
from hashiya.tui.settings.language import N_, _

_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_MOST = 3
"""Figures or names of one side that are told."""

_PLAIN = (N_("{words} only in Arabic"), N_("{words} only in English"))
_NEGATION = (N_("negation only in Arabic: {words}"), N_("negation only in English: {words}"))


def doubts_text(doubts: Sequence[Doubt]) -> str:
    """Return all doubts in a line; "" where there are none."""
    return " · ".join(phrase for doubt in doubts for phrase in _phrases(doubt))


def _phrases(doubt: Doubt) -> list[str]:
    if doubt.score is not None:
        return [_("low score {score:.2f}").format(score=doubt.score)]
    if doubt.lengths is not None:
        ar, en = doubt.lengths
        return [_("{ar} characters in Arabic, {en} in English").format(ar=ar, en=en)]
    phrases = _NEGATION if doubt.kind == "negation" else _PLAIN
    sides = zip(phrases, (doubt.ar, doubt.en), strict=True)
    return [_(phrase).format(words=_listed(words)) for phrase, words in sides if words]


def _listed(words: Sequence[str]) -> str:
    # Each runs as its own language does, whatever stands around it.
    told = ", ".join(f"{_ISOLATE}{word}{_END_ISOLATE}" for word in words[:_MOST])
    return told if len(words) <= _MOST else f"{told} …"
