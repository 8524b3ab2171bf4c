"""Exports of INCEpTION 20 to 39: one file a person, originals, curation, ZIPs in ZIPs, custom layers."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from hashiya.corpus.exchange.formats import uima
from hashiya.corpus.exchange.formats.files import ReadOptions
from hashiya.corpus.exchange.formats.xmi_spans import unread_layer
from tests.corpus.exchange.formats.sides_read import named, packed, sides_of, told

AR = "أعلنت 👩‍💻 إنفيديا أرباحها.\r\nنعم."
NAMES = ' xmlns:ner="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore"'
CUSTOM = ' xmlns:custom="http:///webanno/custom.ecore"'
METADATA = ' xmlns:meta="http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore"'
SEGMENTS = ' xmlns:seg="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore"'


def units(name: str) -> str:
    """A range in UTF-16 code units, which an emoji before it moves."""
    start = len(AR[: AR.index(name)].encode("utf-16-le")) // 2
    return f'begin="{start}" end="{start + len(name.encode("utf-16-le")) // 2}"'


def xmi(*elements: str, title: str | None = None) -> bytes:
    members = [f'<{element} xmi:id="{10 + number}" sofa="1"/>' for number, element in enumerate(elements)]
    if title is not None:
        members.append(
            f'<meta:DocumentMetaData xmi:id="9" sofa="1" begin="0" end="3" documentTitle={quoteattr(title)}/>'
        )
    view = " ".join(str(10 + number) for number in range(len(elements)))
    text = quoteattr(AR, {"\r": "&#13;", "\n": "&#10;"})
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" '
        f'xmlns:cas="http:///uima/cas.ecore"{NAMES}{CUSTOM}{METADATA}{SEGMENTS} xmi:version="2.0">'
        f'<cas:NULL xmi:id="0"/>{"".join(members)}<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" '
        f'mimeType="text/plain" sofaString={text}/><cas:View sofa="1" members="{view}"/></xmi:XMI>'
    ).encode()


def entity(name: str, label: str) -> str:
    return f'ner:NamedEntity {units(name)} value="{label}"'


SARA = xmi(entity("إنفيديا", "company"))
OMAR = xmi(entity("أرباحها", "event"))


def folder(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def people(path: Path, options: ReadOptions | None = None) -> list[tuple[str | None, str | None, int]]:
    found, _ = sides_of(uima.read, path, options)
    return [(side.annotator, side.doc_id, len(side.marks)) for side in found]


@pytest.mark.parametrize("name", ["a.txt", "a", "a.en.txt"])
def test_a_file_is_by_whom_it_is_named_after(tmp_path: Path, name: str) -> None:
    files = {
        f"annotation/{name}/sara.xmi": SARA,
        f"annotation/{name}/omar.xmi": OMAR,
        f"annotation/{name}/INITIAL_CAS.xmi": OMAR,
        f"curation/{name}/CURATION_USER.xmi": SARA,
    }
    wanted = [("omar", "a", 1), ("sara", "a", 1), ("CURATION_USER", "a", 1)]
    root = folder(tmp_path / "export", files)
    assert people(root) == wanted
    assert people(packed(tmp_path / "export.zip", files)) == wanted
    assert people(root / "annotation") == wanted[:2]
    assert people(root / "annotation" / name) == wanted[:2]
    assert people(root / "annotation" / name / "sara.xmi") == [("sara", "a", 1)]
    ((side, *others), _) = sides_of(uima.read, root)
    assert {other.offered for other in (side, *others)} == {("event", "company")}
    assert side.lang == ("en" if ".en." in name else None)
    assert named(side) == [("أرباحها", "event")]


def test_zips_in_zips_are_opened(tmp_path: Path) -> None:
    def inner(name: str, content: bytes) -> bytes:
        types = b"<typeSystemDescription/>"
        return packed(tmp_path / "inner.zip", {name: content, "TypeSystem.xml": types}).read_bytes()

    files = {
        "annotation/a.txt/sara.zip": inner("sara.xmi", SARA),
        # Where the inner file has the document's name, that of the archive says whose it is.
        "annotation/a.txt/omar.zip": inner("a.txt.xmi", OMAR),
        "annotation/b.txt/webanno5531244336940923100export.zip": inner("sara.xmi", OMAR),
        "curation/a.txt/CURATION_USER.zip": inner("CURATION_USER123456789.xmi", SARA),
        "exportedproject.json": b"{}",
    }
    wanted = [("omar", "a", 1), ("sara", "a", 1), ("sara", "b", 1), ("CURATION_USER", "a", 1)]
    assert people(packed(tmp_path / "export.zip", files)) == wanted
    assert people(folder(tmp_path / "export", files)) == wanted


def test_an_original_is_nobodys_and_its_marks_are_told(tmp_path: Path) -> None:
    root = folder(tmp_path / "export", {"annotation/a.txt/INITIAL_CAS.xmi": OMAR})
    ((side,), outcome) = sides_of(uima.read, root, ReadOptions(named_after=True))
    assert (side.annotator, side.marks, side.unread, side.status) == (None, (), 0, None)
    assert "1 marks that the document had at first are nobody's" in told(outcome)[0]
    assert outcome.whole


def test_files_of_documents_are_nobodys(tmp_path: Path) -> None:
    files = {"docs/n1.xmi": SARA, "docs/n2.ar.xmi": OMAR}
    assert people(folder(tmp_path, files)) == [(None, "n1", 1), (None, "n2", 1)]
    assert people(tmp_path / "docs" / "n1.xmi", ReadOptions(named_after=True)) == [("n1", "n1", 1)]


def test_what_a_file_says_of_its_document_tells_people_from_documents(tmp_path: Path) -> None:
    a = xmi(entity("إنفيديا", "company"), title="a.txt")
    by_document = {f"x/a/{name}.xmi": a for name in ("sara", "omar")}
    assert people(folder(tmp_path / "one", by_document)) == [("omar", "a", 1), ("sara", "a", 1)]
    by_person = {f"{name}/a.xmi": a for name in ("sara", "omar", "CURATION_USER")}
    assert people(folder(tmp_path / "two", by_person)) == [
        ("CURATION_USER", "a", 1),
        ("omar", "a", 1),
        ("sara", "a", 1),
    ]


def test_layers_of_ones_own_are_told_by_name_and_read_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.xmi"
    path.write_bytes(
        xmi(
            entity("إنفيديا", "company"),
            f'custom:Firm {units("أرباحها")} kind="event"',
            f"custom:Firm {units('نعم')}",
            'custom:Firm begin="7" end="8" kind="half an emoji"',
            f'custom:Rel {units("نعم")} Governor="10" Dependent="11"',
            f"seg:Token {units('نعم')}",
        )
    )
    ((side,), outcome) = sides_of(uima.read, path)
    assert (named(side), side.unread) == ([("إنفيديا", "company")], 3)
    assert outcome.left_out == {
        ("entities", unread_layer("webanno.custom.Firm")): 3,
        ("relations", "hashiya has no place for them (webanno.custom.Rel)"): 1,
    }
    ((side,), _) = sides_of(
        uima.read, path, ReadOptions(layers={"segmentation.type.Token": "kind", "Rel": "x"})
    )
    assert side.unread == 4  # a relation that was asked for has no label
    for layer in ("webanno.custom.Firm", "Firm"):
        ((side,), outcome) = sides_of(uima.read, path, ReadOptions(layers={layer: "kind"}))
        assert (named(side), side.unread) == ([("إنفيديا", "company"), ("أرباحها", "event")], 2)
        assert {why for what, why in outcome.left_out if what == "entities"} == {
            "have no label",
            "their range is none in the text's UTF-16 code units",
        }


def test_an_entity_of_dkpros_subtypes_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.xmi").write_bytes(xmi(f'ner:Person {units("نعم")} value="PER"'))
    ((side,), outcome) = sides_of(uima.read, tmp_path / "a.xmi")
    assert (named(side), side.unread, outcome.whole) == ([("نعم", "PER")], 0, True)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"#FORMAT=WebAnno TSV 3.3\n", "it is WebAnno TSV: the format webanno reads it"),
        (b'id,text,label\n1,"x",y\n', "it is a table in CSV"),
        (b"\x1f\x8bxxx", "it is packed with gzip"),
    ],
)
def test_what_is_of_another_kind_is_told(tmp_path: Path, content: bytes, kind: str) -> None:
    (tmp_path / "a.xmi").write_bytes(content)
    found, outcome = sides_of(uima.read, tmp_path / "a.xmi")
    assert found == []
    assert kind in told(outcome)[0]
