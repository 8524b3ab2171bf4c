"""Negations of two sentences that should agree: one that stands on one side and nothing like it on the other.

Texts are folded. The words that count as a negation are few and plain; the words that may stand for one on
the other side are many, since a translator often turns *not allowed* into *forbidden*.
"""

from __future__ import annotations

import re

from hashiya.corpus.text.fold import fold


def _words(words: str, before: str) -> str:
    """Return a pattern for whole Arabic words, folded, with what may be written onto them."""
    return rf"(?<!\w){before}(?:{'|'.join(fold(word) for word in words.split())})(?!\w)"


# "Not only", "not long after", "nothing but" and "no longer than" deny nothing.
_ENGLISH = re.compile(
    r"\bnot\b(?! (?:only|just|long|least)\b)|n't\b|\b(?:cannot|never|neither|nor|none|nobody)\b"
    r"|\bnothing\b(?! (?:but|else)\b)|\bwithout\b(?! fail\b)"
    r"|\bno\b(?! (?:doubt|matter|longer than|less than|more than|later than)\b| ?[.\d])"
)
# Nor do لا سيما (especially), لا يزال (still), لا بد (must), لا شك (doubtless), لا يتجاوز and لا يقل عن (at
# most, at least), لا تتردد (feel free).
_ARABIC = re.compile(
    "|".join(
        (
            r"(?<!\w)[وف]?لا(?!\w)(?! (?:سي|[يتن]زال|بد\b|شك\b|[يت]تجاوز|[يت]قل\b|[يت]تعدي|[يت]تردد))",
            _words("لم لن ليس ليست ليسوا لست لسنا", before="[وف]?"),
            _words("بدون بدونه بدونها بدونهم بدونهما عدم", before="[وف]?[بل]?(?:ال)?"),
        )
    )
)

_LIKE_ENGLISH = re.compile(
    r"\b(?:no|non|not|few|little|less|least|hardly|scarcely|barely|rarely|seldom|unless|except|only|yet|still"
    r"|far from|other than|free (?:of|from)|\w+-free|zero|instead|rather|despite|regardless|unable|any\w*"
    r"|lack\w*|fail\w*|den[iy]\w*|refus\w*|reject\w*|avoid\w*|prevent\w*|absen\w*|ban\w*|forb\w+"
    r"|prohibit\w*|miss\w*|stop\w*|los[st]\w*|remain\w*"
    r"|un(?!der|iver|it|ti|ion|iq|if)\w{4,}|dis(?!c|t|p|e)\w{3,}|non\w{3,}|mis\w{4,}|mal\w{5,}"
    r"|in(?:a[bcdp]\w{4,}|cap\w+|compl\w+|corr\w+|eff\w+|just\w+|nocent|suff\w+|vis\w+)"
    r"|imp(?:oss|rob|erf)\w+|irr\w{4,}|ill\w{4,}|\w+less(?:ly|ness)?"
    r"|la)\b"  # the article in La Bomba, which Arabic writes لا
)
_LIKE_ARABIC = re.compile(
    "|".join(
        (
            _words(
                "لا غير دون سوى إلا ألا لئلا كيلا كلا لولا بلا قلما نادر نادرا قليل قليلة عدا خلا باستثناء "
                "بدلا عوضا فشل فشلت يفشل تفشل رفض رفضت يرفض ترفض نفى نفت ينفي تنفي نفي امتنع يمتنع تجنب "
                "يتجنب منع يمنع تمنع حظر يحظر يحرم مستحيل يستحيل استحالة نقص افتقار يفتقر تفتقر غياب انعدام "
                "انتفاء خلاف خال خالي خالية عديم عديمة عجز يعجز عاجز أنكر ينكر استبعد يستبعد مستبعد "
                "مجانا مجاني مجانية",
                before="[وف]?[بلك]?(?:ال|ل)?",
            ),
            _words("ما", before="[وف]?"),
            r"(?<!\w)[وف]?(?:لا|لم|لن)[يتن]\w{2,}",  # written together by mistake: لايوجد
        )
    )
)


def one_sided_negation(ar: str, en: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the first negation of the side that alone has one, Arabic first; none where both may."""
    in_ar, in_en = _ARABIC.search(ar), _ENGLISH.search(en)
    if in_ar and not in_en and not _LIKE_ENGLISH.search(en):
        return (in_ar[0],), ()
    if in_en and not in_ar and not _LIKE_ARABIC.search(ar):
        return (), (in_en[0],)
    return (), ()
