"""Hypothesis strategies for texts with everything Arabic can hold, and for annotations of a text."""

from __future__ import annotations

from hypothesis import strategies as st

from hashiya.schema.records import (
    LANGS,
    Anchor,
    Annotation,
    Entity,
    Flag,
    Implication,
    Lang,
    Link,
    Place,
    SchemeRef,
    Stance,
)
from hashiya.schema.scheme import LabelScheme, shipped_scheme

PIECES = (
    "الذكاء", "الاصطناعي", "لا", "لأن", "كِتَابٌ", "مـــد", "و", "؟", "،", "؛", "«", "»", "٣٫٥", "ﻻ",  # Arabic
    "Nvidia", "R1", "don't", "$100", "1,299.99", ".", "…", "“", "”", "(", ")", "-", " – ",  # Latin
    "👩‍💻", "🇸🇦", "é", "\u200f", "\u200e", "\u200c", "\u200d", "\u0301",  # emoji, marks, controls
    " ", " ", " ", "\n", "\r\n", "\t", "\u00a0", "\x01", "\u2028",
)  # fmt: skip


def texts(min_size: int = 0) -> st.SearchStrategy[str]:
    """Texts of mixed pieces, and arbitrary Unicode without lone surrogates and NUL."""
    mixed = st.lists(st.sampled_from(PIECES), min_size=min_size, max_size=40).map("".join)
    anything = st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=min_size, max_size=80
    )
    return st.one_of(mixed, anything).filter(lambda text: len(text) >= min_size)


def anchors() -> st.SearchStrategy[Anchor]:
    digest = st.text("0123456789abcdef", min_size=64, max_size=64)
    return st.builds(
        Anchor, start=st.integers(0, 10**6), end=st.integers(0, 10**6), text_hash=digest, document_hash=digest
    )


@st.composite
def spans(draw: st.DrawFn, text: str) -> tuple[int, int]:
    start = draw(st.integers(0, len(text) - 1))
    return start, draw(st.integers(start + 1, len(text)))


@st.composite
def any_annotation(draw: st.DrawFn, scheme: LabelScheme | None = None) -> Annotation:
    """Annotations whose quotes are slices of a text of their own; labels are of the shipped scheme."""
    scheme = scheme or shipped_scheme()
    sides: dict[Lang, str] = {lang: draw(texts(min_size=1)) for lang in LANGS}
    entities: list[Entity] = []
    flags: list[Flag] = []
    for lang in LANGS:
        for number in range(draw(st.integers(0, 2))):
            start, end = draw(spans(sides[lang]))
            entities.append(
                Entity(
                    id=f"{lang}{number}",
                    lang=lang,
                    start=start,
                    end=end,
                    text=sides[lang][start:end],
                    type=draw(st.sampled_from(scheme.ids("entity"))),
                    concept=draw(st.sampled_from([None, "nvidia", "large-language-model"])),
                )
            )
        for _ in range(draw(st.integers(0, 1))):
            start, end = draw(spans(sides[lang]))
            flags.append(
                Flag(
                    lang=lang,
                    start=start,
                    end=end,
                    text=sides[lang][start:end],
                    kind=draw(st.sampled_from(scheme.ids("flag"))),
                    intended=draw(st.none() | texts()),
                )
            )
    ids = {lang: [entity.id for entity in entities if entity.lang == lang] for lang in LANGS}
    some = st.sampled_from
    return Annotation(
        pair_id=draw(st.text("0123456789abcdef", min_size=32, max_size=32)),
        annotator=draw(some(["gold", "ليلى", "a@example.org"])),
        status=draw(some(["draft", "done", "skipped", "unsure", "review"])),
        stances=tuple(
            Stance(
                target=target,
                stance=draw(some(scheme.ids("stance"))),
                holder=draw(some(scheme.ids("holder"))),
                holder_entity=draw(st.none() | some(ids["ar"])) if ids["ar"] else None,
            )
            for target in draw(st.lists(some(scheme.ids("target")), unique=True, max_size=2))
        ),
        entities=tuple(entities),
        implications=tuple(
            Implication(
                target=target,
                channel=draw(some(scheme.ids("channel"))),
                direction=draw(some(scheme.ids("direction"))),
                certainty=draw(some(scheme.ids("certainty"))),
            )
            for target in draw(st.lists(some(scheme.ids("target")), unique=True, max_size=2))
        ),
        flags=tuple(flags),
        links=(Link(ar=ids["ar"][0], en=ids["en"][0]),) if ids["ar"] and ids["en"] else (),
        comment=draw(st.none() | texts()),
        seconds=draw(st.none() | st.floats(0, 1e6)),
        scheme=SchemeRef(name=scheme.name, version=scheme.version),
        origin=draw(some(["human", "imported", "gold", "suggested", "adjudicated"])),
        place=Place(
            doc_id=draw(texts(min_size=1)), ar=draw(st.none() | anchors()), en=draw(st.none() | anchors())
        ),
        created_at=draw(st.none() | st.just("2025-02-14T09:30:00.000+00:00")),
    )
