"""What an annotator says beside known labels: counted by cell, only where one of both says something."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.store.generation import Generation
from hashiya.corpus.team.gold_score import GoldScore, gold_score
from hashiya.schema.covers import full_covers
from hashiya.schema.records import Annotation, Cover, Implication, Lang, Stance
from hashiya.schema.scheme import shipped_scheme
from tests.corpora import label, new

SCHEME = shipped_scheme()
BULLISH = Stance(target="chips", stance="bullish", holder="author")
COST = Implication(target="chips", channel="cost", direction="positive", certainty="asserted")


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    folder: Path = tmp_path_factory.mktemp("gold") / "c"
    return new(folder, {"d": [("قالت إنفيديا", "Nvidia and Meta said so")]}).generation()


def made(generation: Generation, *names: tuple[Lang, str], **fields: object) -> Annotation:
    annotation = label(generation, 0, *names)
    covers = full_covers(SCHEME, next(generation.pairs()))
    return replace(annotation, **{"covers": covers, **fields})  # type: ignore[arg-type]


def score(gold: Annotation, *said: Annotation) -> tuple[int, int]:
    found = gold_score([gold], said, SCHEME)
    return found.same, found.cells


def test_cells_count_where_something_is_said(generation: Generation) -> None:
    gold = made(generation, ("en", "Nvidia"), ("en", "Meta"), stances=(BULLISH,), implications=(COST,))
    assert score(gold, gold) == (4, 4)
    assert score(gold, made(generation, ("en", "Nvidia"))) == (1, 4)
    assert score(made(generation), made(generation)) == (0, 0)
    assert score(made(generation), made(generation, ("en", "Meta"), stances=(BULLISH,))) == (0, 2)


def test_what_was_not_looked_for_is_no_mistake(generation: Generation) -> None:
    gold = made(generation, ("en", "Nvidia"), stances=(BULLISH,))
    entities_only = made(generation, ("en", "Nvidia"), covers=(Cover(layer="entities", lang="en"),))
    assert score(gold, entities_only) == (1, 1)
    assert score(replace(gold, covers=(Cover(layer="stances"),), entities=()), entities_only) == (0, 0)


def test_who_says_two_things_side_by_side_has_not_said_the_same(generation: Generation) -> None:
    gold = made(generation, ("en", "Nvidia"), stances=(BULLISH,))
    assert score(gold, gold, made(generation, ("en", "Nvidia"))) == (1, 2)


def test_scores_add_up() -> None:
    assert GoldScore(1, 2) + GoldScore(3, 4) == GoldScore(4, 6)
