"""Every path that belongs to a user and not to a corpus: where settings and caches are kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

SETTINGS_VARIABLE = "HASHIYA_SETTINGS"
"""Names the settings file, for machines where several people share one home, and for tests."""

_APP = "hashiya"


def settings_file() -> Path:
    """Return the path of the user's settings, whether or not the file is there yet."""
    if named := os.environ.get(SETTINGS_VARIABLE):
        return Path(named).expanduser()
    return platformdirs.user_config_path(_APP, appauthor=False) / "settings.toml"


def rescue_folder() -> Path:
    """Return the folder, beside the settings, of journals that could not be saved in their corpus."""
    return settings_file().parent / "rescue"


def unsaved_folder() -> Path:
    """Return the folder, beside the settings, of labels that wait until their journal can be reached."""
    return settings_file().parent / "unsaved"


def cache_folder() -> Path:
    """Return the folder of cached vectors, which can be made again; it may not be there yet."""
    return platformdirs.user_cache_path(_APP, appauthor=False) / "vectors"
