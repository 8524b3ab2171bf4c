"""A scheme as Label Studio's labelling configuration: both texts side by side, every layer at hand.

The Arabic side runs right to left. Labels are named in both languages, coloured and keyed as in the
terminal; what is exported are their ids. The guidelines stand folded at the foot of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.controls import PAIR_SIDE, bilingual_name, stance_controls
from hashiya.schema.guidelines import chapters
from hashiya.schema.palette import colour
from hashiya.schema.records import LANGS, Lang
from hashiya.schema.scheme import Label, LabelScheme

_NAMES: dict[Lang, str] = {"ar": "العربية", "en": "English"}
_COLUMN = "flex: 1; min-width: 20em; padding: 0 1em;"
_RTL = "direction: rtl; text-align: right;"
_TEXT = "font-size: 120%; line-height: 2; white-space: pre-wrap;"
_ROW = "display: flex; flex-wrap: wrap; align-items: center; gap: 0 0.5em;"
_SMALL = "margin: 0; font-size: 90%;"
_FLAG_COLOUR = "#B00020"
_DIGITS = "123456789"
_TAKEN = "u"
"""Keys that the page needs for itself."""


def config(scheme: LabelScheme) -> str:
    """Return the labelling configuration of a scheme, as XML."""
    root = ET.Element("View")
    sides = ET.SubElement(root, "View", style="display: flex; flex-wrap: wrap;")
    for lang in LANGS[::-1]:
        _side(sides, scheme, lang)
    if scheme.entity:
        ET.SubElement(ET.SubElement(root, "Relations"), "Relation", value=controls.TRANSLATION)
    _stances(root, scheme)
    _implications(root, scheme)
    _frame(root)
    _guidelines(root, scheme)
    _kept(root)
    ET.indent(root)
    return _printable(ET.tostring(root, encoding="unicode")) + "\n"


def _side(parent: ET.Element, scheme: LabelScheme, lang: Lang) -> None:
    column = ET.SubElement(parent, "View", style=_COLUMN + (f" {_RTL}" if lang == "ar" else ""))
    ET.SubElement(column, "Header", value=_NAMES[lang], size="5")
    if scheme.entity:
        box = ET.SubElement(column, "Labels", name=controls.ENTITIES[lang], toName=lang)
        for number, label in enumerate(scheme.entity):
            # A key chooses the label on both sides, and the one where words are then marked takes it.
            key = {} if label.key in _TAKEN else {"hotkey": label.key}
            _value(box, "Label", label, background=colour(number), **key)
    if scheme.flag:
        box = ET.SubElement(column, "Labels", name=controls.FLAGS[lang], toName=lang)
        for label in scheme.flag:
            _value(box, "Label", label, background=_FLAG_COLOUR)
    ET.SubElement(ET.SubElement(column, "View", style=_TEXT), "Text", name=lang, value=f"${lang}")
    if scheme.entity:
        _text_of_region(column, lang, controls.CONCEPTS[lang], controls.ENTITIES[lang], "Concept · المفهوم")
    if scheme.flag:
        _text_of_region(
            column, lang, controls.INTENDED[lang], controls.FLAGS[lang], "What was meant · المقصود"
        )


def _text_of_region(column: ET.Element, lang: Lang, name: str, regions: str, placeholder: str) -> None:
    """Add a text that each region of a control may have."""
    ET.SubElement(
        column,
        "TextArea",
        name=name,
        toName=lang,
        perRegion="true",
        whenTagName=regions,
        maxSubmissions="1",
        editable="true",
        placeholder=placeholder,
    )


def _stances(root: ET.Element, scheme: LabelScheme) -> None:
    controls_of = {
        target: list(group) for target, group in groupby(stance_controls(scheme), lambda item: item.target.id)
    }
    if not controls_of:
        return
    usual = (scheme.defaults.target, scheme.defaults.holder)
    ET.SubElement(root, "Header", value="Stance · الموقف", size="5")
    for of_target in controls_of.values():
        row = ET.SubElement(root, "View", style=_ROW)
        name = ET.SubElement(row, "View", style="width: 11em;")
        ET.SubElement(name, "Header", value=bilingual_name(of_target[0].target), size="6", style=_SMALL)
        holders = ET.SubElement(row, "View", style="flex: 1;")
        for control in of_target:
            keys = _DIGITS if (control.target.id, control.holder.id) == usual else ""
            one = ET.SubElement(holders, "View", style=_ROW)
            box = ET.SubElement(one, "View", style="width: 7em;")
            ET.SubElement(box, "Header", value=bilingual_name(control.holder), size="6", style=_SMALL)
            _choices(one, control.name, scheme.stance, keys)


def _implications(root: ET.Element, scheme: LabelScheme) -> None:
    levels = [scheme.labels(section) for section in controls.PATH]
    if not scheme.channel:
        return
    ET.SubElement(root, "Header", value="Implications · التبعات", size="5")
    tree = ET.SubElement(
        root,
        "Taxonomy",
        name=controls.IMPLICATIONS,
        toName=PAIR_SIDE,
        leafsOnly="true",
        showFullPath="true",
        pathSeparator=" › ",
        placeholder="target › channel › direction › certainty",
    )
    _branches(tree, levels)


def _branches(parent: ET.Element, levels: Sequence[tuple[Label, ...]]) -> None:
    if levels:
        for label in levels[0]:
            # No hints here: each label stands in the tree many times.
            choice = ET.SubElement(parent, "Choice", value=bilingual_name(label), alias=label.id)
            _branches(choice, levels[1:])


def _frame(root: ET.Element) -> None:
    ET.SubElement(root, "Header", value="Status · الحالة", size="5")
    box = ET.SubElement(
        root, "Choices", name=controls.STATUS, toName=PAIR_SIDE, choice="single", showInline="true"
    )
    for status in controls.STATUS_CHOICES:
        ET.SubElement(box, "Choice", value=status)
    ET.SubElement(
        root,
        "TextArea",
        name=controls.COMMENT,
        toName=PAIR_SIDE,
        maxSubmissions="1",
        editable="true",
        rows="2",
        placeholder="Comment · تعليق",
    )


def _guidelines(root: ET.Element, scheme: LabelScheme) -> None:
    fold = ET.SubElement(root, "Collapse", accordion="false", bordered="true")
    for lang in LANGS[::-1]:
        panel = ET.SubElement(fold, "Panel", value=scheme.title.text(lang))
        column = ET.SubElement(panel, "View", style=_RTL if lang == "ar" else "")
        for chapter in chapters(scheme, lang):
            ET.SubElement(
                column,
                "Header",
                value=chapter.text,
                size="6",
                style="white-space: pre-wrap; font-weight: 400;",
            )


def _kept(root: ET.Element) -> None:
    hidden = ET.SubElement(root, "View", style="display: none")
    ET.SubElement(hidden, "TextArea", name=controls.SENT, toName=PAIR_SIDE, maxSubmissions="1")


def _choices(parent: ET.Element, name: str, labels: Sequence[Label], keys: str) -> None:
    box = ET.SubElement(
        parent,
        "Choices",
        name=name,
        toName=PAIR_SIDE,
        choice="single",
        showInline="true",
        allowNested="false",
    )
    for number, label in enumerate(labels):
        _value(box, "Choice", label, **({"hotkey": keys[number]} if number < len(keys) else {}))


def _value(parent: ET.Element, tag: str, label: Label, **attributes: str) -> ET.Element:
    hint = " ".join(label.definition.en.split())
    return ET.SubElement(
        parent, tag, {"value": bilingual_name(label), "alias": label.id, "hint": hint, **attributes}
    )


def _printable(xml: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(char for char in xml if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff"))
