"""The label scheme: which labels there are, how they are named, keyed, defined and shown by example.

A scheme is data, read from TOML. Its sections are always the same (entity, stance, holder, target,
channel, direction, certainty, flag); a domain fills those it needs. The order of labels in the file is
that of the screen; class numbers of released datasets are kept by each corpus.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import field
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Literal, get_args

from hashiya.schema.codec import from_object
from hashiya.schema.errors import LabelError, SchemeError
from hashiya.schema.records import Lang, SchemeRef, record

SCHEME_FORMAT = 1
Section = Literal["entity", "stance", "holder", "target", "channel", "direction", "certainty", "flag"]
SECTIONS: tuple[Section, ...] = get_args(Section)
NO_STANCE = "none"
"""The class of a target that a finished pair says nothing about; no label may take its name."""

_ID = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_CONCEPT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# "b" is out: on Arabic keyboards its key sends the lam-alef, as one or as two characters.
_KEY = re.compile(r"[ac-z0-9]")
_VERSION = re.compile(r"\d+\.\d+\.\d+")


@record(kw_only=False)
class Bilingual:
    """The same words in Arabic and English."""

    en: str
    ar: str

    def text(self, lang: Lang) -> str:
        """The words in one language."""
        return self.ar if lang == "ar" else self.en


@record(kw_only=False)
class Examples:
    """Example sentences in both languages; `⟦ ⟧` brackets a span."""

    en: tuple[str, ...] = ()
    ar: tuple[str, ...] = ()

    def texts(self, lang: Lang) -> tuple[str, ...]:
        """The examples in one language."""
        return self.ar if lang == "ar" else self.en


@record(kw_only=False)
class Term:
    """An entry of a closed list: the concept and its surface forms."""

    concept: str
    en: tuple[str, ...]
    ar: tuple[str, ...]


@record
class Label:
    """One label: stable id, one key, names, the test that decides, examples for and against.

    `since` is the version of the scheme that first had it; null is the first one.
    """

    id: str
    key: str
    name: Bilingual
    definition: Bilingual
    yes: Examples = field(default_factory=Examples)
    no: Examples = field(default_factory=Examples)
    terms: tuple[Term, ...] = ()
    since: str | None = None


@record
class Defaults:
    """What is meant when an annotator gives only the main label."""

    target: str | None = None
    holder: str | None = None
    certainty: str | None = None


@record
class Rules:
    """`overlap`: whether two entities of one side may share letters."""

    overlap: bool = False


@record
class LayerGuide:
    """The rules that hold for a whole layer, as Markdown."""

    general: Bilingual | None = None
    entity: Bilingual | None = None
    stance: Bilingual | None = None
    implication: Bilingual | None = None
    flag: Bilingual | None = None


class _Kept:
    """Gives a record a place for what is worked out of it once; a record's own fields have slots."""


@record
class LabelScheme(_Kept):
    """A whole scheme; `read_scheme` makes one from a file."""

    format: int
    name: str
    version: str
    title: Bilingual
    defaults: Defaults = field(default_factory=Defaults)
    rules: Rules = field(default_factory=Rules)
    guide: LayerGuide = field(default_factory=LayerGuide)
    entity: tuple[Label, ...] = ()
    stance: tuple[Label, ...] = ()
    holder: tuple[Label, ...] = ()
    target: tuple[Label, ...] = ()
    channel: tuple[Label, ...] = ()
    direction: tuple[Label, ...] = ()
    certainty: tuple[Label, ...] = ()
    flag: tuple[Label, ...] = ()

    @property
    def ref(self) -> SchemeRef:
        """Name and version, as every annotation carries them."""
        return SchemeRef(name=self.name, version=self.version)

    def labels(self, section: Section) -> tuple[Label, ...]:
        """The labels of one section, in their order."""
        labels: tuple[Label, ...] = getattr(self, section)
        return labels

    def ids(self, section: Section) -> tuple[str, ...]:
        """The label ids of one section, in their order."""
        return self._ids[section]

    @cached_property
    def _ids(self) -> dict[Section, tuple[str, ...]]:
        return {section: tuple(label.id for label in self.labels(section)) for section in SECTIONS}

    @cached_property
    def introduced(self) -> dict[tuple[Section, str], tuple[int, ...]]:
        """The versions in which labels came to the scheme, of those that were not in its first one."""
        return {
            (section, label.id): version_numbers(label.since)
            for section in SECTIONS
            for label in self.labels(section)
            if label.since
        }


def parse_scheme(text: str, where: str) -> LabelScheme:
    """Read a scheme from TOML text; `SchemeError` names `where` and every key that is wrong."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number too long, tables too deep
        raise SchemeError(f"{where}: not valid TOML: {error}") from None
    if table.get("format") not in {SCHEME_FORMAT, None}:
        raise SchemeError(
            f"{where}: format: {table['format']!r} is not known to this version, "
            f"which reads format {SCHEME_FORMAT}; install a newer hashiya"
        )
    try:
        scheme = from_object(LabelScheme, table, where)
    except LabelError as error:
        raise SchemeError(str(error)) from None
    faults = [*_naming_faults(scheme), *_reference_faults(scheme)]
    if faults:
        raise SchemeError("\n".join(f"{where}: {fault}" for fault in faults))
    return scheme


def read_scheme(path: Path) -> LabelScheme:
    """Read a scheme file; errors as `parse_scheme`."""
    return parse_scheme(_text(path), str(path))


def read_scheme_text(path: Path) -> str:
    """Return the TOML of a scheme file that `read_scheme` reads; errors as `parse_scheme`."""
    text = _text(path)
    parse_scheme(text, str(path))
    return text


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SchemeError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise SchemeError(f"{path}: not UTF-8 (byte {error.start})") from None


def shipped_scheme_text() -> str:
    """Return the TOML of the scheme that ships, `ai-market`."""
    return resources.files("hashiya.schema").joinpath("ai_market.toml").read_text(encoding="utf-8")


@cache
def shipped_scheme() -> LabelScheme:
    """Return the scheme that ships, `ai-market`."""
    return parse_scheme(shipped_scheme_text(), "ai_market.toml")


def _naming_faults(scheme: LabelScheme) -> list[str]:
    faults: list[str] = []
    if not _CONCEPT.fullmatch(scheme.name):
        faults.append(f"name: {scheme.name!r} must be lower-case Latin letters, digits and hyphens")
    if not _VERSION.fullmatch(scheme.version):
        faults.append(f"version: {scheme.version!r} must be three numbers, as in '1.0.0'")
    for section in SECTIONS:
        ids: dict[str, int] = {}
        keys: dict[str, int] = {}
        for number, label in enumerate(scheme.labels(section)):
            at = f"{section}[{number}]"
            if not _ID.fullmatch(label.id):
                faults.append(f"{at}.id: {label.id!r} must be lower-case Latin words joined by _")
            if section == "stance" and label.id == NO_STANCE:
                faults.append(f"{at}.id: '{NO_STANCE}' is what an unmarked pair means; choose another id")
            if not _KEY.fullmatch(label.key):
                faults.append(
                    f"{at}.key: {label.key!r} must be one lower-case Latin letter, not b, or a digit"
                )
            if label.since is not None and not _is_version(label.since, scheme.version):
                faults.append(f"{at}.since: {label.since!r} must be a version up to {scheme.version!r}")
            if label.id in ids:
                faults.append(f"{at}.id: {label.id!r} is taken by {section}[{ids[label.id]}]")
            if label.key in keys:
                faults.append(f"{at}.key: {label.key!r} is taken by {section}[{keys[label.key]}]")
            ids.setdefault(label.id, number)
            keys.setdefault(label.key, number)
            faults += [
                f"{at}.terms[{i}].concept: {term.concept!r} must be a slug such as 'large-language-model'"
                for i, term in enumerate(label.terms)
                if not is_concept(term.concept)
            ]
    return faults


def version_numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, which order versions."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _is_version(since: str, version: str) -> bool:
    """Whether `since` is a version that is not later than the scheme's."""
    if not (_VERSION.fullmatch(since) and _VERSION.fullmatch(version)):
        return False
    first, now = (tuple(map(int, text.split("."))) for text in (since, version))
    return first <= now


def _reference_faults(scheme: LabelScheme) -> list[str]:
    defaults: dict[Section, str | None] = {
        "target": scheme.defaults.target,
        "holder": scheme.defaults.holder,
        "certainty": scheme.defaults.certainty,
    }
    faults = [
        f"defaults.{section}: no {section} is called {value!r}; there are: {', '.join(scheme.ids(section))}"
        for section, value in defaults.items()
        if value is not None and value not in scheme.ids(section)
    ]
    needs: dict[Section, tuple[Section, ...]] = {
        "stance": ("target", "holder"),
        "channel": ("target", "direction", "certainty"),
    }
    faults += [
        f"{other}: missing; labels of {section!r} need at least one"
        for section, others in needs.items()
        if scheme.labels(section)
        for other in others
        if not scheme.labels(other)
    ]
    return faults


def is_concept(slug: str) -> bool:
    """Whether `slug` may name a concept: lower-case Latin letters and digits, joined by hyphens."""
    return _CONCEPT.fullmatch(slug) is not None
