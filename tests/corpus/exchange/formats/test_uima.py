"""XMI, read and written by cassis itself: UTF-16 offsets, what XML cannot hold, what is no CAS."""

from __future__ import annotations

import warnings
from pathlib import Path

import cassis
import pytest

from hashiya.corpus.exchange.convert import write_labels
from hashiya.corpus.exchange.formats.uima import TYPES
from hashiya.corpus.exchange.formats.xmi_spans import unread_layer
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.store.folder import Corpus
from tests.corpora import label
from tests.corpus.exchange.labelled import AR, EN, corpus_of, record, rich, standing, take_in

ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"
SENTENCE = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(tmp_path / "corpus")


MOOD = unread_layer("webanno.custom.Mood")


def dkpro() -> cassis.TypeSystem:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "open_binary is deprecated", DeprecationWarning)
        return cassis.load_dkpro_core_typesystem()


def taken(corpus: Corpus, path: Path) -> tuple[Outcome, list[tuple[str, str]]]:
    outcome, report = take_in(corpus, "xmi", path, "layla")
    assert not report.problems
    return outcome, [(item.text, item.type) for made in standing(corpus) for item in made.entities]


def test_cassis_reads_what_was_written(corpus: Corpus, tmp_path: Path) -> None:
    made = rich(corpus)
    record(corpus, [made])
    write_labels(corpus, "xmi", tmp_path / "out")
    types = cassis.load_typesystem(tmp_path / "out" / TYPES)
    path = tmp_path / "out" / f"{made.pair_id}.ar.xmi"
    cas = cassis.load_cas_from_xmi(path, typesystem=types)
    assert cas.sofa_string == AR
    found = [(item.get_covered_text(), item.value, item.identifier) for item in cas.select(ENTITY)]
    assert sorted(found, key=str) == sorted(
        [
            ("إنفيديا", "company", "nvidia"),
            ("الذكاء الاصطناعي", "technology", "ai"),
            ("الذكاء الاصطناعي", "flag:mistranslation", None),
            ("Nvidia", "company", None),
        ],
        key=str,
    )
    assert [item.get_covered_text() for item in cas.select(SENTENCE)] == [AR]
    # A name begins and ends with a token: "ولـNvidia" is two.
    borders = {edge for item in cas.select(TOKEN) for edge in (item.begin, item.end)}
    assert all({item.begin, item.end} <= borders for item in cas.select(ENTITY))
    # DKPro Core's own types take the same file; cassis's copy of them lacks that of the metadata.
    with pytest.warns(UserWarning, match="DocumentMetaData"):
        assert cassis.load_cas_from_xmi(path, typesystem=dkpro(), lenient=True).select(ENTITY)


def test_the_file_counts_utf16_code_units(corpus: Corpus, tmp_path: Path) -> None:
    made = rich(corpus)
    record(corpus, [made])
    write_labels(corpus, "xmi", tmp_path / "out")
    content = (tmp_path / "out" / f"{made.pair_id}.ar.xmi").read_text(encoding="utf-8")
    start = AR.index("الذكاء")
    units = len(AR[:start].encode("utf-16-le")) // 2
    assert units == start + 2  # two emoji before it
    assert f'begin="{units}" end="{units + 16}" value="technology"' in content


def foreign(path: Path, text: str, *entities: tuple[int, int, str | None], title: str = "news.txt") -> Path:
    """A file as INCEpTION exports it: types of its own, a type system beside it, offsets in UTF-16."""
    types = dkpro()
    above = types.create_type(METADATA, "uima.tcas.DocumentAnnotation")
    for name in ("documentTitle", "documentId", "documentUri", "collectionId", "documentBaseUri"):
        types.create_feature(above, name, "uima.cas.String")
    types.create_feature(above, "isLastSegment", "uima.cas.Boolean")
    extra = types.create_type("webanno.custom.Mood", "uima.tcas.Annotation")
    types.create_feature(extra, "value", "uima.cas.String")
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = text, "text"
    metadata = types.get_type(METADATA)
    named = {"documentId": "layla", "documentTitle": title, "isLastSegment": False}
    cas.add(metadata(begin=0, end=len(text), language="x-unspecified", **named))
    cas.add(extra(begin=0, end=1, value="happy"))
    for start, end, value in entities:
        cas.add(types.get_type(ENTITY)(begin=start, end=end, value=value))
    path.parent.mkdir(exist_ok=True)
    types.to_xml(path.parent / TYPES)
    cas.to_xmi(path)
    return path


@pytest.mark.parametrize("with_types", [True, False])
def test_a_file_of_inception(corpus: Corpus, tmp_path: Path, with_types: bool) -> None:
    path = foreign(tmp_path / "in" / "layla.xmi", EN, (0, 6, "company"), (7, 9, "Place"), (1, 2, None))
    if not with_types:
        (path.parent / TYPES).unlink()
    outcome, found = taken(corpus, tmp_path / "in")
    assert found == [("Nvidia", "company"), ("🇸🇦", "place")]
    assert outcome.left_out == {("entities", "have no label"): 1, ("entities", MOOD): 1}
    assert outcome.converted["sides", "found by their text"] == 1


def test_the_pair_is_known_by_the_title_or_the_folder(tmp_path: Path) -> None:
    for title, folder in (("{name}.xmi", "in"), ("news.txt", "{name}.xmi")):
        corpus = corpus_of(tmp_path / f"corpus-{folder[:2]}", [("لا.", "No."), ("لا.", "Never.")])
        name = f"{corpus.generation().pair_ids()[1]}.ar"
        path = tmp_path / folder.format(name=name) / "layla.xmi"
        foreign(path, "لا.", (0, 2, "company"), title=title.format(name=name))
        outcome, found = taken(corpus, path)
        assert (outcome.left_out, found) == ({("entities", MOOD): 1}, [("لا", "company")])


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('end="6" value', 'end="8" value', "[0:8] 'company': entities: their range is none"),  # in an emoji
        ('end="6" value', 'end="900" value', "[0:900] 'company': entities: their range is none"),
        ('begin="0" end="6" value', 'begin="6" end="0" value', "end before they start"),
        ('begin="0" end="6" value', 'begin="x" end="6" value', "layla.xmi: invalid literal"),
        ('value="company"', 'value="ORG"', "unknown label; one of company"),
        ("</xmi:XMI>", "", "layla.xmi: not well-formed XML"),
        ("<xmi:XMI", '<!DOCTYPE x [<!ENTITY a "b">]><xmi:XMI', "has a document type"),
        ("sofaString=", "other=", "no CAS that cassis can read"),
        ("Nvidia 🇸🇦", "Nvidia", "no pair has this text"),
    ],
)
def test_faults_are_told(corpus: Corpus, tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path = foreign(tmp_path / "in" / "layla.xmi", EN, (0, 6, "company"))
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")
    foreign(tmp_path / "in" / "good.xmi", "Meta said yes.", (0, 4, "company"))
    outcome, found = taken(corpus, tmp_path / "in")
    assert ("Meta", "company") in found
    assert complaint in " ".join(str(problem) for problem in outcome.problems)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("<name>webanno.custom.Mood</name>", '<name>A=open("x","w")</name>', "is no name of a type"),
        ("<name>identifier</name>", "<name>a=print(1),b</name>", "is no name of a type"),
        ("<name>identifier</name>", "<name>import</name>", "is no name of a type"),
        ("<name>identifier</name>", "<name/>", "is no name of a type"),
        ("<typeSystemDescription", "<!DOCTYPE a><typeSystemDescription", "has a document type"),
        ("</typeSystemDescription>", "", "not well-formed XML"),
    ],
)
def test_a_type_system_is_not_run(
    corpus: Corpus, tmp_path: Path, old: str, new: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = foreign(tmp_path / "in" / "layla.xmi", EN, (0, 6, "company"))
    content = (path.parent / TYPES).read_text(encoding="utf-8")
    assert old in content
    (path.parent / TYPES).write_text(content.replace(old, new), encoding="utf-8")
    outcome, found = taken(corpus, tmp_path / "in")
    assert found == []
    assert complaint in outcome.problems[0].what
    assert not (tmp_path / "x").exists()


def test_what_is_no_cas_is_told(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number, content in enumerate((b"<a/>", b"", b"\x00", b"<a><b/></a>")):
        (tmp_path / "in" / f"{number}.xmi").write_bytes(content)
    outcome, found = taken(corpus, tmp_path / "in")
    assert (len(outcome.problems), found) == (4, [])


def test_what_xml_cannot_hold_is_told(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus", [("نعم\x01", "Yes")])
    record(corpus, [label(corpus.generation(), 0, ("en", "Yes"))])
    outcome = write_labels(corpus, "xmi", tmp_path / "out")
    assert outcome.left_out["sides", "hold a control character that XML cannot"] == 1
    assert outcome.kept["sides"] == 1
