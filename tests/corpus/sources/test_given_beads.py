"""Beads given by hand: written, read back, and held against their document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hashiya.corpus.sources.given_beads import GivenBead, check_beads, read_beads, write_beads
from hashiya.schema.errors import SourceError
from hashiya.schema.records import LANGS, Document, Kind, Lang, Span

AR, EN = "واحد اثنان. 👨\u200d👩\u200d👧 مُحَمَّد ـــ.", "One two. Three.\r\nFour."
DOCUMENT = Document(doc_id="d", ar=AR, en=EN)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "d.beads.json"


def spans(text: str) -> st.SearchStrategy[list[Span]]:
    """Ranges of a text that go forward without overlap and have no outer white space."""
    points = st.lists(st.integers(0, len(text)), unique=True, max_size=8).map(sorted)
    cut = points.map(lambda at: [(at[n], at[n + 1]) for n in range(0, len(at) - 1, 2)])
    return cut.map(
        lambda ranges: [
            Span(
                start + len(text[start:end]) - len(text[start:end].lstrip()),
                start + len(text[start:end].rstrip()),
            )
            for start, end in ranges
            if text[start:end].strip()
        ]
    )


def deal(
    ar_spans: list[Span], en_spans: list[Span], sizes: list[tuple[int, int]], kinds: list[Kind | None]
) -> tuple[GivenBead, ...]:
    """Beads that take the ranges of both sides in turn."""
    ar, en = list(ar_spans), list(en_spans)
    beads: list[GivenBead] = []
    for (left, right), kind in zip(sizes, kinds, strict=True):
        bead = GivenBead(tuple(ar[:left]), tuple(en[:right]), kind)
        del ar[:left], en[:right]
        if bead.ar or bead.en:
            beads.append(bead)
    return tuple(beads)


BEADS = st.builds(
    deal,
    spans(AR),
    spans(EN),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=4, max_size=4),
    st.lists(st.sampled_from([None, "title", "body", "boilerplate"]), min_size=4, max_size=4),
)


@given(beads=BEADS, sides=st.sampled_from([("ar", "en"), ("ar",), ("en",)]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read(path: Path, beads: tuple[GivenBead, ...], sides: tuple[Lang, ...]) -> None:
    ar, en = (DOCUMENT.text(lang) if lang in sides else None for lang in LANGS)
    document = Document(doc_id="d", ar=ar, en=en)
    kept = tuple(
        GivenBead(bead.ar if "ar" in sides else (), bead.en if "en" in sides else (), bead.kind)
        for bead in beads
        if any(bead.side(lang) for lang in sides)
    )
    write_beads(path, document, kept)
    assert read_beads(path, document) == kept


def test_a_file_is_written_for_eyes_and_for_diff(path: Path) -> None:
    beads = [GivenBead((Span(0, 4),), (), "title"), GivenBead((Span(5, 11),), (Span(0, 8), Span(9, 15)))]
    write_beads(path, DOCUMENT, beads)
    lines = path.read_text("utf-8").splitlines()
    assert [line.strip(" ,") for line in lines if "[[" in line] == [
        '{"ar": [[0, 4]], "kind": "title"}',
        '{"ar": [[5, 11]], "en": [[0, 8], [9, 15]]}',
    ]
    assert json.loads(path.read_text("utf-8"))["format"] == 1
    assert [file.name for file in path.parent.iterdir()] == ["d.beads.json"]


def test_no_beads_at_all_are_legal(path: Path) -> None:
    write_beads(path, DOCUMENT, [])
    assert read_beads(path, DOCUMENT) == ()


def test_hashes_may_be_left_out_and_a_bom_is_no_trouble(path: Path) -> None:
    path.write_text('\ufeff{"format": 1, "beads": [{"en": [[0, 8]]}]}', encoding="utf-8")
    assert read_beads(path, DOCUMENT) == (GivenBead((), (Span(0, 8),)),)


def content(*beads: object, **others: object) -> str:
    return json.dumps({"format": 1, "beads": beads, **others})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ": invalid JSON: EOF while parsing a value at line 1 column 0"),
        ("[]", ": input should be an object"),
        ("[" * 5000, ": invalid JSON: recursion limit exceeded"),
        (b"\xff", ": invalid JSON: "),
        ("{}", ": format "),
        ('{"format": "1", "beads": []}', ": format input should be a valid integer"),
        ('{"format": 2, "lines": []}', ": is of format 2 and 1 is known: update hashiya"),
        ('{"format": 1}', ": beads "),
        (content(extra=1), ": extra "),
        (content({}), ", bead 1: has no range on either side: delete it"),
        (content({"ar": [[0, 4]]}, {"ar": [[5]]}), ", bead 2: ar.0.1 "),
        (content({"ar": [[0, 4.0]]}), ", bead 1: ar.0.1 input should be a valid integer"),
        (content({"ar": [[0, True]]}), ", bead 1: ar.0.1 input should be a valid integer"),
        (content({"ar": [[0, 4]], "kind": "caption"}), ", bead 1: kind input should be 'title', 'body' or"),
        (content({"ar": [[0, 4]], "fr": []}), ", bead 1: fr "),
        (content({"en": [[0, 24]]}), ", bead 1: en [0, 24] is no range in a text of 22 characters"),
        (content({"en": [[-1, 3]]}), ", bead 1: en [-1, 3] is no range in a text of 22 characters"),
        (content({"en": [[3, 3]]}), ", bead 1: en [3, 3] is no range in a text of 22 characters"),
        (content({"en": [[0, 8]]}, {"en": [[4, 7]]}), ", bead 2: en [4, 7] begins before 8, where the range"),
        (content({"en": [[9, 15], [0, 8]]}), ", bead 1: en [0, 8] begins before 15, where the range"),
        (content({"en": [[0, 9]]}), ", bead 1: en [0, 9] begins or ends with white space: 'One two. '"),
        (content({"en": [[15, 22]]}), ", bead 1: en [15, 22] begins or ends with white space: "),
        (content(en_sha256="0" * 64), ": was made for another text on the en side (en_sha256 differs): "),
    ],
)
def test_a_bad_file_is_refused_with_its_place(path: Path, text: str | bytes, message: str) -> None:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SourceError) as caught:
        read_beads(path, DOCUMENT)
    assert str(caught.value).startswith(f"{path}{message}")


def test_a_file_for_a_side_that_is_gone_is_refused(path: Path) -> None:
    write_beads(path, DOCUMENT, [GivenBead((Span(0, 4),), (Span(0, 8),))])
    with pytest.raises(SourceError, match="was made for another text on the en side"):
        read_beads(path, Document(doc_id="d", ar=AR))
    path.write_text(content({"en": [[0, 8]]}), encoding="utf-8")
    with pytest.raises(SourceError, match="is a range in a text that the document does not have"):
        read_beads(path, Document(doc_id="d", ar=AR))


def test_a_file_that_is_not_there_or_cannot_be_written_says_so(path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        read_beads(path, DOCUMENT)
    with pytest.raises(SourceError, match="cannot be written: No such file"):
        write_beads(path / "x.json", DOCUMENT, [])


@pytest.mark.parametrize(
    ("bead", "message"),
    [
        (GivenBead((), ()), "bead 1: has no range on either side"),
        (GivenBead((Span(0, 99),), ()), "bead 1: ar"),
        (GivenBead((Span(0, 4),), (), segmented=False), "bead 1: holds whole segments"),
    ],
)
def test_what_could_not_be_read_is_not_written(path: Path, bead: GivenBead, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        write_beads(path, DOCUMENT, [bead])
    assert not path.exists()


@given(beads=BEADS, other=st.text(max_size=20))
def test_beads_fit_or_are_refused_but_never_shifted(beads: tuple[GivenBead, ...], other: str) -> None:
    document = Document(doc_id="d", ar=AR, en=other)
    try:
        check_beads(beads, document)
    except SourceError:
        return
    for bead in beads:
        for lang in LANGS:
            for span in bead.side(lang):
                piece = (document.text(lang) or "")[span.start : span.end]
                assert piece == piece.strip() != ""
