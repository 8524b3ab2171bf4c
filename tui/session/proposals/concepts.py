"""Concepts and their names: slugs made from English names, and a memory of what a name was taken for.

Names are compared as `fold` leaves them, so a form that comes out of here is folded.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from hashiya.corpus.text.fold import fold
from hashiya.schema.records import Entity, Lang, Span
from hashiya.schema.scheme import LabelScheme
from hashiya.tui.session.proposals.particles import particles

_CURRENCIES = {
    "us$": "usd", "hk$": "hkd", "nt$": "twd", "a$": "aud", "c$": "cad", "s$": "sgd", "$": "usd", "€": "eur",
    "£": "gbp", "¥": "jpy", "₹": "inr", "₩": "krw", "₺": "try", "₽": "rub", "₪": "ils", "₴": "uah",
}  # fmt: skip
_CURRENCY = re.compile(
    r"(?<![a-z])(?:us|hk|nt|a|c|s)\$|" + "|".join(re.escape(sign) for sign in _CURRENCIES if len(sign) == 1)
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WORD = re.compile(r"[a-z0-9]+")
# Latin letters that do not decompose into a base and an accent.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_PRONOUNS = ("هما", "ها", "هم", "نا")
_LEGAL_FORMS = frozenset({"inc", "group", "corp", "ltd"})


def slug(text: str) -> str | None:
    """Return the corpus-wide slug of an English name, or `None` where the text has no Latin letter or digit.

    A currency sign comes first, as its ISO code ("usd-630-billion"); a leading "the" and a legal form at the
    end ("Inc") go, where something else remains.
    """
    folded = fold(text).translate(_LETTERS).replace("'", "")
    signs = [_CURRENCIES[sign] for sign in _CURRENCY.findall(folded)]
    names = _WORD.findall(_THOUSANDS.sub("", _CURRENCY.sub(" ", folded)))
    if len(names) > 1 and names[0] == "the":
        del names[0]
    while len(names) > 1 and names[-1] in _LEGAL_FORMS:
        del names[-1]
    return "-".join([*dict.fromkeys(signs), *names]) if names else None


class Concepts:
    """Which concepts names stand for: the closed lists of a scheme, and what annotators have said."""

    def __init__(self, scheme: LabelScheme) -> None:
        self._closed: dict[tuple[str, Lang, str], str] = {}
        self._counts: defaultdict[tuple[str, Lang, str], Counter[str]] = defaultdict(Counter)
        self._forms: defaultdict[tuple[str, Lang], Counter[str]] = defaultdict(Counter)
        self._named: defaultdict[tuple[str, Lang], set[str]] = defaultdict(set)
        for label in scheme.entity:
            for term in label.terms:
                sides: tuple[tuple[Lang, tuple[str, ...]], ...] = (("ar", term.ar), ("en", term.en))
                for lang, names in sides:
                    for name in map(fold, names):
                        self._closed.setdefault((name, lang, label.id), term.concept)
                        self._add(term.concept, lang, name)

    def remember(self, entity: Entity, times: int = 1) -> None:
        """Count how often a name was taken for its concept; an entity without one says nothing."""
        if entity.concept is not None and (name := fold(entity.text)):
            self._counts[name, entity.lang, entity.type][entity.concept] += times
            self._add(entity.concept, entity.lang, name)

    def propose(self, text: str, lang: Lang, entity_type: str) -> str | None:
        """Return the concept that a name probably stands for.

        That of the scheme's closed list, else the one remembered most often, with and without the Arabic
        particles before the name; else the slug of a name that has no Arabic letters.
        """
        names = [name for _, name in readings(text, Span(0, len(text)), lang)]
        for name in names:
            if (listed := self._closed.get((name, lang, entity_type))) is not None:
                return listed
        for name in names:
            if counts := self._counts.get((name, lang, entity_type)):
                return counts.most_common(1)[0][0]
        return None if has_arabic(text) else slug(text)

    def forms(self, concept: str, lang: Lang) -> tuple[str, ...]:
        """Return the known names of a concept, folded, the most usual first."""
        return tuple(name for name, _ in self._forms.get((concept, lang), Counter()).most_common())

    def named(self, form: str, lang: Lang) -> frozenset[str]:
        """Return the concepts that a folded name is known to stand for."""
        return frozenset(self._named.get((form, lang), ()))

    def _add(self, concept: str, lang: Lang, name: str) -> None:
        self._forms[concept, lang][name] += 1
        self._named[name, lang].add(concept)


def readings(text: str, span: Span, lang: Lang) -> tuple[tuple[Span, str], ...]:
    """Return a span and what it says, folded: as it stands, then without its Arabic particles.

    What stays of لل after its first ل is an article that has lost its alef, which is given back. A pronoun at
    the end belongs to the span but not to the name: رقائقها is رقائق.
    """
    if lang == "en":
        return ((span, fold(text[span.start : span.end])),)
    found: list[tuple[Span, str]] = []
    for shorter in particles(text, span):
        name = fold(text[shorter.start : shorter.end])
        found.append((shorter, name))
        if name.startswith("ل") and fold(text[span.start : shorter.start]).endswith("ل"):
            found.append((shorter, f"ا{name}"))
        found += [(shorter, name.removesuffix(end)) for end in _PRONOUNS if name.endswith(end)]
    return tuple(found)


def has_arabic(text: str) -> bool:
    """Return whether any letter of a text is Arabic, presentation forms included."""
    return any(char.isalpha() and "\u0600" <= char <= "\u08ff" for char in fold(text))
