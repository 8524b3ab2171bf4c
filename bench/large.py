"""A corpus of as many made-up pairs as asked, through the store itself, for what is measured on size."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.building.make_pairs import make_pairs
from hashiya.corpus.duplicates.near_duplicates import DUPLICATES, DuplicateLink
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import LANGS, Document, Lang, Sentence, Span

PAIRS_A_DOCUMENT = 20
SEED = 20250127
_NAMES = (
    ("إنفيديا", "Nvidia"),
    ("ديب سيك", "DeepSeek"),
    ("أوبن إيه آي", "OpenAI"),
    ("مايكروسوفت", "Microsoft"),
)
_WORDS: dict[Lang, str] = {
    "ar": "السوق الأسهم تراجعت ارتفعت الشركة النماذج الرقائق المستثمرون أعلنت قالت بعد قبل اليوم العام الطلب "
    "التكلفة الصين أمريكا التوقعات المحللون بنسبة مليار دولار الذكاء الاصطناعي مراكز البيانات الإنفاق",
    "en": "the market shares fell rose company models chips investors said announced after before today year "
    "demand cost China America forecasts analysts percent billion dollars artificial intelligence data "
    "centres spending",
}


def make(folder: Path, pairs: int) -> Corpus:
    """Make a corpus of `pairs` pairs in documents of `PAIRS_A_DOCUMENT`; the same for the same number."""
    corpus = Corpus.create(folder, "large")
    with corpus.new_generation(corpus.manifest()) as writer:
        for document, beads in _documents(random.Random(SEED), pairs):
            writer.add(document, make_pairs(document, beads, _tokenize))
        writer.record_file(DUPLICATES, DuplicateLink)  # which there are none of, as a build would have found
        writer.publish("made up", {})
    return corpus


def _documents(rng: random.Random, pairs: int) -> Iterator[tuple[Document, list[PlacedBead]]]:
    for number in range(-(-pairs // PAIRS_A_DOCUMENT)):
        count = min(PAIRS_A_DOCUMENT, pairs - number * PAIRS_A_DOCUMENT)
        texts: dict[Lang, str] = {"ar": "", "en": ""}
        beads: list[dict[Lang, tuple[Sentence, ...]]] = []
        for _ in range(count):
            bead: dict[Lang, tuple[Sentence, ...]] = {}
            for lang, text in made_sentences(rng).items():
                start = len(texts[lang]) + bool(texts[lang])
                texts[lang] += (" " if texts[lang] else "") + text
                bead[lang] = (Sentence(start, start + len(text)),)
            beads.append(bead)
        document = Document(doc_id=f"made/{number:06d}", licence="CC0-1.0", ar=texts["ar"], en=texts["en"])
        yield document, [PlacedBead(ar=bead["ar"], en=bead["en"], score=rng.random()) for bead in beads]


def made_sentences(rng: random.Random) -> dict[Lang, str]:
    """Return the two sides of a made-up pair."""
    names, figure = rng.choice(_NAMES), rng.randint(2, 999_999)
    made: dict[Lang, str] = {}
    for side, lang in enumerate(LANGS):
        words = rng.choices(_WORDS[lang].split(), k=rng.randint(8, 24))
        words.insert(rng.randint(0, len(words)), names[side])
        words.insert(rng.randint(0, len(words)), str(figure))
        made[lang] = " ".join(words) + "."
    return made


def _tokenize(text: str) -> tuple[Span, ...]:
    return tuple(Span(*match.span()) for match in re.finditer(r"\w+|[^\w\s]", text))
