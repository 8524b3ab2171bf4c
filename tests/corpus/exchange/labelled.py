"""Corpora with labels, for tests of what other tools' files hold of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from hashiya.corpus.exchange.convert import FORMATS, read_labels
from hashiya.corpus.exchange.formats.files import ReadOptions
from hashiya.corpus.exchange.importing.import_sides import Terms
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.recording import ImportReport
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import LANGS, Annotation, Entity, Flag, Lang, Link, Stance
from hashiya.schema.scheme import shipped_scheme
from tests.corpora import label, new
from tests.strategies import spans, texts

AR = "قالت و«إنفيديا» 👩‍💻 إنّ الذكاء الاصطناعي ولـNvidia\r\nلا يكلّف ١٠٠$ مـــدّة."
EN = "Nvidia 🇸🇦 said that AI\r\ncosts  $100 – not “R1”, he's sure."
ROWS = [(AR, EN), ("قالت ميتا نعم.", "Meta said yes."), ("لا.", None)]


def corpus_of(folder: Path, rows: Sequence[tuple[str | None, str | None]] = ROWS) -> Corpus:
    return new(folder, {"d": rows})


def record(corpus: Corpus, annotations: Iterable[Annotation]) -> None:
    with corpus.journal() as journal:
        texts_of = [text for view in corpus.generation().views(["d"]).values() for text in view.texts()]
        journal.record(annotations, texts_of)


def standing(corpus: Corpus, annotator: str | None = None) -> list[Annotation]:
    order = corpus.generation().pair_ids()
    with corpus.journal(write=False) as journal:
        found = [item for stand in journal.standing(None, annotator) for item in stand.annotations]
    return sorted(found, key=lambda item: (order.index(item.pair_id), item.annotator))


def take_in(
    corpus: Corpus,
    name: str,
    source: Path,
    annotator: str | None,
    *,
    strict: bool = False,
    options: ReadOptions | None = None,
    **terms: Any,
) -> tuple[Outcome, ImportReport]:
    """Read labels on some terms."""
    return read_labels(corpus, name, source, Terms(annotator=annotator, **terms), options, strict=strict)


def entity(
    corpus: Corpus,
    number: int,
    lang: Lang,
    name: str,
    entity_id: str,
    label: str = "company",
    concept: str | None = None,
) -> Entity:
    text = corpus.generation().views(["d"])["d"].pairs[number].text(lang) or ""
    start = text.index(name)
    end = start + len(name)
    return Entity(id=entity_id, lang=lang, start=start, end=end, text=name, type=label, concept=concept)


def flag(corpus: Corpus, number: int, lang: Lang, name: str, intended: str | None = None) -> Flag:
    at = entity(corpus, number, lang, name, "")
    return Flag(lang=lang, start=at.start, end=at.end, text=name, kind="mistranslation", intended=intended)


def rich(corpus: Corpus) -> Annotation:
    """An annotation of the first pair with something in every layer."""
    entities = (
        entity(corpus, 0, "ar", "إنفيديا", "ar1", concept="nvidia"),
        entity(corpus, 0, "ar", "الذكاء الاصطناعي", "ar2", label="technology", concept="ai"),
        entity(corpus, 0, "ar", "Nvidia", "ar7"),
        entity(corpus, 0, "en", "Nvidia", "en1", concept="nvidia"),
        entity(corpus, 0, "en", "AI\r\ncosts", "en2", label="technology"),
        entity(corpus, 0, "en", "R1", "en3", label="model"),
    )
    return replace(
        label(corpus.generation(), 0),
        entities=entities,
        flags=(flag(corpus, 0, "ar", "الذكاء الاصطناعي", "AI"), flag(corpus, 0, "en", "not")),
        links=(Link(ar="ar1", en="en1"),),
        stances=(Stance(target="chips", stance="bullish", holder="source", holder_entity="ar1"),),
        comment="سطر",
    )


def held(annotation: Annotation, name: str) -> tuple[str, str, str, set[Entity], set[Flag]]:
    """What a format holds of an annotation, so that two can be compared."""
    holds = FORMATS[name].holds
    entities = {
        replace(
            item,
            id=item.id if "ids" in holds else "",
            concept=item.concept if "concepts" in holds else None,
        )
        for item in annotation.entities
    }
    flags = {
        replace(item, intended=item.intended if "intended" in holds else None)
        for item in (annotation.flags if "flags" in holds else ())
    }
    return annotation.pair_id, annotation.annotator, annotation.status, entities, flags


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, str, list[tuple[Lang, int, int, str, str | None]]]:
    """Two texts, and marks on them that do not overlap where they are entities: lang, range, label, more."""
    sides: dict[Lang, str] = {lang: draw(texts(min_size=1)) for lang in LANGS}
    marks: list[tuple[Lang, int, int, str, str | None]] = []
    for lang in LANGS:
        edges = sorted(draw(st.lists(st.integers(0, len(sides[lang])), max_size=6, unique=True)))
        for start, end in zip(edges[::2], edges[1::2], strict=False):
            kind = draw(st.sampled_from(shipped_scheme().ids("entity")))
            marks.append((lang, start, end, kind, draw(st.sampled_from([None, "nvidia"]))))
        if draw(st.booleans()):
            start, end = draw(spans(sides[lang]))
            marks.append((lang, start, end, "flag:garbled", draw(st.none() | texts())))
    return sides["ar"], sides["en"], marks


def annotated(corpus: Corpus, marks: Iterable[tuple[Lang, int, int, str, str | None]]) -> Annotation:
    """The first pair with some marks."""
    pair = corpus.generation().views(["d"])["d"].pairs[0]
    entities: list[Entity] = []
    flags: list[Flag] = []
    for lang, start, end, kind, more in marks:
        quote = (pair.text(lang) or "")[start:end]
        if kind.startswith("flag:"):
            flags.append(Flag(lang=lang, start=start, end=end, text=quote, kind=kind[5:], intended=more))
        else:
            number = len(entities)
            entities.append(
                Entity(id=f"x{number}", lang=lang, start=start, end=end, text=quote, type=kind, concept=more)
            )
    return replace(label(corpus.generation(), 0), entities=tuple(entities), flags=tuple(flags))
