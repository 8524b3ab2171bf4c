"""Verification of a released folder by itself: files, columns, rows, splits, what stands in two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hashiya.corpus.dataset.released_folder import INFO, read_info
from hashiya.corpus.store.parquet import file_hash, read_batches
from hashiya.schema.configs import HUB_KEY, config_schema
from hashiya.schema.dataset import Config, DatasetInfo, ReleasedFile
from hashiya.schema.errors import HashiyaError, Problem
from hashiya.schema.records import LANGS, Split

_KEYS: dict[Config, tuple[str, ...]] = {
    "pairs": ("pair_id",),
    "stance": ("pair_id", "target"),
    "implications": ("pair_id",),
    "entities": ("pair_id", "lang"),
    "flags": ("pair_id", "lang"),
}
"""The columns of which no two rows of a config have the same values."""
_SHOWN = 5
"""Rows of a file that are told one by one, of each thing that may be wrong with them."""
_AGAIN = "release the corpus again"


@dataclass(slots=True)
class ReleaseCheck:
    """The counts of what was verified, and the problems.

    `recurring` counts pairs a side of which stands in a split that was read before.
    """

    version: str
    files: int = 0
    rows: dict[Config, int] = field(default_factory=dict[Config, int])
    recurring: int = 0
    problems: list[Problem] = field(default_factory=list[Problem])


def check_release(folder: Path) -> ReleaseCheck:
    """Verify a released folder; `CorpusError` where there is no `dataset.json` to verify it by."""
    info = read_info(folder)
    report = ReleaseCheck(info.version)
    report.problems += _other_files(folder, info)
    checker = _Rows(info, report)
    for config, splits in info.configs.items():
        schema = config_schema(config, info.classes)
        for split, files in splits.items():
            for file in files:
                found = list(_file(folder, file, schema))
                report.files += 1
                report.problems += found
                if not found:
                    try:
                        checker.read(folder / file.file, config, split)
                    except HashiyaError as error:
                        report.problems.append(Problem(file.file, str(error)))
    report.problems += checker.across_splits()
    return report


def _other_files(folder: Path, info: DatasetInfo) -> Iterator[Problem]:
    """The files that are no rows; and Parquet files that `dataset.json` does not name."""
    for name, sha256 in info.files.items():
        if not (folder / name).is_file():
            yield Problem(name, f"is missing; {_AGAIN}")
        elif file_hash(folder / name) != sha256:
            yield Problem(name, f"is not the file that was released (its hash differs); {_AGAIN}")
    named = {file.file for splits in info.configs.values() for files in splits.values() for file in files}
    for path in sorted(folder.rglob("*.parquet")):
        name = path.relative_to(folder).as_posix()
        if name not in named:
            yield Problem(name, f"is not named in {INFO}; every tool would read it: take it away")


def _file(folder: Path, file: ReleasedFile, schema: pa.Schema) -> Iterator[Problem]:
    """What is wrong with a file as a whole."""
    path = folder / file.file
    if not path.is_file():
        yield Problem(file.file, f"is missing; {_AGAIN}")
        return
    if path.stat().st_size != file.bytes or file_hash(path) != file.sha256:
        yield Problem(file.file, f"is not the file that was released (its hash differs); {_AGAIN}")
        return
    try:
        with pq.ParquetFile(path) as opened:
            read = opened.schema_arrow
            if not read.equals(schema):
                yield Problem(file.file, f"its columns are not those of its config; {_AGAIN}")
            elif (read.metadata or {}).get(HUB_KEY) != (schema.metadata or {})[HUB_KEY]:
                yield Problem(file.file, f"its class names are not those of {INFO}; {_AGAIN}")
            if opened.metadata.num_rows != file.rows:
                rows = opened.metadata.num_rows
                yield Problem(file.file, f"has {rows} rows, {INFO} says {file.rows}; {_AGAIN}")
    except (OSError, pa.ArrowException) as error:
        yield Problem(file.file, f"cannot be read: {error}; {_AGAIN}")


class _Rows:
    """What is known of the rows that were read: whose they are, and in which split."""

    def __init__(self, info: DatasetInfo, report: ReleaseCheck) -> None:
        self._info = info
        self._report = report
        self._split_of: dict[str, Split] = {}
        self._split_of_document: dict[str, Split] = {}
        self._texts: dict[str, Split] = {}
        self._seen: dict[Config, set[tuple[str, ...]]] = {}
        self._told: Counter[tuple[str, str]] = Counter()

    def read(self, path: Path, config: Config, split: Split) -> None:
        """Verify the rows of a file; those of `pairs` come first."""
        name = f"{config}/{path.name}"
        row = 0
        for batch in read_batches(path):
            rows = batch.num_rows
            self._report.rows[config] = self._report.rows.get(config, 0) + rows
            columns = {key: batch[key].to_pylist() for key in ("pair_id", "doc_id", "split")}
            for number, (pair_id, doc_id, said) in enumerate(zip(*columns.values(), strict=True), row):
                at = f"{name}, row {number} (pair {pair_id})"
                if said != split:
                    self._tell(at, name, f"is of the split {said}, in a file of {split}")
                if config == "pairs":
                    self._split_of[str(pair_id)] = split
                    if self._split_of_document.setdefault(str(doc_id), split) != split:
                        self._tell(at, name, f"its document {doc_id} stands in another split as well")
                elif self._split_of.get(str(pair_id)) != split:
                    self._tell(at, name, f"the config pairs has no such pair in {split}")
            self._keys(config, name, batch, row)
            if config == "pairs":
                self._add_texts(batch, split)
            elif config in {"entities", "flags"}:
                self._quotes(name, batch, row)
            elif config == "stance":
                self._numbers(name, batch, row)
            row += rows

    def across_splits(self) -> Iterator[Problem]:
        """Yield what is wrong between splits, once all rows were read."""
        counts = Counter(self._split_of.values())
        for split, said in self._info.splits.items():
            if counts[split] != said.pairs:
                yield Problem(
                    INFO, f"says {said.pairs} pairs of {split}, there are {counts[split]}; {_AGAIN}"
                )
        if self._report.recurring and self._info.recurring == "drop":
            what = f"{self._report.recurring} pairs have a side that stands in two splits; {_AGAIN}"
            yield Problem("pairs", what)

    def _keys(self, config: Config, name: str, batch: pa.Table, row: int) -> None:
        if config not in _KEYS:
            return
        seen = self._seen.setdefault(config, set())
        keys = zip(*(map(str, batch[key].to_pylist()) for key in _KEYS[config]), strict=True)
        for number, key in enumerate(keys, row):
            if key in seen:
                self._tell(f"{name}, row {number} ({' '.join(key)})", name, "is there twice")
            seen.add(key)

    def _add_texts(self, batch: pa.Table, split: Split) -> None:
        """Count pairs a side of which stands in a split that was read before."""
        for sides in zip(*(batch[lang].to_pylist() for lang in LANGS), strict=True):
            texts = (f"{lang} {text}" for lang, text in zip(LANGS, sides, strict=True) if text)
            found = [self._texts.setdefault(text, split) for text in texts]
            self._report.recurring += any(other != split for other in found)

    def _quotes(self, name: str, batch: pa.Table, row: int) -> None:
        for number, (text, spans) in enumerate(
            zip(batch["text"].to_pylist(), batch["spans"].to_pylist(), strict=True), row
        ):
            for span in spans or ():
                quoted = str(text)[span["start"] : span["end"]]
                if quoted != span["text"]:
                    what = f"a span quotes {span['text']!r}, its text has {quoted!r}"
                    self._tell(f"{name}, row {number}", name, what)

    def _numbers(self, name: str, batch: pa.Table, row: int) -> None:
        classes = len(self._info.classes["stance"])
        for number, label in enumerate(batch["label"].to_pylist(), row):
            if label is not None and not 0 <= label < classes:
                self._tell(f"{name}, row {number}", name, f"there is no class {label}")

    def _tell(self, where: str, file: str, what: str) -> None:
        """Add a problem, unless many of its kind were told of a file."""
        kind = (file, what.split(" ", 1)[0])
        self._told[kind] += 1
        if self._told[kind] <= _SHOWN:
            self._report.problems.append(Problem(where, what))
