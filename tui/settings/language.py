"""The language of menus and messages: gettext catalogues, looked up when a text is shown.

`_` and `ngettext` answer in the language last given to `set_language`, English until then. A text that
stands in a table is marked with `N_` there and goes through `_` where it is shown. English is the msgid;
other languages stand in `locale/`, renewed with `make locale`.
"""

from __future__ import annotations

import gettext as catalogues
import os
from collections.abc import Mapping
from pathlib import Path

from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.settings.settings import UiLanguage

DOMAIN = "hashiya"
LOCALE = Path(__file__).with_name("locale")

_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


class Language:
    """One language of menus and messages."""

    def __init__(self, ui: UiLanguage) -> None:
        self.ui: UiLanguage = ui
        self.direction = DIRECTIONS[ui]
        self._catalogue = (
            catalogues.NullTranslations()
            if ui == "en"
            else catalogues.translation(DOMAIN, LOCALE, languages=[ui])
        )

    def text(self, msgid: str) -> str:
        """Return `msgid` in this language, or as it is where no translation stands in the catalogue."""
        return self._catalogue.gettext(msgid) if msgid else ""  # "" would fetch the catalogue's header

    def plural(self, one: str, many: str, n: int) -> str:
        """Return the form that goes with `n` things; the number itself is filled in by the caller."""
        return self._catalogue.ngettext(one, many, n)


class _Current:
    language = Language("en")


def set_language(ui: UiLanguage) -> Language:
    """Have `_` and `ngettext` answer in a language from now on, and return it."""
    _Current.language = Language(ui)
    return _Current.language


def current_language() -> Language:
    """Return the current language."""
    return _Current.language


def _(msgid: str) -> str:
    """Return `msgid` in the current language."""
    return _Current.language.text(msgid)


def ngettext(one: str, many: str, n: int) -> str:
    """Return the form that goes with `n` things in the current language."""
    return _Current.language.plural(one, many, n)


def N_(msgid: str) -> str:  # noqa: N802 - gettext's name for it, by which Babel finds the text
    """Return `msgid` itself, marked for translation."""
    return msgid


def preferred_language(environ: Mapping[str, str] = os.environ) -> UiLanguage:
    """Return the language that an environment asks for, as gettext finds it; else English."""
    wanted = next((environ[name] for name in _VARIABLES if environ.get(name)), "")
    for locale in wanted.split(":"):
        for ui in DIRECTIONS:
            if locale.lower() == ui or locale.lower().startswith((f"{ui}_", f"{ui}.", f"{ui}@", f"{ui}-")):
                return ui
    return "en"
