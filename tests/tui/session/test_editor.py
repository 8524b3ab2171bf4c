"""The pen: what an annotator's keys do to a pair, each saved at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Implication, Lang, Link, Span, Stance
from hashiya.schema.validate import faults
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.session.editor import HINT_LETTERS, Pen
from hashiya.tui.session.queue import Filter
from hashiya.tui.session.session import Session
from tests.corpora import Rows
from tests.tui.session.corpora import new, stands
from tests.tui.session.drafts import span_of

ROWS: Rows = [
    (
        "هزّت Deepseek سوقَ الرقائق، ولإنفيديا 630 مليار دولار 🚀.\r\nوباعت شركة س أسهمها لأنّ الـشّـركـات باعت",
        "Deepseek shook the chip market 🚀; Nvidia lost $630 billion.\r\nArm sold.",
    ),
    ("قال سام ألتمان إن للذكاء الاصطناعي مستقبلًا", "Sam Altman said that AI has a future"),
    ("عنوان بلا مقابل", None),
    (None, "An English line about OpenAI"),
    ("… !", "— ?"),
]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return new(tmp_path / "c", {"d": ROWS})


@pytest.fixture
def pen(corpus: Corpus) -> Iterator[Pen]:
    with Session.open(corpus, "layla") as session:
        yield Pen(session)


def said(pen: Pen) -> str:
    return (pen.session.pair.text(pen.lang) or "")[pen.cursor.span.start : pen.cursor.span.end]


def on(pen: Pen, words: str, lang: Lang = "ar", nth: int = 0) -> Pen:
    span = span_of(pen.session.pair, lang, words, nth)
    pen.select(lang, span.start, span.end)
    return pen


def names(pen: Pen) -> list[tuple[str, str, str | None]]:
    """What stands in the journal, as another connection finds it."""
    found = stands(pen.session, pen.session.pair.pair_id)
    for annotation in found:
        assert faults(annotation, pen.session.pair, pen.session.scheme) == []
        assert annotation == pen.session.annotation
    return [(item.text, item.type, item.concept) for annotation in found for item in annotation.entities]


def links(pen: Pen) -> list[tuple[str, str]]:
    texts = {entity.id: entity.text for entity in pen.session.draft.entities}
    return [(texts[link.ar], texts[link.en]) for link in pen.session.draft.links]


def test_it_begins_at_the_first_word_of_the_arabic(pen: Pen) -> None:
    assert (pen.lang, said(pen), pen.entity, pen.flagged) == ("ar", "هزّت", None, None)


def test_left_is_onwards_in_arabic_and_backwards_in_english(pen: Pen) -> None:
    pen.move(-1)
    assert said(pen) == "Deepseek"
    pen.move(-1, grow=True)
    assert said(pen) == "Deepseek سوقَ"
    pen.move(1, grow=True)
    pen.move(1)
    assert said(pen) == "هزّت"
    pen.other_side()
    assert said(pen) == "Deepseek"
    pen.move(1)
    assert said(pen) == "shook"
    pen.edge(end=True)
    assert said(pen) == "sold"
    pen.other_side()
    assert said(pen) == "هزّت"  # where it was


def test_up_and_down_go_by_the_layout_of_the_screen(pen: Pen) -> None:
    text = pen.session.pair.ar or ""
    first = said(pen)
    pen.layouts["ar"] = layout(text, 20, Direction.RTL, shaping=Shaping.LETTERS)
    pen.move(1, rows=True)
    assert said(pen) != first
    line = pen.layouts["ar"].places[pen.cursor.span.start].line
    assert line == 1
    pen.move(-1, rows=True)
    assert said(pen) == first


def test_by_letters_a_lam_alef_comes_apart_and_marks_stay(pen: Pen) -> None:
    on(pen, "لأنّ")
    pen.toggle_unit()
    assert said(pen) == "لأنّ"
    pen.select_span("ar", Span(pen.cursor.span.start, pen.cursor.span.start + 1))
    pen.move(-1)
    assert said(pen) == "أ"
    pen.move(-1)
    assert said(pen) == "نّ"
    pen.session.go(1)
    pen.arrive()
    assert said(pen) == "ق"  # the unit stays from pair to pair
    pen.toggle_unit()
    assert said(pen) == "قال"


def test_tatweel_and_marks_belong_to_the_word_that_is_marked(pen: Pen) -> None:
    on(pen, "الـشّـركـات").mark("institution")
    assert names(pen) == [("الـشّـركـات", "institution", None)]


def test_a_mark_is_saved_with_its_concept_and_retyped_under_the_cursor(pen: Pen) -> None:
    on(pen, "Deepseek").mark("company")
    assert names(pen) == [("Deepseek", "company", "deepseek")]
    pen.mark("model")
    assert names(pen) == [("Deepseek", "model", "deepseek")]
    assert pen.entity is not None
    events = len(pen.session.journal.history(pen.session.pair.pair_id, "layla"))
    pen.mark("model")  # nothing changes: nothing is written
    assert len(pen.session.journal.history(pen.session.pair.pair_id, "layla")) == events
    pen.delete()
    assert names(pen) == []
    pen.session.undo()
    assert names(pen) == [("Deepseek", "model", "deepseek")]


def test_a_word_inside_of_a_mark_means_the_mark(pen: Pen) -> None:
    on(pen, "630 مليار دولار").mark("money")
    on(pen, "مليار").mark("market")
    assert [(text, kind) for text, kind, _ in names(pen)] == [("630 مليار دولار", "market")]
    on(pen, "دولار").move(-1, grow=True)
    with pytest.raises(LabelError, match="overlaps"):
        pen.mark("money")
    on(pen, "مليار").delete()
    assert names(pen) == []
    with pytest.raises(LabelError, match="no mark under the cursor"):
        pen.delete()


def test_a_concept_named_once_is_proposed_the_next_time(pen: Pen) -> None:
    on(pen, "سوقَ").mark("market")
    assert names(pen) == [("سوقَ", "market", None)]
    pen.set_concept("chip-market")
    pen.delete()
    on(pen, "سوقَ").mark("market")
    assert names(pen) == [("سوقَ", "market", "chip-market")]
    with pytest.raises(LabelError, match="is no concept"):
        pen.set_concept("Not One")
    pen.set_concept(None)
    assert names(pen) == [("سوقَ", "market", None)]


def test_peeling_leaves_particles_outside_one_by_one_then_takes_all_in(pen: Pen) -> None:
    on(pen, "ولإنفيديا")
    seen = []
    for _ in range(4):
        pen.peel()
        seen.append(said(pen))
    assert seen == ["لإنفيديا", "إنفيديا", "ولإنفيديا", "لإنفيديا"]
    on(pen, "هزّت")
    with pytest.raises(LabelError, match="no particle"):
        pen.peel()


def test_of_two_lams_the_first_is_outside(pen: Pen) -> None:
    pen.session.go(1)
    on(pen, "للذكاء الاصطناعي").peel()
    assert said(pen) == "لذكاء الاصطناعي"
    pen.mark("technology")
    assert names(pen) == [("لذكاء الاصطناعي", "technology", "artificial-intelligence")]


def test_peeling_a_name_that_ends_in_a_word_of_one_letter(pen: Pen) -> None:
    pen.select_span("ar", span_of(pen.session.pair, "ar", "وباعت شركة س"))
    pen.peel()
    assert said(pen) == "باعت شركة س"
    pen.peel()
    assert said(pen) == "اعت شركة س"
    pen.peel()
    assert said(pen) == "وباعت شركة س"


def test_peeling_a_mark_resizes_it(pen: Pen) -> None:
    on(pen, "ولإنفيديا").mark("company")
    for name in ("لإنفيديا", "إنفيديا", "ولإنفيديا"):
        pen.peel()
        assert (said(pen), [text for text, _, _ in names(pen)]) == (name, [name])
    pen.session.undo()
    assert [text for text, _, _ in names(pen)] == ["إنفيديا"]


def test_peeling_by_letters_comes_round_and_keeps_the_end(pen: Pen) -> None:
    on(pen, "ولإنفيديا")
    pen.toggle_unit()
    span = pen.cursor.span
    pen.select_span("ar", Span(span.start, span.end - 1))
    seen = []
    for _ in range(3):
        pen.peel()
        seen.append(said(pen))
    assert seen == ["لإنفيدي", "إنفيدي", "ولإنفيدي"]


def test_a_mark_does_not_grow_back_over_another(pen: Pen) -> None:
    on(pen, "ولإنفيديا")
    start = pen.cursor.span.start
    pen.peel()
    pen.peel()
    pen.mark("company")
    pen.select_span("ar", Span(start, start + 1))
    pen.mark("person")
    on(pen, "ولإنفيديا")
    pen.select_span("ar", Span(start + 2, start + 9))
    with pytest.raises(LabelError, match="overlaps “و”"):
        pen.peel()
    assert said(pen) == "إنفيديا"
    assert len(names(pen)) == 2


def test_one_key_links_to_the_first_proposal_then_the_next_then_none(pen: Pen) -> None:
    on(pen, "Deepseek", "en").mark("company")
    on(pen, "Nvidia", "en").mark("company")
    on(pen, "Arm", "en").mark("company")
    on(pen, "Deepseek").mark("company")
    before = names(pen)
    chosen = pen.link()
    assert (chosen.reason, links(pen)) == ("concept", [("Deepseek", "Deepseek")])
    others = [pen.link(), pen.link()]
    assert [item.reason for item in others] == ["type", "type"]
    assert len(links(pen)) == 1
    with pytest.raises(LabelError, match="taken away"):
        pen.link()
    assert (links(pen), names(pen)) == ([], before)
    assert pen.link() == chosen  # and round again


def test_the_concept_of_a_proposal_that_was_passed_over_goes_with_it(pen: Pen) -> None:
    on(pen, "Deepseek", "en").mark("company")
    on(pen, "Arm", "en").mark("company")
    on(pen, "شركة").mark("company")
    first = pen.link()
    assert {concept for text, _, concept in names(pen) if text == "شركة"} <= {"deepseek", "arm"}
    second = pen.link()
    assert first != second
    concepts = {text: concept for text, _, concept in names(pen)}
    (linked,) = links(pen)
    assert concepts["شركة"] == concepts[linked[1]]
    assert (concepts["Deepseek"], concepts["Arm"]) == ("deepseek", "arm")
    with pytest.raises(LabelError):
        pen.link()
    assert {text: concept for text, _, concept in names(pen)}["شركة"] is None


def test_a_counterpart_that_is_not_marked_is_marked(pen: Pen) -> None:
    on(pen, "630 مليار دولار").mark("money")
    chosen = pen.link()
    assert (chosen.entity_id, chosen.reason) == (None, "number")
    assert [text for text, _, _ in names(pen)] == ["630 مليار دولار", "$630 billion"]
    assert links(pen) == [("630 مليار دولار", "$630 billion")]
    with pytest.raises(LabelError, match="taken away"):
        pen.link()
    assert [text for text, _, _ in names(pen)] == ["630 مليار دولار"]
    pen.session.undo()
    assert links(pen) == [("630 مليار دولار", "$630 billion")]


def test_a_counterpart_brings_its_concept_along(tmp_path: Path) -> None:
    with Session.open(new(tmp_path / "c", {"d": [("ربحت إنفيديا", "So Nvidia won")]}), "layla") as session:
        pen = on(Pen(session), "إنفيديا")
        pen.mark("company")
        assert names(pen) == [("إنفيديا", "company", None)]
        pen.link()
        assert names(pen) == [("إنفيديا", "company", "nvidia"), ("Nvidia", "company", "nvidia")]


def test_an_unmarked_proposal_gets_no_concept_of_the_one_before_it(tmp_path: Path) -> None:
    corpus = new(tmp_path / "c", {"d": [("إنفيديا تربح الكثير", "Nvidia gains, so Nvidia wins")]})
    with Session.open(corpus, "layla") as session:
        pen = Pen(session)
        on(pen, "Nvidia", "en").mark("company")
        pen.set_concept("other-thing")
        on(pen, "إنفيديا").mark("company")
        pen.link()
        assert names(pen)[0] == ("إنفيديا", "company", "other-thing")
        assert pen.link().entity_id is None
        assert [concept for _, _, concept in names(pen)] == ["nvidia", "other-thing", "nvidia"]


def test_linking_goes_on_after_an_undo_as_if_new(pen: Pen) -> None:
    on(pen, "Deepseek").mark("company")
    chosen = pen.link()
    pen.session.undo()
    assert links(pen) == []
    assert pen.link() == chosen


def test_what_is_linked_already_goes_to_another_proposal(pen: Pen) -> None:
    on(pen, "Arm", "en").mark("company")
    on(pen, "Deepseek").mark("company")
    pen.link()
    pen.move(-1)
    pen.move(1)
    assert links(pen) == [("Deepseek", "Deepseek")]
    pen.link()
    assert links(pen) == [("Deepseek", "Arm")]


def test_nothing_to_link(pen: Pen) -> None:
    with pytest.raises(LabelError, match="put the cursor on an entity first"):
        pen.link()
    on(pen, "باعت").mark("event")
    with pytest.raises(LabelError, match="mark it there"):
        pen.link()
    assert len(names(pen)) == 1


def test_links_by_hand(pen: Pen) -> None:
    on(pen, "Arm", "en").mark("company")
    on(pen, "Deepseek", "en").mark("model")
    on(pen, "شركة س").mark("company")
    found = pen.counterparts()
    assert [item.reason for item in found] == ["only one", "type"]
    pen.link_to(found[1])
    assert links(pen) == [("شركة س", "Deepseek")]
    pen.link_to(found[0])
    assert links(pen) == [("شركة س", "Arm")]
    assert [item.entity_id for item in pen.counterparts()] == ["en2", "en1"]
    pen.unlink()
    assert links(pen) == []


def test_a_concept_spreads_over_links(pen: Pen) -> None:
    on(pen, "Deepseek").mark("company")
    pen.link()
    pen.set_concept("high-flyer")
    assert {concept for _, _, concept in names(pen)} == {"high-flyer"}
    pen.other_side()
    on(pen, "Deepseek", "en").delete()
    assert pen.session.draft.links == ()


def test_stances_and_implications(pen: Pen) -> None:
    stance = Stance(target="chips", stance="bearish", holder="author")
    pen.take_stance(stance)
    pen.take_stance(Stance(target="chips", stance="mixed", holder="author"))
    assert [item.stance for item in pen.session.draft.stances] == ["mixed"]
    with pytest.raises(LabelError, match="no such stance"):
        pen.drop_stance(stance)
    pen.drop_stance(pen.session.draft.stances[0])
    implication = Implication(target="chips", channel="demand", direction="negative", certainty="hedged")
    pen.imply(implication)
    assert stands(pen.session)[0].implications == (implication,)
    pen.drop_implication(implication)
    assert (stands(pen.session)[0].implications, stands(pen.session)[0].stances) == ((), ())
    with pytest.raises(LabelError, match="no such implication"):
        pen.drop_implication(implication)
    with pytest.raises(LabelError, match="unknown label 'moon'"):
        pen.take_stance(Stance(target="moon", stance="bullish", holder="author"))


def test_flags_under_the_cursor_are_changed_and_dropped(pen: Pen) -> None:
    on(pen, "شركة س").flag("mistranslation", "شركة Arm")
    on(pen, "شركة").flag("garbled", "")
    (flag,) = stands(pen.session)[0].flags
    assert (flag.text, flag.kind, flag.intended) == ("شركة س", "garbled", None)
    assert pen.flagged == flag
    assert pen.session.standings.own(0) == "draft"
    assert len(pen.session.standings.rows(Filter("flagged"))) == 1
    pen.drop_flag()
    assert stands(pen.session)[0].flags == ()
    with pytest.raises(LabelError, match="no flag under the cursor"):
        pen.drop_flag()
    pen.session.undo()
    pen.delete()
    assert (stands(pen.session)[0].flags, pen.flagged) == ((), None)


def test_under_the_cursor_an_entity_is_deleted_before_a_flag(pen: Pen) -> None:
    on(pen, "Deepseek").mark("company")
    pen.flag("garbled", "x")
    pen.delete()
    assert (names(pen), len(pen.session.draft.flags)) == ([], 1)
    pen.delete()
    assert pen.session.draft.flags == ()


def test_comments(pen: Pen) -> None:
    pen.comment("")
    assert stands(pen.session) == []
    pen.comment(" ملاحظة\r\nأخرى ")
    assert stands(pen.session)[0].comment == "ملاحظة  أخرى"
    pen.comment(" ")
    assert stands(pen.session)[0].comment is None


def test_what_is_changed_later_keeps_its_status(pen: Pen) -> None:
    pen.session.finish("unsure")
    pen.session.go(0)
    pen.comment("look")
    assert stands(pen.session)[0].status == "unsure"


def test_a_side_that_is_absent(pen: Pen) -> None:
    pen.session.go(2)
    pen.arrive()
    assert (pen.lang, said(pen)) == ("ar", "عنوان")
    for act in (
        pen.other_side,
        lambda: pen.select("en", 0, 3),
        lambda: pen.select_span("en", Span(0, 0)),
    ):
        with pytest.raises(LabelError, match="no English side"):
            act()
    assert pen.lang == "ar"
    pen.session.go(3)
    pen.arrive()
    assert (pen.lang, said(pen)) == ("en", "An")
    with pytest.raises(LabelError, match="no Arabic side"):
        pen.other_side()
    on(pen, "OpenAI", "en").mark("company")
    with pytest.raises(LabelError, match="mark it there"):
        pen.link()
    assert pen.counterparts() == ()


def test_a_side_of_punctuation_only(pen: Pen) -> None:
    pen.session.go(4)
    pen.arrive()
    assert (said(pen), pen.hints()) == ("…", {"s": Span(0, 1), "a": Span(2, 3)})
    pen.move(-1)
    assert said(pen) == "!"
    pen.mark("company")
    assert names(pen) == [("!", "company", None)]
    pen.toggle_unit()
    with pytest.raises(LabelError, match="no particle"):
        pen.peel()


def test_hints_lead_to_every_word(pen: Pen) -> None:
    found = pen.hints()
    texts = [(pen.session.pair.ar or "")[span.start : span.end] for span in found.values()]
    assert {"Deepseek", "هزّت", "لأنّ", "🚀"} <= set(texts)
    assert len(set(found.values())) == len(found)
    assert all(set(code) <= set(HINT_LETTERS) for code in found)
    pen.select_span("ar", found[next(code for code, span in found.items() if span.start > 40)])
    assert pen.cursor.span in found.values()


def test_a_span_beyond_the_text_is_refused(pen: Pen) -> None:
    for span in (Span(0, 10_000), Span(-1, 2), Span(5, 2)):
        with pytest.raises(LabelError, match="select again"):
            pen.select_span("ar", span)


def test_the_pen_follows_the_session_to_another_pair(pen: Pen) -> None:
    on(pen, "باعت", nth=1)
    pen.session.go(1)
    assert said(pen) == "قال"
    pen.session.go(0)
    pen.mark("event")
    assert [text for text, _, _ in names(pen)] == ["هزّت"]
    pen.session.go(3)
    pen.select("en", 0, 2)
    assert said(pen) == "An"
    pen.session.go(2)
    pen.mark("event")
    assert [text for text, _, _ in names(pen)] == ["عنوان"]
    pen.session.go(3)
    assert (pen.entity, pen.flagged, pen.lang) == (None, None, "en")
    pen.mark("event")
    assert [text for text, _, _ in names(pen)] == ["An"]
    pen.session.go(2)
    assert pen.entity is not None
    assert pen.entity.text == "عنوان"


def test_without_a_pair_there_is_nothing_to_write_on(tmp_path: Path) -> None:
    with Session.open(new(tmp_path / "c", {}), "layla") as session:
        pen = Pen(session)
        acts: list[Callable[[], object]] = [
            lambda: pen.cursor, lambda: pen.entity, lambda: pen.flagged, lambda: pen.move(1), pen.other_side,
            lambda: pen.edge(end=True), pen.toggle_unit, lambda: pen.select("ar", 0, 1), pen.hints, pen.peel,
            lambda: pen.mark("company"), pen.delete, pen.link, pen.unlink, pen.counterparts,
            lambda: pen.set_concept("a"), lambda: pen.flag("garbled", None), pen.drop_flag,
            lambda: pen.comment("x"),
        ]  # fmt: skip
        for act in acts:
            with pytest.raises(LabelError, match="no pair is open"):
                act()


def test_links_are_of_ids_that_stand(pen: Pen) -> None:
    on(pen, "Deepseek").mark("company")
    pen.link()
    assert stands(pen.session)[0].links == (Link(ar="ar1", en="en1"),)
    pen.mark("model")
    assert stands(pen.session)[0].links == (Link(ar="ar1", en="en1"),)
