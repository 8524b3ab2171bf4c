from __future__ import annotations

from dataclasses import replace

import pytest

from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.building.make_pairs import make_pairs
from hashiya.corpus.store.document_view import anchors
from hashiya.schema.records import (
    Annotation,
    Document,
    Entity,
    Flag,
    Implication,
    Link,
    SchemeRef,
    Sentence,
    Span,
    Stance,
)
from hashiya.schema.scheme import shipped_scheme
from hashiya.schema.validate import faults

DOCUMENT = Document(doc_id="d", ar="اشترت شركة Nvidia مصنعًا للرقائق.", en="Nvidia bought a chip plant.")
(PAIR,) = make_pairs(
    DOCUMENT,
    [PlacedBead(ar=(Sentence(0, len(DOCUMENT.ar or "")),), en=(Sentence(0, len(DOCUMENT.en or "")),))],
    lambda text: (Span(0, len(text)),),
)
AR = Entity(id="a", lang="ar", start=11, end=17, text="Nvidia", type="company", concept="nvidia")
EN = Entity(id="e", lang="en", start=0, end=6, text="Nvidia", type="company", concept="nvidia")
GOOD = Annotation(
    pair_id=PAIR.pair_id,
    annotator="layla",
    status="done",
    entities=(AR, EN),
    links=(Link(ar="a", en="e"),),
    stances=(Stance(target="chips", stance="bullish", holder="source", holder_entity="a"),),
    implications=(Implication(target="chips", channel="demand", direction="positive", certainty="hedged"),),
    flags=(Flag(lang="ar", start=25, end=33, text="للرقائق."[:8], kind="garbled"),),
    scheme=SchemeRef(name="ai-market", version="1.0.0"),
    origin="human",
    place=anchors(DOCUMENT, PAIR),
)


def test_a_good_annotation_has_no_fault() -> None:
    assert faults(GOOD, PAIR, shipped_scheme()) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"pair_id": "x"}, "pair_id: 'x' is not this pair"),
        ({"annotator": " "}, "annotator: ' ' is empty"),
        ({"annotator": "a\x1b[2J"}, "holds control characters"),
        ({"seconds": -1.0}, "seconds: -1.0 is negative"),
        ({"scheme": SchemeRef(name="ai-market", version="0.9.0")}, "made with ai-market 0.9.0"),
        ({"scheme": SchemeRef(name="ai-market", version="1.7.0")}, "made with ai-market 1.7.0"),
        ({"scheme": SchemeRef(name="food", version="1.0.0")}, "made with food 1.0.0"),
        (
            {"entities": (replace(AR, start=10, end=16), EN)},
            "entities[0].text: quotes 'Nvidia', but the text at",
        ),
        ({"entities": (replace(AR, end=999), EN)}, "entities[0]: [11:999] is no range"),
        ({"entities": (replace(AR, start=17, end=11), EN)}, "entities[0]: [17:11] is no range"),
        ({"entities": (replace(AR, start=-1), EN)}, "entities[0]: [-1:17] is no range"),
        ({"entities": (replace(AR, type="firm"), EN)}, "entities[0].type: unknown label 'firm'"),
        ({"entities": (replace(AR, concept="Nvidia!"), EN)}, "entities[0].concept: 'Nvidia!' is no slug"),
        ({"entities": (AR, EN, replace(EN, id="f"))}, "entities[2]: 'Nvidia' overlaps entities[1]"),
        ({"entities": (AR, replace(EN, id="a"))}, "entities: the id 'a' is used 2 times"),
        ({"links": (Link(ar="e", en="a"),)}, "links[0].ar: there is no Arabic entity 'e'"),
        ({"links": (Link(ar="a", en="zzz"),)}, "links[0].en: there is no English entity 'zzz'"),
        ({"links": (Link(ar="a", en="e"), Link(ar="a", en="e"))}, "links: the same link twice"),
        ({"stances": (replace(GOOD.stances[0], target="soup"),)}, "stances[0].target: unknown label 'soup'"),
        (
            {"stances": (replace(GOOD.stances[0], holder_entity="q"),)},
            "stances[0].holder_entity: there is no",
        ),
        ({"stances": GOOD.stances * 2}, "stances: 2 on 'chips' by one 'source'"),
        ({"implications": GOOD.implications * 2}, "implications: the same implication twice"),
        ({"flags": (replace(GOOD.flags[0], kind="odd"),)}, "flags[0].kind: unknown label 'odd'"),
        ({"flags": (replace(GOOD.flags[0], text="x"),)}, "flags[0].text: quotes 'x'"),
    ],
)
def test_every_fault_is_said(changes: dict[str, object], complaint: str) -> None:
    found = faults(replace(GOOD, **changes), PAIR, shipped_scheme())  # type: ignore[arg-type]
    assert any(complaint in fault for fault in found), found


def test_boilerplate_is_not_labelled() -> None:
    assert faults(GOOD, replace(PAIR, kind="boilerplate"), shipped_scheme()) == [
        "boilerplate is not labelled"
    ]


def test_a_side_that_is_absent_cannot_be_quoted() -> None:
    alone = replace(PAIR, en=None, en_start=None, en_end=None, en_sentences=(), en_tokens=())
    assert "entities[1].lang: the pair has no en side" in faults(GOOD, alone, shipped_scheme())


def test_labels_of_an_earlier_minor_version_keep_their_meaning() -> None:
    newer = replace(shipped_scheme(), version="1.2.0")
    assert faults(GOOD, PAIR, newer) == []
    assert "scheme: made with" in faults(GOOD, PAIR, replace(newer, version="2.0.0"))[0]
