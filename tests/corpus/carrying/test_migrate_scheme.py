"""A scheme that changes: numbers hold, labels are mapped on reading, the undecided comes up for review."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.carrying.merge_into_corpus import merge_into_corpus
from hashiya.corpus.carrying.migrate_scheme import migrate_scheme
from hashiya.corpus.dataset.load import load
from hashiya.corpus.dataset.release import release
from hashiya.corpus.inspection.check import check
from hashiya.corpus.journal.verify import journal_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import CorpusError, Problem, SchemeError
from hashiya.schema.records import Annotation, Cover, Stance
from hashiya.schema.scheme import shipped_scheme_text
from tests.corpora import SHIPPED, label, new

ROWS = [("ارتفع سهم نفيديا.", "Nvidia rose."), ("قالت ميتا نعم.", "Meta said yes.")]
OLD = shipped_scheme_text()
NEXT = OLD.replace(f'version = "{SHIPPED}"', 'version = "1.8.0"', 1)
BULLISH = Stance(target="chips", stance="bullish", holder="author")


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    corpus = new(tmp_path / "corpus", {"d": ROWS})
    texts = [text for view in corpus.generation().views(["d"]).values() for text in view.texts()]
    with corpus.journal() as journal:
        journal.record([label(corpus.generation(), 0, ("en", "Nvidia"), stances=(BULLISH,))], texts)
    return corpus


def renamed(old: str, new_name: str, text: str = NEXT) -> str:
    return text.replace(f'id = "{old}"\n', f'id = "{new_name}"\n', 1)


def without(label_id: str, text: str = NEXT) -> str:
    start = text.index(f'id = "{label_id}"\n')
    start = text.rindex("[[", 0, start)
    end = text.find("\n[[", start + 1)
    return text[:start] + text[end + 1 :]


def standing(corpus: Corpus) -> Annotation:
    with Corpus.open(corpus.folder).journal(write=False) as journal:
        (found,) = (item for standing in journal.standing() for item in standing.annotations)
    return found


def migrate(corpus: Corpus, text: str, **asked: dict[str, tuple[str, ...]]) -> None:
    migrate_scheme(corpus, text, "new.toml", asked, apply=True)  # type: ignore[arg-type]


def test_a_dry_run_counts_and_changes_nothing(corpus: Corpus) -> None:
    before = {
        path: path.read_bytes() for path in corpus.folder.rglob("*") if path.suffix in {".toml", ".json"}
    }
    report = migrate_scheme(corpus, renamed("company", "firm"), "new.toml", {}, apply=False)
    ((change, count),) = ((item, report.met[item.section, item.before]) for item in report.changes)
    assert (change.verb, change.before, change.after, change.asked, count) == (
        "rename",
        "company",
        ("firm",),
        False,
        1,
    )
    assert (report.annotations, report.review) == (1, 0)
    assert {path: path.read_bytes() for path in before} == before


def test_a_renamed_label_is_read_by_its_new_name_and_no_event_changes(corpus: Corpus, tmp_path: Path) -> None:
    with corpus.journal() as journal:
        events = journal.history(standing(corpus).pair_id, "layla")
    migrate(corpus, renamed("company", "firm"))
    found = standing(corpus)
    assert ([item.type for item in found.entities], found.status, found.scheme.version) == (
        ["firm"],
        "done",
        "1.8.0",
    )
    again = Corpus.open(corpus.folder)
    with again.journal() as journal:
        assert journal.history(found.pair_id, "layla") == events
        assert list(journal_faults(journal)) == []
    assert check(again).problems == []
    release(again, tmp_path / "out", lambda problem: pytest.fail(str(problem)))
    assert load(tmp_path / "out").entities().masked() == 0
    assert (corpus.folder / "backup" / f"scheme-{SHIPPED}.toml").read_text() == OLD


def test_labels_that_arrive_late_are_mapped_too(corpus: Corpus, tmp_path: Path) -> None:
    away = Corpus.open(Path(shutil.copytree(corpus.folder, tmp_path / "away")))
    with away.journal() as journal:
        journal.record([label(away.generation(), 1, ("en", "Meta"), annotator="omar")])
    migrate(corpus, renamed("company", "firm"))
    merge_into_corpus(Corpus.open(corpus.folder), [away.folder])
    with Corpus.open(corpus.folder).journal(write=False) as journal:
        types = [e.type for s in journal.standing() for a in s.annotations for e in a.entities]
    assert types == ["firm", "firm"]


def test_a_merge_maps_and_a_split_or_removal_asks_for_review(corpus: Corpus) -> None:
    migrate(corpus, without("company"), entity={"company": ("institution",)})
    found = standing(corpus)
    assert ([item.type for item in found.entities], found.status) == (["institution"], "done")
    text = NEXT.replace("1.8.0", "1.9.0", 1)
    migrate(Corpus.open(corpus.folder), without("institution", without("company", text)))
    found = standing(corpus)
    assert (found.entities, found.status, found.stances) == ((), "review", (BULLISH,))


def test_a_split_label_is_not_guessed(corpus: Corpus) -> None:
    migrate(corpus, without("company"), entity={"company": ("institution", "market")})
    found = standing(corpus)
    assert (found.entities, found.status) == ((), "review")


def test_two_stances_that_a_merge_makes_contradict_each_other_ask_for_review(corpus: Corpus) -> None:
    made = replace(
        standing(corpus), stances=(BULLISH, Stance(target="model_makers", stance="bearish", holder="author"))
    )
    with corpus.journal() as journal:
        journal.record([made])
    migrate(corpus, without("model_makers"), target={"model_makers": ("chips",)})
    assert standing(corpus).status == "review"


def test_covers_are_mapped(corpus: Corpus) -> None:
    covers = (Cover(layer="entities", lang="en", labels=("company", "model")), Cover(layer="stances"))
    with corpus.journal() as journal:
        journal.record([replace(standing(corpus), covers=covers)])
    migrate(corpus, renamed("company", "firm"))
    assert standing(corpus).covers == (
        Cover(layer="entities", lang="en", labels=("firm", "model")),
        covers[1],
    )


@pytest.mark.parametrize(
    ("text", "asked", "message"),
    [
        (OLD, {}, "give it a later version"),
        (NEXT.replace('name = "ai-market"', 'name = "other"', 1), {}, "keeps the name"),
        (NEXT, {"entity": {"no_such": ("company",)}}, "has no label 'no_such'"),
        (NEXT, {"entity": {"company": ("no_such",)}}, "the new scheme has no label 'no_such'"),
    ],
)
def test_what_cannot_be_is_a_message(
    corpus: Corpus, text: str, asked: dict[str, dict[str, tuple[str, ...]]], message: str
) -> None:
    with pytest.raises(SchemeError, match=message):
        migrate(corpus, text, **asked)


def test_class_numbers_hold_whatever_the_scheme_file_does(corpus: Corpus, tmp_path: Path) -> None:
    release(corpus, tmp_path / "out", lambda _: None)
    first = load(tmp_path / "out").info
    text = renamed("company", "firm", NEXT)
    start, end = (
        text.index('[[entity]]\nid = "firm"'),
        text.index("[[entity]]", text.index('[[entity]]\nid = "firm"') + 1),
    )
    moved = text[:start] + text[end:] + "\n" + text[start:end]  # the last in the file now
    migrate(corpus, moved)
    release(Corpus.open(corpus.folder), tmp_path / "out", lambda _: None)
    second = load(tmp_path / "out").info
    names = first.classes["entity"]
    assert second.classes["entity"] == (*names, "firm"), "company keeps its number, unused; firm has the next"
    assert {key: value for key, value in second.classes.items() if key != "entity"} == {
        key: value for key, value in first.classes.items() if key != "entity"
    }
    view = load(tmp_path / "out").entities()
    assert view.counts()["B-company"] == 0
    assert view.counts()["B-firm"] > 0


def test_a_damaged_ledger_is_a_message(corpus: Corpus, tmp_path: Path) -> None:
    (corpus.folder / "classes.json").write_text(json.dumps({"entity": ["company", "company"]}))
    with pytest.raises(CorpusError, match="names a class twice"):
        release(corpus, tmp_path / "out", lambda _: None)


def test_other_labels_under_the_same_version_are_refused_by_a_build(corpus: Corpus, tmp_path: Path) -> None:
    file = tmp_path / "renamed.toml"
    file.write_text(renamed("company", "firm", OLD))
    with pytest.raises(CorpusError, match=r"hashiya scheme migrate .* NEW\.toml"):
        Corpus.create(corpus.folder, None, file)
    file.write_text(OLD.replace("Company", "Firm", 1))
    Corpus.create(corpus.folder, None, file)  # other words for the same labels


def test_a_release_refuses_labels_outside_of_the_scheme(corpus: Corpus, tmp_path: Path) -> None:
    (corpus.folder / "scheme.toml").write_text(renamed("company", "firm", OLD))
    told: list[Problem] = []
    with pytest.raises(CorpusError, match="nothing was released: 1 faults") as raised:
        release(Corpus.open(corpus.folder), tmp_path / "out", told.append)
    assert "unknown label 'company'" in str(told[0])
    assert "hashiya scheme migrate" in str(raised.value)
    assert not (tmp_path / "out").exists()
