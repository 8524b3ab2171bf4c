"""Who changed an annotation on a server after its annotator, what it said before, and whether it is starred.

A server says who changed an annotation last, and setting a star is a change, too: only where its labels are
others than those that are known of its annotator has somebody else labelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.labelstudio.what_changed import same_labels
from hashiya.corpus.journal.journal_reader import JournalReader
from hashiya.schema.records import KNOWN_ORIGINS, Annotation


@dataclass(frozen=True, slots=True)
class ForeignEdit:
    """Who else changed an annotation, and what it said `before`; `None` where that is not known."""

    editor: str
    before: Annotation | None


def foreign_edit(
    given: Mapping[str, Any],
    annotation: Annotation,
    known: Annotation | None,
    people: People,
    journal: JournalReader,
) -> ForeignEdit | None:
    """Return who else changed an annotation; `None` where nobody did.

    `given` is the annotation as Label Studio has it, `annotation` what it says, and `known` what it said when
    it was sent or last read; what its annotator said here is known, too.
    """
    if "model_version" in given:
        return None
    names = list(people.names(annotation.annotator))
    editor = people.annotator(given.get("updated_by"))
    if editor is None and known is not None and known.origin in KNOWN_ORIGINS:  # somebody vouched for gold
        editor = people.annotator(given.get("completed_by"))
    if editor is None or editor in names or (known is not None and same_labels(annotation, known)):
        return None
    # Who changed an annotation that a server gave to the same user may well be its annotator.
    own = _number(given.get("updated_by")) == _number(given.get("completed_by"))
    if (
        own
        and not people.knows(given.get("updated_by"))
        and not (known is not None and known.origin in KNOWN_ORIGINS)
    ):
        return None
    events = (event for name in names for event in journal.history(annotation.pair_id, name))
    states = [state for state in map(journal.state, events) if state is not None]
    if any(same_labels(annotation, state) for state in states):
        return None
    came = [state for state in states if state.origin in {"imported", *KNOWN_ORIGINS}]
    before = known or next(reversed(came or states), None)
    if before is None and given.get("ground_truth") is True:  # whoever set the star vouched for it
        return None
    return ForeignEdit(editor, before)


def _number(user: Any) -> Any:
    return user.get("id", user.get("email")) if isinstance(user, dict) else user


def as_editor_s(annotation: Annotation, edit: ForeignEdit, given: Mapping[str, Any]) -> Annotation:
    """Return what an annotation says since it was changed as that of whoever changed it."""
    changed, made = given.get("updated_at"), annotation
    if made.origin in KNOWN_ORIGINS:
        made = replace(made, origin="imported")
    return replace(made, annotator=edit.editor, created_at=changed if isinstance(changed, str) else None)


def starred(annotation: Annotation, given: Mapping[str, Any], before: Annotation | None) -> Annotation:
    """Return an annotation with the star that it has: a new one makes it gold, without one it is not."""
    star, was_gold = given.get("ground_truth"), before is not None and before.origin in KNOWN_ORIGINS
    if star is True and not was_gold and annotation.origin not in KNOWN_ORIGINS:
        return replace(annotation, origin="gold")
    if star is False and annotation.origin in KNOWN_ORIGINS:
        return replace(annotation, origin="imported")
    return annotation


def for_review(annotation: Annotation) -> Annotation:
    """Return an annotation that is not done, whatever it says itself."""
    return replace(annotation, status="review") if annotation.status == "done" else annotation
