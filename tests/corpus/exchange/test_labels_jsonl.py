from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashiya.corpus.exchange.labels_jsonl import export_labels, import_labels
from hashiya.corpus.exchange.recording import DOCUMENTS_TOGETHER
from hashiya.corpus.store.document_view import anchors
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.codec import from_json, to_json
from hashiya.schema.errors import SourceError
from hashiya.schema.records import Annotation, AnnotationLine, Place, Stance
from tests.corpora import label, new, publish
from tests.strategies import texts

ROWS = [("ارتفع سهم نفيديا.", "Nvidia rose."), ("قالت ميتا نعم.", "Meta said yes."), ("لا.", "No.")]
BULLISH = (Stance(target="chips", stance="bullish", holder="author"),)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return new(tmp_path / "corpus", {"d": ROWS})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "labels.jsonl"


def write(path: Path, *annotations: Annotation | str) -> Path:
    lines = [item if isinstance(item, str) else to_json(item) for item in annotations]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def made(corpus: Corpus) -> list[Annotation]:
    generation = corpus.generation()
    return [
        label(generation, 0, ("ar", "نفيديا"), ("en", "Nvidia"), stances=BULLISH, comment="سطر\nثانٍ"),
        label(generation, 0, annotator="omar", status="skipped"),
        label(generation, 1, ("en", "Meta"), seconds=12.5),
    ]


def exported(corpus: Corpus, **options: Any) -> list[Annotation]:
    """What is exported, without its history."""
    lines = export_labels(corpus, **options)
    return [from_json(AnnotationLine, line, "line").annotation() for line in lines]


def test_out_and_in_again_is_the_same(corpus: Corpus, file: Path, tmp_path: Path) -> None:
    wanted = made(corpus)
    report = import_labels(corpus, write(file, *wanted))
    assert (report.recorded, report.unchanged, report.problems) == (3, 0, [])
    assert exported(corpus) == wanted
    other = new(tmp_path / "other", {"d": ROWS})
    import_labels(other, write(file, *export_labels(corpus)))
    assert exported(other) == wanted


def test_the_same_file_twice_changes_nothing(corpus: Corpus, file: Path) -> None:
    write(file, *made(corpus))
    import_labels(corpus, file)
    again = import_labels(corpus, file)
    assert (again.recorded, again.unchanged) == (0, 3)
    with corpus.journal() as journal:
        assert sum(len(journal.history(item.pair_id, item.annotator)) for item in journal.standing()) == 3


def test_work_that_stands_is_not_overwritten_unasked(corpus: Corpus, file: Path) -> None:
    first, *_ = made(corpus)
    import_labels(corpus, write(file, first))
    write(file, replace(first, comment="other"))
    report = import_labels(corpus, file)
    assert (report.recorded, report.beside, report.problems) == (1, 1, [])
    assert sorted(str(item.comment) for item in exported(corpus)) == ["other", "سطر\nثانٍ"]
    assert import_labels(corpus, file).unchanged == 1
    assert import_labels(corpus, write(file, replace(first, comment="third")), replace=True).recorded == 1
    assert [item.comment for item in exported(corpus)] == ["third"]


def away(corpus: Corpus, folder: Path) -> Corpus:
    return Corpus.open(Path(shutil.copytree(corpus.folder, folder)))


def test_a_colleagues_later_state_takes_the_place_of_an_earlier_one(
    corpus: Corpus, file: Path, tmp_path: Path
) -> None:
    first, *_ = made(corpus)
    import_labels(corpus, write(file, first))
    there = away(corpus, tmp_path / "away")
    for words in ("then", "later"):
        import_labels(there, write(file, replace(first, comment=words)), replace=True)
    report = import_labels(corpus, write(file, *export_labels(there)))
    assert (report.recorded, report.beside, report.problems) == (1, 0, [])
    assert [item.comment for item in exported(corpus)] == ["later"]
    back = import_labels(there, write(file, *export_labels(corpus)))
    assert (back.recorded, back.unchanged) == (0, 1)


def test_an_earlier_state_does_not_come_back(corpus: Corpus, file: Path, tmp_path: Path) -> None:
    first, *_ = made(corpus)
    import_labels(corpus, write(file, first))
    early = write(tmp_path / "early.jsonl", *export_labels(corpus))
    bare = write(tmp_path / "bare.jsonl", first)
    import_labels(corpus, write(file, replace(first, comment="later")), replace=True)
    for old in (early, bare):
        report = import_labels(corpus, old)
        assert (report.recorded, report.unchanged, report.newer) == (0, 1, 1)
    assert [item.comment for item in exported(corpus)] == ["later"]


def test_what_both_changed_stands_side_by_side_and_one_undo_leads_to_what_both_had(
    corpus: Corpus, file: Path, tmp_path: Path
) -> None:
    first, *_ = made(corpus)
    import_labels(corpus, write(file, first))
    there = away(corpus, tmp_path / "away")
    import_labels(there, write(file, replace(first, comment="there")), replace=True)
    import_labels(corpus, write(file, replace(first, comment="here")), replace=True)
    report = import_labels(corpus, write(file, *export_labels(there)))
    assert (report.recorded, report.beside) == (1, 1)
    with corpus.journal() as journal:
        (standing,) = journal.standing()
        assert sorted(str(item.comment) for item in standing.annotations) == ["here", "there"]
        assert {head.parents for head in standing.heads} == {standing.heads[0].parents}
        assert len(standing.heads[0].parents) == 1
    # A conflict goes out as two lines, and comes in as one.
    lines = list(export_labels(corpus))
    other = new(tmp_path / "other", {"d": ROWS})
    assert import_labels(other, write(file, *lines)).beside == 1
    assert sorted(str(item.comment) for item in exported(other)) == ["here", "there"]


def test_a_bad_line_is_named_and_the_others_are_recorded(corpus: Corpus, file: Path) -> None:
    first, second, third = made(corpus)
    entity = replace(first.entities[0], start=first.entities[0].start + 1, end=first.entities[0].end + 1)
    report = import_labels(
        corpus,
        write(
            file,
            "{broken",
            replace(first, entities=(entity, *first.entities[1:])),
            second,
            "",
            replace(third, place=Place(doc_id="elsewhere")),
            '{"pair_id": 1}',
            third,
        ),
    )
    assert report.recorded == 2
    told = {problem.where.rpartition(", ")[2]: problem.what for problem in report.problems}
    assert set(told) == {"line 1", "line 2", "line 5", "line 6"}
    assert "invalid JSON" in told["line 1"]
    assert "entities[0].text: quotes 'نفيديا', but the text at" in told["line 2"]
    assert "no document 'elsewhere'" in told["line 5"]


def test_a_pair_with_another_id_is_found_by_its_place(corpus: Corpus, file: Path) -> None:
    first, *_ = made(corpus)
    report = import_labels(corpus, write(file, replace(first, pair_id="f" * 32)))
    assert (report.recorded, report.moved) == (1, 1)
    assert [json.loads(line)["pair_id"] for line in export_labels(corpus)] == [first.pair_id]


def test_labels_of_an_old_text_find_their_place_in_the_new_one(corpus: Corpus, file: Path) -> None:
    first, *_ = made(corpus)
    import_labels(corpus, write(file, first))
    publish(corpus, {"d": [("وأخيرًا ارتفع سهم نفيديا.", "Nvidia rose."), *ROWS[1:]]})
    third = replace(first, annotator="salma")
    report = import_labels(corpus, write(file, third))
    assert report.recorded == 1
    assert any("'what': 'stance'" in problem.what for problem in report.problems)
    (line,) = (line for line in export_labels(corpus) if "salma" in line)
    assert json.loads(line)["status"] == "review"


def test_a_text_that_nobody_knows_is_not_guessed_at(corpus: Corpus, file: Path) -> None:
    first, *_ = made(corpus)
    ar = first.place.ar
    assert ar
    unknown = replace(ar, document_hash=text_hash("unknown"), text_hash=text_hash("unknown"))
    report = import_labels(
        corpus,
        write(file, replace(first, pair_id="f" * 32, place=replace(first.place, ar=unknown, en=unknown))),
    )
    assert report.recorded == 0
    assert "its text is no longer in the document" in report.problems[0].what


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"start": 3}, "place.en: [3:"),
        ({"end": -(10**25)}, "place.en: ["),
        ({"text_hash": "zz"}, "place.en.text_hash"),
        ({"document_hash": "zz"}, "place.en.document_hash"),
        (None, "place.en: is missing"),
    ],
)
def test_a_wrong_place_is_refused(
    corpus: Corpus, file: Path, change: dict[str, Any] | None, complaint: str
) -> None:
    _, _, third = made(corpus)
    assert third.place.en
    wrong = None if change is None else replace(third.place.en, **change)
    report = import_labels(corpus, write(file, replace(third, place=replace(third.place, en=wrong))))
    assert report.recorded == 0
    assert complaint in report.problems[0].what


def test_what_was_exported_comes_back_also_what_has_no_place(corpus: Corpus, file: Path) -> None:
    import_labels(corpus, write(file, *made(corpus), label(corpus.generation(), 2, ("en", "No"))))
    publish(corpus, {"d": ROWS[:2]})
    write(file, *export_labels(corpus))
    report = import_labels(corpus, file)
    assert (report.recorded, report.unchanged, report.problems) == (0, 4, [])


def test_a_byte_order_mark_is_no_fault(corpus: Corpus, file: Path) -> None:
    write(file, *made(corpus))
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert import_labels(corpus, file).recorded == 3


def test_export_by_status(corpus: Corpus, file: Path) -> None:
    import_labels(corpus, write(file, *made(corpus)))
    assert [json.loads(line)["annotator"] for line in export_labels(corpus, status="skipped")] == ["omar"]


def test_labels_without_a_pair_are_exported_last(corpus: Corpus, file: Path) -> None:
    lost = label(corpus.generation(), 2, ("en", "No"))
    kept, *_ = made(corpus)
    import_labels(corpus, write(file, lost, kept))
    publish(corpus, {"d": ROWS[:2]})
    assert exported(corpus) == [kept, lost]
    assert exported(corpus, only_unplaced=True) == [lost]


def test_a_missing_file_is_a_message(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        import_labels(corpus, tmp_path / "none.jsonl")


@settings(max_examples=25)
@given(st.lists(st.tuples(texts(min_size=1), texts(min_size=1)), min_size=1, max_size=4), st.data())
def test_any_text_goes_round(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("round")
    corpus = new(folder / "corpus", {"d": rows})
    generation = corpus.generation()
    annotations = []
    for number, (ar, _) in enumerate(rows):
        start = data.draw(st.integers(0, len(ar) - 1))
        annotations.append(label(generation, number, ("ar", ar[start:]), comment=ar, annotator="ليلى"))
    report = import_labels(corpus, write(folder / "labels.jsonl", *annotations))
    assert not report.problems
    assert exported(corpus) == annotations


@pytest.mark.parametrize("piped", [False, True])
def test_lines_of_many_documents_in_any_order_all_come_in(tmp_path: Path, piped: bool) -> None:
    names = [f"d{number}" for number in range(DOCUMENTS_TOGETHER + 50)]
    corpus = new(
        tmp_path / "corpus", {name: [(f"قال {name}.", f"{name} said."), ("لا.", "No.")] for name in names}
    )
    generation = corpus.generation()
    views = generation.views(names)
    made = [
        replace(one, pair_id=pair.pair_id, place=anchors(views[name].document, pair))
        for one in (label(generation, 0, doc_id="d0"), label(generation, 0, doc_id="d0", annotator="omar"))
        for number in (1, 0)
        for name in names
        for pair in [views[name].pairs[number]]
    ]
    lines = [to_json(item) for item in made]
    lines[7] = "{}"
    file = write(tmp_path / "labels.jsonl", *lines)
    if piped:
        os.mkfifo(tmp_path / "pipe")
        with ThreadPoolExecutor(1) as pool:
            written = pool.submit((tmp_path / "pipe").write_bytes, file.read_bytes())
            report = import_labels(corpus, tmp_path / "pipe")
            written.result()
    else:
        report = import_labels(corpus, file)
    assert (report.recorded, report.unchanged) == (len(made) - 1, 0)
    assert [problem.where.rpartition(", ")[2] for problem in report.problems] == ["line 8"]
    missing = {(item.pair_id, item.annotator) for item in made}
    missing -= {(item.pair_id, item.annotator) for item in exported(corpus)}
    assert missing == {(made[7].pair_id, made[7].annotator)}
