"""Faults of network and server: what is repeated, what is told, and that nothing becomes two."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.labelstudio.server import retries
from hashiya.corpus.exchange.labelstudio.server.connection import checked_url
from hashiya.corpus.exchange.labelstudio.server.server import Server
from hashiya.corpus.exchange.labelstudio.sync.synchronise import Synced, SyncOptions, synchronise
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import ServerError
from tests import corpora
from tests.labelstudio.page import Page
from tests.labelstudio.proxy import Handler, Proxy, between, lost, status, unanswered
from tests.labelstudio.server import Server as Running

PEOPLE = People({"layla": "sara@example.org"})
MANY: corpora.Rows = [(f"جملة {number}", f"Nvidia number {number}") for number in range(600)]
_NUMBERS = count(1)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    made = corpora.new(tmp_path / "corpus", {"d": MANY[:3]})
    with made.journal() as journal:
        journal.record([corpora.label(made.generation(), 0, ("en", "Nvidia"))])
    return made


@pytest.fixture
def proxy(label_studio: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setattr(retries, "PAUSES", (0.01, 0.02, 0.03))
    with between(label_studio.url) as proxy:
        yield proxy


@contextmanager
def connected(running: Running, proxy: Proxy) -> Iterator[Server]:
    with Server(proxy.url, running.owner.token) as server:
        yield server


def push(server: Server, corpus: Corpus, name: str, **wishes: object) -> Synced:
    return synchronise(corpus, server, name, SyncOptions(create=True, people=PEOPLE, **wishes))  # type: ignore[arg-type]


def page(server: Server, running: Running, name: str) -> Page:
    project = server.find(name)
    assert project is not None
    return Page(running.client(), project.number)


def test_what_is_worth_it_is_sent_again_and_nothing_twice(
    label_studio: Running, proxy: Proxy, corpus: Corpus
) -> None:
    name = f"faults {next(_NUMBERS)}"
    with connected(label_studio, proxy) as server:
        proxy.strike("GET", "/api/users", status(503), lost)
        proxy.strike("GET", "/api/tasks", lost, status(429, retry_after="0"))
        # Making the project; sending the tasks, of which neither the first time nor the second is answered.
        proxy.strike("POST", "/api/projects/", unanswered, status(502), unanswered)
        assert push(server, corpus, name).verdict == "done"
        with corpus.journal() as journal:
            generation = corpus.generation()
            made = [
                corpora.label(generation, 1, ("en", "Nvidia")),
                corpora.label(generation, 2, ("en", "Nvidia"), annotator="m", origin="suggested"),
                corpora.label(generation, 0, ("en", "number")),
            ]
            journal.record(made)
        proxy.strike("POST", "/api/tasks/", lost, unanswered)
        proxy.strike("POST", "/api/predictions", status(500), unanswered)
        proxy.strike("PATCH", "/api/annotations", status(504), unanswered)
        assert push(server, corpus, name).later == []
        assert proxy.harm == []
        there = page(server, label_studio, name)
        with there.client:
            tasks = there.tasks()
            assert len(list(server.client.projects.list(title=name))) == 1
        assert [len(task["annotations"]) for task in tasks] == [1, 1, 0]
        assert [len(task["predictions"]) for task in tasks] == [0, 0, 1]
        assert push(server, corpus, name).plan.unchanged == 3


def test_what_does_not_go_away_is_told(label_studio: Running, proxy: Proxy, corpus: Corpus) -> None:
    name = f"faults {next(_NUMBERS)}"
    with connected(label_studio, proxy) as server:
        proxy.strike("GET", "/api/users", *[status(503)] * 4)
        with pytest.raises(ServerError, match=r"listing users: the server answers 503 .*\(4 attempts\)"):
            push(server, corpus, name)
        proxy.strike("GET", "/api/users", status(301, location="https://elsewhere.example"))
        with pytest.raises(ServerError, match="leads elsewhere"):
            push(server, corpus, name)
        proxy.strike("GET", "/api/users", status(200))
        with pytest.raises(ServerError, match="not one of Label Studio"):
            push(server, corpus, name)
        project = server.create(name, "<View><Text name='en' value='$en'/></View>")
        with pytest.raises(ServerError, match=r'refused \(400\): Error at item 0: "en" key is expected'):
            project.add_tasks([{"data": {"pair_id": "p"}}])


def test_a_wrong_key_and_a_wrong_address(label_studio: Running) -> None:
    for key in ("0123wrong0123", label_studio.owner.access_token[:-3] + "xyz"):
        with pytest.raises(ServerError, match="key is not accepted") as told:
            Server(label_studio.url, key)
        assert key not in str(told.value)
    with pytest.raises(ServerError, match="no server answers there"):
        Server("http://127.0.0.1:9", "key")
    for url in ("label.example.org", "ftp://x", "http://", "http://[", "http://a:b@c", "https://c/?q=1"):
        with pytest.raises(ServerError):
            checked_url(url)
    with pytest.raises(ServerError, match=r"--url https://label\.example\.org/at --project 12$"):
        checked_url("https://Label.example.org/at/projects/12/data?tab=3&task=7#x")
    assert checked_url(" HTTPS://Label.Example.org:8080/at/ ") == "https://label.example.org:8080/at"


def test_broken_off_between_batches_and_gone_on_with(
    label_studio: Running, proxy: Proxy, tmp_path: Path
) -> None:
    corpus = corpora.new(tmp_path / "corpus", {"d": MANY})
    name = f"faults {next(_NUMBERS)}"

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with connected(label_studio, proxy) as server:
        with pytest.raises(KeyboardInterrupt):
            synchronise(corpus, server, name, SyncOptions(create=True), doing=stop)
        assert push(server, corpus, name).plan.counts()["tasks to create"] == 350
        there = page(server, label_studio, name)
        with there.client:
            assert sorted(there.pair_ids()) == sorted(corpus.generation().pair_ids())


def test_killed_after_a_batch_has_arrived_and_gone_on_with(
    label_studio: Running, proxy: Proxy, tmp_path: Path
) -> None:
    corpus = corpora.new(tmp_path / "corpus", {"d": MANY})
    generation = corpus.generation()
    with corpus.journal() as journal:
        journal.record([corpora.label(generation, number, ("en", "Nvidia")) for number in (10, 300, 590)])
    name = f"faults {next(_NUMBERS)}"
    running: list[subprocess.Popen[bytes]] = []

    def kill(handler: Handler) -> bool:
        handler.passed_on()
        running[0].send_signal(signal.SIGKILL)
        running[0].wait()
        handler.close_connection = True
        return False

    with connected(label_studio, proxy) as server:
        push(server, corpus, name, dry_run=True)
        users = tmp_path / "users.toml"
        users.write_text('layla = "sara@example.org"\n')
        project = server.create(name, _config(corpus))
        seen: list[int] = []

        def second(handler: Handler) -> bool:
            seen.append(1)
            return kill(handler) if len(seen) == 2 else True

        proxy.strike("POST", f"/api/projects/{project.number}/import", second, second)
        command = [str(Path(sys.executable).with_name("hashiya")), "labelstudio", "push", str(corpus.folder)]
        options = ["--url", proxy.url, "--project", name, "--users", str(users)]
        environment = {**os.environ, "LABEL_STUDIO_API_KEY": label_studio.owner.access_token}
        running.append(subprocess.Popen([*command, *options], env=environment))
        assert running[0].wait(timeout=60) == -signal.SIGKILL
        done = push(server, corpus, name)
        assert done.plan.counts()["tasks to create"] == 100
        there = page(server, label_studio, name)
        with there.client:
            assert sorted(there.pair_ids()) == sorted(generation.pair_ids())
            assert sum(len(task["annotations"]) for task in there.tasks()) == 3
        assert push(server, corpus, name).plan.unchanged == 3


def _config(corpus: Corpus) -> str:
    from hashiya.corpus.exchange.labelstudio.page.config import config

    return config(corpus.scheme)
