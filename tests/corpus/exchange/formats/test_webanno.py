"""WebAnno TSV 3.1 to 3.3 as WebAnno 3.6 and INCEpTION 38 export it, with UTF-16 offsets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashiya.corpus.exchange.formats import webanno
from hashiya.corpus.exchange.formats.files import ReadOptions
from hashiya.corpus.exchange.formats.xmi_spans import unread_layer
from tests.corpus.exchange.formats.sides_read import named, packed, sides_of, told
from tests.strategies import texts

NER = "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value"
SPAN = "#T_SP=webanno.custom.Span|value"
_ROWS = f"""#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue|coarseValue
{NER}


#Text=أعلنت 👩 إنفيديا و«بنك مصر».
1-1	0-5	أعلنت	V	V	_	_
1-2	6-8	👩	X	X	_	_
1-3	9-16	إنفيديا	N	N	nvidia	company
1-4	17-18	و	C	C	_	_
1-5	18-19	«	P	P	_	_
1-6	19-22	بنك	N	N	*[1]	institution[1]
1-7	23-26	مصر	N	N	*[1]|*[2]	institution[1]|place[2]
1-8	26-28	».	P	P	_	_

#Sentence.id=second
#Text=نعم\\r
#Text=لا.
2-1	29-32	نعم	X	X	_	_
2-2	34-37	لا.	X	X	_	_
2-2.1	34-36	لا	X	X	*	company
"""
# Every row of INCEpTION ends with a tabulator.
ARABIC = re.sub(r"(?m)^([0-9]+-.*)$", "\\1\t", _ROWS)


def tsv(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())
    return path


def test_a_document_of_inception(tmp_path: Path) -> None:
    path = tsv(tmp_path / "annotation" / "a.ar.txt" / "sara.tsv", ARABIC)
    ((side,), outcome) = sides_of(webanno.read, path)
    assert outcome.whole, outcome
    assert side.text == "أعلنت 👩 إنفيديا و«بنك مصر».\nنعم\r\nلا."
    assert named(side) == [
        ("إنفيديا", "company"),
        ("بنك مصر", "institution"),
        ("مصر", "place"),
        ("لا", "company"),
    ]
    assert side.marks[0].concept == "nvidia"
    assert (side.annotator, side.doc_id, side.lang, side.unread) == ("sara", "a", "ar", 0)
    assert [side.text[span.start : span.end] for span in side.sentences] == [
        "أعلنت 👩 إنفيديا و«بنك مصر».",
        "نعم\r\nلا.",
    ]


@pytest.mark.parametrize("change", [("\n", "\r\n"), ("#FORMAT", "\ufeff#FORMAT"), ("3.3", "3.1")])
def test_line_ends_marks_and_versions_make_no_difference(tmp_path: Path, change: tuple[str, str]) -> None:
    ((side,), outcome) = sides_of(webanno.read, tsv(tmp_path / "x.tsv", ARABIC.replace(*change)))
    assert outcome.whole, outcome
    assert len(side.marks) == 4


def test_offsets_that_others_wrote_in_code_points(tmp_path: Path) -> None:
    content = (
        f"#FORMAT=WebAnno TSV 3.2\n{SPAN}\n\n\n#Text=👩 Meta said\n1-1\t0-1\t👩\t_\n1-2\t2-6\tMeta\tORG\n"
        "1-3\t7-11\tsaid\t_\n"
    )
    ((side,), _) = sides_of(
        webanno.read, tsv(tmp_path / "x.tsv", content), ReadOptions(layers={"Span": "value"})
    )
    assert named(side) == [("Meta", "ORG")]


def test_a_document_may_begin_anywhere_and_have_gaps(tmp_path: Path) -> None:
    content = (
        f"#FORMAT=WebAnno TSV 3.3\n{NER}\n\n\n#Text=Meta\n1-1\t5-9\tMeta\t_\tORG\t\n\n"
        "#Text= said\n2-1\t13-17\tsaid\t_\tX\t\n\n#Text=\n\n#Text=yes\n3-1\t18-21\tyes\t_\tY\t\n"
    )
    ((side,), outcome) = sides_of(webanno.read, tsv(tmp_path / "x.tsv", content))
    assert outcome.whole
    assert side.text == "Meta\n\n\n said\nyes"
    assert named(side) == [("Meta", "ORG"), ("said", "X"), ("yes", "Y")]


def test_values_are_unescaped(tmp_path: Path) -> None:
    value = "a\\[1\\]\\|b\\_\\*\\;\\->c\\\\\\td"
    content = f"#FORMAT=WebAnno TSV 3.3\n{NER}\n\n\n#Text=ab\\\\c\n1-1\t0-4\tab\\c\t*\t{value}\t\n"
    ((side,), _) = sides_of(webanno.read, tsv(tmp_path / "x.tsv", content))
    assert named(side) == [("ab\\c", "a[1]|b_*;->c\\\td")]


def test_layers_of_ones_own_links_and_spans_without_a_label_are_told(tmp_path: Path) -> None:
    content = (
        "#FORMAT=WebAnno TSV 3.3\n"
        f"{NER}\n{SPAN}\n#T_SP=webanno.custom.Bare|\n"
        "#T_SP=webanno.custom.Host|ROLE_webanno.custom.Host:links_webanno.custom.L|webanno.custom.Span\n"
        "#T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceType|referenceRelation\n"
        "#T_RL=webanno.custom.Rel|kind|BT_webanno.custom.Span\n"
        "#T_RL=de.tudarmstadt.ukp.dkpro.core.api.syntax.type.dependency.Dependency|DependencyType|BT_x.POS\n"
        "\n\n#Text=Meta said yes\n"
        "1-1\t0-4\tMeta\t*\t*\tA[1]|B[2]\t*\t*;*\t1-2;1-3\tpr[1]\tcoref->1-1\tr|s\t1-2|1-3\tSUBJ\t1-2\t\n"
        "1-2\t5-9\tsaid\t_\t_\tA[1]\t_\t_\t_\tpr[1]\t*->1-2\t_\t_\t_\t_\t\n"
        "1-3\t10-13\tyes\t_\t_\t_\t_\t_\t_\t_\t_\t_\t_\t_\t_\t\n"
    )
    path = tsv(tmp_path / "x.tsv", content)
    ((side,), outcome) = sides_of(webanno.read, path)
    assert (side.marks, side.unread) == ((), 5)
    coref = "de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink"
    assert outcome.left_out == {
        ("entities", "have no label"): 1,
        ("entities", unread_layer("webanno.custom.Span")): 2,
        ("entities", unread_layer("webanno.custom.Bare")): 1,
        ("entities", unread_layer("webanno.custom.Host")): 1,
        ("relations", f"hashiya has no place for them ({coref})"): 2,
        ("relations", "hashiya has no place for them (webanno.custom.Rel)"): 2,
    }
    ((side,), _) = sides_of(webanno.read, path, ReadOptions(layers={"webanno.custom.Span": "value"}))
    assert (named(side), side.unread) == ([("Meta said", "A"), ("Meta", "B")], 3)


def test_whose_it_is_is_in_the_path(tmp_path: Path) -> None:
    files = {
        f"{folder}/a.txt/{name}.tsv": ARABIC.encode()
        for folder, name in (
            ("annotation", "sara"),
            ("annotation", "INITIAL_CAS"),
            ("curation", "CURATION_USER"),
        )
    }
    found, outcome = sides_of(webanno.read, packed(tmp_path / "x.zip", files))
    assert [side.annotator for side in found] == ["sara", "CURATION_USER"]
    assert outcome.whole
    path = tsv(tmp_path / "docs" / "n1.tsv", ARABIC)
    ((side,), _) = sides_of(webanno.read, path)
    assert (side.annotator, side.doc_id) == (None, "n1")
    ((side,), outcome) = sides_of(webanno.read, tsv(tmp_path / "a.txt" / "INITIAL_CAS.tsv", ARABIC))
    assert (side.annotator, side.marks, outcome.whole) == (None, (), True)
    assert "4 marks that the document had at first are nobody's" in told(outcome)[0]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("#FORMAT=WebAnno TSV 2.0\n", "files: it is WebAnno TSV 2; export it as WebAnno TSV 3"),
        ("Meta\tB-ORG\n", "files: it is no WebAnno TSV: its first line is no #FORMAT of it"),
        ("id\tlabel\ttext\n" * 9000, "files: it is a table in TSV"),
        (ARABIC.replace("9-16\tإ", "9-16\tا"), "sides: their tokens are not the text at their offsets"),
        (ARABIC.replace("29-32", "20-23"), "sides: their tokens are not the text at their offsets"),
        (ARABIC.replace("6-8\t", "6-7\t"), "sides: their tokens are not the text at their offsets"),
        (ARABIC + "nonsense\n" * 10012, "and 10011 more: lines: no row of WebAnno TSV"),
        ("\udcff", "files: not UTF-8 (byte 0)"),
    ],
)
def test_a_fault_is_told_once(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "x.tsv").write_bytes(content.encode("utf-8", "surrogateescape"))
    _, outcome = sides_of(webanno.read, tmp_path / "x.tsv")
    (message,) = told(outcome)
    assert message.endswith(complaint) or complaint in message


@pytest.mark.parametrize("form", ["\\0", "\\\\0"])
def test_a_token_with_a_backslash_is_written_in_two_ways(tmp_path: Path, form: str) -> None:
    content = f"#FORMAT=WebAnno TSV 3.3\n{NER}\n\n\n#Text=\\\\0\n1-1\t0-2\t{form}\t*\tX\t\n"
    ((side,), _) = sides_of(webanno.read, tsv(tmp_path / "x.tsv", content))
    assert named(side) == [("\\0", "X")]


@settings(max_examples=50)
@given(st.lists(texts(min_size=1), min_size=1, max_size=3), st.data())
def test_any_text_and_span_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[str], data: st.DataObject
) -> None:
    """What INCEpTION's serialiser writes of a text: a token a sentence, spans of parts of it."""
    lines, at, marks = ["#FORMAT=WebAnno TSV 3.3", NER, "", ""], 3, []
    signs = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\b": "\\b"}
    for number, given_text in enumerate(sentences, start=1):
        sentence = given_text.replace("\t", " ").replace("\n", " ")
        size = len(sentence.encode("utf-16-le")) // 2
        lines.append("#Text=" + "".join(signs.get(sign, sign) for sign in sentence))
        lines.append(f"{number}-1\t{at}-{at + size}\t{sentence}\t_\t_\t")
        start = data.draw(st.integers(0, len(sentence) - 1))
        end = data.draw(st.integers(start + 1, len(sentence)))
        first, last = (len(sentence[:place].encode("utf-16-le")) // 2 for place in (start, end))
        lines.append(f"{number}-1.1\t{at + first}-{at + last}\t{sentence[start:end]}\t*\tX{number}\t")
        lines.append("")
        marks.append((sentence[start:end], f"X{number}"))
        at += size + 1
    path = tsv(tmp_path_factory.mktemp("tsv") / "x.tsv", "\n".join(lines))
    ((side,), outcome) = sides_of(webanno.read, path)
    assert outcome.whole, outcome
    assert named(side) == marks
