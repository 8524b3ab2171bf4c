"""What a text must not hold: a NUL, half a surrogate pair, a line too long, or another language's script.

A text that passes is stored as it came; a text that does not is left out, never repaired. Lines and columns
are counted from 1, columns in code points.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from hashiya.schema.records import Lang, Span

LONGEST_LINE = 1_000_000
"""Code points. No sentence is found in a longer line: it is data, or a file whose newlines were lost."""

FEWEST_LETTERS = 20
"""Fewer letters than these say nothing about the language of a text."""

SCRIPTS: dict[Lang, str] = {"ar": "ARABIC", "en": "LATIN"}
LANGUAGE_NAMES: dict[Lang, str] = {"ar": "Arabic", "en": "English"}

_FORBIDDEN = re.compile("[\0\ud800-\udfff]")


def fault(text: str) -> str | None:
    """Return why `text` cannot be in a corpus, with line and column, and what to do; None if it can."""
    found = _FORBIDDEN.search(text)
    if found is not None:
        return _forbidden(text, found.start())
    if len(text) > LONGEST_LINE:
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > LONGEST_LINE:
                return (
                    f"line {number:,} has {len(line):,} characters and the longest that is read has "
                    f"{LONGEST_LINE:,}: break it into paragraphs"
                )
    return None


def _forbidden(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    place = f"line {line:,}, column {column:,}"
    if text[position] != "\0":
        return f"{place}: \\u{ord(text[position]):04x} is half of a surrogate pair: write the whole character"
    # read as UTF-8, text in UTF-16 has one in every space and every Latin letter
    if text.count("\0") > max(2, len(text) // 20):
        name = "UTF-16LE" if position % 2 else "UTF-16BE"
        return f"{place}: a NUL character; this looks like {name}: convert it with iconv -f {name} -t UTF-8"
    return f"{place}: a NUL character: delete it, or see what damaged the file"


def wrong_script(text: str, lang: Lang) -> str | None:
    """Return why `text` is not in `lang`, by the script of most of its letters; None if it may be.

    Scripts, not languages: Persian passes for Arabic, French for English. Fewer than `FEWEST_LETTERS`
    letters pass.
    """
    scripts = _letters_by_script(text)
    letters = scripts.total()
    if letters < FEWEST_LETTERS:
        return None
    script, most = scripts.most_common(1)[0]
    if scripts[SCRIPTS[lang]] == most:
        return None
    return (
        f"{most / letters:.0%} of its letters are {script.capitalize()}, "
        f"so it is not in {LANGUAGE_NAMES[lang]}: "
        "give it the right language, or see whether the two sides are swapped"
    )


def escaped_name(name: str) -> str:
    """Return a name from a file for a message: what would not print, or act on a terminal, is escaped."""
    text = name if name.isprintable() else ascii(name)
    return text if len(text) <= 60 else text[:57] + "..."


def trimmed(text: str, start: int = 0) -> Span:
    """Return the range of `text`, which begins at `start` and is not blank, without its outer white space."""
    begin = start + len(text) - len(text.lstrip())
    return Span(begin, begin + len(text.strip()))


def script_lang(text: str) -> Lang | None:
    """Return the language in whose script most letters of a text are; `None` where they are in no such."""
    scripts = _letters_by_script(text)
    script = max(scripts, key=lambda name: scripts[name], default=None)
    return next((lang for lang, name in SCRIPTS.items() if name == script), None)


def _letters_by_script(text: str) -> Counter[str]:
    scripts: Counter[str] = Counter()
    for char, count in Counter(text).items():
        if char.isalpha():
            # the first word of a letter's name in the Unicode Character Database is its script
            scripts[unicodedata.name(char, "UNKNOWN").split()[0]] += count
    return scripts
