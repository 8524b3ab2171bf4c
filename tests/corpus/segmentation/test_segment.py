"""Sentences: their offsets on any text, the rules of both languages, and the kinds of lines."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hashiya.corpus.segmentation.line_kinds import is_boilerplate
from hashiya.corpus.segmentation.segment import are_whole_lines, segment
from hashiya.schema.records import LANGS, Lang

WORDS = """
    كَلِمَةٌ محمد وقال د. ق.م. The It said Mr. U.S. etc. 3.5 ٣٫٥ 1. No. www.x.org/a.b? :)
    ؟ ! . ... … ۔ ، ؛ : " ' “ ” « » ’ ( ) [ ]
"""
UNSEEN = "👩\u200d🚀", "🇺🇸", "e\u0301", "\u200f", "\u200d", "\ufeff", "\r\n", "\n\n", "  ", ""
BREAKS = "\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"
PIECES = st.sampled_from([*WORDS.split(), *UNSEEN, *BREAKS, *" \t\x1f\u00a0\u3000"])
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=60
)


def sentences(text: str, lang: Lang) -> list[str]:
    return [text[found.start : found.end] for found in segment(text, lang)]


def kinds(text: str, lang: Lang) -> list[tuple[str, str]]:
    return [(text[found.start : found.end], found.kind) for found in segment(text, lang)]


@given(TEXTS, st.sampled_from(LANGS))
@example('He left.\r\n"No." "Why?" she', "en")
@example('"لا" "نعم".كلمة.كلمة"', "ar")
@example(" The a The a", "en")
def test_sentences_are_in_order_and_leave_out_white_space_only(text: str, lang: Lang) -> None:
    outside, position = [], 0
    for found in segment(text, lang):
        part = text[found.start : found.end]
        assert position <= found.start < found.end
        assert part == part.strip()
        assert len(part.splitlines()) == 1
        outside.append(text[position : found.start])
        position = found.end
    outside.append(text[position:])
    assert not "".join(outside).strip()


@given(TEXTS, TEXTS, st.sampled_from(LANGS))
@example("a", '" "b', "ar")
def test_a_line_break_separates_what_stands_before_and_after(first: str, second: str, lang: Lang) -> None:
    # "\n" is added to the first text, not "\r": a carriage return before a line feed is one break.
    joined = sentences(f"{first}\n{second}", lang)
    assert joined == sentences(first, lang) + sentences(second, lang)


@given(TEXTS, TEXTS.filter(str.strip), TEXTS, st.sampled_from(BREAKS), st.sampled_from(LANGS))
@example("a", " \x1f b. C ", " d", "\x1c", "en")
def test_sentences_of_whole_lines_are_those_of_the_text(
    before: str, lines: str, after: str, newline: str, lang: Lang
) -> None:
    text = f"{before}{newline}{lines}{newline}{after}"
    start = len(f"{before}{newline}") + len(lines) - len(lines.lstrip())
    end = start + len(lines.strip())
    assert are_whole_lines(text, start, end)
    assert [text[one.start : one.end] for one in segment(text, lang) if start <= one.start < end] == (
        sentences(text[start:end], lang)
    )


def test_a_part_of_a_line_is_no_whole_line() -> None:
    text = "One. Two.\nThree. \n"
    assert all(are_whole_lines(text, start, end) for start, end in ((0, 9), (10, 16), (0, 18), (10, 18)))
    assert not any(are_whole_lines(text, start, end) for start, end in ((0, 4), (5, 9), (5, 16), (0, 15)))


@pytest.mark.parametrize("newline", BREAKS)
def test_every_line_break_is_a_boundary(newline: str) -> None:
    assert sentences(f"Chips in demand{newline}and rising", "en") == ["Chips in demand", "and rising"]


def test_more_space_before_a_stop_than_is_looked_at() -> None:
    assert sentences(f"He left{' ' * 100}. Then he came", "en") == [f"He left{' ' * 100}.", "Then he came"]


def test_a_text_without_words_has_no_sentences() -> None:
    assert segment("", "ar") == segment(" \n\t ", "en") == []


ENGLISH = [
    # titles, initials, acronyms, companies
    "Mr. Smith met Dr. Jones of Acme Inc. in the U.S. Senate. | They left.",
    "He moved to the U.S. | The company grew. | It sold Apple Inc. | However, he stayed.",
    "J. R. R. Tolkien wrote it. | W.H.S. Koerner did not.",
    "Intel vs. AMD, e.g. in servers, i.e. big machines, is old. | Roe v. Wade is older.",
    "Chips, memory, etc. are made here. | Chips, memory, etc. | Samsung leads.",
    "No. 5 is alive. | No. | He left.",
    "It opened on Jan. 5. | It shut in Dec. 2024. | See fig. 2 for more.",
    "At 5 p.m. Monday it rained. | At 5 p.m. | They left.",
    "He lives on Main St. | He likes St. Louis.",
    "P.S. I love you. | Bye.",
    # numbers, lists, addresses
    "It fell 3.5 percent to $1,299.99. | It rose 2.1 percent.",
    "1. Buy milk. | 2. Sell it. | 10. Rest.",
    "Version 2.0. | The next came in 2010. | In 2011 it ended.",
    "Visit example.com. | See https://x.org/a.b?c=1. | Write to a.b@x.org. | Done.",
    # clusters, ellipses, lower case
    "Really?! | Yes!!! | Well... maybe not. | So… | Then he left. | No . . . never.",
    "what is it? | i think so. | iPhone sales rose. | ok",
    # closers and what goes on after them
    'He said "Stop!" and left. | "Why?" she asked. | “It is over.” | They left.',
    "'It is.' | (He was tired.) | He (finally!) slept. | [It ended.] | Yes.[12] | No.",
    '"Is it?", he asked. | Good! :) | Great!!! 😊 | Next.',
    # spaced punctuation
    'Hello . | World ! | He said " no . " | Then " Why ? " | It ended . ” | Yes .',
    # a stop that was forgotten
    "Welsh members worried about 'looking silly' | There is concern.",
    "Chips fall on bad news | It was a bad day. | I read about The Hague and The Wire.",
]
ARABIC = [
    # abbreviations and initials
    "قال د. محمد وأ. سالم إن م. أحمد في ص. 15 من الكتاب. | ثم ذهبوا.",
    "ولد عام 1445 هـ. في مكة. | وسنة 500 ق.م. في بابل. | عاش سنة 500 ق.م. | وكان ملكا.",
    "قالت أ.ف.ب. إن السوق هبطت. | جي. كي. رولينغ كاتبة. | شاهد سي إن إن. | ثم نام.",
    "اشترت شركة Apple Inc. شركة أخرى في U.S. أمس. | انتهى.",
    # numbers, lists, addresses
    "بلغت 3.5 و٣٫٥ و١٬٢٩٩ و12.5%. | ثم انخفضت إلى 3. | في المقابل ارتفعت.",
    "1. اشتر. | 2. بع. | ٣. خذ. | أ. الأول. | ب. الثاني.",
    "زوروا example.com. | أو https://x.org/a.b. | انتهى.",
    # what never ends a sentence
    "أولا؛ ثانيا، ثالثا: رابعا. | خامسا",
    # stops
    "هل هذا صحيح؟ | نعم! | حقا؟! | انتهى… | بدأ... ثم عاد. | انتهى۔ | بعد",
    # closers and what goes on after them
    'قال: "نعم." | وأضاف: «لا.» | «هل جاء؟»، سأل. | (انتهى!) | هذا (أخيرا!) جيد.',
    '"لن نعود." حسبما قال المدير. | انتهى.\u200f | ثم بدأ.',
    # spaced punctuation
    'قال "نعم . " | ثم ذهب ، وعاد . | هل جاء ؟ | نعم ! ” | قال : " لا . " | انتهى .',
    # a stop that was forgotten
    'هذا "محفز" | "إنهم هنا. | نعم" هذا هو "الأول" و"الثاني".',
    'قال: "هذا شيء جيد" | وأضاف أن "هذا شيء آخر". | انتهت الجملة. | بدأت أخرى.',
]


@pytest.mark.parametrize("line", ENGLISH)
def test_english_sentences_end_where_a_reader_ends_them(line: str) -> None:
    assert sentences(line.replace(" | ", " "), "en") == line.split(" | ")


@pytest.mark.parametrize("line", ARABIC)
def test_arabic_sentences_end_where_a_reader_ends_them(line: str) -> None:
    assert sentences(line.replace(" | ", " "), "ar") == line.split(" | ")


def test_a_stop_without_a_space_after_it() -> None:
    assert sentences("انتهت الجملة.بدأت أخرى.", "ar") == ["انتهت الجملة.", "بدأت أخرى."]
    assert sentences("زر موقع.الشركة.مصر الآن", "ar") == ["زر موقع.الشركة.مصر الآن"]
    assert sentences("See end.Next one", "en") == ["See end.Next one"]


@pytest.mark.parametrize(
    ("line", "lang"),
    [
        ("Mr. Smith left, he said. | Why? | “No reason.” | (Yes!) | He came; she left: it rained.", "en"),
        ('قال د. محمد: "انتهى الأمر." | هل عاد؟ | نعم، عاد! | قال: «لا.» | ثم ذهب؛ وعاد (أمس).', "ar"),
    ],
)
def test_spaces_before_punctuation_change_nothing_else(line: str, lang: Lang) -> None:
    spaced = re.sub(r"""(?<=\S)([.,;:؟?!،؛”»)]|(?<=\.)"(?=\s))""", r" \1", line)
    assert spaced != line
    assert sentences(spaced.replace(" | ", " "), lang) == spaced.split(" | ")


def test_straight_quotes_with_spaces_on_both_sides() -> None:
    assert sentences('He said " no . " Then " why ? " Yes .', "en") == [
        'He said " no . "',
        'Then " why ? "',
        "Yes .",
    ]
    assert sentences('He left . " Why " is a word .', "en") == ["He left .", '" Why " is a word .']
    assert sentences('It ended . "', "en") == ['It ended . "']


def test_a_comma_after_a_stop_carries_the_sentence_on() -> None:
    for line in ["“ Is it ? ” , Smith asked .", "In the U.S. , The Times wrote ."]:
        assert sentences(line, "en") == [line]
    for line in ["« هل جاء ؟ » ، سأل .", 'قال : " نعم ! " ؛ وذهب .']:
        assert sentences(line, "ar") == [line]


def test_lower_case_guards_only_after_abbreviations_and_ellipses() -> None:
    assert sentences("it fell. it rose! it fell? it rose", "en") == [
        "it fell.",
        "it rose!",
        "it fell?",
        "it rose",
    ]
    assert sentences("it fell... it rose", "en") == ["it fell... it rose"]
    assert sentences("Acme Inc. is here", "en") == ["Acme Inc. is here"]


def test_a_capital_in_a_name_is_not_the_start_of_a_sentence() -> None:
    for line in ["He read about The wire", "The Wall Street After hours trade", "He owns (the) They and it"]:
        assert sentences(line, "en") == [line]


FORGOTTEN_ENGLISH = [
    # a pronoun, a determiner or a conjunction has a capital and a word in lower case after it
    "Anthony Joshua wins in Wembley | The champion rose early. | He slept.",
    "Sales drop under Cook | They fell again. | Man shot in Ilfracombe | A man has died.",
    "Vaccine teaches cells to fight | A trial vaccine works.",
    "Rules on trade change | As China becomes rich, they fell.",
    "Chips fall on bad news | Police have asked why. | Chips rise | New research says so.",
    "He takes Vitamin A daily. | He told The hill and asked newspaper The star. | Plan A is dead.",
    # a headline with capitals
    "Women Warn of Trouble Ahead of Midterms | As many leave, others stay. | It ended.",
    "Voters Quietly Moved to a Camp on the Border | What happens is known.",
    "He read Gone With The Wind As a boy.",
    # the line has the word in lower case elsewhere, and never as a name
    "Tanks cross the river at night | Soldiers patrol the town. | Many soldiers fled.",
    "They met minister Brown yesterday. | The sky is brown. | Mr. Brown left.",
    # the headline's first words
    "Israel strikes camp again overnight Friday | Israel strikes camp again and leaves.",
    # letters: the greeting, the closing, the date, addresses, rulers, smileys
    "Dear Nina, | Thank you for this. | Best regards, | Phillip Allen",
    "Hi Jim, | Take a look at it. | Jim, | Please call. | Thanks, Jim. | Dear me, it rained.",
    "Kay Mann | 03/27/2001 09:11 AM | Will you come? | It came on 03/27/2001 09:11 AM to us.",
    "See http://x.org/a | For me it works. | http://x.org/b?c=1 is another.",
    "a.b@x.org | Groups are old. | Write to a.b@x.org and wait. | It is at http://x.org/a | http://x.org/b",
    "He left | ____________________ | John Smith | ============ | It is over. | His name is ____ or so.",
    "I love it :) | Posted by Jim. | It is 3 :) and more.",
    # a dateline
    "Chips fall on bad news | LONDON (Reuters) - Chips fell. | Rates rise again | PARIS – Rates rose.",
    "Chips fall - NASA says - again. | He works at the BBC - London.",
]
FORGOTTEN_ARABIC = [
    # the verb and then what the headline is about
    "خنزير يجرح مزارعا صينيا حتى الموت | هاجم خنزير مزارعا وقتله.",
    "سينسبري تخطط لدخول سوق التجميل | تتنافس سينسبري مع غيرها. | انتهى.",
    "قال الوزير إن الشركة التي أعلنت الشركة بيعها كبيرة. | كان الوزير يوم أمس كما أعلن الوزير هنا.",
    # the headline's first words
    "رجل يتعرض لإطلاق النار في ضاحية | رجل يتعرض لإطلاق النار عدة مرات.",
    "من أجل السلام العادل، من أجل السلام الدائم.",
    # phrases that tie a sentence to the one before it
    "التقى الرئيسان في القاهرة | جاء ذلك بعد حرب. | هبط السعر اليوم | يُذكر أن السعر ارتفع.",
    "قالت الشركة إنها ربحت | من جانبها، نفت الوزارة. | لم يذكر أن السعر هبط. | كما جاء ذلك في الخبر.",
    # a quotation closes
    'وصفهم بأنهم "يبدون كالدمى" | هناك استياء بين الناس. | قال "لا"، هناك من يرى غير ذلك.',
    # datelines; a pair of dashes is a remark
    "هبوط أسهم الرقائق | القاهرة - هبطت الأسهم. | صعود النفط | نيو دلهي (رويترز) - صعد النفط.",
    "سافر إلى لندن - ثم عاد. | زار الوفد باريس - عاصمة النور - أمس. | سافر الوفد إلى نيو دلهي - ثم عاد.",
    # marks, tatweel, Latin, bidi characters, emoji
    "ذَهَبَ الوَلَدُ. | ثُمَّ عــاد!\u200f | \u202bاشترى iPhone 15 بـ 3.5 ألف.\u202c 😀 | انتهى.",
    "نُشر GPT-4.5 وv2.0 أمس. | می\u200cخواهم الذهاب؟ | نعم.",
]


@pytest.mark.parametrize("line", FORGOTTEN_ENGLISH)
def test_where_a_stop_was_forgotten_in_english(line: str) -> None:
    assert sentences(line.replace(" | ", " "), "en") == line.split(" | ")


@pytest.mark.parametrize("line", FORGOTTEN_ARABIC)
def test_where_a_stop_was_forgotten_in_arabic(line: str) -> None:
    assert sentences(line.replace(" | ", " "), "ar") == line.split(" | ")


WRAPPED = (
    "تراجعت أسهم الرقائق يوم الاثنين بعد تراجع الطلب\n"
    "عليها في الصين وفي بلاد أخرى هذا العام والعام\n"
    "الذي مضى.\n"
)
STANDFIRST = "What a model from China means for those who sell chips"
BODY = "Chips fell sharply on Monday. Investors were worried about demand.\n"
NASS = "تراجعت أسهم الرقائق يوم الاثنين. وأبدى المستثمرون قلقهم من الطلب.\n"


def of_kind(kind: str, text: str, lang: Lang) -> list[str]:
    return [sentence for sentence, found in kinds(text, lang) if found == kind]


@pytest.mark.parametrize(
    ("text", "lang", "titles"),
    [
        ("Chips fall after DeepSeek\n" + BODY, "en", ["Chips fall after DeepSeek"]),
        ("\ufeffصدمة الرقائق\n\n" + NASS, "ar", ["\ufeffصدمة الرقائق"]),
        ("Read more\nChips fall\nBy Jane Doe\n" + BODY, "en", ["Chips fall"]),
        ("Chips fall\n" + BODY + "What comes next\n" + BODY, "en", ["Chips fall", "What comes next"]),
        (NASS + "ماذا بعد\n" + NASS, "ar", ["ماذا بعد"]),
        (f"{STANDFIRST}\n\n{STANDFIRST}\n{BODY}", "en", [STANDFIRST]),
        # not titles: a stop, a paragraph with hard line breaks, no body, a list, a last line
        ("Chips fall.\n" + BODY, "en", []),
        ("Chips fell sharply on Monday because buyers\nwere worried about demand.\n", "en", []),
        (WRAPPED, "ar", []),
        ("Chips fall", "en", []),
        ("Chips fall\nDemand rises", "en", []),
        (BODY + "- memory\n" + BODY, "en", []),
        (BODY + "memory\nlogic\n" + BODY, "en", []),
        (BODY + "The end", "en", []),
    ],
)
def test_titles_and_headings_are_told_from_body(text: str, lang: Lang, titles: list[str]) -> None:
    assert of_kind("title", text, lang) == titles


BOILERPLATE = [
    "Unlock the Editor’s Digest for free",
    "Roula Khalaf, Editor of the FT, selects her favourite stories in this weekly newsletter.",
    "Get the Editor’s Digest at no cost",
    "Every week in this newsletter, FT editor Roula Khalaf picks out the stories she liked best.",
    "Subscribe to our newsletter",
    "Sign up here!",
    "SUBSCRIBE NOW",
    "Simply sign up to the AI myFT Digest — delivered directly to your inbox.",
    "© 2025 The Example Times. All rights reserved.",
    "Copyright The Example Times Limited 2025.",
    "Read more: Nvidia's next chip",
    "Read more",
    "Click here to continue",
    "Follow us on X",
    "Related articles",
    "Already a subscriber? Log in",
    "فتح Digest محرر مجانًا",
    "افتح ملخص المحرر مجانا",
    "تختار رولا خالاف ، محررة FT ، قصصها المفضلة في هذه النشرة الإخبارية الأسبوعية.",
    "اشترك الآن",
    "اشتركوا في نشرتنا البريدية",
    "سجّل الدخول",
    "اقرأ أيضًا: أسهم الرقائق",
    "للمزيد من الأخبار",
    "اضغط هنا للمتابعة",
    "جميع الحقوق محفوظة © 2025",
    "تابعونا على فيسبوك",
    "احصل على أهم الأخبار في بريدك الإلكتروني",
    "مقالات ذات صلة",
]
ORDINARY = [
    "The newsletter that Roula Khalaf edits has a million readers.",
    "He picks stocks in his weekly newsletter.",
    "Subscribers unlock more than they pay for, the company says.",
    "The company signed up 3,000 newsletters in a year.",
    "All rights reserved by the court were later restored to the heirs.",
    "Copyright law was last changed in 1998.",
    "Read more books, the minister told pupils.",
    "Like us, the Chinese want cheaper chips.",
    "Spam is what comes to your inbox.",
    "Sign language is taught here.",
    "سجل المنتخب هدفين في الشوط الأول.",
    "اشترك في المؤتمر عشرون بلدا.",
    "تختار الشركة عملاءها في نشرة تصدرها كل أسبوع.",
    "فتح المتحف أبوابه مجانا.",
    "تصدر الصحيفة نشرة إخبارية أسبوعية.",
    "للمزيد من التوتر أثر في السوق.",
    "جميع الحقوق التي طالبت بها الشركة رفضت.",
]


@pytest.mark.parametrize("line", BOILERPLATE)
def test_a_whole_line_about_the_site_is_boilerplate_and_part_of_one_is_not(line: str) -> None:
    assert is_boilerplate(line)
    lang: Lang = "ar" if re.search("[ء-ي]", line) else "en"
    body = NASS if lang == "ar" else BODY
    assert {kind for sentence, kind in kinds(f"{line}\n{body}", lang) if sentence in line} == {"boilerplate"}
    # inside a paragraph it is something that the article says
    assert of_kind("boilerplate", f"{line} {body}{body}", lang) == []


@pytest.mark.parametrize("line", ORDINARY)
def test_a_sentence_about_newsletters_is_not_boilerplate(line: str) -> None:
    assert not is_boilerplate(line)


def test_an_article_with_everything() -> None:
    body = "قال د. سالم إن الأسهم هبطت ، ثم ارتفعت . هل تهبط؟"
    text = f"اشترك الآن\r\nصدمة الرقائق\r\n\r\n{body}\r\nلا أحد يعلم\r\n"
    assert kinds(text, "ar") == [
        ("اشترك الآن", "boilerplate"),
        ("صدمة الرقائق", "title"),
        ("قال د. سالم إن الأسهم هبطت ، ثم ارتفعت .", "body"),
        ("هل تهبط؟", "body"),
        ("لا أحد يعلم", "body"),
    ]


@pytest.mark.parametrize(
    "piece",
    [
        *(
            ".",
            " . ",
            ".)",
            '" ',
            ". “",
            "!?",
            "…",
            "A. ",
            "The a ",
            "كلمة.",
            '"كلمة" ',
            "\n",
            "x",
            "😀.",
            "( ",
        ),
        *(
            "_",
            "= ",
            "a@",
            "http://x ",
            "a Fish a fish ",
            "Fish a ",
            "Dear ",
            "a LONDON - ",
            "1/2/2000 1:00 ",
        ),
        *("لندن - ", "هاجم خنزير ", " جاء ذلك ", ":) A", "A, The a "),
    ],
)
def test_time_grows_with_the_length_of_the_text(piece: str) -> None:
    def seconds(text: str) -> float:
        began = time.process_time()
        for lang in LANGS:
            segment(text, lang)
        return time.process_time() - began

    assert seconds(piece * 20_000 + "x") < 2
