"""spaCy's DocBin: a Doc for every side, in `ar.spacy` and `en.spacy`; needs the extra `spacy`.

`doc.ents` holds the entities that do not overlap, `doc.spans["sc"]` the others, `doc.spans["flag"]` the
flags; a concept is the `kb_id`, what a flag meant the extension `intended`. Tokens are cut where a
mark begins or ends, and `doc.text` is the side's text. Which side it is stands in `doc.user_data`.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hashiya.corpus.exchange.formats.file_kinds import kind_by_start
from hashiya.corpus.exchange.formats.files import FileFaults, ReadOptions, document_named, lang_of, status_of
from hashiya.corpus.exchange.formats.input_files import InputFile, InputFolder
from hashiya.corpus.exchange.formats.json_lines import string
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import FLAG, Export, Side, SideMark, pieces
from hashiya.schema.errors import MissingExtraError
from hashiya.schema.records import LANGS, Span

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


def read(source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
    """Yield the sides of a DocBin, or of every `.spacy` file in a folder.

    A Doc that says where its sentences begin, as those of `spacy convert` do, is a side for each of them.
    """
    options = options or ReadOptions()
    docbin, vocab = _spacy()
    for file in InputFolder(source).files(".spacy"):
        content = file.read()
        kind = kind_by_start(content[:4096])
        try:
            docs: list[Doc] = list(docbin(store_user_data=True).from_bytes(content).get_docs(vocab))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, zlib.error) as error:
            why = f"it is {kind}" if kind else f"no DocBin ({type(error).__name__})"
            outcome.leave("files", why, where=file.where)
            continue
        faults = FileFaults()
        annotator = file.stem if options.named_after else None
        for number, doc in enumerate(docs, start=1):
            group = options.label_key or _OVERLAPPING
            unread = _unread(doc, {_OVERLAPPING, _FLAGS, group}, f"{file.where}, doc {number}", faults)
            for side in _sides(file, number, doc, list(_marks(doc, group)), faults):
                yield replace(side, annotator=annotator, unread=side.unread + unread)
        faults.tell(outcome)


def _unread(doc: Doc, read: Collection[str], where: str, faults: FileFaults) -> int:
    """Return how many spans stand in groups that are not read; each group is told by its name."""
    others = {name: len(doc.spans[name]) for name in doc.spans if name not in read and len(doc.spans[name])}
    for name, count in others.items():
        faults.add(
            "entities",
            f"are in the group {name!r}, which is not read; in the label map: [keys] labels = {name!r}",
            where,
            count,
        )
    return sum(others.values())


def _sides(
    file: InputFile, number: int, doc: Doc, marks: Sequence[SideMark], faults: FileFaults
) -> Iterator[Side]:
    said: dict[Any, Any] = doc.user_data
    where = f"{file.where}, doc {number}"
    whole = Side(
        where=where,
        pair_id=string(said, "pair_id"),
        lang=lang_of(said.get("lang"))
        or lang_of(file.stem)
        or document_named(file.name.with_suffix(".txt"))[1],
        text=doc.text,
        marks=tuple(marks),
        sent_as=string(said, "annotator"),
        status=status_of(said.get("status")),
        doc_id=string(said, "doc_id"),
    )
    sentences = _sentences(doc) if whole.pair_id is None else []
    words = whole.pair_id is None and _is_of_words(doc)
    if len(sentences) < 2:
        yield _from_words(whole) if words else whole
        return
    inside = 0
    for at, (start, end) in enumerate(sentences, start=1):
        own = tuple(
            replace(mark, start=mark.start - start, end=mark.end - start)
            for mark in marks
            if start <= mark.start and mark.end <= end
        )
        inside += len(own)
        cut = sum(mark.start < end < mark.end or mark.start < start < mark.end for mark in marks)
        place = f"{where}, sentence {at}"
        side = replace(whole, where=place, text=doc.text[start:end], marks=own, unread=cut)
        yield _from_words(side) if words else side
    for _ in range(len(marks) - inside):
        faults.add("entities", "reach over the end of a sentence", where)


def _sentences(doc: Doc) -> list[tuple[int, int]]:
    """Return the ranges of a Doc's sentences, without outer white space; none where it has none."""
    if not doc.has_annotation("SENT_START"):
        return []
    found = ((span.start_char, span.end_char, span.text) for span in doc.sents)
    return [
        (start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip()))
        for start, end, text in found
        if text.strip()
    ]


def _is_of_words(doc: Doc) -> bool:
    """Return whether a Doc was put together from words, so that its spaces are none of a text's.

    spaCy keeps that it was told of no spaces, and puts one after every word, the last one too.
    """
    return doc.has_unknown_spaces or (len(doc) > 1 and all(token.whitespace_ for token in doc))


def _from_words(side: Side) -> Side:
    """Return a side without its white space, its marks counted accordingly."""
    text = side.text or ""
    places = list(accumulate((not character.isspace() for character in text), initial=0))
    marks = (replace(mark, start=places[mark.start], end=places[mark.end]) for mark in side.marks)
    ends = list(accumulate(map(len, text.split())))
    tokens = tuple(Span(start, end) for start, end in pairwise([0, *ends]))
    return replace(side, text="".join(text.split()), marks=tuple(marks), tokens=tokens, spaced=False)


def _marks(doc: Doc, group: str) -> Iterator[SideMark]:
    groups = {name: list(doc.spans[name]) for name in doc.spans}
    data: dict[Any, Any] = doc.user_data
    taken: set[tuple[int, int, str]] = set()
    for span in (*doc.ents, *groups.get(_OVERLAPPING, ()), *groups.get(group, ())):
        key = (span.start_char, span.end_char, span.label_)
        if key not in taken:
            taken.add(key)
            yield SideMark(
                start=span.start_char,
                end=span.end_char,
                label=span.label_,
                id=span.id_ or None,
                concept=span.kb_id_ or None,
            )
    for span in groups.get(_FLAGS, ()) if group != _FLAGS else ():
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
