"""TMX: units and their alignment, inline tags, documents; and files that attack or merely break."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hashiya.corpus.sources.find import find_sources
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.corpus.sources.read import read_stretch
from hashiya.schema.errors import Problem
from hashiya.schema.records import LANGS, Span
from tests.corpus.sources.conftest import Read, Write, slices

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SIDE = st.none() | st.text(st.sampled_from("اّـ x\u200d👩\u200c\n\t\xa0\u2028<&"), max_size=6)
UNITS = st.lists(
    st.tuples(st.sampled_from([None, "d1"]), SIDE, SIDE).filter(
        lambda unit: any(side and side.strip() for side in unit[1:])
    ),
    min_size=1,
    max_size=8,
)


def tmx(*units: str, header: str = "", before: str = "") -> str:
    return f'{before}<tmx version="1.4"><header>{header}</header><body>{"".join(units)}</body></tmx>'


def unit(ar: str | None = None, en: str | None = None, props: str = "") -> str:
    sides = "".join(
        f'<tuv xml:lang="{lang}"><seg>{text}</seg></tuv>'
        for lang, text in (("ar", ar), ("en", en))
        if text is not None
    )
    return f"<tu>{props}{sides}</tu>"


def test_units_are_aligned_segments_of_the_document_of_the_file(read: Read, write: Write) -> None:
    write(
        "sub/a.tmx",
        tmx(
            unit("واحد", "one"),
            unit(None, "two &amp; &#xe9;"),
            unit(" ثلاثة", " "),
            before="<?xml version='1.0'?>",
        ),
    )
    found = read()
    assert (found.document.doc_id, found.document.ar, found.document.en) == (
        "sub/a",
        "واحد\n ثلاثة",
        "one\ntwo & é",
    )
    assert found.item.beads == (
        GivenBead((Span(0, 4),), (Span(0, 3),), segmented=False),
        GivenBead((), (Span(4, 11),), segmented=False),
        GivenBead((Span(6, 11),), (), segmented=False),
    )
    assert found.item.where.endswith("sub/a.tmx, unit 1")
    assert found.problems == []


@given(units=UNITS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slices_at_the_beads_are_the_segments(
    tmp_path: Path, units: list[tuple[str | None, str | None, str | None]]
) -> None:
    root = etree.Element("tmx")
    body = etree.SubElement(root, "body")
    for name, *sides in units:
        tu = etree.SubElement(body, "tu")
        if name:
            etree.SubElement(tu, "prop", type="document").text = name
        for lang, side in zip(LANGS, sides, strict=True):
            if side is not None:
                tuv = etree.SubElement(tu, "tuv", {XML_LANG: str(lang)})
                etree.SubElement(tuv, "seg").text = side
    etree.ElementTree(root).write(str(tmp_path / "f.tmx"), encoding="utf-16", xml_declaration=True)
    problems: list[Problem] = []
    items = [
        item
        for one in find_sources([tmp_path], problems.append)
        for item in read_stretch(one, None, problems.append)
    ]
    assert problems == []
    for item in items:
        mine = [one for one in units if (one[0] or "f") == item.document.doc_id]
        for place, lang in enumerate(LANGS, 1):
            texts = [(one[place] or "").strip() for one in mine]
            assert slices(item, lang) == [[text] if text else [] for text in texts]


@pytest.mark.parametrize("code", ["ar", "AR", "ar-SA", "ar_EG", "ara", "arb-Arab"])
def test_languages_go_by_what_stands_before_the_hyphen(read: Read, write: Write, code: str) -> None:
    write(
        "a.tmx",
        tmx(f'<tu><tuv lang="{code}"><seg>واحد</seg></tuv><tuv xml:lang="en-GB"><seg>one</seg></tuv></tu>'),
    )
    assert (read().document.ar, read().document.en) == ("واحد", "one")


def test_other_languages_and_second_variants_are_passed_over_and_counted(read: Read, write: Write) -> None:
    sides = {"en-US": "one", "fr": "un", "arn": "x", "en-GB": "1"}
    one = "".join(f'<tuv xml:lang="{lang}"><seg>{text}</seg></tuv>' for lang, text in sides.items())
    one = f"<tu>{one}</tu>"
    write("a.tmx", tmx(unit("س", "x"), one, one))
    found = read()
    assert found.document.en == "x\none\none"
    assert found.left_out == []
    second = (
        "a.tmx: 2 segments were passed over, for their unit has another in that language before them "
        "(unit 2 is the first)"
    )
    assert found.warnings == [
        "a.tmx: segments in other languages were passed over (fr 2, arn 2)",
        second,
    ]


def test_inline_tags_are_removed_and_counted(read: Read, write: Write) -> None:
    segment = (
        '<bpt i="1">&lt;b&gt;</bpt>bold<ept i="1">&lt;/b&gt;</ept> <ph>{0}</ph>and '
        '<hi type="x">kept <it pos="begin">c</it>'
        "text</hi><ph>a<sub>footnote</sub>b</ph><ut>z</ut>.<!-- a note --> End"
    )
    write("a.tmx", tmx(unit("واحد", segment)))
    found = read()
    assert found.document.en == "bold and kept text. End"
    assert found.warnings == ["a.tmx: 7 inline tags were removed (ph 2, bpt 1, ept 1, hi 1, it 1, ut 1)"]


@pytest.mark.parametrize(
    ("props", "header", "doc_id"),
    [
        ('<prop type="document">d</prop>', "", "d"),
        ('<prop type="x-document"> d </prop>', "", "d"),
        ('<prop type="Txt::Doc">d</prop>', "", "d"),
        ('<prop type="file">f.docx</prop><prop type="document">d</prop>', "", "d"),
        ('<prop type="file">C:\\docs\\f.docx</prop>', "", "C:\\docs\\f.docx"),
        ("", '<prop type="file">h</prop>', "h"),
        ('<prop type="document">d</prop>', '<prop type="document">h</prop>', "d"),
        ('<prop type="document"> </prop><prop type="client">c</prop>', "", "a"),
    ],
)
def test_the_document_comes_from_a_property_or_the_file(
    read: Read, write: Write, props: str, header: str, doc_id: str
) -> None:
    write("a.tmx", tmx(unit("واحد", "one", props), header=header))
    assert read().ids == [doc_id]


def test_documents_may_take_turns(read: Read, write: Write) -> None:
    one, two = ('<prop type="document">1</prop>', '<prop type="document">2</prop>')
    write("a.tmx", tmx(unit("س", "a", one), unit("ص", "b", two), unit("ع", "c", one)))
    found = read()
    assert [(item.document.doc_id, item.document.en) for item in found.items] == [("2", "b"), ("1", "a\nc")]


def test_a_namespace_a_doctype_and_another_encoding_are_no_trouble(read: Read, write: Write) -> None:
    text = tmx(unit("واحد", "one")).replace("<tmx", '<tmx xmlns="http://www.lisa.org/tmx14"')
    before = '<?xml version="1.0" encoding="windows-1256"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n'
    write("a.tmx", (before + text).encode("cp1256"))
    found = read()
    assert (found.document.ar, found.problems) == ("واحد", [])


def test_a_long_file_is_read_in_little_memory(read: Read, write: Write) -> None:
    count = 20_000
    write("a.tmx", tmx(*(unit(f"سطر {n}", f"line {n}") for n in range(count))))
    found = read()
    assert len(found.item.beads) == count
    assert slices(found.item, "en")[-1] == [f"line {count - 1}"]


BOMB = (
    '<!DOCTYPE tmx [<!ENTITY a0 "lolololol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "a.tmx: is not well-formed XML: no element found"),
        ("hello", "a.tmx: is not well-formed XML: line 1: Start tag expected, '<' not found"),
        ("<html><body/></html>", "a.tmx: is no TMX file: it begins with <html>, not with <tmx>"),
        ("<x><tu/></x>", "a.tmx: is no TMX file: it begins with <x>, not with <tmx>"),
        (tmx(), "a.tmx: has no units (tu)"),
        (
            tmx(unit("&a9;", "x"), before=BOMB),
            "a.tmx: declares entities of its own: entities are never expanded",
        ),
        (
            tmx(header="&a9;", before=BOMB),
            "a.tmx: is not well-formed XML: line 1: Maximum entity amplification factor exceeded",
        ),
        (
            tmx(unit("واحد", "x"), before=BOMB),
            "a.tmx: declares entities of its own: entities are never expanded",
        ),
        (
            tmx(unit("واحد", "&x;"), before='<!DOCTYPE tmx [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
            "a.tmx: declares entities of its own: entities are never expanded",
        ),
        (
            tmx(unit("واحد", "a&nbsp;b")),
            "a.tmx: is not well-formed XML: line 1: Entity 'nbsp' not defined: entities are never expanded",
        ),
        (
            tmx(unit("واحد", "a&nbsp;b"), before='<!DOCTYPE tmx SYSTEM "tmx14.dtd">'),
            "a.tmx, unit 1: the entity &nbsp; is never expanded: write the character that it stands for",
        ),
        (tmx(unit("واحد", "a & b")), "a.tmx: is not well-formed XML: line 1: xmlParseEntityRef: no name"),
        (tmx(unit("a\0b", "x")), "a.tmx: is not well-formed XML: line 1: Invalid character: Char 0x0 out of"),
        (tmx("<g>" * 300), "a.tmx: is not well-formed XML: line 1: Excessive depth in document"),
        (tmx(unit(en="x" * 11_000_000)), "a.tmx: is not well-formed XML: line 1: Resource limit exceeded"),
        (tmx(unit(en="x" * 1_000_001)), "a.tmx, unit 1: en, line 1 has 1,000,001 characters"),
        (tmx(unit()), "a.tmx, unit 1: has neither an Arabic segment nor an English one"),
        (tmx(unit(" ", "<ph>x</ph>")), "a.tmx, unit 1: has neither an Arabic segment nor an English one"),
        (
            tmx(unit(en="x", props='<prop type="file">a&#10;b</prop>')),
            "a.tmx, unit 1: its document is 'a\\nb': an id is one line",
        ),
        (
            '<?xml version="1.0" encoding="x-foo"?>' + tmx(unit(en="x")),
            "a.tmx: is not well-formed XML: line 1: Unsupported",
        ),
    ],
)
def test_what_is_refused(read: Read, write: Write, content: str | bytes, message: str) -> None:
    write("a.tmx", content)
    found = read()
    assert found.items == []
    assert found.left_out[0].startswith(message)
    assert len(found.left_out) == 1


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (b"<tu></tmx>", "line 3: Opening and ending tag mismatch"),
        (b"<tu><tuv>", "line 3: Premature end of data"),
        (b"<tu>\xff</tu></body></tmx>", "line 3: Invalid bytes in character encoding"),
        (b"<tu>&nbsp;</tu></body></tmx>" + b" " * 70_000, "line 3: Entity 'nbsp' not defined"),
    ],
)
def test_what_stands_before_a_break_is_read(read: Read, write: Write, broken: bytes, message: str) -> None:
    write("a.tmx", f"<tmx><body>{unit('واحد', 'one')}\n{unit('اثنان', 'two')}\n".encode() + broken)
    found = read()
    assert found.document.en == "one\ntwo"
    assert len(found.left_out) == 1
    assert message in found.left_out[0]
    assert found.left_out[0].endswith("; what comes after unit 2 is left out")


def test_a_bad_unit_is_left_out_and_the_rest_is_read(read: Read, write: Write) -> None:
    write("a.tmx", tmx(unit("س", "one"), unit(), unit("ص", "three")))
    found = read()
    assert found.document.en == "one\nthree"
    assert len(found.left_out) == 1
