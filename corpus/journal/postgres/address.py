"""Where a journal is in PostgreSQL: a URL as libpq reads it, with the schema as a part of our own.

A password is in no such URL: it comes from PGPASSWORD, `~/.pgpass`, a service file or the system's keyring.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from hashiya.schema.errors import CorpusError

SCHEMES = ("postgresql", "postgres")
DEFAULT_SCHEMA = "hashiya"
LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL; what is longer would be cut."""

_SECRET = frozenset({"password", "sslpassword"})
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]*")
_HOW = (
    "put it into PGPASSWORD, ~/.pgpass, a service file or the keyring (keyring set 'hashiya journal' URL), "
    "and leave it out of the URL"
)


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """A database, in libpq's own terms (`conninfo`), and the schema in it that holds the journal."""

    conninfo: str
    schema: str = DEFAULT_SCHEMA

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a URL; `CorpusError`, which never shows a password, where it is none or has one."""
        try:
            parts = urlsplit(text.strip())
            _ = parts.port if "," not in parts.netloc else None
            given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        except ValueError:
            raise CorpusError("the URL of the journal cannot be read; see docs/team.md") from None
        if parts.scheme not in SCHEMES or parts.fragment:
            raise CorpusError(
                "the URL of a journal in PostgreSQL begins with postgresql://; see docs/team.md"
            )
        if ":" in parts.netloc.rpartition("@")[0] or _SECRET & {name for name, _ in given}:
            raise CorpusError(f"the URL of the journal holds a password, which anybody may read: {_HOW}")
        schemas = [value for name, value in given if name == "schema"]
        schema = schemas[-1] if schemas else DEFAULT_SCHEMA
        if not _SCHEMA.fullmatch(schema) or len(schema) > LONGEST_NAME or schema.startswith("pg_"):
            raise CorpusError(
                f"the schema {schema!r} of the journal: has small letters a-z, digits and _, begins with no "
                f"digit and not with pg_, and has at most {LONGEST_NAME} characters"
            )
        query = urlencode([item for item in given if item[0] != "schema"], quote_via=quote)
        return cls(f"postgresql://{parts.netloc}{parts.path}{f'?{query}' if query else ''}", schema)

    def __str__(self) -> str:
        """The URL, as `parse` reads it."""
        joint = "" if self.schema == DEFAULT_SCHEMA else "&" if "?" in self.conninfo else "?"
        return f"{self.conninfo}{joint}{f'schema={self.schema}' if joint else ''}"

    def with_schema(self, schema: str) -> Self:
        """Return the address of another schema in the same database."""
        return replace(self, schema=schema)


def is_postgres(text: str) -> bool:
    """Return whether a text is meant as the URL of a journal in PostgreSQL."""
    return text.strip().partition("://")[0] in SCHEMES and "://" in text
