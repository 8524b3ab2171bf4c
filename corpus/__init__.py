"""From an article to a dataset: sources, segmentation, alignment, the corpus folder, labels, the release.

What this module names is the public interface for Python, described in docs/python.md; everything else in
`hashiya` is private and may change. A name is imported when it is first used, with what it needs alone:
`load` asks for the core of the package, `build` and `align` for the extra `build`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashiya.corpus.alignment.align import align
    from hashiya.corpus.alignment.beads import Bead
    from hashiya.corpus.building.build import Built, build
    from hashiya.corpus.building.build_report import BuildReport
    from hashiya.corpus.dataset.load import Dataset, load
    from hashiya.corpus.dataset.release import Released, release
    from hashiya.corpus.dataset.token_codec import TokenCodec
    from hashiya.corpus.dataset.token_view import TokenView, prediction_lines
    from hashiya.corpus.dataset.view import View
    from hashiya.corpus.encoders.registry import encoder_named
    from hashiya.corpus.exchange.labels_jsonl import import_labels
    from hashiya.corpus.segmentation.segment import segment
    from hashiya.corpus.store.folder import Corpus
    from hashiya.corpus.store.generation import Generation
    from hashiya.corpus.text.model_tokens import model_tokens
    from hashiya.schema.errors import HashiyaError, Problem
    from hashiya.schema.records import Document, Pair, Sentence, Span

__all__ = [
    "Bead",
    "BuildReport",
    "Built",
    "Corpus",
    "Dataset",
    "Document",
    "Generation",
    "HashiyaError",
    "Pair",
    "Problem",
    "Released",
    "Sentence",
    "Span",
    "TokenCodec",
    "TokenView",
    "View",
    "align",
    "build",
    "encoder_named",
    "import_labels",
    "load",
    "model_tokens",
    "prediction_lines",
    "release",
    "segment",
]

_MODULES = {
    "hashiya.corpus.alignment.align": ("align",),
    "hashiya.corpus.alignment.beads": ("Bead",),
    "hashiya.corpus.building.build_report": ("BuildReport",),
    "hashiya.corpus.building.build": ("Built", "build"),
    "hashiya.corpus.dataset.load": ("Dataset", "load"),
    "hashiya.corpus.dataset.release": ("Released", "release"),
    "hashiya.corpus.dataset.token_codec": ("TokenCodec",),
    "hashiya.corpus.dataset.token_view": ("TokenView", "prediction_lines"),
    "hashiya.corpus.dataset.view": ("View",),
    "hashiya.corpus.encoders.registry": ("encoder_named",),
    "hashiya.corpus.exchange.labels_jsonl": ("import_labels",),
    "hashiya.corpus.segmentation.segment": ("segment",),
    "hashiya.corpus.store.folder": ("Corpus",),
    "hashiya.corpus.store.generation": ("Generation",),
    "hashiya.corpus.text.model_tokens": ("model_tokens",),
    "hashiya.schema.errors": ("HashiyaError", "Problem"),
    "hashiya.schema.records": ("Document", "Pair", "Sentence", "Span"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """Return a public name, whose module is imported now; `AttributeError` for any other."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
