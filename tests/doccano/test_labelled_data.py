"""From a doccano project that was not made from here to a released dataset, by the docs' three commands.

docs/exchange.md, "I already have labelled data". What people marked must be in the dataset where they marked
it, and nothing that they did not say.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hashiya.corpus.dataset.load import Dataset, load
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.dataset import MASKED
from hashiya.schema.records import Annotation
from tests.corpora import released_pairs
from tests.corpus.exchange.labelled import standing
from tests.doccano.commands import hashiya
from tests.doccano.project import Project, jsonl
from tests.doccano.server import ADMIN, Server

AR = "أعلنت شركة «إنفيديا» 👩‍💻 أَرْبَاحَهــا في الرِّيَاض.\r\nوقالت مــيتا: نعم! 😀\r\n"
EN = 'Nvidia 😀 said\u2028"yes" },{ in Riyadh.\r\n\r\nGoogle rose 5%.'
OMARS = "قالت غوغل لا."
CONFIRMED = "Nothing happened today."
UNSEEN = "Nobody opened this."
TEXTS = (AR, EN, OMARS, CONFIRMED, UNSEEN)
LABELS = ("ORG", "LOC", "MISC")
MAP = 'ORG = "company"\nLOC = "place"\nMISC = ""\n'
Marked = tuple[str, str, str]
"""The text, what is marked in it, and the label."""
SARA: Sequence[Marked] = (
    (AR, "إنفيديا", "ORG"),
    (AR, "الرِّيَاض", "LOC"),
    (AR, "أَرْبَاحَهــا", "MISC"),
    (AR, "مــيتا", "ORG"),
    (EN, "Nvidia", "ORG"),
    (EN, "Riyadh", "LOC"),
)
OMAR: Sequence[Marked] = ((OMARS, "غوغل", "ORG"), (EN, "Nvidia", "ORG"), (EN, "Google", "ORG"))


def project(server: Server, folder: Path, *, shared: bool = False) -> Project:
    """A project that Sara and Omar have labelled: Sara never opened Omar's text."""
    made = Project.create(server, LABELS, shared=shared)
    made.upload(jsonl(folder / "articles.jsonl", *({"text": text, "label": []} for text in TEXTS)))
    assert [example["text"] for example in made.examples("sara")] == list(TEXTS)
    for user, marks in (("sara", SARA), ("omar", OMAR)):
        for text, quote, label in marks:
            start = text.index(quote)
            if not (shared and (user, quote) == ("omar", "Nvidia")):  # he sees that Sara has marked it
                made.label(user, text, (start, start + len(quote), label))
    made.confirm("sara", EN)
    made.confirm("sara", CONFIRMED)
    return made


def marked(annotations: Sequence[Annotation], annotator: str) -> set[tuple[str, str]]:
    """What somebody marked, and as what."""
    own = [one for one in annotations if one.annotator == annotator]
    return {(entity.text, entity.type) for one in own for entity in one.entities}


def ours(*marks: Marked) -> set[tuple[str, str]]:
    """What marks become by the map."""
    names = tomllib.loads(MAP)
    return {(quote, names[label]) for _, quote, label in marks if names[label]}


def texts_of(corpus: Corpus, annotations: Sequence[Annotation], annotator: str) -> set[str]:
    """The texts of which there is an annotation of somebody's."""
    pairs = {pair.pair_id: pair for pair in corpus.generation().pairs()}
    own = [pairs[one.pair_id] for one in annotations if one.annotator == annotator]
    return {pair.ar or pair.en or "" for pair in own}


def imported(folder: Path, export: Path, *options: str) -> Corpus:
    """The first two of the three commands, with the map filled in between."""
    draft = tomllib.loads(hashiya("import", export, "--draft-map"))
    assert set(draft) <= set(LABELS)
    names = folder / "labels.toml"
    names.write_text(MAP)
    hashiya(
        *("import", export, "--map", names, "--out", folder / "corpus", "--licence", "CC-BY-4.0"), *options
    )
    return Corpus.open(folder / "corpus")


def entities_of(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The entities of a dataset's rows."""
    return [entity for row in rows if row["labels"] for entity in row["labels"]["entities"]]


def released(folder: Path) -> Dataset:
    """The third command, and what a training program reads."""
    hashiya("check", folder / "corpus")
    hashiya("release", folder / "corpus", "--out", folder / "dataset")
    return load(folder / "dataset")


def test_of_two_people_each_has_their_own(doccano: Server, tmp_path: Path) -> None:
    there = project(doccano, tmp_path)
    corpus = imported(tmp_path, there.export(tmp_path / "export.zip"))
    found = standing(corpus)
    assert {one.annotator for one in found} == {"sara", "omar"}  # and nothing of the administrator's
    assert marked(found, "sara") == ours(*SARA)
    assert marked(found, "omar") == ours(*OMAR)
    assert {(one.status, one.origin) for one in found} == {("done", "imported")}
    # Of the export nobody can tell that Sara has confirmed a text in which she marked nothing.
    assert texts_of(corpus, found, "sara").isdisjoint({OMARS, CONFIRMED, UNSEEN})
    assert texts_of(corpus, found, "omar").isdisjoint({CONFIRMED, UNSEEN})
    confirmed = there.export(tmp_path / "confirmed.zip", approved=True)
    options = ["--map", str(tmp_path / "labels.toml"), "--unlabelled-is-done"]
    done = hashiya("convert", "from", "doccano", confirmed, corpus.folder, *options)
    assert "1 annotations recorded, 3 stood already" in done
    more = [one for one in standing(corpus) if one not in found]
    assert texts_of(corpus, more, "sara") == {CONFIRMED}
    assert [(one.annotator, one.entities, one.status) for one in more] == [("sara", (), "done")]
    for one in standing(corpus):
        (cover,) = one.covers or ()
        assert (cover.layer, cover.labels) == ("entities", ("company", "place"))

    dataset = released(tmp_path)
    rows = {row["ar"] or row["en"]: row for row in released_pairs(tmp_path / "dataset")}
    assert {text: row["no_labels"] for text, row in rows.items() if row["labels"] is None} == {
        UNSEEN: "unlabelled"
    }
    assert len(rows[CONFIRMED]["annotations"]) == len(rows[OMARS]["annotations"]) == 1
    everything = {(entity["text"], entity["type"]) for entity in entities_of(rows.values())}
    # Both labelled this text, and only one of them found these.
    assert everything == ours(*SARA, *OMAR) - {("Riyadh", "place"), ("Google", "company")}
    tokens = dataset.entities()
    names = tokens.classes["labels"]
    tagged = {
        (token, names[tag])
        for row in tokens
        for token, tag in zip(row["tokens"], row["labels"], strict=True)
        if tag != MASKED
    }
    # Nobody looked for anything but companies and places, so what is none of them is not known.
    assert tagged == {(text, f"B-{label}") for text, label in everything}


def test_labels_that_are_shared_are_whom_they_are_said_to_be_of(doccano: Server, tmp_path: Path) -> None:
    there = project(doccano, tmp_path, shared=True)
    export = there.export(tmp_path / "export.zip")
    untold = hashiya("import", export, "--out", tmp_path / "corpus", code=1)
    assert "does not say who labelled it; name them with --annotator" in untold
    assert not (tmp_path / "corpus").exists()
    corpus = imported(tmp_path, export, "--annotator", "team")
    found = standing(corpus)
    assert {one.annotator for one in found} == {"team"}
    assert marked(found, "team") == ours(*SARA, *OMAR)
    assert texts_of(corpus, found, "team").isdisjoint({CONFIRMED, UNSEEN})
    rows = list(released(tmp_path).pairs())
    assert {(entity["text"], entity["type"]) for entity in entities_of(rows)} == marked(found, "team")

    (tmp_path / "confirmed").mkdir()
    export = there.export(tmp_path / "confirmed.zip", approved=True)
    options = ["--annotator", "team", "--unlabelled-is-done"]
    corpus = imported(tmp_path / "confirmed", export, *options)
    found = standing(corpus)
    assert marked(found, "team") == ours(*(one for one in (*SARA, *OMAR) if one[0] == EN))
    assert texts_of(corpus, found, "team") == {pair.ar or pair.en for pair in corpus.generation().pairs()}
    assert CONFIRMED in texts_of(corpus, found, "team")


def test_what_was_imported_beside_a_text_does_not_say_that_somebody_confirmed_it(
    doccano: Server, tmp_path: Path
) -> None:
    there = Project.create(doccano, LABELS)
    # As an export of doccano 1.0 has it, of a text that an approver of that time has seen.
    before = {"text": EN, "label": [], "meta": {}, "annotation_approver": "lena", "is_confirmed": True}
    there.upload(jsonl(tmp_path / "articles.jsonl", before, {**before, "text": OMARS}))
    there.label("omar", OMARS, (5, 9, "ORG"))
    found = standing(imported(tmp_path, there.export(tmp_path / "export.zip")))
    assert [(one.annotator, len(one.entities)) for one in found] == [("omar", 1)]
    assert ADMIN not in {one.annotator for one in found}
