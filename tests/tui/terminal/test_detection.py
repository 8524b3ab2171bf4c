"""Terminals: what is sent to each, and what its user is told."""

from __future__ import annotations

import pytest

from hashiya.tui.terminal.detection import (
    EXPLICIT_MODE,
    IMPLICIT_MODE,
    OVERRIDE,
    TerminalKind,
    detect_terminal,
    tmux_passthrough,
)


@pytest.mark.parametrize(
    ("environ", "kind", "lrm"),
    [
        ({}, "unknown", True),
        ({"TERM": "xterm-256color"}, "unknown", True),
        ({"TERM": "xterm-kitty"}, "kitty", False),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "kitty", False),
        ({"TERM": "mlterm"}, "mlterm", False),
        ({"TERM": "putty-256color"}, "putty", True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7001"}, "vte", True),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "221203"}, "konsole", True),
        ({"TERM": "alacritty"}, "alacritty", False),
        ({"TERM": "alacritty", "KITTY_WINDOW_ID": "1"}, "alacritty", False),
        ({"TERM": "xterm", "XTERM_VERSION": "XTerm(379)"}, "xterm", False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, "vscode", True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "apple-terminal", True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "wezterm", False),
        ({"TERM": "xterm-ghostty"}, "ghostty", False),
        ({"TERM": "xterm", "TERM_PROGRAM": "mintty"}, "mintty", True),
        ({"TERM": "xterm-256color", "WT_SESSION": "a-b"}, "windows-terminal", False),
        (
            {"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0", "KITTY_WINDOW_ID": "1"},
            "kitty",
            False,
        ),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0", "XTERM_VERSION": "XTerm(379)"}, "xterm", True),
        ({"TERM": "screen", "STY": "1.x", "VTE_VERSION": "7001"}, "vte", True),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": ""}, "unknown", True),
        ({"TERM": "xterm-256color", OVERRIDE: "Kitty"}, "kitty", False),
        ({"TERM": "xterm-kitty", OVERRIDE: "no-such"}, "kitty", False),
    ],
)
def test_the_environment_says_which_terminal_this_is(environ: dict[str, str], kind: str, lrm: bool) -> None:
    found = detect_terminal(environ)
    assert (found.kind, found.lrm) == (TerminalKind(kind), lrm)


@pytest.mark.parametrize("kind", TerminalKind)
def test_every_kind_can_be_named(kind: TerminalKind) -> None:
    found = detect_terminal({OVERRIDE: kind.value})
    assert found.kind is kind
    assert (EXPLICIT_MODE in found.start, IMPLICIT_MODE in found.stop) == (True, True)


def test_konsole_has_a_sequence_of_its_own() -> None:
    found = detect_terminal({"KONSOLE_VERSION": "221203"})
    assert found.start == "\x1b[8l\x1b]50;BidiRenderingEnabled=false\x07"
    assert found.stop == "\x1b]50;BidiRenderingEnabled=true\x07\x1b[8h"
    # Elsewhere OSC 50 sets the font.
    assert "]50;" not in detect_terminal({"TERM": "xterm-256color"}).start


def test_tmux_hands_on_what_is_wrapped() -> None:
    found = detect_terminal(
        {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0", "VTE_VERSION": "7001"}
    )
    assert found.start == "\x1bPtmux;\x1b\x1b[8l\x1b\\"
    assert found.stop == "\x1bPtmux;\x1b\x1b[8h\x1b\\"
    assert tmux_passthrough("\x1b[8l\x1b]50;x\x07") == "\x1bPtmux;\x1b\x1b[8l\x1b\x1b]50;x\x07\x1b\\"
