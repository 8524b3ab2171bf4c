from __future__ import annotations

from pathlib import Path

from hashiya.schema.generate import derived, write_derived

ROOT = Path(__file__).parents[2]


def test_committed_files_are_what_the_generator_makes() -> None:
    for name, content in derived().items():
        assert (ROOT / name).read_text(encoding="utf-8") == content, f"{name} is stale: make generate"


def test_nothing_else_lies_among_the_generated(tmp_path: Path) -> None:
    write_derived(tmp_path)
    made = {path.name for path in (tmp_path / "schema/generated").iterdir()}
    assert {path.name for path in (ROOT / "schema/generated").iterdir()} == made


def test_the_guidelines_speak_both_languages() -> None:
    text = derived()["docs/guidelines.md"]
    assert 'dir="rtl"' in text
    assert "### Target" in text
    assert "#### شركة · `company`" in text
    assert "- `artificial-intelligence`: AI, artificial intelligence" in text
