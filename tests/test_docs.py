"""The documentation is true: its links lead somewhere, its Python runs, its paths are those of the tree."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import hashiya.corpus
from hashiya.tui.cli.main import app
from hashiya.tui.settings.language import LOCALE
from tests.training_data import released

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("seeds/*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)")
PATH = re.compile(r"`((?:schema|corpus|tui|bench|tests|docs|seeds)/[\w./-]*)`")
CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The addresses of a page's headings, as the usual renderers make them."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_headings_that_are_there(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        linked = (page.parent / target).resolve() if target else page
        assert linked.exists(), f"{page.name} links to {target}"
        if anchor and linked.suffix == ".md":
            assert anchor[1:] in anchors(linked), f"{page.name} links to {target}{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_in_the_documentation_are_in_the_tree(page: Path) -> None:
    for path in PATH.findall(page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), f"{page.name} speaks of {path}"


def test_the_python_of_the_documentation_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    examples = CODE.findall((ROOT / "docs" / "python.md").read_text(encoding="utf-8"))
    assert len(examples) > 4
    for example in examples:
        exec(compile(example, "docs/python.md", "exec"), names)


def test_every_public_name_is_documented() -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    assert [name for name in hashiya.corpus.__all__ if not re.search(rf"\b{name}\b", text)] == []


def commands(group: typer.Typer, before: str = "hashiya") -> Iterator[str]:
    """Every command of the command line, as it is typed."""
    for command in group.registered_commands:
        yield f"{before} {command.name}"
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance, f"{before} {inner.name}")


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    there = list(commands(app))
    assert len(there) > 15
    assert [command for command in there if f"{command} " not in text] == []


def test_the_arabic_words_of_the_glossary_are_those_of_the_menus() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    menus = (LOCALE / "ar" / "LC_MESSAGES" / "hashiya.po").read_text(encoding="utf-8")
    words = re.findall(r"\*\* \(([\u0600-\u06ff ]+)\)", glossary)
    assert len(words) > 10
    assert [word for word in words if word not in menus] == []


def test_the_commands_of_the_page_on_training_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    typed = [line for block in blocks for line in block.splitlines()]
    assert len(typed) > 5
    released(tmp_path, train=4, validation=2, test=2, pairs=3)
    monkeypatch.chdir(tmp_path)
    Path("texts.jsonl").write_text('{"en": "Nvidia will win."}\n', encoding="utf-8")
    for line in typed:
        program, *arguments = line.split()
        assert program == "hashiya"
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, f"{line}: {done.output}"
