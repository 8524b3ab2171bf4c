"""Whoever imported what was sent from here has labelled nothing; whoever labelled the same has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.exchange.importing.import_sides import Terms, annotations_of
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Lang
from tests.corpora import label
from tests.corpus.exchange.labelled import corpus_of, flag, record

META = SideMark(start=0, end=4, label="company")
MARKS: dict[tuple[int, Lang], tuple[SideMark, ...]] = {
    (1, "ar"): (SideMark(start=5, end=9, label="company"),),
    (1, "en"): (META, SideMark(start=5, end=9, label="flag:mistranslation")),
    (2, "ar"): (),
}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    made = corpus_of(tmp_path / "corpus")
    sent = label(made.generation(), 1, ("ar", "ميتا"), ("en", "Meta"))
    record(made, [replace(sent, flags=(flag(made, 1, "en", "said"),))])
    return made


def sides(
    corpus: Corpus, annotator: str, sent_as: str = "layla", **changed: tuple[SideMark, ...]
) -> list[Side]:
    """All sides of two pairs as they were sent, of which the first has labels; some are changed."""
    pairs = corpus.generation().views(["d"])["d"].pairs
    return [
        Side(
            where=f"{annotator}.jsonl",
            pair_id=pairs[number].pair_id,
            lang=lang,
            text=pairs[number].text(lang),
            marks=changed.get(f"{lang}{number}", marks),
            annotator=annotator,
            sent_as=sent_as if number == 1 else None,
        )
        for (number, lang), marks in MARKS.items()
    ]


def recorded(
    corpus: Corpus, found: Sequence[Side], annotator: str | None = None
) -> tuple[set[str], list[str]]:
    """Whose annotations are made, and what is told of whoever is passed over."""
    outcome = Outcome()
    made = annotations_of(corpus, found, Terms(annotator=annotator), frozenset({"flags"}), outcome)
    people = {one.annotator for _, one in made}
    return people, [problem.what for problem in outcome.problems if "were sent with" in problem.what]


def test_labels_that_were_imported_there_are_not_of_whoever_imported_them(corpus: Corpus) -> None:
    export = sides(corpus, "admin") + sides(corpus, "sara", ar1=(), en1=(META,))
    people, (told,) = recorded(corpus, export)
    assert people == {"sara"}
    assert "labels of admin are all those that the texts were sent with, of layla" in told
    assert recorded(corpus, export, "admin") == ({"admin"}, [])
    # Layla has gone on since.
    with corpus.journal() as journal:
        journal.record([label(corpus.generation(), 1, ("en", "yes"))])
    assert recorded(corpus, export)[0] == {"sara"}


def test_whoever_labelled_anything_has_labelled_all_of_it(corpus: Corpus) -> None:
    sara = sides(corpus, "sara", ar1=(), en1=(META,))
    for changed in ({"en1": (META,)}, {"ar2": (SideMark(start=0, end=2, label="event"),)}, {"ar1": ()}):
        assert recorded(corpus, sides(corpus, "admin", **changed) + sara) == ({"admin", "sara"}, [])
    done = [replace(side, answered=True, status="done") for side in sides(corpus, "admin")]
    assert recorded(corpus, done + sara) == ({"admin", "sara"}, [])


def test_who_labelled_the_same_is_not_passed_over(corpus: Corpus) -> None:
    admin, sara = sides(corpus, "admin"), sides(corpus, "sara")
    assert recorded(corpus, admin + sara) == ({"admin", "sara"}, [])
    assert recorded(corpus, sara) == ({"sara"}, [])
    assert recorded(corpus, sara[1:2] + sides(corpus, "omar", ar1=(), en1=(META,))) == ({"sara", "omar"}, [])
    others = sides(corpus, "sara", "gold") + sides(corpus, "omar", "gold", ar1=())
    assert recorded(corpus, others) == ({"sara", "omar"}, [])
    # Her own come back, and stand already.
    own = sides(corpus, "layla") + sides(corpus, "sara", ar1=(), en1=(META,))
    assert recorded(corpus, own) == ({"layla", "sara"}, [])
