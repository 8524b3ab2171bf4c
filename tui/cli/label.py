"""The command `hashiya label`: the screen to label on, in this terminal or in a browser. Imports late."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Annotated, cast

import typer

from hashiya.schema.errors import HashiyaError
from hashiya.tui.cli.options import CorpusFolder
from hashiya.tui.cli.problems import need_terminal

if TYPE_CHECKING:
    from hashiya.tui.screens.app import LabellingApp
    from hashiya.tui.settings.settings import UiLanguage


def label_command(
    corpus: CorpusFolder,
    *,
    annotator: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who labels; else the settings file says, or you are asked once."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Go through all pairs, not only those that are assigned to you.")
    ] = False,
    ui: Annotated[
        str | None, typer.Option(metavar="en|ar", help="The language of the menus; else that of the locale.")
    ] = None,
    web: Annotated[bool, typer.Option("--web", help="Serve the same screen to a browser here.")] = False,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="With --web: the port; 0 takes a free one.")
    ] = 0,
) -> None:
    """Label the pairs of a corpus in the terminal, Arabic right to left, by keyboard or mouse.

    Where a plan of work gives you documents (`hashiya assign`), you go through these, in their order.
    Every change is saved at once; quit with Ctrl+Q whenever you like. `?` lists the keys.
    """
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.settings.settings import read_settings

    if ui not in {None, "en", "ar"}:
        raise typer.BadParameter("en or ar", param_hint="--ui")
    opened = Corpus.open(corpus)
    opened.generation()
    settings = read_settings()
    if web:
        from hashiya.tui.web.serve import serve_own

        serve_own(corpus, annotator or settings.annotator, ui, port, everything=everything)
        return
    need_terminal()
    from hashiya.corpus.store.reader import save_memory
    from hashiya.tui.screens.app import LabellingApp

    save_memory()
    run_screen(
        LabellingApp(
            opened, settings, annotator=annotator, everything=everything, ui=cast("UiLanguage | None", ui)
        )
    )


def run_screen(screen: LabellingApp) -> None:
    """Run an application until it ends; `HashiyaError` where there was something that must be known then."""
    sys.setswitchinterval(0.0005)  # the thread that writes to the terminal waits no longer
    gc.freeze()  # what was imported stays: without it a collection now and then holds a key up for 70 ms
    screen.run()
    folder = screen.corpus.folder
    rescued = screen.session.rescued if screen.session else None
    if rescued is not None:
        raise HashiyaError(
            f"the journal of {folder} was moved or replaced while it was open; what was saved since, and all "
            f"that it held, is in {rescued}. Bring it in: hashiya journal merge {folder} {rescued}"
        )
    unsaved = screen.session.unsaved if screen.session else None
    if unsaved:
        raise HashiyaError(
            f"the connection to the journal was lost: what you did last ({len(unsaved)}) is not saved yet; "
            f"it is in {unsaved.file}, and is saved when you open `hashiya label` again"
        )
    if screen.failure:
        raise HashiyaError(screen.failure)
    raise typer.Exit(screen.return_code or 0)
