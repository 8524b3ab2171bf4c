"""Which terminal this is, and how to switch its own bidirectional support off.

Everything is decided from environment variables. Asking the terminal would make its answer arrive as keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

EXPLICIT_MODE = "\x1b[8l"
"""The application orders the text (ECMA-48 BDSM reset). Terminals without it ignore it."""
IMPLICIT_MODE = "\x1b[8h"
"""The terminal orders the text: its default, to be restored at the end."""
KONSOLE_BIDI_OFF = "\x1b]50;BidiRenderingEnabled=false\x07"
KONSOLE_BIDI_ON = "\x1b]50;BidiRenderingEnabled=true\x07"

OVERRIDE = "HASHIYA_TERMINAL"
"""Names a `TerminalKind`, for terminals that cannot be told: over SSH only TERM comes through."""


class TerminalKind(StrEnum):
    """Terminals that differ in what they do with right-to-left text."""

    ALACRITTY = "alacritty"
    APPLE = "apple-terminal"
    GHOSTTY = "ghostty"
    KITTY = "kitty"
    KONSOLE = "konsole"
    MINTTY = "mintty"
    MLTERM = "mlterm"
    PUTTY = "putty"
    UNKNOWN = "unknown"
    VSCODE = "vscode"
    VTE = "vte"
    WEZTERM = "wezterm"
    WINDOWS = "windows-terminal"
    XTERM = "xterm"


@dataclass(frozen=True, slots=True)
class Terminal:
    """How to show right-to-left text on a terminal."""

    kind: TerminalKind
    lrm: bool
    """Whether U+200E is to follow right-to-left cells (`hashiya.tui.bidi.lrm`)."""
    start: str
    """To be sent before the first line, and again after the program was suspended."""
    stop: str
    """To be sent at the end."""


class _Lrm(Enum):
    """What U+200E after right-to-left cells does to a terminal."""

    HELPS = "keeps it from reordering, should the sequences not reach it"
    IDLE = "nothing: it reorders nothing"
    HARMS = "upsets it"


@dataclass(frozen=True, slots=True)
class _Kind:
    # How TERM begins; and a variable with how its value begins, in lower case, "" if it need only be set.
    term: str | None = None
    variable: tuple[str, str] | None = None
    lrm: _Lrm = _Lrm.HELPS
    start: str = EXPLICIT_MODE
    stop: str = IMPLICIT_MODE


# TERM decides before any variable, since each terminal sets it anew and variables may be left over from the
# terminal that started this one; among variables the first kind wins.
_KINDS = {
    TerminalKind.KITTY: _Kind(
        "xterm-kitty",
        ("KITTY_WINDOW_ID", ""),
        lrm=_Lrm.HARMS,  # it breaks lam-alef and marks
    ),
    TerminalKind.MLTERM: _Kind(
        "mlterm",
        ("MLTERM", ""),
        lrm=_Lrm.HARMS,  # it has a column of its own
    ),
    TerminalKind.PUTTY: _Kind("putty"),
    TerminalKind.ALACRITTY: _Kind("alacritty", ("ALACRITTY_WINDOW_ID", ""), lrm=_Lrm.IDLE),
    TerminalKind.GHOSTTY: _Kind("xterm-ghostty", ("TERM_PROGRAM", "ghostty"), lrm=_Lrm.IDLE),
    TerminalKind.WEZTERM: _Kind("wezterm", ("TERM_PROGRAM", "wezterm"), lrm=_Lrm.IDLE),
    TerminalKind.VSCODE: _Kind(variable=("TERM_PROGRAM", "vscode")),
    TerminalKind.APPLE: _Kind(variable=("TERM_PROGRAM", "apple_terminal")),
    TerminalKind.MINTTY: _Kind(variable=("TERM_PROGRAM", "mintty")),
    TerminalKind.KONSOLE: _Kind(
        variable=("KONSOLE_VERSION", ""),
        # It ignores the mode, which is sent for a Konsole that no longer does.
        start=EXPLICIT_MODE + KONSOLE_BIDI_OFF,
        stop=KONSOLE_BIDI_ON + IMPLICIT_MODE,
    ),
    TerminalKind.VTE: _Kind(variable=("VTE_VERSION", "")),
    TerminalKind.WINDOWS: _Kind(variable=("WT_SESSION", ""), lrm=_Lrm.IDLE),
    TerminalKind.XTERM: _Kind(variable=("XTERM_VERSION", ""), lrm=_Lrm.IDLE),
    TerminalKind.UNKNOWN: _Kind(),
}


def detect_terminal(environ: Mapping[str, str]) -> Terminal:
    """Return how to show right-to-left text on the terminal that `environ` describes.

    An unknown terminal gets all that does no harm elsewhere. Within tmux and GNU screen the variables are
    those of the terminal that started the server; who attaches may have another, so U+200E is added
    unless that harms. For tmux the sequences are wrapped; screen lets none through.
    """
    kind = _named(environ.get(OVERRIDE, "")) or _detected(environ)
    how = _KINDS[kind]
    start, stop = (
        tmux_passthrough(sequence) if environ.get("TMUX") else sequence for sequence in (how.start, how.stop)
    )
    shared = bool(environ.get("TMUX") or environ.get("STY"))
    lrm = how.lrm is _Lrm.HELPS or (shared and how.lrm is _Lrm.IDLE)
    return Terminal(kind, lrm, start, stop)


def tmux_passthrough(sequence: str) -> str:
    """Return a sequence as tmux passes it on; since tmux 3.3 only with `allow-passthrough on`."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def _named(name: str) -> TerminalKind | None:
    return next((kind for kind in TerminalKind if kind == name.strip().lower()), None)


def _detected(environ: Mapping[str, str]) -> TerminalKind:
    term = environ.get("TERM", "").lower()
    for kind, how in _KINDS.items():
        if how.term and term.startswith(how.term):
            return kind
    for kind, how in _KINDS.items():
        if how.variable:
            name, beginning = how.variable
            if (value := environ.get(name)) and value.lower().startswith(beginning):
                return kind
    return TerminalKind.UNKNOWN
