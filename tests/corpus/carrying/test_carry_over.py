"""Building again keeps the labels: edits, splits, merges, repeats, returns, and what is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hashiya.corpus.carrying.carry_over import CarryReport, carry_over
from hashiya.corpus.carrying.orphaned import left_behind, unplaced
from hashiya.corpus.exchange.labels_jsonl import export_labels
from hashiya.corpus.inspection.check import check
from hashiya.corpus.journal.event import Carry
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.codec import from_json
from hashiya.schema.records import LANGS, Annotation, AnnotationLine, Flag, Implication, Link, Stance
from tests.corpora import Rows, label, new, publish

ONE = ("ارتفع سهم نفيديا أمس.", "Nvidia rose yesterday.")
TWO = ("قال لاما إن ميتا تكسب.", "Llama said Meta wins.")
THREE = ("لا شيء جديد.", "Nothing new.")
BULLISH = Stance(target="chips", stance="bullish", holder="author")
EFFECT = Implication(target="chips", channel="demand", direction="positive", certainty="asserted")


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return new(tmp_path / "corpus", {"d": [ONE, TWO, THREE]})


def record(corpus: Corpus, *annotations: Annotation) -> None:
    texts = [text for view in corpus.generation().views(["d"]).values() for text in view.texts()]
    with corpus.journal() as journal:
        journal.record(annotations, texts)


def rebuild(corpus: Corpus, rows: Rows, doc_id: str = "d") -> CarryReport:
    publish(corpus, {doc_id: rows})
    with corpus.journal() as journal:
        report = carry_over(journal, corpus.generation())
    with corpus.journal() as journal:
        again = carry_over(journal, corpus.generation())
        assert again.carried == 0, "carrying is done once"
    problems = check(corpus).problems
    assert not problems, problems
    return report


def standing(corpus: Corpus) -> dict[int, Annotation]:
    """What stands now, by the number of its pair in the document."""
    numbers = {pair.pair_id: pair.index for pair in corpus.generation().pairs()}
    with corpus.journal() as journal:
        return {
            numbers[item.pair_id]: annotation
            for item in journal.standing()
            for annotation in item.annotations
            if item.pair_id in numbers
        }


def marks(annotation: Annotation) -> list[str]:
    return [entity.text for entity in annotation.entities]


def test_an_edit_elsewhere_changes_nothing(corpus: Corpus) -> None:
    made = label(corpus.generation(), 0, ("ar", "نفيديا"), stances=(BULLISH,))
    record(corpus, made)
    report = rebuild(corpus, [("جملة أولى.", "A first one."), ONE, TWO])
    assert (report.kept, report.carried) == (1, 0)
    assert standing(corpus) == {1: made}


def test_an_edit_in_the_pair_keeps_spans_and_asks_for_review(corpus: Corpus) -> None:
    record(
        corpus,
        label(
            corpus.generation(),
            0,
            ("ar", "نفيديا"),
            ("en", "Nvidia"),
            stances=(BULLISH,),
            implications=(EFFECT,),
            links=(Link(ar="ar0", en="en1"),),
            flags=(Flag(lang="ar", start=0, end=5, text="ارتفع", kind="garbled"),),
            comment="why",
            seconds=3.5,
        ),
    )
    report = rebuild(corpus, [("وقد هبط سهم نفيديا أمس.", ONE[1]), TWO])
    assert (report.carried, report.review) == (1, 1)
    found = standing(corpus)[0]
    assert (found.status, marks(found), found.comment, found.seconds) == (
        "review",
        ["نفيديا", "Nvidia"],
        "why",
        3.5,
    )
    assert found.links == (Link(ar="ar0", en="en1"),)
    assert (found.stances, found.implications, found.flags) == ((), (), ())
    with corpus.journal() as journal:
        (event,) = journal.carried()
    assert {item["what"] for item in event.payload["left"]} == {"stance", "implication", "flag"}
    with corpus.journal() as journal:
        (before,) = left_behind(journal, corpus.generation())
        assert (before.stances, len(before.flags)) == ((BULLISH,), 1), (
            "shown as it was, until the review is saved"
        )
        journal.record([found])
        assert left_behind(journal, corpus.generation()) == []


def test_a_split_shares_the_spans_out(corpus: Corpus) -> None:
    record(corpus, label(corpus.generation(), 1, ("ar", "لاما"), ("ar", "ميتا"), ("en", "Meta"), comment="c"))
    report = rebuild(corpus, [ONE, ("قال لاما إن", "Llama said"), ("ميتا تكسب.", "Meta wins.")])
    assert report.carried == 2
    found = standing(corpus)
    assert {number: marks(item) for number, item in found.items()} == {1: ["لاما"], 2: ["ميتا", "Meta"]}
    assert {item.status for item in found.values()} == {"review"}
    assert [item.comment for item in found.values()].count("c") == 1


def test_a_merge_joins_what_one_annotator_said(corpus: Corpus) -> None:
    generation = corpus.generation()
    record(
        corpus,
        label(generation, 0, ("ar", "نفيديا"), ("en", "Nvidia"), comment="one"),
        label(
            generation, 1, ("ar", "ميتا"), ("en", "Meta"), links=(Link(ar="ar0", en="en1"),), comment="two"
        ),
        label(generation, 1, ("en", "Llama"), annotator="omar"),
    )
    merged = (f"{ONE[0]} {TWO[0]}", f"{ONE[1]} {TWO[1]}")
    report = rebuild(corpus, [merged, THREE])
    assert report.carried == 2
    with corpus.journal() as journal:
        by = {
            item.annotator: item.annotations[0] for item in journal.standing() if item.pair_id in ids(corpus)
        }
    assert marks(by["layla"]) == ["نفيديا", "Nvidia", "ميتا", "Meta"]
    assert len({entity.id for entity in by["layla"].entities}) == 4
    (link,) = by["layla"].links
    named = {entity.id: entity.text for entity in by["layla"].entities}
    assert (named[link.ar], named[link.en]) == ("ميتا", "Meta")
    assert (by["layla"].status, by["layla"].comment) == ("review", "one\ntwo")
    assert marks(by["omar"]) == ["Llama"]


def ids(corpus: Corpus) -> set[str]:
    return set(corpus.generation().pair_ids())


def test_a_merge_keeps_what_has_no_span(corpus: Corpus) -> None:
    generation = corpus.generation()
    record(
        corpus,
        label(generation, 0, ("ar", "نفيديا")),
        label(generation, 1, stances=(BULLISH,), comment="important", status="unsure"),
    )
    rebuild(corpus, [(f"{ONE[0]} {TWO[0]}", f"{ONE[1]} {TWO[1]}"), THREE])
    found = standing(corpus)[0]
    assert (found.status, found.comment, marks(found)) == ("review", "important", ["نفيديا"])
    with corpus.journal() as journal:
        behind = left_behind(journal, corpus.generation())
        assert BULLISH in {item for old in behind for item in old.stances}


def test_a_rename_after_an_edit_keeps_the_labels(corpus: Corpus) -> None:
    made = label(corpus.generation(), 0, ("en", "Nvidia"), stances=(BULLISH,))
    record(corpus, made)
    rebuild(corpus, [ONE, TWO, THREE, ("جديد.", "New.")])
    report = rebuild(corpus, [ONE, TWO, THREE, ("جديد.", "New.")], doc_id="renamed")
    assert (report.carried, report.unplaced) == (1, [])
    assert standing(corpus)[0].stances == (BULLISH,)


def test_repeated_pairs_keep_their_own_labels(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"d": [ONE, TWO, ONE]})
    generation = corpus.generation()
    first = label(generation, 0, ("en", "Nvidia"), comment="first")
    second = label(generation, 2, ("en", "Nvidia"), comment="second")
    record(corpus, first, second)
    rebuild(corpus, [ONE, THREE, TWO, ONE])
    assert standing(corpus) == {0: first, 3: second}
    report = rebuild(corpus, [THREE, TWO, ONE])
    assert report.carried == 1
    (found,) = standing(corpus).values()
    assert (found.status, marks(found), found.comment) == ("review", ["Nvidia"], "first\nsecond")


def test_the_old_labels_stand_again_when_the_old_text_returns(corpus: Corpus) -> None:
    made = label(corpus.generation(), 0, ("ar", "نفيديا"), stances=(BULLISH,))
    record(corpus, made)
    rebuild(corpus, [("هبط سهم نفيديا أمس.", "Nvidia fell yesterday."), TWO])
    assert standing(corpus)[0].stances == ()
    report = rebuild(corpus, [ONE, TWO, THREE])
    assert report.carried == 0
    assert standing(corpus) == {0: made}


def test_work_done_on_the_changed_text_comes_back_with_it(corpus: Corpus) -> None:
    record(corpus, label(corpus.generation(), 1, ("en", "Meta")))
    rebuild(corpus, [ONE, (TWO[0], "Llama said Meta wins now.")])
    record(corpus, label(corpus.generation(), 1, ("en", "Llama"), ("en", "Meta")))
    rebuild(corpus, [ONE, TWO])
    found = standing(corpus)[1]
    assert (found.status, sorted(marks(found))) == ("review", ["Llama", "Meta"])


def test_what_gives_way_to_later_work_is_listed_too(corpus: Corpus) -> None:
    made = label(corpus.generation(), 1, ("en", "Meta"))
    record(corpus, made)
    rebuild(corpus, [ONE, (TWO[0], "Llama said Meta wins now.")])
    later = label(corpus.generation(), 1, ("en", "Meta"))
    record(corpus, replace(later, entities=(replace(later.entities[0], type="person"),)))
    rebuild(corpus, [ONE, TWO])
    assert [entity.type for entity in standing(corpus)[1].entities] == ["person"]
    with corpus.journal() as journal:
        assert made in left_behind(journal, corpus.generation())


def test_what_is_gone_is_kept_and_listed(corpus: Corpus) -> None:
    made = label(corpus.generation(), 2, ("en", "Nothing"))
    record(corpus, made)
    report = rebuild(corpus, [ONE, TWO])
    assert [item.annotations[0] for item in report.unplaced] == [made]
    with corpus.journal() as journal:
        assert [item.annotations[0] for item in unplaced(journal, corpus.generation())] == [made]
    rebuild(corpus, [ONE, TWO, THREE])
    assert standing(corpus) == {2: made}


def test_labels_follow_a_document_that_changed_its_name(corpus: Corpus) -> None:
    record(corpus, label(corpus.generation(), 0, ("en", "Nvidia"), stances=(BULLISH,)))
    report = rebuild(corpus, [ONE, TWO, THREE], doc_id="renamed")
    assert (report.carried, report.review) == (1, 0)
    found = standing(corpus)[0]
    assert (found.place.doc_id, found.stances, found.status) == ("renamed", (BULLISH,), "done")


def test_a_side_that_came_later_asks_for_review(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"d": [(ONE[0], None)]})
    record(corpus, label(corpus.generation(), 0, ("ar", "نفيديا"), stances=(BULLISH,)))
    rebuild(corpus, [ONE])
    found = standing(corpus)[0]
    assert (found.status, marks(found), found.stances) == ("review", ["نفيديا"], ())


def test_a_draft_stays_a_draft(corpus: Corpus) -> None:
    record(corpus, label(corpus.generation(), 0, ("en", "Nvidia"), status="draft"))
    rebuild(corpus, [(ONE[0], "Nvidia rose."), TWO])
    assert standing(corpus)[0].status == "draft"


def test_a_carry_can_be_undone(corpus: Corpus) -> None:
    record(corpus, label(corpus.generation(), 0, ("en", "Nvidia")))
    rebuild(corpus, [(ONE[0], "Nvidia rose."), TWO])
    pair_id = corpus.generation().pair_ids()[0]
    with corpus.journal() as journal:
        assert journal.undo(pair_id, "layla") is not None
        assert not list(journal.standing(pair_id))
        made = label(corpus.generation(), 0)
        journal.carry([Carry(made, ())])
        assert [item.annotations for item in journal.standing(pair_id)] == [(made,)]


def test_another_text_in_the_same_place_takes_no_labels(corpus: Corpus) -> None:
    record(corpus, label(corpus.generation(), 0, ("en", "rose"), stances=(BULLISH,)))
    report = rebuild(corpus, [("كلام لا صلة له بالأمر.", "A rose is quite another thing, she wrote."), TWO])
    assert (report.carried, len(report.unplaced)) == (0, 1)


BOTH = ("سهم نفيديا وسهم ميتا.", "Nvidia and Meta.")
MERGED = (f"{ONE[0]} {TWO[0]}", f"{ONE[1]} {TWO[1]}")
NAMES = ("نفيديا", "ميتا", "Nvidia", "Meta", "Llama", "Nothing")
versions = st.lists(st.sampled_from([ONE, TWO, THREE, BOTH, MERGED]), min_size=1, max_size=5)


@settings(max_examples=15)
@given(versions, st.lists(versions, min_size=1, max_size=4), st.permutations(["layla", "omar"]))
@example([BOTH, ONE], [[THREE, MERGED], [ONE]], ["layla"])
@example([ONE, BOTH], [[ONE, ONE], [ONE]], ["layla", "omar"])
@example([ONE], [[BOTH, MERGED], [MERGED]], ["layla", "omar"])
def test_no_label_is_ever_lost(
    tmp_path_factory: pytest.TempPathFactory, first: Rows, later: list[Rows], who: list[str]
) -> None:
    """Through any edits, every mark and note is in the export or in what has no place."""
    corpus = new(tmp_path_factory.mktemp("lost") / "corpus", {"d": first})
    generation = corpus.generation()
    made: set[tuple[str, str]] = set()
    for number, row in enumerate(first):
        sides = [(lang, text or "") for lang, text in zip(LANGS, row, strict=True)]
        names = [(lang, name) for lang, text in sides for name in NAMES if name in text]
        annotation = label(
            generation, number, *names, annotator=who[number % len(who)], comment=f"note {number}"
        )
        record(corpus, annotation)
        made |= said(annotation)
    for version in later:
        rebuild(corpus, version)
        lines = [*export_labels(corpus), *export_labels(corpus, only_unplaced=True)]
        shown = {mark for line in lines for mark in said(from_json(AnnotationLine, line, "line"))}
        assert made <= shown


def said(annotation: Annotation) -> set[tuple[str, str]]:
    """Who marked which names, and who noted what."""
    notes = (annotation.comment or "").splitlines()
    return {(annotation.annotator, text) for text in (*marks(annotation), *notes)}
