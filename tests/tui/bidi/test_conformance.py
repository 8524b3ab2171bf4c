"""The bidirectional algorithm: every case of Unicode's two conformance tests."""

from __future__ import annotations

import pytest

from hashiya.tui.bidi.levels import Direction, levels, visual_order
from tests.tui.bidi import unicode_data

pytestmark = pytest.mark.system

# One character of each class stands for it.
CHARS = {
    "L": "a", "R": "א", "AL": "ب", "EN": "1", "AN": "١", "ES": "+", "ET": "%", "CS": ",", "NSM": "\u0300",
    "BN": "\u00ad", "B": "\u2029", "S": "\t", "WS": " ", "ON": "&", "LRE": "\u202a", "RLE": "\u202b",
    "LRO": "\u202d", "RLO": "\u202e", "PDF": "\u202c", "LRI": "\u2066", "RLI": "\u2067", "FSI": "\u2068",
    "PDI": "\u2069",
}  # fmt: skip
BASES = {"0": Direction.LTR, "1": Direction.RTL, "2": None}
# The files compare with the levels after L1, and "x" those that rule X9 removes.
Expected = tuple[list[int], bytes, list[int]]


def expected(level_fields: str, order: str) -> Expected:
    fields = level_fields.split()
    kept = [at for at, field in enumerate(fields) if field != "x"]
    return kept, bytes([int(fields[at]) for at in kept]), [int(at) for at in order.split()]


def result(text: str, base: Direction | None, kept: list[int]) -> tuple[Direction, bytes, list[int]]:
    found = levels(text, base)
    line = found.line(0, len(text))
    seen = bytes([line[at] for at in kept])
    return found.base, seen, [kept[place] for place in visual_order(seen)]


def test_every_case_with_characters() -> None:
    cases = 0
    for codes, base, paragraph, level_fields, order in unicode_data.rows("BidiCharacterTest.txt"):
        text = "".join([chr(int(code, 16)) for code in codes.split()])
        kept, line, visual = expected(level_fields, order)
        assert result(text, BASES[base], kept) == (int(paragraph), line, visual), (codes, base)
        cases += 1
    assert cases >= 91_707


def test_every_case_with_classes() -> None:
    cases = 0
    level_fields = ""
    kept: list[int] = []
    line, visual = b"", [0]
    for fields in unicode_data.rows("BidiTest.txt"):
        if fields[0].startswith("@Levels:"):
            level_fields = fields[0].removeprefix("@Levels:")
        elif fields[0].startswith("@Reorder:"):
            kept, line, visual = expected(level_fields, fields[0].removeprefix("@Reorder:"))
        else:
            text = "".join([CHARS[name] for name in fields[0].split()])
            asked = int(fields[1], 16)
            found = set()
            for bit, base in ((2, Direction.LTR), (4, Direction.RTL), (1, None)):
                if asked & bit:
                    cases += 1
                    resolved = levels(text, base)
                    # Without a base the result is one of the two others, most often just computed.
                    if base is not None or resolved.base not in found:
                        found.add(resolved.base)
                        whole = resolved.line(0, len(text))
                        assert bytes([whole[at] for at in kept]) == line, (fields, base)
            assert [kept[place] for place in visual_order(line)] == visual, fields
    assert cases >= 770_241
