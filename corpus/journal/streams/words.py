"""What an event of a shared stream says, in a few words for a person."""

from __future__ import annotations

from collections.abc import Sequence

from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.streams.payload import StepTo, payload_of
from hashiya.schema.errors import LabelError
from hashiya.schema.payloads import (
    Assignment,
    BeadEdit,
    ConceptMerge,
    ConceptRename,
    EditWithdrawal,
    QuotedBead,
    TextEdit,
)
from hashiya.schema.records import LANGS

_SHOWN = 40
_ID = 8


def said_in_words(event: Event) -> str:
    """Return what an event of documents, concepts or assignments says; why it cannot be read, if so."""
    try:
        payload = payload_of(event)
    except LabelError as error:
        return f"cannot be read: {error}"
    words = _words(payload)
    settles = getattr(payload, "settles", ())
    if settles:
        words += f", settles {_ids(settles)}"
    why = getattr(payload, "why", None)
    return words if why is None else f"{words} ({why})"


def _words(payload: object) -> str:
    words = ""
    match payload:
        case TextEdit():
            words = f"{payload.lang} {_shown(payload.range.quote)} becomes {_shown(payload.text)}"
        case BeadEdit():
            words = f"{_beads(payload.removed)} becomes {_beads(payload.placed)}"
        case EditWithdrawal():
            words = f"takes back {_ids(payload.withdraws)}"
        case ConceptRename():
            words = f"is called {payload.to}"
        case ConceptMerge():
            words = f"is the same as {payload.into}"
        case StepTo():
            words = f"stands again as {_ids(payload.to)} said" if payload.to else "nothing stands again"
        case Assignment():
            words = _assignment(payload)
        case _:
            pass
    return words


def _assignment(payload: Assignment) -> str:
    workloads = [f"{workload.annotator} {len(workload.documents)}" for workload in payload.workloads]
    parts = [f"documents for {', '.join(workloads)}" if workloads else "nobody"]
    if payload.layers is not None:
        parts.append(f"layers {', '.join(payload.layers) or 'none'}")
    if payload.share:
        parts.append(f"{payload.share:.0%} for several")
    if payload.gold:
        parts.append(f"{len(payload.gold)} of known labels")
    return "; ".join(parts)


def _beads(beads: Sequence[QuotedBead]) -> str:
    """Beads by their shapes, and the beginning of the first."""
    shapes = [
        f"{len(bead.ar)}-{len(bead.en)}{'' if bead.kind is None else f' {bead.kind}'}" for bead in beads
    ]
    quotes = [item.quote for bead in beads for lang in LANGS for item in bead.side(lang)]
    return f"{', '.join(shapes) or 'nothing'}{f' {_shown(quotes[0])}' if quotes else ''}"


def _ids(names: Sequence[str]) -> str:
    return ", ".join(name[:_ID] for name in names) or "nothing"


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}...")
