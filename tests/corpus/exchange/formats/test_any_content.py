"""Whatever a file holds, a reader tells what is wrong with it; it never breaks off with a traceback."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.exchange.formats import argilla, brat, conll, doccano, hf, jsonl, prodigy, uima, webanno
from hashiya.corpus.exchange.formats.files import ReadOptions
from hashiya.schema.errors import HashiyaError
from tests.corpus.exchange.formats.sides_read import Reader, sides_of

KEYS = [
    "text", "data", "meta", "metadata", "lang", "pair_id", "doc_id", "annotator", "status", "label",
    "labels", "entities", "annotations", "user", "is_confirmed", "relations", "Comments", "cats",
    "start", "end", "start_offset", "end_offset", "spans", "answer", "_input_hash", "_session_id",
    "_annotator_id", "_view_id", "_is_binary", "options", "accept", "score", "tokens", "ner_tags",
    "fields", "responses", "suggestions", "values", "value", "user_id", "x.responses",
    "x.responses.users", "x.suggestion", "prediction", "annotation", "annotation_agent", "ar", "en",
    "spans_ar", "id", "words", "username",
]  # fmt: skip
WORDS = [
    "ar",
    "en",
    "accept",
    "reject",
    "done",
    "submitted",
    "B-ORG",
    "O",
    "news-sara",
    "company",
    "إنفيديا 👩‍💻",
    "\ud83d",
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 40) | st.floats(allow_nan=False) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=9)
OPTIONS = st.builds(
    ReadOptions,
    label_key=st.none() | st.sampled_from(["label", "spans", "x"]),
    text_key=st.none() | st.sampled_from(["text", "ar"]),
    named_after=st.booleans(),
)


@pytest.mark.parametrize("read", [doccano.read, prodigy.read, hf.read, argilla.read, jsonl.read])
@given(given_lines=st.lists(OBJECTS, min_size=1, max_size=4), options=OPTIONS)
def test_any_objects(
    read: Reader,
    given_lines: list[dict[str, Any]],
    options: ReadOptions,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("any") / "x.jsonl"
    # A lone surrogate is written as an escape, as JSON has it.
    path.write_bytes(b"".join(dumped(line) for line in given_lines))
    found, _ = sides_of(read, path, options)
    for side in found:
        assert side.unread >= 0
        assert all(isinstance(mark.label, str) for mark in side.marks)


def dumped(line: dict[str, Any]) -> bytes:
    return json.dumps(line).encode() + b"\n"


TSV = """#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_RL=webanno.custom.Rel|kind|BT_x


#Text=قالت 👩‍💻 ميتا
1-1\t0-4\tقالت\t_\t_\t_\t_\t
1-2\t11-15\tميتا\tx[1]\tORG[1]|A[2]\tr\t1-1\t
"""
CONLL = (
    "# newdoc id = a\n# text = Meta said\nMeta\t0\t4\tB-ORG\nsaid\t5\t9\tO\n\n-DOCSTART- (x)\n\nMeta B-X\n"
)
ANN = "T1\tORG 0 4\tMeta\nT2\tORG 0 1;2 4\tM ta\nR1\tx Arg1:T1\n#1\tAnnotatorNotes T1\tconcept: meta\n"
XMI = (
    '<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" '
    'xmlns:ner="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore" xmi:version="2.0">'
    '<cas:NULL xmi:id="0"/><ner:NamedEntity xmi:id="9" sofa="1" begin="0" end="4" value="ORG"/>'
    '<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" sofaString="Meta said"/>'
    '<cas:View sofa="1" members="9"/></xmi:XMI>'
)


@pytest.mark.parametrize(
    ("read", "name", "content"),
    [
        (webanno.read, "x.tsv", TSV),
        (conll.read, "x.conll", CONLL),
        (brat.read, "x.ann", ANN),
        (uima.read, "x.xmi", XMI),
        (hf.read, "x.parquet", "PAR1"),
        (hf.read, "x.arrow", "ARROW1\x00\x00"),
    ],
)
@given(data=st.data())
def test_any_damage(
    read: Reader, name: str, content: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = bytearray(content.encode())
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(whole) - 1))
        size = data.draw(st.integers(0, 6))
        whole[at : at + size] = data.draw(
            st.sampled_from([b"", b"\t", b"\n", b"_", b"|", b"\xff", b"9", b"[", b"\\"])
        )
        whole = whole or bytearray(b"x")
    folder = tmp_path_factory.mktemp("any")
    (folder / "x.txt").write_bytes(b"Meta said")
    (folder / name).write_bytes(bytes(whole))
    with suppress(HashiyaError):
        sides_of(read, folder / name)
