"""Text into sentences: ranges of code points, in order, disjoint, without outer white space.

Nothing but white space lies outside the sentences. A line break, whichever of Unicode's, always ends one.
Within a line a sentence ends at a stop, with the quotes and brackets that close after it, unless the
words around the stop say otherwise; and at the few places that show an end where the stop was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hashiya.corpus.segmentation.abbreviations import (
    CONNECTIVES,
    SOURCES,
    STARTERS,
    Abbreviation,
    abbreviation,
)
from hashiya.corpus.segmentation.line_kinds import ArticleLine, kinds
from hashiya.corpus.segmentation.missing_stops import split_at_missing_stops
from hashiya.schema.records import Lang, Sentence

_BREAKS = "\n\r\v\f\x1c-\x1e\x85\u2028\u2029"  # where str.splitlines breaks
_LINE = re.compile(rf"\S(?:[^{_BREAKS}]*\S)?")
_BREAK = re.compile(rf"[{_BREAKS}]")
_TO_BREAK = re.compile(rf"[^\S{_BREAKS}]*+(?:[{_BREAKS}]|\Z)")
_BLANK_LINE = re.compile(rf"(?>\r\n|[{_BREAKS}])[^\S{_BREAKS}]*[{_BREAKS}]")

_STOPS = ".!?؟…۔‼⁇⁈⁉"
_PERIODS = frozenset(".…")
_HIDDEN = "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"  # zero-width and bidi characters
# Possessive throughout, and no condition after the closers: text of nothing but stops must stay linear.
_STOP = re.compile(
    rf"""
    (?P<stop> [{_STOPS}]++ )
    (?:
        ["'”’»›)\]}}“‘«*_{_HIDDEN}]++                              # closers that touch
      | \[\d+\]                                                   # the number of a note
      | \s+ [”’»›)\]}}]++ (?!\w)                                  # closers after a space
      | \s* [{_STOPS}]++ (?: (?=[\s"'”’»›)\]}}{_HIDDEN}]) | $ )    # more stops: ". . .", "!" and "."
      | \s* [:;]['’]?-?[()DPp] (?!\S)                             # a smiley
      | \s* [\u2600-\u27bf\U0001f300-\U0001faff\ufe0f\u200d]++    # an emoji
    )*+
    """,
    re.VERBOSE,
)
_SPACED_QUOTE = re.compile(r"""\s+["'](?!\w)""")
_NEXT = re.compile(r"\s*(?P<before>[\W_]{0,80})(?P<word>[^\W_]*)")
_QUOTES = frozenset("\"'”’»›")
_CLOSING = frozenset(".,:;!?،؛؟…)]}")
_CONTINUING = frozenset("،,;؛:")
_DASHES = " -–—"
_OPENERS = f"\"'“”‘’«»‹›([{{*_{''.join(map(chr, range(0x200B, 0x2010)))}"
_NUMBER_IN_LIST = re.compile(r"[^\w.]*(?:[ivxIVX]{1,4}|\d{1,3}|[^\W\d_]ـ?)")


def segment(text: str, lang: Lang) -> list[Sentence]:
    """Return the sentences of `text`, each with the kind of the line that it stands in."""
    ranges: list[list[tuple[int, int]]] = []
    lines: list[ArticleLine] = []
    last = 0
    for match in _LINE.finditer(text):
        first, line = match.start(), match[0]
        parts = list(split_at_missing_stops(line, _stopped(line), lang))
        ranges.append([(first + start, first + end) for start, end in parts])
        spaced = _BLANK_LINE.search(text, last, first) is not None
        lines.append(ArticleLine(tuple(line[start:end] for start, end in parts), spaced))
        last = match.end()
    return [
        Sentence(start, end, kind)
        for parts, kind in zip(ranges, kinds(lines), strict=True)
        for start, end in parts
    ]


def are_whole_lines(text: str, start: int, end: int) -> bool:
    """Return whether a range of `text` ends at line breaks, or at blanks beside them, on both sides.

    Its sentences are then those that `segment` finds in it as a part of the text.
    """
    while start > 0 and text[start - 1].isspace():
        if _BREAK.match(text, start - 1):
            return _TO_BREAK.match(text, end) is not None
        start -= 1
    return start == 0 and _TO_BREAK.match(text, end) is not None


def _stopped(line: str) -> Iterator[tuple[int, int]]:
    """Yield the parts of `line` that end at a stop, and what remains after the last."""
    begin = 0
    for match in _STOP.finditer(line):
        stop = match.end()
        if not line[stop : stop + 1].isspace():
            continue
        while (quote := _SPACED_QUOTE.match(line, stop)) and _closes(line, quote.end() - 1):
            stop = quote.end()
        following = _NEXT.match(line, stop)
        closers = line[match.end("stop") : stop].strip()
        if following and following["word"] and _ends(line, begin, match, closers, following):
            yield begin, stop
            begin = following.start("before")
    yield begin, len(line)


def _ends(line: str, begin: int, match: re.Match[str], closers: str, following: re.Match[str]) -> bool:
    """Return whether the sentence from `begin` ends at the stop in `match`, which `closers` close."""
    word, mark, at = following["word"], following["before"], match.start()
    stops = match["stop"] + "".join(filter(_STOPS.__contains__, closers))
    if mark[:1] in _CONTINUING or (
        closers and closers[-1] not in _STOPS and _goes_on(line[begin], stops, closers[0], mark, word)
    ):
        return False
    if not _PERIODS.issuperset(stops):
        return True
    if begin == at or _NUMBER_IN_LIST.fullmatch(line, begin, at):
        return False
    if stops != ".":
        return not (word[0].islower() or word in CONNECTIVES)
    return _is_full_stop(line[max(begin, at - 60) : at], word)


def _goes_on(first: str, stops: str, closer: str, mark: str, word: str) -> bool:
    """Return whether a sentence that begins with `first` goes on after `closer`, with a stop before it."""
    lower = word[0].islower()
    if closer in _QUOTES:  # "Why?" she asked
        return word in SOURCES or (lower and stops != "." and not mark.strip(_DASHES))
    if closer in ")]" and first not in "([":  # a remark (in brackets!) amid the sentence
        return lower or (stops != "." and not word[0].isupper())
    return False


def _is_full_stop(said: str, word: str) -> bool:
    """Return whether the full stop between `said` and `word` is more than an abbreviation's."""
    *_, before, last = ["", "", *said.rsplit(None, 2)]
    match abbreviation(last.lstrip(_OPENERS), before):
        case None:
            return True
        case Abbreviation.NEVER:
            return False
        case Abbreviation.BEFORE_STARTER:
            return word.lower() in STARTERS and not word[0].islower()
        case Abbreviation.UNLESS_CONTINUED:
            return not (word[0].islower() or word[0].isdigit())


def _closes(line: str, at: int) -> bool:
    """Return whether the straight quote `line[at]`, with white space around it, closes what stands before it.

    The nearest quotes of the line that do touch a word tell; where none does, an odd number before it.
    """
    mark = line[at]
    before, after = line.rfind(mark, 0, at), line.find(mark, at + 1)
    before_opens = _opens(line, before) if before >= 0 else False
    if before_opens is None:
        return line.count(mark, 0, at) % 2 == 1
    if before_opens:
        return True
    return _opens(line, after) is True if after >= 0 else before < 0


def _opens(line: str, at: int) -> bool | None:
    """Return whether the quote `line[at]` opens, by the side that touches a word; None if neither does."""
    left, right = line[at - 1 : at].strip(), line[at + 1 : at + 2].strip()
    if right and right not in _CLOSING and not left.isalnum():
        return True
    return False if left and (not right or right in _CLOSING) else None
