"""What an import says was looked at, whose it is, and what it does to what stands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.exchange.importing.import_sides import Terms, annotations_of
from hashiya.corpus.exchange.importing.label_map import FileLabels
from hashiya.corpus.exchange.importing.read_marks import cut_word
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Cover
from tests.corpora import label
from tests.corpus.exchange.labelled import corpus_of, record

META = SideMark(start=0, end=4, label="company")


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(tmp_path / "corpus")


def meta(*marks: SideMark, **more: Any) -> Side:
    return Side(**{"where": "f, line 1", "text": "Meta said yes.", "marks": marks, **more})


def taken(
    corpus: Corpus, *sides: Side, annotator: str | None = "layla", **terms: Any
) -> tuple[list[Annotation], Outcome]:
    outcome = Outcome()
    made = annotations_of(corpus, sides, Terms(annotator=annotator, **terms), frozenset({"flags"}), outcome)
    return [annotation for _, annotation in made], outcome


def covered(annotation: Annotation) -> list[tuple[str, str | None, tuple[str, ...] | None]]:
    return [(cover.layer, cover.lang, cover.labels) for cover in annotation.covers or ()]


def test_a_file_speaks_of_the_labels_that_it_holds_on_the_side_that_it_holds(corpus: Corpus) -> None:
    place = SideMark(start=5, end=9, label="place")
    (one,), _ = taken(corpus, meta(META))
    assert covered(one) == [("entities", "en", ("company",))]
    (one,), _ = taken(corpus, meta(META, place))
    assert covered(one) == [("entities", "en", ("company", "place"))]
    (one,), _ = taken(corpus, meta(META, offered=("company", "money", "unheard of")))
    assert covered(one) == [("entities", "en", ("company", "money"))]


def test_a_text_for_which_no_label_was_offered_is_not_covered(corpus: Corpus) -> None:
    arabic = meta(replace(META, start=5, end=9), text="قالت ميتا نعم.", lang="ar")
    (one,), _ = taken(corpus, arabic, meta(offered=(), lang="en"))
    assert covered(one) == [("entities", "ar", ("company",))]


def test_of_two_texts_of_a_pair_the_one_that_nobody_opened_is_left(corpus: Corpus) -> None:
    arabic = meta(text="قالت ميتا نعم.", lang="ar")
    (one,), outcome = taken(corpus, meta(META), arabic)
    assert covered(one) == [("entities", "en", ("company",))]
    assert outcome.whole
    assert "1 sides without a mark" in outcome.problems[0].what
    # Unless somebody says that it was looked at: the file, whoever imports it, or a task that has both.
    others: list[tuple[Side, dict[str, str], dict[str, Any]]] = [
        (replace(arabic, status="done", answered=True), {}, {}),
        (arabic, {}, {"unlabelled_is_done": True}),
        (replace(arabic, task="7"), {"task": "7"}, {}),
    ]
    for other, same, terms in others:
        (one,), outcome = taken(corpus, meta(META, **same), other, **terms)
        assert covered(one) == [("entities", lang, ("company",)) for lang in ("ar", "en")]
        assert not outcome.problems
    (one,), _ = taken(corpus, meta(META, task="7"), replace(arabic, task="8"))
    assert covered(one) == [("entities", "en", ("company",))]


def test_what_stands_on_a_side_that_nobody_opened_stays(corpus: Corpus) -> None:
    generation = corpus.generation()
    record(corpus, [label(generation, 1, ("ar", "ميتا"))])
    arabic = meta(text="قالت ميتا نعم.", lang="ar")
    (one,), _ = taken(corpus, meta(META), arabic, replace=True)
    assert [entity.text for entity in one.entities] == ["ميتا", "Meta"]
    (one,), _ = taken(corpus, meta(META), arabic, replace=True, unlabelled_is_done=True)
    assert [entity.text for entity in one.entities] == ["Meta"]


def test_what_was_sent_from_here_and_asked_about_one_label_covers_that(corpus: Corpus) -> None:
    pair_id = corpus.generation().pair_ids()[1]
    (one,), _ = taken(corpus, meta(META, pair_id=pair_id, lang="en", offered=("company",)))
    assert covered(one) == [("entities", "en", ("company",))]


def test_what_was_sent_from_here_was_labelled_with_all_labels(corpus: Corpus) -> None:
    pair_id = corpus.generation().pair_ids()[1]
    (one,), _ = taken(corpus, meta(META, pair_id=pair_id, lang="en"))
    assert covered(one) == [("entities", "en", None)]
    known = set(corpus.scheme.ids("entity")) - {"place"}
    (one,), _ = taken(corpus, meta(META, pair_id=pair_id), labels=FileLabels({"place": None}))
    assert covered(one) == [("entities", "en", tuple(sorted(known)))]


def test_a_map_says_what_was_looked_for(corpus: Corpus) -> None:
    labels = FileLabels({"ORG": "company", "LOC": "place", "MISC": None, "BAD": "flag:garbled"})
    org, misc = replace(META, label="ORG"), SideMark(start=5, end=9, label="misc")
    (one,), outcome = taken(corpus, meta(org, misc), labels=labels)
    assert covered(one) == [("entities", "en", ("company", "place"))]
    assert (one.status, [entity.type for entity in one.entities], outcome.whole) == (
        "done",
        ["company"],
        True,
    )
    assert outcome.converted["entities", "left out by the label map: misc"] == 1
    bad = SideMark(start=10, end=13, label="BAD")
    (one,), _ = taken(corpus, meta(org, bad), labels=labels)
    assert covered(one) == [("entities", "en", ("company", "place")), ("flags", "en", ("garbled",))]


def test_what_was_not_looked_for_stays_as_it_stands(corpus: Corpus) -> None:
    before = label(corpus.generation(), 1, ("en", "yes"), ("ar", "ميتا"))
    before = replace(before, entities=tuple(replace(item, type="money") for item in before.entities))
    record(corpus, [before])
    (one,), outcome = taken(corpus, meta(META), replace=True)
    assert outcome.whole
    assert [(item.text, item.type) for item in one.entities] == [
        ("ميتا", "money"),
        ("Meta", "company"),
        ("yes", "money"),
    ]
    (one,), _ = taken(corpus, meta(META, replace(META, start=5, end=9, label="money")), replace=True)
    assert [item.text for item in one.entities] == ["ميتا", "Meta", "said"]


@pytest.mark.parametrize(
    "mark",
    [
        SideMark(start=5, end=9, label="unheard of"),
        SideMark(start=5, end=99, label="company"),
        SideMark(start=5, end=9, label="company", quote="else"),
        SideMark(start=2, end=9, label="company"),
        SideMark(start=5, end=8, label="company"),
    ],
)
def test_what_cannot_be_read_is_for_review(corpus: Corpus, mark: SideMark) -> None:
    (one,), outcome = taken(corpus, meta(META, mark))
    assert one.status == "review"
    assert outcome.problems
    (one,), _ = taken(corpus, meta(META, mark, status="draft", answered=True))
    assert one.status == "draft"
    (one,), _ = taken(corpus, meta(META, unread=1))
    assert one.status == "review"


def test_of_what_nothing_can_be_read_nothing_is_recorded(corpus: Corpus) -> None:
    unheard = replace(META, label="unheard of")
    for side in (meta(unheard), meta(unread=2), meta(unread=1, status="done", answered=True)):
        found, outcome = taken(corpus, side, status="done", unlabelled_is_done=True)
        assert (found, outcome.whole) == ([], False)


def test_a_text_without_labels_is_passed_over_unless_someone_says_that_it_was_looked_at(
    corpus: Corpus,
) -> None:
    arabic = Side(where="g", text="لا.", marks=(replace(META, end=2),))
    found, outcome = taken(corpus, meta(), arabic)
    assert (len(found), outcome.whole) == (1, True)
    assert "1 pairs without a mark" in outcome.problems[0].what
    assert len(taken(corpus, meta(), arabic, status="done")[0]) == 1
    for side, terms in (
        (meta(), True),
        (meta(status="done", answered=True), False),
        (meta(status="done"), False),
    ):
        (one, _), _ = taken(corpus, side, arabic, unlabelled_is_done=terms)
        assert (one.status, one.entities, covered(one)) == ("done", (), [("entities", "en", ("company",))])


def test_nothing_is_said_where_nobody_knows_what_was_looked_for(corpus: Corpus) -> None:
    found, outcome = taken(corpus, meta(), unlabelled_is_done=True)
    assert found == []
    assert "name them with --map" in outcome.problems[0].what
    (one,), _ = taken(corpus, meta(), unlabelled_is_done=True, labels=FileLabels({"ORG": "company"}))
    assert covered(one) == [("entities", "en", ("company",))]


def test_labels_that_stand_are_not_erased_by_a_text_without(corpus: Corpus) -> None:
    record(corpus, [label(corpus.generation(), 1, ("en", "Meta"))])
    found, outcome = taken(corpus, meta(), replace=True)
    assert (found, outcome.whole) == ([], True)
    assert "by layla, were kept as they stand" in outcome.problems[0].what
    found, outcome = taken(corpus, meta(), replace=True, unlabelled_is_done=True)
    assert (found, outcome.left_out) == ([], {("annotations", "do not say what was looked for"): 1})
    (one,), _ = taken(corpus, meta(offered=("company",)), replace=True, unlabelled_is_done=True)
    assert one.entities == ()


def test_white_space_is_taken_off_and_told(corpus: Corpus) -> None:
    (one,), outcome = taken(corpus, meta(replace(META, end=5)))
    assert [(item.start, item.end, item.text) for item in one.entities] == [(0, 4, "Meta")]
    assert (one.status, outcome.converted["entities", "without the white space at their edges"]) == (
        "done",
        1,
    )
    (one,), outcome = taken(corpus, meta(META, SideMark(start=4, end=8, label="company")))
    assert [item.text for item in one.entities] == ["Meta", "sai"]
    assert (one.status, outcome.whole) == ("review", True)
    assert "begins or ends inside a word ('sai' beside 'd')" in outcome.problems[0].what


@pytest.mark.parametrize(
    ("before", "name", "after", "is_cut"),
    [
        ("", "Nvidia", "", False),
        ("the ", "Nvidia", "'s", False),
        ("وبـ", "Nvidia", "", False),
        ("و", "إنفيديا", "", False),
        ("وبال", "ميتا", "ها", False),
        ("لل", "بنك", "", False),
        ("", "شركة", "Nvidia", False),
        ("فـ«", "ميتا", "»", False),
        ("م", "يتا", "", True),
        ("", "إنفيدي", "ا", True),
        ("", "Nvidi", "a", True),
        ("N", "vidia", "", True),
        ("GPT", "4", "", True),
        ("", "e", "\u0301lite", True),
        ("", "مدّ", "ة", True),
        ("👩\u200d", "💻", "", False),
    ],
)
def test_borders_inside_words(before: str, name: str, after: str, is_cut: bool) -> None:
    text = f"قال {before}{name}{after} نعم"
    start = 4 + len(before)
    assert (cut_word(text, start, start + len(name)) is not None) == is_cut


def test_everybodys_labels_are_taken_as_theirs(corpus: Corpus) -> None:
    sides = [meta(META, annotator="sara"), meta(META, annotator="omar"), meta(META, sent_as="gold")]
    found, _ = taken(corpus, *sides[:2], annotator=None)
    assert {one.annotator for one in found} == {"sara", "omar"}
    with pytest.raises(LabelError, match="does not say who labelled it; it names sara, omar for others"):
        taken(corpus, *sides, annotator=None)
    found, outcome = taken(corpus, *sides[:2], annotator="omar")
    assert [one.annotator for one in found] == ["omar"]
    assert "1 sides of other annotators were passed over" in outcome.problems[0].what
    with pytest.raises(LabelError, match="labels of sara, omar, none of 'layla'"):
        taken(corpus, *sides[:2], annotator="layla")
    found, outcome = taken(corpus, *sides, annotator="layla")
    assert [one.annotator for one in found] == ["layla"]
    assert "2 sides of other annotators" in outcome.problems[0].what


def test_a_text_that_nobody_labelled_needs_no_name_beside_those_of_people(corpus: Corpus) -> None:
    arabic = meta(text="قالت ميتا نعم.")
    (one,), outcome = taken(corpus, meta(META, annotator="sara"), arabic, annotator=None)
    assert (one.annotator, outcome.whole) == ("sara", True)
    with pytest.raises(LabelError, match="does not say who labelled it; name them with --annotator"):
        taken(corpus, arabic, annotator=None)
    for more in ({"status": "done"}, {"unread": 1}):
        with pytest.raises(LabelError, match="it names sara for others"):
            taken(corpus, meta(META, annotator="sara"), replace(arabic, **more), annotator=None)


def test_what_covers_nothing_else_says_nothing_else(corpus: Corpus) -> None:
    (one,), _ = taken(corpus, meta(META))
    assert one.covers == (Cover(layer="entities", lang="en", labels=("company",)),)
    record(corpus, [replace(one, covers=(Cover(layer="stances"),))])
    (two,), _ = taken(corpus, meta(META, replace(META, start=5, end=9)), replace=True)
    assert [cover.layer for cover in two.covers or ()] == ["entities", "stances"]
