"""The recorded splits of a damaged corpus: every entry that can be read; what is lost, since it may leak."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path

from hashiya.corpus.dataset.splits import SPLITS_FILE, read_recorded, recorded_text
from hashiya.corpus.files.atomic import write_whole
from hashiya.schema.errors import CorpusError, Problem, ReportProblem
from hashiya.schema.records import SPLITS, Split

_ENTRY = re.compile(r'("(?:[^"\\]|\\.)*")\s*:\s*"(' + "|".join(SPLITS) + ')"')
_WAY_OUT = "a released document keeps its split, or it leaks: find it in the last release and write it in"


def repair_splits(folder: Path, out: Path, doc_ids: Collection[str], report: ReportProblem) -> None:
    """Save the splits of a folder in another one; `doc_ids` are the documents that the corpus has."""
    path = folder / SPLITS_FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        report(Problem(SPLITS_FILE, f"cannot be read ({error.strerror}); {_WAY_OUT}"))
        return
    try:
        recorded = read_recorded(path)
    except CorpusError:
        recorded = _salvaged(content.decode(errors="replace"), report)
        for doc_id in sorted(set(doc_ids) - recorded.keys()):
            report(Problem(SPLITS_FILE, f"document {doc_id} has no split here; {_WAY_OUT}"))
        content = recorded_text(recorded).encode()
    for doc_id, other in _alike(recorded.keys() - set(doc_ids), set(doc_ids) - recorded.keys()):
        what = f"names {doc_id!r}, which is no document; if it was {other!r}, mend it"
        report(Problem(SPLITS_FILE, what, left_out=False))
    write_whole(out / SPLITS_FILE, content)


def _salvaged(text: str, report: ReportProblem) -> dict[str, Split]:
    """Return the entries that can be read, wherever they stand, and tell of what lies between them."""
    found: dict[str, set[Split]] = {}
    rest: list[str] = []
    end = 0
    for entry in _ENTRY.finditer(text):
        try:
            doc_id = str(json.loads(entry[1], strict=False))
        except ValueError:
            continue
        if "\ufffd" in doc_id:
            continue
        rest.append(text[end : entry.start()])
        end = entry.end()
        found.setdefault(doc_id, set()).add(next(split for split in SPLITS if split == entry[2]))
    for part in [*rest, text[end:]]:
        if lost := part.strip("{}, \r\n\t"):
            report(Problem(SPLITS_FILE, f"{lost[:80]!r} cannot be read; {_WAY_OUT}"))
    for doc_id, splits in found.items():
        if len(splits) > 1:
            report(
                Problem(SPLITS_FILE, f"document {doc_id} is in {' and '.join(sorted(splits))}; {_WAY_OUT}")
            )
    return {doc_id: splits.pop() for doc_id, splits in found.items() if len(splits) == 1}


def _alike(names: Collection[str], others: Collection[str]) -> list[tuple[str, str]]:
    """Return the pairs that differ in one character: what one flipped bit makes of a name."""
    by_gap: dict[tuple[str, str], list[str]] = {}
    for other in others:
        for place in range(len(other)):
            by_gap.setdefault((other[:place], other[place + 1 :]), []).append(other)
    return sorted(
        (name, other)
        for name in names
        for place in range(len(name))
        for other in by_gap.get((name[:place], name[place + 1 :]), ())
    )
