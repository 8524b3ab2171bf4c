"""The systems of the segmentation table: each makes, for a language, a function from text to ends.

An end is the offset behind a sentence's last character. Peers are imported where they are made. `sample`
is the set's own text, for what trains itself without labels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from hashiya.corpus.segmentation.segment import segment
from hashiya.schema.records import Lang

Ends = Callable[[str], Iterable[int]]
Make = Callable[[Lang, str], Ends]

_STOP = re.compile(r"[.!?؟…]+[\"'”’»)]*(?=\s)")
_STOPS: Mapping[Lang, tuple[str, ...]] = {"ar": (".", "!", "?", "؟", "…"), "en": (".", "!", "?")}
"""The characters that end sentences for Punkt: its own for English, and the Arabic mark besides."""


def hashiya(lang: Lang, _sample: str) -> Ends:
    """Return the project's segmenter."""
    return lambda text: [sentence.end for sentence in segment(text, lang)]


def stop_and_space(_lang: Lang, _sample: str) -> Ends:
    """Every stop before white space ends a sentence."""
    return lambda text: [match.end() for match in _STOP.finditer(text)]


def pysbd(lang: Lang, _sample: str) -> Ends:
    """Pragmatic Segmenter's rules in Python.

    Its sentences are found again in the text, one after the other; one that it altered ends nowhere.
    """
    from pysbd import Segmenter

    segmenter = Segmenter(language=lang, clean=False)

    def run(text: str) -> list[int]:
        ends: list[int] = []
        at = 0
        for sentence in map(str.strip, segmenter.segment(text)):
            start = text.find(sentence, at)
            if start >= 0:
                at = start + len(sentence)
                ends.append(at)
        return ends

    return run


def punkt(lang: Lang, sample: str) -> Ends:
    """Punkt (Kiss and Strunk 2006), trained on the text that it then cuts, without labels."""
    from nltk.tokenize.punkt import PunktLanguageVars, PunktSentenceTokenizer, PunktTrainer

    class Marks(PunktLanguageVars):  # type: ignore[misc]  # the package ships no types
        sent_end_chars = _STOPS[lang]

    marks = Marks()
    trainer = PunktTrainer(sample, lang_vars=marks)
    tokenizer = PunktSentenceTokenizer(trainer.get_params(), lang_vars=marks)
    return lambda text: [end for _, end in tokenizer.span_tokenize(text)]


def spacy(lang: Lang, _sample: str) -> Ends:
    """Return the rules of spaCy's sentencizer over its tokenizer of the language."""
    from spacy import blank

    pipeline = blank(lang)
    pipeline.add_pipe("sentencizer")
    return lambda text: [sentence.end_char for sentence in pipeline(text).sents]


SYSTEMS: Mapping[str, Make] = {
    "hashiya": hashiya,
    "stop + space": stop_and_space,
    "pysbd": pysbd,
    "Punkt, self-trained": punkt,
    "spaCy sentencizer": spacy,
}
"""The rows of the table."""
