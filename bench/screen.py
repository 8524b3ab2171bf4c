"""The annotator's screen on a large corpus, through a terminal: how soon it opens, how soon a key is seen.

Every figure is taken twice: with an empty journal, and with `LABELLED` pairs labelled in it. The corpus is
made once (minutes for a million pairs) and never labelled itself: what is labelled are copies beside it,
whose Parquet files are links.
"""

from __future__ import annotations

import math
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.large import make
from bench.terminal import Painted, Terminal
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.store.document_view import anchors
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.store.search import search
from hashiya.schema.records import Annotation, Entity, Lang
from hashiya.tui.terminal.bidi_modes import terminal_signature

LABELLED = 50_000
ANNOTATOR = "bench"
_SEED = 7
_STARTS = 5
_ROUNDS = 20
_SEARCHED = 4.0
"""Seconds without output after which a search is over."""
_AT_ONCE = 5_000
"""Annotations that are recorded in one go."""

QUERIES = ("zebra", "DeepSeek", "إنفيديا", '"artificial intelligence" data', "الذكاء", "999998")
"""Found nowhere, in a quarter, in a quarter, by two conditions, in most, almost nowhere."""

Series = tuple[tuple[str, str], ...]
ROUND: Series = (
    *(("move", key) for key in ("left", "left", "down", "up", "right", "tab", "right", "down", "tab")),
    *(("extend", key) for key in ("]", "[")),
    ("hints shown", "g"),
    ("jump", "s"),
    ("mark", "c"),
    ("link", "j"),
    *(("undo", "u") for _ in range(2)),
    *(("redo", "r") for _ in range(2)),
    ("stance opened", "s"),
    ("stance", "d"),
    ("done, next", "enter"),
    *(("next pair", ".") for _ in range(3)),
    *(("previous pair", ",") for _ in range(2)),
)
"""What is pressed on each of the pairs that are gone to: the kind of key, and the key."""


@dataclass(frozen=True, slots=True)
class Start:
    """How an annotator's screen opened: seconds, and bytes of memory."""

    seconds: float
    memory: int


def tables(folder: Path, pairs: int, console: Console) -> Iterator[Table]:
    """Measure on a corpus of `pairs` pairs, which is made in `folder` if it is not there yet."""
    corpus = large(folder, pairs, console)
    python, textual = (_seconds("-c", what) for what in ("pass", "import textual.app"))
    opening = Table(
        "", "start to first pair", "without Python's start", "RSS", title=f"{pairs:,} pairs: opening"
    )
    opening.add_row("python -c pass", f"{python:.2f} s")
    opening.add_row("python -c 'import textual.app'", f"{textual:.2f} s", f"{textual - python:.2f} s")
    kinds: dict[str, dict[str, list[Painted]]] = {}
    searches: dict[str, list[tuple[float, float]]] = {}
    found = {query: _search(corpus, query) for query in QUERIES}
    for name, copied in (("empty journal", False), (f"{LABELLED:,} pairs labelled", True)):
        place = labelled_copy(corpus, folder / "labelled") if copied else _copy(corpus, folder / "empty")
        starts = [_start(place, pairs) for _ in range(_STARTS)]
        seconds = statistics.median(start.seconds for start in starts)
        memory = max(start.memory for start in starts)
        opening.add_row(name, f"{seconds:.2f} s", f"{seconds - python:.2f} s", f"{memory / 1e6:.0f} MB")
        with _open(place) as terminal:
            _first_pair(terminal, pairs)
            kinds[name] = _press(terminal, place)
            searches[name] = [_search_on_screen(terminal, query, found[query][0]) for query in QUERIES]
            most = terminal.memory("VmHWM")
        opening.add_row("  the most after all keys and searches", "", "", f"{most / 1e6:.0f} MB")
    yield opening
    for name, painted in kinds.items():
        yield _latencies(f"{pairs:,} pairs, {name}: from key to painted output, ms", painted)
    yield _searches(found, searches)


def large(folder: Path, pairs: int, console: Console | None = None) -> Corpus:
    """Return the corpus of so many pairs; made where it is not there yet."""
    place = folder / f"{pairs}"
    if not (place / "corpus.toml").exists():
        if console:
            console.print(f"Making a corpus of {pairs:,} pairs in {place} (once) ...")
        unfinished = folder / f"{pairs}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        make(unfinished, pairs)
        unfinished.rename(place)
    return Corpus.open(place)


def labelled_copy(corpus: Corpus, place: Path) -> Corpus:
    """Return a copy to label in, with `LABELLED` pairs labelled; the labels are made once."""
    copied = _copy(corpus, place)
    kept = corpus.folder.parent / f"{corpus.folder.name}.{LABELLED}.sqlite"
    if not kept.exists():
        _label(copied)
        shutil.copy2(place / JOURNAL, kept)
    else:
        shutil.copy2(kept, place / JOURNAL)
    return copied


def _copy(corpus: Corpus, place: Path) -> Corpus:
    """Return a copy to label in, whose large files are links."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(corpus.folder, place, copy_function=_linked, ignore=shutil.ignore_patterns(f"{JOURNAL}*"))
    Journal.create(place / JOURNAL)
    return Corpus.open(place)


def _linked(source: str, target: str) -> str:
    if source.endswith((".parquet", ".arrow")):
        try:
            os.link(source, target)
        except OSError:
            pass
        else:
            return target
    return str(shutil.copy2(source, target))


def _label(corpus: Corpus) -> None:
    """Label the first pairs, each with a name on both sides."""
    made: list[Annotation] = []
    with GenerationReader(corpus.generation()) as reader, corpus.journal() as journal:
        for row in range(min(LABELLED, len(reader) // 2)):
            pair = reader.pair(row)
            sides: tuple[Lang, ...] = ("ar", "en")
            entities: list[Entity] = []
            for lang in sides:
                text, first = pair.text(lang) or "", pair.tokens(lang)[0]
                entities.append(
                    Entity(
                        id=f"{lang}1",
                        lang=lang,
                        start=first.start,
                        end=first.end,
                        text=text[first.start : first.end],
                        type="company",
                        concept=f"name-{row % 5000}",
                    )
                )
            made.append(
                Annotation(
                    pair_id=pair.pair_id,
                    annotator=ANNOTATOR,
                    status="done",
                    entities=tuple(entities),
                    scheme=corpus.scheme.ref,
                    origin="human",
                    place=anchors(reader.document_of(row), pair),
                )
            )
            if len(made) == _AT_ONCE:
                journal.record(made)
                made = []
        journal.record(made)


def _open(corpus: Corpus) -> Terminal:
    environ = {"PATH": os.environ.get("PATH", ""), "HOME": str(corpus.folder), "LANG": "C.UTF-8"}
    environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    settings = corpus.folder.parent / "settings.toml"
    settings.write_text(
        f'annotator = "{ANNOTATOR}"\nui = "en"\n[terminals]\n"{terminal_signature(environ)}" = "plain"\n',
        encoding="utf-8",
    )
    command = [str(Path(sys.executable).parent / "hashiya"), "label", str(corpus.folder)]
    return Terminal(command, environ | {"HASHIYA_SETTINGS": str(settings)})


def _first_pair(terminal: Terminal, pairs: int) -> float:
    """Seconds from the start until the first pair is painted whole."""
    seen, _ = terminal.until(f"/{pairs:,}".encode(), terminal.began)
    rest = terminal.until_quiet(began=terminal.began, patience=0.2)
    return max(seen, rest.last or 0.0)


def _start(corpus: Corpus, pairs: int) -> Start:
    with _open(corpus) as terminal:
        seconds = _first_pair(terminal, pairs)
        return Start(seconds, terminal.memory())


def _press(terminal: Terminal, corpus: Corpus) -> dict[str, list[Painted]]:
    """Go to pairs here and there and press `ROUND` on each; what was painted, by the kind of key."""
    rng = random.Random(_SEED)
    found: defaultdict[str, list[Painted]] = defaultdict(list)
    with GenerationReader(corpus.generation()) as reader:
        places = [rng.randrange(len(reader)) for _ in range(2 * _ROUNDS)]
        ids = {row: reader.pair(row).pair_id for row in places[_ROUNDS:]}
    for number, by_id in zip(places[:_ROUNDS], places[_ROUNDS:], strict=True):
        for text, kind in ((str(number + 1), "go to a number"), (ids[by_id][:12], "go to an id")):
            found["line opened"].append(terminal.press(";"))
            found["typed"] += [terminal.press(char) for char in text]
            found[kind].append(terminal.press("enter"))
        for kind, key in ROUND:
            found[kind].append(terminal.press(key))
        found["last pair"].append(terminal.press("ctrl+end"))
        found["first pair"].append(terminal.press("ctrl+home"))
    return found


def _search_on_screen(terminal: Terminal, query: str, count: int) -> tuple[float, float]:
    """Seconds until the first hit is listed and until all are counted, from the last key of a query on."""
    terminal.press("/")
    for char in query[:-1]:
        terminal.press(char, quiet=0.002, patience=0.05)
    terminal.until_quiet(began=time.perf_counter(), quiet=_SEARCHED, patience=_SEARCHED)
    # The title begins with it at the end; a line to go through all hits has counted them before.
    end = f"m{count:,} hit".encode()
    number = re.compile(rb"#\d")
    first: float | None = None
    output = b""
    began = time.perf_counter()
    terminal.write(query[-1])
    while end not in output:
        part = terminal.read(_SEARCHED)
        if not part:
            raise TimeoutError(f"{query!r}: the screen does not say {end!r}")
        output += part
        if first is None and number.search(output):
            first = time.perf_counter() - began
    every = time.perf_counter() - began
    terminal.press("escape", quiet=0.3)
    return every if first is None else first, every


def _searches(
    found: dict[str, tuple[int, float | None, float]], on_screen: dict[str, list[tuple[float, float]]]
) -> Table:
    shown = Table("query", "pairs found", "first", "all", title="Full-text search, ms")
    for name in on_screen:
        shown.add_column(f"screen, {name}: first")
        shown.add_column("all")
    for number, (query, (count, first, every)) in enumerate(found.items()):
        times = [seconds for screen in on_screen.values() for seconds in screen[number]]
        shown.add_row(query, f"{count:,}", *(_ms(seconds) for seconds in (first, every, *times)))
    return shown


def _search(corpus: Corpus, query: str) -> tuple[int, float | None, float]:
    """Return how many pairs a query finds, and the seconds until the first and until all."""
    count, first = 0, None
    began = time.perf_counter()
    for hits in search(corpus.generation(), query):
        count += len(hits.rows)
        if count and first is None:
            first = time.perf_counter() - began
    return count, first, time.perf_counter() - began


def _latencies(title: str, kinds: dict[str, list[Painted]]) -> Table:
    shown = Table("key", "count", "nothing painted", "first byte p50", "p50", "p95", "max", title=title)
    every = [painted for found in kinds.values() for painted in found]
    for kind, found in [*kinds.items(), ("all", every)]:
        first = [painted.first for painted in found if painted.first is not None]
        last = [painted.last for painted in found if painted.last is not None]
        if last:
            figures = (percentile(first, 50), percentile(last, 50), percentile(last, 95), max(last))
            shown.add_row(kind, str(len(found)), str(len(found) - len(last)), *map(_ms, figures))
    return shown


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of the values that is no less than `share` percent of them."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * share / 100), 1) - 1]


def _seconds(*arguments: str) -> float:
    """Return the median time that Python takes for something."""
    taken: list[float] = []
    for _ in range(_STARTS):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _ms(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:,.1f}"
