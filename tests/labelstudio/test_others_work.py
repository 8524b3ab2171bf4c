"""What people do to a project that hashiya made: nothing of it is erased, invented or given to another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.labelstudio.task_files import import_tasks
from tests.labelstudio.page import Result, choice, with_status
from tests.labelstudio.test_sync import Bench, bench, counts

__all__ = ["bench"]

QUALITY = '<Choices name="quality" toName="en"><Choice value="good"/></Choices>'


def mark(label: str, start: int, end: int, text: str, region: str = "r1", **more: Any) -> Result:
    value = {"start": start, "end": end, "text": text, "labels": [label]}
    return {
        "id": region, "from_name": "entities_en", "to_name": "en", "type": "labels", "value": value, **more
    }  # fmt: skip


def results(bench: Bench, number: int = 0, annotation: int = 0) -> list[Result]:
    there: list[Result] = bench.page().task(bench.pair_id(number))["annotations"][annotation]["result"]
    return [item for item in there if item.get("from_name") != controls.SENT]


def test_labels_and_controls_that_someone_added_are_told_and_stay_over_a_push(bench: Bench) -> None:
    bench.sync()
    page, pair_id = bench.page(), bench.pair_id(0)
    page.add_controls(label='<Label value="City"/>', end=QUALITY)
    foreign = [
        mark("City", 0, 6, "Shares", "r2"),
        {**choice("quality", "good"), "id": "q"},
        mark("company", 10, 18, "Nvidia r", "r3"),
    ]  # fmt: skip
    page.annotate(pair_id, [mark("company", 10, 16, "Nvidia"), *foreign], bench.sara)
    before = results(bench)
    for _ in range(2):
        done = bench.sync(mode="pull")
        assert sorted(what for what, _ in done.plan.outcome.left_out) == ["entities", "entities", "results"]
    (taken,) = bench.stands()
    assert (taken.status, [entity.text for entity in taken.entities]) == ("review", ["Nvidia"])
    bench.label(entities=(), comment="checked", status="done", links=(), stances=())
    assert counts(bench.sync(mode="push")) == {"annotations to change there": 1}
    now = results(bench)
    assert [item for item in before if item["id"] != "r1"] == [
        item for item in now if item["id"] in {"r2", "r3", "q"}
    ]
    assert not [item for item in now if item["id"] == "r1"]
    # It was known to be there when it was called done, so it is no doubt about that; told it is all the same.
    page.edit(pair_id, lambda given: [item for item in given if item["id"] != "r3"])
    again = bench.sync()
    assert (bench.stands()[0].status, again.plan.outcome.whole) == ("review", False)


def test_what_was_called_done_beside_it_stays_done(bench: Bench) -> None:
    bench.sync()
    page, pair_id = bench.page(), bench.pair_id(0)
    page.add_controls(label='<Label value="City"/>')
    page.annotate(pair_id, [mark("City", 0, 6, "Shares", "r2")], bench.sara)
    bench.sync()
    saved = bench.label(comment="checked")
    assert counts(bench.sync()) == {"annotations to change there": 1}
    for _ in range(2):
        done = bench.sync()
        assert (counts(done), done.plan.outcome.whole, bench.stands()) == ({}, False, [saved])
    page.edit(pair_id, with_status("unsure"))
    bench.sync()
    assert [item.status for item in bench.stands()] == ["unsure"]


def test_a_note_of_a_region_is_told_and_stays_over_a_push(bench: Bench) -> None:
    bench.sync()
    note = {"text": ["ask layla"]}
    bench.page().annotate(bench.pair_id(0), [mark("company", 10, 16, "Nvidia", meta=note)], bench.sara)
    done = bench.sync(mode="pull")
    assert list(done.plan.outcome.left_out) == [("notes", "'ask layla' has no place here")]
    (taken,) = bench.stands()
    entity = replace(taken.entities[0], type="institution")
    bench.label(entities=(entity,), links=(), stances=(), flags=())
    bench.sync(mode="push")
    (there,) = [item for item in results(bench) if item["id"] == "r1"]
    assert (there["meta"], there["value"]["labels"]) == (note, ["institution"])


def test_another_s_edit_of_gold_is_that_one_s_annotation_beside_it(bench: Bench) -> None:
    gold = bench.label(annotator="gold", origin="gold")
    bench.sync(unassigned=True)
    page = bench.page()
    page.edit(
        gold.pair_id,
        lambda given: [item for item in given if "en1" not in {item.get("id"), item.get("to_id")}],
    )
    for mode, recorded in (
        ("push", {"changed there, for a pull": 1}),
        ("pull", {"annotations to record here": 1}),
    ):
        assert counts(bench.sync(mode=mode, unassigned=True)) == recorded
    (hers,) = bench.stands()
    assert (hers.origin, [item.id for item in hers.entities]) == ("imported", ["ar0"])
    assert bench.stands(annotator="gold") == [gold]
    told = bench.sync(unassigned=True)
    assert counts(told) == {}
    assert "layla has changed it there" in told.plan.outcome.problems[-1].what
    # Once one of both changes here, each has an annotation of its own there.
    changed = bench.label(annotator="gold", origin="gold", comment="ذهب")
    assert counts(bench.sync(unassigned=True)) == {
        "annotations to add there": 1, "annotations to change there": 1
    }  # fmt: skip
    owners = [item["completed_by"] for item in page.task(gold.pair_id)["annotations"]]
    assert sorted(owners) == [1, 2]
    again = bench.sync(unassigned=True)
    assert (counts(again), again.plan.outcome.problems) == ({}, [])
    assert (bench.stands(annotator="gold"), bench.stands()) == ([changed], [hers])


def test_an_edit_that_was_not_pulled_is_not_pushed_over(bench: Bench) -> None:
    gold = bench.label(annotator="gold", origin="gold")
    bench.sync(unassigned=True)
    bench.page().edit(gold.pair_id, with_status("unsure"))
    edited = results(bench)
    bench.label(annotator="gold", origin="gold", comment="ذهب")
    done = bench.sync(mode="push", unassigned=True)
    assert "which does not stand here yet; pull first" in done.plan.outcome.problems[-1].what
    assert results(bench) == edited


def test_an_annotation_that_another_changed_before_it_was_ever_read(bench: Bench) -> None:
    bench.sync()
    page, pair_id = bench.page(), bench.pair_id(0)
    page.annotate(pair_id, [mark("company", 10, 16, "Nvidia")], bench.sara)
    page.edit(pair_id, lambda given: [*given, choice(controls.STATUS, "done")], client=bench.client)
    done = bench.sync()
    assert "omar changed it there" in done.plan.outcome.problems[0].what
    assert [item.status for item in bench.stands()] == ["review"]
    assert bench.stands(annotator="omar") == []


def test_an_annotation_that_another_changed_after_it_was_read(bench: Bench) -> None:
    bench.sync()
    page, pair_id = bench.page(), bench.pair_id(0)
    page.annotate(pair_id, [mark("company", 10, 16, "Nvidia")], bench.sara)
    bench.sync()
    before = bench.stands()
    page.edit(pair_id, lambda given: [mark("institution", 10, 16, "Nvidia")], client=bench.client)
    assert counts(bench.sync()) == {"annotations to record here": 1}
    assert bench.stands() == before
    assert [item.entities[0].type for item in bench.stands(annotator="omar")] == ["institution"]
    assert counts(bench.sync()) == {}


def test_stars_go_both_ways(bench: Bench) -> None:
    made = bench.label()
    bench.sync()
    page = bench.page()
    page.star(made.pair_id)
    assert counts(bench.sync()) == {"annotations to record here": 1}
    assert bench.stands() == [replace(made, origin="gold")]
    page.star(made.pair_id, False)
    bench.sync()
    assert bench.stands() == [made]
    bench.label(origin="adjudicated")
    bench.sync()
    assert page.task(made.pair_id)["annotations"][0]["ground_truth"] is True
    assert counts(bench.sync()) == {}
    page.star(made.pair_id, False)
    bench.sync()
    assert [item.origin for item in bench.stands()] == ["imported"]


@pytest.mark.parametrize("way", ["pull", "file"])
def test_labels_in_a_second_task_of_a_pair_are_that_pair_s(bench: Bench, tmp_path: Any, way: str) -> None:
    made = bench.label()
    bench.sync()
    page = bench.page()
    copy = page.copy_task(made.pair_id)
    page.annotate(made.pair_id, [mark("company", 10, 16, "Nvidia")], bench.client, copy)
    page.annotate(made.pair_id, [mark("institution", 10, 16, "Nvidia")], bench.sara, copy)
    if way == "pull":
        done = bench.sync(mode="pull")
        assert (counts(done)["annotations to record here"], len(done.plan.conflicts)) == (2, 1)
        assert "is a second one of the pair of task" in done.plan.notes[0].what
    else:
        file = tmp_path / "export.json"
        answer = bench.client.get(f"/api/projects/{page.project}/export", params={"exportType": "JSON"})
        file.write_bytes(answer.raise_for_status().content)
        imported = import_tasks(bench.corpus, file, people=People(numbers={1: "omar", 2: "layla"}))
        assert (imported.merged.recorded, len(imported.merged.conflicts)) == (1, 1)
    assert len(bench.stands()) == 2
    assert len(bench.stands(annotator="omar")) == 1
    saved = bench.label(comment="معا")
    bench.sync()
    again = bench.sync()
    assert (counts(again), again.plan.conflicts, bench.stands()) == ({}, [], [saved])


def test_who_a_number_is_in_an_export_is_known_from_the_server(bench: Bench, tmp_path: Any) -> None:
    bench.label()
    bench.sync()
    page = bench.page()
    page.annotate(bench.pair_id(1), [mark("company", 4, 11, "company")], bench.sara)
    page.annotate(bench.pair_id(2), [choice(controls.STATUS, "done")], bench.client)
    file = tmp_path / "export.json"
    answer = bench.client.get(f"/api/projects/{page.project}/export", params={"exportType": "JSON"})
    file.write_bytes(answer.raise_for_status().content)
    imported = import_tasks(bench.corpus, file)
    assert (imported.merged.recorded, imported.outcome.problems) == (2, [])
    assert (len(bench.stands(1)), len(bench.stands(2, "omar"))) == (1, 1)
    # The same once more, now from the server.
    assert counts(bench.sync()) == {}


def test_predictions_are_counted_as_such(bench: Bench) -> None:
    bench.sync()
    task = bench.page().task(bench.pair_id(0))["id"]
    made = {"task": task, "model_version": "m1", "result": [mark("company", 10, 16, "Nvidia")]}
    bench.client.post("/api/predictions/", json=made).raise_for_status()
    done = bench.sync()
    assert counts(done) == {"predictions to record here": 1}
    assert done.plan.outcome.kept["predictions"] == 1
    assert [item.origin for item in bench.stands(annotator="m1")] == ["suggested"]
