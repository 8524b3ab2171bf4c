"""The editor: what an annotator's keys do to a pair, each saved at once."""

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
from hashiya.tui.session.editor import Editor
from hashiya.tui.session.queue import Filter
from hashiya.tui.session.session import Session
from hashiya.tui.session.side_cursors import HINT_LETTERS
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
def editor(corpus: Corpus) -> Iterator[Editor]:
    with Session.open(corpus, "layla") as session:
        yield Editor(session)


def said(editor: Editor) -> str:
    return (editor.session.pair.text(editor.lang) or "")[editor.cursor.span.start : editor.cursor.span.end]


def on(editor: Editor, words: str, lang: Lang = "ar", nth: int = 0) -> Editor:
    span = span_of(editor.session.pair, lang, words, nth)
    editor.select(lang, span.start, span.end)
    return editor


def names(editor: Editor) -> list[tuple[str, str, str | None]]:
    """What stands in the journal, as another connection finds it."""
    found = stands(editor.session, editor.session.pair.pair_id)
    for annotation in found:
        assert faults(annotation, editor.session.pair, editor.session.scheme) == []
        assert annotation == editor.session.annotation
    return [(item.text, item.type, item.concept) for annotation in found for item in annotation.entities]


def links(editor: Editor) -> list[tuple[str, str]]:
    texts = {entity.id: entity.text for entity in editor.session.draft.entities}
    return [(texts[link.ar], texts[link.en]) for link in editor.session.draft.links]


def test_it_begins_at_the_first_word_of_the_arabic(editor: Editor) -> None:
    assert (editor.lang, said(editor), editor.entity, editor.flagged) == ("ar", "هزّت", None, None)


def test_left_is_onwards_in_arabic_and_backwards_in_english(editor: Editor) -> None:
    editor.move(-1)
    assert said(editor) == "Deepseek"
    editor.move(-1, grow=True)
    assert said(editor) == "Deepseek سوقَ"
    editor.move(1, grow=True)
    editor.move(1)
    assert said(editor) == "هزّت"
    editor.other_side()
    assert said(editor) == "Deepseek"
    editor.move(1)
    assert said(editor) == "shook"
    editor.edge(end=True)
    assert said(editor) == "sold"
    editor.other_side()
    assert said(editor) == "هزّت"  # where it was


def test_up_and_down_go_by_the_layout_of_the_screen(editor: Editor) -> None:
    text = editor.session.pair.ar or ""
    first = said(editor)
    editor.layouts["ar"] = layout(text, 20, Direction.RTL, shaping=Shaping.LETTERS)
    editor.move(1, rows=True)
    assert said(editor) != first
    line = editor.layouts["ar"].places[editor.cursor.span.start].line
    assert line == 1
    editor.move(-1, rows=True)
    assert said(editor) == first


def test_by_letters_a_lam_alef_comes_apart_and_marks_stay(editor: Editor) -> None:
    on(editor, "لأنّ")
    editor.toggle_unit()
    assert said(editor) == "لأنّ"
    editor.select_span("ar", Span(editor.cursor.span.start, editor.cursor.span.start + 1))
    editor.move(-1)
    assert said(editor) == "أ"
    editor.move(-1)
    assert said(editor) == "نّ"
    editor.session.go(1)
    editor.arrive()
    assert said(editor) == "ق"  # the unit stays from pair to pair
    editor.toggle_unit()
    assert said(editor) == "قال"


def test_tatweel_and_marks_belong_to_the_word_that_is_marked(editor: Editor) -> None:
    on(editor, "الـشّـركـات").mark("institution")
    assert names(editor) == [("الـشّـركـات", "institution", None)]


def test_a_mark_is_saved_with_its_concept_and_retyped_under_the_cursor(editor: Editor) -> None:
    on(editor, "Deepseek").mark("company")
    assert names(editor) == [("Deepseek", "company", "deepseek")]
    editor.mark("model")
    assert names(editor) == [("Deepseek", "model", "deepseek")]
    assert editor.entity is not None
    events = len(editor.session.journal.history(editor.session.pair.pair_id, "layla"))
    editor.mark("model")  # nothing changes: nothing is written
    assert len(editor.session.journal.history(editor.session.pair.pair_id, "layla")) == events
    editor.delete()
    assert names(editor) == []
    editor.session.undo()
    assert names(editor) == [("Deepseek", "model", "deepseek")]


def test_a_word_inside_of_a_mark_means_the_mark(editor: Editor) -> None:
    on(editor, "630 مليار دولار").mark("money")
    on(editor, "مليار").mark("market")
    assert [(text, kind) for text, kind, _ in names(editor)] == [("630 مليار دولار", "market")]
    on(editor, "دولار").move(-1, grow=True)
    with pytest.raises(LabelError, match="overlaps"):
        editor.mark("money")
    on(editor, "مليار").delete()
    assert names(editor) == []
    with pytest.raises(LabelError, match="no mark under the cursor"):
        editor.delete()


def test_a_concept_named_once_is_proposed_the_next_time(editor: Editor) -> None:
    on(editor, "سوقَ").mark("market")
    assert names(editor) == [("سوقَ", "market", None)]
    editor.set_concept("chip-market")
    editor.delete()
    on(editor, "سوقَ").mark("market")
    assert names(editor) == [("سوقَ", "market", "chip-market")]
    with pytest.raises(LabelError, match="is no concept"):
        editor.set_concept("Not One")
    editor.set_concept(None)
    assert names(editor) == [("سوقَ", "market", None)]


def test_particles_are_left_outside_one_by_one_then_all_taken_in(editor: Editor) -> None:
    on(editor, "ولإنفيديا")
    seen = []
    for _ in range(4):
        editor.toggle_particle()
        seen.append(said(editor))
    assert seen == ["لإنفيديا", "إنفيديا", "ولإنفيديا", "لإنفيديا"]
    on(editor, "هزّت")
    with pytest.raises(LabelError, match="no particle"):
        editor.toggle_particle()


def test_of_two_lams_the_first_is_outside(editor: Editor) -> None:
    editor.session.go(1)
    on(editor, "للذكاء الاصطناعي").toggle_particle()
    assert said(editor) == "لذكاء الاصطناعي"
    editor.mark("technology")
    assert names(editor) == [("لذكاء الاصطناعي", "technology", "artificial-intelligence")]


def test_particles_of_a_name_that_ends_in_a_word_of_one_letter(editor: Editor) -> None:
    editor.select_span("ar", span_of(editor.session.pair, "ar", "وباعت شركة س"))
    editor.toggle_particle()
    assert said(editor) == "باعت شركة س"
    editor.toggle_particle()
    assert said(editor) == "اعت شركة س"
    editor.toggle_particle()
    assert said(editor) == "وباعت شركة س"


def test_leaving_the_particle_of_a_mark_outside_resizes_it(editor: Editor) -> None:
    on(editor, "ولإنفيديا").mark("company")
    for name in ("لإنفيديا", "إنفيديا", "ولإنفيديا"):
        editor.toggle_particle()
        assert (said(editor), [text for text, _, _ in names(editor)]) == (name, [name])
    editor.session.undo()
    assert [text for text, _, _ in names(editor)] == ["إنفيديا"]


def test_particles_by_letters_come_round_and_the_end_is_kept(editor: Editor) -> None:
    on(editor, "ولإنفيديا")
    editor.toggle_unit()
    span = editor.cursor.span
    editor.select_span("ar", Span(span.start, span.end - 1))
    seen = []
    for _ in range(3):
        editor.toggle_particle()
        seen.append(said(editor))
    assert seen == ["لإنفيدي", "إنفيدي", "ولإنفيدي"]


def test_a_mark_does_not_grow_back_over_another(editor: Editor) -> None:
    on(editor, "ولإنفيديا")
    start = editor.cursor.span.start
    editor.toggle_particle()
    editor.toggle_particle()
    editor.mark("company")
    editor.select_span("ar", Span(start, start + 1))
    editor.mark("person")
    on(editor, "ولإنفيديا")
    editor.select_span("ar", Span(start + 2, start + 9))
    with pytest.raises(LabelError, match="overlaps “و”"):
        editor.toggle_particle()
    assert said(editor) == "إنفيديا"
    assert len(names(editor)) == 2


def test_one_key_links_to_the_first_proposal_then_the_next_then_none(editor: Editor) -> None:
    on(editor, "Deepseek", "en").mark("company")
    on(editor, "Nvidia", "en").mark("company")
    on(editor, "Arm", "en").mark("company")
    on(editor, "Deepseek").mark("company")
    before = names(editor)
    chosen = editor.link()
    assert (chosen.reason, links(editor)) == ("concept", [("Deepseek", "Deepseek")])
    others = [editor.link(), editor.link()]
    assert [item.reason for item in others] == ["type", "type"]
    assert len(links(editor)) == 1
    with pytest.raises(LabelError, match="taken away"):
        editor.link()
    assert (links(editor), names(editor)) == ([], before)
    assert editor.link() == chosen  # and round again


def test_the_concept_of_a_proposal_that_was_passed_over_goes_with_it(editor: Editor) -> None:
    on(editor, "Deepseek", "en").mark("company")
    on(editor, "Arm", "en").mark("company")
    on(editor, "شركة").mark("company")
    first = editor.link()
    assert {concept for text, _, concept in names(editor) if text == "شركة"} <= {"deepseek", "arm"}
    second = editor.link()
    assert first != second
    concepts = {text: concept for text, _, concept in names(editor)}
    (linked,) = links(editor)
    assert concepts["شركة"] == concepts[linked[1]]
    assert (concepts["Deepseek"], concepts["Arm"]) == ("deepseek", "arm")
    with pytest.raises(LabelError):
        editor.link()
    assert {text: concept for text, _, concept in names(editor)}["شركة"] is None


def test_a_counterpart_that_is_not_marked_is_marked(editor: Editor) -> None:
    on(editor, "630 مليار دولار").mark("money")
    chosen = editor.link()
    assert (chosen.entity_id, chosen.reason) == (None, "number")
    assert [text for text, _, _ in names(editor)] == ["630 مليار دولار", "$630 billion"]
    assert links(editor) == [("630 مليار دولار", "$630 billion")]
    with pytest.raises(LabelError, match="taken away"):
        editor.link()
    assert [text for text, _, _ in names(editor)] == ["630 مليار دولار"]
    editor.session.undo()
    assert links(editor) == [("630 مليار دولار", "$630 billion")]


def test_a_counterpart_brings_its_concept_along(tmp_path: Path) -> None:
    with Session.open(new(tmp_path / "c", {"d": [("ربحت إنفيديا", "So Nvidia won")]}), "layla") as session:
        editor = on(Editor(session), "إنفيديا")
        editor.mark("company")
        assert names(editor) == [("إنفيديا", "company", None)]
        editor.link()
        assert names(editor) == [("إنفيديا", "company", "nvidia"), ("Nvidia", "company", "nvidia")]


def test_an_unmarked_proposal_gets_no_concept_of_the_one_before_it(tmp_path: Path) -> None:
    corpus = new(tmp_path / "c", {"d": [("إنفيديا تربح الكثير", "Nvidia gains, so Nvidia wins")]})
    with Session.open(corpus, "layla") as session:
        editor = Editor(session)
        on(editor, "Nvidia", "en").mark("company")
        editor.set_concept("other-thing")
        on(editor, "إنفيديا").mark("company")
        editor.link()
        assert names(editor)[0] == ("إنفيديا", "company", "other-thing")
        assert editor.link().entity_id is None
        assert [concept for _, _, concept in names(editor)] == ["nvidia", "other-thing", "nvidia"]


def test_linking_goes_on_after_an_undo_as_if_new(editor: Editor) -> None:
    on(editor, "Deepseek").mark("company")
    chosen = editor.link()
    editor.session.undo()
    assert links(editor) == []
    assert editor.link() == chosen


def test_what_is_linked_already_goes_to_another_proposal(editor: Editor) -> None:
    on(editor, "Arm", "en").mark("company")
    on(editor, "Deepseek").mark("company")
    editor.link()
    editor.move(-1)
    editor.move(1)
    assert links(editor) == [("Deepseek", "Deepseek")]
    editor.link()
    assert links(editor) == [("Deepseek", "Arm")]


def test_nothing_to_link(editor: Editor) -> None:
    with pytest.raises(LabelError, match="put the cursor on an entity first"):
        editor.link()
    on(editor, "باعت").mark("event")
    with pytest.raises(LabelError, match="mark it there"):
        editor.link()
    assert len(names(editor)) == 1


def test_links_by_hand(editor: Editor) -> None:
    on(editor, "Arm", "en").mark("company")
    on(editor, "Deepseek", "en").mark("model")
    on(editor, "شركة س").mark("company")
    found = editor.counterparts()
    assert [item.reason for item in found] == ["only one", "type"]
    editor.link_to(found[1])
    assert links(editor) == [("شركة س", "Deepseek")]
    editor.link_to(found[0])
    assert links(editor) == [("شركة س", "Arm")]
    assert [item.entity_id for item in editor.counterparts()] == ["en2", "en1"]
    editor.unlink()
    assert links(editor) == []


def test_a_concept_spreads_over_links(editor: Editor) -> None:
    on(editor, "Deepseek").mark("company")
    editor.link()
    editor.set_concept("high-flyer")
    assert {concept for _, _, concept in names(editor)} == {"high-flyer"}
    editor.other_side()
    on(editor, "Deepseek", "en").delete()
    assert editor.session.draft.links == ()


def test_stances_and_implications(editor: Editor) -> None:
    stance = Stance(target="chips", stance="bearish", holder="author")
    editor.take_stance(stance)
    editor.take_stance(Stance(target="chips", stance="mixed", holder="author"))
    assert [item.stance for item in editor.session.draft.stances] == ["mixed"]
    with pytest.raises(LabelError, match="no such stance"):
        editor.drop_stance(stance)
    editor.drop_stance(editor.session.draft.stances[0])
    implication = Implication(target="chips", channel="demand", direction="negative", certainty="hedged")
    editor.imply(implication)
    assert stands(editor.session)[0].implications == (implication,)
    editor.drop_implication(implication)
    assert (stands(editor.session)[0].implications, stands(editor.session)[0].stances) == ((), ())
    with pytest.raises(LabelError, match="no such implication"):
        editor.drop_implication(implication)
    with pytest.raises(LabelError, match="unknown label 'moon'"):
        editor.take_stance(Stance(target="moon", stance="bullish", holder="author"))


def test_flags_under_the_cursor_are_changed_and_dropped(editor: Editor) -> None:
    on(editor, "شركة س").flag("mistranslation", "شركة Arm")
    on(editor, "شركة").flag("garbled", "")
    (flag,) = stands(editor.session)[0].flags
    assert (flag.text, flag.kind, flag.intended) == ("شركة س", "garbled", None)
    assert editor.flagged == flag
    assert editor.session.standings.own(0) == "draft"
    assert len(editor.session.standings.rows(Filter("flagged"))) == 1
    editor.drop_flag()
    assert stands(editor.session)[0].flags == ()
    with pytest.raises(LabelError, match="no flag under the cursor"):
        editor.drop_flag()
    editor.session.undo()
    editor.delete()
    assert stands(editor.session)[0].flags == ()
    assert editor.flagged is None


def test_under_the_cursor_an_entity_is_deleted_before_a_flag(editor: Editor) -> None:
    on(editor, "Deepseek").mark("company")
    editor.flag("garbled", "x")
    editor.delete()
    assert (names(editor), len(editor.session.draft.flags)) == ([], 1)
    editor.delete()
    assert editor.session.draft.flags == ()


def test_a_comment_is_one_line_and_a_blank_one_is_none(editor: Editor) -> None:
    editor.comment("")
    assert stands(editor.session) == []
    editor.comment(" ملاحظة\r\nأخرى ")
    assert stands(editor.session)[0].comment == "ملاحظة  أخرى"
    editor.comment(" ")
    assert stands(editor.session)[0].comment is None


def test_what_is_changed_later_keeps_its_status(editor: Editor) -> None:
    editor.session.finish("unsure")
    editor.session.go(0)
    editor.comment("look")
    assert stands(editor.session)[0].status == "unsure"


def test_a_side_that_is_absent(editor: Editor) -> None:
    editor.session.go(2)
    editor.arrive()
    assert (editor.lang, said(editor)) == ("ar", "عنوان")
    for act in (
        editor.other_side,
        lambda: editor.select("en", 0, 3),
        lambda: editor.select_span("en", Span(0, 0)),
    ):
        with pytest.raises(LabelError, match="no English side"):
            act()
    assert editor.lang == "ar"
    editor.session.go(3)
    editor.arrive()
    assert (editor.lang, said(editor)) == ("en", "An")
    with pytest.raises(LabelError, match="no Arabic side"):
        editor.other_side()
    on(editor, "OpenAI", "en").mark("company")
    with pytest.raises(LabelError, match="mark it there"):
        editor.link()
    assert editor.counterparts() == ()


def test_a_side_of_punctuation_only(editor: Editor) -> None:
    editor.session.go(4)
    editor.arrive()
    assert (said(editor), editor.hints()) == ("…", {"s": Span(0, 1), "a": Span(2, 3)})
    editor.move(-1)
    assert said(editor) == "!"
    editor.mark("company")
    assert names(editor) == [("!", "company", None)]
    editor.toggle_unit()
    with pytest.raises(LabelError, match="no particle"):
        editor.toggle_particle()


def test_hints_lead_to_every_word(editor: Editor) -> None:
    found = editor.hints()
    texts = [(editor.session.pair.ar or "")[span.start : span.end] for span in found.values()]
    assert {"Deepseek", "هزّت", "لأنّ", "🚀"} <= set(texts)
    assert len(set(found.values())) == len(found)
    assert all(set(code) <= set(HINT_LETTERS) for code in found)
    editor.select_span("ar", found[next(code for code, span in found.items() if span.start > 40)])
    assert editor.cursor.span in found.values()


def test_a_span_beyond_the_text_is_refused(editor: Editor) -> None:
    for span in (Span(0, 10_000), Span(-1, 2), Span(5, 2)):
        with pytest.raises(LabelError, match="select again"):
            editor.select_span("ar", span)


def test_the_editor_follows_the_session_to_another_pair(editor: Editor) -> None:
    on(editor, "باعت", nth=1)
    editor.session.go(1)
    assert said(editor) == "قال"
    editor.session.go(0)
    editor.mark("event")
    assert [text for text, _, _ in names(editor)] == ["هزّت"]
    editor.session.go(3)
    editor.select("en", 0, 2)
    assert said(editor) == "An"
    editor.session.go(2)
    editor.mark("event")
    assert [text for text, _, _ in names(editor)] == ["عنوان"]
    editor.session.go(3)
    assert (editor.entity, editor.flagged, editor.lang) == (None, None, "en")
    editor.mark("event")
    assert [text for text, _, _ in names(editor)] == ["An"]
    editor.session.go(2)
    assert editor.entity is not None
    assert editor.entity.text == "عنوان"


def test_without_a_pair_there_is_nothing_to_write_on(tmp_path: Path) -> None:
    with Session.open(new(tmp_path / "c", {}), "layla") as session:
        editor = Editor(session)
        acts: list[Callable[[], object]] = [
            lambda: editor.cursor, lambda: editor.entity, lambda: editor.flagged, lambda: editor.move(1),
            editor.other_side, lambda: editor.edge(end=True), editor.toggle_unit,
            lambda: editor.select("ar", 0, 1), editor.hints, editor.toggle_particle,
            lambda: editor.mark("company"), editor.delete, editor.link, editor.unlink, editor.counterparts,
            lambda: editor.set_concept("a"), lambda: editor.flag("garbled", None), editor.drop_flag,
            lambda: editor.comment("x"),
        ]  # fmt: skip
        for act in acts:
            with pytest.raises(LabelError, match="no pair is open"):
                act()


def test_links_are_of_ids_that_stand(editor: Editor) -> None:
    on(editor, "Deepseek").mark("company")
    editor.link()
    assert stands(editor.session)[0].links == (Link(ar="ar1", en="en1"),)
    editor.mark("model")
    assert stands(editor.session)[0].links == (Link(ar="ar1", en="en1"),)
