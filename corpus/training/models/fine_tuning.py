"""Fine-tuning with torch: AdamW with a linear warm-up and decay, the epoch that does best is kept."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.training.models.protocol import ModelSettings
from hashiya.schema.errors import CorpusError, HashiyaError, MissingExtraError

_WARM_UP = 0.1
_WEIGHT_DECAY = 0.01
_LARGEST_GRADIENT = 1.0


@dataclass(frozen=True, slots=True)
class Batches:
    """So many `rows`, and the mean loss of some of them, by number."""

    rows: int
    loss: Callable[[NDArray[Any]], Any]


def best_device() -> str:
    """Return the device that torch computes on: CUDA, Metal, or the CPU."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def short_name(base: str | None) -> str | None:
    """Return a model's name without the folders of this machine."""
    return Path(base).name if base is not None and Path(base).exists() else base


def load_pretrained(head: str, base: str, classes: Sequence[str], seed: int) -> tuple[Any, Any]:
    """Return a model with a new head for classes, and its tokenizer.

    `MissingExtraError` without the extra `transformers`; `HashiyaError` where the model cannot be loaded,
    brings code of its own, or has no fast tokenizer.
    """
    transformers = _transformers(f"the model {base}")
    import torch

    torch.manual_seed(seed)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(base, use_fast=True)
        model = getattr(transformers, head).from_pretrained(
            base,
            id2label=dict(enumerate(classes)),
            label2id={name: number for number, name in enumerate(classes)},
            ignore_mismatched_sizes=True,
            use_safetensors=True,
        )
    except (OSError, ValueError, ImportError, KeyError) as error:
        raise HashiyaError(
            f"--model {base}: is neither a baseline nor a model that Transformers loads: "
            f"{str(error).strip().splitlines()[0]}"
        ) from None
    if not tokenizer.is_fast:
        raise HashiyaError(f"--model {base}: has no fast tokenizer, which says where a subword stands")
    return model.to(best_device()), tokenizer


def save_pretrained(model: Any, tokenizer: Any, folder: Path) -> None:
    """Write a model, in safetensors, and its tokenizer."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def load_saved(head: str, folder: Path) -> tuple[Any, Any]:
    """Return a model that was saved, and its tokenizer; nothing is asked of the hub, no code of it is run."""
    transformers = _transformers("this model")
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = getattr(transformers, head).from_pretrained(
            folder, local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError, KeyError) as error:
        raise CorpusError(f"{folder}: cannot be loaded ({error}); train it again") from None
    return model.to(best_device()), tokenizer


def fine_tune(model: Any, train: Batches, validation: Batches, settings: ModelSettings, seed: int) -> None:
    """Train a model in place; of all epochs the one with the least loss on the validation split is kept.

    Without rows there, it is the last.
    """
    import torch

    epochs, batch = int(settings["epochs"] or 1), int(settings["batch"] or 1)
    random = np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=float(settings["learning_rate"] or 0), weight_decay=_WEIGHT_DECAY
    )
    steps = epochs * math.ceil(train.rows / batch)
    warm = max(1, round(_WARM_UP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))
    )
    best: tuple[float, Any] | None = None
    for _ in range(epochs):
        model.train()
        order = random.permutation(train.rows)
        for start in range(0, train.rows, batch):
            optimizer.zero_grad()
            train.loss(order[start : start + batch]).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), _LARGEST_GRADIENT)
            optimizer.step()
            schedule.step()
        if validation.rows:
            loss = _mean_loss(model, validation, batch)
            if best is None or loss < best[0]:
                best = loss, copy.deepcopy(model.state_dict())
    if best is not None:
        model.load_state_dict(best[1])
    model.eval()


def _mean_loss(model: Any, batches: Batches, batch: int) -> float:
    import torch

    model.eval()
    total = 0.0
    with torch.inference_mode():
        for start in range(0, batches.rows, batch):
            numbers = np.arange(start, min(start + batch, batches.rows))
            total += float(batches.loss(numbers)) * len(numbers)
    return total / batches.rows


def _transformers(feature: str) -> Any:
    try:
        import_module("torch")
        transformers: Any = import_module("transformers")
    except ImportError as error:
        raise MissingExtraError(feature, "transformers") from error
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers
