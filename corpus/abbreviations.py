"""The closed word lists of segmentation: what a full stop after a word means, and what opens a sentence.

In the tables of abbreviations a lower-case entry stands for every casing of the word, and an entry with a
capital for itself alone ("Sat." the day, not "he sat."). The last full stop is left out.
"""

from __future__ import annotations

import re
from enum import Enum, auto


class Abbreviation(Enum):
    """What the full stop of an abbreviation says about the end of a sentence."""

    NEVER = auto()
    """What it introduces always follows: a name, an opponent, an example."""
    BEFORE_STARTER = auto()
    """It stands anywhere; only a word that opens sentences shows that one has ended."""
    UNLESS_CONTINUED = auto()
    """An end, unless a number or a lower-case word follows."""


_TABLE: dict[Abbreviation, str] = {
    Abbreviation.NEVER: """
        mr mrs ms mx messrs mme mlle dr drs prof profs rev hon gov govs sen sens rep reps Pres
        Gen Col Maj Capt Lt Sgt Cpl Cmdr Adm Brig Supt Insp Det Atty
        vs v viz cf e.g i.e eg ie approx nr p.s ps n.b nb
    """,
    Abbreviation.BEFORE_STARTER: """
        inc ltd corp co llc plc pvt pty bros assn assoc dept univ inst intl govt mfg
        jr sr esq ph.d st ste mt ft ave blvd rd sq
        Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
    """,
    Abbreviation.UNLESS_CONTINUED: """
        etc al No Nos no nos art arts sec ch chap vol vols fig figs eq ed eds pp ext tel est incl min max
        Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
        bn mn tn hr hrs mins secs km kg cm mm lb lbs oz
    """,
}
_ABBREVIATIONS = {word: rule for rule, words in _TABLE.items() for word in words.split()}


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_DOTTED = re.compile(r"[^\W\d_]ـ*(?:\.[^\W\d_]ـ*)*")
"""One letter, or letters with stops between: initials, U.S., د. , هـ. , ق.م."""

_LETTER_NAMES = _words(
    "إيه ايه بي سي دي إي اي إف اف جي إتش اتش آي جيه كيه كي إل ال إم ام إن ان أو او كيو آر ار إس اس"
    " تي يو في دبليو إكس اكس واي زد"
)
"""Latin letters by name, as Arabic writes foreign initials: جي. كي. رولينغ."""

SAYING = _words("قال أضاف تابع أوضح أكد أشار ذكر أعلن صرح أردف شدد أفاد علق كتب")
"""Arabic verbs of saying; with و before them, and ت after them for a woman, they open sentences."""

STARTERS = _words(
    """
    a an the this that these those there here he she it we they i you who what when where why how which
    his her its our their my your one some many most several each every all both another such no not
    and but or so yet nor for in on at by from with without after before during since until while although
    though because if unless as among under over despite according to into through about like
    also however then thus therefore meanwhile moreover still now today later instead once only even just
    is are was were do does did has have had can could will would should may might let please
    هذا هذه هناك لكن لقد إنه إنها أما لذلك
    وكان وكانت وقد ولقد وهو وهي وهم وهذا وهذه وفي ومن وعلى وإن وأن ولكن ولم ولا ولن وما ومع وبعد وقبل
    وعند وعندما ولذلك ويقول وتقول ويرى ويعتقد
    """
).union(f"و{verb}{ending}" for verb in SAYING for ending in ("", "ت"))
"""Closed-class words and verbs of saying that open sentences and are seldom part of a name."""

CONNECTIVES = _words("ثم بل أو أم لكن ولكن حتى لأن")
"""Arabic words that carry a sentence on after an ellipsis, as a lower-case word does in English."""

SOURCES = _words("حسب حسبما بحسب وفق وفقا وفقًا")
"""Arabic words that name the source of the quotation that they follow."""


def abbreviation(word: str, before: str) -> Abbreviation | None:
    """The rule for ``word``, which stands before a full stop; ``before`` is the word that precedes it."""
    if (rule := _ABBREVIATIONS.get(word) or _ABBREVIATIONS.get(word.lower())) is not None:
        return rule
    letter = word.removeprefix("و") or word
    # A channel's name (سي إن إن) is letter names too, but a full stop after its last one is a real one.
    spelled = letter in _LETTER_NAMES and before not in _LETTER_NAMES
    return Abbreviation.BEFORE_STARTER if spelled or _DOTTED.fullmatch(letter) else None
