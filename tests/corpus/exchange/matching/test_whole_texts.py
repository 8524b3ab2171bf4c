"""Labels made on whole articles, or on parts of them, land in the pairs that hold them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.exchange.importing.import_sides import Terms, annotations_of
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.text.readings import reading
from hashiya.schema.records import Annotation, Lang
from tests.corpora import new
from tests.strategies import texts

NEWS = [
    ("أعلنت إنفيديا أرباحها.", "Nvidia announced its profit."),
    (None, "It was large."),
    ("اشترت غوغل شركة ويز مـــدّة.", "Google bought Wiz, e\u0301lite 👩‍💻."),
]
OTHER = [("قالت ميتا نعم.", "Meta said yes."), ("لا.", "It was large.")]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return new(tmp_path / "corpus", {"2025/news": NEWS, "2025/other": OTHER, "d": [("واحد.", "One.")]})


def article(corpus: Corpus, doc_id: str, lang: Lang) -> str:
    return corpus.generation().views([doc_id])[doc_id].document.text(lang) or ""


def marks(text: str, *names: str) -> tuple[SideMark, ...]:
    return tuple(
        SideMark(start=text.index(name), end=text.index(name) + len(name), label="company", quote=name)
        for name in names
    )


def taken(corpus: Corpus, *sides: Side) -> tuple[list[Annotation], Outcome]:
    outcome = Outcome()
    terms = Terms(annotator="layla")
    return [made for _, made in annotations_of(corpus, sides, terms, frozenset(), outcome)], outcome


def names_of(annotations: list[Annotation]) -> list[tuple[str, list[str], str]]:
    return [
        (made.place.doc_id, [entity.text for entity in made.entities], made.status) for made in annotations
    ]


SAVED: list[Callable[[str], str]] = [
    lambda text: text,
    lambda text: text + "\n",
    lambda text: "\ufeff" + text.replace("\n", "\r\n") + "\r\n",
    lambda text: f"\n  {text}",
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: unicodedata.normalize("NFC", text).replace("\n", "\n\n"),
]


@pytest.mark.parametrize("saved", SAVED)
@pytest.mark.parametrize("name", [None, "news", "news.en.txt", "2025/news", "2025\\news.xmi", "else"])
def test_an_article_as_any_program_saves_it(
    corpus: Corpus, saved: Callable[[str], str], name: str | None
) -> None:
    text = saved(article(corpus, "2025/news", "en"))
    side = Side(where="f", text=text, marks=marks(text, "Nvidia", "Wiz"), doc_id=name)
    found, outcome = taken(corpus, side)
    assert not outcome.problems
    assert names_of(found) == [
        ("2025/news", ["Nvidia"], "done"),
        ("2025/news", [], "done"),
        ("2025/news", ["Wiz"], "done"),
    ]
    arabic = saved(article(corpus, "2025/news", "ar"))
    found, outcome = taken(corpus, Side(where="f", text=arabic, marks=marks(arabic, "غوغل"), doc_id=name))
    assert names_of(found) == [("2025/news", [], "done"), ("2025/news", ["غوغل"], "done")]


def test_a_part_of_an_article(corpus: Corpus) -> None:
    text = "It was large. Google bought Wiz, élite 👩‍💻."
    found, outcome = taken(corpus, Side(where="f", text=text, marks=marks(text, "Wiz", "large")))
    assert not outcome.problems
    assert names_of(found) == [("2025/news", ["large"], "done"), ("2025/news", ["Wiz"], "done")]


def test_a_mark_over_the_border_of_a_pair_is_told_and_both_are_for_review(corpus: Corpus) -> None:
    text = article(corpus, "2025/news", "en")
    side = Side(where="f", text=text, marks=marks(text, "Nvidia", "profit.\nIt", "Google"))
    found, outcome = taken(corpus, side)
    assert [problem.what for problem in outcome.problems if problem.left_out] == [
        "crosses the end of pair 0",
        "annotations: have no mark that can be read",
    ]
    assert names_of(found) == [("2025/news", ["Nvidia"], "review"), ("2025/news", ["Google"], "done")]


def test_an_article_that_was_changed_since(corpus: Corpus) -> None:
    now = article(corpus, "2025/news", "en")
    text = now.replace("announced its", "had announced a record").replace("It was large.\n", "")
    side = Side(where="f", text=text, marks=marks(text, "Nvidia", "Wiz", "record"), doc_id="news")
    found, outcome = taken(corpus, side)
    assert names_of(found) == [("2025/news", ["Nvidia"], "review"), ("2025/news", ["Wiz"], "review")]
    told = [problem.what for problem in outcome.problems if problem.left_out]
    assert told == ["entities: stand in a part of the text that the corpus has not"]


def test_an_article_of_that_name_with_another_text(corpus: Corpus) -> None:
    side = Side(where="f", text="Quite another text, of nobody here.", doc_id="news")
    found, outcome = taken(corpus, side)
    assert (found, [problem.what for problem in outcome.problems]) == (
        [],
        ["the text is not that of the document 2025/news"],
    )


def test_a_text_that_two_documents_have(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"a": NEWS, "b": NEWS})
    text = article(corpus, "a", "en")
    found, outcome = taken(corpus, Side(where="f", text=text, marks=marks(text, "Wiz")))
    assert found == []
    assert "2 documents have this text" in outcome.problems[0].what
    found, _ = taken(corpus, Side(where="f", text=text, marks=marks(text, "Wiz"), doc_id="b"))
    assert {made.place.doc_id for made in found} == {"b"}


@given(
    rows=st.lists(st.tuples(texts(min_size=1), texts(min_size=1)), min_size=2, max_size=6),
    data=st.data(),
    saved=st.sampled_from(SAVED),
)
def test_any_article(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    data: st.DataObject,
    saved: Callable[[str], str],
) -> None:
    rows = [(ar, en) for ar, en in rows if reading(ar) and reading(en)]
    if len(rows) < 2:
        return
    corpus = new(tmp_path_factory.mktemp("any") / "corpus", {"d": rows})
    lang: Lang = data.draw(st.sampled_from(["ar", "en"]))
    whole = article(corpus, "d", lang)
    text = saved(whole)
    if reading(text) != reading(whole):
        return
    pairs = corpus.generation().views(["d"])["d"].pairs
    wanted: list[str] = []
    at = 0
    places: list[SideMark] = []
    for pair in pairs:
        quote = next((part for part in (pair.text(lang) or "").split() if part in text[at:]), None)
        if quote is not None and data.draw(st.booleans()):
            start = text.index(quote, at)
            places.append(SideMark(start=start, end=start + len(quote), label="company"))
            wanted.append(quote)
            at = start + len(quote)
    found, _ = taken(corpus, Side(where="f", text=text, marks=tuple(places), doc_id="d", lang=lang))
    letters = "".join(reading(entity.text) for made in found for entity in made.entities)
    for made in found:
        side = next(pair.text(lang) or "" for pair in pairs if pair.pair_id == made.pair_id)
        assert all(side[entity.start : entity.end] == entity.text for entity in made.entities)
    assert len(letters) <= len(reading("".join(wanted)))
