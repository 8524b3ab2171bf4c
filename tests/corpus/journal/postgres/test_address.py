"""The URL of a journal: read as libpq reads it, with a schema, and never with a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from hashiya.corpus.journal.place import JOURNAL_VARIABLE, chosen_place, named_place, stated_place
from hashiya.corpus.journal.postgres.address import PostgresAddress
from hashiya.corpus.journal.postgres.connection import annotator_of, application_name
from hashiya.schema.errors import CorpusError


@pytest.mark.parametrize(
    ("text", "conninfo", "schema"),
    [
        ("postgresql://db.example.org/hashiya", "postgresql://db.example.org/hashiya", "hashiya"),
        ("postgres://sara@db:5433/x?schema=ai_market", "postgresql://sara@db:5433/x", "ai_market"),
        (
            "postgresql:///x?schema=a&service=team&sslmode=verify-full",
            "postgresql:///x?service=team&sslmode=verify-full",
            "a",
        ),
        ("postgresql://a,b:5433/x?target_session_attrs=primary", None, "hashiya"),
        (
            "postgresql://%D9%84%D9%8A%D9%84%D9%89@db/x",
            "postgresql://%D9%84%D9%8A%D9%84%D9%89@db/x",
            "hashiya",
        ),
    ],
)
def test_a_url_is_read_and_written_alike(text: str, conninfo: str | None, schema: str) -> None:
    address = PostgresAddress.parse(text)
    assert (address.conninfo, address.schema) == (conninfo or text, schema)
    assert PostgresAddress.parse(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://sara:hunter2@db/x",
        "postgresql://sara:hunter2@db:5433/x?schema=a",
        "postgresql://db/x?password=hunter2",
        "postgresql://db/x?sslpassword=hunter2&user=sara",
        "postgresql://sara:hunter2@[::1]/x",
        "postgresql://sara:hunter2@db/x?schema=Not-A-Schema",
        "postgresql://sara:hunter2@db:x/x",
        "mysql://sara:hunter2@db/x",
    ],
)
def test_a_password_is_refused_and_never_shown(text: str) -> None:
    with pytest.raises(CorpusError) as caught:
        PostgresAddress.parse(text)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    if all(part not in text for part in ("schema=Not", "db:x", "mysql")):
        assert "PGPASSWORD" in str(caught.value)


@pytest.mark.parametrize("schema", ["", "A", "a-b", "1a", "pg_temp", "a;drop", "x" * 64])
def test_a_schema_is_a_plain_name(schema: str) -> None:
    with pytest.raises(CorpusError, match="schema"):
        PostgresAddress.parse(f"postgresql://db/x?schema={schema}")


def test_the_environment_comes_before_the_corpus_and_the_file_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(JOURNAL_VARIABLE, raising=False)
    assert chosen_place(tmp_path) == tmp_path / "journal.sqlite"
    (tmp_path / "corpus.toml").write_text('journal = "postgresql://db/x?schema=a"\n')
    assert chosen_place(tmp_path) == PostgresAddress("postgresql://db/x", "a")
    monkeypatch.setenv(JOURNAL_VARIABLE, "postgresql://other/x")
    assert chosen_place(tmp_path) == PostgresAddress("postgresql://other/x")
    assert stated_place(tmp_path) == PostgresAddress("postgresql://db/x", "a")
    monkeypatch.setenv(JOURNAL_VARIABLE, "postgresql://a:b@other/x")
    with pytest.raises(CorpusError, match=f"{JOURNAL_VARIABLE}: the URL of the journal holds a password"):
        chosen_place(tmp_path)
    assert named_place("a/journal.sqlite").name == "journal.sqlite"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["layla", "ليلى", "a:b", "=x", "Zoë", "ل" * 17])
def test_others_see_whose_a_session_is(name: str) -> None:
    told = application_name("c0ffee", name)
    assert told.isascii()
    assert len(told) <= 63
    assert annotator_of(told, "c0ffee") == name
    assert annotator_of(told, "decade") is None


def test_a_name_that_is_too_long_is_left_out() -> None:
    assert annotator_of(application_name("c0ffee", "ل" * 40), "c0ffee") is None
    assert annotator_of("psql", "c0ffee") is None
