"""The order of the house: a name is defined once, a room loads no more than it needs, none is forgotten."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import hashiya.corpus

ROOT = Path(__file__).parents[1]
TOPS = ("schema", "corpus", "tui")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]

SHARED = {
    "read": "one a format of another tool, which exchange/convert.py calls by the format's name",
    "write": "one a format of another tool",
    "fit": "one a format that must leave something out before it writes",
}
"""Public names that several modules define, and why."""


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the packages, by its dotted name."""
    for top in TOPS:
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(("hashiya", *parts)).removesuffix(".__init__"), path


def defined(path: Path) -> Iterator[str]:
    """The public names that a module defines: classes, functions, aliases, constants."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from (item.id for item in ast.walk(target) if isinstance(item, ast.Name))


def rooms(top: str) -> list[list[str]]:
    """The rooms of a package as its contract has them, those that are imported by others last."""
    (contract,) = (item for item in CONTRACTS if item.get("containers") == [f"hashiya.{top}"])
    return [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]


def loaded(module: str) -> set[str]:
    """The modules of ours that a fresh interpreter has loaded after importing one."""
    code = f"import sys, {module}; print(*(name for name in sys.modules if name.startswith('hashiya.')))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_no_two_modules_define_the_same_public_name() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for module, path in modules():
        for name in set(defined(path)):
            if not name.startswith("_"):
                homes[name].append(module)
    twice = {name: where for name, where in homes.items() if len(where) > 1 and name not in SHARED}
    assert twice == {}
    assert all(len(homes[name]) > 1 for name in SHARED)


def test_every_package_is_installed() -> None:
    there = {module for module, path in modules() if path.name == "__init__.py"}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == there


@pytest.mark.parametrize("top", ["corpus", "tui"])
def test_the_face_of_a_room_loads_no_other_room(top: str) -> None:
    for name in (name for layer in rooms(top) for name in layer):
        room = f"hashiya.{top}.{name}"
        others = {item for item in loaded(room) if not item.startswith(room) and item.count(".") > 1}
        assert others == set(), f"importing {room} loads {sorted(others)}"


def test_the_public_interface_is_imported_name_by_name() -> None:
    assert loaded("hashiya.corpus") == {"hashiya.corpus"}
    for name in hashiya.corpus.__all__:
        assert getattr(hashiya.corpus, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'lattice'"):
        _ = hashiya.corpus.lattice


def test_the_architecture_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for top in ("corpus", "tui"):
        missing = [name for layer in rooms(top) for name in layer if f"{name}/" not in text]
        assert missing == [], f"docs/architecture.md does not name these rooms of {top}/"


def test_commands_print_through_one_file() -> None:
    prints = re.compile(r"\bprint\(|sys\.std(out|err)\b(?!\.isatty)|\becho\(|Console\(|T201")
    for path in sorted((ROOT / "tui" / "cli").rglob("*.py")):
        if path.name == "output.py":
            continue
        found = [line for line in path.read_text().splitlines() if prints.search(line)]
        allowed = (
            "for stream in (sys.stdout, sys.stderr):"  # main.py sets what they do with what they cannot show
        )
        assert [line for line in found if allowed not in line] == [], path
