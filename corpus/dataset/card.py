"""The card of a release: what is in it, how it was made, how far annotators agree, what its limits are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hashiya.corpus.dataset.front_matter import Yaml
from hashiya.corpus.team.agreement.figures import AgreementFigure
from hashiya.schema.configs import config_features
from hashiya.schema.dataset import ClassKind, Config, DatasetInfo, ReleasedFile
from hashiya.schema.records import SPLITS, Document, Split
from hashiya.schema.scheme import LabelScheme

CLASSES_OF: Mapping[Config, ClassKind] = {
    "stance": "stance",
    "implications": "implication",
    "entities": "entity",
    "flags": "flag",
}
"""What is counted in a config: rows by label, or marks by their class."""
FEW = 30
"""A split with fewer pairs measures nothing."""
SYNTHETIC = frozenset({"machine-translation", "authored"})
"""Origins of sides that no one wrote for readers."""
_LICENCES = re.compile(
    r"(?:cc0-1\.0|cc-by(?:-nc)?(?:-sa|-nd)?-[234]\.[05]|apache-2\.0|mit|odbl|odc-by|pddl|bsd-[23]-clause)"
)
_SIZES = (
    (10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"),
)  # fmt: skip
_TASKS: Mapping[Config, str] = {
    "pairs": "translation",
    "stance": "text-classification",
    "entities": "token-classification",
}


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card tells beside `dataset.json`.

    `classes` counts, by config and split, the rows or marks of each class; `pairs_of` the pairs of a
    document; `origins` finished annotations by their origin. `agreement` was counted on `compared` pairs.
    """

    info: DatasetInfo
    scheme: LabelScheme
    documents: Mapping[str, Document]
    pairs_of: Mapping[str, int]
    classes: Mapping[tuple[Config, Split], Counter[int]]
    origins: Mapping[str, int]
    agreement: Sequence[AgreementFigure] = ()
    compared: int = 0
    warnings: Sequence[str] = field(default=())


def split_warnings(info: DatasetInfo) -> list[str]:
    """Return what is wrong with the sizes of splits: empty ones, and those that measure nothing."""
    found = [f"the split {split} is empty" for split in SPLITS if split not in info.splits]
    return found + [
        f"the split {split} has {counts.pairs} pairs only: figures on it mean little"
        for split, counts in info.splits.items()
        if counts.pairs < FEW
    ]


def card_metadata(info: DatasetInfo) -> dict[str, Yaml]:
    """Return the metadata of a card, as the Hugging Face hub reads it."""
    pairs = sum(counts.pairs for counts in info.splits.values())
    metadata: dict[str, Yaml] = {
        "pretty_name": info.name,
        "language": ["ar", "en"],
        "multilinguality": ["translation"],
        **_licence(info.licences),
        "size_categories": [next((name for most, name in _SIZES if pairs < most), "n>10M")],
        "task_categories": [task for config, task in _TASKS.items() if config in info.configs],
        "tags": ["parallel-corpus", "sentence-alignment", "stance-detection", "croissant"],
        "configs": [_config(info, config) for config in info.configs],
        "dataset_info": [_dataset_info(info, config) for config in info.configs],
    }
    return metadata


def _licence(licences: Sequence[str]) -> dict[str, Yaml]:
    """One licence that the hub knows, by its name there; else all of them as they are."""
    known = [name.lower() for name in licences]
    if len(known) == 1 and _LICENCES.fullmatch(known[0]):
        return {"license": known[0]}
    return {"license": "other", "license_name": "by-document", "license_details": "; ".join(licences)}


def _config(info: DatasetInfo, config: Config) -> Yaml:
    default: dict[str, Yaml] = {"default": True} if config == "pairs" else {}
    splits = [{"split": split, "path": f"{config}/{split}-*.parquet"} for split in info.configs[config]]
    return {"config_name": config, **default, "data_files": splits}


def _dataset_info(info: DatasetInfo, config: Config) -> Yaml:
    splits: list[Yaml] = []
    for split, files in info.configs[config].items():
        splits.append({"name": split, "num_bytes": _bytes(files), "num_examples": _rows(files)})
    size = sum(_bytes(files) for files in info.configs[config].values())
    features: list[Yaml] = _hub_fields(config_features(config, info.classes))
    return {
        "config_name": config,
        "features": features,
        "splits": splits,
        "download_size": size,
        "dataset_size": size,
    }


def _hub_fields(features: Mapping[str, Any]) -> list[Yaml]:
    """The features of a config as the hub writes them in YAML."""
    return [{"name": name, **_hub_field(feature)} for name, feature in features.items()]


def _hub_field(feature: Mapping[str, Any]) -> dict[str, Yaml]:
    kind = feature.get("_type")
    if kind == "Value":
        return {"dtype": feature["dtype"]}
    if kind == "ClassLabel":
        return {"dtype": _hub_classes(feature["names"])}
    if kind == "List":
        inner = _hub_field(feature["feature"])
        return {"list": inner.get("dtype") or inner["struct"]}
    return {"struct": _hub_fields(feature)}


def _hub_classes(names: Sequence[str]) -> dict[str, Yaml]:
    return {"class_label": {"names": {str(number): name for number, name in enumerate(names)}}}


def card_body(facts: CardFacts) -> str:
    """Return the Markdown of a card, without its title."""
    return "\n\n".join(part for part in _sections(facts) if part)


def _sections(facts: CardFacts) -> Iterator[str]:
    info = facts.info
    scheme = f"{info.scheme.name} {info.scheme.version}"
    yield (
        f"Version {info.version}. Arabic and English articles, aligned sentence by sentence and labelled by "
        f"the scheme *{scheme}* ([guidelines](guidelines.md)). `load_dataset(DIR, CONFIG)` opens it, and so "
        "does every tool for Parquet: a folder is a config, and `dataset.json` has all class names, counts "
        "and hashes."
    )
    if facts.warnings:
        yield "> **Mind**: " + "; ".join(facts.warnings) + "."
    yield "## Rows"
    yield _table(
        ("config", *info.splits),
        [
            (f"`{config}`", *(_rows(info.configs[config].get(split, ())) for split in info.splits))
            for config in info.configs
        ],
    )
    yield _table(
        ("pairs", *info.splits),
        [
            ("documents", *(counts.documents for counts in info.splits.values())),
            ("pairs", *(counts.pairs for counts in info.splits.values())),
            ("labelled", *(counts.labelled for counts in info.splits.values())),
        ],
    )
    yield from _classes(facts)
    yield from _unknown(info)
    yield from _making(facts)
    yield from _agreement(facts)
    yield from _provenance(facts)
    yield from _limits(facts)


def _classes(facts: CardFacts) -> Iterator[str]:
    info = facts.info
    yield "## Classes"
    yield (
        "A number means the same in every release of this corpus. Class 0 of `stance` says that the text has "
        "no stance on the target. Null and -100 are what is not known, never a negative."
    )
    for config, kind in CLASSES_OF.items():
        if config not in info.configs:
            continue
        counts = [facts.classes.get((config, split), Counter[int]()) for split in info.splits]
        gone = info.gone.get(kind, ())
        rows = [
            (number, f"`{name}`{' (gone)' if name in gone else ''}", *(some[number] for some in counts))
            for number, name in enumerate(info.classes[kind])
            if kind != "implication" or any(some[number] for some in counts)
        ]
        unit = "rows by label" if config == "stance" else "marks by class"
        yield f"`{config}`, {unit}:"
        yield _table(("number", "class", *info.splits), rows)


def _unknown(info: DatasetInfo) -> Iterator[str]:
    yield "## What is not known"
    reasons = ", ".join(f"{count} {why}" for why, count in info.no_labels.items())
    yield f"Pairs without labels: {reasons or 'none'}."
    layers = sorted({*info.unresolved, *(layer for layer, count in info.uncovered.items() if count)})
    if not layers:
        yield "In the labelled pairs every cell is resolved, and all was looked at."
        return
    yield _table(
        ("layer", "unresolved: annotators do not agree", "uncovered: nobody looked"),
        [(layer, info.unresolved.get(layer, 0), info.uncovered.get(layer, 0)) for layer in layers],
    )
    yield (
        "They are counted in cells: a target; a target and a channel; a range of a side; and of uncovered "
        "entities and flags a side. None of them is a row of `stance`; in the other configs they are masked."
    )


def _making(facts: CardFacts) -> Iterator[str]:
    info = facts.info
    policies = {
        "strict": "what all who looked at it say",
        "majority": "what more than half of those say who looked at it",
        "posterior": "what is most probable by the annotators' abilities (Dawid and Skene), from .8 on",
    }
    yield "## How it was made"
    sizes = "/".join(str(info.split_sizes.get(split, 0)) for split in SPLITS)
    recurs = ", ".join(f"{count} in {split}" for split, count in info.recurs.items())
    became = "left out" if info.recurring == "drop" else "kept"
    yield (
        "- The texts were cut into sentences and aligned; `score` is how sure a bead is.\n"
        f"- A cell of the labels holds {policies.get(info.policy, info.policy)} (policy `{info.policy}`). "
        "Adjudications come first, then gold. `labels_from`, `votes` and `soft` say how each came about; "
        "`annotations` has everybody's. Boilerplate is left out.\n"
        f"- Splits are by document, {sizes} (train/validation/test) where nobody pinned one, with "
        "near-duplicates and both sides of an article in one. A document's first split never changes.\n"
        f"- Pairs a side of which stands, letter for letter, in a stricter split: {recurs or 'none'}"
        f"{f'; {became}' if recurs else ''}."
    )
    if facts.origins:
        said = ", ".join(f"{count} {origin}" for origin, count in sorted(facts.origins.items()))
        yield f"Finished annotations by origin: {said}."


def _agreement(facts: CardFacts) -> Iterator[str]:
    yield "## Agreement"
    figures = facts.agreement
    if not figures:
        yield "No two annotators labelled the same pairs: nothing can be said of it."
        return
    yield (
        f"Of all annotators, on {facts.compared} pairs that two or more of them have done; intervals of 95% "
        "over documents."
    )
    rows: list[tuple[object, ...]] = []
    for item in figures:
        of = item.layer if item.aspect == item.layer else f"{item.layer}, {item.aspect}"
        value = _decimal(item.value) if item.value is not None else f"undefined ({item.undefined})"
        ends = (
            "" if item.low is None or item.high is None else f"{_decimal(item.low)} to {_decimal(item.high)}"
        )
        rows.append((of, item.coefficient.replace("_", " "), value, ends, f"{item.items} {item.unit}"))
    yield _table(("of", "coefficient", "value", "interval", "compared"), rows)


def _decimal(value: float) -> str:
    return f"{value:.2f}"


def _provenance(facts: CardFacts) -> Iterator[str]:
    yield "## Provenance"
    found: Counter[tuple[str, ...]] = Counter()
    documents: Counter[tuple[str, ...]] = Counter()
    for doc_id, pairs in facts.pairs_of.items():
        document = facts.documents[doc_id]
        key = (
            _side(document.ar_origin, document.ar_by),
            _side(document.en_origin, document.en_by),
            document.licence or "",
        )
        found[key] += pairs
        documents[key] += 1
    rows = [(*key, documents[key], pairs) for key, pairs in sorted(found.items())]
    yield _table(("Arabic", "English", "licence", "documents", "pairs"), rows)
    yield _synthetic(facts)


def _side(origin: str | None, by: str | None) -> str:
    return f"{origin or 'not stated'}{f' ({by})' if by else ''}"


def _synthetic(facts: CardFacts) -> str:
    """How much of the text no one wrote for readers, said plainly."""
    whole = sum(facts.pairs_of.values())
    unknown = made = 0
    for doc_id, pairs in facts.pairs_of.items():
        origins = {facts.documents[doc_id].ar_origin, facts.documents[doc_id].en_origin}
        made += pairs if origins & SYNTHETIC else 0
        unknown += pairs if None in origins and not origins & SYNTHETIC else 0
    if not whole:
        return ""
    share = f"{100 * made / whole:.0f}%"
    rest = f" Of {unknown} pairs it is not stated how a side came to be." if unknown else ""
    return (
        f"**Synthetic texts**: {made} of {whole} pairs ({share}) have a side that a machine translated or "
        f"that was authored for the corpus.{rest}"
    )


def _limits(facts: CardFacts) -> Iterator[str]:
    yield "## Limits"
    limits = [
        "The labels say what the texts say, by the guidelines; they are no advice, and no forecast.",
        "Alignment is automatic where `score` is not null; filter on it where a wrong pair would hurt.",
    ]
    if len(facts.pairs_of) < FEW:
        count = len(facts.pairs_of)
        limits.append(
            f"It has {count} document{'s' if count != 1 else ''}: what a model learns or scores here need "
            "not hold elsewhere."
        )
    if not facts.agreement:
        limits.append("Nobody knows how far another annotator would agree.")
    yield "\n".join(f"- {limit}" for limit in limits)


def _rows(files: Sequence[ReleasedFile]) -> int:
    return sum(file.rows for file in files)


def _bytes(files: Sequence[ReleasedFile]) -> int:
    return sum(file.bytes for file in files)


def _table(head: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(value) for value in line)} |" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
