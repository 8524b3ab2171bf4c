"""A person edits in the real page of a real server: that edit comes back, and nothing else has changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.config import config
from hashiya.corpus.exchange.labelstudio.task_files import export_tasks, import_tasks
from hashiya.corpus.store.document_view import anchors
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Annotation, Entity, Flag, Implication, Link, Stance
from tests import corpora
from tests.browser import Page, blank_page, needs_chromium, running, until
from tests.labelstudio.server import OWNER, PASSWORD, Server

AR = "قالت شركةُ إنفيديا 🇸🇦 إنّ ديبـسيك لاعبٌ كبير"
EN = "Nvidia 👩‍💻 said that Deepseek's R1 is a player"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpora.new(tmp_path / "corpus", {"d": [(AR, EN)]})


def annotation(corpus: Corpus) -> Annotation:
    [pair] = corpus.generation().pairs()
    [document] = corpus.generation().documents()

    def name(region: str, quote: str, concept: str | None = None) -> Entity:
        lang, text = ("en", EN) if quote in EN else ("ar", AR)
        start = text.index(quote)
        return Entity(
            id=region,
            lang=lang,  # type: ignore[arg-type]
            start=start,
            end=start + len(quote),
            text=quote,
            type="company",
            concept=concept,
        )

    return Annotation(
        pair_id=pair.pair_id,
        annotator="ليلى",
        status="done",
        entities=(name("ar1", "إنفيديا", "nvidia"), name("en1", "Nvidia", "nvidia"), name("en2", "Deepseek")),
        links=(Link(ar="ar1", en="en1"),),
        stances=(
            Stance(target="chips", stance="bullish", holder="source", holder_entity="ar1"),
            Stance(target="chips", stance="bearish", holder="source", holder_entity="en2"),
        ),
        implications=(
            Implication(target="chips", channel="cost", direction="mixed", certainty="hedged"),
            Implication(target="ai_boom", channel="demand", direction="positive", certainty="asserted"),
        ),
        flags=(Flag(lang="en", start=0, end=6, text="Nvidia", kind="garbled", intended="شركة\nNvidia"),),
        comment="سطر\nline “two”",
        seconds=12.625,
        scheme=corpus.scheme.ref,
        origin="human",
        place=anchors(document, pair),
        created_at="2026-01-02T03:04:05.678+00:00",
    )


def served(server: Server, corpus: Corpus, file: Path) -> tuple[int, int]:
    """The numbers of a project with the corpus's tasks in it, and of its only task."""
    export_tasks(corpus, file)
    with server.client() as http:
        made = http.post("/api/projects", json={"title": file.name, "label_config": config(corpus.scheme)})
        project = made.raise_for_status().json()["id"]
        tasks = json.loads(file.read_text(encoding="utf-8"))
        sent = http.post(f"/api/projects/{project}/import?return_task_ids=true", json=tasks)
        [task] = sent.raise_for_status().json()["task_ids"]
    return project, task


def exported(server: Server, project: int, file: Path) -> None:
    """The server's own export, as a person would download it."""
    with server.client() as http:
        found = http.get(f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true")
        file.write_bytes(found.raise_for_status().content)


def standing(corpus: Corpus) -> list[Annotation]:
    with corpus.journal(write=False) as journal:
        return [annotation for standing in journal.standing() for annotation in standing.annotations]


async def sign_in(page: Page, server: Server) -> None:
    await page.call("Page.navigate", url=f"{server.url}/user/login")
    await until(lambda: page.value("!!document.querySelector('input[name=password]')"), "the form")
    await page.value(
        f"document.querySelector('input[name=email]').value = {json.dumps(OWNER)};"
        f"document.querySelector('input[name=password]').value = {json.dumps(PASSWORD)};"
        "document.querySelector('form').submit()"
    )
    await until(lambda: page.value("!location.pathname.startsWith('/user/login')"), "to be let in")


SHOWN = (
    "(find) => [...document.querySelectorAll('label, button')].find((one) => one.innerText.trim() == find)"
)
CENTRE = """(() => {
    const found = (%s)(%s);
    if (!found) return null;
    found.scrollIntoView({block: 'center', behavior: 'instant'});
    const box = found.getBoundingClientRect();
    return {x: box.x + box.width / 2, y: box.y + box.height / 2};
})()"""


async def click(page: Page, text: str) -> None:
    """Click, as a hand does, on what has a text, if it is there."""
    where = await page.value(CENTRE % (SHOWN, json.dumps(text)))
    for kind in () if where is None else ("mouseMoved", "mousePressed", "mouseReleased"):
        await page.call("Input.dispatchMouseEvent", type=kind, **where, button="left", clickCount=1)


async def edit(page: Page, server: Server, project: int, task: int) -> None:
    """Choose another status, and press Update."""
    await page.call("Page.navigate", url=f"{server.url}/projects/{project}/data?task={task}")
    await until(lambda: page.value(f"!!({SHOWN})('Update')"), "the annotation")

    async def chosen() -> bool:
        # While the page is being put together it moves, and a click may miss.
        if not await page.value(f"!!({SHOWN})('unsure')?.querySelector('input').checked"):
            await click(page, "unsure")
            return False
        return bool(await page.value(f"({SHOWN})('Update')?.disabled === false"))

    await until(chosen, "the choice made")
    await click(page, "Update")


def changed(server: Server, task: int) -> dict[str, Any] | None:
    """The task's annotation once the server has the edit."""
    with server.client() as http:
        [found] = http.get(f"/api/tasks/{task}").raise_for_status().json()["annotations"]
    statuses = [item["value"]["choices"] for item in found["result"] if item.get("from_name") == "status"]
    return found if statuses == [["unsure"]] else None


@needs_chromium
@pytest.mark.asyncio
async def test_an_edit_in_the_page_changes_what_was_edited(
    browser: str, label_studio: Server, corpus: Corpus, tmp_path: Path
) -> None:
    sent = annotation(corpus)
    with corpus.journal() as journal:
        journal.record([sent], [AR, EN])
    project, task = served(label_studio, corpus, tmp_path / "tasks.json")
    async with blank_page(browser) as page:
        await sign_in(page, label_studio)
        await edit(page, label_studio, project, task)
        found = await until(lambda: changed(label_studio, task), "the edit on the server")
    # The page keeps the id of what it does not show, which says what else stood there.
    hidden = [item["id"] for item in found["result"] if item.get("from_name") == controls.SENT]
    assert hidden == [controls.SENT]
    exported(label_studio, project, tmp_path / "export.json")
    imported = import_tasks(corpus, tmp_path / "export.json", strict=True)
    assert (imported.merged.recorded, imported.outcome.whole) == (1, True)
    assert standing(corpus) == [replace(sent, status="unsure", seconds=found["lead_time"])]


def test_what_nobody_touched_comes_back_to_the_letter(
    label_studio: Server, corpus: Corpus, tmp_path: Path
) -> None:
    sent = annotation(corpus)
    with corpus.journal() as journal:
        journal.record(
            [sent, replace(sent, annotator="omar", status="skipped", entities=(), links=(), stances=())]
        )
    project, _ = served(label_studio, corpus, tmp_path / "untouched.json")
    exported(label_studio, project, tmp_path / "export.json")
    other = corpora.new(tmp_path / "other", {"d": [(AR, EN)]})
    assert import_tasks(other, tmp_path / "export.json", strict=True).merged.recorded == 2
    assert standing(other) == standing(corpus)
