"""`hashiya labelstudio push, pull, sync` as users type them, against a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from hashiya.corpus.exchange.labelstudio.server.server import Server
from hashiya.corpus.store.folder import Corpus
from tests import corpora
from tests.labelstudio.page import Page, with_status
from tests.labelstudio.server import Server as Running

_NUMBERS = count(1)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    made = corpora.new(tmp_path / "corpus", {"d": [("قالت إنفيديا", "Nvidia said"), ("نعم", "Yes")]})
    with made.journal() as journal:
        journal.record([corpora.label(made.generation(), 0, ("ar", "إنفيديا"), ("en", "Nvidia"))])
    return made


def test_from_an_empty_server_to_a_settled_conflict(
    label_studio: Running, corpus: Corpus, tmp_path: Path
) -> None:
    key = label_studio.owner.access_token
    name = f"commands {next(_NUMBERS)}"
    users = tmp_path / "users.toml"
    users.write_text('layla = "sara@example.org"\n')
    shown: list[str] = []

    def run(verb: str, *options: str, code: int = 0) -> str:
        target = ["--url", label_studio.url, "--project", name]
        done = subprocess.run(
            [
                Path(sys.executable).with_name("hashiya"),
                "labelstudio",
                verb,
                corpus.folder,
                *target,
                *options,
            ],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            env={**os.environ, "LABEL_STUDIO_API_KEY": key},
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        shown.append(done.stdout + done.stderr)
        return shown[-1]

    assert "there is no project" in run("push", code=1)
    unknown = run("push", "--create", "--dry-run", code=1)
    assert "has no user for these annotators" in unknown
    assert ", and of theirs nothing was sent:\n    layla: 1 annotations" in unknown
    known = ("--users", str(users))
    planned = run("push", "--create", "--dry-run", *known)
    assert "Would be done" in planned
    assert "2 tasks to create" in planned
    done = run("push", "--create", *known)
    assert "Kept        1 annotations, 2 entities" in done
    assert "Nothing to do" in run("sync", *known)

    sara = label_studio.client(label_studio.annotator)
    with Server(label_studio.url, key) as server, label_studio.client() as client, sara:
        project = server.find(name)
        assert project is not None
        page = Page(client, project.number, sara)
        pair_id = corpus.generation().pair_ids()[0]
        page.edit(pair_id, with_status("unsure"))
        report = json.loads(run("pull", "--json", *known))
        assert (report["plan"]["annotations to record here"], report["verdict"]) == (1, "done")
        with corpus.journal() as journal:
            journal.record([corpora.label(corpus.generation(), 0, ("en", "Nvidia"))])
        page.edit(pair_id, with_status("review"))
        conflict = run("sync", *known, code=1)
        assert f"pair {pair_id[:12]}, layla: changed here and there" in conflict
        assert "--prefer here|there" in conflict
        assert "Left out    1 annotations: two stand side by side here" in run("sync", *known, code=1)
        assert "1 annotations to change there" in run("sync", "--prefer", "here", *known)
        assert "Nothing to do" in run("sync", "--strict", *known)
    assert not any(key in text for text in shown)
    for path in corpus.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert key.encode() not in content
        assert b"sara@example.org" not in content
