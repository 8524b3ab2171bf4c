"""Three machines label, undo, build and merge in any order, and end with the same labels and release."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from hashiya.corpus.carrying.carry_over import carry_over
from hashiya.corpus.carrying.merge_into_corpus import merge_into_corpus
from hashiya.corpus.dataset.release import release
from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.journal.standing import content_of
from hashiya.corpus.journal.verify import HARMLESS, journal_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Annotation
from tests.corpora import Rows, files_of, label, new, publish

ONE = ("ارتفع سهم نفيديا أمس.", "Nvidia rose yesterday.")
TWO = ("قال لاما إن ميتا تكسب.", "Llama said Meta wins.")
THREE = ("لا شيء جديد.", "Nothing new.")
VERSIONS: tuple[Rows, ...] = (
    [ONE, TWO, THREE],
    [(f"{ONE[0]} {TWO[0]}", f"{ONE[1]} {TWO[1]}"), THREE],
    [("وقد ارتفع سهم نفيديا أمس.", "Nvidia rose yesterday again."), TWO],
    [ONE, ("قال لاما إن", "Llama said"), ("ميتا تكسب.", "Meta wins."), THREE],
)
NAMES = ("Nvidia", "Meta", "Llama", "Nothing")
LAST = VERSIONS[1]

Standings = Mapping[tuple[str, str], list[str]]


def rebuild(corpus: Corpus, rows: Rows) -> None:
    publish(corpus, {"d": rows})
    with corpus.journal() as journal:
        carry_over(journal, corpus.generation())


def standings(corpus: Corpus) -> Standings:
    """What stands, whatever the order, without times."""
    with corpus.journal() as journal:
        return {
            (item.pair_id, item.annotator): [
                item.unreadable or "",
                *sorted(map(repr, {said(state) for state in item.states})),
            ]
            for item in journal.standing()
        }


@contextmanager
def refused(*why: str) -> Generator[None]:
    """Let a step be refused for one of some reasons."""
    try:
        yield
    except CorpusError as error:
        if not any(reason in str(error) for reason in why):
            raise


def said(state: Annotation | None) -> Annotation | None:
    return None if state is None else content_of(state)


def released(corpus: Corpus, folder: Path) -> dict[str, str]:
    release(corpus, folder, lambda _: None)
    return {name: hashlib.sha256(content).hexdigest() for name, content in files_of(folder).items()}


def annotation(corpus: Corpus, number: int, words: str, annotator: str, status: str) -> Annotation:
    pairs = list(corpus.generation().pairs())
    pair = pairs[number % len(pairs)]
    names = [("en", name) for name in NAMES if name in (pair.en or "")][: len(words)]
    return label(
        corpus.generation(), pair.index, *names, annotator=annotator, comment=words, status=status  # type: ignore[arg-type]
    )  # fmt: skip


class Machines(RuleBasedStateMachine):
    """Three corpora that are copies of one, on machines whose clocks lie."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        first = new(self.folder / "0", {"d": VERSIONS[0]})
        self.record(first, annotation(first, 0, "base", "layla", "done"))
        for number in ("1", "2"):
            shutil.copytree(first.folder, self.folder / number)

    def teardown(self) -> None:
        if not hasattr(self, "folder"):
            return
        outcomes: list[tuple[Standings, dict[str, str]]] = []
        for number, order in enumerate(permutations("012")):
            corpus = self.copy(order[0], f"end{number}")
            rebuild(corpus, LAST)
            for other in order[1:]:
                merge_into_corpus(corpus, [self.folder / other])
            outcomes.append((standings(corpus), released(corpus, self.folder / f"release{number}")))
            assert merge_into_corpus(corpus, [self.folder / name for name in order])[0].added == {}
            with corpus.journal() as journal:
                assert [fault for fault in journal_faults(journal) if fault.kind not in HARMLESS] == []
        shutil.rmtree(self.folder)
        for outcome in outcomes[1:]:
            assert outcome == outcomes[0]

    def corpus(self, number: str) -> Corpus:
        return Corpus.open(self.folder / number)

    def copy(self, number: str, name: str) -> Corpus:
        return Corpus.open(Path(shutil.copytree(self.folder / number, self.folder / name)))

    def record(self, corpus: Corpus, made: Annotation, days: int = 0) -> None:
        texts = [text for view in corpus.generation().views(["d"]).values() for text in view.texts()]
        with corpus.journal() as opened:
            journal = Journal(opened.database, now=lambda: datetime.now(UTC) + timedelta(days=days))
            with refused("read only"):
                journal.record([made], texts)

    @rule(
        number=st.sampled_from("012"),
        pair=st.integers(0, 3),
        words=st.sampled_from(["a", "b", "cc"]),
        who=st.sampled_from(["layla", "omar"]),
        status=st.sampled_from(["done", "draft"]),
        days=st.integers(-900, 900),
    )
    def says(self, number: str, pair: int, words: str, who: str, status: str, days: int) -> None:
        corpus = self.corpus(number)
        self.record(corpus, annotation(corpus, pair, words, who, status), days)

    @rule(number=st.sampled_from("012"), pair=st.integers(0, 3), back=st.booleans())
    def goes(self, number: str, pair: int, back: bool) -> None:
        corpus = self.corpus(number)
        ids = corpus.generation().pair_ids()
        with corpus.journal() as journal, refused("side by side", "read only"):
            (journal.undo if back else journal.redo)(ids[pair % len(ids)], "layla")

    @rule(number=st.sampled_from("012"), version=st.sampled_from(VERSIONS))
    def builds(self, number: str, version: Rows) -> None:
        rebuild(self.corpus(number), version)

    @rule(number=st.sampled_from("012"), other=st.sampled_from("012"))
    def merges(self, number: str, other: str) -> None:
        if number != other:
            merge_into_corpus(self.corpus(number), [self.folder / other])

    @rule(number=st.sampled_from("012"), other=st.sampled_from("012"))
    def is_replaced_by_a_copy(self, number: str, other: str) -> None:
        """A laptop is set up anew from another's folder; what it had said is merged there first."""
        if number != other:
            merge_into_corpus(self.corpus(other), [self.folder / number])
            shutil.rmtree(self.folder / number)
            shutil.copytree(self.folder / other, self.folder / number)

    @rule(number=st.sampled_from("012"), other=st.sampled_from("012"), after=st.integers(0, 5))
    def is_stopped_while_merging(self, number: str, other: str, after: int) -> None:
        with Journal.open(self.folder / other / JOURNAL, write=False) as there:
            events = [event for item in there.standing() for event in item.heads]
        corpus = self.corpus(number)
        before = standings(corpus)
        with corpus.journal() as journal, suppress(KeyboardInterrupt), journal.writing():
            journal.database.append(events[:after])
            raise KeyboardInterrupt
        assert standings(corpus) == before

    @rule(number=st.sampled_from("012"), pair=st.integers(0, 3))
    def is_written_by_a_newer_version(self, number: str, pair: int) -> None:
        corpus = self.corpus(number)
        ids = corpus.generation().pair_ids()
        subject = ids[pair % len(ids)]
        with corpus.journal() as journal, journal.writing():
            heads = [head.event_id for item in journal.standing(subject, "omar") for head in item.heads]
            newer = Event(
                event_id=hashlib.sha256(repr((number, subject, heads)).encode()).hexdigest()[:32],
                v=3,
                stream="label",
                subject=subject,
                author="omar",
                parents=tuple(sorted(heads)),
                replica="newer",
                seq=1,
                prev="",
                kind="fold",
                created_at="",
                body='{"to":7}',
            )
            if not journal.has(newer.event_id):
                journal.database.append([newer.sealed()])


Machines.TestCase.settings = settings(max_examples=settings().max_examples // 5, stateful_step_count=12)
TestMachines = pytest.mark.long(Machines.TestCase)


def test_a_later_word_that_arrives_late_replaces_what_was_carried(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"d": VERSIONS[0]})
    first = label(corpus.generation(), 0, ("en", "Nvidia"), comment="first")
    with corpus.journal() as journal:
        journal.record(
            [first], [text for view in corpus.generation().views(["d"]).values() for text in view.texts()]
        )
    away = Corpus.open(Path(shutil.copytree(corpus.folder, tmp_path / "away")))
    rebuild(corpus, VERSIONS[2])
    with away.journal() as journal:
        journal.record([replace(first, comment="later")])
    _, carried = merge_into_corpus(corpus, [away.folder])
    assert carried.carried == 1
    with corpus.journal() as journal:
        (found,) = (item for item in journal.standing() if item.pair_id in corpus.generation().pair_ids())
    assert [item.comment for item in found.annotations] == ["later"]


def test_an_undo_that_arrives_late_takes_back_what_was_carried_twice(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"d": VERSIONS[0]})
    with corpus.journal() as journal:
        texts = [text for view in corpus.generation().views(["d"]).values() for text in view.texts()]
        journal.record([label(corpus.generation(), 0, ("en", "Nvidia"))], texts)
    away = Corpus.open(Path(shutil.copytree(corpus.folder, tmp_path / "away")))
    rebuild(corpus, VERSIONS[2])
    rebuild(corpus, VERSIONS[1])
    with away.journal() as journal:
        journal.undo(away.generation().pair_ids()[0], "layla")
    merge_into_corpus(corpus, [away.folder])
    present = set(corpus.generation().pair_ids())
    with corpus.journal() as journal:
        assert [item for item in journal.standing() if item.pair_id in present] == []


def test_labels_that_went_round_stand_where_the_text_is(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"d": VERSIONS[0]})
    with corpus.journal() as journal:
        texts = [text for view in corpus.generation().views(["d"]).values() for text in view.texts()]
        journal.record([label(corpus.generation(), 0, ("en", "Nvidia"))], texts)
    away = Corpus.open(Path(shutil.copytree(corpus.folder, tmp_path / "away")))
    rebuild(corpus, VERSIONS[2])
    rebuild(corpus, VERSIONS[1])
    merge_into_corpus(away, [corpus.folder])
    rebuild(away, VERSIONS[2])
    rebuild(away, VERSIONS[1])
    present = set(away.generation().pair_ids())
    with away.journal() as journal:
        (found,) = (item for item in journal.standing() if item.pair_id in present)
    assert [entity.text for one in found.annotations for entity in one.entities] == ["Nvidia"]


def labelled_machines(folder: Path) -> list[Corpus]:
    """Three copies of a corpus with one label."""
    first = new(folder / "0", {"d": VERSIONS[0]})
    with first.journal() as journal:
        texts = [text for view in first.generation().views(["d"]).values() for text in view.texts()]
        journal.record([label(first.generation(), 0, ("en", "Nvidia"), comment="base")], texts)
    return [first, *(Corpus.open(Path(shutil.copytree(first.folder, folder / name))) for name in "12")]


def in_every_order(machines: Sequence[Corpus], folder: Path) -> list[Standings]:
    """What stands after each machine, built anew, has taken in the others in any order."""
    found: list[Standings] = []
    for number, (first, *others) in enumerate(permutations(machines)):
        merged = Corpus.open(Path(shutil.copytree(first.folder, folder / f"end{number}")))
        rebuild(merged, LAST)
        for other in others:
            merge_into_corpus(merged, [other.folder])
        found.append(standings(merged))
    return found


def test_labels_that_came_to_a_text_by_two_ways_are_the_same_in_any_order(tmp_path: Path) -> None:
    one, two, three = labelled_machines(tmp_path)
    for version in (VERSIONS[1], VERSIONS[0], VERSIONS[2]):
        rebuild(one, version)
    rebuild(two, VERSIONS[2])
    merge_into_corpus(three, [one.folder])
    found = in_every_order((one, two, three), tmp_path)
    assert all(outcome == found[0] for outcome in found)


def test_what_was_changed_after_it_was_carried_stands_beside_it_in_any_order(tmp_path: Path) -> None:
    one, two, three = labelled_machines(tmp_path)
    rebuild(one, VERSIONS[2])
    changed = label(three.generation(), 0, ("en", "Nvidia"), comment="changed")
    with three.journal() as journal:
        journal.record([changed])
    merge_into_corpus(two, [one.folder])
    for version in (VERSIONS[1], VERSIONS[0], VERSIONS[1]):
        rebuild(one, version)
    found = in_every_order((one, two, three), tmp_path)
    assert all(outcome == found[0] for outcome in found)
    last = Corpus.open(tmp_path / "end0").generation().pair_ids()[0]
    said = " ".join(found[0][last, "layla"])
    assert "comment='changed'" in said
    assert "comment='base'" in said


def test_labels_of_two_pairs_that_become_one_are_combined_alike_in_any_order(tmp_path: Path) -> None:
    one, two, three = labelled_machines(tmp_path)
    for corpus, words in ((two, "b"), (three, "cc")):
        rebuild(corpus, VERSIONS[2])
        with corpus.journal() as journal:
            journal.record([annotation(corpus, number, words, "omar", "done") for number in (0, 1)])
    rebuild(two, VERSIONS[1])
    found = in_every_order((one, two, three), tmp_path)
    assert all(outcome == found[0] for outcome in found)


def test_what_was_undone_where_it_was_carried_stands_nowhere_it_was_carried_to(tmp_path: Path) -> None:
    one, two, three = labelled_machines(tmp_path)
    rebuild(three, VERSIONS[2])
    with three.journal() as journal:
        journal.undo(three.generation().pair_ids()[0], "layla")
    found = in_every_order((one, two, three), tmp_path)
    assert all(outcome == found[0] for outcome in found)
    assert [pair_id for pair_id, _ in found[0]] == [one.generation().pair_ids()[0]]


def test_what_a_carried_label_was_changed_to_stands_in_its_place_beside_others(tmp_path: Path) -> None:
    """One machine changed the label, another had combined the label as it was before with a second one."""
    one, two, three = labelled_machines(tmp_path)
    rebuild(one, VERSIONS[2])
    with one.journal() as journal:
        journal.record([annotation(one, 0, "a", "layla", "draft")])
    rebuild(two, VERSIONS[3])
    with two.journal() as journal:
        texts = [text for view in two.generation().views(["d"]).values() for text in view.texts()]
        journal.record([annotation(two, 2, "b", "layla", "done")], texts)
    rebuild(two, VERSIONS[1])
    found = in_every_order((one, two, three), tmp_path)
    assert all(outcome == found[0] for outcome in found)
    last = Corpus.open(tmp_path / "end0").generation().pair_ids()[0]
    _, said = found[0][last, "layla"]
    assert "comment='a\\nb'" in said
    assert "base" not in said


def test_what_was_changed_where_it_was_carried_takes_in_what_comes_later_in_any_order(tmp_path: Path) -> None:
    """One machine labelled a second pair, another had carried the first label and changed it there."""
    one, two, three = labelled_machines(tmp_path)
    with two.journal() as journal:
        journal.record([annotation(two, 1, "a", "layla", "draft")])
    rebuild(three, VERSIONS[1])
    with three.journal() as journal:
        texts = [text for view in three.generation().views(["d"]).values() for text in view.texts()]
        journal.record([annotation(three, 0, "cc", "layla", "done")], texts)
    found = in_every_order((one, two, three), tmp_path)
    assert all(outcome == found[0] for outcome in found)
    last = Corpus.open(tmp_path / "end0").generation().pair_ids()[0]
    _, said = found[0][last, "layla"]
    assert "comment='cc\\na'" in said


def test_labels_of_two_pairs_are_combined_alike_whichever_was_carried_before(tmp_path: Path) -> None:
    one, two, three = labelled_machines(tmp_path)
    rebuild(three, VERSIONS[2])
    with two.journal() as journal:
        journal.record([annotation(two, 1, "a", "layla", "draft")])
    found = in_every_order((one, two, three), tmp_path)
    assert all(outcome == found[0] for outcome in found)


def test_a_comment_that_comes_with_parts_of_a_label_is_there_once_in_any_order(tmp_path: Path) -> None:
    one, two, three = labelled_machines(tmp_path)
    with one.journal() as journal:
        journal.record([annotation(one, 1, "b", "layla", "draft")])
    merge_into_corpus(three, [one.folder])
    with two.journal() as journal:
        journal.record([annotation(two, 0, "cc", "layla", "draft")])
    rebuild(three, VERSIONS[3])
    rebuild(three, VERSIONS[1])
    found = in_every_order((one, two, three), tmp_path)
    assert all(outcome == found[0] for outcome in found)


def test_parts_of_a_label_stay_together_beside_what_it_was_changed_to_in_any_order(tmp_path: Path) -> None:
    one, two, three = labelled_machines(tmp_path)
    with one.journal() as journal:
        journal.record([annotation(one, 1, "a", "omar", "draft")])
    merge_into_corpus(three, [one.folder])
    rebuild(one, VERSIONS[3])
    with three.journal() as journal:
        journal.record([annotation(three, 1, "b", "omar", "draft")])
    found = in_every_order((one, two, three), tmp_path)
    assert all(outcome == found[0] for outcome in found)
