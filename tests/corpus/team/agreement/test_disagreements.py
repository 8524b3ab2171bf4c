"""What annotators disagree about: counted for each two of them, beside the rules of the guidelines."""

from __future__ import annotations

from dataclasses import replace

from hashiya.corpus.team.agreement.compared import VotedPair, compare_votes
from hashiya.corpus.team.agreement.disagreements import Disagreements, find_disagreements
from hashiya.corpus.team.votes import Vote
from hashiya.schema.records import Annotation, Entity, Lang, Place, Stance
from hashiya.schema.scheme import shipped_scheme

SCHEME = shipped_scheme()
EN = "Nvidia and Llama said on Wall Street"


def annotation(who: str, pair_id: str, *names: tuple[str, str], stance: str | None = None) -> Annotation:
    entities = [
        Entity(
            id=f"e{number}",
            lang="en",
            start=EN.index(name),
            end=EN.index(name) + len(name),
            text=name,
            type=label,
        )
        for number, (name, label) in enumerate(names)
    ]
    stances = (Stance(target="chips", stance=stance, holder="author"),) if stance else ()
    return Annotation(
        pair_id=pair_id, annotator=who, status="done", origin="human", scheme=SCHEME.ref,
        place=Place(doc_id="d", ar=None, en=None), entities=tuple(entities), stances=stances,
    )  # fmt: skip


def disputed(*said: Annotation, lang: Lang = "en") -> Disagreements:
    pairs: dict[str, list[Vote]] = {}
    for item in said:
        pairs.setdefault(item.pair_id, []).append(Vote(item.annotator, (item,)))
    voted = [VotedPair(pair_id, f"of {pair_id}", None, EN, votes) for pair_id, votes in pairs.items()]
    return find_disagreements(compare_votes(voted, SCHEME), SCHEME, lang)


def confusions(found: Disagreements, layer: str) -> dict[tuple[str, str], int]:
    return {(item.one, item.other): item.count for item in found.confusions if item.layer == layer}


ONE = annotation("layla", "p", ("Nvidia", "company"), ("Llama", "model"), ("Wall Street", "market"))
OTHER = annotation("omar", "p", ("Nvidia", "company"), ("and Llama", "model"), ("Wall", "place"))


def test_spans_are_set_beside_what_they_overlap_with() -> None:
    found = disputed(ONE, OTHER, annotation("layla", "q", ("Nvidia", "company")), annotation("omar", "q"))
    assert confusions(found, "entities") == {
        ("company", "company"): 1,
        ("company", "nothing"): 1,
        ("model", "another range"): 1,
        ("market", "place"): 1,
    }
    by_label = {item.what: (item.differing, item.compared) for item in found.labels}
    assert by_label == {"company": (1, 2), "model": (1, 1), "market": (1, 1), "place": (1, 1)}


def test_each_two_of_three_count() -> None:
    said = [
        annotation(who, "p", stance=stance)
        for who, stance in (("a", "bullish"), ("b", "bearish"), ("c", None))
    ]
    found = disputed(*said)
    assert confusions(found, "stances") == {
        ("nothing", "nothing"): 3 * (len(SCHEME.ids("target")) - 1),
        ("bearish", "bullish"): 1,
        ("bearish", "nothing"): 1,
        ("bullish", "nothing"): 1,
    }
    (target,) = found.targets
    assert (target.layer, target.what, target.differing, target.compared) == ("stances", "chips", 3, 3)


def test_the_rules_of_the_guidelines_stand_beside_a_confusion() -> None:
    for lang, word in (("en", "place"), ("ar", "مكان")):
        found = disputed(ONE, OTHER, lang=lang)  # type: ignore[arg-type]
        (rules,) = (item.rules for item in found.confusions if item.other == "place")
        assert [(rule.about, rule.label) for rule in rules] == [("entity", "market"), ("entity", "place")]
        assert word in rules[1].text.lower()
        assert all(not item.rules for item in found.confusions if item.one == item.other)
    (rules,) = (item.rules for item in found.confusions if item.other == "another range")
    assert [(rule.about, rule.label) for rule in rules] == [("entity", ""), ("entity", "model")]


def test_the_ten_pairs_with_the_most_come_first() -> None:
    said: list[Annotation] = []
    for number in range(12):
        said.append(annotation("layla", f"p{number:02}", stance="bullish"))
        said.append(
            annotation("omar", f"p{number:02}", *[("Nvidia", "company"), ("Llama", "model")][: number % 3])
        )
    found = disputed(*said)
    assert [pair.differing for pair in found.pairs] == [3, 3, 3, 3, 2, 2, 2, 2, 1, 1]
    assert [pair.pair_id for pair in found.pairs[:4]] == ["p02", "p05", "p08", "p11"]
    assert found.pairs[0].layers == {"entities": 2, "stances": 1}
    assert (found.documents[0].what, found.documents[0].differing) == ("of p02", 3)


def test_those_who_agree_have_nothing_but_what_both_say() -> None:
    found = disputed(ONE, replace(ONE, annotator="omar"))
    assert (found.labels, found.targets, found.documents, found.pairs) == ((), (), (), ())
    assert all(item.one == item.other for item in found.confusions)


def test_beside_two_annotators_gold_is_left_out_and_beside_one_it_counts() -> None:
    gold = replace(OTHER, annotator="key", origin="gold")
    assert disputed(ONE, replace(ONE, annotator="omar"), gold).labels == ()
    assert len(disputed(ONE, gold).labels) == 3
