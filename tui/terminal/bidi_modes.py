"""How Arabic is sent to a terminal: the modes to choose from, and the driver that follows one of them.

A choice is kept in the settings under the signature of the kind of terminal that it was made on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from textual import constants
from textual.driver import Driver

from hashiya.schema.errors import SettingsError
from hashiya.tui.settings.language import N_, _
from hashiya.tui.terminal.detection import (
    EXPLICIT_MODE,
    IMPLICIT_MODE,
    KONSOLE_BIDI_OFF,
    KONSOLE_BIDI_ON,
    Terminal,
    TerminalKind,
    detect_terminal,
    tmux_passthrough,
)
from hashiya.tui.terminal.posix_driver import PosixDriver

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class BidiMode:
    """One way to send Arabic, in place of what was detected."""

    id: str
    name: str
    """A msgid."""
    start: str = ""
    stop: str = ""
    lrm: bool = False


BIDI_MODES: tuple[BidiMode, ...] = (
    BidiMode(AUTO, N_("What suits the terminal as far as it is known")),
    BidiMode(
        "explicit", N_("Ask for explicit mode, and guard every letter"), EXPLICIT_MODE, IMPLICIT_MODE, True
    ),
    BidiMode("explicit-only", N_("Ask for explicit mode"), EXPLICIT_MODE, IMPLICIT_MODE),
    BidiMode("lrm", N_("Guard every letter"), lrm=True),
    BidiMode("konsole", N_("Switch Konsole's own ordering off"), KONSOLE_BIDI_OFF, KONSOLE_BIDI_ON, True),
    BidiMode("plain", N_("Send nothing: the terminal does not reorder")),
)
"""In the order to try them in."""

_MODES = {way.id: way for way in BIDI_MODES}

_ADVICE = {
    TerminalKind.KITTY: N_(
        "kitty reverses Arabic a second time: put `force_ltr yes` into kitty.conf, open a new window."
    ),
    TerminalKind.MLTERM: N_(
        "mlterm reverses Arabic a second time: start it with --ctl=false, or put `use_ctl = false` into "
        "~/.mlterm/main."
    ),
    TerminalKind.PUTTY: N_(
        "PuTTY reverses Arabic a second time: tick Disable bidirectional text display under Terminal > "
        "Features."
    ),
    TerminalKind.UNKNOWN: N_(
        "If no way reads right, name your terminal: HASHIYA_TERMINAL=konsole, or kitty, mlterm, putty."
    ),
}


def terminal_in_mode(environ: Mapping[str, str], way: str = AUTO) -> Terminal:
    """Return how to show Arabic on the terminal of `environ`, in the mode that was chosen."""
    found = detect_terminal(environ)
    if way == AUTO:
        return found
    if way not in _MODES:
        raise SettingsError(
            f"terminals.{terminal_signature(environ)}: no way is called {way!r}; there are: "
            + ", ".join(_MODES)
        )
    how = _MODES[way]
    start, stop = how.start, how.stop
    if environ.get("TMUX") and start:
        start, stop = tmux_passthrough(start), tmux_passthrough(stop)
    return replace(found, start=start, stop=stop, lrm=how.lrm)


def terminal_advice(how: Terminal) -> str:
    """Return what the user of a terminal has to do by hand, in the current language; "" if nothing."""
    return _(_ADVICE[how.kind]) if how.kind in _ADVICE else ""


def terminal_signature(environ: Mapping[str, str]) -> str:
    """Return the name of the kind of terminal, which does not change: "vte", "xterm+tmux", "foot".

    An unknown one goes by its TERM, except within tmux and screen, whose TERM is their own.
    """
    kind = detect_terminal(environ).kind
    within = [name for name, variable in (("tmux", "TMUX"), ("screen", "STY")) if environ.get(variable)]
    term = environ.get("TERM", "").lower()
    name = term if kind is TerminalKind.UNKNOWN and term and not within else kind.value
    return "+".join([name, *within])


def driver_for(how: Terminal) -> type[Driver] | None:
    """Return the driver for a terminal, as an argument to `App`.

    `None`, where TEXTUAL_DRIVER names a driver (that of the browser, say), lets Textual choose.
    """
    if constants.DRIVER is not None:
        return None
    return type("TerminalDriver", (PosixDriver,), {"how": how})


def switch_mode(driver: Driver | None, how: Terminal) -> None:
    """Change to another mode while the app runs; the caller repaints the screen."""
    if isinstance(driver, PosixDriver):
        driver.change(how)
