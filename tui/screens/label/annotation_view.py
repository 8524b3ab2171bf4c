"""What the screen says about the open pair: the marks on its text, and a line in words for each of them."""

from __future__ import annotations

from collections.abc import Iterator

from hashiya.schema.records import Annotation, Entity, Flag, Implication, Lang, Span, Stance
from hashiya.schema.scheme import Label, LabelScheme, Section
from hashiya.tui.session.edits.entities import linked
from hashiya.tui.settings.language import _
from hashiya.tui.widgets.pair.mark_row import ShownMark
from hashiya.tui.widgets.pair.panel import Statement

ARROWS: dict[Lang, str] = {"en": "→", "ar": "←"}
LINK_SIGN = "⇄"


def marks(draft: Annotation, scheme: LabelScheme, lang: Lang, active: Entity | None) -> list[ShownMark]:
    """Return the marks on one side; those that are linked have the same number on both."""
    numbers = _link_numbers(draft)
    colours = {label.id: number for number, label in enumerate(scheme.entity)}
    entities = [
        ShownMark(
            item.start,
            item.end,
            label_key(scheme, "entity", item.type),
            colours.get(item.type, len(colours)),
            "entity",
            number=numbers.get(item.id, ""),
            active=active is not None and item.id == active.id,
        )
        for item in draft.entities
        if item.lang == lang
    ]
    flags = [
        ShownMark(item.start, item.end, label_key(scheme, "flag", item.kind), len(colours), "flag")
        for item in draft.flags
        if item.lang == lang
    ]
    return [*flags, *entities]


def statements(draft: Annotation, scheme: LabelScheme, ui: Lang, active: Entity | None) -> list[Statement]:
    """Return everything that is said of a pair, a line each, in the language of the menus."""
    return [
        *_entities(draft, scheme, active),
        *(_stance(item, draft, scheme, ui) for item in draft.stances),
        *(_implication(item, scheme, ui) for item in draft.implications),
        *(_flag(item, scheme, ui) for item in draft.flags),
        *((Statement(_("note"), (draft.comment,)),) if draft.comment else ()),
    ]


def label_of(scheme: LabelScheme, section: Section, label_id: str) -> Label | None:
    """Return a label by its id; `None` for one that the scheme does not know (any more)."""
    return next((label for label in scheme.labels(section) if label.id == label_id), None)


def label_name(scheme: LabelScheme, section: Section, label_id: str, ui: Lang) -> str:
    """Return a label's name, or the id of one that the scheme does not know."""
    label = label_of(scheme, section, label_id)
    return label.name.text(ui) if label else label_id


def label_key(scheme: LabelScheme, section: Section, label_id: str) -> str:
    """Return a label's key, or "?" for one that the scheme does not know."""
    label = label_of(scheme, section, label_id)
    return label.key if label else "?"


def _entities(draft: Annotation, scheme: LabelScheme, active: Entity | None) -> Iterator[Statement]:
    """Yield a line for each name: with its translation, if it is linked to one, and the concept of both."""
    numbers = _link_numbers(draft)
    colours = {label.id: number for number, label in enumerate(scheme.entity)}
    told: set[str] = set()
    for entity in draft.entities:
        if entity.id in told:
            continue
        group = {entity.id, *linked(draft, entity.id)}
        told |= group
        members = [item for item in draft.entities if item.id in group]
        parts = [members[0].text]
        for item in members[1:]:
            parts += [LINK_SIGN, item.text]
        concept = entity.concept or ""
        yield Statement(
            label_key(scheme, "entity", entity.type) + numbers.get(entity.id, ""),
            (*parts, concept) if concept else parts,
            dim=(LINK_SIGN, concept),
            colour=colours.get(entity.type, len(colours)),
            active=active is not None and active.id in group,
            at=(entity.lang, Span(entity.start, entity.end)),
        )


def _flag(item: Flag, scheme: LabelScheme, ui: Lang) -> Statement:
    kind = label_name(scheme, "flag", item.kind, ui)
    meant = (ARROWS[ui], item.intended) if item.intended else ()
    return Statement(
        f"~{label_key(scheme, 'flag', item.kind)}",
        (item.text, *meant, kind),
        dim=(ARROWS[ui], kind),
        at=(item.lang, Span(item.start, item.end)),
    )


def _stance(item: Stance, draft: Annotation, scheme: LabelScheme, ui: Lang) -> Statement:
    entity = next((entity for entity in draft.entities if entity.id == item.holder_entity), None)
    holder = label_name(scheme, "holder", item.holder, ui) + (f": {entity.text}" if entity else "")
    stance, target = (
        label_name(scheme, "stance", item.stance, ui),
        label_name(scheme, "target", item.target, ui),
    )
    return Statement(_("stance"), (stance, ARROWS[ui], target, holder), dim=(ARROWS[ui], holder))


def _implication(item: Implication, scheme: LabelScheme, ui: Lang) -> Statement:
    certainty = label_name(scheme, "certainty", item.certainty, ui)
    return Statement(
        _("implies"),
        (
            label_name(scheme, "channel", item.channel, ui),
            label_name(scheme, "direction", item.direction, ui),
            ARROWS[ui],
            label_name(scheme, "target", item.target, ui),
            certainty,
        ),
        dim=(ARROWS[ui], certainty),
    )


def _link_numbers(draft: Annotation) -> dict[str, str]:
    """Return a number for each group of linked entities, in the order of the text."""
    numbers: dict[str, str] = {}
    count = 0
    for entity in draft.entities:
        others = linked(draft, entity.id)
        if others and entity.id not in numbers:
            count += 1
            numbers |= dict.fromkeys((entity.id, *others), str(count))
    return numbers
