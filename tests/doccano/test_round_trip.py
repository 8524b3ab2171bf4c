"""What was sent from here, imported into doccano and labelled further there, comes back as whose it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Annotation
from tests.corpora import label
from tests.corpus.exchange.labelled import EN, ROWS, corpus_of, held, record, rich, standing
from tests.doccano.commands import hashiya
from tests.doccano.project import Project
from tests.doccano.server import ADMIN, Server

META = ROWS[1][1] or ""


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Layla has labelled the first pair, the gold standard is of the second, nobody's the third."""
    made = corpus_of(tmp_path / "corpus")
    gold = label(made.generation(), 1, ("ar", "ميتا"), ("en", "Meta"), annotator="gold")
    record(made, [rich(made), gold])
    return made


def sent(server: Server, corpus: Corpus, *, shared: bool) -> Project:
    """A project with all texts of the corpus, and Layla's labels, that the administrator imports."""
    out = corpus.folder.with_name("out.jsonl")
    hashiya(
        "convert", "to", "doccano", corpus.folder, out, "--all", "--annotator", "layla", code=1
    )  # doccano holds no links
    there = Project.create(server, [], shared=shared)
    there.upload(out)
    pairs = list(corpus.generation().pairs())
    texts = [text for pair in pairs for text in (pair.ar, pair.en) if text is not None]
    assert [example["text"] for example in there.examples()] == texts
    return there


def taken(corpus: Corpus, export: Path, name: str, *options: str, code: int = 0) -> tuple[Corpus, str]:
    """A copy of the corpus that has taken an export, and what the command said."""
    folder = corpus.folder.with_name(name)
    shutil.copytree(corpus.folder, folder)
    said = hashiya("convert", "from", "doccano", export, folder, *options, code=code)
    return Corpus.open(folder), said


def marks(annotation: Annotation) -> list[tuple[str, str, str]]:
    """The language, text and label of each entity and flag."""
    return [
        *((entity.lang, entity.text, entity.type) for entity in annotation.entities),
        *((flag.lang, flag.text, f"flag:{flag.kind}") for flag in annotation.flags),
    ]


def sides_covered(annotation: Annotation) -> set[str | None]:
    return {cover.lang for cover in annotation.covers or ()}


def test_each_has_their_own_and_nothing_is_of_whoever_imported_it(doccano: Server, corpus: Corpus) -> None:
    there = sent(doccano, corpus, shared=False)
    assert there.examples("sara")[0]["meta"]["meta"]["annotator"] == "layla"
    for text, quote, kind in ((EN, "Nvidia", "company"), (EN, "R1", "model"), (META, "Meta", "company")):
        there.label("sara", text, (text.index(quote), text.index(quote) + len(quote), kind))
    export = there.export(corpus.folder.with_name("export.zip"))
    before = standing(corpus)

    everybody, said = taken(corpus, export, "everybody")
    assert "2 annotations recorded, 0 stood already" in said
    assert [one for one in standing(everybody) if one.annotator != "sara"] == before
    first, second = standing(everybody, "sara")
    assert marks(first) == [("en", "Nvidia", "company"), ("en", "R1", "model")]
    assert marks(second) == [("en", "Meta", "company")]
    # She never opened the Arabic texts.
    assert [sides_covered(one) for one in (first, second)] == [{"en"}, {"en"}]
    again = hashiya("convert", "from", "doccano", export, everybody.folder)
    assert "0 annotations recorded, 2 stood already" in again

    saras, _ = taken(corpus, export, "saras", "--annotator", "sara")
    assert [held(one, "doccano") for one in standing(saras)] == [
        held(one, "doccano") for one in standing(everybody)
    ]
    admins, _ = taken(corpus, export, "admins", "--annotator", ADMIN)
    (one,) = standing(admins, ADMIN)
    assert held(one, "doccano")[3:] == held(before[0], "doccano")[3:]
    _, told = taken(corpus, export, "lenas", "--annotator", "lena", code=1)
    assert "none of 'lena'" in told


def test_labels_that_are_shared_are_whom_they_are_said_to_be_of(doccano: Server, corpus: Corpus) -> None:
    there = sent(doccano, corpus, shared=True)
    before = standing(corpus)
    untouched = there.export(corpus.folder.with_name("untouched.zip"))
    same, said = taken(corpus, untouched, "untouched", "--annotator", "layla")
    assert "0 annotations recorded, 1 stood already" in said
    assert standing(same) == before

    nvidia = EN.index("Nvidia")
    there.unlabel("sara", EN, (nvidia, nvidia + 6))
    there.label("sara", META, (0, 4, "company"))
    there.label("sara", EN, (nvidia, nvidia + 6, "model"))
    export = there.export(corpus.folder.with_name("export.zip"))
    nobodys, told = taken(corpus, export, "nobodys", code=1)
    assert "does not say who labelled it; name them with --annotator" in told
    assert standing(nobodys) == before

    saras, said = taken(corpus, export, "saras", "--annotator", "sara")
    assert "2 annotations recorded" in said
    assert [one for one in standing(saras) if one.annotator != "sara"] == before
    first, second = standing(saras, "sara")
    changed = [
        ("en", "Nvidia", "model") if one == ("en", "Nvidia", "company") else one for one in marks(before[0])
    ]
    assert marks(first) == changed
    assert (marks(second), sides_covered(second)) == ([("en", "Meta", "company")], {"en"})

    laylas, told = taken(corpus, export, "laylas", "--annotator", "layla", code=1)
    assert "layla has another annotation there; --replace takes the file's" in told
    kept, new = standing(laylas, "layla")
    assert (kept, marks(new)) == (before[0], [("en", "Meta", "company")])
    replaced, told = taken(corpus, export, "replaced", "--annotator", "layla", "--replace", code=1)
    assert "links: an entity of theirs is not in the file" in told
    one = standing(replaced, "layla")[0]
    assert (marks(one), one.stances, one.comment) == (changed, before[0].stances, before[0].comment)
