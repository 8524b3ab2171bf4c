"""Settings: defaults, what is refused and how it is said, changes that keep comments."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hashiya.schema.errors import SettingsError
from hashiya.tui.settings import paths
from hashiya.tui.settings.settings import Settings, amend, read_settings

TEXT = """\
# mine
theme = "nord"  # dark
idle_seconds = 30

[keys]
"pair.done" = "f12"  # as at work
search = ["/", "ctrl+f"]

[terminals]
vte = "lrm"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_missing_file_is_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "no" / "settings.toml") == Settings()
    assert read_settings(Path("/dev/null") / "settings.toml") == Settings()


def test_settings_that_nobody_chose_have_their_defaults() -> None:
    default = Settings()
    assert (default.annotator, default.ui, default.theme, default.idle_seconds) == (
        None, None, "textual-dark", 60.0
    )  # fmt: skip
    assert (dict(default.keys), dict(default.terminals)) == ({}, {})


def test_a_settings_file_is_read_field_by_field(file: Path) -> None:
    assert read_settings(file) == Settings(
        theme="nord",
        idle_seconds=30.0,
        keys={"pair.done": ("f12",), "search": ("/", "ctrl+f")},
        terminals={"vte": "lrm"},
    )


def test_where_the_file_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: Path) -> None:
    monkeypatch.setenv(paths.SETTINGS_VARIABLE, str(file))
    assert paths.settings_file() == file
    assert read_settings().theme == "nord"
    assert amend(theme="gruvbox").theme == "gruvbox"
    assert read_settings(file).theme == "gruvbox"
    monkeypatch.delenv(paths.SETTINGS_VARIABLE)
    assert paths.settings_file().parts[-2:] == ("hashiya", "settings.toml")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(paths.SETTINGS_VARIABLE, "~/s.toml")
    assert paths.settings_file() == tmp_path / "s.toml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("theme = ", "not valid TOML"),
        ("[" * 100_000, "not valid TOML"),
        ("them = 'nord'", "them: no such setting; perhaps 'theme' was meant"),
        ("x = 1", "x: no such setting; there are: annotator, ui, theme"),
        ("theme = 1", "theme: input should be a valid string (found 1)"),
        ("ui = 'fr'", "ui: input should be "),
        ("idle_seconds = 0", "idle_seconds: input should be greater than 0"),
        ("idle_seconds = '60'", "idle_seconds: input should be a valid number"),
        ("idle_seconds = inf", "idle_seconds: "),
        ("keys = 'x'", "keys: "),
        ("[keys]\n'pair.done' = 3", "keys.pair.done: "),
        ("[keys]\npair = {done = 'x'}", "keys.pair: "),
        ("[terminals]\nvte = 1", "terminals.vte: "),
    ],
)
def test_wrong_settings_are_refused_with_file_and_field_and_the_file_stays(
    file: Path, text: str, message: str
) -> None:
    file.write_text(text, encoding="utf-8")
    uses: tuple[Callable[[], Settings], ...] = (
        lambda: read_settings(file),
        lambda: amend(file, theme="nord"),
    )
    for use in uses:
        with pytest.raises(SettingsError) as caught:
            use()
        assert str(caught.value).startswith(f"{file}: {message}")
    assert file.read_text(encoding="utf-8") == text


def test_a_settings_file_that_is_no_text_is_refused(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"theme = '\xff'")
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_settings(file)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path)


def test_amend_keeps_comments_and_order(file: Path) -> None:
    settings = amend(
        file, theme="gruvbox", ui="ar", keys={"search": ("ctrl+f",)}, terminals={"foot": "plain"}
    )
    assert settings == read_settings(file)
    text = file.read_text(encoding="utf-8")
    assert (
        text
        == TEXT.replace('"nord"', '"gruvbox"')
        .replace('["/", "ctrl+f"]', '["ctrl+f"]')
        .replace("idle_seconds = 30\n", 'idle_seconds = 30\nui = "ar"\n')
        + 'foot = "plain"\n'
    )


def test_amend_takes_out(file: Path) -> None:
    settings = amend(file, theme=None, annotator=None, keys={"search": None})
    assert settings.theme == "textual-dark"
    assert dict(settings.keys) == {"pair.done": ("f12",)}
    assert dict(amend(file, keys=None).keys) == {}
    assert "# mine" in file.read_text(encoding="utf-8")


def test_amend_makes_folder_and_file(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "settings.toml"
    amend(path, annotator="سلمى", terminals={"xterm+tmux": "lrm"}, keys={"pair.done": "f12"})
    assert read_settings(path) == Settings(
        annotator="سلمى", terminals={"xterm+tmux": "lrm"}, keys={"pair.done": ("f12",)}
    )
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    "change", [{"theme": 3}, {"no_such": "x"}, {"theme": object()}, {"theme": {"a": "b"}}, {"ui": "fr"}]
)
def test_a_wrong_change_changes_nothing(file: Path, change: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=r"settings\.toml: "):
        amend(file, annotator="x", **change)
    assert file.read_text(encoding="utf-8") == TEXT


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    amend(link, theme="gruvbox")
    assert link.is_symlink()
    assert read_settings(file).theme == "gruvbox"


def test_read_only_home(tmp_path: Path) -> None:
    # /proc takes no files, not even from root, as whom tests may run.
    with pytest.raises(SettingsError, match=r"cannot be written .*; the change holds until you quit"):
        amend(Path("/proc/hashiya/settings.toml"), theme="nord")
    folder = tmp_path / "home"
    folder.mkdir(mode=0o500)
    if not os.access(folder, os.W_OK):
        with pytest.raises(SettingsError, match="cannot be written"):
            amend(folder / "settings.toml", theme="nord")
