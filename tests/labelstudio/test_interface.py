"""The configuration and the results as Label Studio's own library judges them."""

from __future__ import annotations

import pytest
from label_studio_sdk.label_interface.interface import LabelInterface

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.config import config
from hashiya.corpus.exchange.labelstudio.write_task import data_of, prediction_object
from hashiya.schema.records import Pair
from hashiya.schema.scheme import LabelScheme, parse_scheme, shipped_scheme, shipped_scheme_text
from tests.corpus.exchange.labelstudio.given import AR, EN, FULL, PAIR_ID

NAMES_ONLY = shipped_scheme_text().split("[[stance]]", maxsplit=1)[0].replace("[defaults]", "[dropped]")


def names_only() -> LabelScheme:
    """The shipped scheme with entities alone."""
    head, entities = NAMES_ONLY.split("[dropped]", maxsplit=1)
    return parse_scheme(head + "[guide" + entities.split("[guide", maxsplit=1)[1], "names only")


@pytest.mark.parametrize("scheme", [shipped_scheme(), names_only()], ids=["ai-market", "names only"])
def test_the_configuration_is_valid_and_its_labels_are_ids(scheme: LabelScheme) -> None:
    interface = LabelInterface(config(scheme))
    interface.validate()
    for name in controls.ENTITIES.values():
        assert list(interface.get_control(name).labels) == list(scheme.ids("entity"))


def test_results_fit_the_configuration() -> None:
    interface = LabelInterface(config(shipped_scheme()))
    suggestion = {**prediction_object(FULL), "score": 1.0}
    assert interface.validate_prediction(suggestion, return_errors=True) == []


def test_a_task_has_all_that_the_page_shows() -> None:
    spans = {"ar_sentences": (), "en_sentences": (), "ar_tokens": (), "en_tokens": ()}
    pair = Pair(
        pair_id=PAIR_ID, doc_id="d", index=0, ar=AR, en=EN, ar_start=0, ar_end=len(AR), en_start=0,
        en_end=len(EN), bead="1-1", score=None, kind="body", ar_folded=None, en_folded=None, **spans,
    )  # fmt: skip
    interface = LabelInterface(config(shipped_scheme()))
    data = data_of(pair, shipped_scheme())
    assert interface.validate_task({"data": data})  # type: ignore[arg-type]  # it takes JSON, too
    for name in ("ar", "en"):
        assert not interface.validate_task({"data": {**data, name: None}})  # type: ignore[arg-type]
