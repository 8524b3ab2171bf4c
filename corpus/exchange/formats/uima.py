"""UIMA CAS as XMI, for INCEpTION and other UIMA tools: one file a side, with a TypeSystem.xml beside it.

Names are DKPro Core's NamedEntity (value, and identifier for the concept), which is INCEpTION's own layer.
UIMA counts UTF-16 code units; cassis turns them into code points and back, here alone. What does not fall
between two characters is refused. https://uima.apache.org/d/uimaj-current/references.html
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from keyword import iskeyword
from pathlib import Path
from typing import Any

from hashiya.corpus.exchange.formats.file_kinds import kind_by_start
from hashiya.corpus.exchange.formats.files import FileFaults, ReadOptions, lang_of, with_labels_of_all
from hashiya.corpus.exchange.formats.inception_paths import Labelled, as_nobodys, labelled_by, wanted
from hashiya.corpus.exchange.formats.input_files import InputFile, InputFolder
from hashiya.corpus.exchange.formats.xmi_spans import XmiMarks, spans_of, type_of, utf16_places, xml_root
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Export, Side, pieces, side_name
from hashiya.schema.errors import MissingExtraError, Problem

TYPES = "TypeSystem.xml"

_API = "de.tudarmstadt.ukp.dkpro.core.api"
_ENTITY = f"{_API}.ner.type.NamedEntity"
_TOKEN = f"{_API}.segmentation.type.Token"
_SENTENCE = f"{_API}.segmentation.type.Sentence"
_METADATA = f"{_API}.metadata.type.DocumentMetaData"
_TITLES = ("documentId", "documentTitle", "documentUri")
_FEATURES = {
    _ENTITY: ("value", "identifier"),
    _TOKEN: (),
    _SENTENCE: (),
    _METADATA: (*_TITLES, "documentBaseUri", "collectionId", "isLastSegment"),
}
_NAME = re.compile(r"([0-9a-f]{32})\.(ar|en)\b")
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fit(side: Side, outcome: Outcome) -> Side | None:
    """Leave out a side that XML cannot hold."""
    if _NOT_XML.search(side.text or ""):
        outcome.leave("sides", "hold a control character that XML cannot", where=side.where)
        return None
    return side


def write(export: Export) -> None:
    """Write a folder of XMI files and their type system."""
    cassis = _cassis()
    types = _with_ours(cassis.TypeSystem())
    types.to_xml(export.out / TYPES)
    for side in export.sides:
        cas = cassis.Cas(typesystem=types)
        cas.sofa_string = side.text
        cas.sofa_mime = "text/plain"
        for feature_structure in _structures(types, side):
            cas.add(feature_structure)
        cas.to_xmi(export.out / f"{side_name(side)}.xmi")


def _structures(types: Any, side: Side) -> Iterator[Any]:
    name, text = side_name(side), side.text or ""
    title = {"documentId": name, "documentTitle": name}
    yield types.get_type(_METADATA)(begin=0, end=len(text), language=side.lang, **title)
    for sentence in side.sentences:
        yield types.get_type(_SENTENCE)(begin=sentence.start, end=sentence.end)
    # INCEpTION's layer of names goes by whole tokens, so tokens are cut where a name begins or ends.
    for start, end, _ in pieces(text, side.tokens, side.marks):
        if not text[start:end].isspace():
            yield types.get_type(_TOKEN)(begin=start, end=end)
    for mark in side.marks:
        yield types.get_type(_ENTITY)(
            begin=mark.start, end=mark.end, value=mark.label, identifier=mark.concept
        )


def read(source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
    """Yield the sides of a file, or of every `.xmi` file in a folder or ZIP and below.

    Who labelled is known where an export says it: by the names of its folders and files.
    """
    yield from with_labels_of_all(list(_sides(source, outcome, options or ReadOptions())))


def _sides(source: Path, outcome: Outcome, options: ReadOptions) -> Iterator[Side]:
    cassis = _cassis()
    folder = InputFolder(source)
    files = folder.files(".xmi")
    people = labelled_by(files, _title)
    systems: dict[str | None, Any] = {}
    for file in wanted(files, people):
        content = file.read()
        kind = kind_by_start(content[:4096], xml=True)
        if kind is not None:
            outcome.leave("files", f"it is {kind}", where=file.where)
            continue
        types = file.beside(TYPES) or file.at_the_top(TYPES)
        key = types.where if types else None
        try:
            spans = spans_of(content)
            if key not in systems:
                systems[key] = _type_system(cassis, types)
            cas = _load(cassis, content, systems[key])
        except ValueError as error:
            outcome.leave("sides", "are no CAS")
            outcome.problems.append(Problem(file.where, str(error)))
            continue
        faults = FileFaults()
        reader = XmiMarks(file.where, utf16_places(cas.sofa_string), options.layers, faults)
        marks = tuple(reader.read(spans))
        side = replace(_side(file, cas, people[file], options), marks=marks, unread=reader.unread)
        if people[file].initial:
            yield as_nobodys(side, outcome)
        else:
            faults.tell(outcome)
            yield side


def _side(file: InputFile, cas: Any, labelled: Labelled, options: ReadOptions) -> Side:
    """Return the side of a file, without its marks."""
    name = _name(cas, file)
    return Side(
        where=file.where,
        pair_id=name[1] if name else None,
        lang=lang_of(name[2]) if name else labelled.lang,
        text=cas.sofa_string,
        annotator=labelled.annotator or (file.stem if options.named_after else None),
        doc_id=None if name else labelled.doc_id,
    )


def _with_ours(types: Any) -> Any:
    """Return a type system, with the types that a side needs added where it lacks them."""
    for name, features in _FEATURES.items():
        if not types.contains_type(name):
            above = "uima.tcas.DocumentAnnotation" if name == _METADATA else "uima.tcas.Annotation"
            made = types.create_type(name=name, supertypeName=above)
            for feature in features:
                kind = "Boolean" if feature == "isLastSegment" else "String"
                types.create_feature(made, name=feature, rangeType=f"uima.cas.{kind}")
    return types


def _type_system(cassis: Any, file: InputFile | None) -> Any:
    """Return the types of a file, else those of DKPro Core; `ValueError` where the file holds none."""
    if file is None:
        with warnings.catch_warnings():
            # cassis opens its own file in a way that Python has deprecated.
            warnings.filterwarnings("ignore", "open_binary is deprecated", DeprecationWarning)
            return _with_ours(cassis.load_dkpro_core_typesystem())
    content = file.read()
    try:
        _check_names(xml_root(content))
        return cassis.load_typesystem(BytesIO(content))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{file.where}: no type system that cassis can read ({error})") from None


def _check_names(root: Any) -> None:
    """Refuse, by `ValueError`, names of types and features that are none.

    cassis makes Python classes of them: any other text would be compiled as code.
    """
    for name in (name for kind in root.iter("{*}typeDescription") for name in kind.iter("{*}name")):
        if not all(part.isidentifier() and not iskeyword(part) for part in (name.text or "").split(".")):
            raise ValueError(f"{name.text!r} is no name of a type or feature")


def _load(cassis: Any, content: bytes, system: Any) -> Any:
    """Return the CAS of a file; `ValueError` when it is none."""
    try:
        with warnings.catch_warnings():
            # Types that nobody declared, which say nothing of names, and offsets, which are checked here.
            warnings.filterwarnings("ignore", category=UserWarning, module="cassis")
            cas = cassis.load_cas_from_xmi(BytesIO(content), typesystem=system, lenient=True)
    except (KeyError, TypeError, AttributeError, RuntimeError, IndexError) as error:
        # What cassis raises for a file that is XML but no CAS.
        raise ValueError(f"no CAS that cassis can read ({type(error).__name__}: {error})") from None
    if cas.sofa_string is None:
        raise ValueError("holds no text")
    return cas


def _name(cas: Any, file: InputFile) -> re.Match[str] | None:
    """Return the name of the side: from the metadata, else from the name of the file or its folder."""
    metadata = _select(cas, _METADATA)
    titles = [getattr(item, title, None) for item in metadata for title in _TITLES]
    names = [str(name) for name in (*titles, file.name.name, file.place.parent.name) if name]
    return next((match for name in names if (match := _NAME.search(name))), None)


def _title(file: InputFile) -> str | None:
    """Return what a file calls the document that it is of."""
    try:
        root = xml_root(file.read())
    except ValueError:
        return None
    metadata = (element for element in root if type_of(element) == _METADATA)
    return next((title for element in metadata if (title := element.get("documentTitle"))), None)


def _select(cas: Any, kind: str) -> list[Any]:
    return list(cas.select(kind)) if cas.typesystem.contains_type(kind) else []


def _cassis() -> Any:
    try:
        import cassis
    except ImportError as error:
        raise MissingExtraError("XMI", "exchange") from error
    return cassis
