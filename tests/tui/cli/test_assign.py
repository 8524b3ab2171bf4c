"""`hashiya assign`: who gets what, what is written, what stays when people, documents and journals come."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hashiya.corpus.journal.streams.assignments import read_assignments
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.people import need_team
from hashiya.corpus.team.plan_work import plan_work, record_plan
from hashiya.schema.errors import CorpusError
from hashiya.schema.payloads import Assignment, Workload
from hashiya.tui.cli.main import app
from tests import corpora
from tests.corpora import Rows, label

ROWS: Rows = [("أعلنت إنفيديا أرباحها", "Nvidia announced its profit"), ("ارتفع السهم", "Its share rose")]
WORDS = 12
"""Words of both sides of `ROWS`."""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def report(*arguments: object) -> Any:
    ran = run("assign", *arguments, "--json")
    assert ran.exit_code == 0, ran.stderr
    return json.loads(ran.stdout)


def corpus_of(folder: Path, count: int, *people: str, plan: str = "") -> Corpus:
    corpus = corpora.new(folder, rows_of(count))
    write_team(corpus, *people, plan=plan)
    return corpus


def rows_of(count: int) -> dict[str, Rows]:
    return {f"d{number}": ROWS for number in range(count)}


def write_team(corpus: Corpus, *people: str, plan: str = "") -> None:
    lines = [f"[[person]]\n{person}\n" for person in people]
    (corpus.folder / "team.toml").write_text("\n".join([*lines, "[plan]", plan]), encoding="utf-8")


def workloads(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    with corpus.journal(write=False) as journal:
        said = read_assignments(journal)["work"]
    assert said.standing is not None
    return {workload.annotator: workload.documents for workload in said.standing.workloads}


def save(corpus: Corpus, annotator: str, *doc_ids: str, pairs: int = 2, **fields: object) -> None:
    generation = corpus.generation()
    with corpus.journal() as journal:
        journal.record(
            [
                label(generation, number, doc_id=doc_id, annotator=annotator, **fields)
                for doc_id in doc_ids
                for number in range(pairs)
            ]
        )


def test_a_plan_is_shown_written_found_again_and_undone(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "c", 10, 'name = "layla"', 'name = "sara"', plan="overlap = 0.2")
    dry = run("assign", corpus.folder, "--dry-run")
    assert dry.exit_code == 0, dry.stderr
    assert dry.stdout.splitlines() == [
        "Plan        work: 10 documents, 2 of them for two people",
        f"            layla: 6 documents, {6 * WORDS} words",
        f"            sara: 6 documents, {6 * WORDS} words",
        "Nothing was written (--dry-run).",
    ]
    with corpus.journal(write=False) as journal:
        assert not read_assignments(journal)
    made = report(corpus.folder)
    assert made["written"] is True
    plan = workloads(corpus)
    assert len(set(plan["layla"]) & set(plan["sara"])) == 2
    assert set(plan["layla"]) | set(plan["sara"]) == set(rows_of(10))
    again = report(corpus.folder)
    assert (again["written"], again["report"]["changed"]) == (False, False)
    assert "This is the plan that stands" in run("assign", corpus.folder).stdout
    assert report(corpus.folder, "--undo") == {"plan": "work", "undone": True}
    assert report(corpus.folder, "--undo") == {"plan": "work", "undone": False}
    assert report(corpus.folder)["written"] is True
    assert workloads(corpus) == plan


def test_a_seed_gives_the_same_plan_on_another_machine_and_a_merge_no_conflict(tmp_path: Path) -> None:
    one = corpus_of(tmp_path / "one", 12, 'name = "a"', 'name = "b"', plan="overlap = 0.25\nseed = 3")
    shutil.copytree(one.folder, tmp_path / "other")
    other = Corpus.open(tmp_path / "other")
    report(one.folder)
    report(other.folder)
    assert run("journal", "merge", one.folder, other.folder).exit_code == 0
    with one.journal(write=False) as journal:
        assert not read_assignments(journal)["work"].conflict
    assert workloads(one) == workloads(other)


def test_plans_that_two_machines_made_apart_become_one(tmp_path: Path) -> None:
    one = corpus_of(tmp_path / "one", 12, 'name = "a"', 'name = "b"')
    shutil.copytree(one.folder, tmp_path / "other")
    other = Corpus.open(tmp_path / "other")
    report(one.folder)
    report(other.folder, "--seed", 8)
    assert workloads(one) != workloads(other)
    first, second = workloads(one)["a"][0], workloads(other)["b"][-1]
    save(one, "a", first, pairs=1)
    save(other, "b", second, pairs=1)
    assert run("journal", "merge", one.folder, other.folder).exit_code == 0
    ran = run("assign", one.folder)
    assert "2 versions stood side by side" in ran.stderr
    assert ran.exit_code == 0
    plan = workloads(one)
    assert first in plan["a"]
    assert second in plan["b"]
    assert sorted((*plan["a"], *plan["b"])) == sorted(rows_of(12))
    assert run("journal", "merge", other.folder, one.folder).exit_code == 0
    assert report(other.folder)["written"] is False
    assert workloads(other) == plan


def test_documents_and_people_come_and_go(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "c", 6, 'name = "a"', 'name = "b"')
    report(corpus.folder)
    before = workloads(corpus)
    save(corpus, "a", before["a"][0])
    save(corpus, "b", before["b"][0], pairs=1)
    corpora.publish(corpus, rows_of(9))
    write_team(corpus, 'name = "a"\nleft = true', 'name = "b"', 'name = "c"')
    made = report(corpus.folder)["report"]
    plan = workloads(corpus)
    assert plan["a"] == before["a"][:1]
    assert plan["b"][0] == before["b"][0]
    assert sorted((*plan["b"], *plan["c"])) == sorted(set(rows_of(9)) - set(plan["a"]))
    assert set(made["moved"]) >= set(before["a"][1:])
    shown = {person["annotator"]: person for person in made["people"]}
    assert (shown["a"]["is_there"], shown["a"]["documents"]) == (False, 1)
    assert abs(shown["b"]["words_left"] - shown["c"]["words_left"]) <= WORDS
    corpora.publish(corpus, {"d8": ROWS})  # the other documents are gone, and nothing is said of them
    gone = report(corpus.folder)["report"]
    assert sorted((person["annotator"], person["documents"]) for person in gone["people"]) in (
        [("b", 0), ("c", 1)],
        [("b", 1), ("c", 0)],
    )
    assert set().union(*workloads(corpus).values()) == {"d8"}


def test_who_has_a_new_name_keeps_what_was_begun_under_the_old_one(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "c", 6, 'name = "a"', 'name = "b"')
    report(corpus.folder)
    before = workloads(corpus)
    save(corpus, "a", before["a"][0])
    write_team(corpus, 'name = "z"\nformerly = ["a"]', 'name = "b"')
    report(corpus.folder)
    assert workloads(corpus) == {"b": before["b"], "z": before["a"]}


def test_minutes_follow_the_pace_of_the_journal(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "c", 4, 'name = "a"', 'name = "b"')
    save(corpus, "a", "d0", seconds=600.0)
    made = {person["annotator"]: person for person in report(corpus.folder, "--dry-run")["report"]["people"]}
    assert sorted(person["words_left"] for person in made.values()) == [WORDS, 2 * WORDS]
    for person in made.values():  # two pairs, which are the words of a document, took 20 minutes
        assert person["minutes"] == 20 * person["words_left"] // WORDS


def test_gold_goes_to_all_but_who_made_it(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "c", 9, 'name = "a"', 'name = "b"', plan='gold = ["d3", "d4"]')
    save(corpus, "curator", "d3", origin="gold")
    ran = run("assign", corpus.folder, "--dry-run")
    assert "document d4: is gold, but nothing in it has known labels" in ran.stderr
    save(corpus, "b", "d4", origin="gold")
    made = report(corpus.folder)["report"]
    assert made["problems"] == []
    assert [person["gold"] for person in made["people"]] == [2, 1]
    plan = workloads(corpus)
    assert {"d3", "d4"} <= set(plan["a"])
    assert "d4" not in plan["b"]
    assert plan["a"].index("d3") not in {0, len(plan["a"]) - 1}


def test_who_reads_one_language_gets_documents_in_that_alone(tmp_path: Path) -> None:
    documents: Mapping[str, Rows] = {
        "both": ROWS,
        "en": [(None, "Nvidia announced its profit")],
        "ar": [("أعلنت إنفيديا أرباحها", None)],
    }
    corpus = corpora.new(tmp_path / "c", documents)
    write_team(corpus, 'name = "a"\nreads = ["en"]')
    ran = run("assign", corpus.folder)
    assert ran.exit_code == 1
    assert "document ar: nobody who labels reads its languages" in ran.stderr
    assert workloads(corpus) == {"a": ("en",)}
    write_team(corpus, 'name = "a"\nreads = ["en"]', 'name = "b"')
    report(corpus.folder)
    assert workloads(corpus) == {"a": ("en",), "b": ("both", "ar")}


def test_another_plan_stands_beside_the_usual_one(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "c", 4, 'name = "a"', 'name = "b"')
    report(corpus.folder)
    report(corpus.folder, "--plan", "second", "--overlap", 1)
    with corpus.journal(write=False) as journal:
        plans = read_assignments(journal)
    assert list(plans) == ["second", "work"]
    assert plans["second"].standing == Assignment(
        workloads=tuple(Workload(annotator=name, documents=("d0", "d1", "d2", "d3")) for name in "ab"),
        share=1.0,
    )
    # Without the option an extension keeps the share that the plan had.
    corpora.publish(corpus, rows_of(5))
    made = report(corpus.folder, "--plan", "second")["report"]
    assert len(made["overlap"]) == 5


def test_what_cannot_be_planned_is_refused_with_a_way_out(tmp_path: Path) -> None:
    corpus = corpora.new(tmp_path / "c", rows_of(2))
    missing = run("assign", corpus.folder)
    assert (missing.exit_code, "team.toml: is not there; write it" in str(missing.exception)) == (1, True)
    write_team(corpus, 'name = "a"\nroles = ["builder"]', 'name = "b"\nleft = true')
    assert "nobody in it is an annotator who is there" in str(run("assign", corpus.folder).exception)
    write_team(corpus, 'name = "a"', plan='gold = ["nowhere"]')
    assert "plan.gold: the corpus has no document 'nowhere'" in str(run("assign", corpus.folder).exception)
    assert run("assign", corpus.folder, "--undo", "--dry-run").exit_code == 2
    assert run("assign", corpus.folder, "--overlap", "1.5").exit_code == 2
    assert run("assign", corpus.folder, "--plan", " ").exit_code == 2


def test_a_plan_that_changed_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "c", 4, 'name = "a"', 'name = "b"')
    team = need_team(corpus.folder)
    planned = plan_work(corpus, team, day=date(2025, 1, 1))
    assert record_plan(corpus, planned, "a") is not None
    with pytest.raises(CorpusError, match="somebody else has just changed the plan work"):
        record_plan(corpus, planned, "b")
