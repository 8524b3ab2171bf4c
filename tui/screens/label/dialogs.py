"""The dialogs of the labelling screen: each asks for one thing, does it, and shows the screen anew."""

from __future__ import annotations

from collections.abc import Callable

from hashiya.schema.errors import LabelError
from hashiya.schema.records import Lang
from hashiya.schema.scheme import is_concept
from hashiya.tui.bidi.levels import DIRECTIONS, Direction
from hashiya.tui.keys.actions import GROUPS, KeyLayer
from hashiya.tui.keys.keyboard import key_label
from hashiya.tui.screens.choose import ChoosingScreen, Chosen, among
from hashiya.tui.screens.label.article import ArticleScreen
from hashiya.tui.screens.label.command_target import CommandTarget
from hashiya.tui.screens.label.filters import chosen_filter, filter_entries
from hashiya.tui.screens.label.guidelines import guidelines_at
from hashiya.tui.screens.label.key_help import key_list
from hashiya.tui.screens.label.search import SearchScreen
from hashiya.tui.screens.notice import Choice, NoticeScreen
from hashiya.tui.screens.read_text import TextScreen
from hashiya.tui.session.proposals.concepts import has_arabic, slug
from hashiya.tui.session.queue import Filter
from hashiya.tui.settings.language import _, current_language, ngettext
from hashiya.tui.widgets.entry_list import Entry
from hashiya.tui.widgets.prompt import Question

_OF_TERMINALS = ("terminal", "suspend")
"""Actions that a browser has no use for."""


def write_flag(screen: CommandTarget, kind: str) -> None:
    """Ask what flagged words were meant to say, and flag them."""
    lang, there = screen.editor.lang, screen.editor.flagged

    def write(text: str | None) -> None:
        if text is not None:
            screen.attempt(lambda: screen.editor.flag(kind, text))
        screen.show()

    span = screen.editor.cursor.span
    words = (screen.session.pair.text(lang) or "")[span.start : span.end]
    screen.ask(
        Question(
            _("What was meant by “{words}”?").format(words=words),
            value=(there.intended or "") if there else "",
            placeholder=_("in the language of this side; may stay empty"),
            base=DIRECTIONS[lang],
        ),
        write,
    )


def not_saved(screen: CommandTarget, command: Callable[[], object]) -> None:
    """Say that another program holds the journal, and offer to run the command that failed again."""

    def go_on(result: str | None) -> None:
        if result == "again":
            screen.attempt(command)
        screen.show()

    screen.app.push_screen(
        NoticeScreen(
            _("Not saved"),
            [
                _("Another program is writing to the journal: a build or an import, perhaps."),
                _("Your last change is not saved. All before it is."),
            ],
            [Choice("enter", _("Try again"), "again"), Choice("escape", _("Leave it"), "leave")],
        ),
        go_on,
    )


def all_done(screen: CommandTarget) -> None:
    """Say that nothing waits any more in what is gone through."""
    text = screen.session.ending

    def go_on(result: str | None) -> None:
        if result == "quit":
            screen.app.exit()
        elif result == "filter":
            screen.act("pair.filter")
        screen.show()

    screen.app.push_screen(
        NoticeScreen(
            _("All done"),
            [text, _("Everything is saved. You can go on looking and changing, or choose other pairs.")],
            [
                Choice("enter", _("Look on"), "stay"),
                Choice("-", _("Choose other pairs"), "filter"),
                Choice("q", _("Quit"), "quit"),
            ],
        ),
        go_on,
    )


def pick_counterpart(screen: CommandTarget) -> None:
    """List what the entity under the cursor may be linked to."""
    found = screen.editor.counterparts()
    lang = found[0].lang if found else screen.editor.lang
    text = screen.session.pair.text(lang) or ""
    entries = [
        Entry(
            str(number), text[item.span.start : item.span.end], "" if item.entity_id else _("not marked yet")
        )
        for number, item in enumerate(found)
    ]

    def pick(chosen: Chosen | None) -> None:
        if chosen and chosen.key == "":
            screen.attempt(screen.editor.unlink)
        elif chosen and chosen.key is not None:
            number = int(chosen.key)
            screen.attempt(lambda: screen.editor.link_to(found[number]))
        screen.show()

    nothing = Entry("", _("nothing: take its link away"))
    screen.app.push_screen(ChoosingScreen(_("Its counterpart"), among([*entries, nothing])), pick)


def write_concept(screen: CommandTarget) -> None:
    """Ask for the concept of the entity under the cursor."""
    entity = screen.editor.entity
    if entity is None:
        raise LabelError(_("put the cursor on an entity first"))
    proposed = screen.session.concepts.propose(entity.text, entity.lang, entity.type)

    def write(text: str | None) -> None:
        if text is not None:
            concept = text.strip() and (
                text.strip() if is_concept(text.strip()) or has_arabic(text) else slug(text) or text.strip()
            )
            screen.attempt(lambda: screen.editor.set_concept(concept or None))
        screen.show()

    screen.ask(
        Question(
            _("The concept of “{text}”").format(text=entity.text),
            value=entity.concept or proposed or "",
            placeholder=_("such as large-language-model; empty takes it away"),
            base=Direction.LTR,
        ),
        write,
    )


def write_comment(screen: CommandTarget) -> None:
    """Ask for a comment on the pair."""

    def write(text: str | None) -> None:
        if text is not None:
            screen.attempt(lambda: screen.editor.comment(text))
        screen.show()

    screen.ask(Question(_("Comment"), value=screen.session.draft.comment or ""), write)


def go_to(screen: CommandTarget) -> None:
    """Ask for a pair by number or id, and open it."""

    def write(text: str | None) -> None:
        if text:
            row = screen.session.find(text)
            if row is None:
                screen.say(_("no pair has the number or id “{text}”").format(text=text), "bad")
            else:
                screen.attempt(lambda: screen.session.go(row))
        screen.show()

    count = len(screen.session.reader)
    placeholder = _("a number from 1 to {count:,}, or how its id begins").format(count=count)
    question = Question(_("Go to a pair"), placeholder=placeholder, verb=_("Go"))
    screen.ask(question, write, screen.session.find)


def choose_pairs(screen: CommandTarget) -> None:
    """Ask which pairs to go through."""
    session = screen.session

    def choose(chosen: Chosen | None) -> None:
        if chosen and chosen.key is not None:
            wanted = chosen_filter(chosen.key)
            found = 0

            def pick() -> None:
                nonlocal found
                found = session.choose(wanted)

            if screen.attempt(pick):
                some = ngettext("{count:,} pair", "{count:,} pairs", found).format(count=found)
                screen.say(some if found else _("no pair is like that"))
        screen.show()

    screen.app.push_screen(
        ChoosingScreen(_("Which pairs"), filter_entries(session, current_language().ui)), choose
    )


def open_search(screen: CommandTarget) -> None:
    """Search the corpus, and open a hit or go through all."""

    def go(result: tuple[str, int | None] | None) -> None:
        if result is not None:
            query, row = result
            if row is None:
                screen.attempt(lambda: screen.session.choose(Filter(query=query)))
            else:
                screen.attempt(lambda: screen.session.go(row))
        screen.show()

    screen.app.push_screen(SearchScreen(screen.session), go)


def open_article(screen: CommandTarget) -> None:
    """Open the whole article; a pair can be chosen in it."""
    row = screen.session.row or 0
    view = screen.session.reader.view(row)
    first = row - screen.session.pair.index

    def go(place: int | None) -> None:
        if place is not None:
            screen.attempt(lambda: screen.session.go(first + place))
        screen.show()

    screen.app.push_screen(ArticleScreen(view, screen.session.pair.index), go)


def open_guidelines(screen: CommandTarget) -> None:
    """Open the guidelines at the label under the cursor."""
    entity = screen.editor.entity
    about = ("entity", entity.type) if entity else ("general", "")
    ui = current_language().ui
    languages: tuple[Lang, Lang] = (ui, "en" if ui == "ar" else "ar")
    scheme = screen.session.scheme
    screen.app.push_screen(TextScreen(*(guidelines_at(scheme, lang, *about) for lang in languages)))


def open_help(screen: CommandTarget) -> None:
    """List all keys."""
    layers = (KeyLayer.ANSWER,) if screen.settles else ()
    screen.app.push_screen(TextScreen(key_list(screen.keymap, layers)))


def open_palette(screen: CommandTarget) -> None:
    """List all actions, and do one."""
    keymap = screen.keymap
    hidden = {"palette", *(_OF_TERMINALS if screen.app.is_web else ())}
    entries = [
        Entry(action.id, action.title, " ".join(map(key_label, keymap.keys_of(action.id))), _(action.group))
        for action in sorted(keymap.actions(KeyLayer.NORMAL), key=lambda action: GROUPS.index(action.group))
        if action.id not in hidden
    ]

    def act(chosen: Chosen | None) -> None:
        if chosen and chosen.key:
            screen.act(chosen.key)
        screen.show()

    screen.app.push_screen(ChoosingScreen(_("Commands"), among(entries)), act)
