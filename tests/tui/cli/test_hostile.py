"""Every command on a corpus whose every field tries to command the terminal, read from a pty."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from hashiya.corpus.building.build import build
from hashiya.corpus.journal.streams.assignments import record_assignment
from hashiya.schema.adjudication import Adjudication, CellKey, SettledCell
from hashiya.schema.codec import to_json
from hashiya.schema.payloads import Assignment, Workload
from hashiya.schema.records import Annotation
from hashiya.tui.cli.main import app
from tests.corpora import Rows, label

MARK = "38;5;123;7m"
"""The parameters of a colour that hashiya never sets."""
EVIL = (
    f"\x1b]52;c;SGFjaw==\x07\x1b]0;title\x1b\\\x1b[{MARK}\x9b{MARK}\x1b[2J\x1b[1;1H\x1bP+q\x08\x7f\r\v\f"
    "\u202e\u2067\u2028\U000e0041"
)
FORBIDDEN = (
    "\x1b]52", "\x1b]0;t", "\x07", f"\x1b[{MARK}", f"\x9b{MARK}", "\x1bP", "\x08", "\x7f", "\v", "\f",
    "\u202e", "\u2067", "\u2028", "\U000e0041",
)  # fmt: skip
ROWS: Rows = [
    (
        f"قالت شركة إنفيديا{EVIL} إن الطلب على رقائق الذكاء الاصطناعي تجاوز التوقعات",
        f"Nvidia{EVIL} said that demand for artificial intelligence chips exceeded expectations this year",
    ),
    (
        f"وارتفعت أسهم الشركة في بورصة وول ستريت بعد إعلان النتائج ارتفاعا كبيرا لم يتوقعه أحد {EVIL}",
        f"Its shares rose on Wall Street after the results were announced, and nobody had expected it {EVIL}",
    ),
]


def commands() -> Iterator[str]:
    """Every command, as it is typed."""

    def below(name: str, group: object) -> Iterator[str]:
        inner: Mapping[str, object] = getattr(group, "commands", {})
        for own, command in inner.items():
            yield from below(f"{name} {own}".strip(), command)
        if not inner:
            yield name

    yield from below("", typer.main.get_command(app))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    lines = [
        {
            "doc_id": f"doc{number}",
            "title": f"title{EVIL}",
            "publisher": f"publisher{EVIL}",
            "url": f"https://example.org/{EVIL}",
            "licence": f"licence{EVIL}" if number else None,
            "ar": "\n\n".join(ar or "" for ar, _ in ROWS),
            "en": "\n\n".join(en or "" for _, en in ROWS),
        }
        for number in range(2)
    ]
    source = root / "evil.jsonl"
    source.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    name = f"name{EVIL}"
    corpus = build([source], root / "corpus", name=name, report=lambda _: None).corpus
    generation = corpus.generation()
    made = label(generation, 0, ("en", "Nvidia"), doc_id="doc0", annotator=f"layla{EVIL}")
    made = replace(made, comment=f"comment{EVIL}")
    gone = replace(made, pair_id="f" * 32, place=replace(made.place, doc_id=f"gone{EVIL}", ar=None, en=None))
    with corpus.journal() as journal:
        journal.record([made, gone, replace(made, annotator=f"zayd{EVIL}", entities=())])
        journal.record_beside(replace(made, comment=f"beside{EVIL}"), ())
        workload = Workload(annotator=f"layla{EVIL}", documents=("doc0", f"doc{EVIL}"))
        record_assignment(journal, "work", f"layla{EVIL}", Assignment(workloads=(workload,)))
        settled = SettledCell(cell=CellKey(layer="stances", target=f"chips{EVIL}"), why=f"why{EVIL}")
        decided = replace(made, annotator=f"judge{EVIL}", origin="adjudicated")
        journal.adjudicate(Adjudication(annotation=decided, settles=(settled,)))
    (corpus.folder / "team.toml").write_text('[[person]]\nname = "omar"\n', encoding="utf-8")
    (root / "labels.jsonl").write_text(
        f"{to_json(made)}\n{to_json(wrong(made))}\n{{{EVIL}\n", encoding="utf-8"
    )
    for lang, text in (("ar", ROWS[0][0]), ("en", ROWS[0][1])):
        (root / f"news{clean(EVIL)}.{lang}.txt").write_text(text or "", encoding="utf-8")
    (root / f"broken{clean(EVIL)}.ar.txt").write_bytes(b"\xff\xfe\xfd")
    (root / "people.toml").write_text('"x\\u001b]0;t" = "no mail"\n', encoding="utf-8")
    (root / "doccano.jsonl").write_text(f'{{"text": "x", "label": [[0, 1, "{clean(EVIL)}"]]}}\n{EVIL}\n')
    return root


def clean(text: str) -> str:
    """What a file's name may hold."""
    return text.replace("/", "")[:60]


def wrong(made: Annotation) -> Annotation:
    entity = replace(made.entities[0], text=f"quote{EVIL}", type=f"type{EVIL}")
    return replace(made, annotator=f"omar{EVIL}", entities=(entity,))


ARGUMENTS: Mapping[str, Sequence[Sequence[str]]] = {
    "build": [
        ["@/sources", "--out", "@/built"],
        ["@", "--out", "@/again", "--encoder", EVIL],
    ],
    "fetch": [["file:///none" + clean(EVIL), "@/fetched"]],
    "assign": [
        ["@/corpus"],
        ["@/corpus", "--json"],
        ["@/corpus", "--plan", clean(EVIL)],
        ["@/corpus", "--undo"],
    ],
    "label": [["@/corpus", "--ui", clean(EVIL)]],
    "invite": [
        ["@/corpus", "layla", "--public-url", "https://" + clean(EVIL)],
        ["@/corpus", clean(EVIL)],
        ["@/corpus", "--revoke", clean(EVIL)],
        ["@/corpus", "--list", "--json"],
    ],
    "serve": [["@/corpus", "--public-url", clean(EVIL)], ["@/none" + clean(EVIL)]],
    "team": [["@/corpus", "--json"], ["@/corpus", "--csv"], ["@/corpus", "--ui", clean(EVIL)]],
    "train": [
        ["@/corpus", "--task", "stance", "--out", "@/model"],
        ["@/none" + clean(EVIL), "--task", "stance", "--out", "@/model"],
        ["@/corpus", "--task", clean(EVIL), "--out", "@/model"],
    ],
    "predict": [["@/none" + clean(EVIL), "@/evil.jsonl"], ["@/corpus", "@/none" + clean(EVIL)]],
    "adjudicate": [
        ["@/corpus", "--ui", clean(EVIL)],
        ["@/corpus", "--adjudicator", f"omar{EVIL}"],
    ],
    "terminal": [],
    "status": [["@/corpus"], ["@/corpus", "--json"], ["@/none" + clean(EVIL)]],
    "check": [["@/corpus"], ["@/corpus", "--json"]],
    "duplicates": [["@/corpus"], ["@/corpus", "--all"], ["@/corpus", "--json"]],
    "agreement": [
        ["@/corpus"],
        ["@/corpus", "--json"],
        ["@/corpus", "--csv"],
        ["@/corpus", "--html", "@/page.html"],
        ["@/corpus", "--notes"],
        ["@/corpus", "--notes", "--json"],
        ["@/corpus", "--notes", "--markdown"],
        ["@/corpus", "--html", "@/none" + clean(EVIL) + "/page.html"],
    ],
    "release make": [
        ["@/corpus", "--out", "@/out"],
        ["@/corpus", "--out", "@/out", "--split-sizes", "80,10,10", "--json"],
    ],
    "release check": [["@/out"], ["@/out", "--json"], ["@/none" + clean(EVIL)]],
    "release diff": [["@/out", "@/out"], ["@/out", "@/out", "--json"], ["@/out", "@/none" + clean(EVIL)]],
    "labels import": [["@/corpus", "@/labels.jsonl"], ["@/corpus", "@/labels.jsonl", "--json"]],
    "labels export": [["@/corpus", "-"], ["@/corpus", "@/all.jsonl"], ["@/corpus", "-", "--unplaced"]],
    "convert to": [[name, "@/corpus", f"@/{name}.out"] for name in ("doccano", "brat", "conll", "xmi")],
    "import": [
        ["@/doccano.jsonl", "--annotator", "x", "--out", "@/imported"],
        ["@/doccano.jsonl", "--draft-map"],
    ],
    "convert from": [["doccano", "@/doccano.jsonl", "@/corpus", "--annotator", "x"]],
    "journal merge": [["@/corpus", "@/corpus"], ["@/corpus", "@/labels.jsonl"]],
    "journal export": [["@/corpus", "-"], ["@/corpus", "@/journal.jsonl.gz"]],
    "journal log": [["@/corpus"], ["@/corpus", "--json"], ["@/corpus", "--kind", clean(EVIL)]],
    "journal init": [["@/corpus"], ["@/corpus", "--journal", f"postgresql://{clean(EVIL)}@127.0.0.1:1/x"]],
    "journal move": [["@/corpus", "--to", clean(EVIL)], ["@/corpus", "--to", f"postgresql:///{clean(EVIL)}"]],
    "backup": [["@/corpus", "@/backup.tar"], ["@/corpus", "@/backup.tar", "--json"]],
    "restore": [["@/labels.jsonl", "@/restored" + clean(EVIL)], ["@/none" + clean(EVIL), "@/restored"]],
    "repair": [["@/corpus", "--out", "@/repaired" + clean(EVIL)], ["@/corpus", "--out", "@/again", "--json"]],
    "scheme migrate": [["@/corpus", "@/people.toml"], ["@/corpus", "@/none" + clean(EVIL)]],
    "labelstudio config": [["@/corpus"]],
    "labelstudio export": [["@/corpus", "@/tasks.json"], ["@/corpus", "@/tasks.json", "--json"]],
    "labelstudio import": [
        ["@/corpus", "@/tasks.json"],
        ["@/corpus", "@/tasks.json", "--users", "@/people.toml"],
    ],
    "labelstudio push": [["@/corpus", "--url", "http://127.0.0.1:9", "--project", clean(EVIL)]],
    "labelstudio pull": [["@/corpus", "--url", "http://127.0.0.1:9", "--project", clean(EVIL)]],
    "labelstudio sync": [["@/corpus", "--url", "http://127.0.0.1:9" + clean(EVIL), "--project", "x"]],
}


def test_no_command_is_forgotten() -> None:
    assert set(commands()) == set(ARGUMENTS)


def in_a_terminal(arguments: Sequence[str | Path], keys: bytes = b"") -> str:
    """What a command writes to its terminal, errors too; `keys` are pressed when it is quiet."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [Path(sys.executable).with_name("hashiya"), *arguments],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**os.environ, "COLUMNS": "100", "TERM": "xterm-256color", "LABEL_STUDIO_API_KEY": "key"},
        start_new_session=True,
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            if not select.select([leader], [], [], 1 if keys else 60)[0]:
                if not keys:
                    process.kill()
                    break
                os.write(leader, keys[:1])
                keys = keys[1:]
                continue
            part = os.read(leader, 1 << 16)
        except OSError:  # Linux says so when the last writer has closed
            break
        if not part:
            break
        shown += part
    os.close(leader)
    process.wait()
    return shown.decode("utf-8", "surrogateescape")


LOUD = {"assign", "agreement", "build", "journal log", "status", "duplicates", "labels import"}
"""Commands that print some of these fields."""

CASES = [(name, arguments) for name, some in ARGUMENTS.items() for arguments in some]


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=[f"{n}-{i}" for i, (n, _) in enumerate(CASES)])
def test_nothing_raw_reaches_the_terminal(
    folder: Path, tmp_path: Path, name: str, arguments: Sequence[str]
) -> None:
    root = Path(shutil.copytree(folder, tmp_path / "copy"))
    (root / "sources").mkdir()
    for path in root.glob("*.txt"):
        path.rename(root / "sources" / path.name)
    if name == "labelstudio import":
        in_a_terminal(["labelstudio", "export", root / "corpus", root / "tasks.json"])
    shown = in_a_terminal([*name.split(), *(item.replace("@", str(root), 1) for item in arguments)])
    assert shown.strip() or name == "labels export"
    assert "Traceback" not in shown
    assert "defect of hashiya" not in shown
    assert (
        name not in LOUD
        or "none" in arguments[0]
        or {"--kind", "--plan", "--undo"} & set(arguments)
        or "x1b]52" in shown
        or "u001b]52" in shown
        or "x1b\\]52" in shown  # Markdown, in which brackets are escaped
    ), "the hostile fields were not printed"
    assert [item for item in FORBIDDEN if item in shown.replace("\r\n", "\n")] == []
    assert "\r" not in shown.replace("\r\n", "\n").replace("\r\r", "\r") or "\x1b[2K" in shown


def test_the_labelling_screen_shows_hostile_texts_and_obeys_none(folder: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(folder, tmp_path / "copy"))
    shown = in_a_terminal(["label", root / "corpus", "--annotator", "omar"], keys=b"\r\r\x1b\x11\x11\x11\x11")
    assert "Nvidia" in shown
    # The screen sends sequences of its own: what is looked for are those of the texts.
    assert [
        item for item in ("\x1b]52", f"\x1b[{MARK}", f"\x9b{MARK}", "\u202e", "\x1b]0;t") if item in shown
    ] == []
