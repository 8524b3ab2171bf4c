"""Processes beside this one: what they answer, what goes wrong in them, and that they end."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from hashiya.corpus.dataset.label_columns import LABELLED_COLUMNS, LabelColumns, LabelledPairs
from hashiya.corpus.dataset.label_processes import made_columns, worthwhile_processes
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.scheme_history import with_scheme
from hashiya.corpus.team.policies import StrictPolicy
from hashiya.schema.configs import class_names
from hashiya.schema.errors import CorpusError, HashiyaError
from hashiya.schema.scheme import NO_STANCE
from tests.corpora import label, new


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    corpus = new(tmp_path / "corpus", {"d": [("قالت ميتا.", "Meta said.")] * 5})
    with corpus.journal() as journal:
        journal.record([label(corpus.generation(), 0, ("en", "Meta"))])
    return corpus


def portions(corpus: Corpus) -> list[LabelledPairs]:
    (batch,) = corpus.generation().pair_batches()
    table = batch.select(LABELLED_COLUMNS)
    return [LabelledPairs(table.slice(number, 1)) for number in range(table.num_rows)]


def make(corpus: Corpus) -> LabelColumns:
    with corpus.journal(write=False) as journal:
        classes = class_names(with_scheme({}, corpus.scheme), NO_STANCE)
        return LabelColumns(corpus, classes, journal.pseudonyms(), StrictPolicy())


def test_the_columns_come_in_the_order_of_the_pairs(corpus: Corpus) -> None:
    one, three = (
        pa.concat_tables(made.table for made in made_columns(portions(corpus), make(corpus), processes))
        for processes in (1, 3)
    )
    assert three.equals(one)
    assert one["no_labels"].to_pylist() == [None, *["unlabelled"] * 4]


def test_an_error_of_the_project_keeps_its_type_and_its_words(corpus: Corpus) -> None:
    columns = make(corpus)
    (corpus.folder / "journal.sqlite").unlink()
    with pytest.raises(CorpusError, match="the journal, which holds all labels, is missing"):
        list(made_columns(portions(corpus), columns, 2))


def children() -> list[int]:
    """The processes that make columns for this one."""
    command = ["ps", "-ww", "-A", "-o", "pid=,ppid=,args="]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = [line.split(maxsplit=2) for line in said.splitlines()]
    return [
        int(pid) for pid, parent, args in found if int(parent) == os.getpid() and "label_processes" in args
    ]


def test_a_process_that_is_killed_is_said_to_be(corpus: Corpus) -> None:
    made = made_columns(portions(corpus), make(corpus), 2)
    next(made)
    assert len(children()) == 2
    os.kill(children()[0], signal.SIGKILL)
    with pytest.raises(HashiyaError, match="was ended by signal 9; release again"):
        list(made)
    assert children() == []


def test_processes_end_with_the_one_that_asks(corpus: Corpus) -> None:
    made = made_columns(portions(corpus), make(corpus), 3)
    next(made)
    made.close()
    assert children() == []


def test_a_program_that_asks_for_a_release_is_not_run_again(corpus: Corpus, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        f"""
from pathlib import Path
from hashiya.corpus.dataset.release import release
from hashiya.corpus.store.folder import Corpus
print("once")
release(Corpus.open(Path({str(corpus.folder)!r})), Path({str(tmp_path / "out")!r}), print, processes=2)
"""
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("once\n", "")


def test_few_events_need_no_process() -> None:
    assert [worthwhile_processes(events, 8) for events in (0, 39_000, 10**6)] == [1, 1, 4]
    assert worthwhile_processes(10**6, 2) == 2


def test_what_makes_columns_goes_to_a_process_after_it_was_used(corpus: Corpus) -> None:
    corpus.upgrade  # noqa: B018 - it is kept, and cannot be pickled
    columns = make(corpus)
    assert pickle.loads(pickle.dumps(columns))(portions(corpus)[0]).table.num_rows == 1
