"""The command `hashiya adjudicate`: the screen to settle on what annotators differ in. Imports late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from hashiya.tui.cli.options import CorpusFolder
from hashiya.tui.cli.problems import ProblemTeller, need_terminal

if TYPE_CHECKING:
    from hashiya.tui.settings.settings import UiLanguage


def adjudicate_command(
    corpus: CorpusFolder,
    *,
    adjudicator: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who decides; else the settings file says, or you are asked once."),
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="Show the annotators' names, and no pseudonyms.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Go through pairs in which nobody differs, too.")
    ] = False,
    ui: Annotated[
        str | None, typer.Option(metavar="en|ar", help="The language of the menus; else that of the locale.")
    ] = None,
) -> None:
    """Settle what annotators differ in, pair by pair, the least sure first.

    The screen is that of `hashiya label`, with the answer of each annotator; a digit takes one. In a team
    (team.toml) it is for people with the role `adjudicator`. What you decide stands in every release.
    """
    from datetime import date

    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.session.adjudicating.may_adjudicate import adjudicating_team
    from hashiya.tui.settings.settings import read_settings

    if ui not in {None, "en", "ar"}:
        raise typer.BadParameter("en or ar", param_hint="--ui")
    opened = Corpus.open(corpus)
    opened.generation()
    settings = read_settings()
    who = settings.annotator if adjudicator is None else adjudicator
    if who is not None:
        adjudicating_team(opened, who, date.today())  # noqa: DTZ011 - where people work
    need_terminal()
    from hashiya.corpus.inspection.waiting_pairs import settled_pairs
    from hashiya.corpus.store.reader import save_memory
    from hashiya.tui.cli import output
    from hashiya.tui.cli.label import run_screen
    from hashiya.tui.screens.adjudicate.app import AdjudicatingApp

    teller = ProblemTeller()
    with output.working("comparing"):
        pairs = settled_pairs(opened, teller.tell)
    teller.finish()
    save_memory()
    run_screen(
        AdjudicatingApp(
            opened,
            settings,
            adjudicator=who,
            with_names=names,
            pairs=pairs,
            everything=everything,
            ui=cast("UiLanguage | None", ui),
        )
    )
