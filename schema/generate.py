"""What is derived from the records and the shipped scheme, and committed: `make generate` writes it.

A test holds every derived file equal to what this module makes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hashiya.schema.adjudication import Adjudication
from hashiya.schema.arrow import arrow_schema
from hashiya.schema.guidelines import guidelines
from hashiya.schema.jsonschema import json_schema
from hashiya.schema.payloads import (
    Assignment,
    BeadEdit,
    ConceptMerge,
    ConceptRename,
    EditWithdrawal,
    TextEdit,
)
from hashiya.schema.records import Annotation, AnnotationLine, Document, Pair
from hashiya.schema.scheme import LabelScheme, shipped_scheme

RECORDS: dict[str, type] = {"annotation": Annotation, "document": Document, "pair": Pair}
PAYLOADS: dict[str, type] = {
    "text_edit": TextEdit,
    "bead_edit": BeadEdit,
    "edit_withdrawal": EditWithdrawal,
    "concept_rename": ConceptRename,
    "concept_merge": ConceptMerge,
    "adjudication": Adjudication,
    "assignment": Assignment,
}


def derived() -> dict[str, str]:
    """Return the derived files: path from the project's root -> content."""
    files = {
        f"schema/generated/{name}.schema.json": _pretty(json_schema(record))
        for name, record in {
            **RECORDS,
            **PAYLOADS,
            "annotation": AnnotationLine,
            "scheme": LabelScheme,
        }.items()
    }
    for name, record in RECORDS.items():
        files[f"schema/generated/{name}.arrow.txt"] = f"{arrow_schema(record)}\n"
    files["docs/guidelines.md"] = guidelines(shipped_scheme())
    return files


def write_derived(root: Path) -> None:
    """Write the derived files below the project's root."""
    for name, content in derived().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_derived(Path(sys.argv[1]))
