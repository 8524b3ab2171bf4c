"""The rows above and below the texts: document, pair and progress; what the keys do; what is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hashiya.corpus.doubts.doubts import Doubt
from hashiya.schema.records import Lang
from hashiya.tui.keys.actions import KeyLayer
from hashiya.tui.keys.keyboard import key_label
from hashiya.tui.keys.keymap import Keymap
from hashiya.tui.screens.label.doubt_text import doubts_text
from hashiya.tui.session.chord import Chord
from hashiya.tui.session.queue import Filter, State
from hashiya.tui.session.session import Session
from hashiya.tui.settings.language import N_, _, ngettext
from hashiya.tui.widgets.bar import Piece, PieceStyle

STATUS_NAMES = {
    "draft": N_("draft"),
    "done": N_("done"),
    "skipped": N_("skipped"),
    "unsure": N_("unsure"),
    "review": N_("to review"),
}
STATE_NAMES: Mapping[State, str] = {
    "all": N_("all pairs"),
    "assigned": N_("assigned to you"),
    "unlabelled": N_("without a label of yours"),
    "untouched": N_("labelled by nobody"),
    "mine": N_("with any label of yours"),
    "low": N_("low alignment score, worst first"),
    "flagged": N_("with a flag of yours"),
    "conflict": N_("with two versions side by side"),
    "draft": STATUS_NAMES["draft"],
    "done": STATUS_NAMES["done"],
    "skipped": STATUS_NAMES["skipped"],
    "unsure": STATUS_NAMES["unsure"],
    "review": STATUS_NAMES["review"],
}
_BAR_CELLS = 10
_CHORD_NAMES = {
    KeyLayer.STANCE: N_("Stance"),
    KeyLayer.IMPLICATION: N_("Implication"),
    KeyLayer.FLAG: N_("Flag"),
}
_SLOT_NAMES = {
    "target": N_("Target"),
    "holder": N_("Holder"),
    "entity": N_("Who"),
    "certainty": N_("Certainty"),
    "direction": N_("Direction"),
}


BEFORE_KEYS = (
    ("answer.before", N_("As before")),
    ("answer.next", N_("Next difference")),
    ("answer.text", N_("What was there")),
)
"""What is shown first where a build changed the pair: actions, and msgids of what they do."""


def named_keys(keymap: Keymap, named: Sequence[tuple[str, str]]) -> list[Piece]:
    """Return the keys of actions by their ids, each with a name; those without a key are left out."""
    return [
        piece
        for action_id, name in named
        for key in keymap.keys_of(action_id)[:1]
        for piece in (Piece(key_label(key), "key"), Piece(_(name), tight=True, action=action_id))
    ]


def head_row(session: Session) -> tuple[list[Piece], list[Piece]]:
    """Return the row at the top: document, pair, status; at its far end the queue and its progress."""
    pair = session.pair
    annotation = session.annotation
    status = _(STATUS_NAMES[annotation.status]) if annotation else _("not labelled")
    finished = annotation is not None and annotation.status in {"done", "skipped", "unsure"}
    score = [] if pair.score is None else [Piece(_("score {score:.2f}").format(score=pair.score), "dim")]
    begin = [
        Piece(f"#{(session.row or 0) + 1}", "strong"),
        Piece(status, "good" if finished else "plain"),
        *([Piece(_("boilerplate"), "bad")] if pair.kind == "boilerplate" else []),
        Piece(pair.bead, "dim"),
        *score,
        Piece(session.title),
    ]
    if session.side_by_side > 1:
        versions = _("{count} versions side by side").format(count=session.side_by_side)
        begin.insert(2, Piece(versions, "bad", "pair.versions"))
    if session.outdated:
        begin.append(Piece(_("made with another scheme"), "bad"))
    return begin, head_ending(session)


def head_ending(session: Session) -> list[Piece]:
    """Return the far end of the row at the top: the queue and its progress."""
    progress = session.progress
    share = progress.finished / max(progress.total, 1)
    filled = round(share * _BAR_CELLS)
    place = "" if progress.place is None else f"{progress.place:,}/{progress.queued:,}"
    end = [
        Piece(describe(session.queue.chosen, session), "dim"),
        Piece(place),
        Piece("█" * filled + "░" * (_BAR_CELLS - filled), "dim"),
        Piece(
            _("{finished:,} of {total:,} finished").format(finished=progress.finished, total=progress.total)
        ),
    ]
    return [piece for piece in end if piece.text]


def state_name(session: Session, state: State) -> str:
    """Return what a state of pairs is called in a session."""
    return _((session.state_names or STATE_NAMES)[state])


def describe(chosen: Filter, session: Session) -> str:
    """Return a filter in words; "" for all pairs."""
    parts: list[str] = [] if chosen.state == "all" else [state_name(session, chosen.state)]
    if chosen.label:
        parts.append(chosen.label[2])
    if chosen.document is not None:
        parts.append(session.reader.title(chosen.document))
    if chosen.query:
        parts.append(f"“{chosen.query}”")
    return " · ".join(parts)


def normal_rows(keymap: Keymap, ui: Lang) -> tuple[list[Piece], list[Piece]]:
    """Return the entity labels with their keys, and the most frequent actions with theirs."""
    labels = [
        piece
        for label in keymap.labels(KeyLayer.NORMAL)
        for piece in (
            Piece(label.key, "key"),
            Piece(label.name.text(ui), tight=True, action=f"key:{label.key}"),
        )
    ]
    return labels, _actions(keymap, KeyLayer.NORMAL)


def chord_rows(chord: Chord, keymap: Keymap, ui: Lang) -> tuple[list[Piece], list[Piece]]:
    """Return what an open chord waits for, and what it holds so far."""
    name = _SLOT_NAMES[chord.waiting] if chord.waiting else _CHORD_NAMES[chord.layer]
    options = [Piece(f"{_(name)}:", "strong")]
    for option in chord.options(ui):
        options.append(Piece(key_label(option.key), "key"))
        style: PieceStyle = "chosen" if option.chosen else "plain"
        options.append(Piece(option.name, style, tight=True, action=f"key:{option.key}"))
    held: list[Piece] = []
    for slot in chord.slots:
        label = chord.label_of(slot)
        text = label.name.text(ui) if label else ""
        if slot == "holder" and chord.holder_entity:
            entity = next(item for item in chord.entities if item.id == chord.holder_entity)
            text += f": {entity.text}"
        key = keymap.keys_of(f"chord.{slot}", chord.layer)[:1]
        shown_key = key_label(key[0]) if key else "1-9"
        held += [Piece(shown_key, "key"), Piece(f"{_(_SLOT_NAMES[slot])}: {text}", tight=True)]
    rest = [
        piece
        for action_id in ("chord.delete", "chord.cancel")
        for piece in _named(keymap, action_id, chord.layer)
    ]
    return options, [*held, *rest]


def doubtful(doubts: Sequence[Doubt]) -> list[Piece]:
    """Return what the row at the foot says while there is no message: why to check the alignment."""
    return [Piece(_("check: {doubts}").format(doubts=doubts_text(doubts)))] if doubts else []


def state(session: Session, others: Sequence[str], *, rebuilt: bool) -> list[Piece]:
    """Return the end of the row at the foot: who labels here, and when the last change was saved."""
    pieces: list[Piece] = []
    if rebuilt:
        pieces.append(Piece(_("the corpus was built again: reopen it"), "bad"))
    if others:
        also = ngettext("also here: {who}", "also here: {who}", len(others)).format(who=", ".join(others))
        pieces.append(Piece(also, "dim"))
    if session.rescued is not None:
        pieces.append(Piece(_("not in the corpus: saved to {file}").format(file=session.rescued.name), "bad"))
    if session.unsaved:
        kept = ngettext("not saved yet: {count} label", "not saved yet: {count} labels", len(session.unsaved))
        pieces.append(Piece(kept.format(count=len(session.unsaved)), "bad"))
    if session.lost:
        pieces.append(Piece(_("connection lost"), "bad"))
    elif session.unsaved:
        pass
    elif session.saved_at is None:
        pieces.append(Piece(_("nothing to save"), "dim"))
    else:
        pieces.append(Piece(_("saved {time}").format(time=f"{session.saved_at:%H:%M:%S}"), "good"))
    return [*pieces, Piece(session.annotator)]


def _actions(keymap: Keymap, layer: KeyLayer) -> list[Piece]:
    found = [action.id for action in keymap.actions(layer) if action.footer]
    return [piece for action_id in found for piece in _named(keymap, action_id, layer)]


def _named(keymap: Keymap, action_id: str, layer: KeyLayer) -> list[Piece]:
    action = next(action for action in keymap.actions(layer) if action.id == action_id)
    keys = keymap.keys_of(action_id, layer)
    if not keys:
        return []
    if action_id == "implication" and (first := keymap.keys_of("implication.1")):
        last = next(keys for number in range(9, 0, -1) if (keys := keymap.keys_of(f"implication.{number}")))
        return [
            Piece(f"{key_label(first[0])}-{key_label(last[0])}", "key"),
            Piece(action.title, tight=True, action=action_id),
        ]
    click = action_id if layer is KeyLayer.NORMAL else f"key:{keys[0]}"
    return [Piece(key_label(keys[0]), "key"), Piece(action.title, tight=True, action=click)]
