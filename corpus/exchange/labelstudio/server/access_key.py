"""The key to a Label Studio server: from the environment or the system's keyring, and in no file of ours.

It is never on a command line, printed, or part of a message.
"""

from __future__ import annotations

import os

from hashiya.schema.errors import SettingsError

VARIABLE = "LABEL_STUDIO_API_KEY"
_SERVICE = "hashiya label-studio"


def known_key(url: str) -> str | None:
    """Return the key to a server, if the environment or the keyring holds one."""
    given = os.environ.get(VARIABLE) or _kept(url)
    return None if given is None else checked_key(given)


def checked_key(key: str) -> str:
    """Return a key without white space around it; `SettingsError`, which does not show it, if it is none."""
    key = key.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError(
            "this is no key to Label Studio: it has characters that none has; copy it from your account page "
            f"there, and put it into {VARIABLE} or type it when asked"
        )
    return key


def keep_key(url: str, key: str) -> bool:
    """Let the system's keyring keep a key; false where there is none, or it refuses."""
    try:
        import keyring

        keyring.set_password(_SERVICE, url, key)
    except Exception:  # noqa: BLE001 - each backend raises its own; without a keyring the key is asked for
        return False
    return True


def _kept(url: str) -> str | None:
    try:
        import keyring

        return keyring.get_password(_SERVICE, url)
    except Exception:  # noqa: BLE001 - as above
        return None
