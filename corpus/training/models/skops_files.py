"""Scikit-learn objects in files without pickle: what one holds is checked before anything of it is made."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from hashiya.schema.errors import CorpusError, MissingExtraError


def need_train_extra() -> None:
    """Raise `MissingExtraError` where the libraries of the baselines are not installed."""
    try:
        for library in ("pycrfsuite", "sklearn", "skops"):
            import_module(library)
    except ImportError as error:
        raise MissingExtraError("training", "train") from error


def write_skops(made: Any, path: Path) -> None:
    """Write an object of scikit-learn's and numpy's types."""
    from skops.io import dump

    dump(made, path)


def read_skops(path: Path) -> Any:
    """Return the object in a file; `CorpusError` where it has a type that is not scikit-learn's or numpy's.

    skops knows those, and makes nothing of a file that has another one.
    """
    from skops.io import get_untrusted_types, load

    need_train_extra()
    try:
        if unknown := get_untrusted_types(file=path):
            raise CorpusError(
                f"{path}: holds {', '.join(sorted(unknown))}, which no model of hashiya is made of; "
                "do not load it"
            )
        return load(path, trusted=[])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, BadZipFile) as error:
        raise CorpusError(f"{path}: is no model that can be read ({error}); train it again") from None
