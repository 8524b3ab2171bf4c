"""Records -> JSON Schema (draft 2020-12): what a line of a JSONL file must look like."""

from __future__ import annotations

from typing import Any

from hashiya.schema.codec import adapter

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(record: type) -> dict[str, Any]:
    """Return the JSON Schema of a record type."""
    return {"$schema": DIALECT, **adapter(record).json_schema()}
