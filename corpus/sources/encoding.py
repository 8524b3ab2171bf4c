"""The bytes of a file as text: UTF-8, or a message that says which byte is not and what it may be.

Nothing is guessed into the corpus: a guess only tells the user which command converts the file.
"""

from __future__ import annotations

import codecs

from hashiya.corpus.sources.remote import Location
from hashiya.schema.errors import Problem, ReportProblem

BYTE_ORDER_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "UTF-32LE"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "UTF-32BE"),
    (codecs.BOM_UTF16_LE, "UTF-16LE"),
    (codecs.BOM_UTF16_BE, "UTF-16BE"),
)
ARABIC = ("WINDOWS-1256", "ISO-8859-6")
WESTERN = "WINDOWS-1252"
COMMONEST = "اليمونترب"
"""The letters that make up most of any Arabic text."""

SAMPLE_BYTES = 1 << 15
"""Bytes on either side of the first fault that a guess looks at."""


def read_source_bytes(path: Location) -> bytes:
    """Return the bytes of a file; ValueError says why it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error


def decode(data: bytes, path: Location, report: ReportProblem) -> str:
    """Return the bytes of a file as text without its byte order mark, which is reported.

    ValueError says which byte is not UTF-8.
    """
    if data.startswith(codecs.BOM_UTF8):
        report(
            Problem(str(path), "begins with a byte order mark, which is not part of the text", left_out=False)
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # utf-8-sig counts from behind the mark
        skipped = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
        raise ValueError(not_utf8(data, error.start + skipped)) from error


def not_utf8(data: bytes, position: int, offset: int = 0) -> str:
    """Return why `data` is not UTF-8 and what to do; `offset` is where it stands in its file, in bytes."""
    fault = f"byte {position + offset:,} (0x{data[position]:02X}) is not UTF-8"
    encoding = guess(data, position)
    if encoding is None:
        return f"{fault}, though what surrounds it may be: mend or delete that character"
    return f"{fault}; this looks like {encoding}: convert it with iconv -f {encoding} -t UTF-8"


def guess(data: bytes, position: int) -> str | None:
    """Return the likely encoding of `data`, which is not UTF-8 at `position`, by its name for iconv."""
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return name
    sample = data[max(0, position - SAMPLE_BYTES) : position + SAMPLE_BYTES]
    foreign = [char for char in sample.decode("utf-8", errors="replace") if char >= "\x80"]
    # UTF-8 with a few bytes damaged reads as Arabic letters too, in Windows-1256 (ط§ظ„), so it comes first
    if foreign.count("\ufffd") * 2 < len(foreign):
        return None
    letters, name = max((_letters(sample, name), name) for name in ARABIC)
    if letters * 2 > len(foreign):
        return name
    try:
        sample.decode(WESTERN)
    except UnicodeDecodeError:
        return None
    return WESTERN


def _letters(sample: bytes, encoding: str) -> int:
    return sum(map(sample.decode(encoding, errors="replace").count, COMMONEST))
