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

JOINING = STARTERS | _words(
    """
    of than per via near between against within toward towards upon onto off behind beyond except plus
    said says say told called named titled entitled dubbed known newspaper magazine film movie song album
    band novel book show series
    """
)
"""English words after which a capital belongs to a name."""

LETTERED = _words(
    """
    Vitamin Hepatitis Plan Group Class Type Grade Series Serie Section Schedule Exhibit Part Appendix Level
    Division Category Model Formula Block Team Big The In Of And
    """
)
"""English words with a capital that a letter or a name follows: Vitamin A."""

UNCAPITALISED = _words("a an the and or but nor of in on at by for from to with as vs over is are be")
"""English words that headlines with capitals may leave in lower case."""

PARTICLES = _words(
    """
    أن إن أنه أنها إنه إنها كما ما الذي التي الذين اللذين اللتين قد لقد لم لا لن حيث عندما بعدما حين حينما كي
    لكي حتى إذا لو كان كانت يكون تكون أو ثم بينما هو هي هم هما من في على إلى عن مع بعد قبل منذ خلال بين تحت
    حول عند لدى ضد كل بعض هذا هذه ذلك تلك سوف فيما مما عما بما مثلما ألا هل ليس ليست أي غير عبر بأن لأن فإن
    لكن ولكن بسبب نحو لدي أنهم إنهم وهو وهي وهم وكان وكانت وقد ولقد
    """
)
"""Arabic words that what follows them depends on."""

_PAST = _words(
    """
    قال أضاف أوضح أكد أعلن صرح أفاد كشف أخبر حذر شهد سجل انخفض ارتفع تراجع هاجم أنقذ أطلق تعرض فاز قرر طالب
    اتهم وافق توفي اعتقل هبط قفز انتقد افتتح أصدر اقترح أظهر أثار واجه حقق ألغى أقر أدان تعهد هدد غادر توجه
    التقى استقبل استقال اعترف أبلغ كتب
    """
)
_PRESENT = _words(
    """
    قول سعى عتزم خطط واجه تنافس ستعد بحث درس طالب حذر ؤكد رى عتقد توقع شهد نظر عمل حاول ستضيف قدم عاني تعرض
    بدأ ستمر
    """
)
REPORTING = (
    _PAST.union(f"{verb}ت" for verb in _PAST)
    .union(f"{person}{verb}" for verb in _PRESENT for person in "يت")
    .union(_words("ألقى ألقت دعا دعت نفى نفت أنهى أنهت قضت أجرى أجرت تولى تولت تلقى تلقت ألغت التقت"))
)
"""Arabic verbs with which news sentences open; verbs that are written like nouns are left out."""

CITIES = _words(
    """
    القاهرة الرياض دبي أبوظبي الدوحة الكويت المنامة مسقط صنعاء عدن بغداد دمشق بيروت عمان القدس غزة الخرطوم
    طرابلس تونس الجزائر الرباط نواكشوط مقديشو أنقرة إسطنبول اسطنبول طهران كابول كابل إسلام_أباد نيودلهي
    نيو_دلهي مومباي دكا بكين شنغهاي هونغ_كونغ هونج_كونج تايبيه طوكيو سول سيول سنغافورة جاكرتا مانيلا بانكوك
    هانوي كوالالمبور سيدني ملبورن كانبيرا ويلينغتون واشنطن نيويورك شيكاغو بوسطن لوس_أنجلوس لوس_أنجليس
    سان_فرانسيسكو هيوستن أوتاوا تورونتو مونتريال مكسيكو_سيتي برازيليا ساو_باولو بوينس_آيرس سانتياغو ليما
    بوغوتا كراكاس هافانا لندن مانشستر أوكسفورد أكسفورد كمبريدج كامبريدج إدنبرة دبلن باريس ليون بروكسل
    أمستردام لاهاي برلين فرانكفورت ميونيخ ميونخ فيينا زيوريخ جنيف برن روما ميلانو مدريد برشلونة لشبونة أثينا
    كوبنهاغن ستوكهولم أوسلو هلسنكي وارسو براغ بودابست بوخارست صوفيا بلغراد كييف موسكو مينسك لاغوس أبوجا
    نيروبي أديس_أبابا كيب_تاون جوهانسبرغ بريتوريا أكرا داكار كيغالي برينستون ستانفورد بيركلي نيو_هافن
    دافوس
    """
)
"""Cities that news is dated from; a line stands for a space."""

CONNECTIVES = _words("ثم بل أو أم لكن ولكن حتى لأن")
"""Arabic words that carry a sentence on after an ellipsis, as a lower-case word does in English."""

SOURCES = _words("حسب حسبما بحسب وفق وفقا وفقًا")
"""Arabic words that name the source of the quotation that they follow."""


def abbreviation(word: str, before: str) -> Abbreviation | None:
    """Return the rule for `word`, which stands before a full stop; `before` is the word that precedes it."""
    if (rule := _ABBREVIATIONS.get(word) or _ABBREVIATIONS.get(word.lower())) is not None:
        return rule
    letter = word.removeprefix("و") or word
    # A channel's name (سي إن إن) is letter names too, but a full stop after its last one is a real one.
    spelled = letter in _LETTER_NAMES and before not in _LETTER_NAMES
    return Abbreviation.BEFORE_STARTER if spelled or _DOTTED.fullmatch(letter) else None
