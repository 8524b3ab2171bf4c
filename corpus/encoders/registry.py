"""Encoders by name: the embedded one, a few by a short name, any other by the name or folder of its model."""

from __future__ import annotations

from pathlib import Path

from hashiya.corpus.encoders.protocol import Encoder

EMBEDDED = "use"
"""The name of the embedded encoder, the default."""

SHORT = {
    "labse": "sentence-transformers/LaBSE",
    "bge-m3": "BAAI/bge-m3",
    "sonar": "cointegrated/SONAR_200_text_encoder",
}
"""Models by short name; docs/encoders.md has their sizes, languages and licences."""


def encoder_named(name: str, cache: Path | None = None) -> Encoder:
    """Return the encoder "use", one of `SHORT`, or a sentence-transformers model by its name or folder.

    A model's vectors are kept in the folder `cache`; the embedded encoder is faster than any cache. Errors
    as `TransformerEncoder` and `UseEncoder`.
    """
    if name.lower() == EMBEDDED:
        from hashiya.corpus.encoders.use.encoder import default_encoder

        return default_encoder()
    from hashiya.corpus.encoders.transformer import TransformerEncoder

    return TransformerEncoder(SHORT.get(name.lower(), name), cache=cache)


def suits_many(encoder: Encoder | None) -> bool:
    """Return whether several processes make a build with this encoder faster: not if they share a GPU.

    One process keeps a GPU busy, and each further one would hold the model in its memory once more.
    """
    return getattr(encoder, "device", "cpu") == "cpu"
