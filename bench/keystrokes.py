"""The keys that label the seed article to its gold, and the same work in Label Studio, by a model of time.

The model is the keystroke-level model of Card, Moran and Newell (Communications of the ACM 23(7), 1980); the
press or release of a mouse button is Kieras's (2001). It is a model and no study: docs/benchmarks.md says
what it assumes. Thinking and reading are the same on both sides and left out.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from bench.keys.script import Script, Step, Task, plan
from hashiya.corpus.building.build import build
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.codec import from_json
from hashiya.schema.records import Annotation
from hashiya.tui.session.session import Session

SEEDS = Path(__file__).parents[1] / "seeds"
SECONDS = {"K": 0.28, "P": 1.1, "B": 0.1, "H": 0.4}
"""Of a key, pointing with the mouse, pressing or releasing its button, and a hand's way to mouse or keys."""

_CLICK = "PBB"
_DRAG = "PBPB"
_DOUBLE_CLICK = "PBBBB"
TASKS: tuple[Task, ...] = ("span", "link", "concept", "stance", "implication", "flag", "comment", "status")


@dataclass(frozen=True, slots=True)
class Work:
    """The operators that a task takes in Label Studio; `typed` of the keys are characters of a text."""

    task: Task
    operators: str
    typed: int = 0


def tables() -> Iterator[Table]:
    """Keys of either side, and seconds by the model, task by task."""
    gold = gold_labels()
    script = planned(gold)
    theirs = [work for annotation in gold for work in label_studio(annotation)]
    yield _by_task(script, theirs)
    yield _in_all(script, theirs, gold)


def gold_labels() -> list[Annotation]:
    """Return the gold of the seed article."""
    lines = (SEEDS / "deepseek-shock.labels.jsonl").read_text(encoding="utf-8").splitlines()
    return [from_json(Annotation, line, "gold") for line in lines]


def planned(gold: Sequence[Annotation]) -> Script:
    """Return the script that labels a fresh build of the seed article to its gold."""
    folder = Path(tempfile.mkdtemp(prefix="hashiya-keys-"))
    try:
        corpus: Corpus = build(sorted(SEEDS.glob("deepseek-shock.*")), folder / "corpus", report=print).corpus
        with Session.open(corpus, "planner") as session:
            return plan(session, gold)
    finally:
        shutil.rmtree(folder)


def label_studio(annotation: Annotation) -> Iterator[Work]:
    """Yield what labelling one pair takes there, by its documented hotkeys and otherwise by the mouse.

    Where there are several ways the quickest is taken: a word is double-clicked, a choice has a hotkey.
    A hand goes to the mouse or back to the keys only where the next thing needs it.
    """
    hands = _Hands()
    named_by_link = {link.en for link in annotation.links}
    for entity in annotation.entities:
        yield Work("span", hands("K" + _select(entity.text)))
        # A field of the region just made, which is still selected. Of two that are linked one is enough.
        if entity.concept and entity.id not in named_by_link:
            yield hands.typing("concept", entity.concept)
    for link in annotation.links:
        del link
        # Select a region, Alt+R, click the other one.
        yield Work("link", hands(_CLICK + "KK" + _CLICK))
    for flag in annotation.flags:
        yield Work("flag", hands("K" + _select(flag.text)))
        if flag.intended:
            yield hands.typing("flag", flag.intended)
    for stance in annotation.stances:
        # A choice a target, which says the stance; another for a holder who is not the author; who that is,
        # with a click on the region.
        operators = "K" + ("K" if stance.holder != "author" else "")
        yield Work("stance", hands(operators + (_CLICK if stance.holder_entity else "")))
    for implication in annotation.implications:
        del implication
        # Channel, direction, certainty: a choice each, all with hotkeys, in the row of their target.
        yield Work("implication", hands("KKK"))
    if annotation.comment:
        yield hands.typing("comment", annotation.comment)
    yield Work("status", hands("KK"))


class _Hands:
    """Where the right hand is: it adds its ways between mouse and keys to what is done."""

    def __init__(self) -> None:
        self._on_mouse = False

    def __call__(self, operators: str) -> str:
        """Return what is done, hand movements included; the left hand needs none for hotkeys of one key."""
        done = ""
        for operator in operators:
            if operator == "P" and not self._on_mouse:
                done += "H"
                self._on_mouse = True
            done += operator
        return done

    def typing(self, task: Task, text: str) -> Work:
        """Click into a field, type a text with both hands, and Enter."""
        done = self(_CLICK) + "H" + "K" * (len(text) + 1)
        self._on_mouse = False
        return Work(task, done, typed=len(text))


def _select(text: str) -> str:
    return _DRAG if len(text.split()) > 1 else _DOUBLE_CLICK


def seconds(operators: str) -> float:
    """Return what operators take."""
    return sum(SECONDS[operator] for operator in operators)


def _by_task(script: Script, theirs: Sequence[Work]) -> Table:
    shown = Table(
        "task", "count", "keys", "keys each", "most", "typed", "seconds", title="The seed article, by keys"
    )
    for heading in ("LS: keys", "LS: pointing", "LS: typed", "LS: seconds"):
        shown.add_column(heading)
    for task in TASKS:
        steps = [step for step in script.steps if step.task == task]
        works = [work for work in theirs if work.task == task]
        commands = [step.commands + step.side for step in steps]
        done = "".join(work.operators for work in works)
        typed = sum(work.typed for work in works)
        shown.add_row(
            "entity" if task == "span" else task,
            str(len(steps)),
            str(sum(commands)),
            f"{sum(commands) / len(steps):.1f}",
            str(max(commands)),
            str(sum(step.typed for step in steps)),
            f"{_own_seconds(steps):.0f}",
            str(done.count("K") - typed),
            str(done.count("P")),
            str(typed),
            f"{seconds(done):.0f}",
        )
    return shown


def _in_all(script: Script, theirs: Sequence[Work], gold: Sequence[Annotation]) -> Table:
    spans = [step for step in script.steps if step.task == "span"]
    marks = sum(
        len(made)
        for annotation in gold
        for made in (
            annotation.entities,
            annotation.links,
            annotation.flags,
            annotation.stances,
            annotation.implications,
        )
    )
    counts = Counter(step.row for step in script.steps for _ in step.keys)
    done = "".join(work.operators for work in theirs)
    typed, their_typed = sum(step.typed for step in script.steps), sum(work.typed for work in theirs)
    shown = Table("in all", "hashiya", "Label Studio", title=f"{len(gold)} pairs, {marks} marks")
    entities = sum(len(annotation.entities) for annotation in gold)
    links = sum(len(step.keys) for step in script.steps if step.task == "link")
    shown.add_row(
        "keys and button presses or releases", str(len(script.keys)), str(done.count("K") + done.count("B"))
    )
    shown.add_row("  of them characters of texts", str(typed), str(their_typed))
    shown.add_row("pointing with the mouse", "0", str(done.count("P")))
    shown.add_row("hands between mouse and keys", "0", str(done.count("H")))
    shown.add_row("keys a pair", f"{len(script.keys) / len(gold):.1f}", "")
    shown.add_row("  without characters of texts", f"{(len(script.keys) - typed) / len(gold):.1f}", "")
    shown.add_row("  most", str(max(counts.values())), "")
    walked = sum(step.commands + step.side for step in spans)
    shown.add_row("keys a span that is marked by hand", f"{walked / len(spans):.1f}", "")
    shown.add_row("keys an entity, links included", f"{(walked + links) / entities:.1f}", "")
    shown.add_row("seconds", f"{_own_seconds(script.steps):.0f}", f"{seconds(done):.0f}")
    shown.add_row(
        "seconds a pair", f"{_own_seconds(script.steps) / len(gold):.1f}", f"{seconds(done) / len(gold):.1f}"
    )
    return shown


def _own_seconds(steps: Sequence[Step]) -> float:
    return sum(len(step.keys) for step in steps) * SECONDS["K"]
