from __future__ import annotations

import pytest

from bench.peers.segmenters import SYSTEMS
from bench.segment import compare_ends
from hashiya.corpus.alignment.precision_recall import Score
from hashiya.schema.records import Lang

TEXTS: dict[Lang, list[str]] = {
    "ar": ["ارتفعت الأسهم اليوم في نيويورك.", "هل تبيع الشركة الرقائق للصين؟", "لم يعلق البيت الأبيض."],
    "en": ["Shares rose in New York today.", "Will the company sell chips to China?", "Nobody knows."],
}
PACKAGES = {"pysbd": "pysbd", "Punkt, self-trained": "nltk", "spaCy sentencizer": "spacy"}


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.filterwarnings("ignore::SyntaxWarning:pysbd", "ignore::DeprecationWarning:pysbd")
def test_every_system_finds_plain_sentences(name: str, lang: Lang) -> None:
    pytest.importorskip(PACKAGES.get(name, "re"))
    text = " ".join(TEXTS[lang])
    assert compare_ends(TEXTS[lang], list(SYSTEMS[name](lang, text)(text))).f1 == 1


def test_the_end_of_the_text_and_white_space_do_not_count() -> None:
    chunk = ["One.", "Two.", "Three"]
    assert compare_ends(chunk, [4, 9, 15]) == Score(2, 2, 2)
    assert compare_ends(chunk, [5, 10]) == Score(2, 2, 2)
    assert compare_ends(chunk, [2, 9]) == Score(1, 2, 2)
    assert compare_ends(chunk, []).f1 == 0
