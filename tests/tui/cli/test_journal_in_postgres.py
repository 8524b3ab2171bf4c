"""What docs/team.md says of one journal for several machines, command for command."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hashiya.corpus.building.build import build
from hashiya.corpus.journal.place import JOURNAL, JOURNAL_VARIABLE
from hashiya.corpus.store.folder import Corpus
from hashiya.tui.cli.main import app
from tests.corpora import label, new
from tests.postgres import PostgresServer

pytestmark = pytest.mark.system
DOCS = Path(__file__).parents[3] / "docs" / "team.md"
ROWS = [
    (
        "قالت شركة إنفيديا إن الطلب على رقائق الذكاء الاصطناعي تجاوز التوقعات.",
        "Nvidia said that demand for artificial intelligence chips exceeded expectations.",
    ),
    (
        "وارتفعت أسهم الشركة في بورصة وول ستريت بعد إعلان النتائج.",
        "Its shares rose on Wall Street after the results were announced.",
    ),
]


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    monkeypatch.setenv(JOURNAL_VARIABLE, "")  # is what it was when the test has ended
    monkeypatch.chdir(tmp_path)
    ar, en = map("\n\n".join, zip(*ROWS, strict=True))
    line = {"doc_id": "d", "licence": "CC0-1.0", "ar": ar, "en": en}
    Path("source.jsonl").write_text(json.dumps(line), encoding="utf-8")
    corpus = build([Path("source.jsonl")], Path("corpus"), name="test", report=lambda _: None).corpus
    with corpus.journal() as journal:
        journal.record([label(corpus.generation(), 0)])
    shutil.copytree("corpus", "laptop")
    with Corpus.open(Path("laptop")).journal() as journal:
        journal.record([label(corpus.generation(), 0, annotator="omar")])
    return corpus


def run(arguments: list[str], code: int = 0) -> Result:
    done = CliRunner().invoke(app, arguments, standalone_mode=False)
    message = str(done.exception or "")
    assert (done.exit_code == 0 and not message) == (code == 0), done.output + message
    return done


def commands(server: PostgresServer) -> list[list[str]]:
    """The commands of the section, with the server of the tests in the place of the one that is named."""
    text = DOCS.read_text(encoding="utf-8")
    section = text[text.index("## One journal for several machines") :]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert block is not None
    lines = block[1].replace("\\\n", " ").splitlines()
    found = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("hashiya")]
    return [[word.replace("@db.example.org", f"@127.0.0.1:{server.port}") for word in line] for line in found]


def test_the_commands_of_the_page_do_what_it_says(labels_server: PostgresServer, corpus: Corpus) -> None:
    init, move, status, merge, back = commands(labels_server)
    url = init[init.index("--journal") + 1]
    told = json.loads(run([*init, "--json"]).stdout)
    assert (told["journal"], told["tables_made"], told["in_use"]) == (url, True, False)
    assert told["logins_made"] == ["layla", "sara", "nightly"]
    assert told["roles"] == {task: f"hashiya_{task}_labels_news" for task in ("annotator", "builder")}
    assert not json.loads(run([*init, "--json"]).stdout)["tables_made"]
    assert json.loads(run([*move, "--json"]).stdout)["events"] == 1
    assert str(Corpus.open(Path("corpus")).place) == url
    assert "layla" in run(status).stdout
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv(JOURNAL_VARIABLE, "")  # the option holds for one process
        assert json.loads(run([*merge, "--json"]).stdout)["added"] == {"omar": 1}
        exported = run(["journal", "export", "corpus", "-"]).stdout
        assert len(run(["journal", "log", "corpus"]).stdout.splitlines()) == 2
        run(["check", "corpus"])
        assert json.loads(run([*back, "--json"]).stdout)["events"] == 2
        assert Corpus.open(Path("corpus")).place == Path("corpus") / JOURNAL
        assert run(["journal", "export", "corpus", "-"]).stdout == exported


def test_a_corpus_without_labels_has_its_journal_there_at_once(
    labels_server: PostgresServer, corpus: Corpus
) -> None:
    init = commands(labels_server)[0]
    Path("corpus").rename("before")
    new(Path("corpus"), {"d": ROWS})
    assert "has its journal there from now on" in run(init).stdout
    assert str(Corpus.open(Path("corpus")).place) == init[init.index("--journal") + 1]
    assert "noor, without a password" in run(["journal", "init", "corpus", "--annotator", "نور=noor"]).stdout


@pytest.mark.parametrize("password", ["hunter2"])
def test_a_url_with_a_password_is_refused_wherever_it_stands(corpus: Corpus, password: str) -> None:
    url = f"postgresql://sara:{password}@127.0.0.1:1/x"
    for arguments in (
        ["--journal", url, "status", "corpus"],
        ["journal", "init", "corpus", "--journal", url],
        ["journal", "move", "corpus", "--to", url],
        ["journal", "merge", "corpus", url],
    ):
        done = run(arguments, code=1)
        assert "PGPASSWORD" in str(done.exception)
        assert password not in str(done.exception) + done.output
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv(JOURNAL_VARIABLE, "")
        toml = Path("corpus/corpus.toml")
        toml.write_text(f'{toml.read_text()}journal = "{url}"\n')
        done = run(["status", "corpus"], code=1)
        assert "corpus.toml: journal: the URL of the journal holds a password" in str(done.exception)
        assert password not in str(done.exception)
