"""Missing stops: sentence borders without punctuation, where the words around leave no doubt.

All offsets are code points of one line. A headline or the name under a letter has a line of its own as a
rule; where lines were joined by a space, only what stands around the joint can tell. The evidence is that
of one line, so that other lines never change it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from hashiya.corpus.segmentation.abbreviations import (
    CITIES,
    JOINING,
    LETTERED,
    PARTICLES,
    REPORTING,
    SAYING,
    UNCAPITALISED,
)
from hashiya.schema.records import Lang

_Cuts = Callable[[str, int, int], Iterator[int]]
"""The places between two offsets of a line at which another sentence begins."""

# A quotation closes; nothing before it says that the sentence goes on.
_QUOTED = r"""["”»] (?: (?<=[^\s،,.]["”»]) | (?<=[^\s،,.]\s["”»]) ) (?= \s+ (?: ["“«](?!و)\w"""
_ENGLISH = re.compile(
    rf"""
    {_QUOTED} ) )
    | \s (?= (?=[A-Z]) (?:
        (?P<subject> (?:The|This|That|These|Those|There|Here|It|He|She|We|They|You|His|Her|Its|Our|Their
            |Your|My)(?:['’][a-z]+)? )
      | (?P<other> (?:And|But|If|As|After|Before|In|On|At|For|From|With|While|When|Although|Because|Since
            |Even|Both|Some|Many|Most|All|Every|More|Another|Now|However|Please|What|Why|How|Not|Several|Few
            |Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Dozens|Hundreds|Thousands|Millions|New|Police
            |Officials|Experts|Scientists|Researchers|Analysts|Critics|Investigators|Authorities
            |Prosecutors|Residents|Witnesses)(?:['’][a-z]+)? )
      | (?P<article> An? (?=\s+[a-z]{{3,}}(?<!\swas)(?<!\sand)(?<!\shas)(?<!\sfor)\s) )
      | (?P<clause> (?:As|If|After|Before|While|When|Although|Because|Since|But|And) \s [A-Z]\w+ )
      | (?P<noun> [A-Z][a-z]{{2,}} )
    ) \s+ [a-z] )
    """,
    re.VERBOSE,
)
_ARABIC = re.compile(
    rf"""
    {_QUOTED} | (?: هناك|إنه|إنها|إنهم|لقد|يبدو|أظن|أعتقد|و(?:{"|".join(sorted(SAYING))})ت? )\s ) )
    | [.؟!…] (?<= [ء-ْ]{{3}}[.؟!…] ) (?= [ء-ْ]{{3,}}+ (?<!كوم) (?![.\w]) )
    """,
    re.VERBOSE,
)
_LINKING = re.compile(
    r"""
    \s (?= (?:
        (?:جاء|جاءت|يأتي|تأتي) \s (?:ذلك|هذا|هذه)
      | و?يُ?ذكر\sأن | و?يُ?شار\sإلى\sأن | و?تجدر\sالإشارة\sإلى
      | من\s(?:جانب|جهت|ناحيت)(?:ه|ها|هم)\s?،
    ) \s )
    """,
    re.VERBOSE,
)
# Marks that only a line of its own has: an address or a ruler at its end, the date of a letter.
_MARKED = re.compile(
    r"""
    (?: (?<!\S) (?:["“<(\[]{0,3}) (?: (?:https?://|www\.)\S+ | [\w.+-]++@[\w-]+\.[\w.-]+ ) (?<![,:;])
      | (?<!\S) \d{1,2}/\d{1,2}/\d{2,4}\s\d{1,2}:\d\d(?::\d\d)?(?:\s[AP]M)?+ (?!\s[AP]M)
      | (?<=\s) [:;]['’]?-?[()DPp]
    ) (?= \s+ (?: ["“(\[]*[A-Z] | https?:// ) )
    | (?: (?<!_)_{10,}+ | (?<!=)={10,}+ | (?<!\*)\*{10,}+ | (?<!-)-{10,}+ ) (?=\s)
    | (?<=\w) \s (?= (?: _{10} | ={10} | \*{10} | -{10} ) )
    | (?<=[a-z>]) (?<!\sat) (?<!\son) (?<!\sof) (?<!dated) \s (?= \d{1,2}/\d{1,2}/\d{2,4}\s\d{1,2}:\d\d )
    """,
    re.VERBOSE,
)
_LETTER = re.compile(
    r"""
    (?: Dear\s[^,.!?:;]{1,40} | (?:Hi|Hello|Hey)\s(?:[A-Z]\w+|all|everyone|there) ) ,
        (?= \s [A-Z][\w'’]*\s )
    | (?: (?:(?:Best|Warm|Kind|Warmest)\s)? (?:[Rr]egards|[Ww]ishes) | Sincerely(?:\syours)?
        | Yours\s(?:truly|sincerely|faithfully) | Cheers | Thanks(?:\sagain)? | Thank\syou ) ,
        (?= \s (?!I\b|[A-Z]\w*(?:\s\w+)?\s?[.!?,]) [A-Z][a-z]+ )
    """,
    re.VERBOSE,
)
_DATED = re.compile(
    r"""
    \s (?= [A-Z]{4} ) (?<= [a-z\d]\s )
    (?= [A-Z]{4,}(?:[ ,]+[A-Z]\w+)? \s (?:\([A-Z][\w ]+\)\s)? [-–—]{1,2} \s )
    """,
    re.VERBOSE,
)
_DASH = re.compile(r"\s(?:\([^()]{2,25}\)\s)?(?:[–—-]|--|ـ{1,2})\s(?!و|حيث|الذي|التي)")
_DASHES = re.compile(r"\s(?:[–—-]|--|ـ{1,2})\s")
_PLAIN_WORD = re.compile(r"""["“'‘(]*([a-z\d][\w'’-]*?)["”'’)%]*""")
_NAME = re.compile(r"[A-Z][\w’'-]*[”\"’')]?")
_WORD = re.compile(r"\S+")
_ADDRESSED = re.compile(r"[A-Z][a-z]+,")
_CLOSERS = frozenset("\"”»)'’%٪")
_HEADLINE_WORDS = 30  # at most so many, and then the verb that opens the story
_SUBJECT_WORDS = 3  # after the verb
_TOPIC_WORDS = 4  # of the headline, with what it is about
_OPENING_WORDS = 3
_TITLE_LENGTH = 150  # characters
_NEAR = 2_000  # characters; the whole of a long line would take time that grows with its square


def split_at_missing_stops(
    line: str, pieces: Iterable[tuple[int, int]], lang: Lang
) -> Iterator[tuple[int, int]]:
    """Yield the `pieces` of `line`, sentences by their stops, split where a stop was forgotten."""
    # Most lines show nothing of most kinds: a search for a mark costs less than a step for every sentence.
    steps = [step for step, marks in _STEPS[lang] if not marks or any(mark in line for mark in marks)]
    for piece in pieces:
        parts = [piece]
        for step in steps:
            parts = [part for start, end in parts for part in _cut(line, start, end, step)]
        yield from parts


def _cut(line: str, start: int, end: int, step: _Cuts) -> list[tuple[int, int]]:
    parts = []
    for border in step(line, start, end):
        stop = cut = border
        while line[stop - 1].isspace():
            stop -= 1
        while line[cut].isspace():
            cut += 1
        if start < stop and cut < end:
            parts.append((start, stop))
            start = cut
    parts.append((start, end))
    return parts


def _before(line: str, begin: int, at: int) -> str:
    """Return the word that ends at `at`."""
    return "".join(line[max(begin, at - 60) : at].split()[-1:])


def _english(line: str, start: int, end: int) -> Iterator[int]:
    begin = start
    for match in _ENGLISH.finditer(line, start, end):
        group = match.lastgroup
        if group is None or _opens(line, begin, match.start(), group, match[group]):
            yield match.end()
            begin = match.end()


def _opens(line: str, begin: int, at: int, group: str, word: str) -> bool:
    """Return whether `word` of `group`, with its capital, opens a sentence at `at`."""
    before = _before(line, begin, at)
    if plain := _PLAIN_WORD.fullmatch(before):
        # After a preposition, an article or a verb of saying, a capital belongs to a name.
        return plain[1] not in JOINING and (group != "noun" or _is_common(line, at, word))
    if group == "noun":
        return False
    if group in ("subject", "article") and _NAME.fullmatch(before) and before not in LETTERED:
        return True
    return _ADDRESSED.fullmatch(line, begin, at) is not None or _is_title_case(line[begin:at])


def _is_common(line: str, at: int, word: str) -> bool:
    """Return whether `word`, with a capital at `at`, is no name: nearby it is in lower case."""
    near, lower = line[max(0, at - _NEAR) : at + _NEAR], f" {word.lower()}"
    return lower in near and near.count(word) == 1 and re.search(rf"{lower}(?![\w@/])", near) is not None


def _is_title_case(text: str) -> bool:
    """Return whether `text` is a headline with capitals; four of them at least, and no other word without."""
    words = text.split() if len(text) <= _TITLE_LENGTH else []
    capitals = sum(word.lstrip("\"“'‘(")[:1].isupper() for word in words)
    return (
        capitals >= 4
        and words[-1].lower() not in JOINING
        and words[-1][-1] not in ",:;-–—"
        and all(word in UNCAPITALISED or not word[0].islower() for word in words)
    )


def _marked(line: str, start: int, end: int) -> Iterator[int]:
    yield from (match.end() for match in _MARKED.finditer(line, start, end))


def _letter(line: str, start: int, end: int) -> Iterator[int]:
    if match := _LETTER.match(line, start, end):
        yield match.end()


def _dated(line: str, start: int, end: int) -> Iterator[int]:
    yield from (match.end() for match in _DATED.finditer(line, start, end))


def _arabic(line: str, start: int, end: int) -> Iterator[int]:
    begin = start
    for match in _ARABIC.finditer(line, start, end):
        word = _before(line, begin, match.start())
        if word and "." not in word:  # no quotation; an Arabic domain name
            yield match.end()
            begin = match.end()


def _linking(line: str, start: int, end: int) -> Iterator[int]:
    """Yield phrases that tie a sentence to the one before it: `جاء ذلك`, `يذكر أن`."""
    for match in _LINKING.finditer(line, start, end):
        if _may_end(_before(line, start, match.start())):
            yield match.end()


def _may_end(word: str) -> bool:
    """Return whether nothing in an Arabic `word` says that the sentence goes on after it."""
    return (word[-1:].isalnum() or word[-1:] in _CLOSERS) and not _leads_on(word)


def _arabic_dated(line: str, start: int, end: int) -> Iterator[int]:
    """Yield a dateline that opens the story: `القاهرة (رويترز) -`; a pair of dashes is a remark."""
    for match in _DASH.finditer(line, start, end):
        *_, third, second, first = ["", "", "", *line[max(start, match.start() - 60) : match.start()].split()]
        places = ((f"{second}_{first}", second, third), (first, first, second))
        for opening, before in [(opening, before) for place, opening, before in places if place in CITIES][
            :1
        ]:
            if _may_end(before) and not _DASHES.search(line, match.end() - 1, end):
                yield line.rindex(opening, start, match.start())


def _repeated(line: str, start: int, end: int) -> Iterator[int]:
    """Yield the place where the opening words of a headline stand again and open the story."""
    words = line[start : min(end, start + _TITLE_LENGTH)].split(None, _OPENING_WORDS)
    if len(words) > _OPENING_WORDS:
        opening = " ".join(words[:-1])
        at = line.find(f" {opening} ", start + len(opening), end)
        if at > start and line[at - 1].isalnum():
            yield at


def _reported(line: str, start: int, end: int) -> Iterator[int]:
    """Yield the place of a verb before the headline's subject: stories begin with it, headlines do not."""
    words = line[start:end].split(None, _HEADLINE_WORDS)[:_HEADLINE_WORDS]
    verbs = REPORTING.intersection(words)
    if not verbs or words[0].removeprefix("و") in REPORTING or _leads_on(words[0]):
        return
    for number, word in enumerate(words[_OPENING_WORDS:], _OPENING_WORDS):
        if word in verbs and _may_end(words[number - 1]):
            subject = _contents(words[number + 1 : number + 1 + _SUBJECT_WORDS])
            if not subject.isdisjoint(_contents(words[:_TOPIC_WORDS])):
                before = islice(_WORD.finditer(line, start, end), number - 1, None)
                yield next(before).end()
                return


def _leads_on(word: str) -> bool:
    """Return whether what follows an Arabic `word` depends on it; و or ف may be written before it."""
    return word in PARTICLES or (word[:1] in "وف" and word[1:] in PARTICLES)


def _contents(words: Iterable[str]) -> set[str]:
    stripped = (word.strip("\"'“”«»()،,:؛.") for word in words)
    return {word for word in stripped if len(word) > 3 and word not in PARTICLES}


_SMILEYS = (":)", ";)", ":(", ":D", ":P", ":-", ";-")
_MARKS = ("@", "://", "www.", "/0", "/1", "/2", "/9", "_____", "=====", "*****", "-----", *_SMILEYS)
_DASHED = (" -", " –", " —", " ـ")
# Each step, and the marks of which the line must have one.
_STEPS: dict[Lang, tuple[tuple[_Cuts, tuple[str, ...]], ...]] = {
    "en": ((_marked, _MARKS), (_letter, (",",)), (_dated, _DASHED), (_english, ()), (_repeated, ())),
    "ar": (
        (_marked, _MARKS),
        (_arabic, ()),
        (_linking, ("جاء", "يأتي", "تأتي", "ذكر أن", "إلى أن", "الإشارة", "من جانب", "من جهت", "من ناحيت")),
        (_arabic_dated, _DASHED),
        (_repeated, ()),
        (_reported, ()),
    ),
}
