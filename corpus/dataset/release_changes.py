"""What changed from one release of a corpus to the next, label by label; and the version that follows.

Pairs are compared by id, which is a hash of their texts, so a pair's text never changes. Rows are compared in
blocks, and one by one where a block differs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from hashiya.corpus.dataset.released_folder import CROISSANT, read_info
from hashiya.corpus.dataset.stance_rows import common_stance
from hashiya.corpus.store.parquet import read_table
from hashiya.schema.configs import config_schema
from hashiya.schema.dataset import ClassKind, Config, DatasetInfo
from hashiya.schema.records import SPLITS

Size = Literal["major", "minor", "patch", "none"]
"""How much changed, by the rules of semantic versions."""
UNKNOWN, ABSENT, PRESENT = "unknown", "none", "there"
_BLOCK = 1000
_EXAMPLES = 3
_COLUMNS = ["pair_id", "split", "ar", "en", "labels"]


@dataclass(frozen=True, slots=True, order=True)
class ChangedLabel:
    """A change of a label: of the stance on a target, an implication (target/channel), a span of a type."""

    layer: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeExample:
    """A pair in which a label changed; `quote` is the span, of layers that have spans."""

    pair_id: str
    ar: str | None
    en: str | None
    quote: str | None


@dataclass(slots=True)
class ReleaseChanges:
    """What changed. `moved` are pairs that are in another split now, `relabelled` those whose labels differ.

    `newly_labelled` had no labels before, `unlabelled` have none any more. `classes_gone` are those that the
    scheme has no more; `renumbered` those whose number is another's now, which a release never does.
    """

    before: str
    after: str
    size: Size = "none"
    pairs_added: int = 0
    pairs_removed: int = 0
    moved: int = 0
    newly_labelled: int = 0
    unlabelled: int = 0
    relabelled: int = 0
    classes_added: dict[str, list[str]] = field(default_factory=dict)
    classes_gone: dict[str, list[str]] = field(default_factory=dict)
    renumbered: dict[str, list[str]] = field(default_factory=dict)
    labels: Counter[ChangedLabel] = field(default_factory=Counter)
    examples: dict[ChangedLabel, list[ChangeExample]] = field(default_factory=dict)


def compare_releases(old: Path, new: Path) -> ReleaseChanges:
    """Return what changed between two released folders; `CorpusError` where one is none."""
    return release_changes(old, read_info(old), new, read_info(new))


def release_changes(old: Path, before: DatasetInfo, new: Path, after: DatasetInfo) -> ReleaseChanges:
    """Return what changed between two released folders, whose `dataset.json` say `before` and `after`."""
    found = ReleaseChanges(before.version, after.version)
    _compare_classes(before, after, found)
    if before.configs != after.configs:
        _compare_pairs(_pairs(old, before), _pairs(new, after), found)
    found.size = _size(found, before, after)
    return found


def renumbered_classes(before: DatasetInfo, after: DatasetInfo) -> dict[str, list[str]]:
    """Return the classes by kind whose number means another class now, or none."""
    return {
        kind: wrong
        for kind, names in before.classes.items()
        if (
            wrong := [
                name
                for number, name in enumerate(names)
                if number >= len(after.classes.get(kind, ())) or after.classes[kind][number] != name
            ]
        )
    }


def next_version(version: str, size: Size) -> str:
    """Return the version after a change of some size."""
    major, minor, patch = (int(part) for part in version.split("."))
    numbers = {
        "major": (major + 1, 0, 0),
        "minor": (major, minor + 1, 0),
        "patch": (major, minor, patch + 1),
        "none": (major, minor, patch),
    }
    return ".".join(map(str, numbers[size]))


def _compare_classes(before: DatasetInfo, after: DatasetInfo, found: ReleaseChanges) -> None:
    kinds: list[ClassKind] = [*dict.fromkeys((*before.classes, *after.classes))]
    for kind in kinds:
        old, new = before.classes.get(kind, ()), after.classes.get(kind, ())
        if added := [name for name in new if name not in old]:
            found.classes_added[kind] = added
        was, still = before.gone.get(kind, ()), after.gone.get(kind, ())
        if gone := [name for name in still if name in old and name not in was]:
            found.classes_gone[kind] = gone
    found.renumbered = renumbered_classes(before, after)


def _size(found: ReleaseChanges, before: DatasetInfo, after: DatasetInfo) -> Size:
    lost = found.pairs_removed or found.moved or found.relabelled or found.unlabelled
    if lost or found.classes_gone or found.renumbered:
        return "major"
    if found.pairs_added or found.newly_labelled or found.classes_added:
        return "minor"
    return "none" if _content(before) == _content(after) else "patch"


def _content(info: DatasetInfo) -> tuple[object, ...]:
    described = {name: sha256 for name, sha256 in info.files.items() if name != CROISSANT}
    info = replace(info, version="", before=None, files=described)
    return tuple(getattr(info, column.name) for column in fields(info))


def _pairs(folder: Path, info: DatasetInfo) -> pa.Table:
    """What of the pairs of a release is compared."""
    config: Config = "pairs"
    schema = config_schema(config, info.classes).remove_metadata()
    files = [entry.file for split in SPLITS for entry in info.configs.get(config, {}).get(split, ())]
    tables = [read_table(folder / file, _COLUMNS).replace_schema_metadata() for file in files]
    empty = pa.schema([schema.field(name) for name in _COLUMNS]).empty_table()
    return pa.concat_tables([empty, *(table.select(_COLUMNS) for table in tables)])


def _compare_pairs(old: pa.Table, new: pa.Table, found: ReleaseChanges) -> None:
    place = pc.index_in(new["pair_id"], value_set=old["pair_id"].combine_chunks())
    both = pc.is_valid(place)
    new = new.filter(both)
    found.pairs_added = len(place) - new.num_rows
    found.pairs_removed = old.num_rows - new.num_rows
    old = old.take(place.drop_null())
    for start in range(0, new.num_rows, _BLOCK):
        was, now = old.slice(start, _BLOCK), new.slice(start, _BLOCK)
        if was["split"].equals(now["split"]) and was["labels"].equals(now["labels"]):
            continue
        for one, other in zip(was.to_pylist(), now.to_pylist(), strict=True):
            _compare_pair(one, other, found)


def _compare_pair(was: Mapping[str, Any], now: Mapping[str, Any], found: ReleaseChanges) -> None:
    found.moved += was["split"] != now["split"]
    old, new = was["labels"], now["labels"]
    if old == new:
        return
    if old is None or new is None:
        found.newly_labelled += old is None
        found.unlabelled += new is None
        return
    found.relabelled += 1
    for change, quote in _label_changes(old, new):
        found.labels[change] += 1
        shown = found.examples.setdefault(change, [])
        if len(shown) < _EXAMPLES:
            shown.append(ChangeExample(now["pair_id"], now["ar"], now["en"], quote))


def _label_changes(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[ChangedLabel, str | None]]:
    for layer, statements in (("stance", _stances), ("implications", _implications)):
        was, now = statements(old), statements(new)
        for label in sorted({*was, *now}):
            before, after = was.get(label, ABSENT), now.get(label, ABSENT)
            if before != after:
                yield ChangedLabel(layer, label, before, after), None
    for layer, kind in (("entities", "type"), ("flags", "kind")):
        marked, marks = _spans(old, layer, kind), _spans(new, layer, kind)
        for place in sorted({*marked, *marks}):
            one, other = marked.get(place), marks.get(place)
            if one == other:
                continue
            if one is None or other is None:
                label, quote = one or other or (UNKNOWN, None)
                states = (PRESENT, ABSENT) if other is None else (ABSENT, PRESENT)
                yield ChangedLabel(layer, label, *states), quote
            elif one[0] != other[0]:
                yield ChangedLabel(layer, one[0], one[0], other[0]), one[1] or other[1]


def _stances(labels: Mapping[str, Any]) -> dict[str, str]:
    """The common stance by target, of those on which there is one."""
    said: dict[str, list[str]] = {}
    for item in labels["stances"]:
        said.setdefault(item["target"], []).append(item["stance"])
    known = {stance for some in said.values() for stance in some} | {"mixed"}
    found = {target: common_stance(some, known) or UNKNOWN for target, some in said.items()}
    open_cells = (cell for cell in labels["unresolved"] if cell["layer"] == "stances")
    return {**found, **{cell["target"]: UNKNOWN for cell in open_cells}}


def _implications(labels: Mapping[str, Any]) -> dict[str, str]:
    """The directions by target and channel, of those that are stated."""
    said: dict[str, set[str]] = {}
    for item in labels["implications"]:
        said.setdefault(f"{item['target']}/{item['channel']}", set()).add(item["direction"])
    found = {cell: ", ".join(sorted(some)) for cell, some in said.items()}
    open_cells = (cell for cell in labels["unresolved"] if cell["layer"] == "implications")
    return {**found, **{f"{cell['target']}/{cell['channel']}": UNKNOWN for cell in open_cells}}


def _spans(
    labels: Mapping[str, Any], layer: str, kind: str
) -> dict[tuple[str, int, int], tuple[str, str | None]]:
    """The labels of spans by place, with the words; of ranges that are not resolved, `UNKNOWN`."""
    spans: Sequence[Mapping[str, Any]] = labels[layer]
    found = {(item["lang"], item["start"], item["end"]): (str(item[kind]), item["text"]) for item in spans}
    for cell in labels["unresolved"]:
        if cell["layer"] == layer:
            found[cell["lang"], cell["start"], cell["end"]] = (UNKNOWN, None)
    return found


def changes_object(found: ReleaseChanges) -> dict[str, Any]:
    """Return what changed as JSON has it."""
    columns = (column.name for column in fields(found) if column.name not in {"labels", "examples"})
    labels = [
        {**_values(change), "pairs": count, "examples": [_values(one) for one in found.examples[change]]}
        for change, count in _by_count(found)
    ]
    return {**{name: getattr(found, name) for name in columns}, "labels": labels}


def changes_markdown(found: ReleaseChanges) -> str:
    """Return what changed as Markdown."""
    lines = [f"# From {found.before} to {found.after}", "", f"The change is {_SIZES[found.size]}.", ""]
    counts = {
        "pairs added": found.pairs_added,
        "pairs removed": found.pairs_removed,
        "pairs in another split": found.moved,
        "pairs with other labels": found.relabelled,
        "pairs labelled for the first time": found.newly_labelled,
        "pairs without labels now": found.unlabelled,
    }
    lines += [f"- {what}: {count}" for what, count in counts.items()]
    for title, classes in (
        ("Classes added", found.classes_added),
        ("Classes gone", found.classes_gone),
        ("Classes with another number", found.renumbered),
    ):
        lines += [f"- {title}: {kind}: {', '.join(names)}" for kind, names in classes.items()]
    if found.labels:
        lines += ["", "## Labels", "", "| layer | label | before | after | pairs |", "|---|---|---|---|---|"]
        lines += [
            f"| {change.layer} | {change.label} | {change.before} | {change.after} | {count} |"
            for change, count in _by_count(found)
        ]
        lines += ["", "## Examples"]
        for change, _ in _by_count(found):
            lines += ["", f"### {change.layer}, {change.label}: {change.before} to {change.after}", ""]
            lines += [_example(one) for one in found.examples[change]]
    return "\n".join(lines) + "\n"


_SIZES: Mapping[Size, str] = {
    "major": "major: what was there differs, so models and figures of before do not compare",
    "minor": "minor: there is more, and what was there stands",
    "patch": "a patch: no text, split or label differs",
    "none": "none",
}


def _by_count(found: ReleaseChanges) -> list[tuple[ChangedLabel, int]]:
    return sorted(found.labels.items(), key=lambda item: (-item[1], item[0]))


def _values(value: ChangedLabel | ChangeExample) -> dict[str, Any]:
    return {column.name: getattr(value, column.name) for column in fields(value)}


def _example(one: ChangeExample) -> str:
    sides = " / ".join(" ".join(text.split()) for text in (one.ar, one.en) if text)
    return f"- `{one.pair_id}`{f' **{one.quote}**' if one.quote else ''}: {sides}"
