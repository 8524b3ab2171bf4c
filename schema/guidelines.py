"""Scheme -> the annotation guidelines as Markdown, in both languages, one label after another."""

from __future__ import annotations

from collections.abc import Iterator

from hashiya.schema.records import Lang
from hashiya.schema.scheme import Label, LabelScheme, Section

_LAYERS: tuple[tuple[str, tuple[Section, ...]], ...] = (
    ("entity", ("entity",)),
    ("stance", ("stance", "holder", "target")),
    ("implication", ("channel", "direction", "certainty")),
    ("flag", ("flag",)),
)
_HEADINGS: dict[str, dict[Lang, str]] = {
    "general": {"en": "What applies everywhere", "ar": "قواعد عامة"},
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


def guidelines(scheme: LabelScheme) -> str:
    """Return the whole guidelines: English first, then Arabic, set right to left."""
    english = "\n\n".join(_language(scheme, "en"))
    arabic = "\n\n".join(_language(scheme, "ar"))
    return f'{english}\n\n---\n\n<a id="ar"></a>\n<div dir="rtl" lang="ar">\n\n{arabic}\n\n</div>\n'


def _language(scheme: LabelScheme, lang: Lang) -> Iterator[str]:
    yield f"# {scheme.title.text(lang)}"
    yield f"`{scheme.name}` {scheme.version}" + (" · [العربية](#ar)" if lang == "en" else "")
    if scheme.guide.general:
        yield f"## {_HEADINGS['general'][lang]}"
        yield scheme.guide.general.text(lang).strip()
    for layer, sections in _LAYERS:
        if not any(scheme.labels(section) for section in sections):
            continue
        yield f"## {_HEADINGS[layer][lang]}"
        prose = getattr(scheme.guide, layer)
        if prose:
            yield prose.text(lang).strip()
        for section in sections:
            if len(sections) > 1 and scheme.labels(section):
                yield f"### {_HEADINGS[section][lang]}"
            for label in scheme.labels(section):
                yield from _label(label, lang)


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
