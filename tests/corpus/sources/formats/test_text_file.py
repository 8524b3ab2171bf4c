"""Articles as text files: what is kept, what is refused, and in what words."""

from __future__ import annotations

from pathlib import Path

import pytest

from hashiya.schema.errors import Problem
from tests.corpus.sources.conftest import Read, Write, nothing_wrong, side

AR = "انخفضت الأسهم يوم الاثنين بعد الإعلان.\nثم ارتفعت من جديد."
EN = "Shares fell on Monday after the announcement.\nThen they rose again."

QUOTES = "The company’s “model” costs 5 € a month."
RUSSIAN = "Акции упали в понедельник, сообщает FT"
UTF32 = b"\0\0\xfe\xff" + AR.encode("utf-32-be")
BOM = b"\xef\xbb\xbf"
SIZE = len(AR.encode())

NUL = "a NUL character"
DAMAGED = "though what surrounds it may be: mend or delete that character"
LONGEST = "and the longest that is read has 1,000,000: break it into paragraphs"
SWAPPED = "give it the right language, or see whether the two sides are swapped"

KEPT = {
    "marks and tatweel": "مُحَمَّدٌ كـــتب رِسالةً طويلةً إلى أخيه",
    "decomposed": "سقطت السماء على الأرض اليوم e\u0301 آ \u0627\u0653",
    "joiners and direction marks": "می\u200cخواهم \u200fكتاب\u200e \u2067نص\u2069 بين العلامات هنا",
    "emoji": "ارتفعت الأسهم اليوم كثيرا 👨\u200d👩\u200d👧 🇸🇦 \U0001fae8 \ue000",
    "presentation forms": "\ufefb \ufb50 ﷺ من النصوص القديمة المحفوظة",
    "CRLF, CR and other ends of lines": "سطر أول\r\nسطر ثان\rسطر ثالث\u2028سطر\x0bأخير\x85\n\n",
    "outer white space": "\n\n  نص بين الفراغات الكثيرة جدا \t\n",
    "a BOM inside": "نص فيه علامة \ufeff في وسطه وليس في أوله",
}


def looks_like(encoding: str) -> str:
    return f"this looks like {encoding}: convert it with iconv -f {encoding} -t UTF-8"


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
def test_text_is_stored_as_it_came(read: Read, write: Write, text: str) -> None:
    write("a.ar.txt", text)
    found = read()
    assert found.document.ar == text
    assert found.document.en is None
    assert found.problems == []


def test_two_sides_are_one_document_named_by_its_path(read: Read, write: Write) -> None:
    write("sub/2025.01.ar.txt", AR)
    write("sub/2025.01.en.txt", EN)
    found = read()
    assert (found.document.doc_id, found.document.ar, found.document.en) == ("sub/2025.01", AR, EN)
    assert found.item.beads == ()
    assert found.item.where.endswith("sub/2025.01.ar.txt")


def test_one_side_alone(read: Read, write: Write) -> None:
    write("a.en.txt", EN)
    assert (read().document.ar, read().document.en) == (None, EN)


def test_a_bom_is_taken_off_and_said(read: Read, write: Write) -> None:
    write("a.ar.txt", b"\xef\xbb\xbf" + AR.encode())
    found = read()
    assert found.document.ar == AR
    assert found.warnings == ["a.ar.txt: begins with a byte order mark, which is not part of the text"]
    assert found.left_out == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.ar.txt", b"", "is empty: if the document has no such side, delete the file"),
        ("a.ar.txt", " \n\u00a0\r\n", "is empty: if the document has no such side, delete the file"),
        ("a.ar.txt", AR + "\nقبل\0بعد", f"line 3, column 4: {NUL}: delete it, or see what damaged the file"),
        ("a.ar.txt", AR.encode("utf-16-le"), f"line 1, column 14: {NUL}; {looks_like('UTF-16LE')}"),
        ("a.ar.txt", AR.encode("utf-16"), f"byte 0 (0xFF) is not UTF-8; {looks_like('UTF-16LE')}"),
        ("a.ar.txt", UTF32, f"byte 2 (0xFE) is not UTF-8; {looks_like('UTF-32BE')}"),
        ("a.ar.txt", AR.encode("cp1256"), f"byte 0 (0xC7) is not UTF-8; {looks_like('WINDOWS-1256')}"),
        ("a.ar.txt", AR.encode("iso8859_6"), f"byte 0 (0xC7) is not UTF-8; {looks_like('ISO-8859-6')}"),
        ("a.en.txt", QUOTES.encode("cp1252"), f"byte 11 (0x92) is not UTF-8; {looks_like('WINDOWS-1252')}"),
        ("a.ar.txt", AR.encode() + b"\xff" + AR.encode(), f"byte {SIZE} (0xFF) is not UTF-8, {DAMAGED}"),
        ("a.ar.txt", BOM + AR.encode() + b"\xd8", f"byte {SIZE + 3} (0xD8) is not UTF-8, {DAMAGED}"),
        ("a.en.txt", "short\n" + "word " * 200_001, f"line 2 has 1,000,005 characters {LONGEST}"),
        ("a.ar.txt", EN, f"100% of its letters are Latin, so it is not in Arabic: {SWAPPED}"),
        ("a.en.txt", AR, f"100% of its letters are Arabic, so it is not in English: {SWAPPED}"),
        ("a.en.txt", RUSSIAN, f"94% of its letters are Cyrillic, so it is not in English: {SWAPPED}"),
    ],
)
def test_bad_text_is_refused_and_the_rest_is_read(
    read: Read, write: Write, name: str, content: str | bytes, message: str
) -> None:
    write(name, content)
    write("good.ar.txt", AR)
    found = read()
    assert found.ids == ["good"]
    assert found.left_out == [f"{name}: {message}"]


def test_a_bad_side_takes_the_whole_document_with_it_and_both_are_named(read: Read, write: Write) -> None:
    write("a.ar.txt", "")
    write("a.en.txt", b"caf\xe9")
    found = read()
    assert found.items == []
    assert [message.split(":")[0] for message in found.left_out] == ["a.ar.txt", "a.en.txt"]


def test_the_script_of_a_short_or_mixed_text_is_not_judged_by_its_minority(read: Read, write: Write) -> None:
    write("short.ar.txt", "OpenAI GPT-4o")
    write("names.ar.txt", "أطلقت Microsoft وOpenAI وGoogle منتجات جديدة في السوق السعودية هذا العام")
    assert read().ids == ["names", "short"]


def test_the_longest_line_is_still_read(read: Read, write: Write) -> None:
    write("a.en.txt", "x" * 1_000_000 + "\n" + "y" * 1_000_000)
    assert len(side(read(), "en")) == 2_000_001


def test_a_file_that_goes_away_is_reported(read: Read, write: Write, tmp_path: Path) -> None:
    from hashiya.corpus.sources.find import find_sources
    from hashiya.corpus.sources.read import read_stretch

    path = write("a.ar.txt", AR)
    (source,) = find_sources([tmp_path], nothing_wrong)
    path.unlink()
    problems: list[Problem] = []
    assert list(read_stretch(source, None, problems.append)) == []
    assert [problem.what for problem in problems] == ["cannot be read: No such file or directory"]
