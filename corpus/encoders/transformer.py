"""An encoder that is a sentence-transformers model, by name or folder; its windows are texts like any other.

A window is its sentences joined by a space, so it costs as much as a text of that length: what the default
encoder gets by adding, this one has to read. Vectors are unit, float32.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import accumulate, groupby
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from hashiya.corpus.encoders.cache import Cached
from hashiya.corpus.encoders.pieces import cut_pieces
from hashiya.corpus.encoders.protocol import Encoded, Pieces, Vectors
from hashiya.schema.errors import HashiyaError, MissingExtraError

_BATCH = 32  # texts that the model reads at a time
_State = tuple[str, str, str | None, str, Path | None]
"""Name, model, revision, device, cache."""
_MARKS = ("modules.json", "config.json")  # a model has one of these; where it lies names the revision


class TransformerEncoder:
    """A sentence-transformers model, on the GPU where there is one (`device`: "cpu", "cuda", "mps").

    `model` is a folder, or a name on the model hub, which is downloaded when it is first used and is then
    read from the hub's own cache. No prompt is added but the one that the model itself declares as its
    default. A model that wants to know the language of a text is told it by the text's script.

    `name` has the model's revision: the commit on the hub, or a hash of all files of the folder. With a
    `cache` folder, vectors are kept in it by text and name, and the model is loaded only for a new text.

    The same texts give the same bytes in any order, on one machine with the same libraries: they are sorted
    before they are put in batches, and on a CPU one thread works. Beside other texts a vector may differ by
    rounding, for batches are padded and a matrix product may add in another order (docs/encoders.md has
    what was measured). With a cache, a text keeps the vector that it got first.

    Raises MissingExtraError without the extra `encoders`, and HashiyaError where the model cannot be found,
    loaded or run.
    """

    def __init__(self, model: str, device: str | None = None, cache: Path | None = None) -> None:
        for library in ("sentence_transformers", "torch", "transformers"):
            if find_spec(library) is None:
                raise MissingExtraError(f"the encoder {model}", "encoders")
        folder = Path(model).expanduser()
        if folder.is_dir():
            where, revision = str(folder.resolve()), None
            self.name = f"{folder.resolve().name}@{_content(folder)}"
        else:
            where, revision = model, _revision(model)
            self.name = f"{model}@{revision}"
        self._set(where, revision, device or _best_device(), cache)

    def _set(self, model: str, revision: str | None, device: str, cache: Path | None) -> None:
        self.device = device
        self._source = model, revision
        self._cache = cache
        self._model: Any = None
        self._vectors: Callable[[Sequence[str]], Vectors] = self.texts
        if cache is not None:
            self._vectors = Cached(self.texts, self.name, cache)

    def __getstate__(self) -> _State:
        """Pickle by the names of the model and its revision: another process loads them itself."""
        return self.name, *self._source, self.device, self._cache

    def __setstate__(self, state: _State) -> None:
        """Be the encoder of that name; nothing is looked up."""
        self.name, model, revision, device, cache = state
        self._set(model, revision, device, cache)

    def encode(self, sentences: Sequence[str], window: int, pieces: Sequence[int] = ()) -> Encoded:
        """See `Encoder.encode`; what is longer than the model reads is cut off there."""
        ends = range(1, len(sentences) + 1)
        windows = [[" ".join(sentences[max(0, end - k) : end]) for end in ends] for k in range(1, window + 1)]
        cuts = [[cut_pieces(sentence, size) for sentence in sentences] for size in pieces]
        flat = [[piece for of in one for piece in of] for one in cuts]
        texts = sorted({text for some in (*windows, *flat) for text in some})
        vectors = self._vectors(texts)
        rows = {text: row for row, text in enumerate(texts)}

        def take(some: Sequence[str]) -> Vectors:
            return vectors[np.array([rows[text] for text in some], np.int64)]

        return Encoded(
            [take(some) for some in windows],
            [_pieces(take(some), one) for some, one in zip(flat, cuts, strict=True)],
        )

    def texts(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of texts, (texts, dimensions), made by the model and not by a cache."""
        model = self._loaded()
        asks = hasattr(getattr(model, "tokenizer", None), "src_lang")
        codes = [_code(text) if asks else "" for text in texts]
        order = sorted(range(len(texts)), key=lambda i: (codes[i], len(texts[i]), texts[i]))
        with _one_thread(self.device):
            dimensions = model.get_embedding_dimension() or self._run(model, ["."]).shape[1]
            vectors = np.zeros((len(texts), dimensions), np.float32)
            for code, numbers in groupby(order, key=lambda i: codes[i]):
                some = list(numbers)
                if asks:
                    model.tokenizer.src_lang = code
                vectors[some] = self._run(model, [_whole(texts[i]) for i in some])
        lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(lengths > 0, lengths, 1)
        return vectors

    def _run(self, model: Any, texts: list[str]) -> Vectors:
        try:
            made = model.encode(texts, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True)
        except (RuntimeError, ValueError, IndexError) as error:  # memory of a GPU among others
            raise HashiyaError(f"the encoder {self.name} failed on {self.device}: {_first(error)}") from error
        return np.nan_to_num(np.asarray(made, np.float32))

    def _loaded(self) -> Any:
        if self._model is None:
            where, revision = self._source
            with _quiet():
                try:
                    library = import_module("sentence_transformers")
                    load = partial(library.SentenceTransformer, where, device=self.device, revision=revision)
                    try:  # what is here already: the hub is not asked for files that a model does not have
                        model = load(local_files_only=True)
                    except Exception:  # noqa: BLE001
                        model = load()
                except Exception as error:  # its loaders raise any type
                    raise HashiyaError(
                        f"the encoder {self.name} cannot be loaded: {_first(error)}. It has to be a "
                        "sentence-transformers model that needs no code of its own"
                    ) from error
            self._model = model.float().eval()
        return self._model


def _best_device() -> str:
    torch = import_module("torch")
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _content(folder: Path) -> str:
    """Return the hash of the names and bytes of a folder's files, hidden ones aside."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            with path.open("rb") as file:
                of = hashlib.file_digest(file, "sha256").digest()
            total.update(hashlib.sha256(inside.as_posix().encode()).digest() + of)
    return total.hexdigest()[:16]


def _revision(model: str) -> str:
    """Return the commit of a model of the hub, asked of the hub, else of its cache."""
    hub = import_module("huggingface_hub")
    reason: Exception | None = None
    for local in (False, True):
        for mark in _MARKS:
            try:
                with _quiet():
                    return Path(hub.hf_hub_download(model, mark, local_files_only=local)).parent.name
            except hub.errors.LocalEntryNotFoundError as error:
                reason = reason or error
                if not local:
                    break  # the hub does not answer: the next file would wait for it as long
            except Exception as error:  # noqa: BLE001 - a wrong name, no such file: many types
                reason = reason or error
    raise HashiyaError(
        f"the encoder {model} is not a folder here, and the model hub's cache and the hub do not give it "
        f"({_first(reason)}). Mind the spelling; with a network it is downloaded, and without one "
        "give the folder of a model that was downloaded elsewhere"
    ) from reason


def _code(text: str) -> str:
    """Return the code of NLLB and its derivatives for Arabic or English, by the script of most letters."""
    arabic = sum("\u0600" <= letter <= "\u06ff" and letter.isalpha() for letter in text)
    return "arb_Arab" if 2 * arabic > sum(map(str.isalpha, text)) else "eng_Latn"


def _whole(text: str) -> str:
    """Return a text without lone surrogates, which tokenizers refuse."""
    return text.encode("utf-8", "replace").decode()


def _pieces(vectors: Vectors, cuts: Sequence[Sequence[str]]) -> Pieces:
    starts = np.array(list(accumulate(map(len, cuts), initial=0)), np.int64)
    return Pieces(vectors, starts, np.array([len(piece) for of in cuts for piece in of], np.int64))


def _first(error: BaseException | None) -> str:
    """Return the first line of what an error says."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


@contextmanager
def _one_thread(device: str) -> Generator[None]:
    """On a CPU one thread: other processes have the other processors, and sums keep their order."""
    if device != "cpu":
        yield
        return
    torch = import_module("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _quiet() -> Generator[None]:
    """No bars and reports of a loader on the terminal; what goes wrong is raised all the same.

    A bar makes a lock for all processes of the system, hidden or not, which one that is ended from outside
    would leave behind: one for the threads of this process takes its place.
    """
    told, bar = import_module("transformers.utils.logging"), import_module("tqdm").tqdm
    hub = import_module("huggingface_hub.utils.logging")
    if not hasattr(bar, "_lock"):
        bar.set_lock(RLock())
    level, bars, hubs = told.get_verbosity(), told.is_progress_bar_enabled(), hub.get_verbosity()
    told.set_verbosity(logging.ERROR)
    hub.set_verbosity(logging.ERROR)
    told.disable_progress_bar()
    try:
        yield
    finally:
        told.set_verbosity(level)
        hub.set_verbosity(hubs)
        if bars:
            told.enable_progress_bar()
