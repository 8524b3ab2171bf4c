"""A corpus and a project of a real Label Studio kept in step: push, pull, sync, conflicts, deletions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from hashiya.corpus.building.make_pairs import make_pairs
from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.labelstudio.server.project import Project
from hashiya.corpus.exchange.labelstudio.server.server import Server
from hashiya.corpus.exchange.labelstudio.sync.synchronise import Synced, SyncOptions, synchronise
from hashiya.corpus.journal.streams.assignments import record_assignment
from hashiya.corpus.store.folder import SYNC_STATE, Corpus
from hashiya.schema.errors import CorpusError, ServerError
from hashiya.schema.payloads import Assignment, Workload
from hashiya.schema.records import Annotation, Flag, Implication, Lang, Link, Stance
from hashiya.tui.cli.labelstudio.options import people_in
from tests import corpora
from tests.labelstudio.page import Page, choice, with_status, without
from tests.labelstudio.server import Server as Running

ROWS: corpora.Rows = [
    ("ارتفعت أسهم إنفيديا 🚀 يوم الاثنين", "Shares in Nvidia rose on Monday"),
    ("وقالت الشركة إن الطلب قوي", "The company said that demand was strong"),
    ("ماذا بعد؟", None),
    ("الطلب على الرقائق", "Demand for chips, says Nvidia"),
]
PEOPLE = People({"layla": "sara@example.org", "omar": "owner@example.org"})
_NUMBERS = count(1)


@dataclass
class Bench:
    """A corpus, a server, and the name of a project that is not there yet."""

    corpus: Corpus
    server: Server
    client: httpx.Client
    sara: httpx.Client
    name: str

    def sync(self, **wishes: Any) -> Synced:
        given = {"mode": "sync", "create": True, "people": PEOPLE, **wishes}
        if given["mode"] == "pull":
            given["create"] = False
        return synchronise(self.corpus, self.server, self.name, SyncOptions(**given))

    def page(self) -> Page:
        found = self.server.find(self.name)
        assert isinstance(found, Project)
        return Page(self.client, found.number, self.sara)

    def pair_id(self, number: int) -> str:
        return self.corpus.generation().pair_ids()[number]

    def label(self, number: int = 0, annotator: str = "layla", **fields: Any) -> Annotation:
        """Label a pair as the annotator's screen does: everything that a label can hold."""
        made = full(self.corpus, number, annotator, **fields)
        with self.corpus.journal() as journal:
            journal.record([made], self.corpus.generation().views(["d"])["d"].texts())
        return made

    def stands(self, number: int = 0, annotator: str = "layla") -> list[Annotation]:
        with self.corpus.journal(write=False) as journal:
            return [
                annotation
                for standing in journal.standing(self.pair_id(number), annotator)
                for annotation in standing.annotations
            ]


def full(corpus: Corpus, number: int, annotator: str, **fields: Any) -> Annotation:
    names: list[tuple[Lang, str]] = [("ar", "إنفيديا"), ("en", "Nvidia")]
    if number != 0:
        names = [("en", (ROWS[number][1] or "")[:6])]
    made = corpora.label(corpus.generation(), number, *names, annotator=annotator)
    if number == 0:
        ar, en = made.entities
        made = replace(
            made,
            entities=(replace(ar, concept="nvidia"), replace(en, concept="nvidia")),
            links=(Link(ar=ar.id, en=en.id),),
            stances=(Stance(target="chips", stance="bullish", holder="source", holder_entity=en.id),),
            implications=(
                Implication(target="chips", channel="demand", direction="positive", certainty="hedged"),
            ),
            flags=(
                Flag(lang="en", start=0, end=6, text="Shares", kind="mistranslation", intended="أسهم\nSh"),
            ),
            comment="انظر 🚀",
            seconds=12.5,
            created_at="2026-01-02T03:04:05.678+00:00",
        )
    return replace(made, **fields)


@pytest.fixture
def bench(label_studio: Running, tmp_path: Path) -> Iterator[Bench]:
    corpus = corpora.new(tmp_path / "corpus", {"d": ROWS})
    server = Server(label_studio.url, label_studio.owner.access_token)
    with server, label_studio.client() as client, label_studio.client(label_studio.annotator) as sara:
        yield Bench(corpus, server, client, sara, f"sync {next(_NUMBERS)}")


def counts(synced: Synced) -> dict[str, int]:
    return {
        what: number for what, number in synced.plan.counts().items() if number and not what.endswith("same")
    }


def test_a_push_sends_pairs_and_labels_and_a_second_one_nothing(bench: Bench) -> None:
    made = bench.label()
    first = bench.sync(mode="push")
    assert counts(first) == {"tasks to create": 4, "annotations to send with new tasks": 1}
    assert (first.plan.outcome.kept["annotations"], first.plan.outcome.kept["links"]) == (1, 1)
    task = bench.page().task(made.pair_id)
    assert task["data"]["ar"] == ROWS[0][0]
    assert [item["completed_by"] for item in task["annotations"]] == [2]
    assert task["annotations"][0]["lead_time"] == 12.5
    for _ in range(2):
        again = bench.sync(mode="push")
        assert (counts(again), again.plan.unchanged) == ({}, 1)
    assert len(bench.page().tasks()) == 4
    assert bench.sync(mode="pull").plan.unchanged == 1
    assert bench.stands() == [made]


def test_boilerplate_is_sent_only_where_someone_labelled_it(bench: Bench) -> None:
    made, beads = corpora.document("d", ROWS)
    ours = tuple(replace(sentence, kind="boilerplate") for sentence in beads[1].en)
    beads[1] = replace(beads[1], ar=(), en=ours)
    with bench.corpus.new_generation(bench.corpus.manifest()) as writer:
        writer.add(made, make_pairs(made, beads, corpora.tokenize))
        writer.publish("inputs", {})
    assert bench.sync().plan.counts()["tasks to create"] == 3
    bench.label(1, status="skipped", entities=())
    assert counts(bench.sync()) == {"tasks to create": 1, "annotations to send with new tasks": 1}


def test_what_changes_here_is_updated_there(bench: Bench) -> None:
    made = bench.label()
    bench.sync()
    bench.label(comment="جديد")
    bench.label(1, "omar", status="skipped")
    bench.label(3, "omar@example.org", origin="suggested")
    done = bench.sync()
    assert counts(done) == {
        "annotations to add there": 1,
        "annotations to change there": 1,
        "predictions to add there": 1,
    }
    task = bench.page().task(made.pair_id)
    (there,) = task["annotations"]
    assert (there["completed_by"], there["updated_by"]) == (2, 1)
    (comment,) = [item for item in there["result"] if item.get("from_name") == controls.COMMENT]
    assert comment["value"]["text"] == ["جديد"]
    (skipped,) = bench.page().task(bench.pair_id(1))["annotations"]
    assert (skipped["was_cancelled"], skipped["completed_by"]) == (True, 1)
    suggested = bench.page().task(bench.pair_id(3))
    assert (len(suggested["annotations"]), len(suggested["predictions"])) == (0, 1)
    assert counts(bench.sync()) == {}
    bench.label(3, "omar@example.org", origin="suggested", entities=())
    assert counts(bench.sync()) == {"predictions to change there": 1}
    assert len(bench.page().task(bench.pair_id(3))["predictions"]) == 1


def test_what_the_page_does_not_show_is_kept_when_a_person_changes_the_rest(bench: Bench) -> None:
    made = bench.label()
    bench.sync()
    bench.page().edit(made.pair_id, with_status("unsure"))
    told = bench.sync(mode="push")
    assert (counts(told), bench.stands()) == ({"changed there, for a pull": 1}, [made])
    done = bench.sync(mode="pull")
    assert counts(done) == {"annotations to record here": 1}
    assert bench.stands() == [replace(made, status="unsure", seconds=15.75)]
    assert counts(bench.sync()) == {}
    # What they agreed on is the new one: a change here is no conflict.
    bench.label(status="done", seconds=20.0)
    assert counts(bench.sync()) == {"annotations to change there": 1}


def test_a_new_annotation_there_is_recorded_for_its_user(bench: Bench, label_studio: Running) -> None:
    bench.sync()
    pair_id = bench.pair_id(1)
    with label_studio.client(label_studio.annotator) as sara:
        bench.page().annotate(pair_id, [choice(controls.STATUS, "done")], sara)
    assert counts(bench.sync()) == {"annotations to record here": 1}
    (made,) = bench.stands(1, "layla")
    assert (made.status, made.origin, made.seconds) == ("done", "imported", 2.5)
    assert counts(bench.sync()) == {}
    assert counts(bench.sync(people=People())) == {}


@pytest.mark.parametrize("mode", ["sync", "pull"])
def test_both_changed_is_a_conflict_that_a_save_settles(bench: Bench, mode: str) -> None:
    made = bench.label()
    bench.sync()
    bench.page().edit(made.pair_id, with_status("unsure"))
    here = bench.label(comment="هنا")
    done = bench.sync(mode=mode)
    assert len(done.plan.conflicts) == 1
    assert made.pair_id[:12] in done.plan.conflicts[0]
    assert "layla" in done.plan.conflicts[0]
    there = replace(made, status="unsure", seconds=15.75)
    assert sorted(bench.stands(), key=repr) == sorted([here, there], key=repr)
    waiting = bench.sync()
    assert counts(waiting) == {}
    assert [why for _, why in waiting.plan.outcome.left_out] == [
        "two stand side by side here; save one in `hashiya label`, or sync with --prefer"
    ]
    (standing,) = bench.page().task(made.pair_id)["annotations"]
    assert choice(controls.STATUS, "unsure")["value"] in [item.get("value") for item in standing["result"]]
    saved = bench.label(comment="معا", status="unsure")
    assert counts(bench.sync()) == {"annotations to change there": 1}
    assert bench.stands() == [saved]
    again = bench.sync()
    assert (counts(again), again.plan.outcome.whole, again.plan.conflicts) == ({}, True, [])


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("prefer", ["here", "there"])
def test_a_conflict_settled_by_preference(bench: Bench, prefer: str, waits: bool) -> None:
    made = bench.label()
    bench.sync()
    bench.page().edit(made.pair_id, with_status("unsure"))
    here = bench.label(comment="هنا")
    there = replace(made, status="unsure", seconds=15.75)
    if waits:
        bench.sync()
    bench.sync(prefer=prefer)
    assert bench.stands() == [here if prefer == "here" else there]
    again = bench.sync()
    assert (counts(again), again.plan.outcome.whole, again.plan.conflicts) == ({}, True, [])


def test_a_conflict_that_changes_again_there(bench: Bench) -> None:
    made = bench.label()
    bench.sync()
    bench.page().edit(made.pair_id, with_status("unsure"))
    here = bench.label(comment="هنا")
    bench.sync()
    bench.page().edit(made.pair_id, with_status("review"))
    assert len(bench.sync().plan.conflicts) == 1
    there = replace(made, status="review", seconds=19.0)
    assert sorted(bench.stands(), key=repr) == sorted([here, there], key=repr)


@pytest.mark.parametrize("prefer", [None, "here", "there"])
def test_what_was_deleted_there_is_told_and_followed_only_if_preferred(
    bench: Bench, prefer: str | None
) -> None:
    made = bench.label()
    bench.sync()
    bench.page().delete(made.pair_id)
    done = bench.sync(prefer=prefer)
    there = len(bench.page().task(made.pair_id)["annotations"])
    here = len(bench.stands())
    assert (here, there) == {None: (1, 0), "here": (1, 1), "there": (0, 0)}[prefer]
    assert done.plan.outcome.whole == (prefer is not None)
    assert counts(bench.sync()) == {}


@pytest.mark.parametrize("prefer", [None, "here", "there"])
def test_what_was_undone_here_is_told_and_followed_only_if_preferred(
    bench: Bench, prefer: str | None
) -> None:
    made = bench.label()
    bench.sync()
    with bench.corpus.journal() as journal:
        journal.undo(made.pair_id, "layla")
    done = bench.sync(prefer=prefer)
    there = len(bench.page().task(made.pair_id)["annotations"])
    assert (len(bench.stands()), there) == {None: (0, 1), "here": (0, 0), "there": (1, 1)}[prefer]
    assert done.plan.outcome.whole == (prefer is not None)


def test_a_task_deleted_there_is_made_again_only_if_preferred(bench: Bench) -> None:
    made = bench.label()
    bench.sync()
    bench.page().delete_task(made.pair_id)
    assert counts(bench.sync(mode="pull")) == {"changed here, for a push": 1}
    for mode in ("sync", "push"):
        done = bench.sync(mode=mode)
        assert (counts(done), done.plan.outcome.whole, len(bench.page().tasks())) == ({}, False, 3)
        assert "deleted there; --prefer here makes it again" in done.plan.outcome.problems[0].what
    done = bench.sync(prefer="here")
    assert counts(done) == {"tasks to create": 1, "annotations to send with new tasks": 1}
    assert "was deleted there" in done.plan.notes[0].what
    assert len(bench.page().task(made.pair_id)["annotations"]) == 1
    assert counts(bench.sync()) == {}


def test_a_task_deleted_there_takes_its_annotations_along_only_if_preferred(bench: Bench) -> None:
    made = bench.label()
    bench.sync()
    bench.label(annotator="omar", status="draft")  # was never sent
    bench.page().delete_task(made.pair_id)
    assert counts(bench.sync(prefer="there")) == {"annotations to undo here": 1}
    assert (bench.stands(), len(bench.stands(annotator="omar"))) == ([], 1)
    assert not bench.sync().plan.outcome.whole
    with bench.corpus.journal() as journal:
        journal.undo(made.pair_id, "omar")
    assert bench.sync().plan.outcome.whole
    assert counts(bench.sync(prefer="here")) == {"tasks to create": 1}


def test_a_text_changed_there_is_told_and_put_back_only_if_wished(bench: Bench) -> None:
    made = bench.label()
    bench.sync()
    bench.page().write_data(made.pair_id, en="Something else", colour="red")
    bench.page().edit(made.pair_id, without(controls.STATUS))
    for _ in range(2):
        done = bench.sync()
        assert counts(done) == {}
        assert any("was changed there" in why for _, why in done.plan.outcome.left_out)
    assert bench.stands() == [made]
    assert counts(bench.sync(prefer="here"))["tasks to update"] == 1
    data = bench.page().task(made.pair_id)["data"]
    assert (data["en"], data["colour"]) == (ROWS[0][1], "red")
    assert counts(bench.sync()) == {}
    assert bench.stands() == [made]


def test_a_rebuild_makes_new_tasks_and_tells_of_the_old(bench: Bench) -> None:
    bench.label()
    bench.sync()
    corpora.publish(bench.corpus, {"e": ROWS[1:2], "d": [*ROWS[:1], ("جديد", "New"), *ROWS[2:]]})
    done = bench.sync()
    assert counts(done)["tasks to create"] == 2
    assert ["its pair is gone" in note.what for note in done.plan.notes] == [True]
    assert len(bench.page().tasks()) == 6
    assert counts(bench.sync()) == {}


def test_without_its_state_everything_is_found_again(bench: Bench) -> None:
    made = bench.label()
    bench.sync()
    bench.page().edit(made.pair_id, with_status("unsure"))
    bench.sync()
    (bench.corpus.folder / SYNC_STATE).unlink()
    assert counts(bench.sync(dry_run=True)) == {}
    assert not (bench.corpus.folder / SYNC_STATE).exists()
    assert counts(bench.sync()) == {}
    assert len(bench.page().tasks()) == 4
    (bench.corpus.folder / SYNC_STATE).unlink()
    bench.label(comment="بعد")
    done = bench.sync()
    assert (counts(done), done.plan.conflicts) == ({"annotations to change there": 1}, [])


def test_unknown_annotators_are_listed_and_only_theirs_is_not_sent(bench: Bench) -> None:
    bench.label()
    bench.label(1, "nobody@example.org")
    bench.label(3, "karim")
    assert bench.sync(strict=True).verdict == "strict"
    assert bench.server.find(bench.name) is None
    done = bench.sync()
    assert (done.verdict, dict(done.plan.unknown)) == ("done", {"nobody@example.org": 1, "karim": 1})
    assert (done.plan.created, len(bench.page().tasks())) == (1, 4)
    bench.page().annotate(bench.pair_id(2), [choice(controls.STATUS, "done")], bench.sara)
    for _ in range(2):
        done = bench.sync()
        assert dict(done.plan.unknown) == {"nobody@example.org": 1, "karim": 1}
    assert len(bench.stands(2)) == 1
    sent = bench.sync(unassigned=True)
    assert (counts(sent), len(bench.page().tasks())) == ({"annotations to add there": 2}, 4)
    owners = [task["annotations"][0]["completed_by"] for task in bench.page().tasks() if task["annotations"]]
    assert sorted(owners) == [1, 1, 2, 2]
    assert counts(bench.sync()) == {}
    bench.page().edit(bench.pair_id(3), with_status("unsure"), client=bench.client)
    bench.sync()
    # An edit by whoever owns the key is his own, and not that of whom it was sent for.
    assert [item.status for item in bench.stands(3, "karim")] == ["done"]
    assert [item.status for item in bench.stands(3, "omar")] == ["unsure"]
    bench.label(1, "karim")
    assert dict(bench.sync().plan.unknown) == {"karim": 1}


def test_a_dry_run_changes_nothing(bench: Bench) -> None:
    made = bench.label()
    planned = bench.sync(dry_run=True)
    assert (planned.verdict, planned.plan.counts()["tasks to create"]) == ("dry run", 4)
    assert bench.server.find(bench.name) is None
    bench.sync()
    bench.page().edit(made.pair_id, with_status("unsure"))
    bench.label(1, "omar")
    before = bench.page().tasks()
    files = {path: path.read_bytes() for path in sorted(bench.corpus.folder.iterdir()) if path.is_file()}
    planned = bench.sync(dry_run=True)
    assert counts(planned) == {"annotations to add there": 1, "annotations to record here": 1}
    assert ages_aside(bench.page().tasks()) == ages_aside(before)
    assert {path: path.read_bytes() for path in files} == files
    assert counts(bench.sync()) == counts(planned)


def ages_aside(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: ages_aside(item) for name, item in value.items() if name != "created_ago"}
    return [ages_aside(item) for item in value] if isinstance(value, list) else value


def test_strict_does_nothing_where_something_would_be_left_out(bench: Bench) -> None:
    made = bench.label()
    wrong = replace(made, annotator="omar", entities=(replace(made.entities[0], text="xxxxxxx"),), links=())
    with bench.corpus.journal() as journal:
        journal.record([replace(wrong, stances=())])
    assert bench.sync(strict=True).verdict == "strict"
    assert bench.server.find(bench.name) is None
    done = bench.sync()
    assert (done.verdict, done.plan.created) == ("done", 1)
    assert "does not fit" in done.plan.outcome.problems[0].what


def test_a_person_s_copy_is_his_own_and_a_second_one_is_told(bench: Bench, label_studio: Running) -> None:
    made = bench.label()
    suggested = bench.label(3, "model-x", origin="suggested")
    bench.sync()
    page = bench.page()
    copied = page.task(made.pair_id)["annotations"][0]["result"]
    page.annotate(made.pair_id, with_status("unsure")(copied))
    with label_studio.client(label_studio.annotator) as sara:
        accepted = page.task(suggested.pair_id)["predictions"][0]["result"]
        page.annotate(suggested.pair_id, accepted, sara)
    assert counts(bench.sync()) == {"annotations to record here": 2}
    assert (bench.stands(), bench.stands(0, "omar")[0].status) == ([made], "unsure")
    assert [item.origin for item in bench.stands(3, "layla")] == ["imported"]
    assert bench.stands(3, "model-x") == [suggested]
    page.annotate(made.pair_id, with_status("review")(copied))
    done = bench.sync()
    assert counts(done) == {"annotations to record here": 1, "conflicts": 1}
    assert "omar: has another annotation in a second place there" in done.plan.conflicts[0]
    assert sorted(item.status for item in bench.stands(0, "omar")) == ["review", "unsure"]
    saved = bench.label(0, "omar", comment="معا")
    assert counts(bench.sync()) == {"annotations to change there": 1}
    again = bench.sync()
    assert (counts(again), again.plan.conflicts, bench.stands(0, "omar")) == ({}, [], [saved])


def test_a_wrong_project_and_a_wrong_configuration(bench: Bench) -> None:
    for name, mode in (("nothing like it", "push"), ("99999", "sync"), ("nothing like it", "pull")):
        bench.name = name
        with pytest.raises(ServerError, match="no project"):
            bench.sync(mode=mode, create=False)
    with pytest.raises(ServerError, match="3 to 50 characters"):
        bench.server.create("ab", "<View/>")
    bench.name = f"other {next(_NUMBERS)}"
    choices = '<Choices name="status" toName="en"><Choice value="x"/></Choices>'
    plain = f'<View><Text name="en" value="$en"/>{choices}</View>'
    bench.server.create(bench.name, plain)
    with pytest.raises(ServerError, match=r"it lacks .*entities_en.*hashiya labelstudio config"):
        bench.sync()
    assert "another one" in bench.sync(mode="pull").plan.notes[0].what


def test_two_synchronisations_at_once_are_refused(bench: Bench) -> None:
    bench.sync()
    project = bench.server.find(bench.name)
    assert project is not None

    def again(done: int, total: int) -> None:
        bench.sync()

    with pytest.raises(CorpusError, match="synchronised already"):
        synchronise(bench.corpus, bench.server, bench.name, SyncOptions(people=PEOPLE), looking=again)


def test_who_is_assigned_a_document_is_told_there_and_has_a_tab(bench: Bench) -> None:
    made = bench.label()
    bench.sync(mode="push")
    assert "assigned" not in bench.page().task(made.pair_id)["data"]

    def assign(*workloads: Workload) -> None:
        with bench.corpus.journal() as journal:
            record_assignment(journal, "work", "sara", Assignment(workloads=workloads))

    assign(
        Workload(annotator="layla", documents=("d",)),
        Workload(annotator="Omar الثاني", documents=("d",)),
        Workload(annotator="nobody", documents=("gone",)),
    )
    assert counts(bench.sync()) == {"tasks to update": 4}
    assert bench.page().task(made.pair_id)["data"]["assigned"] == "[Omar الثاني] [layla]"
    tabs = tabs_of(bench)
    assert list(tabs) == ["Default", "Omar الثاني", "layla", "nobody"]
    shown = {title: len(shown_in(bench, number)) for title, number in tabs.items()}
    assert shown == {"Default": 4, "Omar الثاني": 4, "layla": 4, "nobody": 0}
    # Told there, and nothing else: what was labelled comes back as it was, and nothing is made twice.
    assert counts(bench.sync()) == {}
    assert bench.stands() == [made]
    assert list(tabs_of(bench)) == list(tabs)
    with bench.corpus.journal() as journal:
        record_assignment(journal, "work", "sara", Assignment(workloads=()))
    assert counts(bench.sync()) == {"tasks to update": 4}
    assert "assigned" not in bench.page().task(made.pair_id)["data"]


def test_people_of_the_team_are_users_without_a_table(bench: Bench) -> None:
    """A label that was made under an earlier name belongs to the same user."""
    (bench.corpus.folder / "team.toml").write_text(
        '[[person]]\nname = "ليلى"\nformerly = ["layla"]\nlabelstudio = ["sara@example.org"]\n',
        encoding="utf-8",
    )
    made = bench.label()
    people = people_in(bench.corpus, None)
    assert counts(bench.sync(people=people, mode="push"))["annotations to send with new tasks"] == 1
    assert [item["completed_by"] for item in bench.page().task(made.pair_id)["annotations"]] == [2]
    bench.page().annotate(bench.pair_id(1), [choice(controls.STATUS, "done")], bench.sara)
    assert counts(bench.sync(people=people)) == {"annotations to record here": 1}
    assert [item.status for item in bench.stands(1, "ليلى")] == ["done"]
    assert bench.stands() == [made]


def tabs_of(bench: Bench) -> dict[str, int]:
    listed = (
        bench.client.get("/api/dm/views/", params={"project": bench.page().project}).raise_for_status().json()
    )
    return {view["data"]["title"]: view["id"] for view in sorted(listed, key=lambda view: view["id"])}


def shown_in(bench: Bench, view: int) -> list[dict[str, Any]]:
    options = {"project": str(bench.page().project), "view": str(view), "page_size": "100"}
    found: list[dict[str, Any]] = (
        bench.client.get("/api/tasks/", params=options).raise_for_status().json()["tasks"]
    )
    return found
