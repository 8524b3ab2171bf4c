"""Taking answers: cell by cell a draft becomes what another annotation says, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.team.cells import AnnotationCells, place_of
from hashiya.corpus.team.differences import all_cells, answer_in, cells_overlap, changed_cells
from hashiya.schema.records import Annotation, Entity, Link, Pair, Stance
from hashiya.schema.scheme import shipped_scheme
from hashiya.schema.validate import faults
from hashiya.tui.session.edits.answers import take_answer, with_ids_of
from tests.corpora import label, new
from tests.corpus.team.test_resolution import AR, EN, content, labellings

SCHEME = shipped_scheme()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return next(new(tmp_path_factory.mktemp("c") / "corpus", {"d": [(AR, EN)]}).generation().pairs())


@given(data=st.data())
def test_all_answers_of_a_version_make_that_version(pair: Pair, data: st.DataObject) -> None:
    draft, source = data.draw(labellings(pair)), data.draw(labellings(pair, "b"))
    made = draft
    for _ in range(2):  # a link, and a holder's name, come once both ends are there
        for cell in all_cells([draft, source], SCHEME):
            made = take_answer(made, source, cell)
    assert faults(made, pair, SCHEME) == []
    assert content(made) == content(source)


@given(data=st.data())
def test_an_answer_changes_its_cell_alone(pair: Pair, data: st.DataObject) -> None:
    draft, source = data.draw(labellings(pair)), data.draw(labellings(pair, "b"))
    cells = list(all_cells([draft, source], SCHEME))
    cell = data.draw(st.sampled_from(cells))
    made = take_answer(draft, source, cell)
    assert faults(made, pair, SCHEME) == []
    assert AnnotationCells(made).said_in(cell) == AnnotationCells(source).said_in(cell)
    for other in changed_cells(draft, made, [source], SCHEME):
        same_marks = AnnotationCells(made).said_in(other) == AnnotationCells(draft).said_in(other)
        assert cells_overlap(other, cell) or same_marks, "others lose no more than a link or a holder's name"


@given(data=st.data())
def test_entities_keep_their_ids_by_their_places(pair: Pair, data: st.DataObject) -> None:
    one, other = data.draw(labellings(pair)), data.draw(labellings(pair, "b"))
    made = with_ids_of(one, other)
    assert faults(made, pair, SCHEME) == []
    assert content(made) == content(one)
    ids = {place_of(item): item.id for item in other.entities}
    assert all(ids.get(place_of(item), item.id) == item.id for item in made.entities)


def test_links_and_holders_come_with_the_names_they_need(tmp_path_factory: pytest.TempPathFactory) -> None:
    blank = label(new(tmp_path_factory.mktemp("c") / "corpus", {"d": [(AR, EN)]}).generation(), 0)
    ar = Entity(id="ar1", lang="ar", start=5, end=12, text=AR[5:12], type="company")
    en = Entity(id="en1", lang="en", start=0, end=6, text="Nvidia", type="company")
    stance = Stance(target="chips", stance="bullish", holder="source", holder_entity="en1")
    source = replace(blank, entities=(ar, en), links=(Link(ar="ar1", en="en1"),), stances=(stance,))
    cells = {(cell.layer, cell.lang or cell.target): cell for cell in all_cells([source], SCHEME)}
    made: Annotation = take_answer(blank, source, cells["stances", "chips"])
    assert made.stances == (replace(stance, holder_entity=None),)
    made = take_answer(made, source, cells["entities", "ar"])
    assert made.links == ()
    made = take_answer(made, source, cells["entities", "en"])
    assert made.links == (Link(ar=made.entities[0].id, en=made.entities[1].id),)
    assert made.stances[0].holder_entity == made.entities[1].id
    made = take_answer(made, blank, cells["entities", "en"])
    assert (made.links, made.stances[0].holder_entity) == ((), None)
    assert answer_in(AnnotationCells(made), cells["entities", "en"]).said == frozenset()
