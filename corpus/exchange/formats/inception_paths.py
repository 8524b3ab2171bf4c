"""Who labelled which document, by the paths of an export of INCEpTION or WebAnno.

A project has `annotation/DOCUMENT/PERSON.xmi`, and `curation/DOCUMENT/CURATION_USER.xmi` with what was
settled; documents that are exported in bulk are `PERSON/DOCUMENT`. `INITIAL_CAS` is a document as it was
imported: nobody's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath, PurePosixPath

from hashiya.corpus.exchange.formats.files import DOCUMENT_SUFFIXES, document_named
from hashiya.corpus.exchange.formats.input_files import InputFile
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side
from hashiya.schema.errors import Problem
from hashiya.schema.records import Lang

INITIAL = "INITIAL_CAS"
CURATOR = "CURATION_USER"
_FOLDERS = ("annotation", "curation")
# Java's temporary files: a random number of 64 bits follows the name; ours may be shorter in old versions.
_NUMBERED = re.compile(rf"({INITIAL}|{CURATOR})[0-9]+|(.+?)[0-9]{{15,}}")


@dataclass(frozen=True, slots=True)
class Labelled:
    """Whose file a file is, and of which document; `annotator` is `None` for what is nobody's."""

    annotator: str | None
    doc_id: str
    lang: Lang | None
    initial: bool = False


def labelled_by(
    files: Sequence[InputFile], title_of: Callable[[InputFile], str | None]
) -> Mapping[InputFile, Labelled]:
    """Return whose each file is; `title_of` returns the document that a file says that it is of."""
    stems: dict[PurePosixPath, set[str]] = {}
    for file in files:
        stems.setdefault(file.place.parent, set()).add(_person(file.stem))
    alike = Counter(stem for found in stems.values() for stem in found)
    return {file: _labelled(file, stems[file.place.parent], alike, title_of) for file in files}


def wanted(files: Sequence[InputFile], by: Mapping[InputFile, Labelled]) -> Sequence[InputFile]:
    """Return the files without the originals of documents that somebody labelled."""
    labelled = {by[file].doc_id for file in files if not by[file].initial}
    return [file for file in files if not by[file].initial or by[file].doc_id not in labelled]


def as_nobodys(side: Side, outcome: Outcome) -> Side:
    """Return the side of a document as it was imported; the marks that it had then are told, and left."""
    count = len(side.marks) + side.unread
    if count:
        what = f"{count} marks that the document had at first are nobody's; not taken"
        outcome.problems.append(Problem(side.where, what, left_out=False))
    return replace(side, marks=(), unread=0, annotator=None)


def _labelled(
    file: InputFile,
    stems: Collection[str],
    alike: Mapping[str, int],
    title_of: Callable[[InputFile], str | None],
) -> Labelled:
    person, folder = _person(file.stem), file.place.parent
    of_people = _is_of_people(file, stems)
    title = None if of_people else title_of(file)
    if of_people or (title is not None and _stem(title) == _stem(folder.name)):
        doc_id, lang = document_named(PurePath(_below(file)))
        return Labelled(None if person == INITIAL else person, doc_id, lang, person == INITIAL)
    doc_id, lang = document_named(PurePath(title or file.name.name))
    if folder.name in {CURATOR, INITIAL}:
        return Labelled(None if folder.name == INITIAL else CURATOR, doc_id, lang, folder.name == INITIAL)
    in_bulk = len(file.name.parts) == 2 and alike[person] > 1 and title is not None
    named = in_bulk and _stem(file.stem) == _stem(title or "")
    return Labelled(folder.name if named else None, doc_id, lang)


def _is_of_people(file: InputFile, stems: Collection[str]) -> bool:
    """Return whether a folder is named after a document, and its files after people."""
    folder = file.place.parent
    return (
        folder.parent.name in _FOLDERS
        or folder.suffix.lower() in DOCUMENT_SUFFIXES
        or not {INITIAL, CURATOR}.isdisjoint(stems)
    )


def _below(file: InputFile) -> str:
    """Return the path of a document's folder, below that of all documents where it is there."""
    parts = file.place.parent.parts
    at = next((at for at in range(len(parts) - 1, 0, -1) if parts[at - 1] in _FOLDERS), len(parts) - 1)
    return "/".join(parts[at:])


def _person(stem: str) -> str:
    match = _NUMBERED.fullmatch(stem)
    return (match[1] or match[2]) if match else stem


def _stem(name: str) -> str:
    path = PurePosixPath(name)
    return path.stem if path.suffix.lower() in DOCUMENT_SUFFIXES else name
