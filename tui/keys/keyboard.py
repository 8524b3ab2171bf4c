"""What a key is called: one name for each key of a keyboard, whichever layout types on it.

Annotators type Arabic and Latin by turns, and a command must not depend on which is on. Names are printable
ASCII signs, letters in lower case, or Textual's names ("enter", "shift+left", "ctrl+f").
"""

from __future__ import annotations

import unicodedata
from string import ascii_lowercase, ascii_uppercase, punctuation
from typing import Final

from textual.keys import KEY_NAME_REPLACEMENTS, Keys

# The Arabic (101) layout, as Windows and Linux have it: what a key types, and the sign of that key.
_ARABIC: Final = dict(
    zip("ذضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوزظ", "`qwertyuiop[]asdfghjkl;'zxcvnm,./", strict=True)
)
_PERSIAN: Final = {"ی": "d", "ک": ";", "چ": "]", "گ": "'"}
_DIGITS: Final = {char: str(n % 10) for n, char in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_CAPITALS: Final = dict(zip(ascii_uppercase, ascii_lowercase, strict=True))
# Lam-alef is one character on some systems and two on others: no command may stand on that key.
_SIGNS: Final = _ARABIC | _PERSIAN | _DIGITS | _CAPITALS | {"؟": "?", "ﻻ": "b", " ": "space"}


def _name(sign: str) -> str:
    # As Textual names it.
    name = unicodedata.name(sign).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


_NAME_OF: Final = {sign: _name(sign) for sign in punctuation}
_SIGN_OF: Final = {name: sign for sign, name in _NAME_OF.items()}
_MODIFIERS: Final = frozenset({"alt", "ctrl", "hyper", "meta", "shift", "super"})
_KEYS: Final = frozenset(key.value for key in Keys) | {"space"}

_SHOWN: Final = {
    "backspace": "Bksp",
    "delete": "Del",
    "down": "↓",
    "escape": "Esc",
    "insert": "Ins",
    "left": "←",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "right": "→",
    "up": "↑",
}


def canonical(key: str, character: str | None = None) -> str:
    """Return the one name of the key of a Textual key event; a key without one keeps Textual's name.

    Capitals are the letter's own key (caps lock may be on); so are Arabic and Persian letters and digits.
    """
    modifiers, base = _split(key)
    sign = (not modifiers and character and _sign(character)) or _sign(base) or base
    if not modifiers or (modifiers == "shift" and sign in _CAPITALS.values()):
        return sign
    return f"{modifiers}+{_NAME_OF.get(sign, sign)}"


def exists(key: str) -> bool:
    """Return whether a keyboard has a key of this canonical name."""
    modifiers, base = _split(key)
    known = base in _KEYS or base in _SIGN_OF or (len(base) == 1 and "!" <= base <= "~")
    return known and (not modifiers or set(modifiers.split("+")) <= _MODIFIERS)


def key_label(key: str) -> str:
    """Return a canonical name as people read it on a keyboard: "PgDn", "Ctrl+F"; letters stay as they are."""
    modifiers, base = _split(key)
    if not modifiers:
        return key if len(key) == 1 else _SHOWN.get(key, key.capitalize())
    end = _SIGN_OF.get(base) or (base.upper() if len(base) == 1 else key_label(base))
    return "+".join([*(modifier.capitalize() for modifier in modifiers.split("+")), end])


def _split(key: str) -> tuple[str, str]:
    if len(key) < 2 or key.endswith("+"):
        return "", key
    modifiers, _, base = key.rpartition("+")
    return modifiers, base


def _sign(text: str) -> str | None:
    if sign := _SIGNS.get(text) or _SIGN_OF.get(text):
        return sign
    return text if len(text) == 1 and "!" <= text <= "~" else None
