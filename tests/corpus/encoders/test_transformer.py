"""Sentence-transformers models as encoders: small ones made here, loaded by the library itself."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hashiya.corpus.encoders.pieces import cut_pieces
from hashiya.corpus.encoders.protocol import Vectors
from hashiya.corpus.encoders.transformer import TransformerEncoder
from hashiya.schema.errors import HashiyaError, MissingExtraError
from tests.corpus.encoders.small_models import write_bert, write_nllb

pytestmark = pytest.mark.system

SENTENCES = [
    "The museum opened its doors on Sunday.",
    "Hundreds of people came.",
    "فتح المتحف أبوابه للزوار صباح يوم الأحد.",
    "What next?",
    "سعر التذكرة خمسة دنانير فقط.",
    "The company said that demand for chips was strong, and that shares rose on Monday.",
]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture(scope="module")
def encoder(bert: Path) -> TransformerEncoder:
    return TransformerEncoder(str(bert), device="cpu")


def library(folder: Path, texts: list[str]) -> Vectors:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu").encode(texts, normalize_embeddings=True)


def test_windows_are_their_texts_as_the_library_encodes_them(bert: Path, encoder: TransformerEncoder) -> None:
    encoded = encoder.encode(SENTENCES, 3)
    assert len(encoded.windows) == 3
    for k, rows in enumerate(encoded.windows, start=1):
        texts = [" ".join(SENTENCES[max(0, end - k) : end]) for end in range(1, len(SENTENCES) + 1)]
        assert rows.dtype == np.float32
        assert np.abs(rows - library(bert, texts)).max() < 1e-5
        assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() < 1e-6
    one, two = encoded.windows[:2]
    assert np.abs(one[1:] - two[1:]).max() > 0.01
    assert one[0].tobytes() == two[0].tobytes()


def test_pieces_are_those_of_cut(bert: Path, encoder: TransformerEncoder) -> None:
    for size, pieces in zip((10, 30), encoder.encode(SENTENCES, 1, (10, 30)).pieces, strict=True):
        texts = [cut_pieces(sentence, size) for sentence in SENTENCES]
        flat = [piece for of in texts for piece in of]
        assert np.diff(pieces.starts).tolist() == [len(of) for of in texts]
        assert pieces.lengths.tolist() == [len(piece) for piece in flat]
        assert np.abs(pieces.vectors - library(bert, flat)).max() < 1e-5


def test_order_makes_no_difference_and_neighbours_little(encoder: TransformerEncoder) -> None:
    many = [
        f"{sentence} {word}" for sentence in SENTENCES for word in ("the", "people", "قوي", "خمسة دنانير")
    ]
    rows = encoder.texts(many)
    assert encoder.texts(many[::-1])[::-1].tobytes() == rows.tobytes()
    assert encoder.encode(many[::-1], 1).windows[0][::-1].tobytes() == rows.tobytes()
    alone = np.concatenate([encoder.texts([text]) for text in many])
    assert np.abs(alone - rows).max() < 1e-5


def test_any_string_will_do(encoder: TransformerEncoder) -> None:
    odd = ["", " ", "\ud800 lone", "😀" * 40, "word " * 5000, "\x00"]
    encoded = encoder.encode(odd, 2, (20,))
    for rows in (*encoded.windows, encoded.pieces[0].vectors):
        assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() < 1e-6
    nothing = encoder.encode([], 2, (20,))
    assert [rows.shape for rows in nothing.windows] == [(0, 32), (0, 32)]
    assert nothing.pieces[0].vectors.shape == (0, 32)
    assert nothing.pieces[0].starts.tolist() == [0]


def test_the_name_says_which_weights(bert: Path, encoder: TransformerEncoder, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(bert, tmp_path / "elsewhere" / bert.name))
    assert TransformerEncoder(str(copy)).name == encoder.name
    assert encoder.name.startswith("small@")
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "model.safetensors").write_bytes(weights)
    assert TransformerEncoder(str(copy)).name != encoder.name


def test_to_another_process_goes_the_name(encoder: TransformerEncoder) -> None:
    order = pickle.dumps(encoder)
    assert len(order) < 1000
    again = pickle.loads(order)
    assert (again.name, again.device) == (encoder.name, encoder.device)
    assert again.texts(SENTENCES).tobytes() == encoder.texts(SENTENCES).tobytes()


def test_what_is_in_the_cache_needs_no_model(bert: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(bert, tmp_path / "model"))
    first = TransformerEncoder(str(copy), cache=tmp_path / "cache")
    rows = first.encode(SENTENCES, 2, (20,))
    again = pickle.loads(pickle.dumps(first))
    shutil.rmtree(copy)
    kept = again.encode(SENTENCES, 2, (20,))
    assert [one.tobytes() for one in kept.windows] == [one.tobytes() for one in rows.windows]
    assert kept.pieces[0].vectors.tobytes() == rows.pieces[0].vectors.tobytes()
    with pytest.raises(HashiyaError, match="cannot be loaded"):
        again.encode(["a new sentence"], 1)


def test_a_model_that_asks_for_the_language_is_told_it(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    folder = write_nllb(tmp_path / "nllb")
    rows = TransformerEncoder(str(folder), device="cpu").texts(SENTENCES)
    model = SentenceTransformer(str(folder), device="cpu")
    for code, numbers in (("eng_Latn", [0, 1, 3, 5]), ("arb_Arab", [2, 4])):
        model.tokenizer.src_lang = code
        given = model.encode(SENTENCES, normalize_embeddings=True)
        others = [i for i in range(len(SENTENCES)) if i not in numbers]
        assert np.abs(rows - given)[numbers].max() < 1e-5
        assert np.abs(rows - given)[others].max(axis=1).min() > 0.001


def test_a_model_that_cannot_be_read_is_one_message(bert: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(bert, tmp_path / "broken"))
    (copy / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(HashiyaError, match=r"the encoder broken@\w+ cannot be loaded: .+"):
        TransformerEncoder(str(copy)).encode(SENTENCES, 1)
    (tmp_path / "empty").mkdir()
    with pytest.raises(HashiyaError, match="cannot be loaded"):
        TransformerEncoder(str(tmp_path / "empty")).encode(SENTENCES, 1)


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError, match="the encoder labse needs the extra 'encoders'"):
        TransformerEncoder("labse")


def offline(code: str, home: Path, *arguments: str) -> str:
    """What a process prints that has no hub but a cache of it."""
    environment = {**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    environment.pop("HF_HUB_CACHE", None)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_model_of_the_hub_is_known_by_its_commit(bert: Path, tmp_path: Path) -> None:
    of = tmp_path / "hub" / "models--me--small"
    shutil.copytree(bert, of / "snapshots" / COMMIT)
    (of / "refs").mkdir()
    (of / "refs" / "main").write_text(COMMIT)
    code = (
        "import pickle; from hashiya.corpus.encoders.transformer import TransformerEncoder\n"
        "encoder = pickle.loads(pickle.dumps(TransformerEncoder('me/small', device='cpu')))\n"
        "print(encoder.name, encoder.texts(['What next?']).tobytes().hex())"
    )
    expected = TransformerEncoder(str(bert), device="cpu").texts(["What next?"]).tobytes().hex()
    assert offline(code, tmp_path) == f"me/small@{COMMIT} {expected}"


def test_a_model_that_is_nowhere_says_what_to_do(tmp_path: Path) -> None:
    code = (
        "from hashiya.corpus.encoders.transformer import TransformerEncoder\n"
        "from hashiya.schema.errors import HashiyaError\n"
        "import sys\n"
        "try: TransformerEncoder(sys.argv[1])\n"
        "except HashiyaError as error: print(error)"
    )
    for name in ("me/nowhere", "./no/such/folder", "a name with blanks"):
        said = offline(code, tmp_path, name)
        assert said.startswith(f"the encoder {name} is not a folder here")
        assert "give the folder of a model that was downloaded elsewhere" in said
        assert "\n" not in said
