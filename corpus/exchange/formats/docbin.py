"""spaCy's DocBin: a Doc for every side, in `ar.spacy` and `en.spacy`; needs the extra `spacy`.

`doc.ents` holds the entities that do not overlap, `doc.spans["sc"]` the others, `doc.spans["flag"]` the
flags; a concept is the `kb_id`, what a flag meant the extension `intended`. Tokens are cut where a
mark begins or ends, and `doc.text` is the side's text. Which side it is stands in `doc.user_data`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hashiya.corpus.exchange.formats.files import files_in, lang_of, read_file, status_of
from hashiya.corpus.exchange.formats.json_lines import string
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import FLAG, Export, Side, SideMark, pieces
from hashiya.schema.errors import MissingExtraError
from hashiya.schema.records import LANGS

if TYPE_CHECKING:
    from spacy.tokens import Doc, DocBin
    from spacy.tokens import Span as SpacySpan
    from spacy.vocab import Vocab

_ATTRIBUTES = ("ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID")
_OVERLAPPING = "sc"
_FLAGS = "flag"


def fit(side: Side, outcome: Outcome) -> Side:
    """Leave out all but one of what flags on the same letters meant: spaCy keeps one value a range."""
    said: set[tuple[int, int]] = set()
    marks: list[SideMark] = []
    for mark in side.marks:
        if mark.intended is not None and (mark.start, mark.end) in said:
            outcome.leave("intended", "spaCy keeps one for each range")
            marks.append(replace(mark, intended=None))
        else:
            marks.append(mark)
        if mark.layer == "flags":
            said.add((mark.start, mark.end))
    return replace(side, marks=tuple(marks))


def write(export: Export) -> None:
    """Write a DocBin for each language."""
    docbin, vocab = _spacy()
    bins: dict[str, DocBin] = {lang: docbin(attrs=_ATTRIBUTES, store_user_data=True) for lang in LANGS}
    for side in export.sides:
        if side.lang is not None:
            bins[side.lang].add(_doc(vocab, side))
    for lang, made in bins.items():
        made.to_disk(export.out / f"{lang}.spacy")


def _doc(vocab: Vocab, side: Side) -> Doc:
    from spacy.tokens import Doc

    text = side.text or ""
    parts = list(pieces(text, side.tokens, side.marks))
    doc = Doc(
        vocab, words=[text[start:end] for start, end, _ in parts], spaces=[space for _, _, space in parts]
    )
    data: dict[Any, Any] = doc.user_data
    data.update({name: value for name, value in side.meta.items() if value is not None})
    starts = {start: number for number, (start, _, _) in enumerate(parts)}
    ends = {end: number + 1 for number, (_, end, _) in enumerate(parts)}
    flat: list[SpacySpan] = []
    groups: dict[str, list[SpacySpan]] = {}
    taken = 0
    for mark in sorted(side.marks, key=lambda mark: (mark.start, -mark.end)):
        span = _span(doc, starts[mark.start], ends[mark.end], mark)
        if mark.label.startswith(FLAG):
            groups.setdefault(_FLAGS, []).append(span)
            if mark.intended is not None:
                data[_extension(span)] = mark.intended
        elif mark.start >= taken:
            flat.append(span)
            taken = mark.end
        else:
            groups.setdefault(_OVERLAPPING, []).append(span)
    doc.set_ents(flat)
    doc.spans.update(groups)
    return doc


def _span(doc: Doc, start: int, end: int, mark: SideMark) -> SpacySpan:
    from spacy.tokens import Span

    label = mark.label.removeprefix(FLAG)
    return Span(doc, start, end, label=label, kb_id=mark.concept or "", span_id=mark.id or "")


def _extension(span: SpacySpan) -> tuple[str, str, int, int]:
    """Return the key of `doc.user_data` that spaCy keeps `span._.intended` under."""
    return ("._.", "intended", span.start_char, span.end_char)


def read(source: Path, outcome: Outcome) -> Iterator[Side]:
    """Yield the sides of a DocBin, or of every `.spacy` file in a folder."""
    docbin, vocab = _spacy()
    for path in files_in(source, ".spacy"):
        content = read_file(path)
        try:
            docs: list[Doc] = list(docbin(store_user_data=True).from_bytes(content).get_docs(vocab))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, zlib.error) as error:
            outcome.leave("files", f"no DocBin ({type(error).__name__})", where=str(path))
            continue
        for number, doc in enumerate(docs, start=1):
            said: dict[Any, Any] = doc.user_data
            yield Side(
                where=f"{path}, doc {number}",
                pair_id=string(said, "pair_id"),
                lang=lang_of(said.get("lang") or path.stem),
                text=doc.text,
                marks=tuple(_marks(doc)),
                sent_as=string(said, "annotator"),
                status=status_of(said.get("status")),
            )


def _marks(doc: Doc) -> Iterator[SideMark]:
    groups = {name: list(doc.spans[name]) for name in (_OVERLAPPING, _FLAGS) if name in doc.spans}
    data: dict[Any, Any] = doc.user_data
    entities = [*doc.ents, *groups.get(_OVERLAPPING, ())]
    for span in entities:
        yield SideMark(
            start=span.start_char,
            end=span.end_char,
            label=span.label_,
            id=span.id_ or None,
            concept=span.kb_id_ or None,
        )
    for span in groups.get(_FLAGS, ()):
        meant = data.get(_extension(span))
        yield SideMark(
            start=span.start_char,
            end=span.end_char,
            label=FLAG + span.label_,
            intended=meant if isinstance(meant, str) else None,
        )


def _spacy() -> tuple[type[DocBin], Vocab]:
    try:
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab
    except ImportError as error:
        raise MissingExtraError("spaCy's DocBin", "spacy") from error
    return DocBin, Vocab()
