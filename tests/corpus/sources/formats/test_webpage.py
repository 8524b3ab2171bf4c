"""Saved web pages: the text and metadata that are taken, what is kept in them, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.corpus.sources.conftest import Read, Write, side

# Long enough for an article: of a page with less text trafilatura takes all that there is.
AR = [
    "انخفضت أسهم شركات الرقائق يوم الاثنين بعد الإعلان عن النموذج الجديد، وخسرت السوق مئات المليارات.",
    "ثم ارتفعت من جديد في نهاية الأسبوع نفسه، حين أكدت الشركات أنها ستنفق أكثر من المتوقع هذا العام.",
    "ويقول المستثمرون إن الطلب سيزداد كلما انخفضت الكلفة، لكن السؤال هو من الذي سيجني الأرباح.",
]
EN = [
    "Chip makers' shares fell on Monday after the new model was announced, and the market lost billions.",
    "They rose again at the end of that week, when the companies said that they would spend still more.",
    "Investors say that demand grows as the cost falls, but the question is who will earn the profits.",
]


def page(paragraphs: Iterable[str], head: str = "", tail: str = "", attributes: str = 'lang="ar"') -> str:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<!DOCTYPE html><html {attributes}><head>{head}</head><body>"
        '<nav><a href="/">Home</a> <a href="/news">News</a></nav>'
        f"<article>{body}</article>{tail}"
        '<div id="comments"><p>A comment by a reader.</p></div><footer>Imprint</footer></body></html>'
    )


HEAD = (
    "<title>عنوان المقال</title>"
    '<meta property="og:site_name" content="الموقع"><link rel="canonical" href="https://example.com/a">'
    '<meta property="article:published_time" content="2025-02-20T10:00:00Z">'
)
LICENCE = '<p><a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC BY</a></p>'


def test_paragraphs_are_lines_and_the_rest_of_the_page_is_not_there(read: Read, write: Write) -> None:
    write("a.ar.html", page(AR))
    found = read()
    assert found.document.ar == "\n".join(AR)
    assert (found.document.doc_id, found.document.en, found.problems) == ("a", None, [])


def test_the_page_fills_metadata_that_the_toml_does_not_give(read: Read, write: Write) -> None:
    write("a.ar.html", page(AR, HEAD, LICENCE))
    document = read().document
    assert (document.title, document.publisher, document.url) == (
        "عنوان المقال",
        "الموقع",
        "https://example.com/a",
    )
    assert (document.published, document.licence) == ("2025-02-20", "CC BY 4.0")
    write("a.toml", "title = 'T'\npublished = 2024-01-01\nlicence = 'mine'\n")
    document = read().document
    assert (document.title, document.publisher, document.published, document.licence) == (
        "T",
        "الموقع",
        "2024-01-01",
        "mine",
    )


def test_two_pages_are_one_document(read: Read, write: Write) -> None:
    write("a.ar.html", page(AR, "<title>عنوان</title>", LICENCE))
    write("a.en.htm", page(EN, "<title>A title</title>", LICENCE, 'lang="en"'))
    document = read().document
    assert (document.ar, document.en) == ("\n".join(AR), "\n".join(EN))
    assert (document.title, document.licence) == ("عنوان", "CC BY 4.0")
    write("a.toml", "source_lang = 'en'")
    assert read().document.title == "A title"


def test_a_page_and_a_text_are_one_document(read: Read, write: Write) -> None:
    write("a.ar.html", page(AR))
    write("a.en.txt", "\n".join(EN))
    found = read()
    assert (found.document.ar, found.document.en) == ("\n".join(AR), "\n".join(EN))
    assert found.problems == []


def test_a_licence_on_one_side_is_none_of_the_document(read: Read, write: Write) -> None:
    write("a.ar.html", page(AR, tail=LICENCE))
    write("a.en.txt", "\n".join(EN))
    found = read()
    assert found.document.licence is None
    assert found.messages == ["a.ar.html: the sides do not state the same licence: set licence in NAME.toml"]
    assert found.left_out == []
    write("a.toml", "licence = 'CC0-1.0'")
    found = read()
    assert (found.document.licence, found.problems) == ("CC0-1.0", [])


@pytest.mark.parametrize("attributes", ['lang="ar"', 'lang="ar-SA"', "LANG=AR_eg dir=rtl"])
def test_the_language_comes_from_the_page_where_the_name_has_none(
    read: Read, write: Write, attributes: str
) -> None:
    write("a.html", page(AR, attributes=attributes))
    write("a.en.html", page(EN, attributes=""))
    document = read().document
    assert (document.doc_id, document.ar, document.en) == ("a", "\n".join(AR), "\n".join(EN))


CHARACTERS = {
    "joiners": "می\u200cخواهم 👨\u200d👩\u200d👧",
    "direction marks": "\u200fكتاب\u200e \u2067نص\u2069",
    "soft hyphen and BOM": "كلمة\u00adأخرى \ufeffهنا",
    "marks and tatweel": "مُحَمَّدٌ كـــتب",
    "decomposed": "e\u0301 \u0627\u0653 \u0041\u030a",
    "new and private": "\U0001fae8 \U0001fadf \ue000",
    "control characters": "a\x01b\x7fc",
    "no-break spaces": "50\u00a0% و10\u202f000",
    "presentation forms": "\ufefb ﷺ",
    "an ampersand and what looks like an entity": "AT&amp;T &amp;lt;b&amp;gt; &amp;copy; R&amp;D",
    "letters that stand in for others": "\U00012000\u200c\U00012001",
}


@pytest.mark.parametrize("text", CHARACTERS.values(), ids=CHARACTERS.keys())
def test_characters_are_kept_as_the_page_has_them(read: Read, write: Write, text: str) -> None:
    write("a.ar.html", page([*AR[:2], f"{AR[2]} {text} <b>{text}</b>{text}."]))
    shown = text.replace("&amp;", "&")
    assert side(read(), "ar").split("\n")[2] == f"{AR[2]} {shown} {shown}{shown}."


def test_references_to_characters_are_those_characters(read: Read, write: Write) -> None:
    write("a.ar.html", page([*AR[:2], f"{AR[2]} a&zwnj;b&rlm;&#x200d;&nbsp;&hellip;."]))
    assert side(read(), "ar").split("\n")[2] == f"{AR[2]} a\u200cb\u200f\u200d\u00a0…."


def test_white_space_collapses_as_in_a_browser(read: Read, write: Write) -> None:
    write("a.ar.html", page([*AR[:2], f"{AR[2]}\x0c a\t\nb\x0bc"]))
    assert side(read(), "ar").split("\n")[2] == f"{AR[2]} a b c"


def test_empty_paragraphs_are_no_lines(read: Read, write: Write) -> None:
    write("a.ar.html", page([AR[0], "&nbsp;", " ", *AR[1:]]))
    assert read().document.ar == "\n".join(AR)


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="windows-1256">', "cp1256"),
        ("<meta charset=iso-8859-6>", "iso8859_6"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=Windows-1256">', "cp1256"),
        ('<meta charset="utf-8">', "utf-8"),
        ('<meta charset="utf-16">', "utf-8"),
        ("", "utf-8"),
    ],
)
def test_the_encoding_that_the_page_declares_is_respected(
    read: Read, write: Write, head: str, encoding: str
) -> None:
    write("a.ar.html", page(AR, head).encode(encoding))
    found = read()
    assert (found.document.ar, found.problems) == ("\n".join(AR), [])


def test_an_xml_declaration_and_a_bom_are_no_trouble(read: Read, write: Write) -> None:
    text = '<?xml version="1.0" encoding="windows-1256"?>\n' + page(AR)
    write("a.ar.html", text.encode("cp1256"))
    assert read().document.ar == "\n".join(AR)
    write("a.ar.html", b"\xef\xbb\xbf" + text.encode())
    found = read()
    assert found.document.ar == "\n".join(AR)
    assert len(found.warnings) == 1


EMPTY = "is empty: if the document has no such side, delete the file"
NOTHING = "has no main text that can be found: save the article as NAME.ar.txt or NAME.en.txt"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.ar.html", "", EMPTY),
        ("a.ar.html", " \n", EMPTY),
        ("a.ar.html", "<!-- x -->", EMPTY),
        ("a.ar.html", "<html><body></body></html>", NOTHING),
        ("a.ar.html", "<html><head><script>var x</script></head><body> </body></html>", NOTHING),
        ("a.ar.html", page(AR) + "\n\0", "line 2, column 1: a NUL character: delete it"),
        (
            "a.ar.html",
            page(AR).encode("cp1256"),
            f"byte {page(AR).index(AR[0])} (0xC7) is not UTF-8; this looks like",
        ),
        ("a.ar.html", page(AR).encode("utf-16"), "byte 0 (0xFF) is not UTF-8; this looks like UTF-16LE"),
        ("a.ar.html", page(AR, '<meta charset="x-user">'), "declares the encoding x-user, which is not read"),
        ("a.ar.html", page(AR, '<meta charset="rot13">'), "declares the encoding rot13, which is not read"),
        (
            "a.ar.html",
            page(AR, '<meta charset="iso-8859-99">'),
            "declares the encoding iso-8859-99, which does",
        ),
        ("a.en.html", page(EN, "<meta charset=windows-1252>").encode() + b"\x81", "byte "),
        (
            "a.ar.html",
            "<div>" * 300 + "نص" + "</div>" * 300,
            "is no page that can be read: line 1: Excessive depth",
        ),
        ("a.ar.html", f"<p>{'x' * 11_000_000}</p>", "is no page that can be read: line "),
        ("a.ar.html", page(EN), "100% of its letters are Latin, so it is not in Arabic"),
        ("a.html", page(AR, attributes=""), "its language is unknown: call it NAME.ar.html or NAME.en.html"),
        ("a.html", page(AR, attributes='lang="fa"'), "its language is unknown: call it NAME.ar.html or"),
        ("a.html", page(EN), "100% of its letters are Latin, so it is not in Arabic"),
    ],
)
def test_what_is_refused(read: Read, write: Write, name: str, content: str | bytes, message: str) -> None:
    write(name, content)
    write("good.ar.html", page(AR))
    found = read()
    assert found.ids == ["good"]
    assert len(found.left_out) == 1
    assert found.left_out[0].startswith(f"{name}: {message}")


def test_two_files_for_one_side_are_refused(read: Read, write: Write) -> None:
    write("a.ar.html", page(AR))
    write("a.ar.txt", "\n".join(AR))
    assert read().refused() == "a.ar.txt: is the ar side, and so is a.ar.html: keep one"


def test_nothing_is_printed_or_fetched(
    read: Read, write: Write, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    monkeypatch.setattr(socket, "socket", None)
    write("a.ar.html", "<html><body><img src='http://127.0.0.1/x.png'></body></html>")
    write("b.ar.html", page(AR, '<link rel="canonical" href="http://[bad"><base href="//x">' + HEAD))
    assert read().ids == ["b"]
    assert capfd.readouterr() == ("", "")
