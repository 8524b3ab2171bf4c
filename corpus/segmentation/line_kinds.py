"""What a line of an article is: a title or heading, boilerplate of the site or newsletter, or body.

A whole line is judged, never a sentence inside a paragraph: an article may well write about newsletters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hashiya.corpus.text.fold import fold
from hashiya.schema.records import Kind

_NEWSLETTER = r"(?:this|our) (?:(?:daily|weekly|monthly|morning|evening|free|e-?mail) )*newsletters?\W*$"
_NASHRA = r"(?:هذه النشره|نشرتنا)(?: (?:ال)?(?:يوميه|اسبوعيه|شهريه|مجانيه|اخباريه|بريديه|الكترونيه))*\W*$"
_LINKED = r"(?:articles?|stories|content|topics|reading|posts|links|videos|news|now)"
_AKHBAR = r"(?:ال)?(?:اخبار|معلومات|تفاصيل|مقالات|قصص|مواضيع)"

_OPENINGS = (
    # At most so many words, and how the folded line (see `fold`) begins.
    (
        15,
        r"(?:please |simply )?(?:subscribe|sign up|register)(?:\W*$| (?:now|today|here|to|for|with)\b)",
    ),
    (12, r"(?:log ?in|sign in)(?:\W*$| (?:now|here|to|or|with)\b)"),
    (12, r"(?:already|not) (?:a subscriber|registered)\b"),
    (
        12,
        r"unlock (?:the|this|full|free|premium|unlimited)\b.*\b(?:free|digest|articles?|newsletter|subscri)",
    ),
    (
        12,
        r"(?:get|read|receive) (?:the|our)\b.*\b(?:digest|newsletter|briefing)\b.*\b(?:free|no cost)\b",
    ),
    (12, r"(?:join|follow|like|find) us(?:\W*$| (?:on|at|here)\b)|download (?:our|the) app\b"),
    (12, r"(?:share|save|print|e?mail) this(?: \w+)?(?: (?:on|via|with|by) .*)?$"),
    (12, r"(?:get|try|join) (?:our|the) (?:free )?(?:app|newsletters?|podcast|channel)\b"),
    (25, r"(?:©|\(c\)|copyright (?:©|\(c\)|\d{4}|.*\b(?:ltd|limited|inc|llc)\b))"),
    (
        10,
        r"(?:read|see|learn|show|load|view|find out|discover) more(?:\W*$| (?:at|on|about|here|from)\b|:)",
    ),
    (10, r"(?:continue reading|read (?:also|next)|also read|you (?:may|might) also like)\b"),
    (8, r"read the full (?:article|story|report)\b"),
    (6, rf"(?:(?:related|recommended|sponsored|trending) {_LINKED}|most (?:read|popular)|advertisement)\W*$"),
    (20, r"(?:click|tap|press) here\b"),
    (20, r"(?:we|this (?:web ?)?site) uses? cookies\b|(?:accept|manage) (?:all )?cookies$"),
    (8, r"(?:terms (?:of (?:use|service)|(?:and|&) conditions)|(?:privacy|cookie) policy)\b"),
    (8, r"skip to (?:main )?content\b"),
    # Arabic, as its sites write it and as a machine translates the lines above.
    (15, r"(?:لل)?اشتر(?:ك|كوا|كي|اك)(?:\W*$| (?:الان|مجانا|معنا|اليوم)\b)"),
    (15, r"(?:لل)?اشتر(?:ك|كوا|كي|اك) (?:في (?:نشرت|النشر|قنا|خدم)|ل(?:تصلك|لحصول|تلقي))"),
    (15, r"(?:سجل|سجلوا|تسجيل) (?:الان\W*$|الدخول|مجانا|اشتراك|بريدك|في (?:نشرت|النشر)|ل(?:لحصول|تلقي))"),
    (12, r"تابعونا\b|تابعنا (?:علي|عبر)\b|انضم(?:وا)? (?:الينا|الي قنا)"),
    (12, r"شارك(?:وا)? (?:هذا|هذه|المقال|الخبر)\b|(?:حمل|حملوا) (?:تطبيق|التطبيق)"),
    (
        10,
        r"(?:قم ب)?(?:ا?فتح|الغا)\b.*\b(?:digest|(?:ال)?(?:محرر|موجز|ملخص|نشره|خلاصه|مقال|مقالات))\b.*\bمجان",
    ),
    (25, r"(?:ال)?حقوق (?:الطبع|النشر)(?: والنشر)? (?:©|\(c\)|محفوظه|\d{4})"),
    (8, r"(?:اقرا|اقرووا|شاهد|شاهدوا|طالع|تابع) (?:ايضا|المزيد|كذلك|بقيه|المقال كاملا)\b"),
    (8, rf"(?:ل|ا)لمزيد(?: من {_AKHBAR}\b.*)?\W*$|للمزيد (?:اضغط|انقر|اقرا|زوروا|تابع)"),
    (6, rf"{_AKHBAR} (?:ذات صله|مرتبطه|متعلقه|مشابهه)\W*$|(?:الاكثر قراه|اعلان|اعلانات)\W*$"),
    (20, r"(?:يرجي |الرجا )?(?:اضغط|اضغطوا|انقر|انقروا|الضغط|النقر) (?:علي )?(?:هنا|الرابط)\b"),
    (12, r"(?:سياسه الخصوصيه|(?:ال)?شروط (?:الاستخدام|والاحكام|الخدمه)|انتقل الي المحتوي)\b"),
)
_EVIDENCE = (
    # A word that must be there, at most so many words, and what shows that the site speaks of itself.
    ("rights", 25, r"\ball rights reserved\W*$"),
    (
        "inbox",
        25,
        r"\b(?:deliver|sen[dt]|get|receiv|sign|subscri|free|daily|weekly).*\b(?:to|in|into) your inbox\b",
    ),
    ("here", 20, r"\b(?:click|tap) here\W*$"),
    ("newsletter", 25, rf"\b(?:selects?|picks?|chooses?|rounds? up)\b.*\b{_NEWSLETTER}"),
    ("newsletter", 25, r"\bin this newsletter\b.*\b(?:selects?|picks?|chooses?|rounds? up)\b"),
    ("newsletter", 20, rf"\b(?:appeared|published|sent|delivered)\b.*\b{_NEWSLETTER}"),
    ("حقوق", 25, r"(?:جميع|كافه|كل) (?:ال)?حقوق(?: \w+)? محفوظه\b"),
    ("هنا", 20, r"\b(?:اضغط|انقر|الضغط|النقر) هنا\W*$"),
    (
        "بريدك",
        25,
        r"\b(?:احصل|[تي]صلك|اشترك|سجل|ادخل|مجانا|مباشره|نشر).*\b(?:الي|في|علي) (?:صندوق )?بريدكم?\b",
    ),
    ("نشر", 25, rf"(?:[يت]ختار|[يت]نتقي|[يت]ستعرض|نقدم لكم)\b.*\b(?:في|عبر) {_NASHRA}"),
)
_BEGINS = tuple((most, re.compile(pattern)) for most, pattern in _OPENINGS)
_SHOWS = tuple((word, most, re.compile(pattern)) for word, most, pattern in _EVIDENCE)
_LONGEST = 250  # characters
_MOST_WORDS = max(most for most, _ in _OPENINGS)

_STOPPED = re.compile(r"[.!?؟…۔‼⁇⁈⁉:،؛,;][^\w\s]*$")
_LISTED = re.compile(r"[-–—•·*▪●‣]|[(\[]?\w{1,3}[.)\]]\s")
_TITLE_WORDS = 20
_HEADING_WORDS = 12
_WRAPPED = 40  # characters; hard line breaks leave lines at least so long, and of about one length


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """The sentences of a line, one at least, and whether a blank line stands before it."""

    sentences: tuple[str, ...]
    spaced: bool


def kinds(lines: Sequence[ArticleLine]) -> list[Kind]:
    """Return the kind of each line of a text."""
    found: list[Kind] = [
        "boilerplate" if all(map(is_boilerplate, line.sentences)) else "body" for line in lines
    ]
    article = [index for index, kind in enumerate(found) if kind == "body"]
    for place, index in enumerate(article[:-1]):
        after = lines[article[place + 1]]
        if place == 0:
            titled = _is_title(lines[index], after) and any(_is_paragraph(lines[later]) for later in article)
        else:
            titled = _is_heading(lines[article[place - 1]], lines[index], after)
        if titled:
            found[index] = "title"
    return found


def is_boilerplate(sentence: str) -> bool:
    """Return whether `sentence` is what a site or newsletter says of itself, if it is a line of its own."""
    if len(sentence) > _LONGEST or sentence.count(" ") >= _MOST_WORDS:
        return False  # before folding: most sentences of an article are long
    folded = fold(sentence)
    words = folded.count(" ") + 1
    return any(words <= most and pattern.match(folded) for most, pattern in _BEGINS) or any(
        word in folded and words <= most and pattern.search(folded) for word, most, pattern in _SHOWS
    )


def _is_title(line: ArticleLine, after: ArticleLine) -> bool:
    long, short = sorted((_length(line), _length(after)), reverse=True)
    runs_on = not (after.spaced or _is_paragraph(after)) and short >= _WRAPPED and 4 * short >= 3 * long
    return _is_headline(line, after, _TITLE_WORDS) and not runs_on


def _is_heading(before: ArticleLine, line: ArticleLine, after: ArticleLine) -> bool:
    # Between paragraphs only: lines without stops one after the other are a list or a poem.
    return _is_headline(line, after, _HEADING_WORDS) and _is_paragraph(before) and _is_paragraph(after)


def _is_headline(line: ArticleLine, after: ArticleLine, most_words: int) -> bool:
    text = line.sentences[0]
    return (
        not _is_paragraph(line)
        and len(text.split()) <= most_words
        and not _LISTED.match(text)
        and any(map(str.isalpha, text))
        and not after.sentences[0][0].islower()
    )


def _is_paragraph(line: ArticleLine) -> bool:
    *others, last = line.sentences
    return bool(others) or _STOPPED.search(last) is not None


def _length(line: ArticleLine) -> int:
    return sum(map(len, line.sentences))
