from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.duplicates.minhash import FEWEST, HEAD, SIZE, shingles, signature, signatures
from hashiya.schema.records import Document

LONG = " ".join(f"كلمة{number}" for number in range(FEWEST + 2))
"""The shortest text that has a whole signature."""


def test_the_layout_is_as_it_says() -> None:
    made = signature(LONG)
    assert len(made) == SIZE
    assert int.from_bytes(made[16:HEAD], "little") == FEWEST
    assert len(signature(LONG.rsplit(" ", 1)[0])) == HEAD


def test_a_signature_is_the_same_for_ever() -> None:
    # These bytes may stand in files: a change of them needs a new name for the file, and a new build.
    assert signature(LONG).hex()[:64] == ("6b14b6f14836584a44d403652d744d1414000000e7942d289d7954b5c8671cb4")


def test_a_signature_does_not_hang_on_the_process() -> None:
    code = f"from hashiya.corpus.duplicates.minhash import signature; print(signature({LONG!r}).hex())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == signature(LONG).hex()


def test_marks_tatweel_and_letter_forms_make_no_difference() -> None:
    plain = "اعلنت الشركه ان الطلب علي رقائقها قوي الي حد كبير وقالت ايضا انها ستفتح مصنعا اخر " + LONG
    other = "أعلنت الشَّركة أنّ الطّلب على رقائقهـــا قويّ إلى حدٍّ كبير وقالت أيضًا إنّها ستفتح مصنعًا آخر " + LONG
    assert signature(plain) == signature(other)


def test_punctuation_and_lines_leave_the_values_alone() -> None:
    other = signature(LONG.replace(" ", "، ").replace("5", "5.\n"))
    assert other[16:] == signature(LONG)[16:]
    assert other[:16] != signature(LONG)[:16]


def test_a_side_without_text_has_none() -> None:
    assert signatures(Document(doc_id="a", ar=None, en=" \n")) == {}
    assert list(signatures(Document(doc_id="a", ar="نص", en=None))) == ["ar"]


def test_a_long_text_has_the_shingles_of_all_its_lines() -> None:
    """It is folded in parts, over whose borders shingles go too."""
    words = [f"كلمة{number}" for number in range(250_000)]
    made = signature("\n".join(words))
    assert int.from_bytes(made[16:HEAD], "little") == len(words) - 2
    assert made == signature(" ".join(words))


@given(st.text())
def test_any_text_is_short_or_signed(text: str) -> None:
    assert len(signature(text)) in {0, HEAD, SIZE}


@given(st.lists(st.sampled_from("abcd"), max_size=40))
def test_a_text_has_the_shingles_of_its_words(words: list[str]) -> None:
    expected = {" ".join(words[at : at + 3]).encode() for at in range(len(words) - 2)}
    assert shingles(words) == expected
