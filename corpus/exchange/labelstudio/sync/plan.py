"""What a synchronisation would do, as data: made by `make_plan`, shown by --dry-run, done by `carry_out`."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from hashiya.corpus.exchange.labelstudio.read_task import Arrival
from hashiya.corpus.exchange.labelstudio.three_way_merge import Prefer
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.schema.codec import dump, from_object, to_object
from hashiya.schema.errors import Problem
from hashiya.schema.records import Annotation

Mode = Literal["push", "pull", "sync"]
StepKind = Literal["add", "change", "remove"]

_IN_MEMORY = 1 << 24
"""Bytes of arrivals that wait in memory; more wait in a temporary file."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do to an annotation there; `number` is the server's of what is changed or removed."""

    act: StepKind
    annotator: str
    number: int | None = None
    prediction: bool = False


@dataclass(slots=True)
class TaskWork:
    """What is to be done to one task there; only while its token is still `token`.

    `rewrite` puts the pair's data into it again.
    """

    task: int
    pair_id: str
    token: str
    rewrite: bool = False
    steps: list[Step] = field(default_factory=list)


class ArrivalQueue:
    """Annotations from there that the journal will take in, in their order; in a file where they are many."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - gone with the plan
            max_size=_IN_MEMORY, mode="w+", encoding="utf-8", newline="\n"
        )
        self._count = 0
        self.predictions = 0

    def __len__(self) -> int:
        return self._count

    def add(self, arrival: Arrival) -> None:
        """Append an arrival."""
        base = None if arrival.base is None else to_object(arrival.base)
        line = dump([arrival.where, to_object(arrival.annotation), base, arrival.number, arrival.beside])
        self._file.seek(0, 2)
        self._file.write(line + "\n")
        self._count += 1
        self.predictions += arrival.annotation.origin == "suggested"

    def __iter__(self) -> Iterator[Arrival]:
        self._file.seek(0)
        for line in self._file:
            where, annotation, base, number, beside = json.loads(line)
            yield Arrival(
                where,
                from_object(Annotation, annotation, where),
                None if base is None else from_object(Annotation, base, where),
                number,
                beside=beside,
            )

    def close(self) -> None:
        """Remove the file."""
        self._file.close()


@dataclass(slots=True)
class Plan:
    """What is to be done on both sides.

    `create` are pairs that get a task, `created` counts the annotations sent with them, and there are
    `created_predictions`. `record` is
    what the journal takes in, `settle` what is recorded over two heads, `withdraw` what is undone here.
    `conflicts` are told one by one, and so is what `outcome` leaves out. `unknown` counts what would
    be sent, by annotators whom the server does not know.
    """

    mode: Mode
    record: ArrivalQueue
    prefer: Prefer | None = None
    create: list[str] = field(default_factory=list)
    created: int = 0
    created_predictions: int = 0
    work: list[TaskWork] = field(default_factory=list)
    settle: list[Annotation] = field(default_factory=list)
    withdraw: list[tuple[str, str]] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    newer_here: int = 0
    """Changed here only, and this is a pull."""
    newer_there: int = 0
    """Changed there only, and this is a push."""
    notes: list[Problem] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def outwards(self) -> bool:
        """Whether anything is sent."""
        return self.mode != "pull"

    @property
    def inwards(self) -> bool:
        """Whether anything is recorded here."""
        return self.mode != "push"

    def steps(self, act: StepKind, *, prediction: bool = False) -> int:
        """Return how many annotations, or predictions, there are added, changed or removed."""
        return sum(
            (step.act, step.prediction) == (act, prediction) for work in self.work for step in work.steps
        )

    def counts(self) -> dict[str, int]:
        """Return the plan in numbers."""
        return {
            "tasks to create": len(self.create),
            "tasks to update": sum(work.rewrite for work in self.work),
            "annotations to send with new tasks": self.created,
            "predictions to send with new tasks": self.created_predictions,
            "annotations to add there": self.steps("add"),
            "annotations to change there": self.steps("change"),
            "annotations to delete there": self.steps("remove"),
            "predictions to add there": self.steps("add", prediction=True),
            "predictions to change there": self.steps("change", prediction=True),
            "predictions to delete there": self.steps("remove", prediction=True),
            "annotations to record here": len(self.record) - self.record.predictions + len(self.settle),
            "predictions to record here": self.record.predictions,
            "annotations to undo here": len(self.withdraw),
            "annotations that are the same": self.unchanged,
            "changed here, for a push": self.newer_here,
            "changed there, for a pull": self.newer_there,
            "conflicts": len(self.conflicts),
        }
