"""Pairs and drafts for the tests of a session, made as a build makes them."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from hashiya.corpus.building.make_pairs import make_pairs
from hashiya.corpus.store.document_view import anchors
from hashiya.schema.records import Annotation, Lang, Pair, Span
from hashiya.schema.scheme import shipped_scheme
from hashiya.schema.validate import faults
from hashiya.tui.session.edits import entities
from tests import strategies
from tests.corpora import document

_TOKEN = re.compile(r"(?:\w[\u0300-\u036f\u064b-\u0652\u0670]*)+|[^\w\s]")


def tokenize(text: str) -> tuple[Span, ...]:
    """Marks stay with their letters, as in the tokens of a build."""
    return tuple(Span(*match.span()) for match in _TOKEN.finditer(text))


def pair_of(ar: str | None, en: str | None = None) -> Pair:
    made, beads = document("d", [(ar, en)])
    return make_pairs(made, beads, tokenize)[0]


def draft_of(pair: Pair) -> Annotation:
    made, _ = document("d", [(pair.ar, pair.en)])
    return Annotation(
        pair_id=pair.pair_id,
        annotator="layla",
        status="draft",
        scheme=shipped_scheme().ref,
        origin="human",
        place=anchors(made, pair),
    )


def put(
    draft: Annotation, pair: Pair, lang: Lang, words: str, kind: str = "company", concept: str | None = None
) -> Annotation:
    """The draft with words marked as an entity; it fits its pair."""
    scheme = shipped_scheme()
    marked, _ = entities.mark(draft, pair, scheme, lang, span_of(pair, lang, words), kind, concept)
    assert faults(marked, pair, scheme) == []
    return marked


def span_of(pair: Pair, lang: Lang, words: str, nth: int = 0) -> Span:
    text, start = pair.text(lang) or "", -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Span(start, start + len(words))


def pairs() -> st.SearchStrategy[Pair]:
    text = strategies.texts(min_size=1)
    return st.builds(pair_of, text, text) | st.builds(pair_of, st.none(), text) | st.builds(pair_of, text)
