"""Whatever an annotator does in whatever order, the draft fits its pair and its scheme."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hashiya.schema.errors import LabelError
from hashiya.schema.records import LANGS, Annotation, Implication, Pair, Span, Stance
from hashiya.schema.scheme import Rules, shipped_scheme
from hashiya.schema.validate import faults
from hashiya.tui.session.edits import entities, flags, statements
from tests.strategies import texts
from tests.tui.session.drafts import draft_of, pairs


@given(pairs(), st.booleans(), st.data())
def test_a_draft_that_fits_goes_on_fitting(pair: Pair, overlap: bool, data: st.DataObject) -> None:
    scheme = replace(shipped_scheme(), rules=Rules(overlap=overlap))
    draft = draft_of(pair)
    assert faults(draft, pair, scheme) == []
    for _ in range(data.draw(st.integers(1, 12))):
        with suppress(LabelError):
            draft = step(draft, pair, data, overlap)
        assert faults(draft, pair, scheme) == []
        order = [(entity.lang != "ar", entity.start, entity.end) for entity in draft.entities]
        assert order == sorted(order)
        concepts = {entity.id: entity.concept for entity in draft.entities}
        assert all(concepts[link.ar] == concepts[link.en] for link in draft.links)


def step(draft: Annotation, pair: Pair, data: st.DataObject, overlap: bool) -> Annotation:
    scheme = replace(shipped_scheme(), rules=Rules(overlap=overlap))

    def one_of(*values: str) -> str:
        return data.draw(st.sampled_from(values))

    def a_span() -> Span:
        start = data.draw(st.integers(0, 12))
        return Span(start, start + data.draw(st.integers(0, 8)))

    lang = data.draw(st.sampled_from(LANGS))
    ids = [entity.id for entity in draft.entities] or ["ar1"]
    concept = data.draw(st.sampled_from([None, "nvidia", "open-ai", "Not One"]))
    match one_of(
        *["mark"] * 6, *["link"] * 3, "retype", "unmark", "set_concept", "unlink", "take_stance",
        "drop_stance", "imply", "drop_implication", "flag", "drop_flag", "set_comment",
    ):  # fmt: skip
        case "mark":
            kind = one_of("company", "person", "animal")
            return entities.mark(draft, pair, scheme, lang, a_span(), kind, concept)[0]
        case "link":
            return entities.link(draft, one_of(*ids), one_of(*ids))
        case "retype":
            return entities.retype(draft, scheme, one_of(*ids), one_of("company", "person"))
        case "unmark":
            return entities.unmark(draft, one_of(*ids))
        case "set_concept":
            return entities.set_concept(draft, one_of(*ids), concept)
        case "unlink":
            return entities.unlink(draft, one_of(*ids))
        case "take_stance":
            held_by = data.draw(st.none() | st.sampled_from(ids))
            holder = one_of("author", "source")
            return statements.take_stance(
                draft,
                Stance(
                    target="chips", stance=one_of("bullish", "mixed"), holder=holder, holder_entity=held_by
                ),
            )
        case "drop_stance" if draft.stances:
            return statements.drop_stance(draft, data.draw(st.sampled_from(draft.stances)))
        case "imply":
            return statements.imply(
                draft,
                Implication(
                    target="chips",
                    channel=one_of("demand", "cost"),
                    direction=one_of("positive", "negative"),
                    certainty="hedged",
                ),
            )
        case "drop_implication" if draft.implications:
            return statements.drop_implication(draft, draft.implications[0])
        case "flag":
            return flags.flag(draft, pair, lang, a_span(), "garbled", data.draw(st.none() | texts()))
        case "drop_flag" if draft.flags:
            return flags.drop_flag(draft, draft.flags[-1])
        case _:
            return statements.set_comment(draft, data.draw(texts()))
