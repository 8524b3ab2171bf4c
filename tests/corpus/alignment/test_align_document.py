from __future__ import annotations

from hashiya.corpus.alignment.align_document import align_document
from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.schema.records import Document, Lang, Span

AR = "شرب القط الحليب. نام الكلب في الحديقة. سافر أبي إلى دمشق بالقطار. اشترت أمي خبزًا وزيتونًا."
EN = (
    "The cat drank the milk. The dog slept in the garden. My father took the train to Damascus. "
    "Mother bought bread and olives."
)
DOCUMENT = Document(doc_id="d", ar=AR, en=EN)


def texts(beads: list[PlacedBead]) -> list[tuple[str, str]]:
    return [
        (
            " | ".join(AR[item.start : item.end] for item in bead.ar),
            " | ".join(EN[item.start : item.end] for item in bead.en),
        )
        for bead in beads
    ]


def span(text: str, quote: str) -> Span:
    start = text.index(quote)
    return Span(start, start + len(quote))


def test_without_given_beads_all_is_aligned() -> None:
    beads = align_document(DOCUMENT, ())
    assert [bead.shape for bead in beads] == ["1-1"] * 4
    assert all(bead.score is not None and bead.score > 0.5 for bead in beads)


def test_a_given_bead_is_a_wall_and_the_gaps_are_aligned() -> None:
    wrong = GivenBead(
        (span(AR, "نام الكلب في الحديقة."),), (span(EN, "My father took the train to Damascus."),)
    )
    beads = align_document(DOCUMENT, (wrong,))
    given = next(bead for bead in beads if bead.score is None and bead.ar and bead.en)
    assert texts([given]) == [("نام الكلب في الحديقة.", "My father took the train to Damascus.")]
    assert ("شرب القط الحليب.", "The cat drank the milk.") in texts(beads)
    assert ("اشترت أمي خبزًا وزيتونًا.", "Mother bought bread and olives.") in texts(beads)
    for lang in ("ar", "en"):
        held = [sentence for bead in beads for sentence in bead.side(lang)]
        assert held == sorted(held, key=lambda sentence: sentence.start)
        assert len(held) == 4


def test_a_given_segment_is_cut_into_its_sentences() -> None:
    whole = GivenBead((Span(0, len(AR)),), (Span(0, len(EN)),), segmented=False)
    (bead,) = align_document(DOCUMENT, (whole,))
    assert (bead.shape, bead.score) == ("4-4", None)


def test_given_lines_have_the_sentences_and_kinds_of_the_document() -> None:
    ar = "عناوين اليوم\n \nشرب القط الحليب. نام الكلب.\nسافر أبي إلى دمشق بالقطار."
    lines = [Span(0, 12), Span(15, 42), Span(43, len(ar))]
    beads = align_document(
        Document(doc_id="d", ar=ar), [GivenBead((line,), (), segmented=False) for line in lines]
    )
    assert [(bead.shape, bead.kind, ar[bead.ar[0].start : bead.ar[-1].end]) for bead in beads] == [
        ("1-0", "title", ar[0:12]),
        ("2-0", "body", ar[15:42]),
        ("1-0", "body", ar[43:]),
    ]


def test_a_given_kind_counts() -> None:
    given = GivenBead((span(AR, "شرب القط الحليب."),), (), kind="boilerplate")
    (bead, *_) = align_document(Document(doc_id="d", ar=AR), (given,))
    assert (bead.kind, bead.shape) == ("boilerplate", "1-0")


def test_one_side_alone_has_no_score() -> None:
    sides: dict[Lang, str] = {"ar": AR, "en": EN}
    for lang, text in sides.items():
        beads = align_document(Document(doc_id="d", **{lang: text}), ())  # type: ignore[arg-type]
        assert [bead.score for bead in beads] == [None] * 4
        assert {bead.shape for bead in beads} == {"1-0" if lang == "ar" else "0-1"}
