"""A document under its edits: texts and beads, to which one edit after the other is applied, if it fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.text.edited_text import EditedText, SourcePoint
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.errors import LabelError
from hashiya.schema.payloads import BeadEdit, EditedRange, QuotedBead, TextEdit
from hashiya.schema.records import LANGS, Document, Kind, Lang, Sentence, Span

_BeadKey = tuple[tuple[Span, ...], tuple[Span, ...]]
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class BuiltDocument:
    """A document as sources and aligner give it: its source texts, its beads in them.

    `beads_sha256` is the hash of the file `NAME.beads.json` that the beads come from, in part or all; `None`
    where there is none.
    """

    document: Document
    beads: tuple[PlacedBead, ...]
    beads_sha256: str | None = None


class DocumentState:
    """The texts and beads of a document so far; an edit that does not fit changes nothing."""

    def __init__(self, built: BuiltDocument) -> None:
        self.texts: dict[Lang, EditedText] = {}
        for lang in LANGS:
            text = built.document.text(lang)
            if text is not None:
                self.texts[lang] = EditedText(text)
        self.beads = list(built.beads)
        self._hashes = {lang: text_hash(text.source) for lang, text in self.texts.items()}

    def apply(self, edit: TextEdit | BeadEdit) -> None:
        """Apply an edit; `LabelError` says why it does not fit."""
        if isinstance(edit, TextEdit):
            self._edit_text(edit)
        else:
            self._edit_beads(edit)

    def see_source(self, edit: TextEdit | BeadEdit) -> None:
        """See that an edit was made on the source texts that are here; `LabelError` if not."""
        if isinstance(edit, TextEdit):
            langs: dict[Lang, str | None] = {edit.lang: edit.source_sha256}
        else:
            beads = (*edit.removed, *edit.placed)
            langs = {lang: edit.sha256(lang) for lang in LANGS if any(bead.side(lang) for bead in beads)}
        for lang, sha256 in langs.items():
            if lang not in self.texts:
                raise LabelError(f"the document has no text on the {lang} side")
            if sha256 != self._hashes[lang]:
                raise LabelError(f"was made on another source text of the {lang} side")

    def stands(self, beads: Iterable[QuotedBead]) -> bool:
        """Return whether beads are there already, cut as they quote it, of the kind that they say."""
        there = {_key(bead): bead.kind for bead in self.beads}
        try:
            found = [(self._quoted(bead), bead.kind) for bead in beads]
        except LabelError:
            return False
        return all(key in there and kind in {None, there[key]} for key, kind in found)

    def range_of(self, lang: Lang, quoted: EditedRange) -> Span:
        """Return where a range is now; `LabelError` where it is not, or quotes what is not there."""
        text = self.texts.get(lang)
        if text is None:
            raise LabelError(f"the document has no text on the {lang} side")
        start = text.offset(SourcePoint(quoted.start, quoted.start_into))
        end = text.offset(SourcePoint(quoted.end, quoted.end_into))
        if start is None or end is None or start >= end:
            raise LabelError(f"{lang} [{quoted.start}, {quoted.end}) is no range in the text as it stands")
        found = text.text[start:end]
        if found != quoted.quote:
            raise LabelError(
                f"{lang} [{quoted.start}, {quoted.end}) quotes {_shown(quoted.quote)}, "
                f"the text there is {_shown(found)}"
            )
        return Span(start, end)

    def _edit_text(self, edit: TextEdit) -> None:
        self.see_source(edit)
        lang, span = edit.lang, self.range_of(edit.lang, edit.range)
        text = self.texts[lang].replaced(span.start, span.end, edit.text)
        moved = [_moved(bead, lang, span, edit.text, text.text) for bead in self.beads]
        sentences = chain.from_iterable(bead.side(lang) for bead in self.beads)
        if edit.text.strip() and not any(
            sentence.start <= span.start and span.end <= sentence.end for sentence in sentences
        ):
            raise LabelError(
                f"puts {_shown(edit.text)} outside of every sentence: edit a sentence, then cut it in two"
            )
        self.texts[lang] = text
        self.beads = [bead for bead in moved if bead.ar or bead.en]

    def _edit_beads(self, edit: BeadEdit) -> None:
        self.see_source(edit)
        if not edit.removed:
            raise LabelError("takes no bead out")
        if not edit.placed:
            raise LabelError("puts no bead in the place of those that it takes out")
        index = {_key(bead): number for number, bead in enumerate(self.beads)}
        keys = [self._quoted(bead) for bead in edit.removed]
        if not index.keys() >= set(keys):
            if self.stands(edit.placed):
                return
            missing = next(quoted for quoted, key in zip(edit.removed, keys, strict=True) if key not in index)
            raise LabelError(f"takes out a bead that does not stand: {_named(missing)}")
        removed = sorted({index[key] for key in keys})
        placed = [(self._quoted(bead), bead) for bead in edit.placed]
        for lang, sides in zip(LANGS, zip(*(key for key, _ in placed), strict=True), strict=True):
            self._see_sentences(lang, removed, sides)
        slots: dict[int, list[PlacedBead]] = {number: [] for number in removed}
        for key, quoted in placed:
            slot, bead = self._placed(removed, key, quoted.kind)
            slots[slot].append(bead)
        beads = (slots.get(number, [bead]) for number, bead in enumerate(self.beads))
        self.beads = list(chain.from_iterable(beads))

    def _see_sentences(self, lang: Lang, removed: Sequence[int], sides: Sequence[tuple[Span, ...]]) -> None:
        """See that sentences of new beads can stand, and hold what those of the removed beads hold."""
        if lang not in self.texts:
            return
        text = self.texts[lang].text
        for side in sides:
            for one, other in pairwise(side):
                between = text[one.end : other.start]
                if one.end > other.start or between.strip():
                    quotes = (_shown(text[item.start : item.end]) for item in (one, other))
                    raise LabelError(
                        f"{lang}: two sentences of one bead are not neighbours: {' and '.join(quotes)}"
                    )
        spans = sorted(chain.from_iterable(sides))
        for span in spans:
            if text[span.start].isspace() or text[span.end - 1].isspace():
                quote = _shown(text[span.start : span.end])
                raise LabelError(f"{lang}: a sentence begins or ends with white space: {quote}")
        for one, other in pairwise(spans):
            if one.end > other.start:
                raise LabelError(f"{lang}: {_shown(text[other.start : other.end])} is in two sentences")
        old = _letters(text, (item for number in removed for item in self.beads[number].side(lang)))
        new = _letters(text, spans)
        if old != new:
            at = min(old ^ new)
            verb = "leaves out" if at in old else "takes from another bead"
            raise LabelError(f"{lang}: {verb} {_shown(text[at : at + _SHOWN])}")

    def _placed(self, removed: Sequence[int], key: _BeadKey, kind: Kind | None) -> tuple[int, PlacedBead]:
        """A new bead, and the number of the removed one in whose place it stands.

        That is the one that had its first sentence, by its Arabic side if it has one.
        """
        slot: int | None = None
        sides: dict[Lang, tuple[Sentence, ...]] = {}
        for lang, spans in zip(LANGS, key, strict=True):
            made: list[Sentence] = []
            for span in spans:
                number, before = next(
                    (number, sentence)
                    for number in removed
                    for sentence in self.beads[number].side(lang)
                    if sentence.start <= span.start < sentence.end
                )
                slot = number if slot is None else slot
                made.append(Sentence(span.start, span.end, kind or before.kind))
            sides[lang] = tuple(made)
        if slot is None:
            raise LabelError("puts a bead without a sentence")
        return slot, PlacedBead(ar=sides["ar"], en=sides["en"])

    def _quoted(self, bead: QuotedBead) -> _BeadKey:
        ar, en = (tuple(self.range_of(lang, item) for item in bead.side(lang)) for lang in LANGS)
        return ar, en


def _key(bead: PlacedBead) -> _BeadKey:
    ar, en = (tuple(Span(item.start, item.end) for item in bead.side(lang)) for lang in LANGS)
    return ar, en


def _letters(text: str, ranges: Iterable[Span | Sentence]) -> set[int]:
    """The places of what is no white space in some ranges."""
    return {at for item in ranges for at in range(item.start, item.end) if not text[at].isspace()}


def _moved(bead: PlacedBead, lang: Lang, span: Span, put: str, text: str) -> PlacedBead:
    """A bead after an edit of a range, which may lie in one of its sentences or hold some of them whole."""
    side = tuple(_moved_sentences(bead.side(lang), span, put, text))
    return replace(bead, ar=side) if lang == "ar" else replace(bead, en=side)


def _moved_sentences(sentences: Iterable[Sentence], span: Span, put: str, text: str) -> Iterator[Sentence]:
    longer = len(put) - (span.end - span.start)
    for item in sentences:
        start, end = item.start, item.end
        if span.end <= start:
            yield replace(item, start=start + longer, end=end + longer)
        elif end <= span.start:
            yield item
        elif start <= span.start and span.end <= end:
            said = text[start : end + longer]
            if said.strip():
                start += len(said) - len(said.lstrip())
                yield replace(item, start=start, end=start + len(said.strip()))
        elif not (span.start <= start and end <= span.end and not put.strip()):
            raise LabelError(
                "crosses the border of a sentence: join the sentences first, or edit each by itself"
            )


def _named(bead: QuotedBead) -> str:
    """A bead by what it quotes."""
    sides = ((lang, " ".join(item.quote for item in bead.side(lang))) for lang in LANGS)
    return ", ".join(f"{lang} {_shown(quote)}" for lang, quote in sides if quote) or "one without a sentence"


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}...")
