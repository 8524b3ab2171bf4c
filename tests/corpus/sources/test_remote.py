"""Sources and corpora at URLs, against a real S3 server on this machine."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import fsspec
import pytest
from moto.server import ThreadedMotoServer

from hashiya.corpus.building.build import Built, build
from hashiya.corpus.building.corpus_at_url import building_at, fetch_corpus
from hashiya.corpus.inspection.check import check
from hashiya.corpus.sources import remote
from hashiya.corpus.sources.remote import Location, RemotePath, parse_location, relative_name
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import CorpusError, HashiyaError, Problem, ServerError
from tests.corpus.building.engines import mixed

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RemotePath]:
    for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL": server}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    remote.system.cache_clear()
    fsspec.filesystem("s3").clear_instance_cache()
    name = f"bucket{abs(hash(str(tmp_path)))}"
    fsspec.filesystem("s3").mkdir(name)
    yield RemotePath(f"s3://{name}")
    remote.system.cache_clear()


def put(folder: Path, url: RemotePath) -> None:
    remote.storage(url).put(f"{folder}/", f"{url}/", recursive=True)
    remote.storage(url).invalidate_cache()


def run(
    source: Location, out: Location, work: Path | None = None, **options: object
) -> tuple[Built, list[str]]:
    told: list[Problem] = []
    with building_at(out, work) as folder:
        built = build(
            [source],
            folder,
            name="mixed",
            portion=500,
            report=told.append,
            **options,  # type: ignore[arg-type]
        )
    return built, [str(problem) for problem in told]


def names(url: RemotePath) -> set[str]:
    remote.storage(url).invalidate_cache()
    return {found.split("/", 2)[2] for found in remote.storage(url).find(str(url))}


@pytest.mark.parametrize("workers", [1, 2])
def test_from_a_url_to_a_url_is_as_on_the_disk(tmp_path: Path, bucket: RemotePath, workers: int) -> None:
    mixed.write(tmp_path / "news")
    put(tmp_path / "news", bucket / "news")
    _, told = run(tmp_path / "news", tmp_path / "here")
    _, also_told = run(bucket / "news", bucket / "out", workers=workers)
    assert also_told == [text.replace(str(tmp_path), str(bucket)) for text in told]
    files = Corpus.open(tmp_path / "here").generation().manifest.paths()
    assert names(bucket / "out") == {"corpus.toml", "scheme.toml", "manifest.json", *files}
    for name in files:
        assert (bucket / "out" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()
    assert list((tmp_path / "cache" / "hashiya" / "builds").iterdir()) == []


def test_a_build_without_changes_is_none_and_a_change_is_the_next_generation(
    tmp_path: Path, bucket: RemotePath
) -> None:
    mixed.write(tmp_path / "news")
    assert run(tmp_path / "news", bucket / "out")[0].fresh
    assert not run(tmp_path / "news", bucket / "out")[0].fresh
    for number, there in ((2, {"000001", "000002"}), (3, {"000002", "000003"})):
        (tmp_path / "news" / "a.en.txt").write_text(f"He said yes. Then he left {number} houses.")
        assert run(tmp_path / "news", bucket / "out")[0].fresh
        folders = {tuple(name.split("/")[:2]) for name in names(bucket / "out") if "/" in name}
        assert {name for folder, name in folders if folder == "generations"} == there
        assert sum(folder == "shards" for folder, _ in folders) == 2
    manifest = json.loads((bucket / "out" / "manifest.json").read_bytes())
    assert manifest["generation"] == "000003"


def test_what_could_not_be_sent_is_not_built_again(tmp_path: Path, bucket: RemotePath) -> None:
    mixed.write(tmp_path / "news")
    missing = RemotePath("s3://no-such-bucket-here/out")
    with pytest.raises((OSError, HashiyaError)):
        run(tmp_path / "news", missing, tmp_path / "work")
    built = Corpus.open(tmp_path / "work").generation()
    remote.storage(missing).mkdir("no-such-bucket-here")
    assert not run(tmp_path / "news", missing, tmp_path / "work")[0].fresh
    assert json.loads((missing / "manifest.json").read_bytes())["inputs"] == built.manifest.inputs


def test_a_fetched_corpus_is_a_corpus_and_keeps_its_labels(tmp_path: Path, bucket: RemotePath) -> None:
    mixed.write(tmp_path / "news")
    run(tmp_path / "news", bucket / "out")
    fetch_corpus(bucket / "out", tmp_path / "mine")
    mine = Corpus.open(tmp_path / "mine")
    assert mine.name == "mixed"
    assert check(mine).problems == []
    journal = (tmp_path / "mine" / "journal.sqlite").stat().st_ino
    (tmp_path / "news" / "a.en.txt").write_text("He said yes. Then he left two houses.")
    run(tmp_path / "news", bucket / "out")
    fetch_corpus(bucket / "out", tmp_path / "mine")
    assert mine.generation().folder.name == "000002"
    assert check(mine).problems == []
    assert (tmp_path / "mine" / "journal.sqlite").stat().st_ino == journal


def test_a_damaged_corpus_is_not_taken(tmp_path: Path, bucket: RemotePath) -> None:
    mixed.write(tmp_path / "news")
    run(tmp_path / "news", bucket / "out")
    (damaged,) = (name for name in names(bucket / "out") if name.endswith("/pairs.parquet"))
    remote.storage(bucket).pipe_file(f"{bucket}/out/{damaged}", b"PAR1")
    with pytest.raises(CorpusError, match=r"^s3://.*its files are not those"):
        fetch_corpus(bucket / "out", tmp_path / "mine")
    assert Corpus.open(tmp_path / "mine").manifest() is None
    with pytest.raises(CorpusError, match=r"is no corpus: there is no manifest\.json"):
        fetch_corpus(bucket / "nothing", tmp_path / "other")


def test_a_server_that_does_not_answer_leaves_nothing_out(
    tmp_path: Path, bucket: RemotePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    remote.system.cache_clear()
    fsspec.filesystem("s3").clear_instance_cache()
    with pytest.raises(ServerError, match=r"^s3://.*/news/corpus\.toml: the storage does not answer"):
        run(bucket / "news", tmp_path / "corpus")


def test_what_is_not_there_is_said_with_its_url(tmp_path: Path, bucket: RemotePath) -> None:
    mixed.write(tmp_path / "news")
    told: list[Problem] = []
    build([tmp_path / "news", bucket / "nothing"], tmp_path / "corpus", report=told.append)
    assert f"{bucket}/nothing: cannot be read" in str(told[0])


@pytest.mark.parametrize(
    ("text", "path", "shown"),
    [
        ("s3://b/a/x.ar.txt", RemotePath("s3://b/a/x.ar.txt"), "s3://b/a/x.ar.txt"),
        ("file:///tmp/x", Path("/tmp/x"), "/tmp/x"),
        ("news/s3:x", Path("news/s3:x"), "news/s3:x"),
        ("s3:x", Path("s3:x"), "s3:x"),
    ],
)
def test_a_location_is_a_path_on_this_disk_or_a_url(text: str, path: Path, shown: str) -> None:
    assert (parse_location(text), type(parse_location(text)), str(parse_location(text))) == (
        path,
        type(path),
        shown,
    )


def test_a_url_has_names_and_parents() -> None:
    url = RemotePath("s3://bucket/a/سوق.ar.txt")
    assert (url.name, url.stem, url.suffix, str(url.parent)) == (
        "سوق.ar.txt",
        "سوق.ar",
        ".txt",
        "s3://bucket/a",
    )
    assert (
        str(url.with_name("b.toml")) == str(RemotePath("s3://bucket/a") / "b.toml") == "s3://bucket/a/b.toml"
    )
    assert relative_name(url, RemotePath("s3://bucket")) == "a/سوق.ar.txt"
    assert relative_name(Path("/news/a/b"), Path("/news")) == "a/b"
    assert url.parts == ("s3://", "bucket", "a", "سوق.ar.txt")
    assert RemotePath("s3://bucket//a/") == RemotePath("s3://bucket/a") != RemotePath("gs://bucket/a")
    assert pickle.loads(pickle.dumps(url)) == url
    assert str(pickle.loads(pickle.dumps(url))) == str(url)
    assert len({url, RemotePath(str(url))}) == 1
    assert repr(url) == "RemotePath('s3://bucket/a/سوق.ar.txt')"


@pytest.mark.parametrize("text", ["bucket/a", "s3:a", "s3:/a", ""])
def test_what_is_no_url_is_no_remote_path(text: str) -> None:
    with pytest.raises(ValueError, match="is no URL"):
        RemotePath(text)


def test_a_way_to_another_storage_there_is_none() -> None:
    for other in ("gs://bucket", "s3://else"):
        with pytest.raises(ValueError, match="not in"):
            RemotePath("s3://bucket/a").relative_to(RemotePath(other))


PURE: dict[str, Callable[[RemotePath], object]] = {
    "name": lambda url: url.name,
    "parent": lambda url: url.parent,
    "parts": lambda url: url.parts,
    "relative_to": lambda url: url.relative_to(url.parent),
    "stem": lambda url: url.stem,
    "suffix": lambda url: url.suffix,
    "with_name": lambda url: url.with_name("z"),
}
ASKS: dict[str, Callable[[RemotePath], object]] = {
    "is_dir": lambda url: url.is_dir(),
    "is_file": lambda url: url.is_file(),
    "open": lambda url: url.open("rb"),
    "read_bytes": lambda url: url.read_bytes(),
    "stat": lambda url: url.stat(),
}


def test_all_that_a_url_can_is_pure_or_asks_the_storage() -> None:
    """No storage is called nosuch: what needs one says so, and the rest is computed without."""
    assert {name for name in dir(RemotePath) if not name.startswith("_")} == {*PURE, *ASKS}
    url = RemotePath("nosuch://bucket/y.txt")
    for compute in PURE.values():
        assert compute(url)
    for ask in ASKS.values():
        with pytest.raises(HashiyaError, match="nosuch:// is no storage that is known"):
            ask(url)


def test_a_url_never_becomes_a_file_of_this_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    url = RemotePath("memory://bucket/corpus")
    assert not isinstance(url, os.PathLike)
    for make in (Path, open, os.mkdir):
        with pytest.raises(TypeError):
            make(url)  # type: ignore[call-overload, arg-type]  # a URL is no path, which is the point
    assert not hasattr(url, "mkdir")
    assert not url.is_dir()
    fsspec.filesystem("memory").pipe_file("memory://bucket/corpus/x", b"12345")
    assert url.is_dir()
    assert (url / "x").is_file()
    assert (url / "x").stat().st_size == 5
    with (url / "x").open("rb") as file:
        assert file.read() == (url / "x").read_bytes() == b"12345"
    assert list(tmp_path.iterdir()) == []


def test_a_scheme_that_nobody_knows_is_said() -> None:
    with pytest.raises(HashiyaError, match="nosuch:// is no storage that is known"):
        parse_location("nosuch://x/y").is_file()
