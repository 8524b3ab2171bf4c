"""A released folder on the disk: which files are its own, and what its `dataset.json` says."""

from __future__ import annotations

import re
from pathlib import Path

from hashiya.corpus.store.parquet import file_hash
from hashiya.schema.codec import from_json
from hashiya.schema.dataset import CONFIGS, DATASET_FORMAT, DatasetInfo, EarlierRelease
from hashiya.schema.errors import CorpusError, HashiyaError, LabelError
from hashiya.schema.records import SPLITS

INFO = "dataset.json"
SCHEME = "scheme.toml"
GUIDELINES = "guidelines.md"
CARD = "README.md"
CROISSANT = "croissant.json"
CITATION = "CITATION.cff"
BY_HAND = frozenset({CARD, CITATION})
"""Files in which people write, too: a release keeps what they wrote."""
_OWN = {INFO, SCHEME, GUIDELINES, CROISSANT, *BY_HAND, *(f"{split}.parquet" for split in SPLITS)}
_FILE = re.compile(rf"(?:{'|'.join(SPLITS)})-\d{{5,}}-of-\d{{5,}}\.parquet")


def read_info(folder: Path) -> DatasetInfo:
    """Return the `dataset.json` of a released folder; `CorpusError` says what is wrong and what to do."""
    path = folder / INFO
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        hint = "`hashiya release CORPUS --out DIR` makes one"
        if (folder / "corpus.toml").is_file():
            hint = f"it is a corpus: `hashiya release {folder} --out DIR` makes a dataset of it"
        raise CorpusError(f"{folder}: is no released dataset; {hint}") from None
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror or error}") from None
    stated = re.search(rb'"format"\s*:\s*(\d+)', content)
    if stated and int(stated[1]) != DATASET_FORMAT:
        newer = int(stated[1]) > DATASET_FORMAT
        way_out = "install the hashiya that released it" if newer else "release its corpus again"
        raise CorpusError(
            f"{path}: the dataset has format {int(stated[1])}, this version reads {DATASET_FORMAT}: {way_out}"
        )
    try:
        return from_json(DatasetInfo, content, str(path))
    except LabelError as error:
        raise CorpusError(f"{error}; release it again") from None


def release_before(folder: Path, name: str) -> tuple[DatasetInfo, EarlierRelease] | None:
    """Return the release of the corpus `name` that stands in a folder; `None` where there is none."""
    try:
        info = read_info(folder)
    except HashiyaError:
        return None
    if info.name != name:
        return None
    return info, EarlierRelease(version=info.version, sha256=file_hash(folder / INFO))


def refuse_foreign(folder: Path) -> None:
    """Raise `CorpusError` where a folder holds what no release wrote, nor a person in its card."""
    if not folder.exists():
        return
    if not folder.is_dir() or any(_is_foreign(path) for path in folder.iterdir()):
        raise CorpusError(f"{folder}: holds more than a released dataset; choose another folder with --out")


def _is_foreign(path: Path) -> bool:
    if path.name in CONFIGS and path.is_dir():
        return any(_FILE.fullmatch(file.name) is None for file in path.iterdir())
    return path.name not in _OWN or not path.is_file()
