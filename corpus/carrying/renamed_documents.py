"""Documents to look in for the place of an annotation: the one that it names, or it under a new name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from hashiya.corpus.store.document_view import DocumentView
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.records import LANGS, Annotation, Pair


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
    labelled: dict[str, set[str]] = {}
    for annotation in annotations:
        for anchor in (annotation.place.ar, annotation.place.en):
            if anchor is not None:
                labelled.setdefault(annotation.place.doc_id, set()).add(anchor.text_hash)
    sought: dict[str, set[str]] = {}
    for doc_id, hashes in labelled.items():
        view = named.get(doc_id)
        if view is None or not hashes & {digest for pair in view.pairs for digest in _hashes(pair)}:
            for digest in hashes:
                sought.setdefault(digest, set()).add(doc_id)
    votes: dict[str, Counter[str]] = {}
    for pair in generation.pairs() if sought else ():
        for digest in _hashes(pair):
            for doc_id in sought.get(digest, ()):
                votes.setdefault(doc_id, Counter())[pair.doc_id] += 1
    return {
        doc_id: max(sorted(counts), key=counts.__getitem__)
        for doc_id, counts in votes.items()
        if doc_id not in named or max(counts.values()) > 1
    }


def _hashes(pair: Pair) -> Iterator[str]:
    for lang in LANGS:
        text = pair.text(lang)
        if text is not None:
            yield text_hash(text)
