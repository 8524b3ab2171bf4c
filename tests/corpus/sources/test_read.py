"""What holds for every format: given beads, ids that are alike, floods of problems, missing libraries."""

from __future__ import annotations

import json
import sys

import pytest

from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.schema.errors import MissingExtraError
from hashiya.schema.records import Span
from tests.corpus.sources.conftest import Read, Write

AR = "انخفضت الأسهم يوم الاثنين.\nثم ارتفعت."
EN = "Shares fell on Monday. Then they rose."


def beads(*items: object, **others: object) -> str:
    return json.dumps({"format": 1, "beads": list(items), **others})


def test_beads_made_by_hand_come_with_the_document(read: Read, write: Write) -> None:
    write("a.ar.txt", AR)
    write("a.en.txt", EN)
    write("a.beads.json", beads({"ar": [[0, 26]], "en": [[0, 22]], "kind": "title"}))
    assert read().item.beads == (GivenBead((Span(0, 26),), (Span(0, 22),), "title"),)


def test_they_stand_in_for_those_of_a_line_aligned_file(read: Read, write: Write) -> None:
    write("a.ar", "واحد\nاثنان\n")
    write("a.en", "one\ntwo\n")
    assert len(read().item.beads) == 2
    write("a.beads.json", beads({"ar": [[0, 4], [5, 10]], "en": [[0, 3], [4, 7]]}))
    assert read().item.beads == (GivenBead((Span(0, 4), Span(5, 10)), (Span(0, 3), Span(4, 7))),)


def test_of_a_file_of_many_documents_they_are_those_of_its_own(read: Read, write: Write) -> None:
    write("a.jsonl", '{"en": "One."}\n{"id": "x", "en": "Two."}\n')
    write("a.beads.json", beads({"en": [[0, 4]]}))
    own, other = sorted(read().items, key=lambda item: item.document.doc_id)
    assert (own.document.doc_id, own.beads) == ("a", (GivenBead((), (Span(0, 4),)),))
    assert (other.document.doc_id, other.beads) == ("x", ())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "invalid JSON: EOF while parsing an object at line 1 column 1"),
        (beads({"ar": [[0, 99]]}), "bead 1: ar [0, 99] is no range in a text of 37 characters"),
        (beads(ar_sha256="00"), "was made for another text on the ar side (ar_sha256 differs)"),
    ],
)
def test_beads_that_do_not_fit_leave_the_document_out(
    read: Read, write: Write, content: str | bytes, message: str
) -> None:
    write("a.ar.txt", AR)
    write("b.ar.txt", AR)
    write("a.beads.json", content)
    found = read()
    assert found.ids == ["b"]
    assert found.left_out[0].startswith("a.ar.txt: left out for its beads: a.beads.json")
    assert message in found.left_out[0]
    assert found.left_out[0].endswith("; or delete that file")


def test_a_flood_of_problems_is_counted(read: Read, write: Write) -> None:
    write(
        "a.jsonl",
        "".join(f'{{"id": "{n}", "ar": {n}}}\n' for n in range(1000)) + '{"id": "good", "en": "x"}\n',
    )
    found = read()
    assert found.ids == ["good"]
    assert len(found.left_out) == 21
    assert found.left_out[0] == "a.jsonl, line 1: ar is 0, which is no text"
    assert found.left_out[-1] == "a.jsonl: and 980 more problems, each with something left out"


@pytest.mark.parametrize(
    ("name", "module", "feature"), [("a.ar.html", "webpage", "HTML"), ("a.tmx", "tmx", "TMX")]
)
def test_a_missing_extra_says_how_to_install_it(
    read: Read, write: Write, monkeypatch: pytest.MonkeyPatch, name: str, module: str, feature: str
) -> None:
    write(name, "<p>x</p>")
    monkeypatch.delitem(sys.modules, f"hashiya.corpus.sources.formats.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "lxml", None)  # as if it were not installed
    with pytest.raises(MissingExtraError) as caught:
        read()
    assert str(caught.value) == f"reading {feature} needs the extra 'build': see 'Install' in the README"
