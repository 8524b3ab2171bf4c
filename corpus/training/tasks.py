"""What a model learns: the task, its classes and their numbers in the dataset. Pure."""

from __future__ import annotations

from typing import Literal, get_args

from hashiya.schema.records import record

TaskName = Literal["stance", "implications", "entities"]
TASK_NAMES: tuple[TaskName, ...] = get_args(TaskName)
Decision = Literal["one", "several", "spans"]
"""How many classes a row has: exactly one, any number, or spans of its text that have one each."""

TrainingLabels = Literal["released", "majority"]
"""Whose labels are learned: as released; or, in cells that the release left open, what more than half say."""
TRAINING_LABELS: tuple[TrainingLabels, ...] = get_args(TrainingLabels)

_DECISIONS: dict[TaskName, Decision] = {"stance": "one", "implications": "several", "entities": "spans"}


@record
class TrainingTask:
    """A task with its classes, in the order of a model's columns; `numbers` are theirs in the dataset.

    `targets` are what a stance can be on: part of the input of that task, and empty for the others. `absent`
    is the class that says that nothing is there, which no mean of figures counts.
    """

    name: TaskName
    classes: tuple[str, ...]
    numbers: tuple[int, ...]
    targets: tuple[str, ...] = ()
    absent: str | None = None

    @property
    def decision(self) -> Decision:
        """How many classes a row has."""
        return _DECISIONS[self.name]

    @property
    def scored(self) -> tuple[int, ...]:
        """The columns of the classes that say something."""
        return tuple(column for column, name in enumerate(self.classes) if name != self.absent)
