from __future__ import annotations

from dataclasses import replace

import pytest

from hashiya.corpus.dataset.resolve import public, resolve_labels
from hashiya.schema.records import Annotation, Entity, Link, Place, SchemeRef, Stance


def said(annotator: str = "layla", *, id: str = "e", stance: str | None = None, **fields: str) -> Annotation:  # noqa: A002
    values = {"status": "done", "origin": "human", **fields}
    ar = Entity(id=id, lang="ar", start=0, end=2, text="فو", type="company", concept="fu")
    en = Entity(id=id + "2", lang="en", start=0, end=2, text="Fu", type="company", concept="fu")
    stances = (Stance(target="chips", stance=stance, holder="source", holder_entity=id),) if stance else ()
    return Annotation(
        pair_id="p",
        annotator=annotator,
        entities=(ar, en),
        links=(Link(ar=ar.id, en=en.id),),
        stances=stances,
        scheme=SchemeRef(name="s", version="1.0.0"),
        place=Place(doc_id="d"),
        **values,  # type: ignore[arg-type]
    )


BULL, BEAR = said("a", stance="bullish"), said("b", stance="bearish")
GOLD = said("gold", stance="mixed", origin="gold")
JUDGE = said("judge", stance="neutral", origin="adjudicated")


@pytest.mark.parametrize(
    ("annotations", "source", "missing", "stance"),
    [
        ([], None, "unlabelled", None),
        ([replace(BULL, status="draft"), replace(BEAR, status="unsure")], None, "unfinished", None),
        ([replace(BULL, origin="suggested")], None, "unfinished", None),
        ([BULL, replace(BEAR, status="skipped")], "single", None, "bullish"),
        ([BULL, BEAR], None, "disagreement", None),
        ([BULL, replace(BULL, annotator="c")], "unanimous", None, "bullish"),
        ([BULL, BEAR, GOLD], "gold", None, "mixed"),
        ([BULL, GOLD, JUDGE], "adjudicated", None, "neutral"),
        ([BULL, replace(JUDGE, status="draft"), GOLD], "gold", None, "mixed"),
        ([JUDGE, replace(BULL, origin="adjudicated")], None, "disagreement", None),
    ],
)
def test_whose_labels_are_released(
    annotations: list[Annotation], source: str | None, missing: str | None, stance: str | None
) -> None:
    resolved = resolve_labels(annotations)
    assert (resolved.source, resolved.missing) == (source, missing)
    assert (resolved.labels.stances[0].stance if resolved.labels else None) == stance


def test_ids_and_order_make_no_disagreement() -> None:
    one, other = said("a", id="e", stance="bullish"), said("b", id="x9", stance="bullish")
    assert resolve_labels([one, replace(other, entities=other.entities[::-1])]).source == "unanimous"


def test_another_link_or_concept_is_a_disagreement() -> None:
    one, other = said("a"), said("b")
    assert resolve_labels([one, replace(other, links=())]).missing == "disagreement"
    renamed = tuple(replace(entity, concept="foo") for entity in other.entities)
    assert resolve_labels([one, replace(other, entities=renamed)]).missing == "disagreement"


def test_drafts_and_suggestions_are_not_public() -> None:
    assert public([replace(BULL, status="draft"), replace(BULL, origin="suggested"), GOLD]) == [GOLD]
