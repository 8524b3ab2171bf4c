"""A pair with all that Arabic can hold, and annotations of it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

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
    Stance,
)
from hashiya.schema.scheme import shipped_scheme
from tests.strategies import spans, texts

SCHEME = shipped_scheme()
AR = "قالت شركةُ إنفيديا 🇸🇦 إنّ ديبـسيك لاعبٌ\r\nfast “R1”، 100٪"
EN = "Nvidia 👩‍💻 said that Deepseek's R1\nis a player"
TEXTS: Mapping[Lang, str | None] = {"ar": AR, "en": EN}
PAIR_ID = "0123456789abcdef0123456789abcdef"


def entity(region: str, lang: Lang, quote: str, kind: str, concept: str | None = None) -> Entity:
    text = TEXTS[lang] or ""
    start = text.index(quote)
    return Entity(
        id=region, lang=lang, start=start, end=start + len(quote), text=quote, type=kind, concept=concept
    )


def blank(**fields: Any) -> Annotation:
    anchor = Anchor(start=0, end=1, text_hash="0" * 64, document_hash="0" * 64)
    frame: dict[str, Any] = {
        "pair_id": PAIR_ID,
        "annotator": "layla",
        "status": "done",
        "scheme": SCHEME.ref,
        "origin": "human",
        "place": Place(doc_id="d", ar=anchor, en=anchor),
    }
    return Annotation(**{**frame, **fields})


FULL = blank(
    entities=(
        entity("ar1", "ar", "إنفيديا", "company", "nvidia"),
        entity("en1", "en", "Nvidia", "company", "nvidia"),
        entity("ar2", "ar", "ديبـسيك", "company"),
        entity("en2", "en", "Deepseek", "company", "deepseek"),
        entity("en3", "en", "R1", "model"),
    ),
    links=(Link(ar="ar2", en="en2"), Link(ar="ar1", en="en1")),
    stances=(
        Stance(target="chips", stance="bullish", holder="source", holder_entity="ar1"),
        Stance(target="ai_boom", stance="bearish", holder="author"),
        Stance(target="chips", stance="bearish", holder="source", holder_entity="en2"),
    ),
    implications=(
        Implication(target="chips", channel="demand", direction="negative", certainty="hedged"),
        Implication(target="ai_boom", channel="cost", direction="positive", certainty="asserted"),
    ),
    flags=(
        Flag(lang="ar", start=AR.index("لاعب"), end=AR.index("لاعب") + 4, text="لاعب", kind="garbled"),
        Flag(
            lang="en",
            start=EN.index("player"),
            end=EN.index("player") + 6,
            text="player",
            kind="mistranslation",
            intended="لاعب “كبير”",
        ),
    ),
    comment="سطر\nline two",
    seconds=12.625,
    created_at="2026-01-02T03:04:05.678+00:00",
)


def by_browser(given: Mapping[str, Any]) -> dict[str, Any]:
    """An annotation object as a person leaves it who changed something: unknown keys gone, origin added."""
    made = copy.deepcopy(dict(given))
    for result in made["result"]:
        for key in result.keys() - {
            "id",
            "from_name",
            "to_name",
            "type",
            "value",
            "meta",
            "score",
            "readonly",
        }:
            if result["type"] != "relation":
                del result[key]
        if result["type"] != "relation":
            result["origin"] = "manual"
    return made


def region(given: Mapping[str, Any], name: str, control: str) -> dict[str, Any]:
    """One result of an annotation object."""
    [found] = [item for item in given["result"] if (item.get("id"), item.get("from_name")) == (name, control)]
    return found


@st.composite
def page_annotations(draw: st.DrawFn) -> Annotation:
    """Annotations of the pair that a page can show whole: no overlaps, one stance a holder and target."""
    found: list[Entity] = []
    flags: list[Flag] = []
    some = st.sampled_from
    for lang in LANGS:
        text = TEXTS[lang] or ""
        end = 0
        for number in range(draw(st.integers(0, 3))):
            if end >= len(text) - 1:
                break
            start = draw(st.integers(end, len(text) - 1))
            end = draw(st.integers(start + 1, min(len(text), start + 9)))
            found.append(
                Entity(
                    id=f"{lang}{number}",
                    lang=lang,
                    start=start,
                    end=end,
                    text=text[start:end],
                    type=draw(some(SCHEME.ids("entity"))),
                    concept=draw(some([None, "nvidia", "large-language-model"])),
                )
            )
        for _ in range(draw(st.integers(0, 2))):
            start, stop = draw(spans(text))
            meant = draw(st.none() | texts(min_size=1))
            kind = draw(some(SCHEME.ids("flag")))
            flags.append(
                Flag(lang=lang, start=start, end=stop, text=text[start:stop], kind=kind, intended=meant)
            )
    ids = {lang: [item.id for item in found if item.lang == lang] for lang in LANGS}
    links = (
        draw(st.lists(st.builds(Link, ar=some(ids["ar"]), en=some(ids["en"])), unique=True))
        if all(ids.values())
        else []
    )
    holders = [(target, holder) for target in SCHEME.ids("target") for holder in SCHEME.ids("holder")]
    stance = st.builds(
        lambda where, value: Stance(target=where[0], holder=where[1], stance=value),
        some(holders),
        some(SCHEME.ids("stance")),
    )
    implication = st.builds(
        Implication,
        target=some(SCHEME.ids("target")),
        channel=some(SCHEME.ids("channel")),
        direction=some(SCHEME.ids("direction")),
        certainty=some(SCHEME.ids("certainty")),
    )
    return blank(
        status=draw(some(["draft", "done", "skipped", "unsure", "review"])),
        entities=tuple(found),
        flags=tuple(flags),
        links=tuple(links),
        stances=tuple(draw(st.lists(stance, unique_by=lambda item: (item.target, item.holder), max_size=4))),
        implications=tuple(draw(st.lists(implication, unique=True, max_size=4))),
        comment=draw(st.none() | texts(min_size=1)),
        seconds=draw(st.none() | st.floats(0, 1e6)),
    )
