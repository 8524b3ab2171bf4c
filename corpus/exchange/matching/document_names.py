"""The document that a file means by a name: as it is called, or without folders, suffixes and language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from hashiya.corpus.store.reader import GenerationReader

_SUFFIXES = frozenset(
    {"txt", "html", "htm", "json", "jsonl", "xmi", "xml", "conll", "tsv", "ann", "spacy", "ar", "en"}
)
"""What may follow the name of a document in that of a file."""


class DocumentNames:
    """The documents of a corpus by the names that files give them."""

    def __init__(self, reader: GenerationReader) -> None:
        self._numbers: dict[str, list[int]] = {}
        for number, (doc_id, _) in enumerate(reader.each_title()):
            for name in {doc_id, PurePosixPath(doc_id).name}:
                self._numbers.setdefault(name, []).append(number)

    def number(self, name: str | None) -> int | None:
        """Return the number of the document that is called so; `None` for none, and for several."""
        for part in _names(name) if name else ():
            found = self._numbers.get(part, ())
            if len(found) == 1:
                return found[0]
        return None


def _names(name: str) -> Iterator[str]:
    path = PurePosixPath(name.replace("\\", "/"))
    yield name
    for part in (str(path), path.name):
        yield part
        before, _, suffix = part.rpartition(".")
        while before and suffix in _SUFFIXES:
            yield before
            before, _, suffix = before.rpartition(".")
