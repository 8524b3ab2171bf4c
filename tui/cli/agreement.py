"""The command `hashiya agreement`, and what it prints. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashiya.schema.errors import Problem
from hashiya.tui.cli.options import AsJson, CorpusFolder
from hashiya.tui.cli.problems import ProblemTeller, leave, outside, write_output

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hashiya.corpus.inspection.agreement import AgreementReport
    from hashiya.corpus.store.folder import Corpus
    from hashiya.corpus.team.agreement.disagreements import Contested, Disagreements
    from hashiya.corpus.team.agreement.figures import AgreementFigure
    from hashiya.corpus.team.agreement.posteriors import Posteriors

_SHOWN = 10
_HARD = 0.1
"""Errors to expect in a pair from which on it is called hard."""
_CSV_COLUMNS = (
    "annotators", "layer", "aspect", "coefficient", "target", "channel", "label", "lang", "value", "low",
    "high", "undefined", "interval_undefined", "unit", "items", "differing", "pairs", "documents", "said",
)  # fmt: skip


def agreement_command(
    corpus: CorpusFolder,
    *,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page with plots, too; it is replaced."),
    ] = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print the figures as CSV, a line a figure, for spreadsheets.")
    ] = False,
    notes: Annotated[
        bool, typer.Option("--notes", help="List the reasons that adjudicators gave, for the guidelines.")
    ] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="With --notes: print them as Markdown.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="NUMBER", help="Of the draws that the intervals are made of.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show how far annotators agree, and what they disagree about.

    Only what is done counts, where each of them looked. What a figure means, and when there is none, is in
    docs/agreement.md. Nothing is changed.
    """
    from hashiya.corpus.inspection.agreement import SEED, measure_agreement
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output

    if as_json and as_csv:
        raise typer.BadParameter("give one of --json and --csv", param_hint="--csv")
    if markdown and not notes:
        raise typer.BadParameter("goes with --notes", param_hint="--markdown")
    if notes:
        if as_csv or html is not None or (markdown and as_json):
            raise typer.BadParameter("goes with --json or --markdown alone", param_hint="--notes")
        _tell_notes(Corpus.open(corpus), as_json=as_json, markdown=markdown)
        return
    if html is not None:
        outside(html, corpus)
    problems: list[Problem] = []
    teller = ProblemTeller()

    def tell(problem: Problem) -> None:
        problems.append(problem)
        teller.tell(problem)

    opened = Corpus.open(corpus)
    with output.working("comparing"):
        report = measure_agreement(opened, seed=SEED if seed is None else seed, report=tell)
    teller.finish()
    if html is not None:
        from hashiya.corpus.inspection.agreement_page import agreement_page

        write_output(html, [agreement_page(report).encode()], corpus)
    if as_json:
        output.print_json(report=report)
    elif as_csv:
        output.print_data(_csv(report.figures))
    else:
        _print_agreement(report)
        if html is not None:
            output.print_row("Page", str(html))
    leave(problems)


def _tell_notes(corpus: Corpus, *, as_json: bool, markdown: bool) -> None:
    """Print why adjudicators decided as they did."""
    from hashiya.corpus.inspection.guideline_notes import guideline_notes, notes_as_markdown
    from hashiya.tui.cli.output import print_data, print_json, say

    notes = guideline_notes(corpus)
    if as_json:
        print_json(notes=notes)
    elif markdown:
        print_data(notes_as_markdown(corpus.name, notes))
    elif not notes:
        say("No adjudicator has given a reason yet: `a` on the screen of `hashiya adjudicate`.")
    heading = ""
    for note in notes if not (as_json or markdown) else ():
        if f"{note.layer}: {note.label}" != heading:
            heading = f"{note.layer}: {note.label}"
            say(heading)
        say(f"  {note.why}")
        said = ", ".join(f"{answer} ({count})" for answer, count in note.said.items())
        for name, text in (("decided", note.decided), ("said", said), ("ar", note.ar), ("en", note.en)):
            if text:
                say(f"    {name:8} {text}")
        say(f"    {'in':8} {note.doc_id}, pair {note.pair_id}")


def _csv(figures: Iterable[AgreementFigure]) -> str:
    """The figures as CSV: several annotators, or counts of values, stand in one field."""
    import csv
    import io

    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    for figure in figures:
        fields = {name: getattr(figure, name) for name in _CSV_COLUMNS}
        fields["annotators"] = "; ".join(figure.annotators)
        fields["said"] = "; ".join(f"{value} {count}" for value, count in figure.said.items())
        writer.writerow([fields[name] for name in _CSV_COLUMNS])
    return made.getvalue()


def _print_agreement(report: AgreementReport) -> None:
    """Print who was compared, the figures of all together and of each two, and what is disputed."""
    from hashiya.tui.cli.output import print_row, say

    print_row("Corpus", f"{report.name}, scheme {report.scheme.name} {report.scheme.version}")
    who = ", ".join(f"{name} {count}" for name, count in report.finished.items())
    print_row("Done", who or "nobody has finished a pair")
    print_row(
        "Shared",
        f"{report.shared} of {report.pairs} pairs are done by two or more, in {_documents(report.documents)}",
    )
    if report.assumed:
        print_row(
            "Assumed", f"{report.assumed} of what is done does not say what it covers: taken to be everything"
        )
    if not report.figures:
        say()
        say("Agreement needs two annotators who have done pairs, or one and a gold key.")
        return
    groups = dict.fromkeys(figure.annotators for figure in report.figures)
    for annotators in groups:
        say()
        say(", ".join(annotators))
        whole = len(groups) == 1 or annotators == report.annotators
        _print_figures([item for item in report.figures if item.annotators == annotators], whole=whole)
    _print_disagreements(report.disagreements)
    _print_posteriors(report.posteriors)


def _print_figures(figures: Sequence[AgreementFigure], *, whole: bool) -> None:
    """Print the figures that say something: of `whole` layers, or the broad ones, with reasons where none."""
    from hashiya.corpus.inspection.agreement import COEFFICIENT_TITLES, figure_title
    from hashiya.tui.cli.output import say

    hidden = 0
    for item in figures:
        broad = not (item.target or item.channel or item.label or item.lang)
        if not broad and (item.value is None or not whole or item.channel or (item.label and item.lang)):
            hidden += 1
            continue
        name = f"  {figure_title(item):38} {COEFFICIENT_TITLES[item.coefficient]:16}"
        if item.value is None:
            say(f"{name} undefined: {item.undefined}")
            continue
        ends = "" if item.low is None or item.high is None else f"{item.low:5.2f} to {item.high:.2f}"
        counts = f"{item.items} {item.unit}, {item.differing} differ; {item.pairs} pairs"
        say(f"{name} {item.value:6.3f}  {ends:14}  {counts}, {_documents(item.documents)}")
    for reason in dict.fromkeys(item.interval_undefined for item in figures if item.value is not None):
        if reason is not None:
            say(f"  where no interval stands: {reason}")
    if hidden:
        say(f"  {hidden} more, by target, channel, label and side: --json or --csv has them, with reasons")


def _documents(count: int) -> str:
    return f"{count} document" if count == 1 else f"{count} documents"


def _print_disagreements(found: Disagreements) -> None:
    """Print what is disputed most, with the rules of the guidelines for it."""
    from hashiya.tui.cli.output import say

    confusions = sorted(
        (item for item in found.confusions if item.one != item.other), key=lambda item: -item.count
    )
    if not confusions:
        return
    say()
    say("Taken for each other")
    told: set[str] = set()
    for confusion in confusions[:_SHOWN]:
        say(f"  {confusion.count:5}  {confusion.layer}: {confusion.one} / {confusion.other}")
        for rule in confusion.rules:
            if rule.label and rule.text not in told:
                told.add(rule.text)
                say(f"         {rule.label}: {_definition(rule.text)}")
    if len(confusions) > _SHOWN:
        say(f"  {len(confusions) - _SHOWN} more: --json has them")
    _print_contested("By label", found.labels)
    _print_contested("By target", found.targets)
    _print_contested("By document", found.documents)
    say()
    say("The pairs with the most")
    for pair in found.pairs:
        layers = ", ".join(f"{layer} {count}" for layer, count in pair.layers.items())
        say(f"  {pair.differing:5} of {pair.compared:<6} {pair.doc_id}  {pair.pair_id}  {layers}")


def _print_contested(heading: str, items: Sequence[Contested]) -> None:
    from hashiya.tui.cli.output import say

    if items:
        say()
        say(heading)
    for item in items[:_SHOWN]:
        of = f"{item.layer}: {item.what}" if item.layer else item.what
        say(f"  {item.differing:5} of {item.compared:<6} {of}")
    if len(items) > _SHOWN:
        say(f"  {len(items) - _SHOWN} more: --json has them")


def _print_posteriors(found: Posteriors) -> None:
    """Print how able each annotator is, and which pairs are hard."""
    from hashiya.tui.cli.output import say

    if found.abilities:
        say()
        say("Ability, by what is probably true")
    for item in found.abilities:
        ends = "" if item.low is None or item.high is None else f"{item.low:.2f} to {item.high:.2f}"
        there = "" if item.found is None else f", {item.found:.2f} of what is there"
        say(f"  {item.ability:.3f}  {ends:13}  {item.annotator}: {item.layer}, {item.votes} votes{there}")
    hard = [pair for pair in found.hardest if pair.expected_errors >= _HARD]
    if hard:
        say()
        say("Hard pairs: errors to expect among the most probable values")
    for pair in hard:
        say(f"  {pair.expected_errors:5.2f} of {pair.cells:<6} {pair.doc_id}  {pair.pair_id}")


def _definition(rule: str) -> str:
    """The definition in a label's chapter of the guidelines: what follows its heading."""
    parts = rule.split("\n\n")
    return " ".join(parts[1].split()) if len(parts) > 1 else ""
