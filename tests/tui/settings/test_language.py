"""The language of menus: everything has its Arabic, and the compiled catalogue is that of the text file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from hashiya.tui.bidi.levels import Direction
from hashiya.tui.keys.actions import ACTIONS, GROUPS
from hashiya.tui.settings.language import (
    LOCALE,
    N_,
    Language,
    _,
    current_language,
    ngettext,
    preferred_language,
    set_language,
)

TUI = Path(__file__).parents[3] / "tui"
FOLDER = LOCALE / "ar" / "LC_MESSAGES"
FIELD = re.compile(r"\{\w*[^}]*\}")
ARABIC = re.compile("[\u0621-\u064a]")


@pytest.fixture(scope="module")
def written() -> Catalog:
    with (FOLDER / "hashiya.po").open("rb") as file:
        return read_po(file, locale="ar", abort_invalid=True)


def fields(text: str) -> list[str]:
    return sorted(FIELD.findall(text))


def test_every_text_has_its_arabic(written: Catalog) -> None:
    missing = []
    for file, line, message, _comments, _context in extract_from_dir(str(TUI)):
        found = written.get(message if isinstance(message, str) else message[0])
        if found is None or found.fuzzy or not all(_forms(found.string)):
            missing.append(f"tui/{file}:{line}: {message}")
    assert not missing, "run `make locale`, translate in tui/settings/locale/ar and run it again"


def test_fields_are_kept(written: Catalog) -> None:
    for message in written:
        if not message.id:
            continue
        if isinstance(message.id, str):
            (arabic,) = _forms(message.string)
            assert fields(arabic) == fields(message.id)
            assert ARABIC.search(arabic)
        else:
            # Arabic may leave out the number of one and two things.
            assert len(_forms(message.string)) == 6
            for form in _forms(message.string):
                assert set(fields(form)) <= set(fields(message.id[1]))
                assert ARABIC.search(form)


def test_the_compiled_catalogue_is_of_today(written: Catalog) -> None:
    with (FOLDER / "hashiya.mo").open("rb") as file:
        compiled = read_mo(file)
    of_today = [_texts(message) for message in written if message.id]
    assert sorted(_texts(message) for message in compiled if message.id) == sorted(of_today), (
        "run `make locale`"
    )


def _texts(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A message's texts and translations, one for each plural form."""
    return _forms(message.id), _forms(message.string)


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """A text, or its plural forms."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def test_arabic_has_six_plural_forms() -> None:
    form = Language("ar")._catalogue.plural  # type: ignore[attr-defined]
    assert [form(n) for n in (0, 1, 2, 3, 10, 11, 99, 100, 102)] == [0, 1, 2, 3, 3, 4, 4, 5, 5]


def test_texts_are_in_the_language_last_set() -> None:
    assert (_("Undo"), current_language().direction) == ("Undo", Direction.LTR)
    assert set_language("ar") is current_language()
    assert (_("Undo"), current_language().direction, current_language().ui) == ("تراجع", Direction.RTL, "ar")
    assert set_language("en").text("Undo") == "Undo"


def test_text_without_translation() -> None:
    set_language("ar")
    assert _("no such text") == N_("no such text") == "no such text"
    assert _("") == ""


@pytest.mark.parametrize(("n", "text"), [(0, "pairs"), (1, "pair"), (2, "pairs")])
def test_english_plural(n: int, text: str) -> None:
    assert ngettext("pair", "pairs", n) == text


def test_actions_are_translated_when_shown() -> None:
    actions = {action.id: action for action in ACTIONS}
    set_language("ar")
    assert actions["implication.2"].title == "تبعة، الاتجاه 2"
    assert all(_(group) != group for group in GROUPS)
    assert all(action.title != action.name for action in ACTIONS)


@pytest.mark.parametrize(
    ("environ", "ui"),
    [
        ({}, "en"),
        ({"LANG": "ar_EG.UTF-8"}, "ar"),
        ({"LANG": "ar"}, "ar"),
        ({"LANG": "arn_CL.UTF-8"}, "en"),
        ({"LANG": "ar_EG.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "ar_EG.UTF-8", "LC_MESSAGES": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:ar:en"}, "ar"),
        ({"LANG": "ar_EG.UTF-8", "LANGUAGE": ""}, "ar"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_environment_says_which_language_is_preferred(environ: dict[str, str], ui: str) -> None:
    assert preferred_language(environ) == ui
