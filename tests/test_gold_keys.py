"""Keys alone label the seed article to its gold, from an empty journal, on the screen itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.keys.script import COLUMNS, SIZE, USUAL_KEYS, USUAL_WORDS, Script, plan
from hashiya.corpus.building.build import build
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.codec import from_json
from hashiya.schema.records import Annotation
from hashiya.tui.session.session import Session
from tests.tui.screens.playing import playing

pytestmark = pytest.mark.long

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture(scope="module")
def gold() -> list[Annotation]:
    lines = (SEEDS / "deepseek-shock.labels.jsonl").read_text(encoding="utf-8").splitlines()
    return [from_json(Annotation, line, "gold") for line in lines]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("gold") / "corpus"
    return build(
        sorted(SEEDS.glob("deepseek-shock.*")), folder, report=lambda problem: pytest.fail(str(problem))
    ).corpus


@pytest.fixture(scope="module")
def script(corpus: Corpus, gold: list[Annotation], tmp_path_factory: pytest.TempPathFactory) -> Script:
    # In a copy: who plays the script must not find in the journal what the planner learnt.
    copied = tmp_path_factory.mktemp("plan") / "corpus"
    shutil.copytree(corpus.folder, copied)
    with Session.open(Corpus.open(copied), "planner") as session:
        return plan(session, gold)


def said(annotation: Annotation) -> dict[str, object]:
    """What an annotation says, with entities by where they stand in place of their ids."""
    places = {item.id: (item.lang, item.start, item.end, item.type) for item in annotation.entities}
    return {
        "status": annotation.status,
        "comment": annotation.comment,
        "entities": {(*places[item.id], item.text, item.concept) for item in annotation.entities},
        "links": {(places[link.ar], places[link.en]) for link in annotation.links},
        "flags": set(annotation.flags),
        "stances": {
            (item.target, item.stance, item.holder, places.get(item.holder_entity or ""))
            for item in annotation.stances
        },
        "implications": set(annotation.implications),
    }


@pytest.mark.asyncio
async def test_keys_label_the_article_to_its_gold(
    corpus: Corpus, gold: list[Annotation], script: Script
) -> None:
    async with playing(corpus, annotator="gold", size=SIZE) as play:
        assert {lang: side.columns for lang, side in play.screen.passages.items()} == COLUMNS
        await play.press(*script.keys)
        assert play.screen.session.progress.finished == len(gold)
    with corpus.journal(write=False) as journal:
        made = {item.pair_id: item.annotations for item in journal.standing(annotator="gold")}
    assert made.keys() == {annotation.pair_id for annotation in gold}
    for annotation in gold:
        (one,) = made[annotation.pair_id]
        assert said(one) == said(annotation)
        assert (one.origin, one.place) == ("human", annotation.place)


def test_every_span_of_one_to_three_words_takes_five_keys_at_most(script: Script) -> None:
    # From where the cursor rests, a jump and the label's key included; the key to the other side and the
    # text of a concept are counted by themselves.
    spans = [step for step in script.steps if step.task == "span"]
    assert {step.words for step in spans} >= {1, 2, 3}
    dear = [step for step in spans if step.words <= USUAL_WORDS and step.commands > USUAL_KEYS]
    assert dear == []


def test_the_other_side_of_a_name_takes_one_key(script: Script, gold: list[Annotation]) -> None:
    links = [step for step in script.steps if step.task == "link"]
    assert len(links) == sum(len(annotation.links) for annotation in gold)
    assert {step.keys for step in links} == {("j",)}
    # Nine of ten were marked on one side only: the key marks the other one.
    spans = sum(step.task == "span" for step in script.steps)
    by_hand = spans - sum(len(annotation.entities) - len(annotation.links) for annotation in gold)
    assert by_hand <= len(links) / 10


def test_the_usual_stance_and_implication_take_two_keys(script: Script) -> None:
    made = [step for step in script.steps if step.task in {"stance", "implication"}]
    assert {step.commands for step in made if step.usual} == {2}
    # Two more for another target, for another certainty, and for another holder; one to say who that is.
    assert max(step.commands for step in made) <= 7


def test_few_concepts_are_typed(script: Script, gold: list[Annotation]) -> None:
    typed = sum(step.task == "concept" for step in script.steps)
    assert typed <= sum(len(annotation.entities) for annotation in gold) / 20
