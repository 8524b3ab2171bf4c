"""A folder of sources of every format, with problems, beads by hand and an id that occurs twice."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hashiya.corpus.sources.given_beads import GivenBead, write_beads
from hashiya.schema.records import Document, Span

AR, EN = "قال نعم. ثم خرج من البيت.", "He said yes. Then he left the house."


def rows(count: int, name: str = "row") -> list[dict[str, str]]:
    return [
        {"document": f"{name}{number // 3}", "ar": f"جملة رقم {number}.", "en": f"Sentence number {number}."}
        for number in range(count)
    ]


def jsonl(path: Path, lines: list[dict[str, str]], *more: str) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text + "".join(f"{line}\n" for line in more), encoding="utf-8")


def write(folder: Path) -> None:
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.ar.txt").write_text(AR, encoding="utf-8")
        (folder / f"{name}.en.txt").write_text(EN, encoding="utf-8")
    given = (GivenBead((Span(0, 8), Span(9, 25)), (Span(0, 36),)),)
    write_beads(folder / "b.beads.json", Document(doc_id="b", ar=AR, en=EN), given)
    (folder / "bad.ar.txt").write_bytes("نص".encode("utf-16"))
    paragraph = f"<p>{'Chips are made in Taiwan and sold around the world every day. ' * 4}</p>"
    (folder / "h.en.html").write_text(f"<html lang=en><body><article>{paragraph * 3}</article></body></html>")
    jsonl(folder / "j.jsonl", rows(40), *["no JSON"] * 30, json.dumps({"id": "a", "ar": AR, "odd": 1}))
    more = {"document": "late", "ar": "أخيرا.", "en": "At last.", "stray": "x"}
    with (folder / "j.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(more) + "\n" + json.dumps({"id": "row3", "ar": AR, "en": EN}) + "\n")
    pq.write_table(pa.Table.from_pylist(rows(50, "p")), folder / "p.parquet", row_group_size=20)
    units = "".join(
        f'<tu><tuv xml:lang="ar"><seg>وحدة {number}.</seg></tuv>'
        f'<tuv xml:lang="en"><seg>Unit {number}.</seg></tuv></tu>'
        for number in range(5)
    )
    (folder / "t.tmx").write_text(f'<tmx version="1.4"><header/><body>{units}</body></tmx>', encoding="utf-8")
