"""From a project labelled in Label Studio to a released dataset, as docs/exchange.md says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from hashiya.corpus import load
from tests.labelstudio.server import Server as Running

CONFIG = (
    '<View><Labels name="ner" toName="body"><Label value="ORG"/><Label value="LOC"/><Label value="MISC"/>'
    '</Labels><Text name="body" value="$content"/></View>'
)
ARTICLES = {
    "ar": "أعلنت إنفيديا أرباحها 👩‍💻 اليوم.\nزار وفدٌ مـــدينة الرياض.",
    "en": "Nvidia announced “R1” today.\r\nIt was large. Google opened an office in Riyadh.",
    "empty": "Nothing of note happened on Monday.",
    "unopened": "Apple said nothing about Berlin.",
}


def region(text: str, name: str, label: str) -> dict[str, Any]:
    start = text.index(name)
    value = {"start": start, "end": start + len(name), "text": name, "labels": [label]}
    return {"from_name": "ner", "to_name": "body", "type": "labels", "value": value}


def labelled(owner: httpx.Client, sara: httpx.Client, title: str) -> bytes:
    """A project with four articles, three of them labelled; return its export."""
    project = owner.post("/api/projects", json={"title": title, "label_config": CONFIG}).json()["id"]
    tasks = [{"data": {"content": text, "name": name}} for name, text in ARTICLES.items()]
    owner.post(f"/api/projects/{project}/import", json=tasks).raise_for_status()
    listed = owner.get("/api/tasks", params={"project": project, "fields": "all"}).json()["tasks"]
    numbers = {task["data"]["name"]: task["id"] for task in listed}
    ar, en = ARTICLES["ar"], ARTICLES["en"]
    for client, name, results in (
        (sara, "ar", [region(ar, "إنفيديا", "ORG"), region(ar, "الرياض", "LOC")]),
        (owner, "ar", [region(ar, "إنفيديا", "ORG")]),
        (sara, "en", [region(en, "Nvidia", "ORG"), region(en, "R1", "MISC"), region(en, "Google ", "ORG")]),
        (sara, "empty", []),
    ):
        answer = client.post(f"/api/tasks/{numbers[name]}/annotations/", json={"result": results})
        answer.raise_for_status()
    wanted = {"exportType": "JSON", "download_all_tasks": "true"}
    exported = owner.get(f"/api/projects/{project}/export", params=wanted)
    return exported.raise_for_status().content


def hashiya(*arguments: str | Path, code: int = 0) -> str:
    command = [Path(sys.executable).with_name("hashiya"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_from_an_export_to_a_dataset(label_studio: Running, tmp_path: Path) -> None:
    with label_studio.client() as owner, label_studio.client(label_studio.annotator) as sara:
        export = tmp_path / "export.json"
        export.write_bytes(labelled(owner, sara, f"names {tmp_path.name}"))
    labels, users = tmp_path / "labels.toml", tmp_path / "users.toml"
    draft = hashiya("import", export, "--draft-map").split("note: ")[0]
    assert "ORG = " in draft
    labels.write_text(
        draft.replace('ORG = "?"', 'ORG = "company"')
        .replace('LOC = "?"', 'LOC = "place"')
        .replace('"?"', '""')
    )
    numbers = {
        name: user.id for name, user in (("layla", label_studio.owner), ("sara", label_studio.annotator))
    }
    users.write_text("".join(f"{name} = {number}\n" for name, number in numbers.items()))
    corpus, dataset = tmp_path / "corpus", tmp_path / "dataset"
    said = hashiya(
        "import", export, "--map", labels, "--users", users, "--out", corpus, "--licence", "CC0-1.0"
    )
    assert "the text content (on the page: body), labelled by ner" in said
    assert "1 entities: left out by the label map: MISC" in said
    assert "1 entities: without the white space at their edges" in said
    assert hashiya("check", corpus)
    hashiya("release", corpus, "--out", dataset)
    rows = load(dataset).pairs().to_arrow().to_pylist()
    by_text = {row["en"] or row["ar"]: row for row in rows}
    assert len(by_text) == 7
    found = {
        text: [entity["text"] for entity in row["labels"]["entities"]] if row["labels"] else None
        for text, row in by_text.items()
    }
    assert found == {
        "أعلنت إنفيديا أرباحها 👩‍💻 اليوم.": ["إنفيديا"],
        "زار وفدٌ مـــدينة الرياض.": [],  # layla saw no place there, sara one
        "Nvidia announced “R1” today.": ["Nvidia"],
        "It was large.": [],
        "Google opened an office in Riyadh.": ["Google"],
        "Nothing of note happened on Monday.": [],
        "Apple said nothing about Berlin.": None,
    }
    disputed = by_text["زار وفدٌ مـــدينة الرياض."]["labels"]["unresolved"]
    assert [(cell["layer"], cell["lang"]) for cell in disputed if cell["layer"] == "entities"]
    annotations = load(dataset).annotations().to_arrow().to_pylist()
    voters = {row["annotator"] for row in annotations}
    assert len(voters) == 2
    assert not {"layla", "sara"} & voters
    lines = [json.loads(line) for line in (tmp_path / "corpus.texts.jsonl").read_text("utf-8").splitlines()]
    assert {line.get("ar") or line.get("en") for line in lines} == set(ARTICLES.values())
