"""Scheme -> the annotation guidelines as Markdown, in both languages, one label after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hashiya.schema.records import LANGS, Lang
from hashiya.schema.scheme import Label, LabelScheme, Section

GENERAL = "general"
_LAYERS: tuple[tuple[str, tuple[Section, ...]], ...] = (
    ("entity", ("entity",)),
    ("stance", ("stance", "holder", "target")),
    ("implication", ("channel", "direction", "certainty")),
    ("flag", ("flag",)),
)
_HEADINGS: dict[str, dict[Lang, str]] = {
    GENERAL: {"en": "What applies everywhere", "ar": "قواعد عامة"},
    "entity": {"en": "Entities", "ar": "الكيانات"},
    "stance": {"en": "Stance", "ar": "الموقف"},
    "holder": {"en": "Holder", "ar": "صاحب الموقف"},
    "target": {"en": "Target", "ar": "موضوع الموقف"},
    "implication": {"en": "Implications", "ar": "التبعات"},
    "channel": {"en": "Channel", "ar": "قناة التأثير"},
    "direction": {"en": "Direction", "ar": "الاتجاه"},
    "certainty": {"en": "Certainty", "ar": "درجة الجزم"},
    "flag": {"en": "Flags", "ar": "التنبيهات"},
    "key": {"en": "key", "ar": "المفتاح"},
    "yes": {"en": "Yes", "ar": "نعم"},
    "no": {"en": "No", "ar": "لا"},
    "terms": {"en": "The closed list", "ar": "القائمة المغلقة"},
}


class Chapter(NamedTuple):
    """A part of the guidelines: what applies to a layer, to a section, or to one label of it.

    `about` is `GENERAL`, the layer or the section; `label` is the label's id, "" where it is none.
    """

    about: str
    label: str
    text: str


def guidelines(scheme: LabelScheme) -> str:
    """Return the whole guidelines: English first, then Arabic, set right to left."""
    english, arabic = ("\n\n".join(_language(scheme, lang)) for lang in LANGS[::-1])
    return f'{english}\n\n---\n\n<a id="ar"></a>\n<div dir="rtl" lang="ar">\n\n{arabic}\n\n</div>\n'


def _language(scheme: LabelScheme, lang: Lang) -> Iterator[str]:
    yield f"# {scheme.title.text(lang)}"
    yield f"`{scheme.name}` {scheme.version}" + (" · [العربية](#ar)" if lang == "en" else "")
    yield from (chapter.text for chapter in chapters(scheme, lang))


def chapters(scheme: LabelScheme, lang: Lang) -> Iterator[Chapter]:
    """Yield the guidelines in one language, part by part."""
    if scheme.guide.general:
        yield Chapter(
            GENERAL, "", f"## {_HEADINGS[GENERAL][lang]}\n\n{scheme.guide.general.text(lang).strip()}"
        )
    for layer, sections in _LAYERS:
        if not any(scheme.labels(section) for section in sections):
            continue
        prose = getattr(scheme.guide, layer)
        rules = f"\n\n{prose.text(lang).strip()}" if prose else ""
        yield Chapter(layer, "", f"## {_HEADINGS[layer][lang]}{rules}")
        for section in sections:
            if len(sections) > 1 and scheme.labels(section):
                yield Chapter(section, "", f"### {_HEADINGS[section][lang]}")
            for label in scheme.labels(section):
                yield Chapter(section, label.id, "\n\n".join(_label(label, lang)))


def _label(label: Label, lang: Lang) -> Iterator[str]:
    yield f"#### {label.name.text(lang)} · `{label.id}` · {_HEADINGS['key'][lang]} `{label.key}`"
    yield label.definition.text(lang).strip()
    for answer, examples in (("yes", label.yes.texts(lang)), ("no", label.no.texts(lang))):
        if examples:
            yield "\n".join(f"- **{_HEADINGS[answer][lang]}:** {example}" for example in examples)
    if label.terms:
        terms = "\n".join(f"- `{term.concept}`: {_joined(getattr(term, lang), lang)}" for term in label.terms)
        yield f"{_HEADINGS['terms'][lang]}:\n\n{terms}"


def _joined(forms: tuple[str, ...], lang: Lang) -> str:
    return ("، " if lang == "ar" else ", ").join(forms)
