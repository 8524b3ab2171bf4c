"""Tasks in files: written out of a corpus and taken in again, also after people and programs changed them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.exchange.labelstudio.people import People, read_people
from hashiya.corpus.exchange.labelstudio.task_files import Imported, corpus_tasks, export_tasks, import_tasks
from hashiya.corpus.exchange.labelstudio.write_task import annotation_object, data_of
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.inspection.check import check
from hashiya.corpus.store.document_view import anchors
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Annotation, Entity, Pair
from tests import corpora
from tests.corpus.exchange.labelstudio.given import by_browser, region

ROWS = (
    ("قالت شركة إنفيديا إن ديبسيك منافس", "Nvidia said that DeepSeek is a rival"),
    ("خسرت إنفيديا 630 مليار دولار", "Nvidia lost $630 billion"),
    (None, "Only in English"),
)
Tasks = list[dict[str, Any]]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpora.new(tmp_path / "corpus", {"d": ROWS})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tasks.json"


def pairs(corpus: Corpus) -> list[Pair]:
    return list(corpus.generation().pairs())


def annotation(corpus: Corpus, number: int = 0, annotator: str = "layla", **fields: Any) -> Annotation:
    pair = pairs(corpus)[number]
    [document] = [item for item in corpus.generation().documents() if item.doc_id == pair.doc_id]
    text = pair.en or ""
    first = Entity(id="en1", lang="en", start=0, end=6, text=text[:6], type="company", concept="nvidia")
    frame: dict[str, Any] = {
        "pair_id": pair.pair_id,
        "annotator": annotator,
        "status": "done",
        "entities": (first,),
        "scheme": corpus.scheme.ref,
        "origin": "human",
        "place": anchors(document, pair),
        "seconds": 4.5,
    }
    return Annotation(**{**frame, **fields})


def record(corpus: Corpus, *annotations: Annotation) -> None:
    with corpus.journal() as journal:
        journal.record(annotations, ["\n".join(row[0] or "" for row in ROWS)])


def standing(corpus: Corpus, number: int = 0, annotator: str = "layla") -> tuple[Annotation, ...]:
    with corpus.journal(write=False) as journal:
        for found in journal.standing(pairs(corpus)[number].pair_id, annotator):
            return found.annotations
    return ()


def exported(corpus: Corpus, file: Path) -> Tasks:
    export_tasks(corpus, file)
    made: Tasks = json.loads(file.read_text(encoding="utf-8"))
    return made


def given_back(corpus: Corpus, file: Path, made: object, **options: Any) -> Imported:
    file.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    return import_tasks(corpus, file, **options)


def retyped(made: Tasks, number: int = 0, label: str = "institution") -> Tasks:
    """The tasks after a person gave an entity another label in the browser."""
    changed = [{**task, "annotations": [by_browser(item) for item in task["annotations"]]} for task in made]
    region(changed[number]["annotations"][0], "en1", "entities_en")["value"]["labels"] = [label]
    return changed


def test_every_pair_is_a_task_and_nothing_changes_on_the_way(corpus: Corpus, file: Path) -> None:
    mine, hers = annotation(corpus), annotation(corpus, annotator="سارة", status="skipped", comment="؟")
    record(corpus, mine, hers, annotation(corpus, 2, entities=()))
    made = exported(corpus, file)
    assert [task["data"]["pair_id"] for task in made] == [pair.pair_id for pair in pairs(corpus)]
    assert made[2]["data"]["ar"] == ""
    assert [item["was_cancelled"] for item in made[0]["annotations"]] == [False, True]
    assert "completed_by" not in made[0]["annotations"][0]
    found = import_tasks(corpus, file)
    assert (found.tasks, found.merged.unchanged, found.outcome.whole) == (3, 3, True)
    other = corpora.new(file.parent / "other", {"d": ROWS})
    assert import_tasks(other, file).merged.recorded == 3
    assert (standing(other), standing(other, annotator="سارة")) == ((mine,), (hers,))


def test_suggestions_are_predictions_and_come_back_as_suggestions(corpus: Corpus, file: Path) -> None:
    suggested = annotation(corpus, annotator="model-1", origin="suggested")
    record(corpus, suggested)
    made = exported(corpus, file)
    assert made[0]["annotations"] == []
    assert made[0]["predictions"][0]["model_version"] == "model-1"
    other = corpora.new(file.parent / "other", {"d": ROWS})
    import_tasks(other, file)
    assert standing(other, annotator="model-1") == (suggested,)
    made[0]["predictions"] = [7]  # the server's own export holds numbers only
    assert given_back(corpus, file, made).outcome.whole


def test_what_changed_only_there_is_recorded(corpus: Corpus, file: Path) -> None:
    record(corpus, annotation(corpus))
    found = given_back(corpus, file, retyped(exported(corpus, file)))
    assert (found.merged.recorded, found.merged.conflicts) == (1, [])
    [now] = standing(corpus)
    assert now.entities[0].type == "institution"
    assert (now.entities[0].concept, now.seconds) == ("nvidia", 4.5)


def test_what_changed_only_here_stays(corpus: Corpus, file: Path) -> None:
    record(corpus, annotation(corpus))
    made = exported(corpus, file)
    record(corpus, annotation(corpus, comment="later"))
    found = given_back(corpus, file, made)
    assert (found.merged.newer_here, found.merged.recorded) == (1, 0)
    assert [item.comment for item in standing(corpus)] == ["later"]


@pytest.mark.parametrize(
    ("prefer", "left"),
    [(None, ["later", None]), ("here", ["later"]), ("there", [None])],
)
def test_what_changed_on_both_sides_stands_side_by_side_or_as_preferred(
    corpus: Corpus, file: Path, prefer: Any, left: list[str | None]
) -> None:
    record(corpus, annotation(corpus))
    made = retyped(exported(corpus, file))
    record(corpus, annotation(corpus, comment="later"))
    found = given_back(corpus, file, made, prefer=prefer)
    assert len(found.merged.conflicts) == (prefer is None)
    assert sorted([item.comment for item in standing(corpus)], key=str) == sorted(left, key=str)
    again = given_back(corpus, file, made, prefer=prefer)
    assert again.merged.conflicts == []
    assert sorted([item.comment for item in standing(corpus)], key=str) == sorted(left, key=str)


def test_what_was_undone_here_does_not_come_back_by_itself(corpus: Corpus, file: Path) -> None:
    record(corpus, annotation(corpus))
    made = exported(corpus, file)
    with corpus.journal() as journal:
        journal.undo(pairs(corpus)[0].pair_id, "layla")
    assert given_back(corpus, file, made).merged.newer_here == 1
    assert standing(corpus) == ()


def test_a_copy_that_another_person_made(corpus: Corpus, file: Path) -> None:
    record(corpus, annotation(corpus))
    made = exported(corpus, file)
    copied = by_browser(made[0]["annotations"][0])
    made[0]["annotations"].append({**copied, "completed_by": {"id": 3, "email": "Omar@example.org"}})
    found = given_back(corpus, file, made, people=People({"omar": "omar@example.org"}))
    assert (found.merged.unchanged, found.merged.recorded) == (1, 1)
    [omars] = standing(corpus, annotator="omar")
    assert (omars.origin, omars.entities) == ("imported", annotation(corpus).entities)


@pytest.mark.parametrize(
    ("user", "name"),
    [("sara@example.org", "sara@example.org"), (4, "user-4"), ({"id": 2, "email": "S@x.org"}, "S@x.org")],
)
def test_who_made_an_annotation_in_the_browser(corpus: Corpus, file: Path, user: Any, name: str) -> None:
    made = exported(corpus, file)
    made[1]["annotations"] = [{"id": 9, "completed_by": user, "result": []}]
    assert given_back(corpus, file, made).merged.recorded == 1
    assert standing(corpus, 1, annotator=name)[0].status == "done"


def _set(*path: Any, value: Any) -> Callable[[Tasks], None]:
    def change(made: Any) -> None:
        for step in path[:-1]:
            made = made[step]
        made[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set(0, value="no object"), "task 1: tasks: no pair_id in their data"),
        (_set(0, "data", "pair_id", value=7), "task 1: tasks: no pair_id in their data"),
        (_set(0, "data", "en", value="Nvidia!"), "annotations: the text 'en' was changed there"),
        (_set(0, "data", "scheme", value={"name": "other", "version": "1.0.0"}), "the scheme other 1.0.0"),
        (_set(0, "data", "scheme", "version", value="2.0.0"), "the scheme ai-market 2.0.0"),
        (_set(0, "data", "scheme", value=3), "made with the scheme 3 ?"),
        (_set(0, "annotations", 0, "result", value="none"), "their result is no list"),
        (_set(0, "annotations", 0, "result", 0, "value", "end", value=99),
         "annotation 1, region en1: entities: [0:99]"),
        (_set(0, "annotations", 0, "result", -1, "value", "text", value="{"), "its hidden text was changed"),
    ],
)  # fmt: skip
def test_faults_name_task_and_region_and_the_rest_is_taken(
    corpus: Corpus, file: Path, change: Callable[[Tasks], None], said: str
) -> None:
    first, second = annotation(corpus), annotation(corpus, 1)
    record(corpus, first, second)
    made = exported(corpus, file)
    other = corpora.new(file.parent / "other", {"d": ROWS})
    change(made)
    found = given_back(other, file, made)
    assert any(
        said in str(problem) and str(problem).startswith(f"{file}, task 1")
        for problem in found.outcome.problems
    )
    assert standing(other, 1) == (second,)
    strict = corpora.new(file.parent / "strict", {"d": ROWS})
    assert given_back(strict, file, made, strict=True).refused
    assert (standing(strict), standing(strict, 1)) == ((), ())


def test_a_hand_that_changed_the_hidden_text_too(corpus: Corpus, file: Path) -> None:
    made = annotation(corpus)
    [entity] = made.entities
    beyond = replace(made, entities=(replace(entity, end=99, text="Nvidia!"),))
    tasks_there = exported(corpus, file)
    tasks_there[0]["annotations"] = [annotation_object(beyond)]
    found = given_back(corpus, file, tasks_there)
    assert "[0:99] is no range in a text of" in str(found.outcome.problems[0])
    assert standing(corpus) == ()


def test_an_annotation_stands_where_its_pair_stands_now(corpus: Corpus, file: Path) -> None:
    record(corpus, annotation(corpus))
    made = exported(corpus, file)
    later = corpora.new(file.parent / "later", {"d": (("قال أحدهم إن", "Somebody said"), *ROWS)})
    assert given_back(later, file, made).merged.recorded == 1
    assert not check(later).problems


def test_pairs_that_a_build_changed_since_find_their_place(corpus: Corpus, file: Path) -> None:
    record(corpus, annotation(corpus))
    made = exported(corpus, file)
    corpora.publish(corpus, {"d": (("قال أحدهم إن", "Somebody said"), *ROWS)})
    moved = corpora.new(file.parent / "moved", {"d": ROWS[:1], "e": ROWS[1:]})
    assert given_back(corpus, file, made).outcome.whole
    assert given_back(moved, file, made).outcome.whole
    made[0]["data"]["en"] = "Another text"
    gone = corpora.new(file.parent / "gone", {"f": ROWS[1:]})
    [problem] = given_back(gone, file, made).outcome.problems
    assert "the corpus has no such pair, nor is it the text that was sent" in str(problem)


def test_strict_records_nothing_if_one_finds_no_place(corpus: Corpus, file: Path) -> None:
    record(corpus, annotation(corpus), annotation(corpus, 1))
    made = exported(corpus, file)
    for task in made:
        task["annotations"] = [by_browser(item) for item in task["annotations"]]
    half = corpora.new(file.parent / "half", {"d": ROWS[:1]})
    assert given_back(half, file, made, strict=True).refused
    assert standing(half) == ()
    found = given_back(half, file, made)
    assert (found.merged.recorded, len(found.moved.problems)) == (1, 1)


def test_drafts_and_unplaced_labels_are_accounted_for(corpus: Corpus, file: Path) -> None:
    record(corpus, annotation(corpus), annotation(corpus, 1))
    made = exported(corpus, file)
    made[1]["drafts"] = [{"result": []}]
    found = given_back(corpus, file, made)
    assert found.outcome.left_out == {("drafts", "not submitted there"): 1}
    corpora.publish(corpus, {"d": ROWS[:1]})
    _, outcome = export_tasks(corpus, file)
    assert list(outcome.left_out.values()) == [1]


def test_two_tasks_of_one_pair(corpus: Corpus, file: Path) -> None:
    record(corpus, annotation(corpus))
    made = exported(corpus, file)
    found = given_back(corpus, file, [made[0], *made])
    assert found.merged.unchanged == 2
    assert found.outcome.converted["tasks", "a second one of the same pair, read with the first"] == 1


def test_an_export_that_fails_leaves_the_file_that_was_there(corpus: Corpus, file: Path) -> None:
    record(corpus, annotation(corpus))
    file.write_text("before", encoding="utf-8")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_tasks(corpus, file, progress=stop)
    assert file.read_text(encoding="utf-8") == "before"
    assert [path.name for path in file.parent.iterdir() if path.is_file()] == [file.name]


def test_users_are_named_where_they_are_known(corpus: Corpus, tmp_path: Path) -> None:
    record(corpus, annotation(corpus), annotation(corpus, annotator="omar"))
    users = tmp_path / "users.toml"
    users.write_text('layla = "Layla@example.org"\n', encoding="utf-8")
    [first, *_] = corpus_tasks(corpus, Outcome(), read_people(users))
    assert [item.get("completed_by") for item in first["annotations"]] == [
        {"email": "layla@example.org"},
        None,
    ]


def test_two_that_stand_side_by_side_are_two_annotations(corpus: Corpus, file: Path) -> None:
    first = annotation(corpus)
    record(corpus, first)
    with corpus.journal() as journal:
        journal.record_beside(replace(first, comment="beside"), ())
    made = exported(corpus, file)
    one, other = (json.dumps(item["result"]) for item in made[0]["annotations"])
    assert ("beside" in one, "beside" in other) in {(True, False), (False, True)}
    assert import_tasks(corpus, file).merged.conflicts == []


def by_person(corpus: Corpus, number: int, *results: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A task with an annotation that was made in the page."""
    made = {"id": 9, "completed_by": "sara@example.org", "result": list(results), **fields}
    return {"id": number + 1, "data": data_of(pairs(corpus)[number], corpus.scheme), "annotations": [made]}


def labelled(label: str, start: int, end: int, **value: Any) -> dict[str, Any]:
    said = {"start": start, "end": end, "labels": [label], **value}
    return {"id": f"r{start}", "from_name": "entities_en", "to_name": "en", "type": "labels", "value": said}


def test_labels_of_old_exports_are_told(corpus: Corpus, file: Path) -> None:
    task = by_person(corpus, 0, labelled("company", 0, 6))
    task["completions"] = task.pop("annotations")
    found = given_back(corpus, file, [task])
    assert [(what, count) for (what, _), count in found.outcome.left_out.items()] == [("annotations", 1)]
    task["annotations"] = [3, "none"]
    found = given_back(corpus, file, [task])
    assert found.outcome.left_out["annotations", "they are no objects"] == 2


@pytest.mark.parametrize(
    "quote", ["Berlin, Germany", "Berlin,\\n\\nGermany", "Berlin,\u00a0 Germany", " Berlin,Germany"]
)
def test_a_quote_that_differs_in_white_space_alone_is_right(tmp_path: Path, quote: str) -> None:
    corpus = corpora.new(tmp_path / "corpus", {"d": [("تستضيف برلين", "Berlin,\r\n Germany hosts")]})
    task = by_person(corpus, 0, labelled("place", 0, 17, text=quote))
    found = given_back(corpus, tmp_path / "export.json", [task])
    assert found.outcome.whole
    [made] = standing(corpus, annotator="sara@example.org")
    assert (made.status, made.entities[0].text) == ("done", "Berlin,\r\n Germany")


def test_what_had_to_be_left_out_of_makes_it_a_matter_for_review(corpus: Corpus, file: Path) -> None:
    note = {**labelled("company", 0, 6), "meta": {"text": ["?"]}}
    tasks = [
        by_person(corpus, 0, labelled("City", 0, 6), labelled("company", 0, 6)),
        by_person(corpus, 1, note),
        by_person(corpus, 2, labelled("company", 0, 4), was_cancelled=True),
    ]
    found = given_back(corpus, file, tasks)
    assert not found.outcome.whole
    states = [standing(corpus, number, "sara@example.org")[0].status for number in range(3)]
    assert states == ["review", "review", "skipped"]


def test_regions_are_judged_at_their_borders(corpus: Corpus, file: Path) -> None:
    tasks = [
        by_person(corpus, 0, labelled("company", 6, 12), labelled("model", 0, 7), labelled("model", 16, 17)),
        by_person(corpus, 1, labelled("company", 0, 4)),
    ]
    found = given_back(corpus, file, tasks)
    [first] = standing(corpus, annotator="sara@example.org")
    assert [(item.start, item.end, item.text) for item in first.entities] == [
        (7, 11, "said"),
        (0, 6, "Nvidia"),
    ]
    assert found.outcome.converted["entities", "without the white space at their edges"] == 2
    assert found.outcome.left_out == {("entities", "holds white space alone"): 1}
    assert "begins or ends inside a word ('Nvid' beside 'ia')" in str(found.outcome.problems[-1])
    [second] = standing(corpus, 1, annotator="sara@example.org")
    assert (second.status, second.entities[0].text) == ("review", "Nvid")
    again = exported(corpus, file)
    assert given_back(corpus, file, again).outcome.whole  # what was sent is as it is meant


def test_predictions_are_counted_as_predictions(corpus: Corpus, file: Path) -> None:
    task = by_person(corpus, 0)
    task["annotations"] = []
    task["predictions"] = [{"id": 1, "model_version": "m1", "result": [labelled("company", 0, 6)]}, 7]
    found = given_back(corpus, file, [task])
    assert (found.merged.recorded, found.merged.predictions) == (0, 1)
    assert found.outcome.kept["predictions"] == 1
    assert found.outcome.whole
    assert "came as numbers alone" in found.outcome.problems[0].what


def test_another_s_edit_in_a_file_is_that_one_s(corpus: Corpus, file: Path) -> None:
    gold = annotation(corpus, annotator="gold", origin="gold")
    record(corpus, gold)
    made = exported(corpus, file)
    changed = by_browser(made[0]["annotations"][0])
    region(changed, "en1", "entities_en")["value"]["labels"] = ["institution"]
    changed |= {"id": 4, "completed_by": {"id": 1, "email": "o@x.org"}}
    for by in ({"updated_by": {"id": 2, "email": "sara@x.org"}}, {"updated_by": None}):
        made[0]["annotations"] = [{**changed, **by, "ground_truth": True}]
        found = given_back(corpus, file, made)
        assert (found.merged.recorded, found.merged.unchanged) == (1, 1)
        assert "has changed it there" in found.outcome.problems[0].what
    assert standing(corpus, annotator="gold") == (gold,)
    for name in ("sara@x.org", "o@x.org"):
        [edit] = standing(corpus, annotator=name)
        assert (edit.origin, edit.entities[0].type) == ("imported", "institution")


def test_a_change_by_whom_a_server_gave_it_to_is_its_annotator_s(corpus: Corpus, file: Path) -> None:
    record(corpus, annotation(corpus), annotation(corpus, 1, "gold", origin="gold"))
    made = exported(corpus, file)
    for task in made[:2]:
        changed = by_browser(task["annotations"][0])
        region(changed, "en1", "entities_en")["value"]["labels"] = ["institution"]
        task["annotations"] = [{**changed, "completed_by": 1, "updated_by": 1}]
    assert given_back(corpus, file, made).merged.recorded == 2
    assert [item.entities[0].type for item in standing(corpus)] == ["institution"]
    assert standing(corpus, annotator="user-1") == ()
    assert [item.entities[0].type for item in standing(corpus, 1, "gold")] == ["company"]
    assert [item.entities[0].type for item in standing(corpus, 1, "user-1")] == ["institution"]


def test_a_star_makes_gold_and_takes_it_away(corpus: Corpus, file: Path) -> None:
    record(corpus, annotation(corpus), annotation(corpus, 1, origin="gold"))
    made = exported(corpus, file)
    made[0]["annotations"][0] |= {"ground_truth": True, "updated_by": 7, "completed_by": 3}
    made[1]["annotations"][0]["ground_truth"] = False
    assert given_back(corpus, file, made).merged.recorded == 2
    assert [standing(corpus, number)[0].origin for number in (0, 1)] == ["gold", "imported"]


def test_tasks_of_others_are_told_once(corpus: Corpus, file: Path) -> None:
    made = [{"completed_by": 2, "result": []}]
    tasks = [{"id": number, "data": {"text": "x"}, "annotations": made} for number in range(50)]
    found = given_back(corpus, file, tasks)
    assert (len(found.outcome.problems), sum(found.outcome.left_out.values())) == (1, 50)
