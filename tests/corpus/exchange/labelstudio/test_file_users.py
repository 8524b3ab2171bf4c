"""Whose annotations are that a file gives to a number."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.exchange.labelstudio.people import People, read_people
from hashiya.corpus.exchange.labelstudio.sync_state import SyncState
from hashiya.corpus.exchange.labelstudio.task_files import Imported, import_tasks
from hashiya.corpus.exchange.labelstudio.write_task import data_of
from hashiya.corpus.store.folder import Corpus
from tests import corpora

ROWS = (("أعلنت إنفيديا أرباحها", "Nvidia announced"), ("اشترت غوغل شركة", "Google bought"))
MADE = "2026-11-28T02:04:17.050117Z"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpora.new(tmp_path / "corpus", {"d": ROWS})


def given(corpus: Corpus, number: int, user: Any, region: str = "Xy1_a", **fields: Any) -> dict[str, Any]:
    """A task that a user has labelled in the page."""
    pair = list(corpus.generation().pairs())[number]
    word = (pair.en or "").split()[0]
    value = {"start": 0, "end": len(word), "text": word, "labels": ["company"]}
    result = {"id": region, "from_name": "entities_en", "to_name": "en", "type": "labels", "value": value}
    made = {"id": 5, "completed_by": user, "result": [result], "lead_time": 2.0, **fields}
    return {"id": number + 1, "data": data_of(pair, corpus.scheme), "annotations": [made], "project": 7}


def imported(corpus: Corpus, name: str, *tasks: dict[str, Any], people: People | None = None) -> Imported:
    file = corpus.folder.parent / name
    file.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    return import_tasks(corpus, file, people=people)


def standing(corpus: Corpus, number: int = 0) -> list[str]:
    pair_id = corpus.generation().pair_ids()[number]
    with corpus.journal(write=False) as journal:
        return sorted(item.annotator for item in journal.standing(pair_id) if item.annotations)


@pytest.mark.parametrize(
    "line", ["sara = 2", 'sara = "2"', 'sara = ["sara@example.org", 2]', "sara = [3, 2]"]
)
def test_a_table_says_who_a_number_is(corpus: Corpus, tmp_path: Path, line: str) -> None:
    users = tmp_path / "users.toml"
    users.write_text(line, encoding="utf-8")
    done = imported(corpus, "export.json", given(corpus, 0, 2), people=read_people(users))
    assert (standing(corpus), done.outcome.problems) == (["sara"], [])


def test_further_e_mails_are_one_person_s(corpus: Corpus, tmp_path: Path) -> None:
    users = tmp_path / "users.toml"
    users.write_text('sara = ["sara@example.org", "S@work.org"]', encoding="utf-8")
    people = read_people(users)
    tasks = [given(corpus, 0, {"id": 4, "email": "s@Work.org"}), given(corpus, 1, "sara@example.org")]
    imported(corpus, "export.json", *tasks, people=people)
    assert (standing(corpus), standing(corpus, 1)) == (["sara"], ["sara"])
    assert people.email("sara") == "sara@example.org"


def test_a_number_alone_is_told_and_never_two_people(corpus: Corpus) -> None:
    done = imported(corpus, "a.json", given(corpus, 0, 2))
    [told] = done.outcome.problems
    assert (told.where.startswith("user 2 of"), told.left_out) == (True, False)
    assert "recorded as user-2; say who it is with --users" in told.what
    imported(corpus, "b.json", given(corpus, 1, 2, region="Qq"))
    assert (standing(corpus), standing(corpus, 1)) == (["user-2"], ["user-2 of b"])


def test_who_was_a_number_gets_a_name_later(corpus: Corpus) -> None:
    tasks = [given(corpus, 0, 2, created_at=MADE), given(corpus, 1, 2, created_at=MADE)]
    imported(corpus, "a.json", *tasks)
    pair_id = corpus.generation().pair_ids()[1]
    with corpus.journal() as journal:  # somebody went on with one of them here
        [standing_one] = [item.annotations[0] for item in journal.standing(pair_id, "user-2")]
        journal.record([replace(standing_one, comment="؟")])
    done = imported(corpus, "b.json", *tasks, people=People(numbers={2: "sara"}))
    assert "what stands here as user-2's is sara's now" in done.outcome.problems[0].what
    assert (standing(corpus), standing(corpus, 1)) == (["sara"], ["sara", "user-2"])
    assert imported(corpus, "b.json", *tasks, people=People(numbers={2: "sara"})).merged.unchanged == 2


def test_the_same_annotations_are_the_same_person_s(corpus: Corpus) -> None:
    first = given(corpus, 0, {"id": 2, "email": "sara@example.org"}, created_at=MADE)
    imported(corpus, "a.json", first)
    tasks = [given(corpus, 0, 2, created_at=MADE.replace("Z", "+00:00")), given(corpus, 1, 2)]
    done = imported(corpus, "b.json", *tasks)
    assert (done.merged.unchanged, done.merged.recorded, done.outcome.problems) == (1, 1, [])
    assert (standing(corpus), standing(corpus, 1)) == (["sara@example.org"], ["sara@example.org"])


def test_without_a_date_the_regions_show_that_they_are_the_same(corpus: Corpus) -> None:
    imported(corpus, "a.json", given(corpus, 0, "sara@example.org"))
    assert imported(corpus, "b.json", given(corpus, 0, 2)).merged.unchanged == 1
    other = imported(corpus, "c.json", given(corpus, 0, 2, region="other"))
    assert (other.merged.recorded, standing(corpus)) == (1, ["sara@example.org", "user-2"])


def test_who_a_table_calls_by_another_name_is_recorded_once(corpus: Corpus) -> None:
    imported(corpus, "a.json", given(corpus, 0, "sara@example.org"))
    done = imported(
        corpus, "b.json", given(corpus, 0, 2), given(corpus, 1, 2), people=People(numbers={2: "sara"})
    )
    assert (standing(corpus), standing(corpus, 1)) == (["sara@example.org"], ["sara"])
    assert "is sara, whose annotations stand here as sara@example.org's" in done.outcome.problems[0].what
    table = People({"sara": "sara@example.org"})
    again = imported(corpus, "c.json", given(corpus, 0, "sara@example.org"), people=table)
    assert (again.merged.unchanged, standing(corpus)) == (1, ["sara@example.org"])


@pytest.mark.parametrize(("project", "task", "name"), [(7, 1, "layla"), (8, 1, "user-2"), (7, 9, "user-2")])
def test_the_state_of_a_synchronisation_says_who_a_number_is(
    corpus: Corpus, project: int, task: int, name: str
) -> None:
    with SyncState.open(corpus.folder, "https://label.example.org", 7) as state:
        state.place(corpus.generation().pair_ids()[0], 1)
        state.meet({2: "layla"})
        state.save()
    imported(corpus, "a.json", {**given(corpus, 0, 2), "project": project, "id": task})
    assert standing(corpus) == [name]


def test_numbers_of_a_server_are_its_own() -> None:
    people = People({"layla": "l@x.org"}, users={2: "l@x.org"}, source="label.example.org")
    assert (people.annotator(2), people.annotator(7)) == ("layla", "user-7 of label.example.org")
    assert People(users={2: "s@x.org"}, numbers={2: "sara"}).email("sara") == "s@x.org"
