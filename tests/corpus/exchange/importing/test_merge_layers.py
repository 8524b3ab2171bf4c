"""An import into what stands: what the format does not hold stays; what hung on a lost name is counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.building.make_pairs import make_pairs
from hashiya.corpus.exchange.convert import write_labels
from hashiya.corpus.exchange.export_sides import Selection
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import LabelError
from hashiya.schema.records import LANGS, Annotation, Stance
from tests.corpora import document, label, tokenize
from tests.corpus.exchange.labelled import corpus_of, entity, record, rich, standing, take_in

Line = dict[str, Any]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    made = corpus_of(tmp_path / "corpus")
    record(made, [rich(made)])
    return made


def edited(corpus: Corpus, file: Path, change: Callable[[list[Line]], None], name: str = "doccano") -> Path:
    """The corpus's labels as a file that somebody has changed."""
    write_labels(corpus, name, file)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    change(lines)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def imported(corpus: Corpus, file: Path, name: str = "doccano") -> tuple[Outcome, Annotation]:
    outcome, _ = take_in(corpus, name, file, "layla", replace=True)
    (after,) = standing(corpus)
    return outcome, after


def test_a_new_entity_leaves_the_others_as_they_are(corpus: Corpus, tmp_path: Path) -> None:
    (before,) = standing(corpus)
    file = edited(corpus, tmp_path / "f", lambda lines: lines[1]["label"].append([10, 14, "place"]))
    outcome, after = imported(corpus, file)
    assert outcome.whole
    (new_one,) = set(after.entities) - set(before.entities)
    assert (new_one.id, new_one.text) == ("en4", "said")
    assert set(before.entities) < set(after.entities)
    assert (after.links, after.stances, after.comment) == (before.links, before.stances, before.comment)
    assert set(after.flags) == set(before.flags)
    assert after.origin == "imported"


def test_without_replace_what_stands_stands(corpus: Corpus, tmp_path: Path) -> None:
    before = standing(corpus)
    file = edited(corpus, tmp_path / "f", lambda lines: lines[1]["label"].append([10, 14, "place"]))
    outcome, report = take_in(corpus, "doccano", file, "layla")
    assert "--replace" in outcome.problems[0].what
    assert (report.recorded, standing(corpus)) == (0, before)
    with pytest.raises(LabelError, match="nothing was recorded"):
        take_in(corpus, "doccano", file, "layla", strict=True)


def test_what_hung_on_an_entity_that_is_gone_is_counted(corpus: Corpus, tmp_path: Path) -> None:
    file = edited(corpus, tmp_path / "f", lambda lines: lines[0]["label"].pop(0))
    outcome, after = imported(corpus, file)
    assert after.links == ()
    assert after.stances == (Stance(target="chips", stance="bullish", holder="source"),)
    assert outcome.left_out == {
        ("links", "an entity of theirs is not in the file"): 1,
        ("holders", "their entity is not in the file"): 1,
    }
    assert {problem.where for problem in outcome.problems} == {f"{file}, line 1"}


def test_a_stance_that_would_contradict_another_goes(corpus: Corpus, tmp_path: Path) -> None:
    (before,) = standing(corpus)
    rival = Stance(target="chips", stance="bearish", holder="source")
    record(corpus, [replace(before, stances=(*before.stances, rival))])
    file = edited(corpus, tmp_path / "f", lambda lines: lines[0]["label"].pop(0))
    outcome, after = imported(corpus, file)
    assert after.stances == (rival,)
    assert outcome.left_out["stances", "without its holder's entity it would contradict another"] == 1


def test_an_entity_whose_border_moved_keeps_its_id_where_the_file_has_ids(
    corpus: Corpus, tmp_path: Path
) -> None:
    (before,) = standing(corpus)

    def change(lines: list[Line]) -> None:
        lines[0]["spans"][0]["end"] -= 1

    outcome, after = imported(corpus, edited(corpus, tmp_path / "f", change, "prodigy"), "prodigy")
    assert outcome.whole
    assert after.links == before.links
    assert {item.id for item in after.entities} == {item.id for item in before.entities}


def test_a_side_that_is_not_in_the_file_stays(corpus: Corpus, tmp_path: Path) -> None:
    (before,) = standing(corpus)

    def change(lines: list[Line]) -> None:
        del lines[0]
        lines[0]["label"] = [[0, 6, "company"]]

    outcome, after = imported(corpus, edited(corpus, tmp_path / "f", change))
    assert [item for item in after.entities if item.lang == "ar"] == [
        item for item in before.entities if item.lang == "ar"
    ]
    assert [item.text for item in after.entities if item.lang == "en"] == ["Nvidia"]
    assert after.links == before.links
    assert "1 flags were kept as they stood" in outcome.problems[0].what


def test_flags_are_replaced_where_the_file_has_flags(corpus: Corpus, tmp_path: Path) -> None:
    def change(lines: list[Line]) -> None:
        lines[1]["label"] = [item for item in lines[1]["label"] if not item[2].startswith("flag:")]

    _, after = imported(corpus, edited(corpus, tmp_path / "f", change))
    assert [(item.lang, item.intended) for item in after.flags] == [("ar", "AI")]


def test_columns_leave_flags_alone(corpus: Corpus, tmp_path: Path) -> None:
    (before,) = standing(corpus)
    write_labels(corpus, "conll", tmp_path / "out")
    path = tmp_path / "out" / "out.ar.conll"
    path.write_bytes(path.read_bytes().replace(b"B-company", b"B-model"))
    outcome, after = imported(corpus, tmp_path / "out", "conll")
    assert set(after.flags) == set(before.flags)
    assert not any("flags" in problem.what for problem in outcome.problems)


def test_a_status_that_is_given_wins(corpus: Corpus, tmp_path: Path) -> None:
    file = edited(corpus, tmp_path / "f", lambda lines: None)
    for status in ("review", "done"):
        take_in(corpus, "doccano", file, "layla", status=status, replace=True)
        assert [item.status for item in standing(corpus)] == [status]
        write_labels(corpus, "doccano", file, Selection(status=None))


def test_two_that_stand_side_by_side_are_not_chosen_from(corpus: Corpus, tmp_path: Path) -> None:
    file = edited(corpus, tmp_path / "f", lambda lines: None)
    with corpus.journal() as journal:
        journal.record_beside(label(corpus.generation(), 0), ())
    outcome, report = take_in(corpus, "doccano", file, "layla", replace=True)
    assert "two of layla stand side by side" in outcome.problems[0].what
    assert (report.recorded, report.unchanged) == (0, 0)


def test_boilerplate_is_not_labelled(tmp_path: Path) -> None:
    corpus = with_boilerplate(tmp_path / "corpus")
    pair_id = corpus.generation().pair_ids()[1]
    file = tmp_path / "in.jsonl"
    line: Line = {
        "text": "Subscribe",
        "label": [[0, 9, "company"]],
        "meta": {"pair_id": pair_id, "lang": "en"},
    }
    file.write_text(json.dumps(line))
    outcome, report = take_in(corpus, "doccano", file, "layla")
    assert (report.recorded, outcome.problems[0].what) == (0, "boilerplate is not labelled")
    del line["meta"]
    file.write_text(json.dumps(line))
    outcome, report = take_in(corpus, "doccano", file, "layla")
    assert (report.recorded, outcome.problems[0].what) == (0, "boilerplate is not labelled")
    record(corpus, [label(corpus.generation(), 1, ("en", "Subscribe"))])
    outcome = write_labels(corpus, "doccano", tmp_path / "out", Selection(unlabelled=True))
    assert outcome.left_out["annotations", "boilerplate is not labelled"] == 1
    assert outcome.kept["sides"] == 2


def with_boilerplate(folder: Path) -> Corpus:
    """A corpus of two pairs, the second of which is boilerplate."""
    corpus = Corpus.create(folder, "test", None)
    made, beads = document("d", [("نعم", "Yes"), ("اشترك", "Subscribe")])
    ar, en = (tuple(replace(item, kind="boilerplate") for item in beads[1].side(lang)) for lang in LANGS)
    with corpus.new_generation(corpus.manifest()) as writer:
        writer.add(made, make_pairs(made, [beads[0], PlacedBead(ar=ar, en=en)], tokenize))
        writer.publish("inputs", {})
    return corpus


def test_a_name_that_nobody_can_have(corpus: Corpus, tmp_path: Path) -> None:
    file = edited(corpus, tmp_path / "f", lambda lines: None)
    outcome, report = take_in(corpus, "doccano", file, "a\nb")
    assert report.recorded == 0
    assert "is empty or holds control characters" in outcome.problems[0].what


def test_ids_are_new_where_the_files_are_taken(corpus: Corpus, tmp_path: Path) -> None:
    def change(lines: list[Line]) -> None:
        lines[1]["spans"].append({"start": 7, "end": 9, "label": "place", "id": "ar1"})

    _, after = imported(corpus, edited(corpus, tmp_path / "f", change, "prodigy"), "prodigy")
    assert entity(corpus, 0, "en", "🇸🇦", "en4", label="place") in after.entities
