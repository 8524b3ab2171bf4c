"""A user's settings: what they are, read from TOML, and changed in place without losing comments.

A missing file means defaults. A file that is wrong is refused as a whole, naming file and field.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from hashiya.schema.codec import from_object
from hashiya.schema.errors import LabelError, SettingsError
from hashiya.schema.records import record
from hashiya.tui.settings import paths

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

UiLanguage = Literal["en", "ar"]


def _several(value: object) -> object:
    # A function before the validator ends pydantic's leniency with JSON, which has no tuples.
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


@record
class Settings:
    """What a user chose; `read_settings` reads it."""

    annotator: str | None = None
    """Under which name annotations are recorded; None: asked for, or given on the command line."""
    ui: UiLanguage | None = None
    """The language of menus and messages; None: that of the environment (LANGUAGE, LC_ALL, ... LANG)."""
    theme: str = "textual-dark"
    """A theme of Textual's, by name."""
    idle_seconds: Annotated[float, Field(gt=0)] = 60.0
    """After so long without a key the clock of a pair stands still."""
    keys: Mapping[str, Annotated[tuple[str, ...], BeforeValidator(_several)]] = field(
        default_factory=dict[str, tuple[str, ...]]
    )
    """Other keys for actions, by action id: one key or several. `hashiya.tui.keys.keymap` checks them."""
    terminals: Mapping[str, str] = field(default_factory=dict[str, str])
    """How Arabic is sent to a kind of terminal, by its signature; see `hashiya.tui.terminal.bidi_modes`."""


SETTING_NAMES = tuple(item.name for item in fields(Settings))


def read_settings(path: Path | None = None) -> Settings:
    """Return the settings in `path`, by default the user's own; `SettingsError` names file and field."""
    path = path or paths.settings_file()
    return _parse(_text(path), path)


def amend(path: Path | None = None, **changes: object) -> Settings:
    """Change settings in the file, which is written whole or not at all, and return all that now hold.

    Comments and order stay. None takes a setting out. A table is changed entry by entry, and there too
    None takes an entry out. The folder is made. `SettingsError` if the file is wrong, if a change is, or if
    it cannot be written (a home may be read-only): the caller shows it and goes on.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    from hashiya.corpus.files.atomic import write_whole

    # A link stays a link: people keep their settings under version control.
    path = (path or paths.settings_file()).resolve()
    text = _text(path)
    _parse(text, path)
    try:
        document = tomlkit.parse(text)
        _change(document, changes)
        changed = tomlkit.dumps(document)
    except (TOMLKitError, ValueError, TypeError) as error:
        raise SettingsError(f"{path}: cannot be changed: {error}") from None
    settings = _parse(changed, path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, changed)
    except OSError as error:
        raise SettingsError(
            f"{path}: cannot be written ({error.strerror or error}); the change holds until you quit. "
            f"{paths.SETTINGS_VARIABLE}=FILE names another place"
        ) from None
    return settings


def _change(table: TOMLDocument | dict[str, Any], changes: Mapping[str, object]) -> None:
    for name, value in changes.items():
        if value is None:
            table.pop(name, None)
        elif isinstance(value, Mapping):
            if name not in table:
                table[name] = {}
            _change(table[name], value)  # looked up: tomlkit stored a table of its own
        else:
            table[name] = list(value) if isinstance(value, tuple) else value


def _parse(text: str, path: Path) -> Settings:
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number too long, tables too deep
        raise SettingsError(f"{path}: not valid TOML: {error}; mend it or remove the file") from None
    for name in table:
        if name not in SETTING_NAMES:
            near = get_close_matches(name, SETTING_NAMES, 1)
            meant = f"perhaps {near[0]!r} was meant" if near else f"there are: {', '.join(SETTING_NAMES)}"
            raise SettingsError(f"{path}: {name}: no such setting; {meant}")
    try:
        return from_object(Settings, table, str(path))
    except LabelError as error:
        raise SettingsError(f"{error}; mend the line or remove it") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from None
