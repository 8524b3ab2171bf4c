"""Documents to look in for the place of an annotation: the one that it names, or it under a new name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hashiya.corpus.store.document_view import DocumentView
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.records import LANGS, Annotation, Pair

_compute: Any = pc  # the stubs know few of the types that go with its functions


def views_for(
    generation: Generation, annotations: Sequence[Annotation]
) -> dict[str, tuple[DocumentView, ...]]:
    """Return, by the doc_id that annotations name, the documents to look in, the first one first."""
    named = generation.views({annotation.place.doc_id for annotation in annotations})
    new_names = _new_names(generation, annotations, named)
    renamed = generation.views(set(new_names.values()))
    views: dict[str, tuple[DocumentView, ...]] = {}
    for annotation in annotations:
        doc_id = annotation.place.doc_id
        either = (named.get(doc_id), renamed.get(new_names.get(doc_id, "")))
        views[doc_id] = tuple(view for view in either if view is not None)
    return views


def _new_names(
    generation: Generation, annotations: Sequence[Annotation], named: Mapping[str, DocumentView]
) -> dict[str, str]:
    """The new doc_id of documents by the old one: of the document that has most of the labelled texts.

    Where there is a document of the old name, it may have none of these texts, and the other at least two.
    """
    labelled: dict[str, dict[str, int]] = {}
    for annotation in annotations:
        for anchor in (annotation.place.ar, annotation.place.en):
            if anchor is not None:
                of_document = labelled.setdefault(annotation.place.doc_id, {})
                of_document[anchor.text_hash] = anchor.end - anchor.start
    sought: dict[str, set[str]] = {}
    lengths: set[int] = set()
    for doc_id, hashes in labelled.items():
        view = named.get(doc_id)
        if view is None or not any(digest in hashes for pair in view.pairs for digest in _hashes(pair)):
            lengths.update(hashes.values())
            for digest in hashes:
                sought.setdefault(digest, set()).add(doc_id)
    votes: dict[str, Counter[str]] = {}
    for found_in, text in _texts_of_length(generation, lengths):
        for doc_id in sought.get(text_hash(text), ()):
            votes.setdefault(doc_id, Counter())[found_in] += 1
    return {
        doc_id: max(sorted(counts), key=counts.__getitem__)
        for doc_id, counts in votes.items()
        if doc_id not in named or max(counts.values()) > 1
    }


def _texts_of_length(generation: Generation, lengths: set[int]) -> Iterator[tuple[str, str]]:
    """All sides of pairs that have one of these numbers of letters, each with the id of its document."""
    wanted = pa.array(sorted(lengths), pa.int32())
    for batch in generation.pair_batches(["doc_id", *LANGS]) if lengths else ():
        for lang in LANGS:
            found = batch.filter(_compute.is_in(_compute.utf8_length(batch[lang]), value_set=wanted))
            for doc_id, text in zip(found["doc_id"].to_pylist(), found[lang].to_pylist(), strict=True):
                yield str(doc_id), str(text)


def _hashes(pair: Pair) -> Iterator[str]:
    for lang in LANGS:
        text = pair.text(lang)
        if text is not None:
            yield text_hash(text)
